//! Linux.

use std::io;
use std::path::Path;

use super::{NICE, Usage, cpu_us};

const OWN: &str = "/proc/self";

pub(super) fn usage() -> io::Result<Usage> {
    Ok(Usage {
        resident: resident(&std::fs::read_to_string(Path::new(OWN).join("status"))?)?,
        cpu_us: cpu_us(),
    })
}

/// `VmRSS`, and not the second number of `statm`: since Linux 6.2 the kernel sums it up exactly here only.
fn resident(status: &str) -> io::Result<u64> {
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix("kB"))
        .and_then(|number| number.trim().parse::<u64>().ok())
        .map(|kib| kib * 1024)
        .ok_or_else(|| io::Error::other("the system does not tell how much memory this program occupies"))
}

pub(super) fn lower_priority() -> Vec<String> {
    let mut refused = vec![];
    let mut note = |what: &str, result: io::Result<()>| {
        if let Err(error) = result {
            refused.push(format!("{what}: {error}"));
        }
    };
    let nice = rustix::process::setpriority_process(None, NICE);
    note("processor", nice.map_err(io::Error::from));
    note("disk", ioprio::lowest_best_effort());
    if leads_its_session() {
        match std::fs::write(Path::new(OWN).join("autogroup"), NICE.to_string()) {
            // A kernel without these groups has nothing to step back from.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            result => note("scheduling group", result),
        }
    }
    refused
}

/// Between sessions the kernel shares the processor by session, whatever `nice` says inside one. A service leads a
/// session of its own, which is then lowered as a whole; started from somebody's terminal, the session is theirs.
fn leads_its_session() -> bool {
    std::fs::read_to_string(Path::new(OWN).join("stat")).is_ok_and(|stat| is_session_leader(&stat))
}

/// From the kernel's own line, not from `getsid`: inside a container the session may belong to a process outside, whose
/// number there is 0, and that is no number that a call for process numbers can hand back.
fn is_session_leader(stat: &str) -> bool {
    let process = stat.split_whitespace().next();
    // The program's name stands in brackets and may hold spaces and brackets of its own.
    let session = stat
        .rsplit_once(')')
        .and_then(|(_, rest)| rest.split_whitespace().nth(3));
    process.is_some() && process == session
}

#[cfg(target_env = "gnu")]
pub(super) fn give_memory_back() {
    #[expect(unsafe_code, reason = "the C library's own call for this")]
    // SAFETY: `malloc_trim` takes a number and may be called at any time, from any thread.
    let _whether_any = unsafe { libc::malloc_trim(0) };
}

#[cfg(not(target_env = "gnu"))]
pub(super) const fn give_memory_back() {}

mod ioprio {
    //! Disk priority. The C library has no function for the call.

    use std::io;

    const WHO_PROCESS: libc::c_int = 1;
    const CLASS_SHIFT: libc::c_int = 13;
    const BEST_EFFORT: libc::c_int = 2;
    const LOWEST: libc::c_int = 7;

    /// Behind everybody, yet served. Not the class "idle": on a busy disk it is served never, and an agent whose outbox
    /// waits for the disk is silent, which a collector takes for a lost device.
    pub(super) fn lowest_best_effort() -> io::Result<()> {
        #[expect(unsafe_code, reason = "a system call without a wrapper")]
        // SAFETY: `ioprio_set` takes three numbers and no memory; 0 is the calling thread.
        let result = unsafe {
            libc::syscall(
                libc::SYS_ioprio_set,
                WHO_PROCESS,
                0,
                (BEST_EFFORT << CLASS_SHIFT) | LOWEST,
            )
        };
        if result == 0 {
            Ok(())
        } else {
            Err(io::Error::last_os_error())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_leads_its_session_when_the_session_bears_its_number() {
        assert!(is_session_leader(
            "4711 (roomready-agent) S 1 4711 4711 0 -1 4194560"
        ));
        assert!(is_session_leader(
            "4711 (an (odd) name) S 1 4711 4711 0 -1 4194560"
        ));
        for other in [
            "4711 (roomready-agent) S 4000 4711 4000 34816 4711 4194304",
            "12 (roomready-agent) S 1 12 0 0 -1 4194560",
            "4711 (roomready-agent",
            "",
        ] {
            assert!(!is_session_leader(other), "{other}");
        }
    }

    #[test]
    fn memory_is_what_the_kernel_says_or_an_error_that_says_so() {
        let status = "Name:\troomready-agent\nVmHWM:\t   11000 kB\nVmRSS:\t    9404 kB\n";
        assert_eq!(resident(status).expect("a number"), 9_404 * 1024);
        for odd in ["", "VmRSS:\tmany kB\n", "VmRSS:\t12\n"] {
            resident(odd).expect_err("no number");
        }
    }
}
