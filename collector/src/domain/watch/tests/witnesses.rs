//! Who speaks against a cause: devices that do not test, and the collector's own look.

use jiff::SignedDuration;
use roomready_shared::timetable::{Timetable, Timing};

use crate::domain::incident::{CauseKind, RuledOut, Suspect};
use crate::domain::plan::Site;
use crate::domain::watch::{Input, Looked, WatchPlan};

use super::common::{ROOM, THREE_ROOMS, TWO_ROOMS, on_premises, testing};
use super::school::{MINUTE, TestSchool, at, plan};

const THIRD: [&str; 4] = ["N-1", "N-2", "N-3", "N-4"];

/// A school whose third room is idle at a beat a minute, by a plan that is changed accordingly.
fn with_an_idle_room(change: impl FnOnce(&mut WatchPlan)) -> TestSchool {
    let mut school = testing(&THREE_ROOMS);
    let mut plan = plan(&school.district);
    plan.site = Site::OnPremises;
    change(&mut plan);
    school.extra.push(Input::Plan(plan));
    for name in THIRD {
        school.device(name).promise_ms = 60_000;
    }
    school.pass(10);
    school
}

fn without_a_session(plan: &mut WatchPlan) {
    let session = "math-7-103".parse().unwrap();
    plan.sessions.remove(&session);
    for place in plan.devices.values_mut() {
        place.seatings.retain(|seat| seat.session != session);
    }
}

/// Its session is prepared now and begins later.
fn before_its_session(plan: &mut WatchPlan) {
    let sitting = plan.sessions.get_mut(&"math-7-103".parse().unwrap()).unwrap();
    sitting.timetable = Timetable::new(
        at(-60 * MINUTE),
        at(50 * MINUTE),
        at(90 * MINUTE),
        Vec::new(),
        Timing::Timed,
    )
    .unwrap();
    sitting.last_end += SignedDuration::from_mins(30);
    for seat in plan.devices.values_mut().flat_map(|place| &mut place.seatings) {
        if seat.session.as_str() == "math-7-103" {
            seat.ends = sitting.last_end;
        }
    }
}

#[test]
fn a_room_without_a_session_that_is_heard_speaks_against_the_school_s_network() {
    let mut school = with_an_idle_room(without_a_session);
    TWO_ROOMS.iter().for_each(|name| school.dies(name));
    school.pass(30);
    let told = school.told();
    assert_eq!(told.len(), 2, "{told:?}");
    let incidents = school.state().incidents().values();
    let kinds: Vec<_> = incidents.map(|incident| incident.cause.kind).collect();
    assert_eq!(kinds, [CauseKind::RoomNetwork; 2]);
}

#[test]
fn devices_without_a_session_are_among_those_that_rule_the_school_s_network_out() {
    let mut school = with_an_idle_room(without_a_session);
    ROOM.iter().for_each(|name| school.dies(name));
    school.pass(30);
    let incident = school.state().incidents().values().next().unwrap();
    let heard = RuledOut {
        what: Suspect::SchoolNetwork,
        well: 8,
        of: 8,
    };
    assert!(incident.cause.ruled_out.contains(&heard), "{incident:?}");
}

#[test]
fn an_idle_device_speaks_only_when_it_was_heard_after_the_others_fell_silent() {
    for change in [without_a_session, before_its_session] {
        let mut school = with_an_idle_room(change);
        // All at once, and the idle ones owe no beat for another minute.
        THREE_ROOMS.iter().for_each(|name| school.dies(name));
        school.pass(30);
        assert_eq!(
            school.told(),
            ["5:27 8 devices in 101 102 lost_contact school_network"]
        );
    }
}

#[test]
fn students_who_have_finished_and_closed_the_lid_do_not_speak_for_the_network() {
    let mut school = testing(&THREE_ROOMS);
    on_premises(&mut school, &[]);
    for name in THIRD {
        school.happens(name, crate::domain::watch::What::AppClosed);
    }
    school.pass(10);
    THREE_ROOMS.iter().for_each(|name| school.dies(name));
    school.pass(30);
    assert_eq!(
        school.told(),
        ["5:27 8 devices in 101 102 lost_contact school_network"]
    );
}

fn cut(outside: bool) -> Input {
    Input::Looked(Looked {
        vendor: Some(outside),
        outside: Some(outside),
    })
}

#[test]
fn a_collector_elsewhere_that_reaches_nobody_blames_its_own_line() {
    let mut school = testing(&THREE_ROOMS);
    THREE_ROOMS.iter().for_each(|name| school.dies(name));
    school.extra.push(cut(false));
    school.pass(30);
    assert_eq!(
        school.told(),
        ["5:17 12 devices in 101 102 103 lost_contact collector_path"]
    );
    // A school of which one room tests as well.
    let mut school = testing(&ROOM);
    ROOM.iter().for_each(|name| school.dies(name));
    school.extra.push(cut(false));
    school.pass(30);
    assert_eq!(
        school.told(),
        ["5:17 4 devices in 101 lost_contact collector_path"]
    );
}

#[test]
fn a_look_that_comes_after_the_blame_takes_it_back() {
    let mut school = testing(&THREE_ROOMS);
    school.extra.push(cut(true));
    THREE_ROOMS.iter().for_each(|name| school.dies(name));
    school.pass(20);
    assert_eq!(
        school.told(),
        ["5:17 12 devices in 101 102 103 lost_contact school_uplink"]
    );
    school.extra.push(cut(false));
    school.pass(5);
    assert_eq!(
        school.told(),
        ["5:21 12 devices in 101 102 103 now collector_path"]
    );
}

#[test]
fn a_collector_whose_look_fails_blames_no_line_that_others_are_heard_over() {
    let mut school = testing(&THREE_ROOMS);
    school.extra.push(cut(false));
    ROOM.iter().for_each(|name| school.dies(name));
    school.pass(60);
    assert_eq!(school.told(), ["5:17 4 devices in 101 lost_contact room_network"]);
}

#[test]
fn a_collector_inside_the_school_that_is_cut_off_says_nothing_of_a_silence() {
    let mut school = testing(&THREE_ROOMS);
    on_premises(&mut school, &[]);
    school.extra.push(cut(false));
    THREE_ROOMS.iter().for_each(|name| school.dies(name));
    school.pass(30);
    assert_eq!(
        school.told(),
        ["5:17 12 devices in 101 102 103 lost_contact school_network"]
    );
}
