//! What only a system's own service manager can do. Elsewhere than on Windows that is a program of the system
//! (`systemctl`, `launchctl`), and the steps of [`crate::service`] call it.

#[cfg(windows)]
mod windows;

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;
use roomready_shared::units::Timestamp;
use roomready_shared::wire::v1::GoodbyeReason;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::ports::Leaving;

/// What a service manager tells the agent that it has started.
#[derive(Debug, Default)]
pub struct Control {
    stop: CancellationToken,
    why: Mutex<Option<GoodbyeReason>>,
    sleep: Notify,
}

impl Control {
    /// Cancelled when the agent is to end.
    #[must_use]
    pub fn stop(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// The agent is to end, for this reason; the first holds.
    pub fn end(&self, why: GoodbyeReason) {
        self.why
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get_or_insert(why);
        self.stop.cancel();
    }

    /// The system is about to sleep.
    pub fn suspend(&self) {
        self.sleep.notify_one();
    }
}

impl Leaving for Control {
    fn why(&self, _now: Timestamp) -> BoxFuture<'_, GoodbyeReason> {
        let why = *self.why.lock().unwrap_or_else(PoisonError::into_inner);
        Box::pin(async move { why.unwrap_or(GoodbyeReason::AgentStopped) })
    }

    fn sleeps(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.sleep.notified())
    }
}

/// What a service does; it gives the code that it ends with.
pub type Body = Box<dyn FnOnce(Arc<Control>) -> u8 + Send>;

/// Runs as a service of Windows: returns when the service has ended.
///
/// # Errors
/// When the service manager did not start this process.
#[cfg(windows)]
pub fn dispatch(body: Body) -> Result<(), String> {
    windows::dispatch(body)
}

/// Other systems start a service like any program.
///
/// # Errors
/// Always.
#[cfg(not(windows))]
pub fn dispatch(_: Body) -> Result<(), String> {
    Err("--service is for the service manager of Windows".into())
}

/// Registers the service, or changes it to this; it is not started yet.
///
/// # Errors
/// What the manager said.
#[cfg(windows)]
pub fn register(program: &Path, arguments: &[String]) -> Result<(), String> {
    windows::register(program, arguments)
}

/// Only Windows keeps services by itself.
///
/// # Errors
/// Always.
#[cfg(not(windows))]
pub fn register(_: &Path, _: &[String]) -> Result<(), String> {
    Err("only Windows keeps services by itself".into())
}

/// Starts it.
///
/// # Errors
/// What the manager said.
#[cfg(windows)]
pub fn start() -> Result<(), String> {
    windows::start()
}

/// Only Windows keeps services by itself.
///
/// # Errors
/// Always.
#[cfg(not(windows))]
pub fn start() -> Result<(), String> {
    Err("only Windows keeps services by itself".into())
}

/// Stops it, and waits until it has. One that is not there has stopped.
///
/// # Errors
/// What the manager said.
#[cfg(windows)]
pub fn stop() -> Result<(), String> {
    windows::stop()
}

/// Only Windows keeps services by itself.
///
/// # Errors
/// Always.
#[cfg(not(windows))]
pub fn stop() -> Result<(), String> {
    Err("only Windows keeps services by itself".into())
}

/// Forgets it. One that is not there is forgotten.
///
/// # Errors
/// What the manager said.
#[cfg(windows)]
pub fn unregister() -> Result<(), String> {
    windows::unregister()
}

/// Only Windows keeps services by itself.
///
/// # Errors
/// Always.
#[cfg(not(windows))]
pub fn unregister() -> Result<(), String> {
    Err("only Windows keeps services by itself".into())
}

/// Removes a file; on Windows a program that runs goes at the next restart.
///
/// # Errors
/// When it is still there and will be.
#[cfg(windows)]
pub fn remove(path: &Path) -> io::Result<()> {
    windows::remove(path)
}

/// Removes a file, whether or not it runs.
///
/// # Errors
/// When it is still there.
#[cfg(not(windows))]
pub fn remove(path: &Path) -> io::Result<()> {
    std::fs::remove_file(path)
}
