//! How often a notice is tried.

use jiff::{SignedDuration, Timestamp};

/// A notice that could not be delivered for this long is given up, and shown as such: a sitting is over by then, and
/// what it says is no longer news.
pub const GIVEN_UP_AFTER: SignedDuration = SignedDuration::from_hours(2);

/// Seconds between two tries of one notice, the last one again and again. A mail server that restarts is back within the
/// first ones; one that is away for an hour is not asked each second.
const PAUSES: [i64; 6] = [5, 15, 30, 60, 120, 300];

/// When a notice is tried again after this many tries failed; none when it is given up.
#[must_use]
pub fn next_try(made: Timestamp, failed: u32, now: Timestamp) -> Option<Timestamp> {
    let place = usize::try_from(failed.saturating_sub(1)).unwrap_or(usize::MAX);
    let pause = SignedDuration::from_secs(PAUSES[place.min(PAUSES.len() - 1)]);
    let next = now.saturating_add(pause).unwrap_or(Timestamp::MAX);
    (next.duration_since(made) <= GIVEN_UP_AFTER).then_some(next)
}
