//! How a device behaves, from its assignment and a corrected clock alone: pure, so that it holds without a network.
//!
//! Unknown or expired means quiet: an agent that does not know whether students test must act as if they did.

use roomready_shared::timetable::Phase;
use roomready_shared::units::Timestamp;
use roomready_shared::wire::v1::{Assignment, DuringTest, Sitting};

/// What the agent may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Nobody tests: full readings.
    Free,
    /// Students test, or nobody knows: light readings, nothing that costs the test anything.
    Quiet,
    /// The district wants nothing at all until the sitting is over.
    Off,
}

/// The phase, if it is known, and the manner that follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conduct {
    /// The phase; `None` when there is no assignment that still holds.
    pub phase: Option<Phase>,
    /// The manner.
    pub manner: Manner,
}

impl Conduct {
    /// The manner that a phase asks for.
    #[must_use]
    pub const fn of(phase: Option<Phase>, during_test: DuringTest) -> Self {
        let manner = match (phase, during_test) {
            (Some(Phase::Testing | Phase::Break), DuringTest::Off) => Manner::Off,
            (Some(Phase::Testing | Phase::Break), DuringTest::Quiet) | (None, _) => Manner::Quiet,
            (Some(Phase::Scheduled | Phase::Sweep | Phase::Finished), _) => Manner::Free,
        };
        Self { phase, manner }
    }

    /// The phase as a report says it: a device that does not know of a sitting says "scheduled".
    #[must_use]
    pub const fn told(self) -> Phase {
        match self.phase {
            Some(phase) => phase,
            None => Phase::Scheduled,
        }
    }

    /// Students test now, as far as this device knows.
    #[must_use]
    pub const fn testing(self) -> bool {
        matches!(self.phase, Some(Phase::Testing))
    }
}

/// The phase that an assignment gives at a moment, and the sitting it comes from.
///
/// `None` for the phase: nothing is known, because there is no assignment or it has expired.
#[must_use]
pub fn derive(assignment: Option<&Assignment>, now: Timestamp) -> (Option<Phase>, Option<&Sitting>) {
    let Some(assignment) = assignment.filter(|held| now < held.valid_until) else {
        return (None, None);
    };
    // Two sittings never really overlap on one seat; if they do, the one that asks for more care holds.
    let care = |phase| match phase {
        Phase::Testing => 4,
        Phase::Break => 3,
        Phase::Sweep => 2,
        Phase::Scheduled => 1,
        Phase::Finished => 0,
    };
    let mut best: Option<(Phase, &Sitting)> = None;
    for sitting in &assignment.sittings {
        let phase = seat_phase(sitting, now);
        if best.is_none_or(|(held, _)| care(phase) > care(held)) {
            best = Some((phase, sitting));
        }
    }
    match best {
        Some((phase, sitting)) => (Some(phase), Some(sitting)),
        None => (Some(Phase::Scheduled), None),
    }
}

/// The moments around now between which [`derive`] says the same: from the first on, and before the second.
#[must_use]
pub fn steady_around(assignment: Option<&Assignment>, now: Timestamp) -> (Timestamp, Timestamp) {
    let sittings = assignment.into_iter().flat_map(|held| &held.sittings);
    let turns = sittings.flat_map(|sitting| {
        let timetable = &sitting.timetable;
        let own = [
            timetable.sweep_from(),
            timetable.starts(),
            timetable.ends(),
            sitting.seat_ends,
        ];
        let pauses = timetable.pauses().iter();
        own.into_iter()
            .chain(pauses.flat_map(|pause| [pause.from, pause.until]))
    });
    let turns = turns.chain(assignment.map(|held| held.valid_until));
    turns.fold((Timestamp::MIN, Timestamp::MAX), |(from, until), turn| {
        if turn <= now {
            (from.max(turn), until)
        } else {
            (from, until.min(turn))
        }
    })
}

/// The phase to act by while only the device's own wall clock says so: nobody has confirmed the time since it was booted.
///
/// Such a clock may be years off. That students test now is believed, since it asks for care; that they do not is
/// unknown, and unknown means quiet. The first answer of the collector settles it.
#[must_use]
pub const fn careful(phase: Option<Phase>) -> Option<Phase> {
    match phase {
        Some(Phase::Testing | Phase::Break) => phase,
        Some(Phase::Scheduled | Phase::Sweep | Phase::Finished) | None => None,
    }
}

/// The room's phase, except that a seat with more time tests on after the room has finished.
fn seat_phase(sitting: &Sitting, now: Timestamp) -> Phase {
    match sitting.timetable.phase_at(now) {
        Phase::Finished if now < sitting.seat_ends => Phase::Testing,
        phase => phase,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cycle::tests::{at_minute, sitting};

    fn assignment(sittings: Vec<Sitting>) -> Assignment {
        crate::cycle::tests::assignment(None, sittings)
    }

    #[test]
    fn a_device_without_a_network_walks_through_the_phases_by_itself() {
        let held = assignment(vec![sitting(0, 60, 60)]);
        let phases: Vec<_> = [-120, -30, 0, 59, 60]
            .map(|minute| derive(Some(&held), at_minute(minute)).0)
            .to_vec();
        assert_eq!(
            phases,
            [
                Some(Phase::Scheduled),
                Some(Phase::Sweep),
                Some(Phase::Testing),
                Some(Phase::Testing),
                Some(Phase::Finished)
            ]
        );
    }

    #[test]
    fn a_seat_with_more_time_tests_on_after_the_room_has_finished() {
        let held = assignment(vec![sitting(0, 60, 90)]);
        assert_eq!(derive(Some(&held), at_minute(75)).0, Some(Phase::Testing));
        assert_eq!(derive(Some(&held), at_minute(90)).0, Some(Phase::Finished));
    }

    #[test]
    fn the_next_sitting_s_preparation_does_not_hide_the_test_that_still_runs() {
        let held = assignment(vec![sitting(0, 60, 90), sitting(100, 160, 160)]);
        assert_eq!(derive(Some(&held), at_minute(70)).0, Some(Phase::Testing));
        assert_eq!(derive(Some(&held), at_minute(95)).0, Some(Phase::Sweep));
    }

    #[test]
    fn between_two_turns_the_timetable_says_the_same_at_every_minute() {
        let held = assignment(vec![sitting(0, 60, 90), sitting(100, 160, 160)]);
        for known in [None, Some(&held)] {
            let mut stretches = 0;
            let mut at = at_minute(-200);
            while at < at_minute(60 * 24 * 30) {
                let (from, until) = steady_around(known, at);
                assert!(from <= at && at < until, "{from} to {until} around {at}");
                let said = derive(known, at);
                let minutes = jiff::SignedDuration::from_mins(1);
                while at < until && at < at_minute(60 * 24 * 30) {
                    assert_eq!(derive(known, at), said, "at {at}");
                    at += minutes;
                }
                stretches += 1;
            }
            assert_eq!(stretches, if known.is_some() { 9 } else { 1 });
        }
    }

    #[test]
    fn an_expired_or_missing_assignment_means_quiet() {
        let held = assignment(vec![sitting(0, 60, 60)]);
        let long_after = at_minute(60 * 24 * 30);
        for known in [None, Some(&held)] {
            let (phase, _) = derive(known, long_after);
            assert_eq!(phase, None);
            assert_eq!(Conduct::of(phase, DuringTest::Quiet).manner, Manner::Quiet);
            assert_eq!(Conduct::of(phase, DuringTest::Off).manner, Manner::Quiet);
        }
    }

    #[test]
    fn a_district_can_switch_the_agent_off_while_students_test() {
        for phase in [Phase::Testing, Phase::Break] {
            assert_eq!(Conduct::of(Some(phase), DuringTest::Off).manner, Manner::Off);
        }
        assert_eq!(
            Conduct::of(Some(Phase::Sweep), DuringTest::Off).manner,
            Manner::Free
        );
    }
}
