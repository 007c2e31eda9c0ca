//! Whether a process is there.

/// Whether an agent runs under this process number; `None` where the system does not tell.
#[must_use]
pub fn is_agent(pid: u32) -> Option<bool> {
    here::is_agent(pid)
}

#[cfg(target_os = "linux")]
mod here {
    /// Numbers are used again; what the kernel keeps of a program's name is as long as ours.
    pub(super) fn is_agent(pid: u32) -> Option<bool> {
        let own = std::fs::read_to_string("/proc/self/comm").ok()?;
        match std::fs::read_to_string(format!("/proc/{pid}/comm")) {
            Ok(name) => Some(name == own),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Some(false),
            Err(_) => None,
        }
    }
}

#[cfg(target_os = "macos")]
mod here {
    use rustix::io::Errno;
    use rustix::process::{Pid, test_kill_process};

    /// A process of another account is there all the same.
    pub(super) fn is_agent(pid: u32) -> Option<bool> {
        let pid = Pid::from_raw(i32::try_from(pid).ok()?)?;
        match test_kill_process(pid) {
            Ok(()) | Err(Errno::PERM) => Some(true),
            Err(Errno::SRCH) => Some(false),
            Err(_) => None,
        }
    }
}

#[cfg(windows)]
mod here {
    use windows_sys::Win32::Foundation::{
        CloseHandle, ERROR_ACCESS_DENIED, ERROR_INVALID_PARAMETER, GetLastError, STILL_ACTIVE,
    };
    use windows_sys::Win32::System::Threading::{
        GetExitCodeProcess, OpenProcess, PROCESS_QUERY_LIMITED_INFORMATION,
    };

    /// A process of another account is there all the same.
    pub(super) fn is_agent(pid: u32) -> Option<bool> {
        #[expect(unsafe_code, reason = "the system's own calls")]
        // SAFETY: numbers in, a handle out; the handle is closed once, and the place for the code outlives the call.
        unsafe {
            let process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, 0, pid);
            if process.is_null() {
                return match GetLastError() {
                    ERROR_ACCESS_DENIED => Some(true),
                    ERROR_INVALID_PARAMETER => Some(false),
                    _ => None,
                };
            }
            let mut code = 0;
            let told = GetExitCodeProcess(process, &raw mut code);
            CloseHandle(process);
            (told != 0).then_some(code == STILL_ACTIVE.cast_unsigned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_program_is_there_and_a_number_that_nobody_has_is_not() {
        assert_eq!(is_agent(std::process::id()), Some(true));
        assert_ne!(is_agent(u32::MAX / 4), Some(true));
    }
}
