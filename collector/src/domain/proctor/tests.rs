use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use roomready_shared::ids::{ProctorLinkId, RoomRef};
use roomready_shared::timetable::{Timetable, Timing};
use roomready_shared::wire::v1::DuringTest;
use uuid::Uuid;

use super::*;
use crate::domain::entry::Actor;
use crate::domain::plan::{District, Draft, Paces, School, SeatPlan, Session};
use crate::secret::SecretHash;

mod any;

/// Minutes after nine.
fn at(minute: i64) -> Timestamp {
    let nine: Timestamp = "2026-10-06T09:00:00Z".parse().unwrap();
    nine + SignedDuration::from_mins(minute)
}

fn room(id: &str) -> RoomRef {
    RoomRef {
        school: "lincoln-ms".parse().unwrap(),
        room: id.parse().unwrap(),
    }
}

fn session(in_room: &str, starts: i64, ends: i64, last_seat: Option<i64>) -> Session {
    let seat = |ends| SeatPlan {
        device: "LIN-1".parse().unwrap(),
        seat: None,
        ends: Some(at(ends)),
    };
    Session {
        id: "math".parse().unwrap(),
        title: "Grade 7 Math".parse().unwrap(),
        room: room(in_room),
        timetable: Timetable::new(at(starts - 60), at(starts), at(ends), vec![], Timing::Timed).unwrap(),
        requirement: None,
        seats_expected: None,
        seats: last_seat.map(seat).into_iter().collect(),
    }
}

fn district(sessions: Vec<Session>) -> District {
    let rooms = ["101", "102"].map(|id| (id.parse().unwrap(), id.parse().unwrap()));
    let school = School {
        title: "Lincoln".parse().unwrap(),
        rooms: rooms.into(),
        site: crate::domain::plan::Site::default(),
        access_points: BTreeMap::new(),
    };
    let device = crate::domain::plan::RosterEntry {
        name: "LIN-1".parse().unwrap(),
        platform: roomready_shared::facts::Platform::Linux,
        room: room("101"),
        seat: None,
        serial: None,
        watched: crate::domain::plan::Watched::ByAgent,
    };
    District::new(Draft {
        name: "Cedar Valley".parse().unwrap(),
        time_zone: "UTC".to_owned(),
        during_test: DuringTest::Quiet,
        paces: Paces::default(),
        proctoring: Proctoring::default(),
        outside: None,
        requirement: None,
        schools: BTreeMap::from([("lincoln-ms".parse().unwrap(), school)]),
        roster: vec![device],
        sessions,
    })
    .unwrap()
}

fn link() -> ProctorLink {
    ProctorLink {
        id: ProctorLinkId::new(Uuid::from_u128(1)),
        token: SecretHash::from_bytes([1; 32]),
        session: "math".parse().unwrap(),
        word: "4821".parse().unwrap(),
        made_by: Actor::Staff(None),
        made_at: at(-600),
        revoked_at: None,
    }
}

fn from(address: &str) -> Origin {
    Origin::of(address.parse::<IpAddr>().unwrap())
}

fn word(state: LinkState<'_>) -> &'static str {
    match state {
        LinkState::Early(..) => "early",
        LinkState::Open(..) => "open",
        LinkState::Over(..) => "over",
        LinkState::Revoked(_) => "revoked",
        LinkState::NoSession => "no session",
    }
}

#[test]
fn a_link_opens_ninety_minutes_before_and_closes_an_hour_after_the_last_seat() {
    let district = district(vec![session("101", 0, 90, Some(120))]);
    let states = [-91, -90, 0, 179, 180].map(|minute| word(link().state(&district, at(minute))));
    assert_eq!(states, ["early", "open", "open", "open", "over"]);
}

#[test]
fn a_link_follows_its_sitting_to_another_hour_and_another_room() {
    let morning = district(vec![session("101", 0, 90, None)]);
    let afternoon = district(vec![session("102", 240, 330, None)]);
    assert_eq!(link().state(&morning, at(0)).room(), Some(&room("101")));
    assert_eq!(word(link().state(&afternoon, at(0))), "early");
    let (session, _) = link().state(&afternoon, at(240)).open().unwrap();
    assert_eq!(session.room, room("102"));
    assert_eq!(word(link().state(&district(vec![]), at(0))), "no session");
}

#[test]
fn a_revoked_link_opens_nothing_whatever_the_hour() {
    let district = district(vec![session("101", 0, 90, None)]);
    let mut link = link();
    link.revoked_at = Some(at(-1));
    for minute in [-200, 0, 200] {
        assert_eq!(word(link.state(&district, at(minute))), "revoked");
    }
}

#[test]
fn the_word_lets_in_and_a_second_browser_too() {
    let mut guesses = Guesses::default();
    for inside in [0, 1] {
        assert_eq!(
            enter(
                &mut guesses,
                &link(),
                "48-21".parse().ok(),
                inside,
                from("10.0.0.7"),
                0
            ),
            Ok(())
        );
    }
    let full = enter(
        &mut guesses,
        &link(),
        "4821".parse().ok(),
        MOST_BROWSERS_A_LINK,
        from("10.0.0.7"),
        0,
    );
    assert_eq!(full, Err(NotEntered::Full));
}

#[test]
fn wrong_words_make_the_next_try_wait_longer_but_never_for_long() {
    let mut guesses = Guesses::default();
    let (mut now, mut waits) = (0, Vec::new());
    for _ in 0..9 {
        let Err(NotEntered::WrongWord { wait }) = enter(
            &mut guesses,
            &link(),
            "0000".parse().ok(),
            0,
            from("10.0.0.7"),
            now,
        ) else {
            panic!("a wrong word lets nobody in")
        };
        waits.push(wait.as_secs());
        now += u64::try_from(wait.as_millis()).unwrap();
    }
    assert_eq!(waits, [0, 0, 2, 4, 8, 16, 30, 30, 30]);
    let soon = enter(
        &mut guesses,
        &link(),
        "4821".parse().ok(),
        0,
        from("10.0.0.7"),
        now - 1_000,
    );
    assert!(
        matches!(soon, Err(NotEntered::Wait { .. })),
        "not even looked at: {soon:?}"
    );
    assert_eq!(
        enter(
            &mut guesses,
            &link(),
            "4821".parse().ok(),
            0,
            from("10.0.0.7"),
            now
        ),
        Ok(())
    );
    assert_eq!(
        guesses.tried(link().id, now),
        9,
        "the coordinator still sees what was tried"
    );
}

#[test]
fn one_who_guesses_does_not_make_others_wait_and_a_network_of_guessers_only_little() {
    let mut guesses = Guesses::default();
    for _ in 0..20 {
        guesses.wrong(link().id, from("10.0.0.66"), 0);
    }
    assert_eq!(guesses.wait(link().id, from("10.0.0.7"), 0), Duration::ZERO);
    for host in 0..200 {
        guesses.wrong(link().id, from(&format!("10.0.1.{host}")), 0);
    }
    assert_eq!(
        guesses.wait(link().id, from("10.0.0.7"), 0),
        Duration::from_secs(5)
    );
    let mut other = link();
    other.id = ProctorLinkId::new(Uuid::from_u128(2));
    assert_eq!(
        guesses.wait(other.id, from("10.0.0.66"), 0),
        Duration::ZERO,
        "another room"
    );
}

#[test]
fn who_has_a_whole_network_of_addresses_is_one_guesser() {
    assert_eq!(from("2001:db8::1"), from("2001:db8::ffff:2"));
    assert_ne!(from("2001:db8::1"), from("2001:db8:0:1::1"));
    assert_eq!(from("::ffff:10.0.0.7"), from("10.0.0.7"));
}

#[test]
fn a_word_is_four_digits_and_never_prints_itself() {
    assert_eq!("4 8 2 1".parse::<RoomWord>().unwrap().reveal(), "4821");
    for bad in ["", "482", "48211", "48a1", "４８２１x"] {
        assert!(bad.parse::<RoomWord>().is_err(), "{bad}");
    }
    assert_eq!(format!("{:?}", link().word), "RoomWord(…)");
}

#[test]
fn a_room_has_one_word_to_speak_until_its_links_are_ended() {
    let fresh = RoomWord::drawn([9, 9, 9, 9]);
    let mut first = link();
    assert_eq!(word_for([&first], fresh), first.word);
    first.revoked_at = Some(at(0));
    assert_eq!(word_for([&first], fresh), fresh);
}

#[test]
fn neither_name_nor_word_nor_token_is_in_the_record() {
    let proctor = Proctor {
        id: roomready_shared::ids::ProctorId::new(Uuid::from_u128(3)),
        link: link().id,
        name: "A. Jones".parse().unwrap(),
        capacity: Capacity::Substitute,
        entered_at: at(0),
        released_at: None,
    };
    let by = || Actor::Staff(None);
    for entry in [
        link().made_entry(&room("101")),
        link().revoked_entry(&room("101"), by(), at(1)),
        proctor.entered_entry(&link(), &room("101"), by()),
        proctor.released_entry(&link(), &room("101"), by(), at(2)),
    ] {
        let text = format!("{} {} {}", entry.actor, entry.subject, entry.body.as_str());
        for secret in ["Jones", "4821", &hex::encode([1; 32])] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}
