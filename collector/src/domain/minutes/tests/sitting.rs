//! A whole sitting from its lines in the record.

use jiff::Timestamp;
use roomready_shared::ids::{DeviceId, RoomRef, SchoolId, SessionId};
use roomready_shared::timetable::{Timetable, Timing};
use uuid::Uuid;

use crate::domain::entry::{Actor, Entry, NewEntry};
use crate::domain::incident::{
    Amended, Basis, Blind, Cause, Change, Condition, Counted, Detection, Ended, Ending, Member, Note, Opened,
    SeatNote, Span,
};
use crate::domain::minutes::{Expected, Past, SeatCount, SeatMinutes, SeatPast};
use crate::domain::people::{About, Deed, Machine, Spot, StillWorking};
use crate::domain::plan::{SeatPlan, Session, Watched};

mod stated;

const MINUTE: u64 = 60_000;

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + minute * 60).unwrap()
}

fn math() -> SessionId {
    "math".parse().unwrap()
}

fn school() -> SchoolId {
    "lincoln-ms".parse().unwrap()
}

fn room() -> RoomRef {
    RoomRef {
        school: school(),
        room: "101".parse().unwrap(),
    }
}

/// From minute 0 to minute 120.
fn sitting() -> Session {
    Session {
        id: math(),
        title: "Grade 7 Math".parse().unwrap(),
        room: room(),
        timetable: Timetable::new(at(-60), at(0), at(120), vec![], Timing::Timed).unwrap(),
        requirement: None,
        seats_expected: None,
        seats: vec![],
    }
}

fn device(seat: u8) -> DeviceId {
    DeviceId::new(Uuid::from_u128(u128::from(seat)))
}

fn machine(seat: u8) -> Machine {
    Machine {
        name: format!("LIN-{seat}").parse().unwrap(),
        device: Some(device(seat)),
    }
}

fn expected(seat: u8) -> Expected {
    Expected {
        name: format!("LIN-{seat}").parse().unwrap(),
        device: Some(device(seat)),
        seat: Some(seat.to_string().parse().unwrap()),
        watched: Watched::ByAgent,
        ends: at(120),
    }
}

fn member(seat: u8, since: i64, session: &str) -> Member {
    Member {
        device: device(seat),
        name: format!("LIN-{seat}").parse().unwrap(),
        seat: Some(seat.to_string().parse().unwrap()),
        room: room().room,
        session: session.parse().unwrap(),
        since: at(since),
        broken: None,
    }
}

fn opened(id: &str, condition: Condition, members: Vec<Member>, since: i64) -> Note {
    Note::Opened(Opened {
        incident: id.parse().unwrap(),
        session: members[0].session.clone(),
        room: room().room,
        condition,
        members,
        since: at(since),
        broken: at(since),
        detected: at(since),
        seen: Detection::Live,
        why: None,
        cause: Cause::default(),
    })
}

fn amended(id: &str, minute: i64, changes: Vec<Change>) -> Note {
    Note::Amended(Amended {
        incident: id.parse().unwrap(),
        at: at(minute),
        changes,
    })
}

fn ended(id: &str, minute: i64) -> Note {
    Note::Ended(Ended {
        incident: id.parse().unwrap(),
        at: at(minute),
        until: at(minute),
        how: Ending::HeardAgain,
    })
}

fn seat(seat: u8, minute: i64) -> SeatNote {
    SeatNote {
        session: math(),
        device: device(seat),
        at: at(minute),
    }
}

/// The record of the school, as it is read back.
#[derive(Default)]
struct Record(Vec<Entry>);

impl Record {
    fn notes(mut self, notes: impl IntoIterator<Item = Note>) -> Self {
        for note in notes {
            self.append(note.to_entry(&school()));
        }
        self
    }

    fn deed(mut self, minute: i64, deed: &Deed) -> Self {
        let by = Actor::Staff(Some("A. Jones".parse().unwrap()));
        let session = math();
        self.append(deed.to_entry(&About::Room(room()), Some(&session), by, at(minute), None));
        self
    }

    fn append(&mut self, entry: NewEntry) {
        let seq = u64::try_from(self.0.len()).unwrap() + 1;
        self.0.push(Entry { seq, entry });
    }

    fn past(&self) -> Past {
        let mut past = Past::new(&sitting());
        self.0.iter().for_each(|entry| past.take(entry));
        past
    }

    /// Seats 1 and 2 as they stand long after the end.
    fn seats(&self) -> Vec<SeatPast> {
        let expected = vec![expected(1), expected(2)];
        self.past().seats(&sitting(), expected, |_| None, at(600))
    }
}

fn minutes(seat: &SeatPast) -> SeatMinutes {
    match seat.count {
        SeatCount::Minutes(minutes) => minutes,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_seat_counts_from_its_own_start_to_its_own_finish() {
    let record = Record::default().notes([
        Note::SeatStarted(seat(1, 16)),
        Note::SeatStarted(seat(2, 17)),
        Note::SeatFinished(seat(1, 100)),
    ]);
    let seats = record.seats();
    assert_eq!(minutes(&seats[0]).testing_ms, 84 * MINUTE);
    assert_eq!(minutes(&seats[1]).testing_ms, 103 * MINUTE);
}

#[test]
fn a_device_that_nobody_used_has_no_minutes_and_a_chromebook_is_not_watched() {
    let chromebook = Expected {
        device: None,
        watched: Watched::NotOneByOne,
        ..expected(9)
    };
    let seats = Record::default()
        .past()
        .seats(&sitting(), vec![expected(1), chromebook], |_| None, at(600));
    assert_eq!(seats[0].count, SeatCount::NotStarted);
    assert_eq!(seats[1].count, SeatCount::NotWatched, "which is not zero");
}

#[test]
fn an_outage_is_unheard_until_the_devices_own_records_tell_what_it_was() {
    let silence = Record::default().notes([
        Note::SeatStarted(seat(1, 0)),
        opened("lost-1", Condition::LostContact, vec![member(1, 40, "math")], 40),
        ended("lost-1", 60),
    ]);
    let before = minutes(&silence.seats()[0]);
    assert_eq!(before.unheard.total_ms(), 20 * MINUTE);
    let span = |counted, from, until| Span {
        from: at(from),
        until: Some(at(until)),
        counted,
        basis: Basis::Measured,
        plus_minus_ms: 500,
    };
    let exact = Change::Exact {
        device: device(1),
        spans: vec![span(Counted::CutOff, 41, 55), span(Counted::Working, 55, 60)],
    };
    let told = silence.notes([amended("lost-1", 61, vec![exact])]);
    let after = minutes(&told.seats()[0]);
    assert!(after.unheard.is_nothing());
    assert_eq!(after.cut_off.measured_ms, 14 * MINUTE);
    assert_eq!(after.cut_off.plus_minus_ms, 1_000);
    assert!(after.stopped.is_nothing());
}

#[test]
fn a_fire_drill_entered_afterwards_takes_its_time_out() {
    let record = Record::default()
        .notes([
            Note::SeatStarted(seat(1, 0)),
            opened("lost-1", Condition::LostContact, vec![member(1, 30, "math")], 30),
            ended("lost-1", 60),
        ])
        .deed(
            70,
            &Deed::Paused {
                from: at(35),
                until: Some(at(60)),
            },
        );
    let seat = minutes(&record.seats()[0]);
    assert_eq!(seat.unheard.total_ms(), 5 * MINUTE);
    assert_eq!(seat.testing_ms, 95 * MINUTE);
    let past = record.past();
    let pauses = past.pauses(&sitting());
    let by = pauses[0].1.map(|act| act.by.to_string());
    assert_eq!(by.as_deref(), Some("staff:A. Jones"), "with who entered it");
}

#[test]
fn an_answer_that_was_taken_back_says_nothing() {
    let lost = Record::default().notes([
        Note::SeatStarted(seat(1, 0)),
        opened("lost-1", Condition::LostContact, vec![member(1, 30, "math")], 30),
    ]);
    let lost = lost.deed(35, &Deed::StillWorking(StillWorking::All));
    let said = lost.past().answers();
    assert_eq!(said.len(), 1);
    let lost = lost.notes([ended("lost-1", 50)]);
    assert_eq!(minutes(&lost.seats()[0]).working_as_said_ms, 20 * MINUTE);
    let back = lost.deed(36, &Deed::StillWorking(StillWorking::None));
    assert_eq!(minutes(&back.seats()[0]).unheard.total_ms(), 20 * MINUTE);
    let undone = Record(back.0[..3].to_vec()).deed(36, &Deed::Undone(3));
    assert_eq!(undone.past().answers(), vec![]);
}

#[test]
fn a_swapped_device_counts_until_it_is_taken_away_and_is_kept_aside_until_released() {
    let swap = Deed::Swapped {
        seat: Some("1".parse().unwrap()),
        old: machine(1),
        new: machine(2),
    };
    let record = Record::default()
        .notes([
            Note::SeatStarted(seat(1, 0)),
            opened(
                "crash",
                Condition::TestAppCrashed,
                vec![member(1, 30, "math")],
                30,
            ),
        ])
        .deed(40, &swap)
        .notes([Note::SeatStarted(seat(2, 42))]);
    let seats = record.seats();
    assert_eq!(minutes(&seats[0]).testing_ms, 40 * MINUTE);
    assert_eq!(minutes(&seats[0]).stopped.total_ms(), 10 * MINUTE);
    // Two minutes passed until the test went on at the other one.
    assert_eq!(minutes(&seats[1]).testing_ms, 80 * MINUTE);
    assert_eq!(minutes(&seats[1]).stopped.stated_ms, 2 * MINUTE);
    assert_eq!(record.past().swaps()[0].released, None);
    let released = record.deed(130, &Deed::Released { device: machine(1) });
    assert_eq!(released.past().swaps()[0].released, Some(at(130)));
}

fn swap(old: u8, new: u8) -> Deed {
    Deed::Swapped {
        seat: Some("1".parse().unwrap()),
        old: machine(old),
        new: machine(new),
    }
}

#[test]
fn a_student_for_whom_the_test_never_goes_on_after_a_swap_waits_until_the_end() {
    let begun = Record::default().notes([Note::SeatStarted(seat(1, 0))]);
    // Seat 7 is on no list: it came with the swap alone.
    for new in [2, 7] {
        let record = Record(begun.0.clone()).deed(40, &swap(1, new));
        let seats = record.seats();
        let brought = seats
            .iter()
            .find(|seat| seat.who.device == Some(device(new)))
            .unwrap();
        assert_eq!(minutes(brought).testing_ms, 80 * MINUTE);
        assert_eq!(minutes(brought).stopped.stated_ms, 80 * MINUTE);
        assert_eq!(brought.expected, new == 2);
    }
    // What it was used for before does not end it.
    let used = Record(begun.0.clone())
        .notes([Note::SeatStarted(seat(2, 5)), Note::SeatFinished(seat(2, 20))])
        .deed(40, &swap(1, 2));
    assert_eq!(minutes(&used.seats()[1]).stopped.stated_ms, 80 * MINUTE);
}

#[test]
fn a_device_that_was_brought_before_anybody_tested_is_a_seat_like_any_other() {
    let record = Record::default()
        .deed(-5, &swap(1, 2))
        .deed(2, &swap(7, 8))
        .notes([Note::SeatStarted(seat(3, 4))]);
    let seats = record.seats();
    assert_eq!(seats[1].count, SeatCount::NotStarted, "nobody sat there");
    let record = record.notes([Note::SeatStarted(seat(2, 5))]);
    let seats = record.seats();
    assert_eq!(minutes(&seats[1]).testing_ms, 115 * MINUTE);
    assert!(minutes(&seats[1]).is_quiet());
}

#[test]
fn a_device_that_was_brought_ends_with_the_seat_and_not_with_the_sitting() {
    let mut longer = sitting();
    longer.seats = (1..=2)
        .map(|nth| SeatPlan {
            device: format!("lin-{nth}").parse().unwrap(),
            seat: None,
            ends: (nth == 1).then(|| at(150)),
        })
        .collect();
    let ends = |record: &Record| {
        let seats = record.past().seats(&longer, vec![expected(2)], |_| None, at(600));
        let own = |new| {
            seats
                .iter()
                .find(|seat| seat.who.device == Some(device(new)))?
                .own
        };
        [7, 8].map(|new| own(new).map(|own| own.until))
    };
    let record = Record::default()
        .notes([Note::SeatStarted(seat(1, 0))])
        .deed(40, &swap(1, 7));
    assert_eq!(ends(&record), [Some(at(150)), None]);
    // The next one in its place has the same end, also after the room was ended.
    let record = record.deed(50, &swap(7, 8)).deed(110, &Deed::Ended);
    assert_eq!(ends(&record), [Some(at(50)), Some(at(150))]);
    let ordinary = Record::default()
        .notes([Note::SeatStarted(seat(2, 0))])
        .deed(40, &swap(2, 7));
    assert_eq!(ends(&ordinary), [Some(at(120)), None]);
}

#[test]
fn a_device_that_was_taken_away_by_mistake_goes_on_when_it_is_brought_back() {
    let record = Record::default()
        .notes([Note::SeatStarted(seat(1, 0))])
        .deed(40, &swap(1, 2))
        .deed(44, &Deed::Released { device: machine(1) })
        .deed(45, &swap(2, 1));
    let seats = record.seats();
    assert_eq!(minutes(&seats[0]).testing_ms, 120 * MINUTE);
    assert_eq!(minutes(&seats[1]).stopped.stated_ms, 5 * MINUTE);
}

#[test]
fn who_has_more_time_goes_on_when_the_room_is_over() {
    let longer = Expected {
        ends: at(150),
        ..expected(2)
    };
    let record = Record::default()
        .notes([Note::SeatStarted(seat(1, 0)), Note::SeatStarted(seat(2, 0))])
        .deed(110, &Deed::Ended);
    let seats = record
        .past()
        .seats(&sitting(), vec![expected(1), longer], |_| None, at(600));
    assert_eq!(minutes(&seats[0]).testing_ms, 110 * MINUTE);
    assert_eq!(minutes(&seats[1]).testing_ms, 150 * MINUTE);
}

#[test]
fn a_person_says_that_a_seat_has_finished() {
    let finished = Deed::SeatFinished {
        device: Spot {
            seat: None,
            device: machine(1),
        },
    };
    let record = Record::default()
        .notes([Note::SeatStarted(seat(1, 0))])
        .deed(90, &finished);
    assert_eq!(minutes(&record.seats()[0]).testing_ms, 90 * MINUTE);
    // The student came back to it.
    let again = record.notes([Note::SeatFinished(seat(1, 90)), Note::SeatStarted(seat(1, 95))]);
    assert_eq!(minutes(&again.seats()[0]).testing_ms, 120 * MINUTE);
}

#[test]
fn of_an_incident_through_two_sittings_each_counts_its_own_part() {
    let record = Record::default().notes([
        opened(
            "uplink",
            Condition::VendorUnreachable,
            vec![member(1, -40, "reading"), member(2, -40, "math")],
            -40,
        ),
        Note::SeatStarted(seat(1, 0)),
        Note::SeatStarted(seat(2, 5)),
        ended("uplink", 20),
    ]);
    let seats = record.seats();
    assert_eq!(minutes(&seats[0]).cut_off.total_ms(), 20 * MINUTE);
    assert_eq!(minutes(&seats[1]).cut_off.total_ms(), 15 * MINUTE);
}

#[test]
fn who_came_without_being_expected_has_a_row_too() {
    let record = Record::default().notes([Note::SeatStarted(seat(7, 30))]);
    let called = |_| Some("LIB-7".parse().unwrap());
    let seats = record
        .past()
        .seats(&sitting(), vec![expected(1)], called, at(600));
    assert_eq!(seats.len(), 2);
    assert!(!seats[1].expected);
    assert_eq!(seats[1].who.name.as_str(), "LIB-7");
}

#[test]
fn an_incident_that_opened_before_what_was_read_is_asked_for() {
    let join = amended("uplink", 10, vec![Change::Joined(member(1, 10, "math"))]);
    let past = Record::default().notes([join]).past();
    let asked: Vec<_> = past.unknown().map(ToString::to_string).collect();
    assert_eq!(asked, ["uplink"]);
}

#[test]
fn the_collectors_own_blindness_stands_beside_the_numbers() {
    let record = Record::default().notes([
        Note::SeatStarted(seat(1, 0)),
        Note::Blind(Blind {
            from: at(10),
            until: at(13),
        }),
    ]);
    let seat = minutes(&record.seats()[0]);
    assert_eq!(seat.blind_ms, 3 * MINUTE);
    assert_eq!(seat.heard_ms, 117 * MINUTE);
    assert!(seat.is_quiet());
}
