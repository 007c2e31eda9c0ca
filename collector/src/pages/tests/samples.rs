//! A school as the pages show it: made up, complete, a little unlucky.

use jiff::{Timestamp, tz::TimeZone};

use crate::pages::{
    self,
    time::{LocalTime, lasted, local_time, local_time_to_the_second, time_left},
    view::{verdict::Seen, *},
};

/// Every kind of page by a short name, rendered.
pub(crate) fn all() -> Vec<(&'static str, String)> {
    vec![
        ("district", pages::place::render(&district())),
        ("district-empty", pages::place::render(&district_empty())),
        ("school", pages::place::render(&school())),
        ("room", pages::room::render(&room())),
        ("room-ready", pages::room::render(&room_ready())),
        ("room-chromebooks", pages::room::render(&room_chromebooks())),
        ("room-blind", pages::room::render(&room_blind())),
        ("room-empty", pages::room::render(&room_empty())),
        ("room-every-standing", pages::room::render(&room_every_standing())),
        ("device", pages::device::render(&device())),
        ("device-silent", pages::device::render(&device_silent())),
        ("devices", pages::devices::render(&devices())),
        ("log", pages::log::render(&log())),
        ("log-empty", pages::log::render(&log_empty())),
        ("incident", pages::incident::render(&incident())),
        ("sign-in", pages::sign_in::render(&sign_in(SignInReason::Needed))),
        (
            "sign-in-spent",
            pages::sign_in::render(&sign_in(SignInReason::Spent)),
        ),
        ("not-found", pages::error::render(&error(ErrorKind::NotFound))),
        ("forbidden", pages::error::render(&error(ErrorKind::Forbidden))),
        ("failed", pages::error::render(&error(ErrorKind::Failed))),
        (
            "unavailable",
            pages::error::render(&error(ErrorKind::Unavailable)),
        ),
    ]
}

fn moment(clock: &str) -> Timestamp {
    format!("2026-11-24T{clock}-06:00").parse().unwrap()
}

fn now() -> Timestamp {
    moment("10:41:19")
}

fn zone() -> TimeZone {
    TimeZone::get("America/Chicago").unwrap()
}

pub(super) fn at(clock: &str) -> LocalTime {
    local_time(moment(clock), now(), &zone())
}

fn exactly(clock: &str) -> LocalTime {
    local_time_to_the_second(moment(clock), now(), &zone())
}

fn frame(title: &str, depth: usize) -> Frame {
    let places = [
        Link::new("RoomReady", "/"),
        Link::new("Lincoln Middle School", "/schools/lincoln"),
        Link::new("Room 101", "/rooms/lincoln-101"),
    ];
    Frame {
        title: title.to_owned(),
        trail: places.into_iter().take(depth).collect(),
        log: Some(Link::new("Incident log", "/schools/lincoln/incidents")),
        stream: Some("/stream".to_owned()),
        made_at: exactly("10:41:19"),
        zone: "America/Chicago".to_owned(),
    }
}

fn seat(place: usize, standing: Standing, reason: &str, battery: u8) -> SeatTile {
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

fn session(phase: Phase) -> SessionState {
    SessionState::Now(SessionNow {
        name: "Grade 7 Math".to_owned(),
        requirements: "TestNav 2026-27 requirements".to_owned(),
        phase,
        time_left: Some(time_left(moment("11:53:30"), now())),
        window: "08:00 to 11:53".to_owned(),
        opened: (phase == Phase::Testing).then(|| "30 of 30 have opened TestNav".to_owned()),
    })
}

fn board(mut seats: Vec<SeatTile>, state: SessionState, watch: String, blind: Option<&str>) -> RoomBoard {
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
        },
        verdict: Verdict::of(Seen {
            phase,
            seats: &seats,
            test_app: "TestNav",
            blind_since: blind,
        }),
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
            log_url: "/rooms/lincoln-101/incidents".to_owned(),
        },
    }
}

/// Thirty laptops, two in trouble.
pub(super) fn room() -> RoomBoard {
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
        incidents: IncidentPanel {
            open: vec![silent(), crashed()],
            ended_today: 1,
            log_url: "/rooms/lincoln-101/incidents".to_owned(),
        },
        ..board(seats, session(Phase::Testing), watch, None)
    }
}

fn room_ready() -> RoomBoard {
    let seats = (1..=28)
        .map(|place| seat(place, Standing::Ready, "", 88))
        .collect();
    board(
        seats,
        session(Phase::Sweep),
        who_watches(&[], None, &[(28, "laptops")]),
        None,
    )
}

/// Most of the room cannot be watched, and the page does not pretend.
pub(super) fn room_chromebooks() -> RoomBoard {
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

fn room_blind() -> RoomBoard {
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

fn room_empty() -> RoomBoard {
    let none = SessionState::None {
        how_to: "Sessions are set in the collector's configuration file.".to_owned(),
    };
    board(Vec::new(), none, who_watches(&[], None, &[]), None)
}

fn room_every_standing() -> RoomBoard {
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

fn silent() -> IncidentCard {
    IncidentCard {
        key: "7f3a".to_owned(),
        headline: "Seat 12 went silent".to_owned(),
        since: at("10:40:41"),
        state: IncidentState::Open,
        place: "Room 101".to_owned(),
        how_many: "1 device".to_owned(),
        ruled_out: vec!["29 of 29 other devices in this room are heard".to_owned()],
        what_to_do: Some(DEFAULT_WHAT_TO_DO.to_owned()),
        acknowledged: None,
        seen_by: "Seen by RoomReady".to_owned(),
        url: "/incidents/7f3a".to_owned(),
    }
}

fn crashed() -> IncidentCard {
    IncidentCard {
        key: "81bc".to_owned(),
        headline: "TestNav closed by itself at seat 19".to_owned(),
        since: at("10:38:02"),
        acknowledged: Some("The technician is on the way, said at 10:39".to_owned()),
        ruled_out: Vec::new(),
        url: "/incidents/81bc".to_owned(),
        ..silent()
    }
}

fn ended() -> IncidentCard {
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
        ruled_out: Vec::new(),
        what_to_do: None,
        url: "/incidents/11d0".to_owned(),
        ..silent()
    }
}

fn row(name: &str, place: usize, standings: &[(usize, Standing)], incidents: usize) -> PlaceRow {
    let key = name.to_lowercase().replace(' ', "-");
    let all = standings
        .iter()
        .flat_map(|(devices, standing)| std::iter::repeat_n(*standing, *devices));
    PlaceRow {
        link: Link::new(name, format!("/places/{key}")),
        place,
        tally: Tally::of(all, |standing| {
            Some(format!("/places/{key}/devices?show={}", standing.slug()))
        }),
        open_incidents: incidents,
        log_url: format!("/places/{key}/incidents"),
        now: Some(SessionLine {
            name: "Grade 7 Math".to_owned(),
            state: "Testing, 1 h 12 min left".to_owned(),
        }),
        next: Some("Grade 8 Math, 12:30".to_owned()),
        proctor: None,
        key,
    }
}

fn places(kind: PlaceKind, name: &str, rows: Vec<PlaceRow>, depth: usize) -> PlaceBoard {
    let standings = rows.iter().flat_map(|row| {
        row.tally
            .counts()
            .iter()
            .flat_map(|count| std::iter::repeat_n(count.standing, count.devices))
    });
    PlaceBoard {
        frame: frame(name, depth),
        kind,
        name: name.to_owned(),
        tally: Tally::of(standings, |standing| {
            Some(format!("/devices?show={}", standing.slug()))
        }),
        rows,
        empty: EmptyState::no_rooms("[[school]]\nid = \"lincoln\"\nname = \"Lincoln Middle School\""),
        incidents: IncidentPanel {
            open: vec![silent(), crashed()],
            ended_today: 3,
            log_url: "/incidents".to_owned(),
        },
    }
}

pub(super) fn school() -> PlaceBoard {
    use Standing::*;
    let quiet = PlaceRow {
        now: None,
        next: None,
        ..row("Library", 3, &[], 0)
    };
    let proctored = PlaceRow {
        proctor: Some("proctor here since 07:58".to_owned()),
        ..row("Room 102", 1, &[(28, Working)], 0)
    };
    let rows = vec![
        proctored,
        row(
            "Room 101",
            0,
            &[
                (1, Lost),
                (1, TestAppCrashed),
                (1, Attention),
                (1, FinishedMaybe),
                (26, Working),
            ],
            2,
        ),
        row("Room 103", 2, &[(26, NotWatched), (3, Working), (1, Unknown)], 0),
        quiet,
    ];
    places(PlaceKind::School, "Lincoln Middle School", rows, 1)
}

fn district() -> PlaceBoard {
    use Standing::*;
    let rows = vec![
        row(
            "Roosevelt Elementary",
            1,
            &[(214, NotWatched), (61, Working), (4, NeverReported)],
            0,
        ),
        row(
            "Lincoln Middle School",
            0,
            &[
                (1, Lost),
                (1, TestAppCrashed),
                (2, Attention),
                (26, NotWatched),
                (57, Working),
            ],
            2,
        ),
        row(
            "Washington High School",
            2,
            &[(1, NotReady), (12, Stale), (480, Ready)],
            0,
        ),
    ];
    places(PlaceKind::District, "Cedar Valley schools", rows, 0)
}

fn district_empty() -> PlaceBoard {
    let mut empty = places(PlaceKind::District, "Cedar Valley schools", Vec::new(), 0);
    empty.incidents.open.clear();
    empty.incidents.ended_today = 0;
    empty
}

fn check(key: &str, title: &str, result: CheckResult, measured: &str, required: &str) -> Check {
    Check {
        key: key.to_owned(),
        title: title.to_owned(),
        result,
        measured: measured.to_owned(),
        required: required.to_owned(),
        required_by: "Pearson (TestNav)".to_owned(),
        fix: None,
        read_at: Some(at("10:41:07")),
        too_old: None,
        details: Vec::new(),
    }
}

/// A laptop that misses one thing.
pub(super) fn device() -> DevicePage {
    DevicePage {
        frame: frame("LIB-12", 3),
        head: DeviceHead {
            name: "LIB-12".to_owned(),
            seat: Some("Seat 12".to_owned()),
            standing: Standing::NotReady,
            reason: Some("Too little free disk space for TestNav.".to_owned()),
            last_heard: Some(at("10:41:07")),
            battery: Some(Battery {
                percent: 64,
                charging: true,
                low: false,
            }),
        },
        checks: vec![
            check(
                "os",
                "Operating system",
                CheckResult::Pass,
                "Windows 11 Pro, build 26100",
                "Windows 10 or 11, build 19045 or newer",
            ),
            Check {
                fix: Some(Fix {
                    words: "Empty the downloads folder, or move large files to the school drive.".to_owned(),
                    deletes_data: true,
                }),
                ..check(
                    "disk",
                    "Free disk space",
                    CheckResult::Fail,
                    "612 MB",
                    "at least 1 GB",
                )
            },
            Check {
                required_by: "district policy".to_owned(),
                fix: Some(Fix {
                    words: "Plug the charger in before the session.".to_owned(),
                    deletes_data: false,
                }),
                ..check(
                    "battery",
                    "Battery lasts to the end",
                    CheckResult::Warn,
                    "64 %, lasts until about 12:10",
                    "until 11:53",
                )
            },
            Check {
                read_at: None,
                fix: Some(Fix {
                    words: "Let a technician look at the display settings once.".to_owned(),
                    deletes_data: false,
                }),
                ..check(
                    "display",
                    "Screen size",
                    CheckResult::Unknown,
                    "could not be read: no permission",
                    "at least 1024 x 768",
                )
            },
            Check {
                details: vec![Detail {
                    label: "p95 over 60 s".to_owned(),
                    value: "48 ms, jitter 6 ms, TCP".to_owned(),
                }],
                ..check(
                    "vendor",
                    "TestNav's servers answer",
                    CheckResult::Pass,
                    "yes, in 31 ms",
                    "all answer",
                )
            },
            Check {
                read_at: Some(local_time(
                    "2026-11-03T09:12:00-06:00".parse().unwrap(),
                    now(),
                    &zone(),
                )),
                too_old: Some("older than 14 days".to_owned()),
                ..check("memory", "Memory", CheckResult::Pass, "8.0 GB", "at least 4 GB")
            },
        ],
        requirements: Some("TestNav 2026-27 requirements, with Cedar Valley policy".to_owned()),
        unread: vec![Unread {
            what: "Screen size".to_owned(),
            why: "this account may not ask the display".to_owned(),
        }],
        facts: vec![
            Fact {
                label: "Model".to_owned(),
                value: "Dell Latitude 3140".to_owned(),
                read_at: None,
            },
            Fact {
                label: "Program on the device".to_owned(),
                value: "RoomReady 0.1.0".to_owned(),
                read_at: Some(at("10:41:07")),
            },
        ],
        incidents: vec![ended()],
        details: vec![Detail {
            label: "Stream".to_owned(),
            value: "0198f3a2-77aa-7cc1-9d21-5b5a4d1c0f3e".to_owned(),
        }],
    }
}

fn device_silent() -> DevicePage {
    DevicePage {
        head: DeviceHead {
            standing: Standing::NeverReported,
            reason: None,
            last_heard: None,
            battery: None,
            seat: None,
            ..device().head
        },
        checks: Vec::new(),
        unread: Vec::new(),
        facts: Vec::new(),
        incidents: Vec::new(),
        details: Vec::new(),
        ..device()
    }
}

fn devices() -> DeviceList {
    let one = |place: usize, heard: &str| DeviceRow {
        device: Link::new(format!("LIB-{place}"), format!("/devices/lib-{place}")),
        room: Some(Link::new("Room 101", "/rooms/lincoln-101")),
        seat: Some(place.to_string()),
        standing: Standing::Lost,
        reason: Some("silent since 10:40".to_owned()),
        last_heard: Some(at(heard)),
    };
    DeviceList {
        frame: Frame {
            stream: None,
            ..frame("Devices", 2)
        },
        place: "Lincoln Middle School".to_owned(),
        only: Some(Standing::Lost),
        all_url: "/schools/lincoln/devices".to_owned(),
        rows: vec![
            one(12, "10:40:41"),
            DeviceRow {
                room: None,
                seat: None,
                last_heard: None,
                ..one(14, "10:40:00")
            },
        ],
        empty: EmptyState::no_incidents(),
    }
}

pub(super) fn log() -> IncidentLog {
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

fn log_empty() -> IncidentLog {
    IncidentLog {
        open: Vec::new(),
        ended: Vec::new(),
        left_out: None,
        ..log()
    }
}

pub(super) fn incident() -> IncidentPage {
    IncidentPage {
        frame: frame("Seat 12 went silent", 3),
        card: silent(),
        members: vec![Member {
            device: Link::new("LIB-12", "/devices/lib-12"),
            seat: "Seat 12".to_owned(),
            since: exactly("10:40:41"),
            until: None,
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

fn sign_in(reason: SignInReason) -> SignInPage {
    SignInPage {
        reason,
        command: Some("roomready-collector sign-in-link --data /var/lib/roomready".to_owned()),
    }
}

fn error(kind: ErrorKind) -> ErrorPage {
    ErrorPage {
        kind,
        subject: (kind == ErrorKind::NotFound).then(|| "a room called \"room-999\"".to_owned()),
        reference: (kind == ErrorKind::Failed).then(|| "c-20261124-104119-7".to_owned()),
    }
}
