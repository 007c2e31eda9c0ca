//! A room of which nothing is heard while students test.

use std::fmt::Write as _;

use serde_json::json;

use super::harness::{Agent, Collector, LINCOLN, SignedInAs, lincoln_as};
use crate::access::Role;
use crate::serve::Timeouts;

const BOARD: &str = "/schools/lincoln-ms/rooms/101";
const UNSEEN: &str = "We cannot see this room since 13:00";
const ASKED: &str = "Are students still working?</p>";

/// Room 101 with LIN-1 and so many more laptops.
fn with_laptops(more: u8) -> String {
    let mut devices = String::new();
    for number in 3..3 + more {
        let _ = write!(
            devices,
            "[[device]]\nname = \"LIN-{number}\"\nplatform = \"linux\"\nschool = \"lincoln-ms\"\nroom = \"101\"\n"
        );
    }
    LINCOLN.replacen("[[session]]", &format!("{devices}[[session]]"), 1)
}

/// These test from 13:00 on.
async fn testing(collector: &Collector, names: &[&str]) -> Vec<Agent> {
    let mut agents = Vec::new();
    for name in names {
        let agent = Agent::enrol(collector, name).await;
        let started = agent.report(collector, 1, &[json!({"kind": "app_started"})]);
        assert_eq!(agent.send(collector, &started).await.status, 200);
        agents.push(agent);
    }
    agents
}

/// A minute passes in which these are heard.
async fn a_minute_with(collector: &Collector, heard: &[&Agent]) {
    for _ in 0..12 {
        for agent in heard {
            agent.beat(collector).await;
        }
        collector.seconds_pass(5).await;
    }
}

async fn board(collector: &Collector, person: &SignedInAs) -> String {
    let reply = collector.get_with(BOARD, &person.cookie).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.text
}

#[track_caller]
fn is_unseen(page: &str, expected: bool) {
    for words in [UNSEEN, ASKED] {
        assert_eq!(page.contains(words), expected, "{words:?} in {page}");
    }
}

#[tokio::test]
async fn a_student_who_has_finished_and_closed_the_lid_does_not_hide_that_the_room_is_not_seen() {
    let collector = Collector::start_with(lincoln_as(&with_laptops(3)), Timeouts::default()).await;
    let technician = collector.signed_in_as(Role::Technician, &["lincoln-ms"]).await;
    let agents = testing(&collector, &["LIN-1", "LIN-3", "LIN-4", "LIN-5"]).await;
    a_minute_with(&collector, &agents.iter().collect::<Vec<_>>()).await;
    // LIN-1 closes the test in good order; the others fall silent.
    let finished = &agents[0];
    let ended = json!({"kind": "app_ended", "exit": "normal"});
    let closed = |seq, news: &[_]| {
        let report = finished.report(&collector, seq, news);
        report.replace("\"app\":\"running\"", "\"app\":\"not_running\"")
    };
    assert_eq!(finished.send(&collector, &closed(2, &[ended])).await.status, 200);
    for _ in 0..6 {
        collector.seconds_pass(5).await;
        assert_eq!(finished.send(&collector, &closed(3, &[])).await.status, 200);
    }
    let page = board(&collector, &technician).await;
    assert!(page.contains("Finished?"), "{page}");
    is_unseen(&page, false);

    collector.seconds_pass(30).await;
    let page = board(&collector, &technician).await;
    assert!(page.contains("Finished?"), "{page}");
    is_unseen(&page, true);
}

#[tokio::test]
async fn a_hand_raised_for_a_device_that_was_never_heard_does_not_hide_it_either() {
    let collector = Collector::start_with(lincoln_as(&with_laptops(3)), Timeouts::default()).await;
    let technician = collector.signed_in_as(Role::Technician, &["lincoln-ms"]).await;
    let agents = testing(&collector, &["LIN-1", "LIN-3", "LIN-4"]).await;
    a_minute_with(&collector, &agents.iter().collect::<Vec<_>>()).await;
    let hand = "device=LIN-5&what=needs-help";
    let pressed = collector
        .post_form(&format!("{BOARD}/seat"), &technician, hand)
        .await;
    assert_eq!(pressed.status, 303, "{}", pressed.text);
    is_unseen(&board(&collector, &technician).await, false);
    collector.seconds_pass(30).await;
    is_unseen(&board(&collector, &technician).await, true);
}
