//! Windows.
//!
//! The precise calls are looked up while running: they came with Windows 10, and the agent must start, and say what it
//! cannot do, wherever somebody starts it. Without them the same times come from older calls, to a tick of 16 ms.

use std::ffi::CStr;
use std::sync::OnceLock;

use windows_sys::Win32::System::LibraryLoader::{GetModuleHandleW, GetProcAddress};
use windows_sys::Win32::System::SystemInformation::GetTickCount64;
use windows_sys::Win32::System::WindowsProgramming::QueryUnbiasedInterruptTime;
use windows_sys::w;

/// `QueryInterruptTimePrecise` and its like: they write a time in steps of 100 ns, and never fail.
type QueryTime = unsafe extern "system" fn(*mut u64);

/// Counts sleep, and hibernation.
pub(super) fn with_sleep_ms() -> u64 {
    static PRECISE: OnceLock<Option<QueryTime>> = OnceLock::new();
    let query =
        *PRECISE.get_or_init(|| find(c"QueryInterruptTimePrecise").or_else(|| find(c"QueryInterruptTime")));
    match query {
        Some(query) => ask(query),
        None => {
            #[expect(unsafe_code, reason = "the system's own call")]
            // SAFETY: it takes nothing and gives a number.
            unsafe {
                GetTickCount64()
            }
        }
    }
}

/// Stands still in sleep.
pub(super) fn awake_ms() -> u64 {
    static PRECISE: OnceLock<Option<QueryTime>> = OnceLock::new();
    match *PRECISE.get_or_init(|| find(c"QueryUnbiasedInterruptTimePrecise")) {
        Some(query) => ask(query),
        None => {
            let mut time = 0;
            #[expect(unsafe_code, reason = "the system's own call")]
            // SAFETY: it writes one number, which lives until after it; it fails for a null pointer only.
            unsafe {
                QueryUnbiasedInterruptTime(&raw mut time);
            }
            millis(time)
        }
    }
}

fn ask(query: QueryTime) -> u64 {
    let mut time = 0;
    #[expect(unsafe_code, reason = "the system's own call")]
    // SAFETY: `find` gives functions of this shape only; it writes one number, which lives until after it.
    unsafe {
        query(&raw mut time);
    }
    millis(time)
}

const fn millis(hundred_nanoseconds: u64) -> u64 {
    hundred_nanoseconds / 10_000
}

/// One of the calls that write a time, if this system has it.
fn find(name: &CStr) -> Option<QueryTime> {
    #[expect(
        unsafe_code,
        reason = "the system's own calls, and a function of a known shape among them"
    )]
    // SAFETY: both names end with a zero. `kernelbase.dll` is in every process for as long as that runs, so what is found
    // stays there. Only names of functions that take a pointer to a number and give nothing are asked for, as
    // <realtimeapiset.h> declares them.
    unsafe {
        let library = GetModuleHandleW(w!("kernelbase.dll"));
        if library.is_null() {
            return None;
        }
        let found = GetProcAddress(library, name.as_ptr().cast())?;
        Some(std::mem::transmute::<
            unsafe extern "system" fn() -> isize,
            QueryTime,
        >(found))
    }
}

/// There is none that an ordinary account may read and that is sure to change; see [`super::shelf`].
pub(super) const fn boot_id() -> Option<String> {
    None
}
