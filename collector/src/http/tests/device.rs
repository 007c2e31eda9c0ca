//! Enrolment, reports, assignment.

use std::time::Duration;

use roomready_shared::ids::RoomRef;

use super::harness::{Agent, Collector};
use crate::clock::Clock as _;
use crate::domain::entry::Actor;
use crate::domain::identity::{AccessStep, EnrolmentKey, KeyPlace};
use crate::limits;
use crate::secret::Secret;
use crate::store::EntryQuery;

async fn key(collector: &Collector, uses_left: u32) -> String {
    let key = Secret::new().unwrap();
    let room = RoomRef {
        school: "lincoln-ms".parse().unwrap(),
        room: "101".parse().unwrap(),
    };
    let ends = collector.clock.wall() + Duration::from_secs(60);
    collector
        .store
        .add_key(EnrolmentKey::new(
            key.hash(),
            KeyPlace::Room(room),
            uses_left,
            ends,
            collector.clock.wall(),
            Actor::Console,
        ))
        .await
        .unwrap();
    key.reveal().to_owned()
}

fn request(key: &str, name: &str) -> String {
    format!(r#"{{"key":"{key}","name":"{name}","platform":"linux","agent_version":"0.1.0"}}"#)
}

#[tokio::test]
async fn a_key_lets_in_as_many_devices_as_it_says() {
    let collector = Collector::start().await;
    let key = key(&collector, 1).await;
    let first = collector
        .post_json("/api/v1/enroll", "", &request(&key, "LIN-1"))
        .await;
    assert_eq!(first.status, 200, "{}", first.text);
    let credential = first.json()["credential"].as_str().unwrap().to_owned();
    assert_eq!(credential.len(), 64);
    let second = collector
        .post_json("/api/v1/enroll", "", &request(&key, "LIN-2"))
        .await;
    assert_eq!(
        (second.status, second.json()["error"].as_str()),
        (403, Some("bad_key"))
    );
    assert!(
        second.json()["message"]
            .as_str()
            .unwrap()
            .contains("used as often as it may")
    );
}

#[tokio::test]
async fn a_wrong_key_lets_nobody_in() {
    let collector = Collector::start().await;
    for wrong in ["", "no such key", "0123456789abcdef"] {
        let reply = collector
            .post_json("/api/v1/enroll", "", &request(wrong, "LIN-1"))
            .await;
        assert_eq!(
            (reply.status, reply.json()["error"].as_str()),
            (403, Some("bad_key")),
            "{wrong:?}"
        );
    }
}

#[tokio::test]
async fn a_report_is_acknowledged_once_it_is_stored_and_a_repeated_one_is_not_stored_twice() {
    let collector = Collector::in_lincoln().await;
    let agent = Agent::enrol(&collector, "LIN-1").await;
    let report = agent.report(&collector, 1, &[serde_json::json!({"kind": "app_started"})]);
    for _ in 0..2 {
        let reply = agent.send(&collector, &report).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        let reply = reply.json();
        assert_eq!(
            (&reply["acked_through"], &reply["phase"]),
            (&1.into(), &"testing".into())
        );
        assert_eq!(reply["next_ms"], 5_000);
    }
    let device = agent.id.parse().unwrap();
    assert_eq!(collector.store.news_of(device, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn nobody_reports_without_a_credential_or_with_an_unknown_one() {
    let collector = Collector::in_lincoln().await;
    let agent = Agent::enrol(&collector, "LIN-1").await;
    let report = agent.report(&collector, 1, &[]);
    for wrong in [
        "",
        "authorization: Bearer 00\r\n",
        "authorization: Basic abc\r\n",
        "authorization: Bearer \r\n",
    ] {
        let reply = collector.post_json("/api/v1/reports", wrong, &report).await;
        assert_eq!(
            (reply.status, reply.json()["error"].as_str()),
            (401, Some("not_enrolled")),
            "{wrong:?}"
        );
        assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
    }
}

#[tokio::test]
async fn a_device_that_enrolled_again_no_longer_speaks_with_its_old_credential() {
    let collector = Collector::in_lincoln().await;
    let before = Agent::enrol(&collector, "LIN-1").await;
    let after = Agent::enrol(&collector, "LIN-1").await;
    assert_eq!(before.id, after.id, "it is the device it was");
    let report = before.report(&collector, 1, &[]);
    assert_eq!(before.send(&collector, &report).await.status, 401);
    after.beat(&collector).await;
}

#[tokio::test]
async fn one_device_cannot_write_into_the_stream_of_another() {
    let collector = Collector::in_lincoln().await;
    let (victim, thief) = (
        Agent::enrol(&collector, "LIN-1").await,
        Agent::enrol(&collector, "LIN-3").await,
    );
    let stolen = victim.report(&collector, 1, &[serde_json::json!({"kind": "app_started"})]);
    assert_eq!(victim.send(&collector, &stolen).await.status, 200);
    let reply = thief.send(&collector, &stolen).await;
    assert_eq!(reply.status, 409, "{}", reply.text);
    assert!(
        reply.json()["message"]
            .as_str()
            .unwrap()
            .contains("belongs to another device")
    );
}

#[tokio::test]
async fn an_agent_that_runs_wild_is_held_back_and_told_when_to_come_again() {
    let collector = Collector::in_lincoln().await;
    let agent = Agent::enrol(&collector, "LIN-1").await;
    let report = agent.report(&collector, 1, &[]);
    for _ in 0..crate::ingest::REPORTS_AT_ONCE {
        assert_eq!(agent.send(&collector, &report).await.status, 200);
    }
    let reply = agent.send(&collector, &report).await;
    assert_eq!((reply.status, reply.header("retry-after")), (429, Some("1")));
    assert_eq!(reply.json()["retry_after_ms"], 100);
}

#[tokio::test]
async fn an_assignment_that_the_device_holds_is_not_sent_again() {
    let collector = Collector::in_lincoln().await;
    let agent = Agent::enrol(&collector, "LIN-1").await;
    let authorization = agent.authorization();
    let authorization = authorization.trim_end();
    let first = collector.get_with("/api/v1/assignment", authorization).await;
    assert_eq!(first.status, 200, "{}", first.text);
    assert_eq!(first.json()["seat"], "1");
    let tag = first.header("etag").unwrap();
    assert_eq!(tag, format!("\"{}\"", first.json()["tag"].as_str().unwrap()));
    let again = collector
        .get_with(
            "/api/v1/assignment",
            &format!("{authorization}\r\nif-none-match: {tag}"),
        )
        .await;
    assert_eq!((again.status, again.text.as_str()), (304, ""));
    let told = agent.send(&collector, &agent.report(&collector, 1, &[])).await;
    assert_eq!(
        told.json()["assignment_tag"],
        first.json()["tag"],
        "reports tell the same tag"
    );
}

/// What `POST /api/v1/credential` gave.
async fn new_credential(collector: &Collector, device: &Agent) -> (u16, String) {
    let reply = collector
        .post_json("/api/v1/credential", &device.authorization(), "")
        .await;
    let credential = reply.json()["credential"].as_str().unwrap_or_default().to_owned();
    (reply.status, credential)
}

async fn heard(collector: &Collector, device: &Agent) -> u16 {
    let report = device.report(collector, 1, &[]);
    let authorization = device.authorization();
    let reply = collector.post_json("/api/v1/reports", &authorization, &report);
    reply.await.status
}

#[tokio::test]
async fn a_device_changes_its_credential_when_asked_to_and_a_lost_answer_costs_nothing() {
    let collector = Collector::start().await;
    let old = Agent::enrol(&collector, "LIN-1").await;
    assert_eq!(
        new_credential(&collector, &old).await.0,
        409,
        "nobody asked it to"
    );

    let (device, now) = (old.id.parse().unwrap(), collector.clock.wall());
    let ordered = collector
        .store
        .change_access(device, AccessStep::OrderRotation, Actor::Console, now);
    ordered.await.unwrap();
    collector.app.follow_access().await.unwrap();
    let report = old.report(&collector, 1, &[]);
    let reply = collector
        .post_json("/api/v1/reports", &old.authorization(), &report)
        .await;
    assert_eq!(
        reply.json()["commands"][1]["do"],
        "rotate_credential",
        "{}",
        reply.text
    );

    let (_, lost) = new_credential(&collector, &old).await;
    let (status, given) = new_credential(&collector, &old).await;
    assert_eq!(status, 200);
    assert_eq!(heard(&collector, &old).await, 200, "the old one still holds");
    assert_eq!(heard(&collector, &old.with_credential(&lost)).await, 401);
    let new = old.with_credential(&given);
    assert_eq!(heard(&collector, &new).await, 200);
    assert_eq!(heard(&collector, &old).await, 401, "its time is over");
    let report = new.report(&collector, 1, &[]);
    let reply = collector
        .post_json("/api/v1/reports", &new.authorization(), &report)
        .await;
    assert!(!reply.text.contains("rotate_credential"), "{}", reply.text);
}

#[tokio::test]
async fn a_revoked_device_is_not_believed_any_more() {
    let collector = Collector::start().await;
    let device = Agent::enrol(&collector, "LIN-1").await;
    assert_eq!(heard(&collector, &device).await, 200);
    let (id, now) = (device.id.parse().unwrap(), collector.clock.wall());
    let revoked = collector
        .store
        .change_access(id, AccessStep::Revoke, Actor::Console, now);
    revoked.await.unwrap();
    collector.app.follow_access().await.unwrap();
    assert_eq!(heard(&collector, &device).await, 401);
    assert_eq!(new_credential(&collector, &device).await.0, 401);
    let again = Agent::enrol(&collector, "LIN-1").await;
    assert_eq!(again.id, device.id);
    assert_eq!(heard(&collector, &again).await, 200);
}

#[tokio::test]
async fn a_flood_of_wrong_keys_waits_and_a_right_key_from_the_same_address_does_not() {
    let collector = Collector::start().await;
    let right = key(&collector, 5).await;
    let wrong = "0".repeat(64);
    let ask = async |key: &str| {
        collector
            .post_json("/api/v1/enroll", "", &request(key, "LIN-1"))
            .await
    };
    for _ in 0..=limits::FREE_WRONG_KEYS {
        assert_eq!(ask(&wrong).await.status, 403);
    }
    let before = collector
        .store
        .entries(EntryQuery::default())
        .await
        .unwrap()
        .len();
    for _ in 0..20 {
        let waits = ask(&wrong).await;
        assert_eq!(waits.status, 429, "{}", waits.text);
        assert!(waits.header("retry-after").is_some(), "{}", waits.text);
    }
    assert_eq!(ask(&right).await.status, 200, "a cart behind the same address");
    let after = collector
        .store
        .entries(EntryQuery::default())
        .await
        .unwrap()
        .len();
    assert_eq!(after, before + 1, "the flood wrote nothing");
}
