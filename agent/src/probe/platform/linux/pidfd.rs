//! One running program, followed by a handle: its end is told by the kernel at once, without looking for it.

use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use roomready_shared::wire::v1::ExitKind;
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use super::super::Match;

/// The kernel tells how a program ended once its parent has taken note, which is nearly always at once.
const TELL_TRIES: u32 = 5;
const TELL_GAP: Duration = Duration::from_millis(60);

/// A handle on a program.
#[derive(Debug)]
pub struct Followed {
    copy: Match,
    handle: AsyncFd<OwnedFd>,
}

impl Followed {
    /// Begins to follow a program.
    ///
    /// # Errors
    /// When it has ended, or the system refuses a handle.
    pub fn start(copy: Match) -> io::Result<Self> {
        let pid = Pid::from_raw(copy.pid).ok_or(io::ErrorKind::InvalidInput)?;
        let handle = pidfd_open(pid, PidfdFlags::NONBLOCK)?;
        #[expect(
            unsafe_code,
            reason = "registering asks that the descriptor stays open and the same for as long as it is registered"
        )]
        // SAFETY: `OwnedFd` gives one descriptor, the same each time, and closes it only when the `AsyncFd` drops it.
        let handle = unsafe { AsyncFd::register_with_interest(handle, Interest::READABLE) }
            .map_err(|error| error.into_parts().1)?;
        Ok(Self { copy, handle })
    }

    /// Whether this is the program that the match describes: numbers are used again, start times are not.
    #[must_use]
    pub fn is(&self, copy: &Match) -> bool {
        self.copy == *copy
    }

    /// Ends when it has ended.
    pub async fn ended(&self) -> ExitKind {
        if self.handle.readable().await.is_err() {
            // The runtime is going down; whoever waits is going down with it.
            std::future::pending::<()>().await;
        }
        let mut ticks = tokio::time::interval(TELL_GAP);
        for _ in 0..TELL_TRIES {
            ticks.tick().await;
            if let Some(status) = exit::status(self.handle.get_ref()) {
                return exit::kind(status);
            }
        }
        ExitKind::Unknown
    }
}

mod exit {
    //! How a followed program ended: `PIDFD_GET_INFO`, Linux 6.15 and later. Older kernels do not tell strangers.

    use std::os::fd::OwnedFd;

    use roomready_shared::wire::v1::ExitKind;
    use rustix::ioctl::{Updater, ioctl, opcode};

    /// `struct pidfd_info` in its first size, which every kernel that knows the call accepts.
    #[repr(C)]
    #[derive(Default)]
    struct Info {
        mask: u64,
        cgroup: u64,
        pids_and_owners: [u32; 11],
        exit_status: i32,
    }

    const EXIT_WANTED: u64 = 1 << 3;
    const GET_INFO: rustix::ioctl::Opcode = opcode::read_write::<Info>(0xFF, 11);

    /// The wait status, if the kernel tells it.
    pub(super) fn status(handle: &OwnedFd) -> Option<i32> {
        let mut info = Info {
            mask: EXIT_WANTED,
            ..Info::default()
        };
        #[expect(
            unsafe_code,
            reason = "the opcode carries the size of Info, so the kernel writes no further; Info is plain numbers"
        )]
        // SAFETY: `Info` has the layout and size that the opcode names, and any bytes are valid for it.
        let told = unsafe { ioctl(handle, Updater::<GET_INFO, Info>::new(&mut info)) };
        (told.is_ok() && info.mask & EXIT_WANTED != 0).then_some(info.exit_status)
    }

    /// A wait status is zero after an end without error; everything else is an error or a signal.
    pub(super) const fn kind(status: i32) -> ExitKind {
        if status == 0 {
            ExitKind::Normal
        } else {
            ExitKind::Crashed
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn the_kernel_s_structure_has_its_first_published_size() {
            assert_eq!(size_of::<Info>(), 64);
        }
    }
}
