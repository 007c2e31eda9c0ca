//! Windows.

use std::io;

use windows_sys::Win32::Foundation::FILETIME;
use windows_sys::Win32::System::ProcessStatus::{K32GetProcessMemoryInfo, PROCESS_MEMORY_COUNTERS};
use windows_sys::Win32::System::Threading::{
    BELOW_NORMAL_PRIORITY_CLASS, GetCurrentProcess, GetProcessTimes, SetPriorityClass,
};

use super::Usage;

pub(super) fn usage() -> io::Result<Usage> {
    Ok(Usage {
        resident: resident()?,
        cpu_us: cpu_us()?,
    })
}

fn resident() -> io::Result<u64> {
    let mut counters = PROCESS_MEMORY_COUNTERS::default();
    let size = u32::try_from(size_of::<PROCESS_MEMORY_COUNTERS>()).map_err(io::Error::other)?;
    counters.cb = size;
    #[expect(unsafe_code, reason = "the system's own call")]
    // SAFETY: the handle stands for this process and needs no closing; the system writes at most `size` bytes.
    let done = unsafe { K32GetProcessMemoryInfo(GetCurrentProcess(), &raw mut counters, size) };
    if done == 0 {
        return Err(io::Error::last_os_error());
    }
    u64::try_from(counters.WorkingSetSize).map_err(io::Error::other)
}

fn cpu_us() -> io::Result<u64> {
    let mut times = [FILETIME::default(); 4];
    let [started, ended, kernel, user] = &mut times;
    #[expect(unsafe_code, reason = "the system's own call")]
    // SAFETY: four places for one time each, all alive during the call.
    let done = unsafe { GetProcessTimes(GetCurrentProcess(), started, ended, kernel, user) };
    if done == 0 {
        return Err(io::Error::last_os_error());
    }
    // Units of 100 ns.
    let tenths = |time: &FILETIME| (u64::from(time.dwHighDateTime) << 32) | u64::from(time.dwLowDateTime);
    Ok((tenths(kernel) + tenths(user)) / 10)
}

/// The processor only. `PROCESS_MODE_BACKGROUND_BEGIN` would lower the disk too, but it also puts the program at the
/// lowest processor priority and its memory first in line to be paged out: on a laptop that a test app keeps busy, beats
/// would come late and a healthy device would look lost. What the agent writes is a few KB a minute.
pub(super) fn lower_priority() -> Vec<String> {
    #[expect(unsafe_code, reason = "the system's own call")]
    // SAFETY: the handle stands for this process and needs no closing; the rest is a number.
    let done = unsafe { SetPriorityClass(GetCurrentProcess(), BELOW_NORMAL_PRIORITY_CLASS) };
    if done == 0 {
        vec![format!("processor: {}", io::Error::last_os_error())]
    } else {
        vec![]
    }
}

/// The heap gives back large pieces by itself. Emptying the working set would only make the pages come back from disk.
pub(super) const fn give_memory_back() {}
