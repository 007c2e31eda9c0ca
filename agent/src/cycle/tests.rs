//! Stories of one device's cycle.

use super::*;
use roomready_shared::ids::{RoomId, RoomRef, SchoolId, SessionId, Title};
use roomready_shared::requirement::Requirement;
use roomready_shared::timetable::{Timetable, Timing};
use roomready_shared::wire::v1::Sitting;

/// Minute 0 of every test's sitting.
const ZERO: i64 = 1_800_000_000;

pub(crate) fn at_minute(minute: i64) -> Timestamp {
    Timestamp::from_second(ZERO + minute * 60).expect("a time")
}

/// A sitting that is prepared an hour before it starts.
pub(crate) fn sitting(starts: i64, ends: i64, seat_ends: i64) -> Sitting {
    Sitting {
        session: SessionId::parse("math").expect("an id"),
        timetable: Timetable::new(
            at_minute(starts - 60),
            at_minute(starts),
            at_minute(ends),
            vec![],
            Timing::Timed,
        )
        .expect("a timetable"),
        seat_ends: at_minute(seat_ends),
    }
}

pub(crate) fn device() -> DeviceId {
    DeviceId::new(uuid::Uuid::from_bytes([7; 16]))
}

pub(crate) fn assignment(requirement: Option<Requirement>, sittings: Vec<Sitting>) -> Assignment {
    Assignment {
        tag: ShortText::fit("tag-1"),
        device: device(),
        room: RoomRef {
            school: SchoolId::parse("lincoln").expect("an id"),
            room: RoomId::parse("101").expect("an id"),
        },
        room_title: Title::parse("Room 101").expect("a title"),
        seat: None,
        requirement,
        sittings,
        during_test: DuringTest::Quiet,
        valid_until: at_minute(60 * 24 * 4),
    }
}
