//! The close-out sheet, over HTTP and from the record.

use std::time::Duration;

use serde_json::json;

use super::harness::{Agent, Collector, LINCOLN, SignedInAs, lincoln, lincoln_as};
use crate::access::Role;

const SHEET: &str = "/schools/lincoln-ms/sessions/math/close-out";

/// At 13:00 the student at seat 1 begins; at 13:01 the device falls silent, and at 13:03 it is lost.
async fn with_a_lost_device() -> (Collector, Agent) {
    let collector = Collector::in_lincoln().await;
    let agent = Agent::enrol(&collector, "LIN-1").await;
    let started = agent.report(&collector, 1, &[json!({"kind": "app_started"})]);
    assert_eq!(agent.send(&collector, &started).await.status, 200);
    for _ in 0..12 {
        collector.seconds_pass(5).await;
        agent.beat(&collector).await;
    }
    collector.seconds_pass(120).await;
    (collector, agent)
}

async fn auditor(collector: &Collector) -> SignedInAs {
    collector.signed_in_as(Role::Auditor, &[]).await
}

async fn sheet(collector: &Collector, person: &SignedInAs) -> String {
    let reply = collector.get_with(SHEET, &person.cookie).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.text
}

#[track_caller]
fn says(page: &str, words: &str) {
    assert!(page.contains(words), "{words:?} is not in {page}");
}

#[tokio::test]
async fn a_sheet_says_what_a_silence_cost_and_what_nobody_watched() {
    let (collector, _) = with_a_lost_device().await;
    let page = sheet(&collector, &auditor(&collector).await).await;
    says(&page, "The session goes on");
    says(
        &page,
        "Nobody pressed Start. The first student began at 13:00, 30 minutes late.",
    );
    says(&page, "Seat 1 has not been heard since 13:01");
    says(&page, "2 min, inferred");
    says(&page, "1 of 3 min");
    says(&page, "1 Chromebook: not watched one by one");
}

#[tokio::test]
async fn yesterdays_sheet_is_right_after_a_restart_and_final_after_a_day() {
    let (before, _) = with_a_lost_device().await;
    // To 14:02, a little after the end; nobody comes back.
    before.seconds_pass(59 * 60).await;
    let page = sheet(&before, &auditor(&before).await).await;
    says(&page, "Provisional");
    says(&page, "1 device has not yet sent what it recorded");
    says(&page, "59 min, inferred");
    says(&page, "Seat 1 (LIN-1), last heard");
    before.clock.pass(Duration::from_secs(24 * 60 * 60));

    let after = before.restarted(lincoln()).await;
    let page = sheet(&after, &auditor(&after).await).await;
    says(&page, "24 h have passed since the end");
    says(&page, "59 min, inferred");
    says(&page, "Seat 1 was not heard from 13:01 on");
}

#[tokio::test]
async fn a_device_that_comes_back_and_has_sent_everything_makes_the_sheet_final() {
    let (collector, agent) = with_a_lost_device().await;
    for _ in 0..59 {
        collector.clock.pass(Duration::from_secs(60));
        collector.seconds_pass(1).await;
    }
    agent.beat(&collector).await;
    let page = sheet(&collector, &auditor(&collector).await).await;
    says(&page, "Every device that was heard has sent what it recorded.");
    says(&page, "not heard again");
    assert!(
        !page.contains("Not heard again</h2>"),
        "it was heard again after the end"
    );
}

#[tokio::test]
async fn the_files_quote_what_a_spreadsheet_would_run_and_are_lines_of_the_record() {
    let text = LINCOLN.replace("Grade 7 Math", "=cmd()");
    let collector = Collector::start_with(lincoln_as(&text), crate::serve::Timeouts::default()).await;
    let person = auditor(&collector).await;
    let url = format!("{SHEET}/csv");
    let reply = collector.post_form(&url, &person, "of=seats").await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(
        reply.header("content-disposition"),
        Some("attachment; filename=\"close-out-math-seats.csv\"")
    );
    says(
        &reply.text,
        "\"'=cmd()\",\"Room 101\",\"1\",\"LIN-1\",\"not started\"",
    );
    says(
        &reply.text,
        "\"'=cmd()\",\"Room 101\",\"2\",\"LIN/2 Ü\",\"not watched one by one\"",
    );
    let reply = collector.post_form(&url, &person, "of=incidents").await;
    assert_eq!(reply.text.lines().count(), 1, "{}", reply.text);
    let log = collector.get_with("/access-log", &person.cookie).await;
    says(&log.text, "close-out sheet: seats");
    let reply = collector.post_form(&url, &person, "of=everything").await;
    assert_eq!(reply.status, 400, "{}", reply.text);
}

/// Rooms 101, 102 and 103 with a Chromebook each, which nothing of ours watches.
fn three_rooms() -> String {
    let (places, session) = LINCOLN.split_once("[[session]]").unwrap();
    let (mut rooms, mut rest) = (String::new(), format!("[[session]]{session}"));
    for room in ["102", "103"] {
        rooms += &format!("  [[school.room]]\n  id = \"{room}\"\n  name = \"Room {room}\"\n");
        rest += &format!(
            "[[device]]\nname = \"CB-{room}\"\nplatform = \"chromeos\"\nschool = \"lincoln-ms\"\nroom = \"{room}\"\n"
        );
        let own = session.replace("\"math\"", &format!("\"math-{room}\""));
        rest += &format!("[[session]]{}", own.replace("\"101\"", &format!("\"{room}\"")));
    }
    let places = places.replacen("[[device]]", &format!("{rooms}[[device]]"), 1);
    places + &rest
}

#[tokio::test]
async fn what_three_rooms_tell_of_is_on_the_sheet_of_each_without_a_number_of_devices() {
    let collector =
        Collector::start_with(lincoln_as(&three_rooms()), crate::serve::Timeouts::default()).await;
    let technician = collector.signed_in_as(Role::Technician, &["lincoln-ms"]).await;
    let seats = [("101", "LIN%2F2+%C3%9C"), ("102", "CB-102"), ("103", "CB-103")];
    for (room, device) in seats {
        let url = format!("/schools/lincoln-ms/rooms/{room}/seat");
        let form = format!("device={device}&what=cannot-sign-in");
        let pressed = collector.post_form(&url, &technician, &form).await;
        assert_eq!(pressed.status, 303, "{}", pressed.text);
        collector.seconds_pass(60).await;
    }
    let person = auditor(&collector).await;
    for session in ["math", "math-102", "math-103"] {
        let page = format!("/schools/lincoln-ms/sessions/{session}/close-out");
        let page = collector.get_with(&page, &person.cookie).await.text;
        says(&page, "Incidents: 1");
        says(&page, "Told by people in the rooms");
        says(
            &page,
            "Told of in Room 101, Room 102, Room 103. Which devices here it reached is not known",
        );
    }
    let reply = collector
        .post_form(&format!("{SHEET}/csv"), &person, "of=incidents")
        .await;
    says(
        &reply.text,
        "\"as people said\",\"2026-10-06T13:00:00Z\",\"\",\"\",\"\"",
    );
    let incident = collector.fleet.read(|fleet| {
        let log = fleet.incidents(&"lincoln-ms".parse().unwrap()).unwrap();
        log.newest_first()[0].incident.id.to_string()
    });
    let page = collector
        .get_with(&format!("/incidents/{incident}"), &person.cookie)
        .await;
    says(&page.text, "Devices not known");
}

#[tokio::test]
async fn a_proctor_does_not_see_the_sheet_and_nobody_sees_that_of_another_school() {
    let collector = Collector::in_lincoln().await;
    let proctor = collector.proctor().await;
    assert_eq!(collector.get_with(SHEET, &proctor.cookie).await.status, 403);
    let elsewhere = collector.signed_in_as(Role::Technician, &["oak-es"]).await;
    assert_eq!(collector.get_with(SHEET, &elsewhere.cookie).await.status, 403);
    let here = collector.signed_in_as(Role::Technician, &["lincoln-ms"]).await;
    assert_eq!(collector.get_with(SHEET, &here.cookie).await.status, 200);
}

#[tokio::test]
async fn the_room_and_the_school_lead_to_the_sheet_once_the_session_is_over() {
    let collector = Collector::in_lincoln().await;
    let person = auditor(&collector).await;
    let places = ["/schools/lincoln-ms", "/schools/lincoln-ms/rooms/101"];
    for place in places {
        let page = collector.get_with(place, &person.cookie).await;
        assert!(!page.text.contains(SHEET), "{place} during the session");
    }
    collector.clock.pass(Duration::from_secs(61 * 60));
    collector.seconds_pass(1).await;
    for place in places {
        let page = collector.get_with(place, &person.cookie).await;
        says(&page.text, SHEET);
    }
}
