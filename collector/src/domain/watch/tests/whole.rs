//! The step as a whole: the same bytes again, and fast enough.

use std::time::{Duration, Instant};

use crate::domain::event_time::EventTime;
use crate::domain::incident::{Incidents, Note, fold};
use crate::domain::watch::{Input, Record, Report, What, step};

use super::school::{TestSchool, at, id, now, plan};

/// An eventful quarter of an hour.
fn morning() -> TestSchool {
    let mut school = TestSchool::with(&["L-1", "L-2", "L-3", "L-4", "LIB-2"]);
    school.until(30);
    school.all_open_the_app();
    school.until(120);
    school.happens("L-1", What::AppCrashed);
    school.dies("L-2");
    school.pass(60);
    school.comes_back("L-2");
    school.leaves("L-3", What::Restarts);
    school.pass(90);
    school.comes_back("L-3");
    school.happens("L-4", What::AppClosed);
    school.until(15 * 60);
    school
}

#[test]
fn the_same_inputs_give_the_same_bytes() {
    let bytes = |school: &TestSchool| {
        let entries = school
            .notes
            .iter()
            .map(|note| note.to_entry(school.state().school()));
        let entries: Vec<_> = entries.map(|entry| entry.body.as_str().to_owned()).collect();
        (serde_json::to_string(school.state()).unwrap(), entries)
    };
    assert_eq!(bytes(&morning()), bytes(&morning()));
}

#[test]
fn the_order_in_which_inputs_are_handed_over_does_not_matter() {
    let reports = |reversed: bool| {
        let mut school = TestSchool::with(&["L-1", "L-2", "L-3"]);
        school.until(60);
        let stream = roomready_shared::ids::StreamId::new(uuid::Uuid::from_u128(5));
        for (name, what) in [
            ("L-1", What::AppStarted),
            ("L-2", What::AppCrashed),
            ("L-3", What::Sleeps),
        ] {
            school.happens(name, what);
        }
        let plan = plan(&school.district);
        let mut inputs = vec![Input::Plan(plan)];
        for name in ["L-1", "L-2", "L-3"] {
            let record = Record {
                within_ms: None,
                seq: 1,
                time: EventTime::measured(at(60), 0),
                ahead: false,
                mono_ms: 0,
                epoch: roomready_shared::ids::ClockEpoch::new(uuid::Uuid::from_u128(6)),
                what: What::AppCrashed,
            };
            inputs.push(Input::Report(Report {
                device: id(name),
                received: now(61),
                beat: None,
                stream,
                records: vec![record],
                lost: false,
                network: None,
            }));
        }
        if reversed {
            inputs.reverse();
        }
        school.extra = inputs;
        school.pass(1);
        (serde_json::to_string(school.state()).unwrap(), school.notes)
    };
    assert_eq!(reports(false), reports(true));
}

#[test]
fn inputs_survive_being_written_down() {
    let school = TestSchool::with(&["L-1", "LIB-2"]);
    let input = Input::Plan(plan(&school.district));
    let written = serde_json::to_string(&input).unwrap();
    assert_eq!(serde_json::from_str::<Input>(&written).unwrap(), input);
}

#[test]
fn the_record_alone_tells_every_incident() {
    let school = morning();
    assert!(school.state().incidents().len() >= 3);
    let mut folded = Incidents::new();
    for note in &school.notes {
        let entry = note.to_entry(school.state().school());
        let read = Note::of_entry(&entry).unwrap().unwrap();
        assert_eq!(read, *note);
        assert!(fold(&mut folded, &read), "{read:?}");
    }
    assert_eq!(folded, *school.state().incidents());
}

#[test]
fn a_step_over_eighteen_hundred_devices_is_far_below_its_second() {
    const DEVICES: usize = 1_800;
    let names: Vec<_> = (0..DEVICES).map(|nth| format!("L-{nth}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let mut school = TestSchool::from_second(-30, &names);
    school.until(20);
    school.all_open_the_app();
    school.until(40);
    // Everybody at once: every second report is a crash, everybody else falls silent.
    for name in &names[..DEVICES / 2] {
        school.happens(name, What::AppCrashed);
    }
    for name in &names[DEVICES / 2..] {
        school.dies(name);
    }
    school.pass(60);
    // One incident for all that crashed and one for all that fell silent.
    assert_eq!(school.told().len(), 2);
    let mut state = school.state.take().unwrap();
    // The fastest of ten, because the machine that tests may be busy with other things.
    let mut fastest = Duration::MAX;
    for second in 0..10 {
        #[expect(clippy::disallowed_methods, reason = "measuring is what this test is for")]
        let began = Instant::now();
        let (next, _) = step(state, Vec::new(), now(school.second + 1 + second));
        fastest = fastest.min(began.elapsed());
        state = next;
    }
    println!("fastest step over {DEVICES} devices: {fastest:?}");
    // A twentieth of it on a free machine; a busy one may take longer and is still on time.
    assert!(fastest < Duration::from_millis(250), "{fastest:?}");
    assert_eq!(state.devices().count(), DEVICES);
}

#[test]
fn a_thousand_devices_that_come_and_go_fill_no_record_and_no_memory() {
    const DEVICES: i64 = 1_000;
    let names: Vec<_> = (0..DEVICES).map(|nth| format!("L-{nth}")).collect();
    let all: Vec<_> = names.iter().map(String::as_str).collect();
    let mut school = TestSchool::from_second(-30, &all);
    school.until(20);
    school.all_open_the_app();
    school.until(40);
    let began = school.notes.len();
    // Each is away for half of every minute, and no two at quite the same time.
    for second in 0..8 * 60_i64 {
        for (nth, name) in (0..).zip(&names) {
            match (second + nth * 7) % 60 {
                0 => school.dies(name),
                30 => school.comes_back(name),
                _ => {}
            }
        }
        school.pass(1);
    }
    let opened: Vec<_> = school
        .notes
        .iter()
        .filter_map(|note| match note {
            Note::Opened(opened) => Some(opened.condition),
            _ => None,
        })
        .collect();
    let notes = school.notes.len() - began;
    println!("{} incidents, {notes} notes", opened.len());
    // Eight thousand absences: gathered where they have something in common, and told as coming and going where not.
    assert!(opened.len() < all.len(), "{} incidents", opened.len());
    assert!(notes < 8 * all.len(), "{notes} notes");
    let state = school.state();
    assert!(
        state
            .devices()
            .all(|(_, device)| device.open_incidents().count() <= 2),
        "a device is missed once and unsteady once, whatever it does"
    );
}
