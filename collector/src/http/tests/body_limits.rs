//! Bodies that are too large, too deep, too slow, or not what they should be.

use std::time::Duration;

use roomready_shared::wire::v1::MAX_DEPTH;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::harness::{Collector, read_reply};
use crate::config::Config;
use crate::limits;
use crate::serve::Timeouts;

const ENROLL: &str = "/api/v1/enroll";

#[tokio::test]
async fn each_bad_body_has_its_own_status_and_a_sentence() {
    let collector = Collector::start().await;
    let deep = format!("{}{}", "[".repeat(MAX_DEPTH + 1), "]".repeat(MAX_DEPTH + 1));
    let large = format!("\"{}\"", "a".repeat(limits::MOST_ENROL_BYTES));
    let long = format!("[{}0]", "0,".repeat(limits::MOST_JSON_ITEMS));
    for (body, status, error, words) in [
        ("{\"key\":", 400, "malformed", "not whole JSON"),
        ("not json", 400, "malformed", "not whole JSON"),
        ("", 400, "malformed", "not whole JSON"),
        ("{\"key\":1}", 422, "malformed", "cannot be read"),
        (&deep, 413, "too_large", "deeper than 24 levels"),
        (&large, 413, "too_large", "larger than 8192 bytes"),
        (&long, 413, "too_large", "more than 1024 items"),
    ] {
        let reply = collector.post_json(ENROLL, "", body).await;
        let shown: String = body.chars().take(30).collect();
        assert_eq!(reply.status, status, "{shown}: {}", reply.text);
        assert_eq!(reply.json()["error"], error, "{shown}");
        let message = reply.json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains(words), "{shown}: {message}");
    }
}

#[tokio::test]
async fn a_refusal_does_not_send_back_what_it_was_sent_at_full_length() {
    let collector = Collector::start().await;
    let platform = "x".repeat(limits::MOST_ENROL_BYTES / 2);
    let body = format!("{{\"key\":\"k\",\"name\":\"LAPTOP-1\",\"platform\":\"{platform}\"}}");
    let reply = collector.post_json(ENROLL, "", &body).await;
    assert_eq!(reply.status, 422, "{}", reply.text);
    let message = reply.json()["message"].as_str().unwrap().to_owned();
    assert!(
        message.contains("xxx") && message.chars().count() < 300,
        "{message}"
    );
}

#[tokio::test]
async fn a_body_that_is_not_sent_as_json_is_not_read() {
    let collector = Collector::start().await;
    let reply = collector
        .send("POST /api/v1/enroll HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}")
        .await;
    assert_eq!(reply.status, 415);
    assert_eq!(reply.json()["error"], "malformed");
}

#[tokio::test]
async fn a_body_that_drips_is_cut_with_408() {
    let timeouts = Timeouts {
        body_read: Duration::from_millis(100),
        ..Timeouts::default()
    };
    let collector = Collector::start_with(Config::built_in(), timeouts).await;
    let mut socket = TcpStream::connect(collector.address).await.unwrap();
    let head = "POST /api/v1/enroll HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n\
                content-length: 1000\r\n\r\n{";
    socket.write_all(head.as_bytes()).await.unwrap();
    let reply = read_reply(&mut socket).await;
    assert_eq!(reply.status, 408, "{}", reply.text);
    assert!(
        reply.json()["message"]
            .as_str()
            .unwrap()
            .contains("within 100 ms")
    );
}

#[tokio::test]
async fn a_body_that_ends_early_is_answered_if_anybody_is_still_there() {
    let collector = Collector::start().await;
    let mut socket = TcpStream::connect(collector.address).await.unwrap();
    let head = "POST /api/v1/enroll HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{";
    socket.write_all(head.as_bytes()).await.unwrap();
    drop(socket);
    // Nobody waits for an answer; what matters is that the collector goes on.
    assert_eq!(collector.get("/livez").await.status, 200);
}
