use serde_json::json;

use super::*;

#[test]
fn the_same_facts_give_the_same_bytes_whatever_their_order() {
    let one = Body::of(&json!({"since": "09:41", "members": [3, 1], "cause": "power"})).unwrap();
    let other = Body::of(&json!({"cause": "power", "members": [3, 1], "since": "09:41"})).unwrap();
    assert_eq!(one, other);
    assert_eq!(
        one.as_str(),
        r#"{"cause":"power","members":[3,1],"since":"09:41"}"#
    );
}

#[test]
fn a_float_or_an_unsafe_number_is_refused_with_its_place() {
    let error = Body::of(&json!({"seats": [{"loss": 0.5}]}))
        .unwrap_err()
        .to_string();
    assert!(error.contains("it.seats[0].loss is 0.5"), "{error}");
    let error = Body::of(&json!({"n": u64::MAX})).unwrap_err().to_string();
    assert!(error.contains("it.n is 18446744073709551615"), "{error}");
    assert!(Body::of(&json!({"n": -9_007_199_254_740_991_i64})).is_ok());
    assert!(matches!(Body::of(&json!([1])), Err(NotCanonical::NotAnObject)));
}

#[test]
fn every_actor_subject_and_kind_is_read_back_as_it_was_written() {
    let device = DeviceId::new(uuid::Uuid::from_u128(7));
    let room = RoomRef {
        school: SchoolId::parse("lincoln-ms").unwrap(),
        room: "101".parse().unwrap(),
    };
    for actor in [
        Actor::Machine,
        Actor::Device(device),
        Actor::Staff(None),
        Actor::Staff(Some(Title::parse("Ms. R: technician").unwrap())),
        Actor::Account(AccountId::new(uuid::Uuid::from_u128(8))),
        Actor::Proctor(ProctorId::new(uuid::Uuid::from_u128(9))),
        Actor::Console,
        Actor::System,
    ] {
        assert_eq!(actor.to_string().parse::<Actor>().unwrap(), actor);
    }
    for subject in [
        Subject::Collector,
        Subject::School(room.school.clone()),
        Subject::Account(AccountId::new(uuid::Uuid::from_u128(8))),
        Subject::Room(room),
        Subject::Device(device),
        Subject::Session("am-1".parse().unwrap()),
        Subject::Incident("lost-7f".parse().unwrap()),
        Subject::Key("3f9a01bc77de".parse().unwrap()),
    ] {
        assert_eq!(subject.to_string().parse::<Subject>().unwrap(), subject);
    }
    for kind in EntryKind::ALL {
        assert_eq!(kind.word().parse::<EntryKind>().unwrap(), *kind);
    }
    for bad in ["", "robot", "device:12", "staff:", "room:x"] {
        assert!(bad.parse::<Actor>().is_err(), "{bad}");
        assert!(bad.parse::<Subject>().is_err(), "{bad}");
    }
}

#[test]
fn an_entry_keeps_whole_milliseconds_and_never_lies_in_the_future_of_its_cause() {
    let at: Timestamp = "2026-10-06T08:00:00.1239Z".parse().unwrap();
    let (kind, subject) = (EntryKind::CollectorStarted, Subject::Collector);
    let entry = NewEntry::new(at, None, Actor::System, kind, subject, Body::empty());
    assert_eq!(entry.at(), "2026-10-06T08:00:00.123Z".parse().unwrap());
}
