//! The close-out sheet of a morning on which the uplink failed once.

use super::{at, frame};
use crate::pages::view::*;

pub(in crate::pages::tests) fn close_out() -> CloseOutPage {
    CloseOutPage {
        frame: Frame {
            stream: None,
            ..frame("Close-out sheet", 3)
        },
        session: "Grade 7 Math".to_owned(),
        place: "Room 101, Lincoln Middle School".to_owned(),
        planned: "Tue 24 Nov, 08:00 to 10:00".to_owned(),
        times: vec![
            "Start was pressed at 08:16, 16 minutes late.".to_owned(),
            "Nobody pressed End: it ended by the timetable.".to_owned(),
        ],
        state: "Provisional".to_owned(),
        state_why: "3 devices have not yet sent what they recorded. Numbers may still change. Final at the latest Wed 25 \
                    Nov, 10:00, 24 h after the end."
            .to_owned(),
        as_of: "As of Tue 24 Nov, 10:41:07".to_owned(),
        watched_by: "26 Chromebooks not watched one by one; room network watched by LIB-2; 30 Windows computers watched"
            .to_owned(),
        proctors: vec![ProctorWasHere {
            name: "A. Jones".to_owned(),
            role: "substitute".to_owned(),
            since: at("07:58:00"),
            until: None,
        }],
        incidents: vec![ClosedIncident {
            headline: "30 devices in 3 rooms reached no TestNav server from 09:41 on".to_owned(),
            url: "/incidents/uplink-1".to_owned(),
            when: "09:41:07 to 09:52:30, 11 min, no longer so".to_owned(),
            cause: Some("Measured by the devices: the school's connection to the internet.".to_owned()),
            first_taken_for: Some("First taken for an access-point fault.".to_owned()),
            ruled_out: vec!["the school's network (212 of 214 devices in other rooms are heard)".to_owned()],
            members: "2 devices here: seat 4 (LIN-4), seat 9 (LIN-9). 28 in other rooms or sessions".to_owned(),
            seen_by: "Seen by RoomReady",
        }],
        seats: vec![
            SeatLine {
                seat: "Seat 4".to_owned(),
                device: "LIN-4".to_owned(),
                stopped: "6 min ± 2 s, measured".to_owned(),
                cut_off: "11 min ± 2 s, measured".to_owned(),
                unheard: String::new(),
                said: Vec::new(),
                heard: "104 of 104 min".to_owned(),
            },
            SeatLine {
                seat: "Seat 9".to_owned(),
                device: "LIN-9 (not on the list)".to_owned(),
                stopped: String::new(),
                cut_off: String::new(),
                unheard: "40 s, inferred".to_owned(),
                said: vec!["10 min not heard: all working, as people said".to_owned()],
                heard: "93 of 104 min".to_owned(),
            },
        ],
        nothing: Some(Listed {
            words: "27 seats with nothing to tell".to_owned(),
            list: "Seats 1, 2, 3".to_owned(),
        }),
        not_started: Some(Listed {
            words: "1 device did not start TestNav, so nothing is counted for it".to_owned(),
            list: "Seat 30".to_owned(),
        }),
        not_watched: Some(
            "26 Chromebooks: not watched one by one. There are no minutes for them, which does not mean that nothing \
             happened."
                .to_owned(),
        ),
        pauses: vec![PauseLine {
            what: "Pause of the school",
            when: "09:10 to 09:25".to_owned(),
            by: "entered by M. Reyes, school coordinator, 09:50".to_owned(),
        }],
        aside: vec![
            "LIN-4 from seat 4, replaced by LIN-31 at 09:58: kept aside, may hold answers".to_owned(),
        ],
        not_heard_again: vec!["Seat 12 (LIN-12), last heard 09:41".to_owned()],
        limits: vec![
            "27 of 29 watched seats are known all the time; the lines of the others say for how long they are.".to_owned(),
            "RoomReady itself could see nothing from 09:30:00 to 09:31:10 (1 min). Silence in that time is not counted \
             as unheard."
                .to_owned(),
        ],
        csv_url: "/schools/lincoln/sessions/math/close-out/csv".to_owned(),
        back: Link::new("To the room", "/rooms/lincoln-101"),
    }
}

/// Nothing happened, and everything is told.
pub(in crate::pages::tests) fn close_out_of_a_quiet_day() -> CloseOutPage {
    CloseOutPage {
        state: "Final".to_owned(),
        state_why: "Every device that was heard has sent what it recorded.".to_owned(),
        incidents: Vec::new(),
        seats: Vec::new(),
        not_started: None,
        not_watched: None,
        pauses: Vec::new(),
        aside: Vec::new(),
        not_heard_again: Vec::new(),
        proctors: Vec::new(),
        ..close_out()
    }
}

/// Texts of which one is approved, one has changed since, and one is for technicians alone.
pub(in crate::pages::tests) fn what_to_do() -> WhatToDoPage {
    let text = |id: &str, about: &str, proctor: Option<&str>| TextCard {
        id: id.to_owned(),
        about: about.to_owned(),
        technician: "Check cables, access points, switch and router; then let students retry.".to_owned(),
        proctor: proctor.map(str::to_owned),
        source: "TestNav error codes (Pearson), 2025; as known on 2026-11-22".to_owned(),
        digest: "0".repeat(32),
        approved: None,
        changed: false,
    };
    let words = Some("Keep students seated and devices on. Do not close the test. Note the time.");
    WhatToDoPage {
        frame: Frame {
            stream: None,
            ..frame("What to do", 1)
        },
        default: crate::domain::incident::WHAT_TO_DO,
        texts: vec![
            TextCard {
                approved: Some("Approved by M. Reyes, district coordinator, 07:58".to_owned()),
                ..text("network", "TestNav: a fault of the room's Wi-Fi or power", words)
            },
            TextCard {
                changed: true,
                ..text("vendor", "TestNav: a fault of the vendor's servers", words)
            },
            text("intruder", "TestNav: a program disturbs the test", None),
        ],
        empty: EmptyState {
            headline: "No texts".to_owned(),
            meaning: "Rooms read the words above.".to_owned(),
            steps: Vec::new(),
        },
    }
}
