use jiff::Timestamp;
use roomready_shared::wire::v1::GoodbyeReason;

use super::*;
use crate::domain::entry::{Actor, Body, Entry, EntryKind, NewEntry, Subject};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn written(moment: Timestamp) -> String {
    let minutes = (moment.as_second() - 1_800_000_000) / 60;
    format!("{}:{:02}", 9 + minutes / 60, minutes % 60)
}

fn opened(condition: Condition, seat: Option<&str>) -> Opened {
    Opened {
        incident: "a1".parse().unwrap(),
        session: "math-7".parse().unwrap(),
        room: "101".parse().unwrap(),
        condition,
        members: vec![Member {
            device: DeviceId::new(uuid::Uuid::from_u128(1)),
            name: "L-12".parse().unwrap(),
            seat: seat.map(|seat| seat.parse().unwrap()),
            room: "101".parse().unwrap(),
            session: "math-7".parse().unwrap(),
            since: at(41 * 60),
            broken: None,
        }],
        since: at(41 * 60),
        broken: at(41 * 60 + 11),
        detected: at(41 * 60 + 21),
        seen: Detection::Live,
        why: None,
        cause: Cause::default(),
    }
}

mod times;

#[test]
fn headlines_are_sentences_a_teacher_would_say() {
    let said = |condition, seat| headline(&Incident::open(opened(condition, seat)), "TestNav", written);
    assert_eq!(
        said(Condition::LostContact, Some("12")),
        "Seat 12 has not been heard since 9:41"
    );
    assert_eq!(
        said(Condition::LostContact, None),
        "L-12 has not been heard since 9:41"
    );
    assert_eq!(
        said(Condition::Slept, Some("12")),
        "Seat 12 went to sleep at 9:41"
    );
    assert_eq!(said(Condition::ShutDown, Some("12")), "Seat 12 shut down at 9:41");
    assert_eq!(
        said(Condition::Restarted, Some("12")),
        "Seat 12 restarted at 9:41"
    );
    assert_eq!(
        said(Condition::TestAppCrashed, Some("12")),
        "TestNav stopped at seat 12, 9:41"
    );
    let mut closing = Incident::open(opened(Condition::TestAppCrashed, Some("12")));
    closing.amend(&Change::Why(Reason::KeptClosing));
    assert_eq!(
        headline(&closing, "TestNav", written),
        "TestNav keeps closing at seat 12, since 9:41"
    );
    let mut over = Incident::open(opened(Condition::LostContact, Some("12")));
    over.end(at(42 * 60), Ending::HeardAgain);
    assert_eq!(
        headline(&over, "TestNav", written),
        "Seat 12 was not heard from 9:41 on"
    );
}

#[test]
fn a_reason_and_an_ending_are_told_in_words() {
    let why = Reason::Announced {
        goodbye: GoodbyeReason::Sleep,
        at: at(41 * 60),
    };
    assert_eq!(
        reason_words(why, "TestNav", written),
        "The device said that it goes to sleep (9:41)"
    );
    assert_eq!(
        ending_words(&Ending::SessionOver { not_heard_again: 1 }),
        "session over, not heard again"
    );
    assert_eq!(
        ending_words(&Ending::SessionOver { not_heard_again: 3 }),
        "session over, 3 not heard again"
    );
}

#[test]
fn an_incident_is_a_fold_over_its_notes() {
    let mut incidents = Incidents::new();
    let id: IncidentId = "a1".parse().unwrap();
    let why = Reason::Announced {
        goodbye: GoodbyeReason::Sleep,
        at: at(41 * 60 + 5),
    };
    let amended = Note::Amended(Amended {
        incident: id.clone(),
        at: at(43 * 60),
        changes: vec![Change::Why(why)],
    });
    let ended = Note::Ended(Ended {
        incident: id.clone(),
        at: at(44 * 60),
        until: at(43 * 60),
        how: Ending::HeardAgain,
    });
    assert!(!fold(&mut incidents, &amended), "nothing is known of it yet");
    assert!(fold(
        &mut incidents,
        &Note::Opened(opened(Condition::LostContact, None))
    ));
    assert!(incidents[&id].is_open());
    assert!(fold(&mut incidents, &amended));
    assert!(!fold(&mut incidents, &amended), "the same reason is no news");
    assert!(fold(&mut incidents, &ended));
    assert!(!fold(&mut incidents, &ended), "what ended stays as it ended");
    assert!(!fold(
        &mut incidents,
        &Note::Opened(opened(Condition::LostContact, None))
    ));
    let incident = &incidents[&id];
    assert_eq!(
        (incident.since(), incident.until()),
        (at(41 * 60), Some(at(43 * 60)))
    );
    assert_eq!(incident.reasons, [why]);
}

#[test]
fn an_end_never_lies_before_its_beginning() {
    let mut incident = Incident::open(opened(Condition::LostContact, None));
    assert!(incident.end(at(0), Ending::HeardAgain));
    assert_eq!(incident.until(), Some(incident.since()));
}

/// Bodies stand in the record for ever: these bytes may gain fields, and never change what they say.
#[test]
fn a_note_s_place_in_the_record_stays_as_it_was_released() {
    let school = "lincoln".parse().unwrap();
    let device = DeviceId::new(uuid::Uuid::from_u128(1));
    let session: SessionId = "math-7".parse().unwrap();
    let seat = SeatNote {
        session: session.clone(),
        device,
        at: at(0),
    };
    let why = Reason::Announced {
        goodbye: GoodbyeReason::AgentStopped,
        at: at(0),
    };
    let mut lost = opened(Condition::LostContact, Some("12"));
    lost.why = Some(why);
    let ended = |how| {
        Note::Ended(Ended {
            incident: "a1".parse().unwrap(),
            at: at(1),
            until: at(0),
            how,
        })
    };
    let notes = [
        Note::Opened(lost),
        Note::Amended(Amended {
            incident: "a1".parse().unwrap(),
            at: at(0),
            changes: vec![Change::Why(Reason::KeptClosing)],
        }),
        ended(Ending::SessionOver { not_heard_again: 1 }),
        ended(Ending::AppRunsAgain),
        Note::SeatStarted(seat.clone()),
        Note::SeatFinished(seat),
        Note::Phase(PhaseNote {
            session,
            phase: roomready_shared::timetable::Phase::Break,
            at: at(0),
        }),
        Note::Blind(Blind {
            from: at(0),
            until: at(1),
        }),
    ];
    let mut lines = Vec::new();
    for note in &notes {
        let entry = note.to_entry(&school);
        lines.push(format!(
            "{} {} {}",
            entry.kind,
            entry.subject,
            entry.body.as_str()
        ));
        let kept = Entry { seq: 1, entry };
        assert_eq!(Note::of_entry(&kept.entry).unwrap().unwrap(), *note);
    }
    assert_eq!(lines.join("\n"), include_str!("released.txt").trim_end());
    // What was written before a cause could have many devices says the same.
    for (line, note) in include_str!("released_first.txt").lines().zip(notes) {
        let mut parts = line.splitn(3, ' ');
        let mut part = || parts.next().unwrap();
        let (kind, _subject, body) = (part(), part(), part());
        let entry = note.to_entry(&school);
        let body = Body::of(&serde_json::from_str::<serde_json::Value>(body).unwrap()).unwrap();
        let old = NewEntry::new(
            entry.at(),
            None,
            Actor::Machine,
            kind.parse().unwrap(),
            entry.subject,
            body,
        );
        assert_eq!(Note::of_entry(&old).unwrap().unwrap(), note);
    }
}

#[test]
fn an_entry_of_another_kind_is_no_note() {
    let (kind, subject) = (EntryKind::CollectorStarted, Subject::Collector);
    let entry = NewEntry::new(at(0), None, Actor::System, kind, subject, Body::empty());
    assert!(Note::of_entry(&entry).is_none());
}

#[test]
fn a_whole_school_in_one_incident_is_written_in_lines_that_each_fit_and_fold_to_the_same() {
    let school = "lincoln-ms".parse().unwrap();
    let member = |number: u128| Member {
        device: DeviceId::new(uuid::Uuid::from_u128(number)),
        name: format!("LAPTOP-{number}").parse().unwrap(),
        seat: None,
        room: "101".parse().unwrap(),
        session: "math-7".parse().unwrap(),
        since: at(0),
        broken: None,
    };
    let whole: Vec<_> = (0..2_000).map(member).collect();
    let opened = Note::Opened(Opened {
        incident: "a1".parse().unwrap(),
        session: "math-7".parse().unwrap(),
        room: "101".parse().unwrap(),
        condition: Condition::LostContact,
        members: whole.clone(),
        since: at(0),
        broken: at(11),
        detected: at(21),
        seen: Detection::Live,
        why: None,
        cause: Cause::default(),
    });
    let mut told = Vec::new();
    for line in opened.lines() {
        // Panics when it does not fit.
        let entry = line.to_entry(&school);
        match Note::of_entry(&entry).unwrap().unwrap() {
            Note::Opened(opened) => told.extend(opened.members),
            Note::Amended(amended) => {
                for change in amended.changes {
                    let Change::Joined(member) = change else {
                        panic!("{change:?}");
                    };
                    told.push(member);
                }
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(told, whole);
    assert!(
        (2..=12).contains(&opened.lines().len()),
        "as few as there must be"
    );
}

#[test]
fn a_network_is_told_by_its_address_and_what_is_ruled_out_by_those_on_others() {
    let cause = Cause {
        kind: CauseKind::Subnet,
        named: Some(roomready_shared::units::ShortText::fit("10.2.4.0/22")),
        ..Cause::default()
    };
    let said = |cause: &Cause| cause_words(cause, "TestNav").unwrap();
    assert_eq!(
        said(&cause),
        "Most likely the network 10.2.4.0/22, which devices of these rooms share."
    );
    let measured = Cause {
        confidence: Confidence::Measured,
        named: None,
        ..cause
    };
    assert_eq!(
        said(&measured),
        "Measured by the devices: a network that devices of these rooms share."
    );
    let others = RuledOut {
        what: Suspect::OtherNetworks,
        well: 8,
        of: 8,
    };
    assert_eq!(
        (
            suspect_words(others.what, "TestNav").as_str(),
            ruled_out_words(others, "TestNav").as_str()
        ),
        (
            "other networks in the same rooms",
            "8 of 8 devices on them are heard"
        )
    );
}

#[test]
fn a_place_whose_gateway_answered_is_not_said_to_have_lost_its_wi_fi_or_power() {
    let said = |kind, named: Option<&str>| {
        let cause = Cause {
            kind,
            named: named.map(roomready_shared::units::ShortText::fit),
            ruled_out: vec![RuledOut {
                what: Suspect::SchoolUplink,
                well: 8,
                of: 8,
            }],
            ..Cause::default()
        };
        cause_words(&cause, "TestNav").unwrap()
    };
    for (kind, named, near) in [
        (CauseKind::RoomNetwork, None, "this room's network"),
        (CauseKind::AccessPoint, Some("AP-7"), "the access point “AP-7”"),
        (CauseKind::Subnet, Some("10.2.4.0/22"), "the network 10.2.4.0/22"),
    ] {
        assert_eq!(
            said(kind, named),
            format!(
                "Most likely what connects {near} to the rest; it answered its devices, and nothing beyond it did."
            )
        );
    }
    assert_eq!(
        said(CauseKind::VendorPath, None),
        "Most likely the way from here to TestNav's servers; the rest of the school reaches them."
    );
}
