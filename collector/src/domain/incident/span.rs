//! For how long an incident kept one seat from testing, and how that is known.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// What a stretch of an incident was for a seat. The numbers drawn from it are never added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// Its test app did not run, or the device was off, asleep or restarting.
    Stopped,
    /// None of the vendor's hosts answered; the app may have saved locally.
    CutOff,
    /// Nothing was heard and nothing explains it.
    Unheard,
    /// It went on: only the collector could not see it, or what was wrong does not stop a test.
    Working,
}

/// How something is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// By the device's own records.
    Measured,
    /// It follows from what was heard and what was not.
    Inferred,
    /// A person said so.
    Stated,
}

/// One stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// From then on.
    pub from: Timestamp,
    /// First moment after it; none while it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// What it was.
    pub counted: Counted,
    /// How that is known.
    pub basis: Basis,
    /// Either end may lie so far from where it is put, in milliseconds.
    #[serde(default)]
    pub plus_minus_ms: u32,
}

/// Something happened between two looks: the middle of them, and how far from it it may lie at most, in milliseconds.
#[must_use]
pub fn between(before: Timestamp, after: Timestamp) -> (Timestamp, u32) {
    let apart = after
        .as_millisecond()
        .saturating_sub(before.as_millisecond())
        .max(0);
    let middle = after.checked_sub(SignedDuration::from_millis(apart / 2));
    let farthest = apart - apart / 2;
    (
        middle.unwrap_or(after),
        u32::try_from(farthest).unwrap_or(u32::MAX),
    )
}

/// When it was so, whatever it was: stretches that touch or overlap are one, in the order of time.
pub(super) fn in_one(spans: &[Span]) -> Vec<(Timestamp, Option<Timestamp>)> {
    let mut all: Vec<_> = spans.iter().map(|span| (span.from, span.until)).collect();
    all.sort_by_key(|(from, _)| *from);
    let mut joined: Vec<(Timestamp, Option<Timestamp>)> = Vec::new();
    for (from, until) in all {
        match joined.last_mut() {
            Some((_, end)) if end.is_none_or(|end| from <= end) => {
                *end = end.zip(until).map(|(end, until)| end.max(until));
            }
            _ => joined.push((from, until)),
        }
    }
    joined
}

/// Most stretches kept for one device in one incident. One that explains its absence has two or three; one that comes and
/// goes has some for each gap, and an hour of that is enough to know.
pub const MOST_SPANS: usize = 64;
