//! This program itself: what it uses of the machine, and how it steps back behind everybody else.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "windows")]
mod windows;

#[cfg(target_os = "linux")]
use linux as here;
#[cfg(target_os = "macos")]
use macos as here;
#[cfg(target_os = "windows")]
use windows as here;

/// What this program has used of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Memory that it occupies now, in bytes.
    pub resident: u64,
    /// Time of one core that it has used since it started, in microseconds.
    pub cpu_us: u64,
}

/// What this program has used so far.
///
/// # Errors
/// When the system does not tell.
pub fn usage() -> std::io::Result<Usage> {
    here::usage()
}

/// Steps back behind every other program, for processor and disk. To be called before the program has made threads:
/// Linux lowers the calling thread, and later ones inherit from it.
///
/// Gives what the system refused, in words for the log. A refusal is no error: the agent then runs like any other
/// program, which its small needs permit.
#[must_use]
pub fn lower_priority() -> Vec<String> {
    here::lower_priority()
}

/// Gives memory that is free inside this program back to the system, where there is a way to.
pub fn give_memory_back() {
    here::give_memory_back();
}

/// Steps behind others: half way to the lowest. At the very lowest (19) a machine that a test app keeps busy would leave
/// an agent a hundredth of a core or less, and its beats would come late.
#[cfg(unix)]
const NICE: i32 = 10;

#[cfg(unix)]
fn cpu_us() -> u64 {
    use rustix::time::{ClockId, clock_gettime};
    let used = clock_gettime(ClockId::ProcessCPUTime);
    u64::try_from(used.tv_sec).unwrap_or(0) * 1_000_000 + u64::try_from(used.tv_nsec).unwrap_or(0) / 1_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_program_uses_some_memory_and_its_time_only_grows() {
        let before = usage().expect("each system tells");
        // Work that no optimiser leaves out.
        let sum = (0..2_000_000_u64).fold(0, |sum, n| std::hint::black_box(sum ^ n));
        assert!(std::hint::black_box(sum) < u64::MAX);
        let after = usage().expect("each system tells");
        assert!(before.resident > 500_000, "{before:?}");
        assert!(after.cpu_us > before.cpu_us, "{before:?} {after:?}");
    }
}
