//! When something happened on a device, by the collector's clock, and within how much. Pure.
//!
//! A device's wall clock may be wrong and may jump, so it is the last thing to believe. Its monotonic clock never jumps
//! and counts sleep; an [`Anchor`] says what our clock showed when that one showed a certain number. A record of the
//! same epoch (the unbroken run of that clock: one for each boot) lies a known distance from it. That is a **measured**
//! time, and its ± is the anchor's own, half of a round trip, with what two clocks may drift apart over the distance.
//!
//! A record of an epoch without an anchor (a device that was rebooted, and rebooted again, before anybody answered)
//! has only its wall clock, corrected by how far that was last known to be off. That is an **inferred** time: it is
//! bounded by its neighbours, since records of a stream come in the order in which they happened, and marked.
//!
//! What always holds, whatever a device sends: no time is later than its receipt, none is earlier than that of the
//! record before it, and nothing panics. What holds for every measured time of an honest device: the true moment lies
//! within its ±. It does not hold for a clock that drifts by more than [`DRIFT_PPM`], for a first exchange of an epoch
//! that was under way for longer than [`LONGEST_EXCHANGE_MS`] (a device that fell asleep in the middle of it), and
//! across a jump of the collector's own wall clock.
//!
//! Reading order: [`EventTime`] → `anchors` (what is remembered of a device's clocks) → `dating` (the rule).

mod anchors;
mod dating;
#[cfg(test)]
mod tests;

pub use anchors::{Anchor, DRIFT_PPM, DeviceClocks, LONGEST_EXCHANGE_MS, MOST_ANCHORS};
pub use dating::{AHEAD_MS, Exchange};

use jiff::Timestamp;
use roomready_shared::wire::v1::News;
use serde::{Deserialize, Serialize};

/// How a time is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Through the device's monotonic clock.
    Measured,
    /// From the device's wall clock, as far as its neighbours let it be.
    Inferred,
}

impl Basis {
    /// The word that the store keeps.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::Inferred => "inferred",
        }
    }

    /// The basis of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Measured, Self::Inferred]
            .into_iter()
            .find(|basis| basis.word() == word)
    }
}

/// When something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventTime {
    /// By the collector's clock, in whole milliseconds.
    pub at: Timestamp,
    /// How far off that may be. A promise where it is measured; where it is inferred an estimate, as wide as the gap
    /// between its neighbours.
    pub plus_minus_ms: u64,
    /// How it is known.
    pub basis: Basis,
}

impl EventTime {
    /// Measured to within so much.
    #[must_use]
    pub const fn measured(at: Timestamp, plus_minus_ms: u64) -> Self {
        Self {
            at,
            plus_minus_ms,
            basis: Basis::Measured,
        }
    }
}

/// A record with its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dated {
    /// The record, with the times that the device told.
    pub news: News,
    /// When it happened.
    pub time: EventTime,
    /// It claimed to be from the future; its receipt stands for it.
    pub ahead: bool,
}
