use jiff::{SignedDuration, Timestamp};
use roomready_shared::ids::{RoomRef, SessionId};

use super::*;
use crate::domain::entry::{Actor, Entry};

mod any;

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

fn jones() -> Actor {
    Actor::Staff(Some("A. Jones".parse().unwrap()))
}

fn act(seq: u64, second: i64, deed: Deed) -> Act {
    Act {
        seq,
        at: at(second),
        by: jones(),
        session: Some(math()),
        deed,
    }
}

fn acts(deeds: &[(i64, Deed)]) -> RoomActs {
    let mut room = RoomActs::default();
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
    assert_eq!(
        room.check(&Deed::HandRaised, Some(&math), at(60)),
        Err(NotNow::AlreadySo)
    );
    let afternoon: SessionId = "science".parse().unwrap();
    assert_eq!(room.now(Some(&afternoon), at(60)).hand, None);
    room.take(act(3, 70, Deed::HandLowered));
    assert_eq!(room.now(Some(&math), at(71)).hand, None);
    assert_eq!(
        room.check(&Deed::HandLowered, Some(&math), at(71)),
        Err(NotNow::AlreadySo)
    );
}

#[test]
fn on_my_way_holds_for_ten_minutes_and_can_be_said_again() {
    let mut room = acts(&[(0, Deed::Acknowledged(incident()))]);
    let math = math();
    let ways = |room: &RoomActs, second| room.now(Some(&math), at(second)).on_the_way.len();
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
    let run = |room: &RoomActs| match room.now(Some(&math), at(4_000)).run {
        Run::NotStarted => ("not started", 0),
        Run::Goes(act) => ("goes", act.seq),
        Run::OnBreak(act) => ("break", act.seq),
        Run::Over(act) => ("over", act.seq),
    };
    assert_eq!(run(&room), ("over", 4));
    let so_far = |many: usize| {
        let mut first = RoomActs::default();
        room.all()[..many].iter().cloned().for_each(|act| first.take(act));
        first
    };
    assert_eq!(
        [0, 1, 2, 3].map(|many| run(&so_far(many))),
        [("not started", 0), ("goes", 1), ("break", 2), ("goes", 3)]
    );
    assert_eq!(
        room.check(&Deed::BreakBegun, Some(&math), at(4_000)),
        Err(NotNow::Over)
    );
    assert_eq!(
        room.check(&Deed::Started, Some(&math), at(4_000)),
        Ok(()),
        "ended too early: it goes on"
    );
    assert_eq!(
        room.check(&Deed::Started, None, at(4_000)),
        Err(NotNow::NoSession)
    );
}

#[test]
fn what_was_pressed_by_mistake_is_taken_back_within_two_minutes_by_a_further_entry() {
    let math = math();
    let mut room = acts(&[(0, Deed::Started), (100, Deed::Ended)]);
    let undo = Deed::Undone(2);
    assert_eq!(room.check(&undo, Some(&math), at(220)), Ok(()));
    assert_eq!(room.check(&undo, Some(&math), at(221)), Err(NotNow::TooLate));
    assert_eq!(
        room.check(&Deed::Undone(1), Some(&math), at(101)),
        Err(NotNow::NotTheLatest)
    );
    assert_eq!(
        room.check(&Deed::Undone(9), Some(&math), at(101)),
        Err(NotNow::NothingToUndo)
    );
    room.take(act(3, 110, undo.clone()));
    assert!(matches!(room.now(Some(&math), at(111)).run, Run::Goes(act) if act.seq == 1));
    assert_eq!(
        room.check(&undo, Some(&math), at(111)),
        Err(NotNow::NothingToUndo),
        "once"
    );
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
    let math = math();
    let many: Vec<_> = (0..30).map(|second| (second, note("again"))).collect();
    let room = acts(&many);
    assert_eq!(
        room.check(&note("again"), Some(&math), at(30)),
        Err(NotNow::TooMuch)
    );
    assert_eq!(room.check(&note("again"), Some(&math), at(60)), Ok(()));
}

#[test]
fn memory_is_bounded_and_a_hand_that_is_up_stays_up() {
    let math = math();
    let mut many = vec![(0, Deed::Started), (1, Deed::HandRaised)];
    many.extend((0..400).map(|number| (2 + number, note("seat 3"))));
    let room = acts(&many);
    assert_eq!(room.all().len(), MOST_ACTS_A_ROOM);
    let now = room.now(Some(&math), at(500));
    assert!(now.hand.is_some() && matches!(now.run, Run::Goes(_)));
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

#[test]
fn every_deed_is_read_back_from_its_entry() {
    for deed in [
        Deed::HandRaised,
        Deed::HandLowered,
        Deed::Acknowledged(incident()),
        note("Seat 4 froze."),
        Deed::Started,
        Deed::BreakBegun,
        Deed::BreakEnded,
        Deed::Ended,
        Deed::Undone(4),
    ] {
        for session in [None, Some(math())] {
            let entry = Entry {
                seq: 9,
                entry: deed.to_entry(&room(), session.as_ref(), jones(), at(0)),
            };
            let (of, read) = Act::of_entry(&entry).unwrap().unwrap();
            let written = Act {
                session: session.clone(),
                ..act(9, 0, deed.clone())
            };
            assert_eq!((of, read), (room(), written));
        }
    }
}
