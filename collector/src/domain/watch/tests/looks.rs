//! The way out is looked at now and then: what fails begins and ends between two looks.

use crate::domain::incident::{Basis, Counted};
use crate::domain::watch::Reached;

use super::common::{ROOM, TWO_ROOMS, WELL, reach, testing};
use super::school::{MINUTE, TestSchool, at, id};

const CUT_OFF: Reached = Reached {
    vendor: Some(false),
    outside: Some(false),
    ..WELL
};

/// The room's devices looked at the vendor's hosts, each a few seconds after the other, and found this.
fn look(school: &mut TestSchool, found: Reached) {
    let second = school.second;
    for (nth, name) in (0..).zip(ROOM) {
        school.device(name).looked_at = Some(second - nth);
    }
    reach(school, &ROOM, found);
}

#[test]
fn a_cut_off_room_counts_from_the_middle_of_two_looks_to_the_middle_of_two_others_with_half_of_what_lies_between()
 {
    let mut school = testing(&TWO_ROOMS);
    look(&mut school, WELL);
    school.until(6 * MINUTE);
    look(&mut school, CUT_OFF);
    school.until(6 * MINUTE + 30);
    look(&mut school, CUT_OFF);
    school.until(9 * MINUTE);
    look(&mut school, CUT_OFF);
    school.until(9 * MINUTE + 30);
    look(&mut school, WELL);
    school.until(11 * MINUTE);
    let incidents = school.state().incidents();
    assert_eq!(incidents.len(), 1);
    let incident = incidents.values().next().unwrap();
    assert!(!incident.is_open());
    for (nth, name) in (0..).zip(ROOM) {
        let [span] = incident.spans[&id(name)].as_slice() else {
            panic!("one stretch of {name}: {:?}", incident.spans[&id(name)]);
        };
        assert_eq!((span.counted, span.basis), (Counted::CutOff, Basis::Measured));
        assert_eq!(span.from, at(5 * MINUTE + 30 - nth), "{name}");
        assert_eq!(span.until, Some(at(9 * MINUTE + 15 - nth)), "{name}");
        assert_eq!(span.plus_minus_ms, 30_000, "the wider of both ends");
    }
    // The incident itself reaches from the last good sign to the first of the device that was the last to be well.
    assert_eq!(incident.since(), at(5 * MINUTE - 3));
    assert_eq!(incident.until(), Some(at(9 * MINUTE + 27)));
}

#[test]
fn a_restart_of_ours_in_the_middle_of_an_outage_forgets_neither_when_it_began_nor_within_how_much() {
    let mut school = testing(&TWO_ROOMS);
    look(&mut school, WELL);
    school.until(6 * MINUTE);
    look(&mut school, CUT_OFF);
    school.until(8 * MINUTE);
    school.restart_collector(20);
    look(&mut school, CUT_OFF);
    school.until(9 * MINUTE);
    look(&mut school, WELL);
    school.until(11 * MINUTE);
    let incident = school.state().incidents().values().next().unwrap();
    let spans = &incident.spans[&id(ROOM[0])];
    assert_eq!(spans[0].from, at(5 * MINUTE + 30));
    assert_eq!(spans[0].until, Some(at(8 * MINUTE + 40)));
    assert_eq!(spans[0].plus_minus_ms, 30_000);
}
