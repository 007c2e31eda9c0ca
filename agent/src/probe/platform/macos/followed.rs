//! One running program, followed by the kernel's own notice of its end.

use std::io;
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd};

use roomready_shared::wire::v1::ExitKind;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use super::super::Match;
use super::process;
use super::told::processes::exit_kind;

/// A program whose end the kernel has promised to tell.
#[derive(Debug)]
pub struct Followed {
    copy: Match,
    queue: AsyncFd<OwnedFd>,
}

impl Followed {
    /// Begins to follow a program.
    ///
    /// # Errors
    /// When it has ended, its number now belongs to another one, or the system refuses.
    pub fn start(copy: Match) -> io::Result<Self> {
        let queue = queue()?;
        // How it ended is told to root and to the program's own user; that it ended, to everybody.
        promise(&queue, copy.pid, libc::NOTE_EXIT | libc::NOTE_EXITSTATUS).or_else(|error| {
            match error.raw_os_error() {
                Some(libc::EACCES | libc::EPERM) => promise(&queue, copy.pid, libc::NOTE_EXIT),
                _ => Err(error),
            }
        })?;
        // Looked at after the promise, so that nothing can come between.
        if copy.since.is_some() && process::started(copy.pid)? != copy.since {
            return Err(io::ErrorKind::NotFound.into());
        }
        #[expect(
            unsafe_code,
            reason = "registering asks that the descriptor stays open and the same for as long as it is registered"
        )]
        // SAFETY: `OwnedFd` gives one descriptor, the same each time, and closes it only when the `AsyncFd` drops it.
        let queue = unsafe { AsyncFd::register_with_interest(queue, Interest::READABLE) }
            .map_err(|error| error.into_parts().1)?;
        Ok(Self { copy, queue })
    }

    /// Whether this is the program that the match describes: numbers are used again, start times are not.
    #[must_use]
    pub fn is(&self, copy: &Match) -> bool {
        self.copy == *copy
    }

    /// Ends when it has ended. The notice is taken once: whoever asks again after the answer waits for ever, as nobody does.
    pub async fn ended(&self) -> ExitKind {
        loop {
            let Ok(mut ready) = self.queue.readable().await else {
                // The runtime is going down; whoever waits is going down with it.
                return std::future::pending().await;
            };
            match notice(self.queue.get_ref()) {
                Some(exit) => return exit,
                None => ready.clear_ready(),
            }
        }
    }
}

fn queue() -> io::Result<OwnedFd> {
    #[expect(unsafe_code, reason = "the system's own call")]
    // SAFETY: no memory. What it gives is ours alone, and closed when it is dropped.
    unsafe {
        let queue = libc::kqueue();
        if queue < 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(OwnedFd::from_raw_fd(queue))
    }
}

fn promise(queue: &OwnedFd, pid: i32, of: u32) -> io::Result<()> {
    let wanted = libc::kevent {
        ident: usize::try_from(pid).map_err(io::Error::other)?,
        filter: libc::EVFILT_PROC,
        flags: libc::EV_ADD | libc::EV_ONESHOT,
        fflags: of,
        data: 0,
        udata: std::ptr::null_mut(),
    };
    #[expect(unsafe_code, reason = "the system's own call")]
    // SAFETY: one event lives through the call; nothing is to be written.
    let result = unsafe {
        libc::kevent(
            queue.as_raw_fd(),
            &raw const wanted,
            1,
            std::ptr::null_mut(),
            0,
            std::ptr::null(),
        )
    };
    if result < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// The notice, if it has come.
fn notice(queue: &OwnedFd) -> Option<ExitKind> {
    let at_once = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    let mut told = libc::kevent {
        ident: 0,
        filter: 0,
        flags: 0,
        fflags: 0,
        data: 0,
        udata: std::ptr::null_mut(),
    };
    #[expect(unsafe_code, reason = "the system's own call")]
    // SAFETY: there is place for one event and no more are asked for; the time lives through the call.
    let count = unsafe {
        libc::kevent(
            queue.as_raw_fd(),
            std::ptr::null(),
            0,
            &raw mut told,
            1,
            &raw const at_once,
        )
    };
    if count < 1 {
        return None;
    }
    let is_told = told.fflags & libc::NOTE_EXITSTATUS != 0;
    Some(if is_told {
        exit_kind(told.data)
    } else {
        ExitKind::Unknown
    })
}
