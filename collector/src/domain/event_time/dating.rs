//! The rule by which records get their times.

use jiff::Timestamp;
use roomready_shared::ids::ClockEpoch;
use roomready_shared::wire::v1::{Live, News};

use super::anchors::{Anchor, DeviceClocks, LONGEST_EXCHANGE_MS};
use super::{Basis, Dated, EventTime};

/// An event this far ahead of its receipt is a clock that is wrong, not a message from the future.
pub const AHEAD_MS: i64 = 2_000;
/// Both clocks are read in whole milliseconds, cut off.
const ROUNDING_MS: u64 = 2;

/// A report as it came in: the device's clocks and ours.
#[derive(Debug, Clone, Copy)]
pub struct Exchange<'a> {
    /// What the device said of itself, its clocks among it.
    pub live: &'a Live,
    /// When it came, by our clock.
    pub received: Timestamp,
}

impl Exchange<'_> {
    /// The anchor that the device drew from an exchange that was answered. One that lies ahead of the report that
    /// tells it is none of ours: our clock was set back, or the device is confused.
    pub(super) fn answered(&self) -> Option<Anchor> {
        let told = self.live.anchor?;
        let possible = told.mono_ms <= self.live.mono_ms && told.at <= self.received;
        possible.then_some(Anchor {
            epoch: self.live.epoch,
            mono_ms: told.mono_ms,
            wall: whole_ms(told.at),
            plus_minus_ms: told.plus_minus_ms.into(),
        })
    }

    /// The anchor that this exchange itself is: the report was sent before it came, and not long before.
    pub(super) fn under_way(&self) -> Anchor {
        Anchor {
            epoch: self.live.epoch,
            mono_ms: self.live.mono_ms,
            wall: whole_ms(self.received),
            plus_minus_ms: LONGEST_EXCHANGE_MS,
        }
    }

    /// How far the device's wall clock runs ahead of ours.
    pub(super) fn ahead_ms(&self) -> i64 {
        self.live
            .at
            .as_millisecond()
            .saturating_sub(self.received.as_millisecond())
    }
}

/// A time that a record may have, before its neighbours are asked.
#[derive(Debug, Clone, Copy)]
enum Guess {
    Measured {
        at: i128,
        plus_minus_ms: u64,
    },
    /// By its wall clock: as it was last known to be off, and as it is off now.
    Inferred {
        by_last: i128,
        by_now: i128,
    },
}

impl DeviceClocks {
    /// Dates the records of a report, in their order. `after` is the time of the record before the first of them.
    ///
    /// `self` is what was known before this exchange; what it adds is taken into account.
    #[must_use]
    pub fn date(&self, exchange: &Exchange<'_>, after: Option<EventTime>, records: Vec<News>) -> Vec<Dated> {
        let mut known = self.clone();
        known.learn(exchange);
        let off_now = exchange.ahead_ms();
        let off_last = self.ahead_ms().unwrap_or(off_now);
        let guesses: Vec<Guess> = records
            .iter()
            .map(|news| {
                let wall = i128::from(news.at.as_millisecond());
                known
                    .measure(news.epoch, news.mono_ms)
                    .unwrap_or(Guess::Inferred {
                        by_last: wall - i128::from(off_last),
                        by_now: wall - i128::from(off_now),
                    })
            })
            .collect();
        let ceilings = ceilings(&guesses, exchange.received);
        let mut placing = Placing {
            received: exchange.received,
            floor: after,
        };
        records
            .into_iter()
            .zip(guesses)
            .zip(ceilings)
            .map(|((news, guess), ceiling)| {
                let (time, ahead) = placing.place(guess, ceiling);
                Dated { news, time, ahead }
            })
            .collect()
    }

    fn measure(&self, epoch: ClockEpoch, mono_ms: u64) -> Option<Guess> {
        let anchor = self.best(epoch, mono_ms)?;
        let since = i128::from(mono_ms) - i128::from(anchor.mono_ms);
        Some(Guess::Measured {
            at: i128::from(anchor.wall.as_millisecond()) + since,
            plus_minus_ms: anchor.plus_minus_at(mono_ms).saturating_add(ROUNDING_MS),
        })
    }
}

/// For each record the earliest measured time of those after it, or the receipt: an inferred one is not later.
fn ceilings(guesses: &[Guess], received: Timestamp) -> Vec<i128> {
    let mut ceiling = i128::from(received.as_millisecond());
    let mut ceilings: Vec<i128> = guesses
        .iter()
        .rev()
        .map(|guess| {
            if let Guess::Measured { at, .. } = guess {
                ceiling = ceiling.min(*at);
            }
            ceiling
        })
        .collect();
    ceilings.reverse();
    ceilings
}

/// Walks through the records of a report.
struct Placing {
    received: Timestamp,
    /// The latest time given so far.
    floor: Option<EventTime>,
}

impl Placing {
    fn place(&mut self, guess: Guess, ceiling: i128) -> (EventTime, bool) {
        let received = i128::from(self.received.as_millisecond());
        // What came in before this report was received before it; a clock of ours that was set back says otherwise.
        let floor = self
            .floor
            .map(|floor| i128::from(floor.at.as_millisecond()).min(received));
        let (told, at, plus_minus_ms, basis) = match guess {
            Guess::Measured {
                at: told,
                plus_minus_ms,
            } => {
                let at = told.min(received);
                let moved = floor.map_or(at, |floor| at.max(floor));
                (
                    told,
                    moved,
                    self.widened(plus_minus_ms, moved - at),
                    Basis::Measured,
                )
            }
            Guess::Inferred { by_last, by_now } => {
                let fits = |told: i128| told <= ceiling && floor.is_none_or(|floor| floor <= told);
                let told = if !fits(by_last) && fits(by_now) {
                    by_now
                } else {
                    by_last
                };
                let ceiling = floor.map_or(ceiling, |floor| ceiling.max(floor));
                let at = told.min(ceiling);
                let at = floor.map_or(at, |floor| at.max(floor));
                let gap = (ceiling - at).max(floor.map_or(0, |floor| at - floor));
                (told, at, u64::try_from(gap).unwrap_or(u64::MAX), Basis::Inferred)
            }
        };
        // A clock of more years than there were since 1970 is no clock.
        let at = i64::try_from(at.max(0))
            .ok()
            .and_then(|at| Timestamp::from_millisecond(at).ok())
            .unwrap_or(self.received);
        let time = EventTime {
            at,
            plus_minus_ms,
            basis,
        };
        // One that lies where the record before it lies says nothing new of where the next may be.
        if self.floor.is_none_or(|floor| floor.at < at) {
            self.floor = Some(time);
        }
        (time, told > received + i128::from(AHEAD_MS))
    }

    /// The ± of a measured time that was moved up to the record before it. The true moment is not before that record's
    /// true moment, so the wider ± of the two holds; beside an inferred one, the whole way counts.
    fn widened(&self, own_ms: u64, moved: i128) -> u64 {
        if moved == 0 {
            return own_ms;
        }
        let with_way = own_ms.saturating_add(u64::try_from(moved).unwrap_or(u64::MAX));
        match self.floor {
            Some(floor) if floor.basis == Basis::Measured => with_way.min(own_ms.max(floor.plus_minus_ms)),
            _ => with_way,
        }
    }
}

/// Cut to whole milliseconds, which is what the record keeps.
fn whole_ms(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}
