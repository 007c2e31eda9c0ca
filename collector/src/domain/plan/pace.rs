//! How often a device is asked to report.

use std::time::Duration;

use roomready_shared::timetable::Phase;
use roomready_shared::units::Timestamp;

use super::{District, Home};

/// Intervals by how near a test is (design section 6, "Pace").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paces {
    /// No test is near.
    pub idle: Duration,
    /// While a sitting is prepared, and in breaks.
    pub sweep: Duration,
    /// Within [`Paces::near_within`] of a device's sitting.
    pub near: Duration,
    /// How long before a sitting it is near: a laptop opened in that hour is on the board at once.
    pub near_within: Duration,
    /// While students test.
    pub testing: Duration,
}

impl Paces {
    /// Shortest interval a district may set: below it a room of laptops is traffic, not watching.
    pub const SHORTEST: Duration = Duration::from_secs(1);
    /// Longest: a promise of it with its allowance must fit the wire's longest promise of 15 minutes.
    pub const LONGEST: Duration = Duration::from_secs(10 * 60);
}

impl Default for Paces {
    fn default() -> Self {
        Self {
            idle: Duration::from_secs(60),
            sweep: Duration::from_secs(15),
            near: Duration::from_secs(15),
            near_within: Duration::from_secs(60 * 60),
            testing: Duration::from_secs(5),
        }
    }
}

impl District {
    /// The interval wanted of a device now.
    #[must_use]
    pub fn pace_of(&self, home: &Home, now: Timestamp) -> Duration {
        self.pace_in(self.phase_of(home, now), home, now)
    }

    /// The same where its phase is known already.
    #[must_use]
    pub fn pace_in(&self, phase: Phase, home: &Home, now: Timestamp) -> Duration {
        match phase {
            Phase::Testing => return self.paces.testing,
            Phase::Sweep | Phase::Break => return self.paces.sweep,
            Phase::Scheduled | Phase::Finished => {}
        }
        let near = self.seatings(home).any(|seating| {
            let ahead = seating.session.timetable.starts().duration_since(now);
            Duration::try_from(ahead).is_ok_and(|ahead| ahead <= self.paces.near_within)
        });
        if near { self.paces.near } else { self.paces.idle }
    }
}
