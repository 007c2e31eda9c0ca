//! The one place where a test waits.

use std::fmt::Display;
use std::time::Duration;

use tokio::time::Instant;

/// How long a test waits for something that carries no promise of its own. Long, because a loaded machine
/// must not turn a healthy test red; a healthy test never waits this long.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// How often a condition is looked at: often enough to measure one-second promises.
const LOOK_EVERY: Duration = Duration::from_millis(25);

/// What one look at a condition may answer.
///
/// `Some` / `Ok` / `true` end the wait; `None` / `Err(what it looks like now)` / `false` keep it going. Prefer
/// `Err`: its text is what a time-out reports as the last thing seen.
pub trait Look {
    /// What the wait returns once the condition holds.
    type Found;

    /// The found value, or what was seen instead.
    fn settle(self) -> Result<Self::Found, Option<String>>;
}

impl<T> Look for Option<T> {
    type Found = T;

    fn settle(self) -> Result<T, Option<String>> {
        self.ok_or(None)
    }
}

impl<T, S: Display> Look for Result<T, S> {
    type Found = T;

    fn settle(self) -> Result<T, Option<String>> {
        self.map_err(|seen| Some(seen.to_string()))
    }
}

impl Look for bool {
    type Found = ();

    fn settle(self) -> Result<(), Option<String>> {
        if self { Ok(()) } else { Err(None) }
    }
}

/// Looks again and again until the condition holds, and returns what was found.
///
/// # Panics
///
/// After `timeout`, naming what was awaited and the last thing seen. A look that hangs is cut off too.
pub async fn wait_until<L: Look>(
    what: &str,
    timeout: Duration,
    mut look: impl AsyncFnMut() -> L,
) -> L::Found {
    let deadline = Instant::now() + timeout;
    let mut last_seen = None;
    loop {
        match tokio::time::timeout_at(deadline, look()).await.map(Look::settle) {
            Ok(Ok(found)) => return found,
            Ok(Err(seen)) => last_seen = seen,
            Err(_hung) => last_seen = last_seen.or_else(|| Some("a look that never came back".to_owned())),
        }
        assert!(
            Instant::now() < deadline,
            "waited {timeout:?} in vain for {what}; last seen: {}",
            last_seen.as_deref().unwrap_or("nothing"),
        );
        pause().await;
    }
}

/// Looks again and again, for at most ten seconds, and never panics: for cleaning up while a test already fails.
pub(crate) fn give_a_moment(mut look: impl FnMut() -> bool) {
    for _ in 0..400 {
        if look() {
            return;
        }
        pause_thread();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the step between two looks, the one sleep that tests share"
)]
pub(crate) async fn pause() {
    tokio::time::sleep(LOOK_EVERY).await;
}

#[expect(
    clippy::disallowed_methods,
    reason = "the same step where nothing can be awaited"
)]
fn pause_thread() {
    std::thread::sleep(LOOK_EVERY);
}
