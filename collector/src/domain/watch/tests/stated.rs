//! Trouble that only people see, and what they answer about a silence: for how long it holds, and for what.

use crate::domain::incident::{CauseKind, Confidence, Detection, Ending, Incident};
use crate::domain::people::{CodeText, Deed, Machine, Spot, StillWorking, Symptom};
use crate::domain::watch::Reached;

use super::common::{ROOM, THREE_ROOMS, TWO_ROOMS, WELL, reach, testing};
use super::school::{MINUTE, TestSchool, at, id};

const NAMES: [(&str, &str); 3] = [("L-1", "101"), ("M-1", "102"), ("N-1", "103")];

fn spot(name: &str) -> Spot {
    Spot {
        seat: Some(name[2..].parse().unwrap()),
        device: Machine {
            name: name.parse().unwrap(),
            device: Some(id(name)),
        },
    }
}

fn sees(school: &mut TestSchool, (name, room): (&str, &str), symptom: Symptom) {
    let seat = spot(name);
    school.press(Some(room), Deed::Symptom { seat, symptom });
}

fn message(code: &str) -> Symptom {
    Symptom::Message {
        code: code.parse::<CodeText>().unwrap(),
    }
}

fn open(school: &TestSchool) -> Vec<&Incident> {
    let incidents = school.state().incidents().values();
    incidents.filter(|incident| incident.is_open()).collect()
}

#[test]
fn an_answer_speaks_of_the_silence_in_which_it_was_given_and_of_no_later_one() {
    let mut school = testing(&TWO_ROOMS);
    ROOM.iter().for_each(|name| school.dies(name));
    school.pass(60);
    school.press(Some("101"), Deed::StillWorking(StillWorking::All));
    school.pass(2);
    assert_eq!(open(&school)[0].cause.kind, CauseKind::CollectorPath);
    ROOM.iter().for_each(|name| school.comes_back(name));
    school.pass(5 * MINUTE);
    school.told();
    school.dies("L-1");
    school.pass(30);
    assert_eq!(school.told(), ["11:19 seat 1 lost_contact"]);
    // Asked again and answered again, of this one.
    school.press(Some("101"), Deed::StillWorking(StillWorking::All));
    school.pass(2);
    assert_eq!(school.told(), ["11:33 seat 1 now collector_path"]);
}

#[test]
fn an_answer_that_was_given_while_all_were_heard_says_nothing_of_who_falls_silent_later() {
    let mut school = testing(&TWO_ROOMS);
    school.press(Some("101"), Deed::StillWorking(StillWorking::All));
    school.pass(MINUTE);
    ROOM.iter().for_each(|name| school.dies(name));
    school.pass(60);
    let open = open(&school);
    let [incident] = open.as_slice() else {
        panic!("{open:?}");
    };
    assert_eq!(incident.cause.kind, CauseKind::RoomNetwork);
    assert_eq!(incident.cause.confidence, Confidence::Inferred);
}

#[test]
fn a_symptom_that_nobody_settled_does_not_hide_three_rooms_that_see_it_later() {
    let mut school = testing(&THREE_ROOMS);
    sees(&mut school, ("L-1", "101"), Symptom::Frozen);
    school.pass(15 * MINUTE);
    for (nth, place) in [("L-2", "101"), ("M-1", "102"), ("N-1", "103")]
        .into_iter()
        .enumerate()
    {
        assert_eq!(open(&school).len(), 0, "{nth} rooms");
        sees(&mut school, place, Symptom::Frozen);
        school.pass(20);
    }
    let open = open(&school);
    let [incident] = open.as_slice() else {
        panic!("{open:?}");
    };
    assert_eq!(
        incident.since(),
        at(20 * MINUTE),
        "the lonely one is another matter"
    );
    assert_eq!(incident.rooms().len(), 3);
}

#[test]
fn a_room_whose_symptom_stands_since_long_is_no_part_of_what_others_see_together() {
    let mut school = testing(&["L-1", "M-1", "N-1", "L-2"]);
    sees(&mut school, ("L-1", "101"), Symptom::Frozen);
    school.pass(11 * MINUTE);
    sees(&mut school, ("M-1", "102"), Symptom::Frozen);
    sees(&mut school, ("N-1", "103"), Symptom::Frozen);
    school.pass(20);
    assert!(open(&school).is_empty(), "two rooms within ten minutes");
}

#[test]
fn messages_with_different_codes_are_different_symptoms_however_close() {
    let mut school = testing(&THREE_ROOMS);
    for (place, code) in NAMES.into_iter().zip(["1005", "8026", "3005"]) {
        sees(&mut school, place, message(code));
        school.pass(10);
    }
    assert!(open(&school).is_empty());
    for (place, code) in [("L-2", "101"), ("M-2", "102"), ("N-2", "103")].into_iter().zip([
        "No connection",
        "no connection",
        "NO  CONNECTION",
    ]) {
        sees(&mut school, place, message(code));
        school.pass(10);
    }
    let open = open(&school);
    let [incident] = open.as_slice() else {
        panic!("however it is typed it is one message: {open:?}");
    };
    assert_eq!(incident.cause.kind, CauseKind::Vendor);
    assert_eq!(incident.seen, Detection::Stated);
}

#[test]
fn what_people_told_is_over_when_all_of_its_rooms_were_ended() {
    let mut school = testing(&THREE_ROOMS);
    for place in NAMES {
        sees(&mut school, place, message("1005"));
    }
    school.pass(10);
    assert_eq!(open(&school).len(), 1);
    for room in ["101", "102"] {
        school.press(Some(room), Deed::Ended);
    }
    school.pass(10);
    assert_eq!(open(&school).len(), 1, "one room goes on");
    school.press(Some("103"), Deed::Ended);
    school.pass(2);
    assert!(open(&school).is_empty());
    let incident = school.state().incidents().values().next().unwrap();
    assert_eq!(incident.until(), Some(at(5 * MINUTE + 21)));
}

#[test]
fn what_people_told_first_becomes_part_of_what_devices_measure() {
    let cut = Reached {
        vendor: Some(false),
        ..WELL
    };
    let mut school = testing(&THREE_ROOMS);
    reach(&mut school, &THREE_ROOMS, cut);
    school.pass(8);
    for place in NAMES {
        sees(&mut school, place, message("1005"));
    }
    school.pass(4);
    assert_eq!(open(&school)[0].seen, Detection::Stated);
    school.pass(30);
    let left = open(&school);
    let [measured] = left.as_slice() else {
        panic!("one cause, one incident: {left:?}");
    };
    assert_eq!(measured.seen, Detection::Live);
    let measured = measured.id.clone();
    let told = school.state().incidents().values();
    let told: Vec<_> = told
        .filter(|incident| incident.seen == Detection::Stated)
        .collect();
    let [told] = told.as_slice() else {
        panic!("{told:?}");
    };
    let part_of = Ending::PartOf { other: measured };
    assert!(
        matches!(&told.state, crate::domain::incident::State::Ended { how, .. } if *how == part_of),
        "{:?}",
        told.state
    );
    // The vendor is back, and nobody has pressed anything: that is no new trouble.
    reach(&mut school, &THREE_ROOMS, WELL);
    school.pass(15 * MINUTE);
    assert!(open(&school).is_empty(), "{:?}", open(&school));
}

#[test]
fn what_people_see_of_an_outage_that_was_measured_is_no_second_one_when_it_is_over() {
    let cut = Reached {
        vendor: Some(false),
        ..WELL
    };
    let mut school = testing(&THREE_ROOMS);
    reach(&mut school, &THREE_ROOMS, cut);
    school.pass(60);
    for place in NAMES {
        sees(&mut school, place, message("1005"));
    }
    school.pass(10);
    assert_eq!(open(&school).len(), 1);
    reach(&mut school, &THREE_ROOMS, WELL);
    school.pass(MINUTE);
    assert!(open(&school).is_empty(), "{:?}", open(&school));
}
