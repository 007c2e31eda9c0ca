//! macOS. rustix knows neither of these clocks there.

/// `mach_continuous_time`: counts sleep.
pub(super) fn with_sleep_ms() -> u64 {
    millis(libc::CLOCK_MONOTONIC_RAW)
}

/// `mach_absolute_time`: stands still in sleep.
pub(super) fn awake_ms() -> u64 {
    millis(libc::CLOCK_UPTIME_RAW)
}

fn millis(clock: libc::clockid_t) -> u64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    #[expect(
        unsafe_code,
        reason = "the system's own call, which rustix leaves out for these clocks"
    )]
    // SAFETY: the call writes one `timespec`, which lives until after it.
    let result = unsafe { libc::clock_gettime(clock, &raw mut time) };
    // Both clocks exist since macOS 10.12; it fails for an unknown clock only.
    debug_assert_eq!(result, 0, "both clocks exist");
    u64::try_from(time.tv_sec).unwrap_or(0) * 1_000 + u64::try_from(time.tv_nsec).unwrap_or(0) / 1_000_000
}

/// Drawn by the kernel at each boot.
pub(super) fn boot_id() -> Option<String> {
    // "8D1F2C0E-…", 36 characters and the zero at the end.
    let mut text = [0_u8; 64];
    let mut length = text.len();
    #[expect(unsafe_code, reason = "the system's own call")]
    // SAFETY: the name ends with a zero; the kernel writes at most `length` bytes into `text` and tells how many; nothing
    // is set.
    let result = unsafe {
        libc::sysctlbyname(
            c"kern.bootsessionuuid".as_ptr(),
            text.as_mut_ptr().cast(),
            &raw mut length,
            std::ptr::null_mut(),
            0,
        )
    };
    if result != 0 {
        return None;
    }
    let id = text.get(..length)?.split(|byte| *byte == 0).next()?;
    let id = std::str::from_utf8(id).ok()?.trim();
    (!id.is_empty()).then(|| id.to_owned())
}
