//! Sign-in by a link.

use std::time::Duration;

use super::harness::Collector;

#[tokio::test]
async fn a_sign_in_link_works_once() {
    let collector = Collector::start().await;
    let token = collector.fresh_link().await;
    let page = collector.get(&format!("/sign-in?token={token}")).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("Sign in as Technician"), "{}", page.text);
    let form = format!("token={token}");
    let first = collector.post("/sign-in/link", "", &form).await;
    assert_eq!((first.status, first.header("location")), (303, Some("/")));
    let cookie = first.header("set-cookie").unwrap();
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains(&token), "the link's secret is not the cookie's");
    let second = collector.post("/sign-in/link", "", &form).await;
    assert_eq!(second.status, 401);
    assert!(
        second.text.contains("This link was used already"),
        "{}",
        second.text
    );
}

#[tokio::test]
async fn a_program_that_opens_every_link_of_a_mail_spends_none() {
    let collector = Collector::start().await;
    let token = collector.fresh_link().await;
    let path = format!("/sign-in?token={token}");
    let head = format!("HEAD {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    assert_eq!(collector.send(&head).await.status, 200);
    assert_eq!(collector.get(&path).await.status, 200);
    assert!(collector.get(&path).await.header("set-cookie").is_none());
    let form = format!("token={token}");
    assert_eq!(collector.post("/sign-in/link", "", &form).await.status, 303);
}

#[tokio::test]
async fn no_other_site_signs_a_browser_in() {
    let collector = Collector::start().await;
    let token = collector.fresh_link().await;
    let form = format!("token={token}");
    for from in [
        "sec-fetch-site: cross-site\r\n",
        "origin: https://evil.example\r\n",
    ] {
        let refused = collector.post("/sign-in/link", from, &form).await;
        assert_eq!(refused.status, 403, "{from}");
    }
    assert_eq!(collector.post("/sign-in/link", "", &form).await.status, 303);
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
