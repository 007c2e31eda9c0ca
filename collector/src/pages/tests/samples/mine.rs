//! A technician's phone on a bad morning, and on a good one.

use super::{at, frame};
use crate::pages::view::*;

pub(crate) fn my_rooms() -> MyRoomsPage {
    let room = |room: &str| Link::new(format!("Room {room}"), format!("/schools/lincoln/rooms/{room}"));
    let line = |key: &str, of: &str, what: &str| MatterLine {
        key: key.to_owned(),
        is_hand: false,
        place: room(of),
        what: Link::new(what, format!("/incidents/{key}")),
        since: at("10:38:00"),
        how_many: Some("14 devices".to_owned()),
        on_the_way: None,
        take_url: Some(format!("/schools/lincoln/rooms/{of}/on-my-way?incident={key}")),
        undo: None,
    };
    MyRoomsPage {
        frame: frame("My rooms", 1),
        matters: Matters {
            lines: vec![
                MatterLine {
                    is_hand: true,
                    how_many: None,
                    take_url: None,
                    ..line("hand-7", "104", "Somebody asks for help")
                },
                line("a", "101", "14 devices are not answering"),
                MatterLine {
                    on_the_way: Some("On my way: M. Reyes, technician, 10:40".to_owned()),
                    take_url: None,
                    undo: Some(("/schools/lincoln/rooms/102/undo".to_owned(), 12)),
                    ..line("b", "102", "Seat 4 is not answering")
                },
            ],
            more: 2,
        },
        rooms: vec![
            MyRoom {
                key: "0".to_owned(),
                link: room("101"),
                school: "Lincoln Middle School".to_owned(),
                shared: vec![SharedMatter {
                    what: Link::new(
                        "14 devices in 2 rooms have not been heard since 9:41",
                        "/incidents/two",
                    ),
                    on_the_way: None,
                    take_url: Some("/schools/lincoln/rooms/101/on-my-way?incident=two".to_owned()),
                }],
                verdict: Verdict {
                    tone: VerdictTone::Urgent,
                    words: "14 students need help".to_owned(),
                    next: "Open the seats in red.".to_owned(),
                },
                now: Some(SessionLine {
                    name: "Grade 7 Math".to_owned(),
                    state: "Testing, 49 min left".to_owned(),
                }),
            },
            MyRoom {
                key: "1".to_owned(),
                link: room("103"),
                school: "Lincoln Middle School".to_owned(),
                shared: vec![],
                verdict: Verdict {
                    tone: VerdictTone::Fine,
                    words: "All 30 working".to_owned(),
                    next: String::new(),
                },
                now: None,
            },
        ],
        choose: choose(),
        most: 24,
        too_many: true,
    }
}

fn choose() -> Vec<SchoolRooms> {
    let chosen = ["lincoln/101".to_owned()];
    let rooms = ["101", "102", "103"];
    vec![SchoolRooms {
        school: "Lincoln Middle School".to_owned(),
        rooms: rooms
            .map(|room| Choice::new(format!("lincoln/{room}"), format!("Room {room}")).chosen_in(&chosen))
            .into(),
    }]
}

pub(crate) fn my_rooms_empty() -> MyRoomsPage {
    MyRoomsPage {
        matters: Matters {
            lines: vec![],
            more: 0,
        },
        rooms: vec![],
        too_many: false,
        ..my_rooms()
    }
}
