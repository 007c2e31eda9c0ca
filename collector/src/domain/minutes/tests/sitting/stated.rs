//! What people in several rooms told of: it has no devices, and is an incident of their sittings all the same.

use super::*;
use crate::domain::incident::{CauseKind, Confidence, Incident};
use crate::domain::people::Symptom;

fn by_people(rooms: &[&str]) -> Cause {
    Cause {
        kind: CauseKind::Vendor,
        confidence: Confidence::Stated,
        rooms: rooms.iter().map(|room| room.parse().unwrap()).collect(),
        ..Cause::default()
    }
}

/// Told of first in Room 102, in a sitting of its own.
fn stated(rooms: &[&str], since: i64) -> Note {
    Note::Opened(Opened {
        incident: "stated-1".parse().unwrap(),
        session: "reading".parse().unwrap(),
        room: "102".parse().unwrap(),
        condition: Condition::VendorUnreachable,
        members: Vec::new(),
        since: at(since),
        broken: at(since),
        detected: at(since + 4),
        seen: Detection::Stated,
        why: None,
        cause: by_people(rooms),
    })
}

/// Somebody in Room 101 says that the student at seat 1 cannot sign in.
fn cannot_sign_in() -> Deed {
    Deed::Symptom {
        seat: Spot {
            seat: Some("1".parse().unwrap()),
            device: machine(1),
        },
        symptom: Symptom::CannotSignIn,
    }
}

fn on_the_sheet(past: &Past) -> Vec<&str> {
    let incidents = past.incidents().into_iter();
    incidents
        .map(|incident: &Incident| incident.id.as_str())
        .collect()
}

#[test]
fn what_three_rooms_tell_of_is_on_the_sheet_of_each() {
    let told = Record::default()
        .deed(32, &cannot_sign_in())
        .notes([stated(&["101", "102", "103"], 30), ended("stated-1", 50)]);
    assert_eq!(on_the_sheet(&told.past()), ["stated-1"]);

    let first = Session {
        id: "reading".parse().unwrap(),
        ..sitting()
    };
    let mut past = Past::new(&first);
    told.0.iter().for_each(|entry| past.take(entry));
    assert_eq!(on_the_sheet(&past), ["stated-1"], "where it was told of first");
}

#[test]
fn what_others_tell_of_is_not_on_the_sheet_of_who_said_nothing_or_said_it_at_another_time() {
    let silent = Record::default().notes([stated(&["101", "102", "103"], 30), ended("stated-1", 50)]);
    assert!(
        on_the_sheet(&silent.past()).is_empty(),
        "another sitting of Room 101 told of it"
    );
    let later = silent.deed(51, &cannot_sign_in());
    assert!(on_the_sheet(&later.past()).is_empty());
    let elsewhere = Record::default()
        .deed(32, &cannot_sign_in())
        .notes([stated(&["102", "103", "104"], 30)]);
    assert!(on_the_sheet(&elsewhere.past()).is_empty());
    let next = Record::default()
        .deed(32, &cannot_sign_in())
        .notes([stated(&["101", "102", "103"], 121)]);
    assert!(
        on_the_sheet(&next.past()).is_empty(),
        "in the sitting after this one"
    );
}

#[test]
fn a_room_that_tells_of_it_late_asks_for_its_beginning() {
    let reaches = Change::Corrected {
        from: None,
        to: by_people(&["101", "102", "103", "104"]),
        began: None,
    };
    let joined = Record::default()
        .deed(5, &cannot_sign_in())
        .notes([amended("stated-1", 5, vec![reaches])]);
    let mut past = joined.past();
    let asked: Vec<_> = past.unknown().map(ToString::to_string).collect();
    assert_eq!(asked, ["stated-1"]);
    let Note::Opened(opened) = stated(&["101", "102", "103", "104"], -30) else {
        unreachable!()
    };
    past.take_story(Incident::open(opened));
    assert_eq!(on_the_sheet(&past), ["stated-1"]);
}
