//! One running program, followed by a handle: the system tells its end at once, and how it ended.
//!
//! Windows gives handles on another user's program to LocalSystem and to administrators only, and the agent's service is
//! neither, so that it can do no harm. Where a handle is refused, the program is looked at about each second instead; then
//! nobody tells how it ended.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use roomready_shared::wire::v1::ExitKind;
use tokio::sync::Notify;
use windows_sys::Win32::Foundation::{CloseHandle, FILETIME, HANDLE, INVALID_HANDLE_VALUE, WAIT_OBJECT_0};
use windows_sys::Win32::System::Threading::{
    GetExitCodeProcess, GetProcessTimes, INFINITE, OpenProcess, PROCESS_QUERY_LIMITED_INFORMATION,
    PROCESS_SYNCHRONIZE, RegisterWaitForSingleObject, UnregisterWaitEx, WT_EXECUTEINWAITTHREAD,
    WT_EXECUTEONLYONCE, WaitForSingleObject,
};

use super::super::Match;
use super::super::told::windows::exit_code::exit_kind;
use super::super::told::windows::processes::unix_second;
use super::process;

/// How soon an end is seen where no handle is given: within the second that is promised. One look is one call, well under
/// a millisecond.
const LOOK_EACH: Duration = Duration::from_millis(900);

/// A program that is followed.
#[derive(Debug)]
pub struct Followed {
    copy: Match,
    by: By,
}

#[derive(Debug)]
enum By {
    Handle(Waiting),
    Looking,
}

impl Followed {
    /// Begins to follow a program.
    ///
    /// # Errors
    /// When it has ended, or its number now belongs to another one.
    pub fn start(copy: Match) -> io::Result<Self> {
        let by = match Process::open(copy) {
            Ok(process) => By::Handle(Waiting::on(process)?),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => By::Looking,
            Err(error) => return Err(error),
        };
        Ok(Self { copy, by })
    }

    /// Whether this is the program that the match describes: numbers are used again, start times are not.
    #[must_use]
    pub fn is(&self, copy: &Match) -> bool {
        self.copy == *copy
    }

    /// Ends when it has ended.
    pub async fn ended(&self) -> ExitKind {
        match &self.by {
            By::Handle(waiting) => waiting.ended().await,
            By::Looking => self.gone().await,
        }
    }

    async fn gone(&self) -> ExitKind {
        let mut ticks = tokio::time::interval(LOOK_EACH);
        loop {
            ticks.tick().await;
            // A list that cannot be read says nothing; the next one will.
            if matches!(still_runs(self.copy), Ok(false)) {
                return ExitKind::Unknown;
            }
        }
    }
}

fn still_runs(copy: Match) -> io::Result<bool> {
    let running = process::running()?;
    Ok(running.iter().any(|program| {
        i32::try_from(program.number) == Ok(copy.pid) && unix_second(program.created) == copy.since
    }))
}

/// A handle on a program, closed at the end.
#[derive(Debug)]
struct Process(HANDLE);

#[expect(
    unsafe_code,
    reason = "a handle is a number that is valid in every thread of this program"
)]
// SAFETY: the system's calls on it may come from any thread; only `drop` closes it.
unsafe impl Send for Process {}
#[expect(unsafe_code, reason = "likewise")]
// SAFETY: the calls made here only read what it stands for.
unsafe impl Sync for Process {}

impl Process {
    fn open(copy: Match) -> io::Result<Self> {
        let number = u32::try_from(copy.pid).map_err(io::Error::other)?;
        #[expect(unsafe_code, reason = "the system's own call")]
        // SAFETY: three numbers, no memory. The handle is ours from here on.
        let handle =
            unsafe { OpenProcess(PROCESS_SYNCHRONIZE | PROCESS_QUERY_LIMITED_INFORMATION, 0, number) };
        if handle.is_null() {
            return Err(io::Error::last_os_error());
        }
        let process = Self(handle);
        if copy.since.is_some() && process.started() != copy.since {
            return Err(io::ErrorKind::NotFound.into());
        }
        Ok(process)
    }

    fn started(&self) -> Option<i64> {
        let mut times = [FILETIME::default(); 4];
        let [started, ended, kernel, user] = &mut times;
        #[expect(unsafe_code, reason = "the system's own call")]
        // SAFETY: the handle is open; four places for one time each live through the call.
        let done = unsafe { GetProcessTimes(self.0, started, ended, kernel, user) };
        let ticks = (i64::from(started.dwHighDateTime) << 32) | i64::from(started.dwLowDateTime);
        (done != 0).then_some(ticks).and_then(unix_second)
    }

    /// How it ended; `None` while it runs, whatever its code says by then.
    fn exit(&self) -> Option<ExitKind> {
        let mut code = 0_u32;
        #[expect(unsafe_code, reason = "the system's own calls")]
        // SAFETY: the handle is open and the number lives through the call.
        let told = unsafe {
            if WaitForSingleObject(self.0, 0) != WAIT_OBJECT_0 {
                return None;
            }
            GetExitCodeProcess(self.0, &raw mut code)
        };
        Some(if told == 0 {
            ExitKind::Unknown
        } else {
            exit_kind(code)
        })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        #[expect(unsafe_code, reason = "the system's own call")]
        // SAFETY: the handle is ours and nobody uses it after this.
        unsafe {
            CloseHandle(self.0);
        }
    }
}

/// A program whose end the system has promised to tell.
#[derive(Debug)]
struct Waiting {
    /// The promise; a number like any handle.
    wait: usize,
    /// Rung once at the end. The system holds its address as long as the promise stands.
    bell: Arc<Notify>,
    process: Process,
}

impl Waiting {
    fn on(process: Process) -> io::Result<Self> {
        let bell = Arc::new(Notify::new());
        let mut wait: HANDLE = std::ptr::null_mut();
        #[expect(unsafe_code, reason = "the system's own call")]
        // SAFETY: the bell lives as long as this value, whose `drop` first takes the promise back and waits for a call
        // under way; the handle is closed after that. Ringing takes no lock that this thread holds.
        let done = unsafe {
            RegisterWaitForSingleObject(
                &raw mut wait,
                process.0,
                Some(ring),
                Arc::as_ptr(&bell).cast(),
                INFINITE,
                WT_EXECUTEONLYONCE | WT_EXECUTEINWAITTHREAD,
            )
        };
        if done == 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(Self {
            wait: wait as usize,
            bell,
            process,
        })
    }

    async fn ended(&self) -> ExitKind {
        loop {
            // Asked first: whoever comes after the end still hears of it, and so do several.
            let rung = self.bell.notified();
            if let Some(exit) = self.process.exit() {
                return exit;
            }
            rung.await;
        }
    }
}

#[expect(unsafe_code, reason = "called by the system with what was given to it")]
// SAFETY: only registered in `Waiting::on`, with the address of a bell that lives until the promise is taken back.
unsafe extern "system" fn ring(bell: *mut core::ffi::c_void, _timed_out: bool) {
    // SAFETY: see above.
    let bell = unsafe { &*bell.cast::<Notify>() };
    bell.notify_waiters();
    bell.notify_one();
}

impl Drop for Waiting {
    fn drop(&mut self) {
        #[expect(unsafe_code, reason = "the system's own call")]
        // SAFETY: the promise is ours; INVALID_HANDLE_VALUE makes the call return only when no ringing is under way, and
        // nothing is rung from this thread.
        unsafe {
            UnregisterWaitEx(self.wait as HANDLE, INVALID_HANDLE_VALUE);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Child, Command, Stdio};

    use super::*;

    /// A program that runs until its input ends.
    fn waiting() -> (Child, Match) {
        let child = Command::new("cmd.exe")
            .args(["/d", "/q", "/k"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("it starts");
        let running = process::running().expect("a list");
        let listed = running
            .iter()
            .find(|program| program.number == child.id())
            .expect("it is on the list");
        let copy = Match {
            pid: i32::try_from(child.id()).expect("a small number"),
            since: unix_second(listed.created),
        };
        (child, copy)
    }

    async fn seen(followed: &Followed, child: &mut Child) -> ExitKind {
        let early = tokio::time::timeout(Duration::from_millis(50), followed.ended()).await;
        assert!(early.is_err(), "it still runs");
        child.kill().expect("it can be ended");
        let look = Duration::from_secs(5);
        tokio::time::timeout(look, followed.ended())
            .await
            .expect("its end is seen")
    }

    #[tokio::test]
    async fn an_end_is_seen_by_handle_and_without_one_and_only_the_handle_tells_how() {
        let (mut child, copy) = waiting();
        let followed = Followed::start(copy).expect("it runs");
        assert!(matches!(followed.by, By::Handle(_)) && followed.is(&copy));
        assert_eq!(
            seen(&followed, &mut child).await,
            ExitKind::Crashed,
            "it was ended by force"
        );
        assert_eq!(
            followed.ended().await,
            ExitKind::Crashed,
            "whoever asks later hears it too"
        );

        let (mut child, copy) = waiting();
        let refused = Followed {
            copy,
            by: By::Looking,
        };
        assert_eq!(seen(&refused, &mut child).await, ExitKind::Unknown);
    }

    #[tokio::test]
    async fn a_number_that_another_program_bears_by_now_is_not_followed() {
        let (mut child, copy) = waiting();
        let older = Match {
            since: copy.since.map(|second| second - 60),
            ..copy
        };
        assert!(Followed::start(older).is_err());
        child.kill().expect("it can be ended");
    }
}
