//! The test app: opened, closed, crashed.

use roomready_shared::wire::v1::AppState;

use crate::domain::standing::Sight;
use crate::domain::watch::{Opened, What};

use super::school::{MINUTE, TestSchool, at};

fn room() -> roomready_shared::ids::RoomId {
    "101".parse().unwrap()
}

#[test]
fn a_seat_s_test_starts_when_its_app_is_first_seen_in_testing() {
    let mut school = TestSchool::from_second(-10 * MINUTE, &["L-1", "L-2", "LIB-2", "CB-3"]);
    school.pass(10);
    // Opened before the test: it counts from the first beat of testing.
    school.happens("L-1", What::AppStarted);
    school.until(-1);
    assert_eq!(school.state().opened(&room()), Opened { opened: 0, of: 2 });
    assert_eq!(school.sight("L-1"), Sight::Here);
    school.until(10);
    assert_eq!(school.state().opened(&room()), Opened { opened: 1, of: 2 });
    assert!(matches!(school.sight("L-1"), Sight::Working { .. }));
    // An agent that missed the start shows it with its beat alone.
    school.device("L-2").app = AppState::Running;
    school.pass(6);
    assert_eq!(school.state().opened(&room()), Opened { opened: 2, of: 2 });
}

#[test]
fn a_crash_opens_at_once_and_is_over_when_the_app_keeps_running() {
    let mut school = TestSchool::with(&["L-1"]);
    school.until(60);
    school.all_open_the_app();
    school.until(120);
    school.happens("L-1", What::AppCrashed);
    school.pass(1);
    assert_eq!(school.told(), ["2:01 seat 1 test_app_crashed"]);
    assert!(matches!(school.sight("L-1"), Sight::AppCrashed { since, .. } if since == at(120)));
    school.pass(30);
    school.happens("L-1", What::AppStarted);
    school.pass(1);
    assert!(
        matches!(school.sight("L-1"), Sight::AppCrashed { .. }),
        "one beat is not yet recovery"
    );
    school.pass(5);
    assert_eq!(school.told(), ["2:37 seat 1 test app running again"]);
    assert!(matches!(school.sight("L-1"), Sight::Working { .. }));
    let incident = school.state().incidents().values().next().unwrap();
    assert_eq!((incident.since(), incident.until()), (at(120), Some(at(151))));
}

#[test]
fn an_app_closed_in_good_order_is_finished_maybe_and_no_incident() {
    let mut school = TestSchool::with(&["L-1"]);
    school.until(60);
    school.all_open_the_app();
    school.until(20 * MINUTE);
    school.happens("L-1", What::AppClosed);
    school.pass(1);
    assert!(matches!(school.sight("L-1"), Sight::FinishedMaybe { .. }));
    // The student closes the lid: still quiet.
    school.leaves("L-1", What::Sleeps);
    school.pass(120);
    assert!(matches!(school.sight("L-1"), Sight::FinishedMaybe { .. }));
    assert_eq!(school.told(), Vec::<String>::new());
    // It was not finished after all.
    school.comes_back("L-1");
    school.happens("L-1", What::AppStarted);
    school.pass(1);
    assert!(matches!(school.sight("L-1"), Sight::Working { .. }));
}

#[test]
fn a_finished_device_may_fall_silent() {
    let mut school = TestSchool::with(&["L-1"]);
    school.until(60);
    school.all_open_the_app();
    school.until(120);
    school.happens("L-1", What::AppClosed);
    school.pass(10);
    school.dies("L-1");
    school.pass(120);
    assert_eq!(school.told(), Vec::<String>::new());
}

#[test]
fn three_closes_within_a_minute_open_at_once_and_over_two_minutes_they_do_not() {
    for (apart, incidents) in [(20, 1), (40, 0)] {
        let mut school = TestSchool::with(&["L-1"]);
        school.until(60);
        for _ in 0..3 {
            school.happens("L-1", What::AppStarted);
            school.pass(2);
            school.happens("L-1", What::AppClosed);
            school.pass(apart - 2);
        }
        assert_eq!(school.told().len(), incidents, "closed every {apart} s");
        assert_eq!(
            matches!(school.sight("L-1"), Sight::AppCrashed { .. }),
            incidents == 1
        );
    }
}

#[test]
fn a_device_that_lost_power_comes_back_without_its_app_and_is_not_called_finished() {
    let mut school = TestSchool::with(&["L-1"]);
    school.until(60);
    school.all_open_the_app();
    school.until(120);
    school.dies("L-1");
    school.device("L-1").app = AppState::NotRunning;
    school.until(180);
    school.told();
    school.comes_back("L-1");
    school.happens("L-1", What::Started);
    school.pass(20);
    assert_eq!(school.told(), ["3:06 seat 1 heard again"]);
    assert!(matches!(school.sight("L-1"), Sight::AppNotBack { .. }));
}

#[test]
fn an_app_crash_outside_of_testing_is_no_incident() {
    let mut school = TestSchool::from_second(-10 * MINUTE, &["L-1"]);
    school.pass(10);
    school.happens("L-1", What::AppStarted);
    school.pass(10);
    school.happens("L-1", What::AppCrashed);
    school.until(60);
    school.happens("L-1", What::AppStarted);
    school.until(31 * MINUTE);
    school.happens("L-1", What::AppCrashed);
    school.pass(10);
    assert_eq!(school.told(), Vec::<String>::new());
}

#[test]
fn a_crash_and_a_silence_are_two_incidents_of_one_device() {
    let mut school = TestSchool::with(&["L-1"]);
    school.until(60);
    school.all_open_the_app();
    school.until(120);
    school.happens("L-1", What::AppCrashed);
    school.pass(1);
    school.dies("L-1");
    school.pass(60);
    assert_eq!(
        school.told(),
        ["2:01 seat 1 test_app_crashed", "2:22 seat 1 lost_contact"]
    );
    assert!(school.is_lost("L-1"));
    school.comes_back("L-1");
    school.pass(10);
    assert_eq!(school.told(), ["3:07 seat 1 heard again"]);
    assert!(matches!(school.sight("L-1"), Sight::AppCrashed { .. }));
    school.until(60 * MINUTE);
    assert_eq!(school.told(), ["60:00 seat 1 session over"]);
}
