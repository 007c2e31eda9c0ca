//! What people press, and what the watch makes of it.

use crate::domain::incident::{CauseKind, Confidence, Detection};
use crate::domain::people::{Deed, Machine, Spot, StillWorking, Symptom};
use crate::domain::standing::Sight;

use super::common::{ROOM, THREE_ROOMS, TWO_ROOMS, testing};
use super::school::{MINUTE, at, id};

fn machine(name: &str) -> Machine {
    Machine {
        name: name.parse().unwrap(),
        device: Some(id(name)),
    }
}

fn spot(name: &str) -> Spot {
    Spot {
        seat: Some(name[2..].parse().unwrap()),
        device: machine(name),
    }
}

fn open_kinds(school: &super::school::TestSchool) -> Vec<CauseKind> {
    let incidents = school.state().incidents().values();
    incidents
        .filter(|incident| incident.is_open())
        .map(|incident| incident.cause.kind)
        .collect()
}

#[test]
fn in_a_break_that_was_pressed_nobody_is_missed_and_after_it_everybody_has_time_to_return() {
    let mut school = testing(&ROOM);
    school.press(Some("101"), Deed::BreakBegun);
    school.pass(5);
    ROOM.iter().for_each(|name| school.dies(name));
    school.pass(5 * MINUTE);
    assert_eq!(school.told(), Vec::<String>::new());
    school.press(Some("101"), Deed::BreakEnded);
    school.pass(60);
    assert_eq!(school.told(), Vec::<String>::new());
    school.pass(80);
    assert_eq!(
        school.told(),
        ["12:16 4 devices in 101 lost_contact room_network"]
    );
}

#[test]
fn a_pause_of_the_whole_school_stills_every_room() {
    let mut school = testing(&TWO_ROOMS);
    school.press(
        None,
        Deed::Paused {
            from: at(5 * MINUTE),
            until: None,
        },
    );
    school.pass(3);
    TWO_ROOMS.iter().for_each(|name| school.dies(name));
    school.pass(120);
    assert_eq!(school.told(), Vec::<String>::new());
}

#[test]
fn a_fire_drill_that_is_entered_afterwards_takes_what_began_in_it_and_who_does_not_return_stays_open() {
    let mut school = testing(&ROOM);
    ROOM.iter().for_each(|name| school.dies(name));
    school.pass(10 * MINUTE);
    assert_eq!(school.told(), ["5:17 4 devices in 101 lost_contact room_network"]);
    school.comes_back("L-4");
    school.pass(60);
    school.told();
    let drill = Deed::Paused {
        from: at(4 * MINUTE + 50),
        until: Some(at(14 * MINUTE)),
    };
    school.press(Some("101"), drill);
    school.pass(2);
    assert_eq!(school.told(), ["16:01 4 devices in 101 refiled"]);
    let incident = school.state().incidents().values().next().unwrap();
    assert!(incident.is_open() && incident.under.is_some());
    assert_eq!(incident.still().count(), 3);
}

#[test]
fn that_all_still_work_is_believed_until_it_is_taken_back() {
    let mut school = testing(&TWO_ROOMS);
    ROOM.iter().for_each(|name| school.dies(name));
    school.pass(60);
    school.told();
    school.press(Some("101"), Deed::StillWorking(StillWorking::All));
    school.pass(2);
    assert_eq!(school.told(), ["6:01 4 devices in 101 now collector_path"]);
    let incident = school.state().incidents().values().next().unwrap();
    assert_eq!(incident.cause.confidence, Confidence::Stated);
    school.press(Some("101"), Deed::StillWorking(StillWorking::None));
    school.pass(2);
    assert_eq!(school.told(), ["6:03 4 devices in 101 now room_network"]);
}

#[test]
fn the_same_trouble_in_three_rooms_is_one_incident_that_people_stated() {
    let mut school = testing(&THREE_ROOMS);
    for name in ["L-1", "M-1", "N-1"] {
        let room = match &name[..1] {
            "L" => "101",
            "M" => "102",
            _ => "103",
        };
        school.press(
            Some(room),
            Deed::Symptom {
                seat: spot(name),
                symptom: Symptom::CannotSignIn,
            },
        );
        school.pass(60);
    }
    assert_eq!(open_kinds(&school), [CauseKind::Vendor]);
    let incident = school.state().incidents().values().next().unwrap();
    assert_eq!(incident.seen, Detection::Stated);
    assert_eq!(incident.rooms().len(), 3);
    for (name, room) in [("L-1", "101"), ("M-1", "102"), ("N-1", "103")] {
        school.press(Some(room), Deed::SeatHelped { device: spot(name) });
    }
    school.pass(2);
    assert_eq!(open_kinds(&school), []);
}

#[test]
fn a_swapped_device_is_missed_no_more() {
    let mut school = testing(&ROOM);
    school.dies("L-1");
    school.pass(30);
    assert_eq!(school.told(), ["5:17 seat 1 lost_contact"]);
    let swap = Deed::Swapped {
        seat: Some("1".parse().unwrap()),
        old: machine("L-1"),
        new: Machine {
            name: "SPARE-1".parse().unwrap(),
            device: None,
        },
    };
    school.press(Some("101"), swap);
    school.pass(2);
    assert_eq!(school.told(), ["5:31 seat 1 no longer so"]);
    school.pass(120);
    assert_eq!(school.told(), Vec::<String>::new());
}

#[test]
fn a_student_who_is_said_to_have_finished_may_close_the_lid() {
    let mut school = testing(&ROOM);
    school.press(Some("101"), Deed::SeatFinished { device: spot("L-1") });
    school.pass(5);
    school.dies("L-1");
    school.pass(60);
    assert_eq!(school.told(), Vec::<String>::new());
    assert!(!matches!(school.sight("L-1"), Sight::Lost { .. }));
}

#[test]
fn what_was_pressed_holds_after_a_restart_of_the_collector() {
    let mut school = testing(&ROOM);
    school.press(Some("101"), Deed::BreakBegun);
    school.pass(5);
    ROOM.iter().for_each(|name| school.dies(name));
    school.restart_collector(30);
    school.pass(5 * MINUTE);
    assert_eq!(school.told(), Vec::<String>::new());
}
