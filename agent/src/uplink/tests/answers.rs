//! What the collector itself says.

use super::*;
use crate::ports::{Enroll as _, Fetched, Uplink as _};
use crate::uplink::answer::MAX_ANSWER_BYTES;

async fn fetch(status: &str, headers: &str, body: &str) -> Result<Fetched, Trouble> {
    let server = Server::start(&answer(status, headers, body)).await;
    plain(&server).assignment(Some("tag-1")).await
}

fn said(code: &str) -> String {
    format!("{{\"error\":\"{code}\",\"message\":\"why\"}}")
}

fn wait(ms: u64) -> Result<Fetched, Trouble> {
    Err(Trouble::Busy {
        retry_after_ms: Some(ms),
        why: "why".into(),
    })
}

#[tokio::test]
async fn a_device_says_who_it_is_and_which_assignment_it_holds() {
    let server = Server::start(&answer("304 Not Modified", "", "")).await;
    let got = plain(&server).assignment(Some("tag-1")).await;
    assert_eq!(got, Ok(Fetched::Unchanged));
    let asked = server.asked().join("\n").to_ascii_lowercase();
    assert!(asked.contains("authorization: bearer s3cret"), "{asked}");
    assert!(asked.contains("if-none-match: \"tag-1\""), "{asked}");
    assert!(asked.starts_with("get /api/v1/assignment http/1.1"), "{asked}");
}

#[tokio::test]
async fn each_refusal_of_a_collector_is_told_apart_by_what_helps() {
    let got = fetch("401 Unauthorized", JSON, &said("not_enrolled")).await;
    assert!(matches!(got, Err(Trouble::NotEnrolled { .. })), "{got:?}");
    let got = fetch("413 Too Large", JSON, &said("too_large")).await;
    assert_eq!(got, Err(Trouble::TooLarge));
    let got = fetch("400 Bad Request", JSON, &said("malformed")).await;
    assert!(
        matches!(got, Err(Trouble::Refused { status: 400, .. })),
        "{got:?}"
    );
}

#[tokio::test]
async fn a_wait_is_asked_for_in_seconds_by_a_date_or_to_the_millisecond() {
    let busy = format!("{JSON}retry-after: 7\r\n");
    let got = fetch("503 Unavailable", &busy, &said("unavailable")).await;
    assert_eq!(got, wait(7_000));
    let body = "{\"error\":\"busy\",\"message\":\"why\",\"retry_after_ms\":250}";
    let got = fetch("429 Too Many", &busy, body).await;
    assert_eq!(
        got,
        wait(250),
        "the exact time holds, not the header's whole seconds"
    );
    // The collector's clock is years off this one's: only its own two times are compared.
    let dated = format!(
        "{JSON}date: Sun, 06 Nov 1994 08:49:37 GMT\r\nretry-after: Sun, 06 Nov 1994 08:50:07 GMT\r\n"
    );
    let got = fetch("503 Unavailable", &dated, &said("unavailable")).await;
    assert_eq!(got, wait(30_000));
}

#[tokio::test]
async fn nobody_at_the_address_is_said_plainly() {
    let nobody = Server::start("").await.end().await;
    let doors = vec![Door::open(nobody.clone(), &Trust::System, &Proxies::None).expect("a client")];
    let trouble = HttpUplink::unknown(doors)
        .enroll(&joining())
        .await
        .expect_err("nobody listens");
    let text = trouble.to_string();
    assert!(
        text.contains("refused") && text.contains(&nobody.host().to_string()),
        "{text}"
    );
    assert!(!text.contains("again"), "enrolling ends here: {text}");
}

#[tokio::test]
async fn an_answer_without_end_is_cut_off() {
    let body = "x".repeat(MAX_ANSWER_BYTES + 1);
    let got = fetch("200 OK", JSON, &body).await;
    assert!(matches!(got, Err(Trouble::NotOurs { .. })), "{got:?}");
}

#[tokio::test]
async fn how_the_way_is_can_be_asked_at_any_time() {
    let server = Server::start(&taken()).await;
    let uplink = plain(&server);
    assert_eq!(uplink.contact(), Contact::default());
    uplink.report(&report_at(0)).await.expect("taken");
    let contact = uplink.contact();
    let answered = contact.answered.expect("an answer");
    assert_eq!(answered.address, server.address);
    assert_eq!(answered.at, report_at(0).live.at);
    assert_eq!(contact.trouble, None);
    let address = server.end().await;
    let trouble = uplink.report(&report_at(5_000)).await.expect_err("gone");
    let contact = uplink.contact();
    assert_eq!(contact.answered.expect("still known").address, address);
    assert_eq!(contact.trouble.expect("told").words, trouble.to_string());
}
