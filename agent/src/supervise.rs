//! Work that may fail without taking the agent with it.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Once;
use std::time::Duration;

use futures_util::FutureExt as _;

/// rustls has no default provider in this program; the first caller installs ring for all.
pub fn install_crypto() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        // An error says that another library installed one before; it serves as well.
        let _already_there = rustls::crypto::ring::default_provider().install_default();
    });
}

/// How contained work ended without a result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Mishap {
    /// It panicked.
    #[error("the reading crashed: {0}")]
    Panicked(String),
    /// It took too long.
    #[error("no result within {} s", .0.as_secs_f32())]
    TimedOut(Duration),
}

/// Runs work that waits, within a time, panics contained.
///
/// # Errors
/// When it panicked or took too long.
pub async fn contained<T>(limit: Duration, work: impl Future<Output = T>) -> Result<T, Mishap> {
    match tokio::time::timeout(limit, AssertUnwindSafe(work).catch_unwind()).await {
        Ok(Ok(result)) => Ok(result),
        Ok(Err(panic)) => Err(Mishap::Panicked(said(panic.as_ref()))),
        Err(_) => Err(Mishap::TimedOut(limit)),
    }
}

/// Runs work that blocks, on a thread of its own, within a time. Work that hangs keeps its thread; the runtime's
/// small number of blocking threads bounds how many.
///
/// # Errors
/// When it panicked or took too long.
pub async fn contained_blocking<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Mishap> {
    match tokio::time::timeout(limit, tokio::task::spawn_blocking(work)).await {
        Ok(Ok(result)) => Ok(result),
        Ok(Err(error)) => Err(Mishap::Panicked(match error.try_into_panic() {
            Ok(panic) => said(panic.as_ref()),
            Err(_) => "it was cancelled".into(),
        })),
        Err(_) => Err(Mishap::TimedOut(limit)),
    }
}

fn said(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "without a word".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_crash_or_a_hang_stays_where_it_is() {
        let limit = Duration::from_secs(2);
        assert_eq!(contained(limit, async { 7 }).await, Ok(7));
        assert_eq!(
            contained::<()>(limit, async { panic!("no socket") }).await,
            Err(Mishap::Panicked("no socket".into()))
        );
        assert_eq!(
            contained::<()>(limit, std::future::pending()).await,
            Err(Mishap::TimedOut(limit))
        );
        assert_eq!(
            contained_blocking::<()>(limit, || panic!("bad {}", "file")).await,
            Err(Mishap::Panicked("bad file".into()))
        );
    }
}
