//! The time of day, for timetables and readings that a test makes up.

use jiff::{SignedDuration, Timestamp};

/// Now.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "real processes run on the real clock, and so does what a test tells them"
)]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// So many minutes from now; negative for the past.
#[must_use]
pub fn in_minutes(minutes: i64) -> Timestamp {
    now() + SignedDuration::from_mins(minutes)
}
