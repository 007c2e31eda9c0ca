//! Evidence that comes late, twice, from the future or from strangers; a timetable edited in the middle.

use roomready_shared::ids::StreamId;
use roomready_shared::timetable::{Timetable, Timing};
use roomready_shared::wire::v1::{AppState, Live, News, NewsBody};

use crate::domain::event_time::{DeviceClocks, Exchange};
use crate::domain::incident::Reason;
use crate::domain::standing::Sight;
use crate::domain::watch::{Input, Report, What};

use super::school::{MINUTE, TestSchool, at, id, now, plan};

#[test]
fn a_goodbye_from_the_outbox_explains_the_silence_and_only_once() {
    let mut school = TestSchool::with(&["L-1"]);
    school.until(60);
    school.dies("L-1");
    school.until(120);
    school.told();
    // It had gone to sleep, and could not say so because its network was gone.
    school.comes_back("L-1");
    school.happened("L-1", What::Sleeps, 70);
    school.happens("L-1", What::Started);
    school.pass(10);
    assert_eq!(
        school.told(),
        [
            "2:01 seat 1 amended",
            "2:06 seat 1 exact",
            "2:06 seat 1 heard again"
        ]
    );
    let incident = school.state().incidents().values().next().unwrap();
    assert!(matches!(incident.reasons[..], [Reason::Announced { at: said, .. }] if said == at(70)));
}

#[test]
fn a_crash_told_late_opens_after_the_fact_and_is_over_when_the_app_was_seen_again() {
    let mut school = TestSchool::with(&["L-1"]);
    school.until(60);
    school.all_open_the_app();
    school.until(120);
    school.happened("L-1", What::AppCrashed, 100);
    school.happened("L-1", What::AppStarted, 110);
    school.pass(10);
    assert_eq!(
        school.told(),
        [
            "2:01 seat 1 test_app_crashed",
            "2:06 seat 1 test app running again"
        ]
    );
    let incident = school.state().incidents().values().next().unwrap();
    assert_eq!((incident.since(), incident.until()), (at(100), Some(at(110))));
}

#[test]
fn a_record_told_twice_counts_once() {
    let mut school = TestSchool::with(&["L-1"]);
    school.until(60);
    school.all_open_the_app();
    school.until(120);
    school.happens("L-1", What::AppCrashed);
    school.pass(1);
    school.happens("L-1", What::AppStarted);
    school.pass(10);
    // The same happening under another number, from a healed outbox.
    school.happened("L-1", What::AppCrashed, 120);
    school.pass(1);
    assert_eq!(school.told().len(), 2);
    assert_eq!(school.state().counts().duplicates, 1);
}

fn live(second: i64) -> Live {
    Live {
        at: at(second),
        mono_ms: now(second).mono_ms,
        epoch: epoch(),
        phase: roomready_shared::timetable::Phase::Testing,
        readiness: None,
        app: AppState::Running,
        charge: None,
        vendor: None,
        network: None,
        waiting: 0,
        anchor: None,
    }
}

fn epoch() -> roomready_shared::ids::ClockEpoch {
    roomready_shared::ids::ClockEpoch::new(uuid::Uuid::from_u128(1))
}

fn news(second: i64) -> News {
    News {
        seq: 1,
        at: at(second),
        mono_ms: now(second).mono_ms,
        epoch: epoch(),
        body: NewsBody::AppStarted,
    }
}

#[test]
fn strangers_the_future_and_the_past_are_counted() {
    let mut school = TestSchool::with(&["L-1"]);
    school.until(60);
    let stream = StreamId::new(uuid::Uuid::from_u128(9));
    let stranger = Report::new(id("X-1"), now(61), &live(61), 5_000, stream, []);
    school.extra.push(Input::Report(stranger));
    let live = live(61);
    let exchange = Exchange {
        live: &live,
        received: at(61),
    };
    let dated = DeviceClocks::default().date(&exchange, None, vec![news(500)]);
    let ahead = Report::new(id("L-1"), now(61), &live, 5_000, stream, &dated);
    school.extra.push(Input::Report(ahead));
    school.pass(1);
    let counts = school.state().counts();
    assert_eq!((counts.unknown_device, counts.from_future), (1, 1));
    school.happened("L-1", What::AppCrashed, -2 * 60 * MINUTE);
    school.pass(1);
    assert_eq!(
        school.told(),
        Vec::<String>::new(),
        "last week's crash is no incident today"
    );
}

#[test]
fn a_session_taken_out_of_the_timetable_takes_its_incidents_along() {
    let mut school = TestSchool::with(&["L-1"]);
    school.until(60);
    school.dies("L-1");
    school.until(120);
    school.told();
    let mut edited = plan(&school.district);
    edited.sessions.clear();
    school.extra.push(Input::Plan(edited));
    school.pass(1);
    assert_eq!(school.told(), ["2:01 seat 1 session taken out of the timetable"]);
    school.pass(60);
    assert_eq!(school.told(), Vec::<String>::new());
    assert_eq!(school.state().room(&"101".parse().unwrap()), None);
}

#[test]
fn a_device_taken_off_the_roster_is_missed_no_more_and_what_was_open_ends_with_the_session() {
    let mut school = TestSchool::with(&["L-1", "L-2"]);
    school.until(60);
    school.dies("L-1");
    school.until(120);
    assert_eq!(school.told().len(), 1);
    let mut edited = plan(&school.district);
    edited.devices.clear();
    school.extra.push(Input::Plan(edited));
    school.pass(1);
    school.dies("L-2");
    school.until(60 * MINUTE);
    assert_eq!(school.told(), ["60:00 seat 1 session over, not heard again"]);
}

#[test]
fn a_session_prolonged_after_its_end_misses_the_silent_ones_again() {
    let mut school = TestSchool::with(&["L-1"]);
    school.until(60);
    school.all_open_the_app();
    school.until(50 * MINUTE);
    school.dies("L-1");
    school.until(61 * MINUTE);
    school.told();
    let mut edited = plan(&school.district);
    for sitting in edited.sessions.values_mut() {
        sitting.timetable =
            Timetable::new(at(-60 * MINUTE), at(0), at(90 * MINUTE), vec![], Timing::Timed).unwrap();
        sitting.last_end = at(90 * MINUTE);
    }
    for place in edited.devices.values_mut() {
        place.seatings[0].ends = at(90 * MINUTE);
    }
    school.extra.push(Input::Plan(edited));
    school.until(70 * MINUTE);
    assert_eq!(school.told().len(), 1);
    assert_eq!(
        school.state().incidents().len(),
        2,
        "a second incident, told apart from the first"
    );
    school.until(91 * MINUTE);
    assert_eq!(school.told(), ["90:00 seat 1 session over, not heard again"]);
}

#[test]
fn a_seat_with_more_time_is_watched_until_its_own_end() {
    let mut school = TestSchool::with(&["L-1", "L-2"]);
    let mut edited = plan(&school.district);
    edited.devices.get_mut(&id("L-2")).unwrap().seatings[0].ends = at(90 * MINUTE);
    edited
        .sessions
        .values_mut()
        .for_each(|sitting| sitting.last_end = at(90 * MINUTE));
    school.extra.push(Input::Plan(edited));
    school.until(60);
    school.all_open_the_app();
    school.until(65 * MINUTE);
    school.dies("L-1");
    school.dies("L-2");
    school.pass(60);
    assert_eq!(school.told(), ["65:17 seat 2 lost_contact"]);
    assert!(matches!(school.sight("L-1"), Sight::Silent { .. }));
}

#[test]
fn a_device_enrolled_in_the_middle_is_watched_from_then_on() {
    let mut school = TestSchool::with(&["L-1", "L-2"]);
    let mut without = plan(&school.district);
    let place = without.devices.remove(&id("L-2")).unwrap();
    school.state = Some(super::super::WatchState::new("lincoln".parse().unwrap(), without));
    school.dies("L-2");
    school.until(60);
    school.extra.push(Input::Device {
        device: id("L-2"),
        place,
    });
    school.comes_back("L-2");
    school.pass(10);
    assert_eq!(school.sight("L-2"), Sight::Here);
    school.dies("L-2");
    school.pass(30);
    assert_eq!(school.told().len(), 1);
}

#[test]
fn a_device_that_is_off_the_plan_is_gone_with_its_last_incident() {
    let mut school = TestSchool::with(&["L-1", "L-2"]);
    school.until(60);
    school.dies("L-1");
    school.until(120);
    let without = |school: &mut TestSchool| {
        let mut plan = plan(&school.district);
        plan.devices.retain(|_, place| place.name.as_str() == "L-2");
        school.extra.push(Input::Plan(plan));
        school.pass(1);
    };
    without(&mut school);
    assert!(
        school.state().device(id("L-1")).is_some(),
        "its incident can still end"
    );
    school.until(61 * MINUTE);
    let open = school.state().incidents().values();
    assert_eq!(open.filter(|incident| incident.is_open()).count(), 0);
    without(&mut school);
    assert!(school.state().device(id("L-1")).is_none());
    assert_eq!(school.state().devices().count(), 1);
}
