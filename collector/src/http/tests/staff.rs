//! Sign-in.

use std::time::Duration;

use super::harness::Collector;
use crate::limits;

#[tokio::test]
async fn a_sign_in_link_works_once() {
    let collector = Collector::start().await;
    let token = collector.fresh_link().await;
    let first = collector.get(&format!("/sign-in?token={token}")).await;
    assert_eq!((first.status, first.header("location")), (303, Some("/")));
    let cookie = first.header("set-cookie").unwrap();
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains(&token), "the link's secret is not the cookie's");
    let second = collector.get(&format!("/sign-in?token={token}")).await;
    assert_eq!(second.status, 401);
    assert!(
        second.text.contains("This sign-in link was used already"),
        "{}",
        second.text
    );
}

#[tokio::test]
async fn a_browser_that_looks_ahead_does_not_spend_the_link() {
    let collector = Collector::start().await;
    let token = collector.fresh_link().await;
    let path = format!("/sign-in?token={token}");
    assert_eq!(
        collector
            .get_with(&path, "sec-purpose: prefetch;prerender")
            .await
            .status,
        503
    );
    let head = format!("HEAD {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    assert_eq!(collector.send(&head).await.status, 503);
    assert_eq!(collector.get(&path).await.status, 303);
}

#[tokio::test]
async fn a_link_that_has_ended_says_so() {
    let collector = Collector::start().await;
    let token = collector.fresh_link().await;
    collector.clock.pass(Duration::from_secs(3_601));
    assert_eq!(
        collector.get(&format!("/sign-in?token={token}")).await.status,
        401
    );
}

#[tokio::test]
async fn numbers_are_open_to_this_computer_only_because_pages_are_closed() {
    let collector = Collector::start().await;
    // The test's peer is loopback; the rule for others is in `metrics`.
    assert_eq!(collector.get("/metrics").await.status, 200);
    assert!(limits::STAFF_SESSION_LIFE.as_secs() == 43_200);
}
