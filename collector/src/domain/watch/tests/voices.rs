//! What people press, and what the watch makes of it.

use roomready_shared::wire::v1::AppState;

use crate::domain::incident::{CauseKind, Confidence, Detection, Note};
use crate::domain::people::{Deed, Machine, Spot, StillWorking, Symptom};
use crate::domain::standing::Sight;
use crate::domain::watch::{Input, What};

use super::common::{ROOM, THREE_ROOMS, TWO_ROOMS, WELL, reach, testing};
use super::school::{MINUTE, TestSchool, at, id, plan};

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

fn open_kinds(school: &TestSchool) -> Vec<CauseKind> {
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

/// A spare that the sitting does not list: its own room is another one.
const LISTED: [&str; 4] = ["L-1", "L-2", "L-3", "M-1"];

fn swap(old: &str, new: &str) -> Deed {
    Deed::Swapped {
        seat: Some("1".parse().unwrap()),
        old: machine(old),
        new: machine(new),
    }
}

/// Room 101 tests and lists its own devices, seat 2 until ten minutes after the others; nobody tests in 102.
fn one_room_tests() -> TestSchool {
    let mut school = TestSchool::with(&LISTED);
    let mut plan = plan(&school.district);
    plan.sessions.retain(|id, _| id.as_str() == "math-7");
    for sitting in plan.sessions.values_mut() {
        sitting.last_end = at(70 * MINUTE);
        sitting.own_ends.insert("l-2".to_owned(), at(70 * MINUTE));
    }
    for place in plan.devices.values_mut() {
        place.seatings.retain(|seat| seat.session.as_str() == "math-7");
        if place.name.as_str() == "L-2" {
            place
                .seatings
                .iter_mut()
                .for_each(|seat| seat.ends = at(70 * MINUTE));
        }
    }
    school.extra.push(Input::Plan(plan));
    reach(&mut school, &LISTED, WELL);
    school.until(60);
    for name in ["L-1", "L-2", "L-3"] {
        school.happens(name, What::AppStarted);
    }
    school.until(5 * MINUTE);
    school
}

#[test]
fn whatever_happens_to_a_spare_that_no_list_knows_is_told_as_of_any_seat() {
    let mut school = one_room_tests();
    school.press(Some("101"), swap("L-1", "M-1"));
    school.pass(2);
    school.happens("M-1", What::AppStarted);
    school.pass(30);
    assert!(matches!(school.sight("M-1"), Sight::Working { .. }));
    school.happens("M-1", What::AppCrashed);
    school.pass(2);
    assert_eq!(school.told(), ["5:33 seat 1 test_app_crashed"]);
    school.happens("M-1", What::AppStarted);
    school.pass(300);
    school.told();
    school.leaves("M-1", What::ShutsDown);
    assert_eq!(school.told(), ["10:35 seat 1 shut_down"]);
}

#[test]
fn a_device_that_was_swapped_and_released_is_put_away_and_one_that_is_brought_back_is_watched() {
    let mut school = testing(&ROOM);
    school.press(Some("101"), swap("L-1", "L-4"));
    school.pass(10);
    school.press(
        Some("101"),
        Deed::Released {
            device: machine("L-1"),
        },
    );
    school.pass(10);
    school.leaves("L-1", What::ShutsDown);
    school.pass(60);
    assert_eq!(school.told(), Vec::<String>::new());
    school.comes_back("L-1");
    school.press(Some("101"), swap("L-2", "L-1"));
    school.pass(10);
    school.leaves("L-1", What::ShutsDown);
    assert_eq!(school.told(), ["6:32 seat 1 shut_down"]);
}

#[test]
fn a_spare_ends_with_its_seat() {
    for (old, lost) in [("L-1", 0), ("L-2", 1)] {
        let mut school = one_room_tests();
        school.press(Some("101"), swap(old, "M-1"));
        school.pass(2);
        school.happens("M-1", What::AppStarted);
        school.until(62 * MINUTE);
        school.told();
        school.dies("M-1");
        school.pass(60);
        assert_eq!(school.told().len(), lost, "in place of {old}");
    }
}

#[test]
fn whoever_has_more_time_is_watched_when_the_room_was_ended() {
    let mut school = one_room_tests();
    school.press(Some("101"), Deed::Ended);
    school.pass(2);
    school.dies("L-1");
    school.pass(60);
    assert_eq!(school.told(), Vec::<String>::new());
    school.dies("L-2");
    school.pass(60);
    assert_eq!(school.told(), ["6:22 seat 2 lost_contact"]);
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

/// How often a seat was said to have begun, and to have finished.
fn seat_notes(school: &TestSchool) -> (usize, usize) {
    let count = |which: fn(&Note) -> bool| school.notes.iter().filter(|note| which(note)).count();
    (
        count(|note| matches!(note, Note::SeatStarted(_))),
        count(|note| matches!(note, Note::SeatFinished(_))),
    )
}

#[test]
fn whoever_has_finished_and_leaves_the_test_app_open_has_finished_once() {
    let mut school = testing(&["L-1"]);
    school.press(Some("101"), Deed::SeatFinished { device: spot("L-1") });
    school.pass(60);
    assert_eq!(seat_notes(&school), (1, 1));
    assert!(matches!(school.sight("L-1"), Sight::FinishedMaybe { .. }));
    school.restart_collector(30);
    school.pass(60);
    assert_eq!(seat_notes(&school), (1, 1));
    assert!(matches!(school.sight("L-1"), Sight::FinishedMaybe { .. }));
    // It was the wrong seat: the student goes on.
    school.press(Some("101"), Deed::SeatHelped { device: spot("L-1") });
    school.pass(10);
    assert_eq!(seat_notes(&school), (2, 1));
    assert!(matches!(school.sight("L-1"), Sight::Working { .. }));
}

#[test]
fn whoever_opens_the_test_app_after_finished_was_said_is_watched_again() {
    let mut school = testing(&["L-1"]);
    school.happens("L-1", What::AppClosed);
    school.pass(10);
    school.press(Some("101"), Deed::SeatFinished { device: spot("L-1") });
    school.pass(10);
    school.happens("L-1", What::AppStarted);
    school.pass(30);
    assert!(matches!(school.sight("L-1"), Sight::Working { .. }));
    assert_eq!(seat_notes(&school), (2, 1));
    school.happens("L-1", What::AppCrashed);
    school.pass(5);
    assert_eq!(school.told(), ["5:51 seat 1 test_app_crashed"]);
    school.happens("L-1", What::AppStarted);
    school.pass(30);
    school.told();
    school.restart_collector(30);
    school.pass(30);
    school.dies("L-1");
    school.pass(60);
    assert_eq!(school.told().len(), 1, "it is missed after a restart as well");
}

#[test]
fn an_app_that_was_seen_to_open_without_a_record_of_it_outgrows_finished_too() {
    let mut school = testing(&["L-1"]);
    school.device("L-1").app = AppState::NotRunning;
    school.pass(10);
    school.press(Some("101"), Deed::SeatFinished { device: spot("L-1") });
    school.pass(10);
    school.device("L-1").app = AppState::Running;
    school.pass(30);
    assert!(matches!(school.sight("L-1"), Sight::Working { .. }));
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
