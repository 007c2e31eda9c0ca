//! macOS.

use std::io;

use super::{NICE, Usage, cpu_us};

pub(super) fn usage() -> io::Result<Usage> {
    Ok(Usage {
        resident: task_info()?.pti_resident_size,
        cpu_us: cpu_us(),
    })
}

fn task_info() -> io::Result<libc::proc_taskinfo> {
    let size = libc::c_int::try_from(size_of::<libc::proc_taskinfo>()).map_err(io::Error::other)?;
    let own = rustix::process::getpid().as_raw_nonzero().get();
    #[expect(unsafe_code, reason = "the system's own call; the structure is plain numbers")]
    // SAFETY: any bytes, zero too, are a valid `proc_taskinfo`; the kernel writes at most `size` bytes into it.
    unsafe {
        let mut info: libc::proc_taskinfo = std::mem::zeroed();
        let pointer = std::ptr::from_mut(&mut info).cast();
        if libc::proc_pidinfo(own, libc::PROC_PIDTASKINFO, 0, pointer, size) == size {
            Ok(info)
        } else {
            Err(io::Error::last_os_error())
        }
    }
}

/// Not `PRIO_DARWIN_BG`: it also slows the network and lets timers come many seconds late, so that beats would miss
/// their promise and a healthy device would look lost.
pub(super) fn lower_priority() -> Vec<String> {
    let mut refused = vec![];
    if let Err(error) = rustix::process::setpriority_process(None, NICE) {
        refused.push(format!("processor: {error}"));
    }
    if let Err(error) = utility_disk() {
        refused.push(format!("disk: {error}"));
    }
    refused
}

/// "Utility" gives way to programs in use and is still served on a busy disk; "throttle" may wait for long.
fn utility_disk() -> io::Result<()> {
    // <sys/resource.h>
    const TYPE_DISK: libc::c_int = 0;
    const SCOPE_PROCESS: libc::c_int = 0;
    const UTILITY: libc::c_int = 4;
    #[expect(
        unsafe_code,
        reason = "the system's own call, which the libc crate leaves out"
    )]
    unsafe extern "C" {
        fn setiopolicy_np(kind: libc::c_int, scope: libc::c_int, policy: libc::c_int) -> libc::c_int;
    }
    #[expect(unsafe_code, reason = "three numbers, no memory")]
    // SAFETY: the call takes numbers only and is declared as in <sys/resource.h>.
    let result = unsafe { setiopolicy_np(TYPE_DISK, SCOPE_PROCESS, UTILITY) };
    if result == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// The system takes what is free from programs by itself when it runs short.
pub(super) const fn give_memory_back() {}
