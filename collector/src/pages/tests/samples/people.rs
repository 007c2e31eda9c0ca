//! People in a room, their links and sheets.

use super::{at, frame, room};
use crate::account::second_factor::CodeImage;
use crate::pages::view::*;

pub(super) fn said(seq: u64, words: &str, clock: &str, by: &str) -> Said {
    Said {
        seq,
        words: words.to_owned(),
        at: at(clock),
        by: by.to_owned(),
    }
}

pub(super) const JONES: &str = "A. Jones, substitute";

fn trouble() -> TroubleLine {
    TroubleLine {
        said: said(38, "Seat 12: message 8026", "10:38:10", JONES),
        meaning: Some(Meaning::Known {
            meaning: "The test could not be loaded".to_owned(),
            action: Some("Exit the test, resume the student, sign in again.".to_owned()),
        }),
    }
}

pub(in crate::pages::tests) fn people() -> PeopleStrip {
    PeopleStrip {
        mark: "0a1b2c3d4e5f".to_owned(),
        hand: Some(said(39, "", "10:39:30", JONES)),
        pauses: vec![said(36, "Everybody here is paused since", "10:36:00", JONES)],
        troubles: vec![
            trouble(),
            TroubleLine {
                said: said(37, "Seat 3: message XYZ", "10:39:10", JONES),
                meaning: Some(Meaning::Unknown),
            },
        ],
        run: Some(said(20, "Started", "09:02:00", JONES)),
        still: Some(said(35, "Some students stopped:", "10:35:00", JONES)),
        on_the_way: vec![said(40, "seat 19", "10:39:50", "M. Reyes, technician")],
        proctors: Some("Proctor here since 08:41: A. Jones, substitute".to_owned()),
        past: vec![said(30, "Paused from 09:30 to 09:42", "09:50:00", JONES)],
        aside: vec![said(31, "LIN-7 (seat 7)", "09:55:00", JONES)],
        notes: vec![said(22, "Seat 4 reads the wrong test.", "09:14:00", JONES)],
    }
}

fn choice(device: &str, label: &str) -> SeatChoice {
    SeatChoice {
        device: device.to_owned(),
        label: label.to_owned(),
    }
}

pub(in crate::pages::tests) fn actions() -> Actions {
    let step = |slug, offer, yes| StepForm {
        slug,
        offer,
        meaning: "Everybody who watches this room sees it. Nothing happens on students' devices.",
        yes,
    };
    let numbered = |seat: usize| choice(&format!("LIN-{seat}"), &format!("Seat {seat}"));
    Actions {
        url: "/schools/lincoln/rooms/101".to_owned(),
        session: "math".to_owned(),
        ask_still: true,
        said_still: Some("Some students stopped".to_owned()),
        paused: Some("10:36".to_owned()),
        finished: (4..10).map(numbered).collect(),
        troubles: vec![choice("LIN-12", "Seat 12: message 8026")],
        hand_is_up: true,
        steps: vec![
            step("break", "Begin a break", "Yes, begin the break"),
            step("end", "End the test", "Yes, end the test"),
        ],
        undo: vec![Undo {
            seq: 41,
            words: "On my way 10:39".to_owned(),
            until: "10:41:50".to_owned(),
        }],
        seats: (1..31).map(numbered).collect(),
        aside: vec![choice("LIN-7", "LIN-7 (seat 7)")],
    }
}

pub(in crate::pages::tests) fn school_pause() -> SchoolPause {
    SchoolPause {
        url: "/schools/lincoln".to_owned(),
        paused: Some("10:36".to_owned()),
        undo: actions().undo,
    }
}

pub(in crate::pages::tests) fn school_paused() -> Said {
    said(36, "Everybody in this school is paused since", "10:36:00", JONES)
}

pub(in crate::pages::tests) fn seat_page() -> SeatPage {
    SeatPage {
        frame: frame("Seat 4, Room 101", 3),
        seat: "Seat 4".to_owned(),
        device: "LIN-4".to_owned(),
        now: at_seat(),
        device_url: Some("/devices/4".to_owned()),
        url: "/schools/lincoln/rooms/101".to_owned(),
        session: "math".to_owned(),
        back: Link::new("Back to the room", "/schools/lincoln/rooms/101"),
    }
}

fn at_seat() -> AtSeat {
    AtSeat {
        seat: "Seat 4".to_owned(),
        device: "LIN-4".to_owned(),
        standing: "Finished?, TestNav closed at 10:31".to_owned(),
        to_do: Some(crate::domain::incident::WHAT_TO_DO.to_owned()),
        trouble: Some(trouble()),
        may_be_finished: true,
        gone: None,
    }
}

/// The same once somebody else has swapped its device.
pub(in crate::pages::tests) fn gone() -> AtSeat {
    AtSeat {
        gone: Some(Gone {
            words: "LIN-4 was swapped for CART-9 at 10:40.".to_owned(),
            instead: Some(Link::new(
                "Go to CART-9",
                "/schools/lincoln/rooms/101/seat?device=CART-9",
            )),
        }),
        ..at_seat()
    }
}

pub(in crate::pages::tests) fn swap_page(found: usize) -> SwapPage {
    SwapPage {
        frame: frame("Give seat 4 another device?", 3),
        question: "Give seat 4 another device?".to_owned(),
        url: "/schools/lincoln/rooms/101".to_owned(),
        session: "math".to_owned(),
        old: "LIN-4".to_owned(),
        now: at_seat(),
        typed: "4821".to_owned(),
        found: (0..found)
            .map(|cart| {
                choice(
                    &format!("CART-{cart}-4821"),
                    &format!("CART-{cart}-4821, Library"),
                )
            })
            .collect(),
        back: Link::new("Back to the room", "/schools/lincoln/rooms/101"),
    }
}

/// The same room as its proctor sees it: nothing leads away.
pub(in crate::pages::tests) fn room_of_a_proctor() -> RoomBoard {
    let mut board = room();
    board.frame.trail = Vec::new();
    board.frame.log = None;
    board.proctors = None;
    board.incidents.log_url = None;
    for seat in &mut board.seats {
        seat.url = Some(format!(
            "/schools/lincoln/rooms/101/seat?device=LIN-{}",
            seat.label
        ));
    }
    board.incidents.open.iter_mut().for_each(|card| card.url = None);
    board
}

pub(in crate::pages::tests) fn confirm() -> ConfirmPage {
    ConfirmPage {
        frame: frame("Seat 12 is not answering", 3),
        question: "Seat 12 is not answering".to_owned(),
        meaning: "Say that you are on the way. Everybody who watches this room sees it for 10 minutes."
            .to_owned(),
        action: "/schools/lincoln/rooms/101/on-my-way?incident=seat-12-lost".to_owned(),
        yes: "I am on my way".to_owned(),
        back: Link::new("No, back to the room", "/schools/lincoln/rooms/101"),
    }
}

pub(in crate::pages::tests) fn say() -> SayPage {
    SayPage {
        headline: "This link worked until 11:00".to_owned(),
        words: vec!["Ask your coordinator.".to_owned()],
        next: Some(Link::new("Back to the room", "/schools/lincoln/rooms/101")),
    }
}

pub(in crate::pages::tests) fn enter() -> EnterPage {
    EnterPage {
        room: "Room 101".to_owned(),
        session: "Grade 7 Math, today 12:30".to_owned(),
        token: "0".repeat(64),
        problem: Some("This is not the room word; ask your coordinator to say it again.".to_owned()),
        name: "A. Jones".to_owned(),
        roles: vec![("teacher", false), ("substitute", true)],
    }
}

pub(in crate::pages::tests) fn proctors() -> ProctorsPage {
    let url = "/schools/lincoln/sessions/math/proctors";
    let browser = |name: &str, last_seen| BrowserRow {
        id: name.to_lowercase(),
        name: name.to_owned(),
        role: "substitute".to_owned(),
        since: at("08:41:00"),
        last_seen,
    };
    let link = LinkCard {
        key: "7c".to_owned(),
        state: "Works until 12:30".to_owned(),
        holds: true,
        made_at: at("07:30:00"),
        made_by: "Ada Byron, school coordinator".to_owned(),
        wrong_words: Some("1 wrong room word in the last minutes".to_owned()),
        sheet_url: Some(format!("{url}/7c/sheet")),
        browsers: "1 browser".to_owned(),
        inside: vec![browser("Jones", Some(at("10:41:00"))), browser("Lee", None)],
    };
    ProctorsPage {
        frame: frame("Proctors", 3),
        session: "Grade 7 Math".to_owned(),
        place_and_time: "Room 101, Tue 24 Nov, 08:30 to 11:30".to_owned(),
        window: "Links work from 07:00 to 12:30, and move with the session.".to_owned(),
        no_links: None,
        no_code: None,
        word: Some("4821".to_owned()),
        links: vec![
            link.clone(),
            LinkCard {
                key: "8d".to_owned(),
                state: "Ended 07:29".to_owned(),
                holds: false,
                sheet_url: None,
                inside: Vec::new(),
                wrong_words: None,
                browsers: "Nobody has entered".to_owned(),
                ..link
            },
        ],
        may_make: true,
        sheet_url: format!("{url}/sheet"),
        url: url.to_owned(),
    }
}

pub(in crate::pages::tests) fn proctors_on_paper() -> ProctorsPage {
    ProctorsPage {
        no_links: Some("This district lets proctors work on paper.".to_owned()),
        links: Vec::new(),
        word: None,
        may_make: false,
        ..proctors()
    }
}

fn sheet_of(kind: SheetKind) -> SheetPage {
    SheetPage {
        district: "Cedar Valley Schools".to_owned(),
        school: "Lincoln Middle School".to_owned(),
        room: "Room 101".to_owned(),
        session: "Grade 7 Math".to_owned(),
        times: "Tue 24 Nov, 08:30 to 11:30".to_owned(),
        phone_rule: Some(
            "Phones of staff stay switched off and out of sight while students test.".to_owned(),
        ),
        approved: vec![(
            "The school's network, the school's internet connection".to_owned(),
            "Keep students seated and devices on. Do not close the test.".to_owned(),
        )],
        kind,
        back: Link::new(
            "Back to the proctors of this session",
            "/schools/lincoln/sessions/math/proctors",
        ),
    }
}

pub(in crate::pages::tests) fn sheet() -> SheetPage {
    let address = "http://127.0.0.1:7443/proctor?token=";
    let mut pieces = vec![address.to_owned()];
    pieces.extend(std::iter::repeat_n("4f2a".to_owned(), 16));
    sheet_of(SheetKind::Link {
        works: "07:00 to 12:30".to_owned(),
        code: CodeImage::of(&pieces.concat()),
        address: pieces,
        no_code: None,
    })
}

pub(in crate::pages::tests) fn sheet_on_paper() -> SheetPage {
    sheet_of(SheetKind::Paper)
}
