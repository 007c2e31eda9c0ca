use std::collections::BTreeMap;
use std::time::Duration;

use roomready_shared::ids::DeviceId;
use roomready_shared::timetable::Timing;

use roomready_shared::wire::v1::DuringTest;

use super::*;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

fn at(second: i64) -> Timestamp {
    let start: Timestamp = "2026-10-06T14:00:00Z".parse().unwrap();
    start + jiff::SignedDuration::from_secs(second)
}

fn room(id: &str) -> RoomRef {
    RoomRef {
        school: "lincoln".parse().unwrap(),
        room: id.parse().unwrap(),
    }
}

fn device(name: &str, platform: Platform, in_room: &str, seat: Option<&str>) -> RosterEntry {
    RosterEntry {
        name: name.parse().unwrap(),
        platform,
        room: room(in_room),
        seat: seat.map(|seat| seat.parse().unwrap()),
        serial: None,
        watched: Watched::student_on(platform),
    }
}

fn session(id: &str, in_room: &str, starts: i64, ends: i64) -> Session {
    Session {
        id: id.parse().unwrap(),
        title: "Math".parse().unwrap(),
        room: room(in_room),
        timetable: Timetable::new(at(starts - HOUR), at(starts), at(ends), vec![], Timing::Timed).unwrap(),
        requirement: None,
        seats_expected: None,
        seats: vec![],
    }
}

fn listed(name: &str, seat: Option<&str>, ends: Option<i64>) -> SeatPlan {
    SeatPlan {
        device: name.parse().unwrap(),
        seat: seat.map(|seat| seat.parse().unwrap()),
        ends: ends.map(at),
    }
}

fn draft() -> Draft {
    let mut sentinel = device("LIB-2", Platform::Windows, "101", None);
    sentinel.watched = Watched::Sentinel;
    let mut with_serial = device("L-1", Platform::Linux, "101", Some("1"));
    with_serial.serial = Some(ShortText::fit("SN-1"));
    Draft {
        name: "Prairie Unified".parse().unwrap(),
        time_zone: "America/Chicago".to_owned(),
        during_test: DuringTest::Quiet,
        paces: Paces::default(),
        proctoring: crate::domain::proctor::Proctoring::default(),
        outside: None,
        requirement: None,
        schools: BTreeMap::from([(
            "lincoln".parse().unwrap(),
            School {
                title: "Lincoln".parse().unwrap(),
                rooms: vec![
                    ("101".parse().unwrap(), "Room 101".parse().unwrap()),
                    ("102".parse().unwrap(), "Room 102".parse().unwrap()),
                ],
                site: Site::default(),
                access_points: BTreeMap::new(),
            },
        )]),
        roster: vec![
            with_serial,
            device("L-2", Platform::Macos, "101", Some("2")),
            device("CB-3", Platform::Chromeos, "101", Some("3")),
            device("CB-4", Platform::Chromeos, "101", Some("4")),
            sentinel,
            device("CART-1", Platform::Windows, "102", None),
        ],
        sessions: vec![
            session("math-7", "101", 0, HOUR),
            session("math-8", "101", 2 * HOUR, 3 * HOUR),
        ],
    }
}

/// Lincoln: Room 101 with students' devices and the sentinel LIB-2, and a cart in Room 102.
pub(in crate::domain) fn district() -> District {
    District::new(draft()).unwrap()
}

fn home(district: &District, name: &str) -> Home {
    district.home_of(Enrolled {
        name: &name.parse().unwrap(),
        serial: None,
        platform: Platform::Linux,
        room: &room("102"),
    })
}

#[test]
fn every_fault_is_told_at_once_in_a_plain_sentence() {
    let mut draft = draft();
    draft.time_zone = String::new();
    draft.paces.testing = Duration::ZERO;
    draft
        .roster
        .push(device("l-1", Platform::Linux, "101", Some("1")));
    draft.roster.push(device("X-1", Platform::Linux, "109", None));
    let mut impossible = device("CB-9", Platform::Chromeos, "101", None);
    impossible.watched = Watched::ByAgent;
    draft.roster.push(impossible);
    let mut clash = session("art-7", "101", HOUR - MINUTE, 2 * HOUR);
    clash.seats = vec![listed("NOBODY", None, Some(0)), listed("nobody", None, None)];
    draft.sessions.push(clash);
    let mut again = session("math-7", "999", 0, HOUR);
    again.room.school = "unknown".parse().unwrap();
    draft.sessions.push(again);
    let faults = District::new(draft).unwrap_err();
    let said: Vec<_> = faults.iter().map(ToString::to_string).collect();
    for part in [
        "the district has no time zone",
        "the testing pace is 0 s; choose 1 to 600 s",
        "device l-1 is listed twice",
        "seat 1 in room lincoln/101 has two devices; give l-1 another seat",
        "device X-1 is in room lincoln/109, which is not listed",
        "device CB-9 cannot be watched by an agent: none runs on ChromeOS",
        "sessions math-7 and art-7 are in room lincoln/101 at the same time",
        "session art-7 expects device NOBODY, which is not on the roster",
        "session art-7 lists device nobody twice",
        "in session art-7, the test on NOBODY ends before it starts",
        "session math-7 is listed twice",
        "session math-7 is in school unknown, which is not listed",
    ] {
        assert!(
            said.iter().any(|sentence| sentence.starts_with(part)),
            "{part:?} is missing in {said:#?}"
        );
    }
    assert_eq!(
        faults
            .iter()
            .find(|fault| fault.sentence.starts_with("device X-1"))
            .unwrap()
            .part,
        Part::Device(7)
    );
}

#[test]
fn a_room_shows_the_session_under_way_else_the_one_prepared_else_the_one_just_over() {
    let district = district();
    let shown = |second| {
        let chosen = district.session_at(&room("101"), at(second));
        chosen.map(|(session, phase)| (session.id.to_string(), phase))
    };
    assert_eq!(shown(-HOUR - 1), None);
    assert_eq!(shown(-1), Some(("math-7".to_owned(), Phase::Sweep)));
    assert_eq!(shown(0), Some(("math-7".to_owned(), Phase::Testing)));
    assert_eq!(shown(HOUR), Some(("math-8".to_owned(), Phase::Sweep)));
    assert_eq!(shown(3 * HOUR), Some(("math-8".to_owned(), Phase::Finished)));
    assert_eq!(shown(5 * HOUR), None);
    assert_eq!(
        district
            .next_session(&room("101"), at(0))
            .map(|session| session.id.as_str()),
        Some("math-8")
    );
}

#[test]
fn a_device_is_found_by_serial_number_else_by_name_whatever_its_capitals() {
    let district = district();
    let find = |name: &str, serial: Option<&str>| {
        let serial = serial.map(ShortText::fit);
        district
            .match_device(&name.parse().unwrap(), serial.as_ref())
            .map(|entry| entry.name.to_string())
    };
    assert_eq!(find("DESKTOP-77", Some("SN-1")).as_deref(), Some("L-1"));
    assert_eq!(find("l-2", Some("SN-unknown")).as_deref(), Some("L-2"));
    assert_eq!(find("DESKTOP-77", None), None);
    let stranger = home(&district, "DESKTOP-77");
    assert_eq!((stranger.room.room.as_str(), stranger.on_roster), ("102", false));
    assert_eq!(home(&district, "l-2").seat.unwrap().as_str(), "2");
}

#[test]
fn who_watches_a_room_is_counted() {
    let who = district().who_watches(&room("101"), at(0));
    assert_eq!(who.not_one_by_one, BTreeMap::from([(Platform::Chromeos, 2)]));
    assert_eq!(
        who.by_agent,
        BTreeMap::from([(Platform::Linux, 1), (Platform::Macos, 1)])
    );
    assert_eq!(
        who.sentinels.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["LIB-2"]
    );
}

#[test]
fn a_device_reports_more_often_the_nearer_its_test() {
    let district = district();
    let device = home(&district, "L-1");
    let pace = |second| district.pace_of(&device, at(second)).as_secs();
    assert_eq!(
        (pace(-3 * HOUR), pace(-30 * MINUTE), pace(0), pace(HOUR - 1)),
        (60, 15, 5, 5)
    );
    assert_eq!((pace(4 * HOUR), pace(0)), (60, 5));
    // Within the hour before, even where the preparation begins later.
    let mut late = draft();
    late.sessions.truncate(1);
    let times = &late.sessions[0].timetable;
    late.sessions[0].timetable =
        Timetable::new(at(-MINUTE), times.starts(), times.ends(), vec![], Timing::Timed).unwrap();
    let district = District::new(late).unwrap();
    assert_eq!(district.pace_of(&device, at(-30 * MINUTE)), Paces::default().near);
}

#[test]
fn a_session_with_its_own_list_takes_these_and_the_room_s_sentinel_only() {
    let mut draft = draft();
    draft.sessions[0].seats = vec![
        listed("CART-1", Some("7"), Some(HOUR + 30 * MINUTE)),
        listed("cb-3", None, None),
    ];
    let district = District::new(draft).unwrap();
    let session = &district.sessions()["math-7".parse::<SessionId>().as_ref().unwrap()];
    let mut expected: Vec<_> = district
        .expected(session)
        .iter()
        .map(|expected| expected.device.name.to_string())
        .collect();
    expected.sort();
    assert_eq!(expected, ["CART-1", "CB-3", "LIB-2"]);
    // The borrowed device: its own seat, its own end, in a room that is not its home.
    let cart = home(&district, "CART-1");
    let (seating, phase) = district.seating_at(&cart, at(HOUR + MINUTE)).unwrap();
    assert_eq!((seating.seat.unwrap().as_str(), phase), ("7", Phase::Testing));
    assert_eq!(
        district.phase_of(&home(&district, "L-1"), at(0)),
        Phase::Scheduled
    );
    assert_eq!(district.assignment(id(), &cart, None, at(0)).room, room("101"));
    // The session lasts until its last seat ends.
    assert_eq!(session.phase_at(at(HOUR + MINUTE)), Phase::Testing);
}

fn id() -> DeviceId {
    DeviceId::new(uuid::Uuid::from_u128(1))
}

#[test]
fn an_assignment_s_tag_changes_with_what_it_says_and_not_with_each_question() {
    let district = district();
    let device = home(&district, "L-1");
    let first = district.assignment(id(), &device, None, at(0));
    assert_eq!(first, district.assignment(id(), &device, None, at(10 * MINUTE)));
    assert_eq!(
        first
            .sittings
            .iter()
            .map(|sitting| sitting.session.as_str())
            .collect::<Vec<_>>(),
        ["math-7", "math-8"]
    );
    assert_eq!(first.room_title.as_str(), "Room 101");
    let horizon = jiff::SignedDuration::from_hours(96);
    assert!(first.valid_until.duration_since(at(0)) >= horizon);
    let after = district.assignment(id(), &device, None, at(HOUR + MINUTE));
    assert_ne!(after.tag, first.tag, "the first sitting is over");
    let next_day = district.assignment(id(), &device, None, at(24 * HOUR));
    assert!(next_day.valid_until > first.valid_until);
    assert!(next_day.sittings.is_empty());
    let mut edited = draft();
    edited.sessions[1] = session("math-8", "101", 2 * HOUR, 4 * HOUR);
    let edited = District::new(edited).unwrap();
    assert_ne!(edited.assignment(id(), &device, None, at(0)).tag, first.tag);
}
