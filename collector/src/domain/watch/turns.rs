//! The moments at which anything of a school's timetable turns.
//!
//! Between two of them every seat is in the sitting and the phase in which it was, so that a second in which nothing
//! turns need not ask for each of them.

use jiff::Timestamp;

use super::roster::WatchPlan;
use crate::domain::plan::turns;

/// All of them, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Turns(Vec<Timestamp>);

impl Turns {
    /// Those of a plan.
    pub(super) fn of(plan: &WatchPlan) -> Self {
        let seats = plan.devices.values().flat_map(|place| &place.seatings);
        let seats = seats.filter_map(|seat| Some((&plan.sessions.get(&seat.session)?.timetable, seat.ends)));
        let whole = plan.sessions.values().flat_map(|sitting| {
            let ends = sitting.own_ends.values().copied();
            ends.chain([sitting.last_end, sitting.timetable.ends()])
                .map(|ends| (&sitting.timetable, ends))
        });
        let mut all: Vec<_> = whole
            .chain(seats)
            .flat_map(|(timetable, ends)| turns(timetable, ends))
            .collect();
        all.sort_unstable();
        all.dedup();
        Self(all)
    }

    /// Whether one lies after the earlier of two moments and not after the later one.
    pub(super) fn any_between(&self, one: Timestamp, other: Timestamp) -> bool {
        let passed = |at: Timestamp| self.0.partition_point(|turn| *turn <= at);
        passed(one) != passed(other)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use roomready_shared::ids::{RoomId, SessionId};
    use roomready_shared::timetable::{Pause, Timetable, Timing};

    use super::*;
    use crate::domain::plan::choose;
    use crate::domain::watch::roster::Sitting;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    prop_compose! {
        /// A sitting of some minutes with a break, whose seat may end at another time.
        fn sitting()(
            sweep in 0_i64..4_000, prepared in 0_i64..600, first in 1_i64..600, pause in 1_i64..600,
            second in 0_i64..600, later in -300_i64..900
        ) -> (Timetable, Timestamp) {
            let starts = sweep + prepared;
            let (from, until) = (starts + first, starts + first + pause);
            let pause = Pause { from: at(from), until: at(until) };
            let ends = until + second;
            let timetable = Timetable::new(at(sweep), at(starts), at(ends), vec![pause], Timing::Timed).unwrap();
            (timetable, at(ends + later))
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn where_nothing_turns_between_two_moments_a_seat_is_in_the_same_sitting_and_phase(
            sittings in prop::collection::vec(sitting(), 1..4),
            then in -100_i64..14_000,
            passes in prop_oneof![Just(0), Just(1), -40_i64..40, -900_i64..900],
        ) {
            let sessions = sittings.iter().enumerate().map(|(nth, (timetable, last_end))| {
                let sitting = Sitting {
                    room: RoomId::parse("101").unwrap(),
                    timetable: timetable.clone(),
                    last_end: *last_end,
                    own_ends: BTreeMap::new(),
                };
                (SessionId::parse(&format!("s{nth}")).unwrap(), sitting)
            });
            let plan = WatchPlan { sessions: sessions.collect(), ..WatchPlan::default() };
            let (then, now) = (at(then), at(then + passes));
            if Turns::of(&plan).any_between(then, now) {
                return Ok(());
            }
            let seen = |moment| {
                let all = plan.sessions.iter();
                choose(all.map(|(id, sitting)| (id, &sitting.timetable, sitting.last_end)), moment)
            };
            prop_assert_eq!(seen(then), seen(now));
        }
    }

    #[test]
    fn a_moment_that_turns_counts_from_itself_on_in_either_direction() {
        let turns = Turns(vec![at(10), at(20)]);
        for (one, other, any) in [
            (9, 10, true),
            (10, 9, true),
            (10, 19, false),
            (20, 30, false),
            (10, 20, true),
            (10, 10, false),
            (0, 30, true),
        ] {
            assert_eq!(turns.any_between(at(one), at(other)), any, "{one} to {other}");
        }
    }
}
