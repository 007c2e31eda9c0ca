use super::super::{Answered, Assigned, SCHEMA, Told, judge};
use super::*;
use crate::layout::WIDTH;
use roomready_shared::ids::RoomRef;

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn running() -> Status {
    Status {
        schema: SCHEMA.into(),
        agent_version: "0.1.0".into(),
        pid: 4242,
        started: at("2026-10-06T12:42:10Z"),
        written: at("2026-10-06T14:41:10Z"),
        stage: Stage::Watching,
        phase: Some(Phase::Testing),
        manner: Manner::Quiet,
        answered: Some(Answered {
            address: "collector.cedar-valley.example:8443".into(),
            at: at("2026-10-06T14:41:03Z"),
        }),
        trouble: None,
        past_trouble: None,
        waiting: 0,
        assignment: Some(Assigned {
            room: RoomRef {
                school: "lincoln-ms".parse().expect("a school"),
                room: "101".parse().expect("a room"),
            },
            title: "Room 101".parse().expect("a title"),
            valid_until: at("2026-10-06T23:00:00Z"),
        }),
        widened: None,
    }
}

fn drawn(status: Option<Status>, alive: bool) -> String {
    let around = Around {
        name: Some("CART-3-12".into()),
        data: "/var/lib/roomready-agent".into(),
    };
    let times = Times {
        now: at("2026-10-06T14:41:15Z"),
        zone: TimeZone::fixed(jiff::tz::offset(-5)),
    };
    let page = draw(&judge(status, |_| Some(alive), times.now), &around, &times);
    for line in page.lines() {
        assert!(line.chars().count() <= WIDTH, "{line:?}");
    }
    page
}

fn told(words: &str, refused: bool) -> Told {
    Told {
        since: at("2026-10-06T14:37:00Z"),
        words: words.into(),
        refused,
    }
}

#[test]
fn an_agent_in_contact_says_so_in_one_look() {
    let status = Status {
        past_trouble: Some(told("the collector cannot be reached (timed out)", false)),
        widened: Some(2),
        ..running()
    };
    insta::assert_snapshot!("in_contact", drawn(Some(status), true));
}

#[test]
fn an_agent_without_its_collector_says_since_when_why_and_that_nothing_is_lost() {
    let status = Status {
        trouble: Some(told(
            "the collector cannot be reached (connection refused)",
            false,
        )),
        waiting: 17,
        ..running()
    };
    insta::assert_snapshot!("out_of_contact", drawn(Some(status), true));
}

#[test]
fn a_refused_credential_says_what_to_do() {
    let status = Status {
        trouble: Some(told(
            "the collector refuses this device's credential (not known here): everything is kept; enrol the device \
             again with `roomready-agent enroll`",
            true,
        )),
        waiting: 1,
        ..running()
    };
    insta::assert_snapshot!("refused", drawn(Some(status), true));
}

#[test]
fn an_agent_that_does_not_run_says_how_it_ended() {
    let ended = Status {
        stage: Stage::Ended(GoodbyeReason::Restart),
        ..running()
    };
    let page = [
        drawn(Some(ended), false),
        drawn(Some(running()), false),
        drawn(None, false),
    ]
    .join("----\n");
    insta::assert_snapshot!("not_running", page);
}
