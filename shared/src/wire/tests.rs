//! Released messages, kept for good: each must read, and read the same again after being written.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::v1::{
    Assignment, Command, CredentialReply, EnrollReply, EnrollRequest, ErrorBody, NewsBody, Report,
    ReportReply, Sight, WatchGrant, WatchOffer, WatchRequest,
};
use crate::facts::Reach;
use crate::requirement::Check;

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("../../../tests/fixtures/wire/v1/", $name, ".json"))
    };
}

fn reads_and_stays<T: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug>(text: &str) -> T {
    let message: T = serde_json::from_str(text).expect("a released message must read for good");
    let again = serde_json::to_string(&message).expect("a message can be written");
    assert_eq!(
        serde_json::from_str::<T>(&again).expect("what we write we can read"),
        message
    );
    message
}

#[test]
fn every_released_message_still_reads() {
    let report: Report = reads_and_stays(fixture!("report"));
    assert!(report.news.iter().all(|record| record.understand().is_ok()));
    assert_eq!(report.news.len(), 7, "one of each kind of news");
    let aside: Report = reads_and_stays(fixture!("report_of_one_that_stands_aside"));
    assert!(aside.news[0].understand().is_ok());
    assert_eq!(aside.live.anchor, None, "agents before clock anchors");
    let anchored: Report = reads_and_stays(fixture!("report_with_a_clock_anchor"));
    assert_eq!(
        anchored
            .live
            .anchor
            .map(|anchor| (anchor.mono_ms, anchor.plus_minus_ms)),
        Some((8_107_020, 21))
    );
    let around: Report = reads_and_stays(fixture!("report_of_what_is_around_a_test"));
    assert!(around.news[0].understand().is_ok());
    let outside: Report = reads_and_stays(fixture!("report_of_the_way_outside"));
    assert_eq!(
        outside.live.network.and_then(|network| network.outside),
        Some(true)
    );
    let news = outside.news[0].understand().expect("readings");
    assert!(
        matches!(&news.body, NewsBody::Facts { facts, .. } if facts.outside.as_ref().is_some_and(|outside| outside.value().is_some_and(Reach::answers))),
        "{news:?}"
    );
    reads_and_stays::<ReportReply>(fixture!("report_reply"));
    reads_and_stays::<EnrollRequest>(fixture!("enroll_request"));
    reads_and_stays::<EnrollReply>(fixture!("enroll_reply"));
    reads_and_stays::<CredentialReply>(fixture!("credential_reply"));
    reads_and_stays::<WatchRequest>(fixture!("watch_request"));
    reads_and_stays::<WatchOffer>(fixture!("watch_offer"));
    reads_and_stays::<WatchGrant>(fixture!("watch_grant"));
    let sight: Sight = reads_and_stays(fixture!("sight"));
    assert_eq!(sight.matters.len(), 2, "one of each kind");
    reads_and_stays::<ErrorBody>(fixture!("error"));
    let assignment: Assignment = reads_and_stays(fixture!("assignment"));
    assert_eq!(assignment.requirement.expect("has one").rules.len(), 2);
    assert_eq!(assignment.ca, None, "collectors before a CA of their own");
    let with_ca: Assignment = reads_and_stays(fixture!("assignment_with_a_ca"));
    assert!(with_ca.ca.is_some_and(|ca| ca.contains("BEGIN CERTIFICATE")));
    assert_eq!(
        with_ca.outside, None,
        "collectors before a host outside was named"
    );
    let with_outside: Assignment = reads_and_stays(fixture!("assignment_with_a_host_outside"));
    assert_eq!(
        with_outside.outside.map(|host| host.to_string()).as_deref(),
        Some("outside.cedar-valley.example:443")
    );
}

#[test]
fn a_newer_agent_is_understood_as_far_as_we_know_and_refused_record_by_record() {
    let report: Report =
        serde_json::from_str(fixture!("report_from_a_newer_agent")).expect("unknown fields are no fault");
    let refusal = report.news[0]
        .understand()
        .expect_err("an unknown kind of news is refused by itself");
    assert!(
        refusal.as_str().contains("record 1 cannot be read") && refusal.as_str().contains("fan_failed"),
        "{refusal}"
    );
    assert_eq!(
        report.news[1].understand().expect("the next one is taken").body,
        NewsBody::AppStarted
    );
}

#[test]
fn a_rule_from_a_newer_collector_is_kept_as_too_new_not_dropped() {
    let check: Check = serde_json::from_str(r#"{"kind":"microphone","minimum":1}"#).expect("tolerant");
    assert!(matches!(&check, Check::TooNew { named } if named.as_str() == "microphone"));
    assert!(
        serde_json::from_str::<Check>(r#"{"kind":"memory"}"#).is_err(),
        "a known kind must be whole"
    );
}

#[test]
fn a_command_that_we_do_not_know_is_never_guessed() {
    let command: Command = serde_json::from_str(r#"{"do":"format_disk","now":true}"#).expect("tolerant");
    assert_eq!(command, Command::TooNew);
}

#[test]
fn a_credential_never_shows_in_a_log() {
    let reply: EnrollReply = serde_json::from_str(fixture!("enroll_reply")).expect("reads");
    assert!(!format!("{reply:?}").contains("0f1e2d"));
    let reply: CredentialReply = serde_json::from_str(fixture!("credential_reply")).expect("reads");
    assert!(!format!("{reply:?}").contains("3c4b5a"));
}
