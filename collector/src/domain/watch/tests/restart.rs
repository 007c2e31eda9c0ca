//! The collector is killed, or stands still.

use crate::domain::incident::Note;
use crate::domain::standing::Sight;
use crate::domain::watch::What;

use super::school::{MINUTE, TestSchool, at};

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
