//! When: a sitting's timetable, and the phase that follows from it. Pure, so that a device without a network
//! derives the same phase as the collector.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::NotA;
use crate::units::Timestamp;

/// Where a session stands. What a device may do, and what silence means, depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Known, and not near.
    Scheduled,
    /// Being prepared: checks often, repairs allowed.
    Sweep,
    /// Students test: quiet, watched.
    Testing,
    /// A break: devices may sleep.
    Break,
    /// Over.
    Finished,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Scheduled => "scheduled",
            Self::Sweep => "sweep",
            Self::Testing => "testing",
            Self::Break => "break",
            Self::Finished => "finished",
        })
    }
}

/// Whether the clock ends a seat's test or the student does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Timing {
    /// Ends when its time is over.
    Timed,
    /// Ends when the student has finished; the timetable's end is when the room must be free.
    UntilFinished,
}

/// A pause for everybody in the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Pause {
    /// First moment of it.
    pub from: Timestamp,
    /// First moment after it.
    pub until: Timestamp,
}

/// A sitting's times, as UTC instants. Checked once: start before end, pauses inside, in order, apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "RawTimetable")]
pub struct Timetable {
    sweep_from: Timestamp,
    starts: Timestamp,
    ends: Timestamp,
    pauses: Vec<Pause>,
    timing: Timing,
}

#[derive(Deserialize)]
struct RawTimetable {
    sweep_from: Timestamp,
    starts: Timestamp,
    ends: Timestamp,
    #[serde(default)]
    pauses: Vec<Pause>,
    timing: Timing,
}

/// Most pauses in one sitting; a day's breaks and alarms stay far below.
pub const MAX_PAUSES: usize = 16;
/// Longest sitting from start to end: a school day with extended time.
pub const MAX_SITTING: jiff::SignedDuration = jiff::SignedDuration::from_hours(14);

impl Timetable {
    /// # Errors
    /// When the times are out of order, a pause lies outside or overlaps, or the sitting is longer than 14 hours.
    pub fn new(
        sweep_from: Timestamp,
        starts: Timestamp,
        ends: Timestamp,
        pauses: Vec<Pause>,
        timing: Timing,
    ) -> Result<Self, NotA> {
        let refuse = |rule| Err(NotA::new("a timetable", rule, &format!("{starts} to {ends}")));
        if sweep_from > starts {
            return refuse("prepared before it starts");
        }
        if starts >= ends {
            return refuse("ended after it starts");
        }
        if ends.duration_since(starts) > MAX_SITTING {
            return refuse("at most 14 hours long");
        }
        if pauses.len() > MAX_PAUSES {
            return refuse("interrupted at most 16 times");
        }
        let mut free_from = starts;
        for pause in &pauses {
            if pause.from < free_from || pause.until <= pause.from || pause.until > ends {
                return refuse("interrupted only by pauses inside it, in order and apart");
            }
            free_from = pause.until;
        }
        Ok(Self {
            sweep_from,
            starts,
            ends,
            pauses,
            timing,
        })
    }

    /// First moment of preparation.
    #[must_use]
    pub const fn sweep_from(&self) -> Timestamp {
        self.sweep_from
    }

    /// First moment of testing.
    #[must_use]
    pub const fn starts(&self) -> Timestamp {
        self.starts
    }

    /// First moment after testing.
    #[must_use]
    pub const fn ends(&self) -> Timestamp {
        self.ends
    }

    /// Pauses, in order.
    #[must_use]
    pub fn pauses(&self) -> &[Pause] {
        &self.pauses
    }

    /// What ends a seat's test.
    #[must_use]
    pub const fn timing(&self) -> Timing {
        self.timing
    }

    /// The phase at a moment.
    #[must_use]
    pub fn phase_at(&self, now: Timestamp) -> Phase {
        if now < self.sweep_from {
            Phase::Scheduled
        } else if now < self.starts {
            Phase::Sweep
        } else if now >= self.ends {
            Phase::Finished
        } else if self
            .pauses
            .iter()
            .any(|pause| pause.from <= now && now < pause.until)
        {
            Phase::Break
        } else {
            Phase::Testing
        }
    }
}

impl TryFrom<RawTimetable> for Timetable {
    type Error = NotA;
    fn try_from(raw: RawTimetable) -> Result<Self, NotA> {
        Self::new(raw.sweep_from, raw.starts, raw.ends, raw.pauses, raw.timing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + minute * 60).expect("a time")
    }

    #[test]
    fn a_sitting_walks_through_its_phases_to_the_minute() {
        let pause = Pause {
            from: at(60),
            until: at(70),
        };
        let table = Timetable::new(at(-60), at(0), at(120), vec![pause], Timing::Timed).expect("valid");
        let phases: Vec<_> = [-61, -60, 0, 59, 60, 69, 70, 119, 120]
            .map(|m| table.phase_at(at(m)))
            .to_vec();
        use Phase::{Break, Finished, Scheduled, Sweep, Testing};
        assert_eq!(
            phases,
            [
                Scheduled, Sweep, Testing, Testing, Break, Break, Testing, Testing, Finished
            ]
        );
    }

    #[test]
    fn times_out_of_order_are_refused() {
        let pause = |from, until| Pause {
            from: at(from),
            until: at(until),
        };
        for (sweep, starts, ends, pauses) in [
            (1, 0, 10, vec![]),
            (0, 10, 10, vec![]),
            (0, 0, 15 * 60, vec![]),
            (0, 0, 100, vec![pause(10, 20), pause(15, 30)]),
            (0, 0, 100, vec![pause(90, 110)]),
        ] {
            assert!(Timetable::new(at(sweep), at(starts), at(ends), pauses, Timing::Timed).is_err());
        }
    }
}
