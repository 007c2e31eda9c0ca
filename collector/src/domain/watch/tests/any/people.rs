//! What people press while anything comes in, allowed or not: the watch believes no rule of the pages.

use proptest::prelude::*;

use super::NAMES;
use crate::domain::entry::Actor;
use crate::domain::people::{Act, Deed, Machine, Press, Spot, StillWorking, Symptom};
use crate::domain::watch::tests::school::{at, id};
use crate::domain::watch::{Input, Said};

/// Where, what, and how long before it arrives it was pressed.
pub(super) type AnyPress = (usize, Deed, Option<i64>);

/// Room 101, 102, 103, the whole school; each room with a sitting of its own.
const ROOMS: [Option<(&str, &str)>; 4] = [
    Some(("101", "math-7")),
    Some(("102", "math-7-102")),
    Some(("103", "math-7-103")),
    None,
];

/// One of the school, or one that no roster knows.
fn machine() -> impl Strategy<Value = Machine> {
    (0..=NAMES.len()).prop_map(|nth| match NAMES.get(nth) {
        Some(name) => Machine {
            name: name.parse().unwrap(),
            device: Some(id(name)),
        },
        None => Machine {
            name: "SPARE-1".parse().unwrap(),
            device: None,
        },
    })
}

fn spot() -> impl Strategy<Value = Spot> {
    machine().prop_map(|device| Spot { seat: None, device })
}

fn deed() -> impl Strategy<Value = Deed> {
    let second = || -1_200..4_000_i64;
    prop_oneof![
        1 => Just(Deed::Started),
        1 => Just(Deed::BreakBegun),
        1 => Just(Deed::BreakEnded),
        1 => Just(Deed::Ended),
        2 => (1..30_u64).prop_map(Deed::Undone),
        4 => spot().prop_map(|seat| Deed::Symptom { seat, symptom: Symptom::CannotSignIn }),
        1 => spot().prop_map(|seat| Deed::Symptom { seat, symptom: Symptom::Frozen }),
        2 => spot().prop_map(|device| Deed::SeatHelped { device }),
        2 => spot().prop_map(|device| Deed::SeatFinished { device }),
        2 => (machine(), machine()).prop_map(|(old, new)| Deed::Swapped { seat: None, old, new }),
        1 => machine().prop_map(|device| Deed::Released { device }),
        1 => (second(), prop::option::of(second())).prop_map(|(from, until)| Deed::Paused {
            from: at(from),
            until: until.map(at),
        }),
        1 => second().prop_map(|from| Deed::Resumed { from: at(from) }),
        2 => prop::sample::select(vec![StillWorking::All, StillWorking::Some, StillWorking::None])
            .prop_map(Deed::StillWorking),
    ]
}

/// Mostly nothing.
pub(super) fn presses() -> impl Strategy<Value = Vec<AnyPress>> {
    let press = (0..ROOMS.len(), deed(), prop::option::weighted(0.2, 0..900_i64));
    prop_oneof![
        5 => Just(Vec::new()),
        1 => prop::collection::vec(press, 1..4),
    ]
}

/// As it stands in the record, at this number.
pub(super) fn said((place, deed, before): &AnyPress, seq: u64, arrived: jiff::Timestamp) -> Input {
    let room = ROOMS[*place];
    let press = before.map(|seconds| Press {
        key: uuid::Uuid::from_u128(seq.into()),
        at: arrived - jiff::SignedDuration::from_secs(seconds),
    });
    Input::Person(Said {
        room: room.map(|(room, _)| room.parse().unwrap()),
        act: Act {
            seq,
            at: arrived,
            press,
            by: Actor::Console,
            session: room.map(|(_, session)| session.parse().unwrap()),
            deed: deed.clone(),
        },
    })
}
