//! What devices tell when they are back.

use jiff::Timestamp;

use crate::domain::incident::{Basis, CauseKind, Confidence, Counted, Detection, Span};
use crate::domain::watch::{Reached, What};

use super::common::{ROOM, THREE_ROOMS, TWO_ROOMS, WELL, on_premises, testing};
use super::school::{MINUTE, TestSchool, at, id};

fn spans(school: &TestSchool, name: &str) -> Vec<(Timestamp, Option<Timestamp>, Counted, Basis)> {
    let incident = school.state().incidents().values().next().unwrap();
    let of = |span: &Span| (span.from, span.until, span.counted, span.basis);
    incident.spans[&id(name)].iter().map(of).collect()
}

fn cut(gateway: bool) -> What {
    What::Reached(Reached {
        gateway: Some(gateway),
        vendor: Some(false),
        outside: Some(false),
        ..WELL
    })
}

#[test]
fn when_only_the_collector_was_out_of_reach_nothing_was_lost() {
    let mut school = testing(&THREE_ROOMS);
    on_premises(&mut school, &[]);
    THREE_ROOMS.iter().for_each(|name| school.dies(name));
    school.until(15 * MINUTE);
    school.told();
    THREE_ROOMS.iter().for_each(|name| school.comes_back(name));
    school.pass(20);
    let incident = school.state().incidents().values().next().unwrap();
    assert_eq!(incident.cause.kind, CauseKind::CollectorPath);
    assert_eq!(incident.cause.confidence, Confidence::Measured);
    assert_eq!(incident.taken_for, [CauseKind::SchoolNetwork]);
    assert_eq!(
        spans(&school, "L-1"),
        [(at(296), Some(at(901)), Counted::Working, Basis::Measured)]
    );
}

#[test]
fn a_way_out_that_failed_is_told_by_the_devices_own_readings() {
    let mut school = testing(&THREE_ROOMS);
    THREE_ROOMS.iter().for_each(|name| school.dies(name));
    school.until(15 * MINUTE);
    for name in THREE_ROOMS {
        school.happened(name, cut(true), 5 * MINUTE + 30);
        school.comes_back(name);
    }
    school.pass(20);
    let incident = school.state().incidents().values().next().unwrap();
    assert_eq!(incident.cause.kind, CauseKind::SchoolUplink);
    assert_eq!(incident.cause.confidence, Confidence::Measured);
    assert_eq!(
        spans(&school, "M-2"),
        [
            (at(296), Some(at(313)), Counted::Working, Basis::Measured),
            (at(313), Some(at(901)), Counted::CutOff, Basis::Measured)
        ],
        "from the middle between the last good sign and the reading that failed"
    );
    let width = |span: &Span| span.plus_minus_ms;
    let incident = school.state().incidents().values().next().unwrap();
    let widths: Vec<_> = incident.spans[&id("M-2")].iter().map(width).collect();
    assert_eq!(
        widths,
        [17_000, 17_000],
        "give or take half of what lies between them"
    );
}

#[test]
fn a_room_whose_gateway_did_not_answer_had_no_network() {
    let mut school = testing(&TWO_ROOMS);
    ROOM.iter().for_each(|name| school.dies(name));
    school.until(15 * MINUTE);
    for name in ROOM {
        school.happened(name, cut(false), 5 * MINUTE + 30);
        school.comes_back(name);
    }
    school.pass(20);
    let incident = school.state().incidents().values().next().unwrap();
    assert_eq!(incident.cause.kind, CauseKind::RoomNetwork);
    assert_eq!(incident.cause.confidence, Confidence::Measured);
    assert!(incident.taken_for.is_empty());
}

#[test]
fn a_device_that_says_that_it_slept_was_stopped_for_as_long_as_it_slept() {
    let mut school = testing(&ROOM);
    school.dies("L-1");
    school.until(10 * MINUTE);
    school.happened("L-1", What::Sleeps, 6 * MINUTE);
    school.happened("L-1", What::Woke { slept_ms: 0 }, 9 * MINUTE);
    school.comes_back("L-1");
    school.pass(20);
    assert_eq!(
        spans(&school, "L-1"),
        [
            (at(296), Some(at(360)), Counted::Working, Basis::Measured),
            (at(360), Some(at(540)), Counted::Stopped, Basis::Measured),
            (at(540), Some(at(601)), Counted::Working, Basis::Measured),
        ]
    );
}

#[test]
fn nothing_is_explained_before_everything_is_told() {
    let mut school = testing(&ROOM);
    school.dies("L-1");
    school.until(10 * MINUTE);
    school.device("L-1").waiting = 40;
    school.comes_back("L-1");
    school.pass(20);
    assert!(
        spans(&school, "L-1")
            .iter()
            .all(|(.., counted, _)| *counted == Counted::Unheard)
    );
    school.device("L-1").waiting = 0;
    school.pass(10);
    assert!(
        spans(&school, "L-1")
            .iter()
            .all(|(.., counted, _)| *counted == Counted::Working)
    );
}

#[test]
fn what_nobody_noticed_is_one_incident_after_the_fact() {
    let mut school = testing(&TWO_ROOMS);
    school.restart_collector(5 * MINUTE);
    for name in ROOM {
        school.happened(name, cut(false), 6 * MINUTE);
        school.happened(name, What::Reached(WELL), 8 * MINUTE);
        school.pass(2);
    }
    school.pass(30);
    let incidents = school.state().incidents();
    assert_eq!(incidents.len(), 1, "{:?}", school.told());
    let incident = incidents.values().next().unwrap();
    assert_eq!(incident.seen, Detection::Replay);
    // Their agents do not say when they had looked before: a minute is what that can be.
    assert_eq!((incident.since(), incident.until()), (at(300), Some(at(480))));
    assert_eq!(
        spans(&school, "L-1"),
        [(at(330), Some(at(450)), Counted::CutOff, Basis::Measured)]
    );
    assert_eq!(incident.members.len(), 4);
}

#[test]
fn of_more_records_than_are_kept_nothing_is_claimed_and_no_time_is_missing() {
    let mut school = testing(&ROOM);
    school.dies("L-1");
    school.until(25 * MINUTE);
    for nth in 0..50 {
        let failed = 6 * MINUTE + 20 * nth;
        school.happened("L-1", cut(true), failed);
        // Told again, it says nothing new and takes nobody's place.
        school.happened("L-1", cut(true), failed + 2);
        school.happened("L-1", What::Reached(WELL), failed + 10);
    }
    school.comes_back("L-1");
    school.pass(20);
    let spans = spans(&school, "L-1");
    assert!(
        spans.windows(2).all(|pair| pair[0].1 == Some(pair[1].0)),
        "{spans:?}"
    );
    let (from, until, counted, basis) = *spans.last().unwrap();
    assert_eq!(
        (until, counted, basis),
        (Some(at(25 * MINUTE + 1)), Counted::Unheard, Basis::Inferred)
    );
    assert!(from >= at(15 * MINUTE), "what was kept is told: {from}");
}
