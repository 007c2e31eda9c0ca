//! For how long each seat of a sitting could not test: three numbers, never added up.
//!
//! *Stopped*: the test app did not run, or the device was off. *Cut off*: none of the vendor's hosts answered.
//! *Unheard*: silence that nothing explains. All are counted inside the seat's own testing time only, breaks and pauses
//! taken out, in whole milliseconds; they are rounded once, where a person reads them ([`in_words`]).
//!
//! **One moment counts once.** Where stretches overlap, what says more about the student's screen wins: stopped before
//! cut off, because an app that does not run has nobody to reach; both before the collector's own blindness, because a
//! device's records tell them whoever listened; blindness before unheard, because silence means nothing while nobody
//! listens. [`Counted::Working`] counts nothing and takes nothing from another stretch: a low battery beside a silent
//! device does not make it heard.
//!
//! **A person's answer.** "All still working" makes an unheard stretch working, as said: from its beginning to the
//! answer, and on to its end or to an answer that says otherwise. Between an answer of "all" and a later one of "some
//! stopped" nobody knows; that stays unheard.

mod past;
mod seat;
mod set;
mod settled;
#[cfg(test)]
mod tests;
mod words;

pub use past::{Expected, Past, SeatCount, SeatPast, Swap};
pub use seat::{Answer, Asked, OwnTime, SeatMinutes, seat_minutes};
pub use settled::{FINAL_AFTER, Sheet, Stream, sheet};
pub use words::{covered, in_words, number_in_words};

use super::incident::Basis;

/// One of the three numbers of a seat.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Amount {
    /// Milliseconds that the device's own records tell.
    pub measured_ms: u64,
    /// Milliseconds that a person stated.
    pub stated_ms: u64,
    /// Milliseconds that follow from what was heard and what was not.
    pub inferred_ms: u64,
    /// The whole may be so much more or less, in milliseconds: every end that it depends on, added up.
    pub plus_minus_ms: u64,
}

impl Amount {
    /// All of it, in milliseconds.
    #[must_use]
    pub const fn total_ms(&self) -> u64 {
        self.measured_ms + self.stated_ms + self.inferred_ms
    }

    /// Whether there is nothing to tell.
    #[must_use]
    pub const fn is_nothing(&self) -> bool {
        self.total_ms() == 0
    }

    /// How it is known, the surest first.
    pub fn bases(&self) -> impl Iterator<Item = (Basis, u64)> {
        [
            (Basis::Measured, self.measured_ms),
            (Basis::Stated, self.stated_ms),
            (Basis::Inferred, self.inferred_ms),
        ]
        .into_iter()
        .filter(|(_, ms)| *ms > 0)
    }
}
