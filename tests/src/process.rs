//! Real processes: started, listened to line by line, asked to stop, frozen, killed.

mod output;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::binaries::binary;
use crate::tools::libfaketime;
use crate::wait::{PATIENCE, pause, wait_until};
pub use output::{Line, Source};
use output::{Output, listen};

/// How many lines of a program's output a failing test shows.
const LINES_SHOWN: usize = 80;

/// A program about to be started.
#[derive(Debug)]
pub struct Launch {
    name: String,
    command: Command,
}

/// A running program. Dropped, it is killed; dropped by a failing test, it shows its last lines first.
#[derive(Debug)]
pub struct Program {
    name: String,
    child: Mutex<Child>,
    output: Output,
}

/// How many looks the last words of a program may take on their way, two seconds in all.
const LAST_WORDS_LOOKS: u32 = 80;

/// What a program that ran to its end left behind.
#[derive(Debug)]
pub struct Finished {
    /// How it ended.
    pub status: ExitStatus,
    /// All it printed for programs and people to read.
    pub stdout: String,
    /// All it said beside that.
    pub stderr: String,
}

impl Finished {
    /// The exit code; none when a signal ended it.
    #[must_use]
    pub fn code(&self) -> Option<i32> {
        self.status.code()
    }
}

impl Launch {
    /// One of the workspace's own binaries by name, such as `roomready-collector`.
    #[must_use]
    pub fn binary(name: &str) -> Self {
        Self::command(binary(name))
    }

    /// Any other program. Settings of RoomReady that the developer's shell happens to carry do not reach it.
    #[must_use]
    pub fn command(program: impl AsRef<Path>) -> Self {
        let program = program.as_ref();
        let name = program
            .file_name()
            .unwrap_or(program.as_os_str())
            .to_string_lossy()
            .into_owned();
        let mut command = Command::new(program);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for (key, _value) in std::env::vars_os() {
            if key.to_string_lossy().starts_with("ROOMREADY_") {
                command.env_remove(key);
            }
        }
        Self { name, command }
    }

    /// One more argument.
    #[must_use]
    pub fn arg(mut self, argument: impl Into<OsString>) -> Self {
        self.command.arg(argument.into());
        self
    }

    /// More arguments.
    #[must_use]
    pub fn args<A: Into<OsString>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.command.args(arguments.into_iter().map(Into::into));
        self
    }

    /// The same program, started through another one that prepares its surroundings: `setpriv`, `unshare`. Its own
    /// arguments come first; environment and folder are set after this.
    #[must_use]
    pub fn wrapped_in(self, outer: impl AsRef<Path>, arguments: &[&str]) -> Self {
        let inner = Self::command(outer).args(arguments.iter().copied());
        let program = self.command.get_program().to_owned();
        let own: Vec<OsString> = self.command.get_args().map(OsString::from).collect();
        inner.arg(program).args(own)
    }

    /// One environment variable.
    #[must_use]
    pub fn env(mut self, key: &str, value: impl Into<OsString>) -> Self {
        self.command.env(key, value.into());
        self
    }

    /// Lets it live with a wall clock that is off by so much: `-1d`, `+90m`. What it measures time with stays true.
    #[must_use]
    pub fn with_clock_off_by(self, offset: &str) -> Self {
        self.env("LD_PRELOAD", libfaketime())
            .env("FAKETIME", offset)
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
    }

    /// The working folder.
    #[must_use]
    pub fn folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.command.current_dir(folder.into());
        self
    }

    /// Starts it.
    ///
    /// # Panics
    ///
    /// When the operating system cannot start it.
    #[must_use]
    pub fn start(mut self) -> Program {
        let mut child = self
            .command
            .spawn()
            .unwrap_or_else(|fault| panic!("cannot start {}: {fault}", self.name));
        let output = listen(&mut child);
        Program {
            name: self.name,
            child: Mutex::new(child),
            output,
        }
    }

    /// Starts it and waits until it has ended by itself.
    ///
    /// # Panics
    ///
    /// When it is still running after [`PATIENCE`].
    pub async fn run(self) -> Finished {
        self.run_within(PATIENCE).await
    }

    /// The same, for what takes longer.
    ///
    /// # Panics
    ///
    /// When it is still running after that.
    pub async fn run_within(self, patience: Duration) -> Finished {
        let program = self.start();
        let status = program.ended(patience).await;
        wait_until("the rest of its output", PATIENCE, async || {
            program.output.is_complete()
        })
        .await;
        Finished {
            status,
            stdout: program.output.text_of(Source::Stdout),
            stderr: program.output.text_of(Source::Stderr),
        }
    }
}

impl Program {
    /// Its process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child().id()
    }

    /// Every line so far, in the order in which they came.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        self.output.lines()
    }

    /// Waits for a line with this text in it, from the start of the output, and returns the line.
    pub async fn wait_for_line(&self, text: &str) -> String {
        let what = format!("a line with {text:?}");
        self.wait_for(&what, PATIENCE, |line| {
            line.contains(text).then(|| line.to_owned())
        })
        .await
    }

    /// Waits for the first `http://` address in the output: programs listen on port 0 and print where that is.
    pub async fn wait_for_url(&self) -> String {
        self.wait_for("its address", PATIENCE, url_in).await
    }

    /// Waits for the first line, from the start of the output, in which `find` finds something.
    ///
    /// # Panics
    ///
    /// After `timeout`, and at once when the program ends without having said it; both show its output.
    pub async fn wait_for<T>(&self, what: &str, timeout: Duration, find: impl Fn(&str) -> Option<T>) -> T {
        let what = format!("{what} from {}", self.name);
        wait_until(&what, timeout, async || {
            // Asked before looking, so that the last words of an ended program are still looked at.
            let over = self.output.is_complete();
            let found = self.lines().iter().find_map(|line| find(&line.text));
            assert!(
                found.is_some() || !over,
                "{} ended before {what} came:\n{}",
                self.name,
                self.tail()
            );
            found.ok_or_else(|| format!("\n{}", self.tail()))
        })
        .await
    }

    /// How it ended, if it has.
    #[must_use]
    pub fn status(&self) -> Option<ExitStatus> {
        self.child()
            .try_wait()
            .expect("the state of a child can be asked for")
    }

    /// Waits until it has ended by itself.
    ///
    /// # Panics
    ///
    /// When it is still running after `timeout`.
    pub async fn ended(&self, timeout: Duration) -> ExitStatus {
        let what = format!("the end of {}", self.name);
        let status = wait_until(&what, timeout, async || {
            self.status().ok_or_else(|| format!("\n{}", self.tail()))
        })
        .await;
        self.last_words().await;
        status
    }

    /// Waits until all that it said before its end has been read; but not for ever, as a child of it may hold on to what
    /// it writes to.
    async fn last_words(&self) {
        for _ in 0..LAST_WORDS_LOOKS {
            if self.output.is_complete() {
                return;
            }
            pause().await;
        }
    }

    /// Asks it to stop (SIGTERM) and waits until it has.
    pub async fn stop(&self) -> ExitStatus {
        self.signal(Signal::TERM);
        self.ended(PATIENCE).await
    }

    /// Ends it without warning (SIGKILL), as a power cut would, and waits until it is gone.
    pub async fn kill(&self) {
        self.signal(Signal::KILL);
        self.ended(PATIENCE).await;
    }

    /// Holds it still (SIGSTOP): alive, connected and silent.
    pub fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    /// Lets it go on after [`Program::freeze`].
    pub fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    /// Its last lines, for a person.
    #[must_use]
    pub fn tail(&self) -> String {
        let lines = self.lines();
        let shown: Vec<String> = lines
            .iter()
            .rev()
            .take(LINES_SHOWN)
            .rev()
            .map(|line| format!("  {} | {line}", self.name))
            .collect();
        if shown.is_empty() {
            format!("  {} | (has printed nothing)", self.name)
        } else {
            shown.join("\n")
        }
    }

    /// Sends a signal unless it has ended: until its end was asked for, its id belongs to nobody else.
    fn signal(&self, signal: Signal) {
        let mut child = self.child();
        if child
            .try_wait()
            .expect("the state of a child can be asked for")
            .is_none()
        {
            kill_process(Pid::from_child(&child), signal).expect("our own child takes a signal");
        }
    }

    fn child(&self) -> std::sync::MutexGuard<'_, Child> {
        self.child
            .lock()
            .expect("nothing panics while it holds the child")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.tail());
        }
        let Ok(child) = self.child.get_mut() else { return };
        // Both fail only for a process that has already ended, which is what we want.
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// The first `http://` address in a line, without what punctuation follows it.
#[must_use]
pub fn url_in(line: &str) -> Option<String> {
    let from = line.find("http://").or_else(|| line.find("https://"))?;
    let address = line[from..]
        .split(|c: char| c.is_whitespace() || "\"'<>`)".contains(c))
        .next()?;
    Some(address.trim_end_matches(['.', ',', ';', ':']).to_owned())
}

/// The command lines of every live process that has this text in it.
///
/// # Panics
///
/// Where processes are not listed under `/proc`.
#[must_use]
pub fn processes_naming(text: &str) -> Vec<String> {
    let processes = std::fs::read_dir("/proc")
        .expect("Linux lists its processes")
        .flatten();
    processes
        .filter_map(|process| std::fs::read(process.path().join("cmdline")).ok())
        .map(|words| String::from_utf8_lossy(&words).replace('\0', " "))
        .filter(|words| words.contains(text))
        .collect()
}
