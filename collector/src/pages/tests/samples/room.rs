//! Rooms: in trouble, calm, unwatched, unseen, empty.

use super::{
    actions, frame,
    incident::{crashed, silent},
    moment, now, people,
};
use crate::pages::{
    time::time_left,
    view::{verdict::Seen, *},
};

pub(in crate::pages::tests) fn seat(place: usize, standing: Standing, reason: &str, battery: u8) -> SeatTile {
    SeatTile {
        key: place.to_string(),
        label: place.to_string(),
        place: place - 1,
        standing,
        reason: (!reason.is_empty()).then(|| reason.to_owned()),
        battery: (battery > 0).then_some(Battery {
            percent: battery,
            charging: place.is_multiple_of(7),
            low: battery < 20,
        }),
        url: Some(format!("/devices/lib-{place}")),
        device: Some(format!("LIB-{place}")),
    }
}

pub(in crate::pages::tests) fn session(phase: Phase) -> SessionState {
    SessionState::Now(SessionNow {
        name: "Grade 7 Math".to_owned(),
        requirements: "TestNav 2026-27 requirements".to_owned(),
        phase,
        time_left: Some(time_left(moment("11:53:30"), now())),
        window: "08:00 to 11:53".to_owned(),
        opened: (phase == Phase::Testing).then(|| "30 of 30 have opened TestNav".to_owned()),
    })
}

pub(in crate::pages::tests) fn board(
    mut seats: Vec<SeatTile>,
    state: SessionState,
    watch: String,
    blind: Option<&str>,
) -> RoomBoard {
    let phase = match &state {
        SessionState::Now(session) => Some(session.phase),
        _ => None,
    };
    let order = SeatOrder::WorstFirst;
    order.sort(&mut seats);
    RoomBoard {
        frame: frame("Room 101", 2),
        head: RoomHead {
            room: "Room 101".to_owned(),
            session: state,
            watch,
            batteries: None,
        },
        verdict: Verdict::of(Seen {
            phase,
            seats: &seats,
            test_app: "TestNav",
            blind_since: blind,
            paused_since: None,
            school_is_paused: false,
            shared: None,
        }),
        people: PeopleStrip::default(),
        actions: None,
        proctors: None,
        close_out: None,
        tally: Tally::of(seats.iter().map(|seat| seat.standing), |standing| {
            Some(format!("/schools/lincoln/devices?show={}", standing.slug()))
        }),
        order,
        url: "/rooms/lincoln-101".to_owned(),
        seats,
        empty: EmptyState::no_device_has_reported(
            "roomready-agent enroll --collector http://127.0.0.1:7443 --key 4f2a-91c0",
        ),
        incidents: IncidentPanel {
            open: Vec::new(),
            ended_today: 1,
            log_url: Some("/rooms/lincoln-101/incidents".to_owned()),
        },
    }
}

/// Thirty laptops, two in trouble.
pub(in crate::pages::tests) fn room() -> RoomBoard {
    let mut seats: Vec<_> = (1..=30)
        .map(|place| seat(place, Standing::Working, "", 97 - u8::try_from(place).unwrap()))
        .collect();
    seats[11] = seat(12, Standing::Lost, "silent since 10:40", 64);
    seats[18] = seat(
        19,
        Standing::TestAppCrashed,
        "TestNav closed by itself at 10:38",
        71,
    );
    seats[3] = seat(
        4,
        Standing::Attention,
        "battery 24 %, lasts until about 11:55",
        24,
    );
    seats[24] = seat(25, Standing::FinishedMaybe, "TestNav closed at 10:31", 55);
    let watch = who_watches(&[], None, &[(30, "laptops")]);
    RoomBoard {
        people: people(),
        actions: Some(actions()),
        proctors: Some("/schools/lincoln/sessions/math/proctors".to_owned()),
        close_out: None,
        incidents: IncidentPanel {
            open: vec![silent(), crashed()],
            ended_today: 1,
            log_url: Some("/rooms/lincoln-101/incidents".to_owned()),
        },
        ..board(seats, session(Phase::Testing), watch, None)
    }
}

pub(in crate::pages::tests) fn room_ready() -> RoomBoard {
    let seats = (1..=28)
        .map(|place| seat(place, Standing::Ready, "", 88))
        .collect();
    let mut board = board(
        seats,
        session(Phase::Sweep),
        who_watches(&[], None, &[(28, "laptops")]),
        None,
    );
    let batteries = "3 of 28 will not last until 11:30. Plug in seats 4, 9 and 12.";
    board.head.batteries = Some(batteries.to_owned());
    board
}

/// Most of the room cannot be watched, and the page does not pretend.
pub(in crate::pages::tests) fn room_chromebooks() -> RoomBoard {
    let mut seats: Vec<_> = (1..=26)
        .map(|place| SeatTile {
            battery: None,
            ..seat(place, Standing::NotWatched, "", 0)
        })
        .collect();
    seats.extend((27..=30).map(|place| seat(place, Standing::Working, "", 81)));
    let watch = who_watches(&[(26, "Chromebooks")], Some("LIB-2"), &[(4, "laptops")]);
    board(seats, session(Phase::Testing), watch, None)
}

pub(in crate::pages::tests) fn room_blind() -> RoomBoard {
    let seats = (1..=30)
        .map(|place| seat(place, Standing::Checking, "", 80))
        .collect();
    board(
        seats,
        session(Phase::Testing),
        who_watches(&[], None, &[(30, "laptops")]),
        Some("09:41"),
    )
}

pub(in crate::pages::tests) fn room_empty() -> RoomBoard {
    let none = SessionState::None {
        how_to: "Sessions are set in the collector's configuration file.".to_owned(),
    };
    board(Vec::new(), none, who_watches(&[], None, &[]), None)
}

pub(in crate::pages::tests) fn room_every_standing() -> RoomBoard {
    let mut seats: Vec<_> = Standing::ALL
        .into_iter()
        .enumerate()
        .map(|(place, standing)| seat(place + 1, standing, "", 50))
        .collect();
    seats.push(SeatTile {
        key: "spare".to_owned(),
        label: "LIB-SPARE-2".to_owned(),
        url: None,
        ..seat(17, Standing::NeverReported, "no seat yet", 0)
    });
    board(
        seats,
        SessionState::Next("Grade 8 Math, today 12:30".to_owned()),
        who_watches(&[], None, &[(16, "laptops")]),
        None,
    )
}
