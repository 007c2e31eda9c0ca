//! Does the steps: on this system, or below a staged root.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::process::Command;

use super::launchd;
use super::plan::{Call, Step};
use crate::keep;
use crate::probe::platform::service;

/// A step could not be done.
#[derive(Debug, thiserror::Error)]
pub enum PerformError {
    /// With a file or folder.
    #[error("{what} {}: {}", path.display(), if source.kind() == io::ErrorKind::PermissionDenied { "not permitted; run this as an administrator (on Linux and macOS with sudo)" } else { "it failed" })]
    Io {
        /// What was tried.
        what: &'static str,
        /// With what.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// A program of the system said no.
    #[error("`{command}` failed: {said}")]
    Call {
        /// The command.
        command: String,
        /// What it said.
        said: String,
    },
    /// The system's own service manager said no.
    #[error("the service could not be changed: {0}")]
    Manager(String),
}

/// Where to do it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Where {
    /// On this system.
    Here,
    /// In a folder that stands for the system; nothing is started.
    Below(PathBuf),
}

impl Where {
    /// A path of the system, as it is reached.
    #[must_use]
    pub fn at(&self, path: &Path) -> PathBuf {
        match self {
            Self::Here => path.to_owned(),
            Self::Below(root) => {
                let below = path
                    .components()
                    .filter(|part| matches!(part, Component::Normal(_)));
                root.join(below.collect::<PathBuf>())
            }
        }
    }
}

/// Does all of them, in order.
///
/// # Errors
/// At the first that cannot be done; doing all again after the cause was mended is safe.
pub fn perform(steps: &[Step], place: &Where) -> Result<(), PerformError> {
    steps.iter().try_for_each(|step| one(step, place))
}

fn one(step: &Step, place: &Where) -> Result<(), PerformError> {
    let failed = |what, path: &Path| {
        let path = path.to_owned();
        move |source| PerformError::Io { what, path, source }
    };
    match step {
        Step::Folder { path, mode } => {
            let path = place.at(path);
            folder(&path, *mode).map_err(failed("making the folder", &path))
        }
        Step::File { path, text, mode } => {
            let path = place.at(path);
            file(&path, text.as_bytes(), *mode).map_err(failed("writing", &path))
        }
        Step::Program { from, to } => {
            let to = place.at(to);
            program(from, &to).map_err(failed("copying the program to", &to))
        }
        Step::Link { path, to } => {
            let path = place.at(path);
            link(&path, to).map_err(failed("linking", &path))
        }
        Step::Gone(path) => {
            let path = place.at(path);
            gone(&path).map_err(failed("removing", &path))
        }
        Step::GoneIfEmpty(path) => {
            // Whatever else lies there keeps it.
            let _kept = fs::remove_dir(place.at(path));
            Ok(())
        }
        Step::Call(call) => match place {
            Where::Here => tell(call),
            Where::Below(_) => Ok(()),
        },
    }
}

/// A folder that is there keeps its rights: it may be the service's own by now.
fn folder(path: &Path, mode: u32) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::create_dir(path)?;
    permit(path, mode)
}

fn file(path: &Path, content: &[u8], mode: u32) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    keep::replace(path, content)?;
    permit(path, mode)
}

/// Beside and then into place: a program that runs cannot be written to. One that is already there stays.
fn program(from: &Path, to: &Path) -> io::Result<()> {
    const MODE: u32 = 0o755;
    if let (Ok(from), Ok(to)) = (fs::canonicalize(from), fs::canonicalize(to))
        && from == to
    {
        return Ok(());
    }
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent)?;
    }
    let beside = to.with_extension("new");
    fs::copy(from, &beside)?;
    permit(&beside, MODE)?;
    // Windows makes only what was opened for writing durable.
    fs::OpenOptions::new().write(true).open(&beside)?.sync_all()?;
    fs::rename(&beside, to)
}

#[cfg(unix)]
fn permit(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

/// Windows takes rights from the folder above; the service's own are set with the service.
#[cfg(not(unix))]
fn permit(_: &Path, _: u32) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn link(path: &Path, to: &Path) -> io::Result<()> {
    gone(path)?;
    std::os::unix::fs::symlink(to, path)
}

#[cfg(not(unix))]
fn link(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

fn gone(path: &Path) -> io::Result<()> {
    let kind = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata.file_type(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    if kind.is_dir() {
        fs::remove_dir_all(path)
    } else {
        service::remove(path)
    }
}

fn tell(call: &Call) -> Result<(), PerformError> {
    match call {
        Call::Run(words) => run(words).map(drop),
        Call::Try(words) => {
            let _nothing_to_do = run(words);
            Ok(())
        }
        Call::MacAccount => mac_account(),
        Call::WindowsRegister { program, arguments } => {
            service::register(program, arguments).map_err(PerformError::Manager)
        }
        Call::WindowsStart => service::start().map_err(PerformError::Manager),
        Call::WindowsStop => service::stop().map_err(PerformError::Manager),
        Call::WindowsUnregister => service::unregister().map_err(PerformError::Manager),
    }
}

fn mac_account() -> Result<(), PerformError> {
    let dscl = |words: &str| {
        let words: Vec<String> = format!("/usr/bin/dscl . {words}")
            .split_whitespace()
            .map(str::to_owned)
            .collect();
        run(&words)
    };
    if dscl(&format!("-read /Users/{}", launchd::ACCOUNT)).is_ok() {
        return Ok(());
    }
    let taken = dscl("-list /Users UniqueID")? + &dscl("-list /Groups PrimaryGroupID")?;
    let number = launchd::free_number(&taken)
        .ok_or_else(|| PerformError::Manager("no number is free for the service's account".into()))?;
    launchd::account(number)
        .iter()
        .try_for_each(|words| run(words).map(drop))
}

/// Only commands of an administrator come here; the running agent starts nothing.
fn run(words: &[String]) -> Result<String, PerformError> {
    let failed = |said: String| PerformError::Call {
        command: words.join(" "),
        said,
    };
    let (program, arguments) = words.split_first().ok_or_else(|| failed("no command".into()))?;
    let done = Command::new(program)
        .args(arguments)
        .output()
        .map_err(|error| failed(error.to_string()))?;
    if done.status.success() {
        Ok(String::from_utf8_lossy(&done.stdout).into_owned())
    } else {
        Err(failed(String::from_utf8_lossy(&done.stderr).trim().to_owned()))
    }
}

/// What a program of the system says, if it says anything.
#[must_use]
pub fn ask(words: &[&str]) -> Option<String> {
    let words: Vec<String> = words.iter().map(ToString::to_string).collect();
    run(&words).ok()
}
