use jiff::{SignedDuration, Timestamp};
use roomready_shared::ids::{RoomRef, SessionId};
use roomready_shared::timetable::{Timetable, Timing};
use uuid::Uuid;

use super::*;
use crate::domain::entry::{Actor, Entry};
use crate::domain::plan::Session;

mod any;
mod pause;
mod seat;

fn at(second: i64) -> Timestamp {
    let nine: Timestamp = "2026-10-06T09:00:00Z".parse().unwrap();
    nine + SignedDuration::from_secs(second)
}

fn math() -> SessionId {
    "math".parse().unwrap()
}

fn room() -> RoomRef {
    RoomRef {
        school: "lincoln-ms".parse().unwrap(),
        room: "101".parse().unwrap(),
    }
}

fn in_room() -> About {
    About::Room(room())
}

/// From nine to eleven.
fn sitting(timing: Timing) -> Session {
    let (starts, ends) = (at(0), at(7_200));
    Session {
        id: math(),
        title: "Grade 7 Math".parse().unwrap(),
        room: room(),
        timetable: Timetable::new(at(-3_600), starts, ends, vec![], timing).unwrap(),
        requirement: None,
        seats_expected: None,
        seats: vec![],
    }
}

/// Whether it may be done in the sitting of [`math`].
fn check(room: &Acts, deed: &Deed, second: i64) -> Result<(), NotNow> {
    let session = sitting(Timing::Timed);
    let moment = Moment {
        now: at(second),
        session: Some(&session),
        sittings: vec![&session],
    };
    room.check(&in_room(), deed, &moment)
}

fn jones() -> Actor {
    Actor::Staff(Some("A. Jones".parse().unwrap()))
}

fn act(seq: u64, second: i64, deed: Deed) -> Act {
    Act {
        seq,
        at: at(second),
        press: None,
        by: jones(),
        session: Some(math()),
        deed,
    }
}

fn acts(deeds: &[(i64, Deed)]) -> Acts {
    let mut room = Acts::default();
    for (seq, (second, deed)) in (1..).zip(deeds) {
        room.take(act(seq, *second, deed.clone()));
    }
    room
}

fn incident() -> roomready_shared::ids::IncidentId {
    "lost-1".parse().unwrap()
}

fn note(text: &str) -> Deed {
    Deed::Noted(text.parse().unwrap())
}

#[test]
fn a_raised_hand_is_up_until_it_is_lowered_and_belongs_to_its_sitting() {
    let mut room = acts(&[(0, Deed::HandRaised), (5, Deed::HandRaised)]);
    let math = math();
    assert_eq!(
        room.now(Some(&math), at(60)).hand.map(|act| act.seq),
        Some(1),
        "who waits longest"
    );
    assert_eq!(check(&room, &Deed::HandRaised, 60), Err(NotNow::AlreadySo));
    let afternoon: SessionId = "science".parse().unwrap();
    assert_eq!(room.now(Some(&afternoon), at(60)).hand, None);
    room.take(act(3, 70, Deed::HandLowered));
    assert_eq!(room.now(Some(&math), at(71)).hand, None);
    assert_eq!(check(&room, &Deed::HandLowered, 71), Err(NotNow::AlreadySo));
}

#[test]
fn on_my_way_holds_for_ten_minutes_and_can_be_said_again() {
    let mut room = acts(&[(0, Deed::Acknowledged(incident()))]);
    let math = math();
    let ways = |room: &Acts, second| room.now(Some(&math), at(second)).on_the_way.len();
    assert_eq!([ways(&room, 599), ways(&room, 600)], [1, 0]);
    room.take(act(2, 590, Deed::Acknowledged(incident())));
    assert_eq!([ways(&room, 600), ways(&room, 1_190)], [1, 0]);
}

#[test]
fn a_room_starts_breaks_goes_on_and_ends_as_people_say() {
    let math = math();
    let room = acts(&[
        (0, Deed::Started),
        (600, Deed::BreakBegun),
        (900, Deed::BreakEnded),
        (3_600, Deed::Ended),
    ]);
    let run = |room: &Acts| match room.now(Some(&math), at(4_000)).run {
        Run::NotStarted => ("not started", 0),
        Run::Goes(act) => ("goes", act.seq),
        Run::OnBreak(act) => ("break", act.seq),
        Run::Over(act) => ("over", act.seq),
    };
    assert_eq!(run(&room), ("over", 4));
    let so_far = |many: usize| {
        let mut first = Acts::default();
        room.all()[..many].iter().cloned().for_each(|act| first.take(act));
        first
    };
    assert_eq!(
        [0, 1, 2, 3].map(|many| run(&so_far(many))),
        [("not started", 0), ("goes", 1), ("break", 2), ("goes", 3)]
    );
    assert_eq!(check(&room, &Deed::BreakBegun, 4_000), Err(NotNow::Over));
    assert_eq!(
        check(&room, &Deed::Started, 4_000),
        Ok(()),
        "ended too early: it goes on"
    );
    let nowhere = Moment {
        now: at(4_000),
        session: None,
        sittings: vec![],
    };
    assert_eq!(
        room.check(&in_room(), &Deed::Started, &nowhere),
        Err(NotNow::NoSession)
    );
}

#[test]
fn what_was_pressed_by_mistake_is_taken_back_within_two_minutes_by_a_further_entry() {
    let math = math();
    let mut room = acts(&[(0, Deed::Started), (100, Deed::Ended)]);
    let undo = Deed::Undone(2);
    assert_eq!(check(&room, &undo, 220), Ok(()));
    assert_eq!(check(&room, &undo, 221), Err(NotNow::TooLate));
    assert_eq!(check(&room, &Deed::Undone(1), 101), Err(NotNow::NotTheLatest));
    assert_eq!(check(&room, &Deed::Undone(9), 101), Err(NotNow::NothingToUndo));
    room.take(act(3, 110, undo.clone()));
    assert!(matches!(room.now(Some(&math), at(111)).run, Run::Goes(act) if act.seq == 1));
    assert_eq!(check(&room, &undo, 111), Err(NotNow::NothingToUndo), "once");
    assert_eq!(room.all().len(), 3, "nothing is taken out");
}

#[test]
fn a_note_that_was_taken_back_is_no_longer_shown() {
    let math = math();
    let mut room = acts(&[
        (0, note("Seat 4 reads the wrong test.")),
        (10, note("Seat 5 too.")),
    ]);
    room.take(act(3, 20, Deed::Undone(1)));
    let notes: Vec<_> = room
        .now(Some(&math), at(30))
        .notes
        .iter()
        .map(|act| act.seq)
        .collect();
    assert_eq!(notes, [2]);
}

#[test]
fn a_stuck_key_does_not_fill_the_record() {
    let many: Vec<_> = (0..60).map(|number| (number / 2, note("again"))).collect();
    let room = acts(&many);
    assert_eq!(check(&room, &note("again"), 30), Err(NotNow::TooMuch));
    assert_eq!(check(&room, &note("again"), 60), Ok(()));
}

#[test]
fn memory_is_bounded_and_a_hand_that_is_up_stays_up() {
    let math = math();
    let mut many = vec![(0, Deed::Started), (1, Deed::HandRaised)];
    many.extend([(2, Deed::BreakBegun), (3, Deed::BreakEnded)]);
    many.extend([(4, swapped()), (5, frozen("4"))]);
    many.extend((0..800).map(|number| (6 + number, note("seat 3"))));
    let room = acts(&many);
    assert_eq!(room.all().len(), MOST_ACTS_A_ROOM);
    let now = room.now(Some(&math), at(900));
    assert!(now.hand.is_some() && matches!(now.run, Run::Goes(_)));
    assert_eq!((now.aside.len(), now.troubles.len()), (1, 1));
    let session = sitting(Timing::Timed);
    assert_eq!(
        pauses(&room, None, &session).len(),
        1,
        "minutes are counted by it"
    );
}

#[test]
fn a_note_is_bounded_and_never_cut_in_silence() {
    assert_eq!(
        "  seat 4\r\nfroze \u{0} ".parse::<NoteText>().unwrap().as_str(),
        "seat 4 froze"
    );
    assert_eq!(" \n ".parse::<NoteText>(), Err(NotANoteText::Empty));
    assert_eq!(
        "x".repeat(401).parse::<NoteText>(),
        Err(NotANoteText::TooLong(401))
    );
}

fn machine(name: &str) -> Machine {
    Machine {
        name: name.parse().unwrap(),
        device: None,
    }
}

fn spot(seat: &str) -> Spot {
    Spot {
        seat: Some(seat.parse().unwrap()),
        device: Machine {
            device: Some(roomready_shared::ids::DeviceId::new(Uuid::from_u128(7))),
            ..machine(&format!("LIN-{seat}"))
        },
    }
}

fn frozen(seat: &str) -> Deed {
    Deed::Symptom {
        seat: spot(seat),
        symptom: Symptom::Frozen,
    }
}

fn swapped() -> Deed {
    Deed::Swapped {
        seat: Some("4".parse().unwrap()),
        old: machine("LIN-4"),
        new: machine("SPARE-9"),
    }
}

fn every_deed() -> Vec<Deed> {
    let message = |code: &str| Symptom::Message {
        code: code.parse().unwrap(),
    };
    vec![
        Deed::HandRaised,
        Deed::HandLowered,
        Deed::Acknowledged(incident()),
        note("Seat 4 froze."),
        Deed::Started,
        Deed::BreakBegun,
        Deed::BreakEnded,
        Deed::Ended,
        frozen("4"),
        Deed::Symptom {
            seat: spot("4"),
            symptom: Symptom::CannotSignIn,
        },
        Deed::Symptom {
            seat: spot("A5"),
            symptom: message("8026"),
        },
        Deed::SeatNeedsHelp { device: spot("4") },
        Deed::SeatHelped { device: spot("4") },
        Deed::SeatFinished {
            device: Spot {
                seat: None,
                device: machine("LIN-4"),
            },
        },
        swapped(),
        Deed::Released {
            device: machine("LIN-4"),
        },
        Deed::LeftAlone {
            device: machine("B-1"),
        },
        Deed::Paused {
            from: at(-60),
            until: None,
        },
        Deed::Paused {
            from: at(-60),
            until: Some(at(0)),
        },
        Deed::Resumed { from: at(0) },
        Deed::StillWorking(StillWorking::Some),
        Deed::Undone(4),
    ]
}

#[test]
fn every_deed_is_read_back_from_its_entry() {
    let told = Press {
        key: Uuid::from_u128(12),
        at: at(-30),
    };
    for deed in every_deed() {
        assert!(deed.kind().is_of_access(), "people did it: {deed:?}");
        for (session, press) in [(None, None), (Some(math()), Some(told))] {
            let entry = Entry {
                seq: 9,
                entry: deed.to_entry(&in_room(), session.as_ref(), jones(), at(0), press),
            };
            let (of, read) = Act::of_entry(&entry).unwrap().unwrap();
            let written = Act {
                session: session.clone(),
                press,
                ..act(9, 0, deed.clone())
            };
            assert_eq!((of, read), (in_room(), written));
        }
        let text = serde_json::to_string(&deed).unwrap();
        assert_eq!(serde_json::from_str::<Deed>(&text).unwrap(), deed, "{text}");
    }
}

#[test]
fn of_a_whole_school_only_pauses_are_said_and_who_is_on_the_way() {
    let school = About::School("lincoln-ms".parse().unwrap());
    for deed in every_deed() {
        let entry = Entry {
            seq: 9,
            entry: deed.to_entry(&school, None, jones(), at(0), None),
        };
        let read = Act::of_entry(&entry).unwrap();
        assert_eq!(read.is_ok(), deed.may_be_of_a_school(), "{deed:?}");
        if let Ok((of, act)) = read {
            assert_eq!((of, act.deed), (school.clone(), deed));
        }
    }
    let session = sitting(Timing::Timed);
    let moment = Moment {
        now: at(60),
        session: None,
        sittings: vec![&session],
    };
    let checked = Acts::default().check(&school, &Deed::HandRaised, &moment);
    assert_eq!(checked, Err(NotNow::OfARoomOnly));
}

#[test]
fn a_press_that_is_sent_again_is_known_long_after_and_was_done_when_it_was_pressed() {
    let key = Uuid::from_u128(12);
    let mut room = Acts::default();
    let kept = Act {
        press: Some(Press { key, at: at(100) }),
        ..act(1, 700, Deed::BreakBegun)
    };
    assert_eq!(kept.when(), at(100));
    room.take(kept);
    for number in 0..1_000 {
        room.take(act(2 + number, 800, note("seat 3")));
    }
    assert!(room.has_arrived(key) && !room.has_arrived(Uuid::from_u128(13)));
    for number in 0..2_000 {
        let press = Press {
            key: Uuid::from_u128(1_000 + number),
            at: at(900),
        };
        let seq = 2_000 + u64::try_from(number).unwrap();
        room.take(Act {
            press: Some(press),
            ..act(seq, 900, note("seat 3"))
        });
    }
    assert!(!room.has_arrived(key), "memory is bounded");
    let ahead = Press { key, at: at(800) };
    let from_the_future = Act {
        press: Some(ahead),
        ..act(1, 700, Deed::Started)
    };
    assert_eq!(from_the_future.when(), at(700));
}
