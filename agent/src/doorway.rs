//! What the doors of this package's programs have in common: a mistake in the words typed, a runtime for one command, what is
//! printed, and being asked to stop.

use std::process::ExitCode;
use std::time::Duration;

use crate::cli::exit;

/// What went wrong with a command, in words for whoever typed it.
pub type Failure = Box<dyn std::error::Error>;

/// Threads for calls that block: look-ups of sixteen hosts at once on a dead resolver, and room for local readings
/// beside them. They end when they have been idle for a while.
const BLOCKING_THREADS: usize = 24;
const BLOCKING_THREADS_IDLE: Duration = Duration::from_secs(5);

/// Ends with what clap says: a mistake, or help, which is none. Each goes to its own stream.
#[must_use]
pub fn misspelt(error: &clap::Error) -> ExitCode {
    let _unwritable = error.print();
    ExitCode::from(if error.use_stderr() { exit::USAGE } else { 0 })
}

/// Runs a command to its end.
///
/// # Errors
/// What the command failed on, or that there can be no runtime.
pub fn in_runtime(command: impl AsyncFnOnce() -> Result<u8, Failure>) -> Result<u8, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(BLOCKING_THREADS)
        .thread_keep_alive(BLOCKING_THREADS_IDLE)
        .build();
    let runtime = runtime?;
    let result = runtime.block_on(command());
    // A look-up or a desktop that hangs must not hold up a command that has its answer.
    runtime.shutdown_background();
    result
}

/// Prints to standard output at once; a reader that went away is no mistake of ours.
pub fn print(text: &str) {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    let _reader_gone = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Ends when the system or a person asks the program to stop. Set up before anything else runs, so that a stop is
/// never missed.
///
/// # Errors
/// When the system lets nobody listen for it.
#[cfg(unix)]
pub fn asked_to_stop() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// The same where a console says it.
///
/// # Errors
/// Never here.
#[cfg(not(unix))]
pub fn asked_to_stop() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            // Nobody can stop it politely then.
            std::future::pending::<()>().await;
        }
    })
}
