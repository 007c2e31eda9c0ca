//! Devices of Room 204 at a test that no session expects.

use super::people::{JONES, said};
use super::*;

pub(in crate::pages::tests) fn unexpected(devices: usize) -> UnexpectedPage {
    let room = "/schools/lincoln/rooms/204";
    let device = |nth: usize| UnexpectedDevice {
        key: format!("b{nth}"),
        name: format!("CART-B-{nth:02}"),
        seat_url: format!("{room}/swap?tag=CART-B-{nth:02}"),
    };
    UnexpectedPage {
        frame: frame("Not expected at a test", 3),
        room: "Room 204".to_owned(),
        now: Unexpected {
            url: room.to_owned(),
            moved: (devices > 2).then(|| Moved {
                question: "Did Room 204 move?".to_owned(),
                seen: format!(
                    "{devices} of its 6 devices have the test app open, and it has no session now."
                ),
                sessions: vec![
                    Link::new("Grade 7 Math, Room 101", "/schools/lincoln/rooms/101"),
                    Link::new("Grade 8 Reading, Room 102", "/schools/lincoln/rooms/102"),
                ],
            }),
            devices: (1..=devices).map(device).collect(),
            left: vec![LeftAlone {
                said: said(40, "CART-B-09", "10:40:00", JONES),
                undo: Some(Undo {
                    seq: 40,
                    words: "CART-B-09 left alone 10:40".to_owned(),
                    until: "10:42".to_owned(),
                }),
            }],
        },
        back: Link::new("Back to the school", "/schools/lincoln"),
    }
}

pub(in crate::pages::tests) fn choose_seat(seats: usize) -> ChooseSeatPage {
    ChooseSeatPage {
        frame: frame("A seat for CART-B-01", 3),
        question: "At which seat of Room 101 is CART-B-01?".to_owned(),
        device: "CART-B-01".to_owned(),
        url: "/schools/lincoln/rooms/101".to_owned(),
        session: "math".to_owned(),
        seats: (1..=seats)
            .map(|seat| SeatChoice {
                device: format!("LIN-{seat}"),
                label: format!("Seat {seat}: LIN-{seat}, Never reported"),
            })
            .collect(),
        rooms: vec![Link::new(
            "Grade 8 Reading, Room 102",
            "/schools/lincoln/rooms/102/swap?tag=CART-B-01",
        )],
        back: Link::new("Back", "/schools/lincoln/rooms/204/unexpected"),
    }
}
