//! Enrolment.

use std::time::Duration;

use roomready_shared::ids::RoomRef;

use super::harness::Collector;
use crate::clock::Clock as _;
use crate::secret::Secret;
use crate::store::EnrolmentKey;

async fn key(collector: &Collector, uses_left: u32) -> String {
    let key = Secret::new().unwrap();
    let room = RoomRef {
        school: "lincoln-ms".parse().unwrap(),
        room: "101".parse().unwrap(),
    };
    let ends = collector.clock.wall() + Duration::from_secs(60);
    collector
        .store
        .add_key(EnrolmentKey {
            hash: key.hash(),
            room,
            uses_left,
            ends,
        })
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
