//! People in a room, their links and sheets.

use super::{at, frame, room};
use crate::account::second_factor::CodeImage;
use crate::pages::view::*;

fn said(words: &str, clock: &str, by: &str) -> Said {
    Said {
        words: words.to_owned(),
        at: at(clock),
        by: by.to_owned(),
    }
}

pub(in crate::pages::tests) fn people() -> PeopleStrip {
    PeopleStrip {
        hand: Some(said("", "10:39:30", "A. Jones, substitute")),
        run: Some(said("Started", "09:02:00", "A. Jones, substitute")),
        on_the_way: vec![said("seat 19", "10:39:50", "M. Reyes, technician")],
        proctors: Some("Proctor here since 08:41: A. Jones, substitute".to_owned()),
        notes: vec![said(
            "Seat 4 reads the wrong test.",
            "09:14:00",
            "A. Jones, substitute",
        )],
    }
}

pub(in crate::pages::tests) fn actions() -> Actions {
    let url = "/schools/lincoln/rooms/101";
    Actions {
        url: url.to_owned(),
        hand_is_up: true,
        steps: vec![
            Link::new("Begin a break", format!("{url}/break")),
            Link::new("End the test", format!("{url}/end")),
        ],
        undo: vec![Undo {
            seq: 41,
            words: "On my way 10:39".to_owned(),
            until: "10:41:50".to_owned(),
        }],
    }
}

/// The same room as its proctor sees it: nothing leads away.
pub(in crate::pages::tests) fn room_of_a_proctor() -> RoomBoard {
    let mut board = room();
    board.frame.trail = Vec::new();
    board.frame.log = None;
    board.proctors = None;
    board.incidents.log_url = None;
    board.seats.iter_mut().for_each(|seat| seat.url = None);
    board.incidents.open.iter_mut().for_each(|card| card.url = None);
    board
}

pub(in crate::pages::tests) fn confirm() -> ConfirmPage {
    ConfirmPage {
        frame: frame("End the test in Room 101?", 3),
        question: "End the test in Room 101?".to_owned(),
        meaning: "Do it when the last student has finished. Nothing happens on students' devices.".to_owned(),
        action: "/schools/lincoln/rooms/101/end".to_owned(),
        yes: "Yes, end the test".to_owned(),
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
