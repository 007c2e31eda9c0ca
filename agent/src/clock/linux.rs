//! Linux.

use rustix::time::{ClockId, clock_gettime};

/// Counts sleep, and hibernation.
pub(super) fn with_sleep_ms() -> u64 {
    millis(ClockId::Boottime)
}

/// Stands still in sleep.
pub(super) fn awake_ms() -> u64 {
    millis(ClockId::Monotonic)
}

fn millis(clock: ClockId) -> u64 {
    let time = clock_gettime(clock);
    u64::try_from(time.tv_sec).unwrap_or(0) * 1_000 + u64::try_from(time.tv_nsec).unwrap_or(0) / 1_000_000
}

/// Drawn by the kernel at each boot. A container sees its host's, whose clock it also has.
pub(super) fn boot_id() -> Option<String> {
    let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(id.trim().to_owned()).filter(|id| !id.is_empty())
}
