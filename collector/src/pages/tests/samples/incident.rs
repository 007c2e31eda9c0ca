//! Incidents: open and ended.

use super::{at, exactly, frame, moment};
use crate::pages::{time::lasted, view::*};

pub(in crate::pages::tests) fn silent() -> IncidentCard {
    IncidentCard {
        key: "7f3a".to_owned(),
        headline: "Seat 12 went silent".to_owned(),
        since: at("10:40:41"),
        state: IncidentState::Open,
        place: "Room 101".to_owned(),
        how_many: "1 device".to_owned(),
        cause: None,
        ruled_out: vec![
            "this room's Wi-Fi or power (29 of 29 other devices in this room are heard)".to_owned(),
        ],
        what_to_do: Some(crate::domain::incident::WHAT_TO_DO.to_owned()),
        technician: Some("Check cables, access points, switch and router.".to_owned()),
        acknowledged: None,
        seen_by: "Seen by RoomReady".to_owned(),
        on_my_way_url: Some("/schools/lincoln/rooms/101/on-my-way?incident=7f3a".to_owned()),
        url: Some("/incidents/7f3a".to_owned()),
    }
}

pub(in crate::pages::tests) fn crashed() -> IncidentCard {
    IncidentCard {
        key: "81bc".to_owned(),
        headline: "TestNav closed by itself at seat 19".to_owned(),
        since: at("10:38:02"),
        technician: None,
        acknowledged: Some("On my way: M. Reyes, technician, 10:39".to_owned()),
        cause: None,
        ruled_out: Vec::new(),
        url: Some("/incidents/81bc".to_owned()),
        ..silent()
    }
}

pub(in crate::pages::tests) fn ended() -> IncidentCard {
    IncidentCard {
        key: "11d0".to_owned(),
        headline: "14 devices went silent together".to_owned(),
        since: at("08:52:10"),
        state: IncidentState::Ended {
            at: at("08:58:40"),
            lasted: lasted(moment("08:52:10"), moment("08:58:40")),
            how: "all heard again".to_owned(),
        },
        place: "Room 103".to_owned(),
        how_many: "14 devices".to_owned(),
        cause: None,
        ruled_out: Vec::new(),
        what_to_do: None,
        on_my_way_url: None,
        url: Some("/incidents/11d0".to_owned()),
        ..silent()
    }
}

pub(in crate::pages::tests) fn log() -> IncidentLog {
    IncidentLog {
        frame: Frame {
            log: None,
            ..frame("Incident log", 2)
        },
        place: "Lincoln Middle School".to_owned(),
        open: vec![silent(), crashed()],
        ended: vec![ended()],
        empty: EmptyState::no_incidents(),
        left_out: Some("The 200 newest are shown.".to_owned()),
    }
}

pub(in crate::pages::tests) fn log_empty() -> IncidentLog {
    IncidentLog {
        open: Vec::new(),
        ended: Vec::new(),
        left_out: None,
        ..log()
    }
}

pub(in crate::pages::tests) fn incident() -> IncidentPage {
    IncidentPage {
        frame: frame("Seat 12 went silent", 3),
        card: silent(),
        members: vec![Member {
            device: Link::new("LIB-12", "/devices/lib-12"),
            seat: "Seat 12".to_owned(),
            since: exactly("10:38:07"),
            until: None,
            apart: Some("2 times: 10:38:07 to 10:39:30, since 10:40:41".to_owned()),
        }],
        story: vec![
            StoryLine {
                at: exactly("10:40:53"),
                words: "LIB-12 went silent".to_owned(),
                by: "RoomReady".to_owned(),
            },
            StoryLine {
                at: exactly("10:41:03"),
                words: "Incident opened".to_owned(),
                by: "RoomReady".to_owned(),
            },
        ],
        details: vec![Detail {
            label: "Entry".to_owned(),
            value: "1042".to_owned(),
        }],
    }
}
