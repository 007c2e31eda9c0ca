//! The collector is killed, or stands still.

use crate::domain::incident::{CauseKind, Counted, Note};
use crate::domain::standing::Sight;
use crate::domain::watch::{Reached, What};

use super::common::{ROOM, THREE_ROOMS, WELL, on_premises, testing};
use super::school::{MINUTE, TestSchool, at, id};

#[test]
fn a_restart_of_the_collector_opens_nothing() {
    let mut school = TestSchool::with(&["L-1", "L-2", "L-3"]);
    school.until(60);
    school.happens("L-1", What::AppStarted);
    school.happens("L-2", What::AppStarted);
    school.until(5 * MINUTE);
    school.dies("L-3");
    school.restart_collector(90);
    assert_eq!(
        school.sight("L-3"),
        Sight::Checking,
        "it has not found the collector again yet"
    );
    school.comes_back("L-3");
    let blind = school.notes.iter().find_map(|note| match note {
        Note::Blind(blind) => Some((blind.from, blind.until)),
        _ => None,
    });
    assert_eq!(blind, Some((at(300), at(390))));
    school.pass(10 * MINUTE);
    assert_eq!(school.told(), Vec::<String>::new());
    assert!(matches!(school.sight("L-1"), Sight::Working { .. }));
    assert_eq!(
        school.state().opened(&"101".parse().unwrap()).opened,
        2,
        "started seats are remembered"
    );
}

#[test]
fn a_device_that_died_while_the_collector_was_down_is_found_after_two_promises() {
    let mut school = TestSchool::with(&["L-1", "L-2"]);
    school.until(60);
    school.happens("L-1", What::AppStarted);
    school.until(120);
    school.dies("L-1");
    // Nothing is stored of L-2 in this test; that it is silent now means nothing to anybody.
    school.dies("L-2");
    school.restart_collector(60);
    assert_eq!(school.sight("L-1"), Sight::Checking);
    school.pass(29);
    assert_eq!(school.sight("L-1"), Sight::Checking);
    school.pass(1);
    assert!(school.is_lost("L-1"));
    school.pass(60);
    assert_eq!(school.told(), ["3:40 seat 1 lost_contact"]);
    let incident = school.state().incidents().values().next().unwrap();
    assert_eq!(
        incident.since(),
        at(180),
        "nothing begins inside a blind interval"
    );
    assert!(matches!(school.sight("L-2"), Sight::Silent { .. }));
}

#[test]
fn a_device_whose_app_cannot_be_read_is_missed_after_a_restart_if_its_records_show_it_in_the_test() {
    let mut school = TestSchool::with(&["L-1"]);
    school.until(6 * MINUTE);
    school.stored_until = 5 * MINUTE;
    school.dies("L-1");
    school.restart_collector(60);
    school.pass(60);
    assert_eq!(school.told(), ["7:40 seat 1 lost_contact"]);
}

#[test]
fn who_was_lost_before_a_restart_stays_lost_and_can_come_back() {
    let mut school = TestSchool::with(&["L-1"]);
    school.until(60);
    school.dies("L-1");
    school.until(120);
    school.told();
    school.restart_collector(30);
    assert!(school.is_lost("L-1"));
    school.comes_back("L-1");
    school.pass(10);
    assert_eq!(school.told(), ["2:36 seat 1 heard again"]);
    assert_eq!(school.state().incidents().len(), 1);
}

#[test]
fn a_crash_before_a_restart_stays_open_and_can_be_over() {
    let mut school = TestSchool::with(&["L-1"]);
    school.until(60);
    school.all_open_the_app();
    school.until(120);
    school.happens("L-1", What::AppCrashed);
    school.pass(5);
    school.told();
    school.restart_collector(10);
    school.pass(5);
    assert!(matches!(school.sight("L-1"), Sight::AppCrashed { .. }));
    school.happens("L-1", What::AppStarted);
    school.pass(10);
    assert_eq!(school.told().len(), 1);
    assert!(matches!(school.sight("L-1"), Sight::Working { .. }));
}

#[test]
fn an_incident_open_at_a_restart_that_outlasts_the_session_ends_with_it() {
    let mut school = TestSchool::with(&["L-1"]);
    school.until(59 * MINUTE);
    school.dies("L-1");
    school.pass(30);
    school.told();
    school.restart_collector(20 * MINUTE);
    assert_eq!(school.told(), ["79:30 seat 1 session over, not heard again"]);
    assert_eq!(
        school.state().incidents().values().next().unwrap().until(),
        Some(at(60 * MINUTE))
    );
}

#[test]
fn a_collector_that_stood_still_takes_nobody_s_silence_for_loss() {
    let mut school = TestSchool::with(&["L-1", "L-2"]);
    school.until(60);
    school.all_open_the_app();
    school.until(120);
    // The machine slept for five minutes and took no report; nobody ticked.
    school.second += 5 * MINUTE;
    school.dies("L-2");
    school.pass(1);
    assert_eq!(school.sight("L-2"), Sight::Checking);
    school.pass(20);
    assert_eq!(school.told(), Vec::<String>::new());
    assert!(matches!(school.sight("L-1"), Sight::Working { .. }));
    school.pass(30);
    assert_eq!(school.told().len(), 1);
}

fn counted(school: &TestSchool, name: &str) -> Vec<Counted> {
    let incident = school.state().incidents().values().next().unwrap();
    let spans = incident.spans[&id(name)].iter();
    spans.map(|span| span.counted).collect()
}

const CUT: What = What::Reached(Reached {
    vendor: Some(false),
    outside: Some(false),
    ..WELL
});

#[test]
fn who_only_lost_the_collector_worked_on_although_it_was_restarted_meanwhile() {
    let mut school = testing(&THREE_ROOMS);
    on_premises(&mut school, &[]);
    THREE_ROOMS.iter().for_each(|name| school.dies(name));
    school.until(10 * MINUTE);
    school.restart_collector(60);
    school.until(15 * MINUTE);
    THREE_ROOMS.iter().for_each(|name| school.comes_back(name));
    school.pass(20);
    let incident = school.state().incidents().values().next().unwrap();
    assert_eq!(incident.cause.kind, CauseKind::CollectorPath);
    assert_eq!(counted(&school, "L-1"), [Counted::Working]);
}

#[test]
fn what_was_told_before_a_restart_is_part_of_the_story_after_it() {
    // Its absence goes on at the restart, or is over and not explained yet, since more was to come.
    for passed in [1, 20] {
        let mut school = testing(&ROOM);
        school.dies("L-1");
        school.until(15 * MINUTE);
        school.happened("L-1", CUT, 6 * MINUTE);
        school.device("L-1").waiting = 7;
        school.comes_back("L-1");
        school.pass(passed);
        assert_eq!(counted(&school, "L-1"), [Counted::Unheard]);
        school.restart_collector(10);
        school.device("L-1").waiting = 0;
        school.happened("L-1", What::Reached(WELL), 14 * MINUTE);
        school.pass(30);
        assert_eq!(
            counted(&school, "L-1"),
            [Counted::Working, Counted::CutOff, Counted::Working],
            "killed {passed} s after it was back"
        );
    }
}

#[test]
fn who_explained_itself_before_a_restart_is_counted_with_those_who_do_so_after_it() {
    let mut school = testing(&THREE_ROOMS);
    on_premises(&mut school, &[]);
    THREE_ROOMS.iter().for_each(|name| school.dies(name));
    school.until(15 * MINUTE);
    let (first, rest) = THREE_ROOMS.split_at(6);
    for name in first {
        school.happened(name, CUT, 5 * MINUTE + 30);
        school.comes_back(name);
    }
    school.pass(20);
    let cause = |school: &TestSchool| school.state().incidents().values().next().unwrap().cause.kind;
    assert_eq!(
        cause(&school),
        CauseKind::SchoolNetwork,
        "half of them are not most"
    );
    school.restart_collector(10);
    school.happened(rest[0], CUT, 5 * MINUTE + 30);
    school.comes_back(rest[0]);
    school.pass(20);
    assert_eq!(cause(&school), CauseKind::SchoolUplink);
}
