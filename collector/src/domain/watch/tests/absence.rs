//! Devices that are not there: silent, asleep, shut down.

use crate::domain::incident::{Condition, Reason};
use crate::domain::plan::Watched;
use crate::domain::standing::{Look, Sight, Standing, standing};
use crate::domain::watch::What;
use roomready_shared::timetable::Phase;
use roomready_shared::wire::v1::GoodbyeReason;

use super::school::{MINUTE, TestSchool, at, id};

#[test]
fn a_quiet_hour_opens_nothing() {
    let mut school = TestSchool::with(&["L-1", "L-2", "L-3", "LIB-2"]);
    school.until(60);
    school.all_open_the_app();
    school.until(61 * MINUTE);
    assert_eq!(school.told(), Vec::<String>::new());
    assert_eq!(school.state().counts(), super::super::Counts::default());
}

#[test]
fn a_device_that_dies_is_lost_on_the_tile_at_once_and_an_incident_ten_seconds_later() {
    let mut school = TestSchool::with(&["L-1", "L-2"]);
    school.until(60);
    school.all_open_the_app();
    school.until(100);
    // L-1 beats in seconds that end in 1 and 6: its last beat is at 96 at the latest.
    school.dies("L-1");
    let last_beat = school.second - (school.second + 9) % 5;
    while !school.is_lost("L-1") {
        school.pass(1);
        assert!(
            school.second - last_beat <= 11,
            "the tile must change within two missed beats and a second"
        );
    }
    let lost_at = school.second;
    assert_eq!(school.told(), Vec::<String>::new());
    school.pass(10);
    assert_eq!(
        school.told(),
        [format!(
            "{}:{:02} seat 1 lost_contact",
            (lost_at + 10) / 60,
            (lost_at + 10) % 60
        )]
    );
    assert!(!school.is_lost("L-2"));
    let incident = school.state().incidents().values().next().unwrap();
    assert_eq!(incident.condition, Condition::LostContact);
    assert!(incident.since() <= at(100) && incident.broken == at(lost_at));
}

#[test]
fn a_device_that_comes_back_is_clear_after_two_good_beats_and_since_the_first() {
    let mut school = TestSchool::with(&["L-1"]);
    school.until(60);
    school.dies("L-1");
    school.until(120);
    school.told();
    school.comes_back("L-1");
    school.pass(1);
    assert!(school.is_lost("L-1"), "one beat is not yet recovery");
    school.pass(5);
    assert_eq!(school.told(), ["2:06 seat 1 heard again"]);
    assert_eq!(school.sight("L-1"), Sight::Here);
    let incident = school.state().incidents().values().next().unwrap();
    assert_eq!(incident.until(), Some(at(121)));
}

#[test]
fn a_beat_nine_seconds_late_opens_nothing() {
    let mut school = TestSchool::with(&["L-1"]);
    school.until(60);
    let last_beat = (50..=60).rev().find(|second| (second + 9) % 5 == 0).unwrap();
    school.dies("L-1");
    school.until(last_beat + 5 + 8);
    assert!(school.is_lost("L-1"), "the tile says it at once");
    school.comes_back("L-1");
    school.pass(60);
    assert_eq!(school.told(), Vec::<String>::new());
    assert!(!school.is_lost("L-1"));
}

#[test]
fn a_long_promise_is_no_silence() {
    let mut school = TestSchool::with(&["L-1"]);
    school.device("L-1").promise_ms = 60_000;
    school.until(60);
    school.dies("L-1");
    school.pass(110);
    assert!(!school.is_lost("L-1"));
    school.pass(20);
    assert!(school.is_lost("L-1"));
}

#[test]
fn sleep_announced_in_testing_opens_at_once_and_a_goodbye_never_closes() {
    let mut school = TestSchool::with(&["L-1"]);
    school.until(60);
    school.leaves("L-1", What::Sleeps);
    assert_eq!(school.told(), ["1:01 seat 1 slept"]);
    school.pass(120);
    assert_eq!(
        school.told(),
        Vec::<String>::new(),
        "silence after a goodbye is the same cause"
    );
    // It wakes for one beat, and says goodbye again: still the same absence.
    school.comes_back("L-1");
    school.pass(1);
    school.leaves("L-1", What::ShutsDown);
    assert_eq!(school.told(), ["3:03 seat 1 amended"]);
    school.pass(60);
    school.comes_back("L-1");
    school.pass(10);
    assert_eq!(school.told(), ["4:09 seat 1 heard again"]);
}

#[test]
fn a_nap_told_when_it_is_over_is_no_absence() {
    let mut school = TestSchool::with(&["L-1"]);
    school.until(60);
    school.happened("L-1", What::Sleeps, 58);
    school.happens("L-1", What::Woke { slept_ms: 0 });
    school.pass(30);
    assert_eq!(school.told(), Vec::<String>::new());
    assert_eq!(school.state().counts().after_the_fact, 1);
}

#[test]
fn every_announced_absence_has_its_own_kind() {
    for (what, word) in [
        (What::ShutsDown, "shut_down"),
        (What::Restarts, "restarted"),
        (What::Sleeps, "slept"),
    ] {
        let mut school = TestSchool::with(&["L-1"]);
        school.until(60);
        school.leaves("L-1", what);
        assert_eq!(school.told(), [format!("1:01 seat 1 {word}")]);
    }
}

#[test]
fn sleep_announced_in_a_break_is_away() {
    let mut school = TestSchool::with(&["L-1"]);
    school.until(60);
    school.all_open_the_app();
    school.until(31 * MINUTE);
    school.leaves("L-1", What::Sleeps);
    school.until(39 * MINUTE);
    assert!(matches!(
        school.sight("L-1"),
        Sight::Away {
            goodbye: GoodbyeReason::Sleep,
            ..
        }
    ));
    let look = Look {
        watched: Watched::ByAgent,
        sight: school.sight("L-1"),
        fault: None,
        judged: None,
        phase: Some(Phase::Break),
        shared: false,
    };
    assert_eq!(standing(look), Standing::Away);
    // It wakes a minute into testing: nobody was missed.
    school.until(41 * MINUTE);
    school.comes_back("L-1");
    school.until(45 * MINUTE);
    assert_eq!(school.told(), Vec::<String>::new());
    assert!(matches!(school.sight("L-1"), Sight::Working { .. }));
}

#[test]
fn who_does_not_come_back_from_a_break_is_missed_after_two_minutes() {
    let mut school = TestSchool::with(&["L-1", "L-2", "L-3"]);
    school.until(60);
    school.happens("L-1", What::AppStarted);
    school.happens("L-2", What::AppStarted);
    school.until(31 * MINUTE);
    school.leaves("L-1", What::Sleeps);
    school.dies("L-2");
    // L-3 never began a test: nobody misses it.
    school.leaves("L-3", What::ShutsDown);
    school.until(41 * MINUTE + 59);
    assert!(!school.is_lost("L-1") && !school.is_lost("L-2"));
    assert!(matches!(school.sight("L-2"), Sight::Silent { .. }));
    school.until(50 * MINUTE);
    assert_eq!(
        school.told(),
        ["42:10 seat 1 lost_contact", "42:10 seat 2 lost_contact"]
    );
    assert!(matches!(school.sight("L-3"), Sight::Away { .. }));
}

#[test]
fn a_stopped_agent_is_lost_contact_with_its_reason_and_away_outside_of_testing() {
    let mut school = TestSchool::with(&["L-1"]);
    school.until(60);
    school.leaves("L-1", What::AgentStops);
    assert!(school.is_lost("L-1"), "the tile changes at once");
    assert_eq!(
        school.told(),
        Vec::<String>::new(),
        "an update restarts the agent within seconds"
    );
    school.pass(10);
    assert_eq!(school.told(), ["1:11 seat 1 lost_contact"]);
    let incident = school.state().incidents().values().next().unwrap();
    assert_eq!(
        incident.reasons,
        [Reason::Announced {
            goodbye: GoodbyeReason::AgentStopped,
            at: at(60)
        }]
    );

    let mut school = TestSchool::from_second(-30 * MINUTE, &["L-1"]);
    school.pass(60);
    school.leaves("L-1", What::AgentStops);
    school.pass(60);
    assert!(matches!(school.sight("L-1"), Sight::Away { .. }));
    assert_eq!(school.told(), Vec::<String>::new());
}

#[test]
fn a_district_that_wants_nothing_during_tests_gets_no_incident_for_the_silence_it_asked_for() {
    let mut school = TestSchool::with(&["L-1", "L-2"]);
    school.until(60);
    school.leaves("L-1", What::StandsAside);
    school.until(50 * MINUTE);
    assert_eq!(school.told(), Vec::<String>::new());
    assert!(matches!(
        school.sight("L-1"),
        Sight::Away {
            goodbye: GoodbyeReason::StandsAside,
            ..
        }
    ));
}

#[test]
fn silence_before_the_test_is_no_incident_even_when_the_test_begins() {
    let mut school = TestSchool::from_second(-30 * MINUTE, &["L-1"]);
    school.pass(60);
    school.dies("L-1");
    school.until(20 * MINUTE);
    assert_eq!(school.told(), Vec::<String>::new());
    assert!(matches!(school.sight("L-1"), Sight::Silent { .. }));
}

#[test]
fn a_sentinel_that_dies_is_an_incident_too() {
    let mut school = TestSchool::with(&["LIB-2"]);
    school.until(60);
    school.dies("LIB-2");
    school.pass(30);
    assert_eq!(school.told(), ["1:17 LIB-2 lost_contact"]);
    assert!(school.state().device(id("LIB-2")).unwrap().place().sentinel);
}

#[test]
fn what_is_open_at_the_end_ends_as_session_over() {
    let mut school = TestSchool::with(&["L-1", "L-2"]);
    school.until(58 * MINUTE);
    school.dies("L-1");
    school.leaves("L-2", What::ShutsDown);
    school.until(59 * MINUTE);
    school.told();
    school.until(60 * MINUTE);
    assert_eq!(
        school.told(),
        [
            "60:00 seat 1 session over, not heard again",
            "60:00 seat 2 session over, not heard again"
        ]
    );
    school.pass(60);
    assert!(
        school.is_lost("L-1"),
        "the board still says who was not heard again"
    );
    school.comes_back("L-1");
    school.pass(2);
    assert_eq!(school.sight("L-1"), Sight::Here);
}
