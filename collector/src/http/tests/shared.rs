//! A room in which one trouble explains everything: its board says that once, and what to do.

use serde_json::{Value, json};

use super::harness::{Agent, Collector, LINCOLN, lincoln_as};
use crate::access::Role;
use crate::domain::incident::WHAT_TO_DO;
use crate::serve::Timeouts;

const ROOM: &str = "/schools/lincoln-ms/rooms/101";
const DEVICES: [&str; 4] = ["LIN-1", "LIN-2", "LIN-3", "LIN-4"];

/// Room 101 with four devices at a test.
async fn class() -> (Collector, Vec<Agent>) {
    let more: String = DEVICES[1..]
        .iter()
        .map(|name| {
            format!(
                "[[device]]\nname = \"{name}\"\nplatform = \"linux\"\nschool = \"lincoln-ms\"\nroom = \"101\"\n"
            )
        })
        .collect();
    let text = LINCOLN.replacen("[[session]]", &format!("{more}[[session]]"), 1);
    let collector = Collector::start_with(lincoln_as(&text), Timeouts::default()).await;
    let mut agents = Vec::new();
    for name in DEVICES {
        let agent = Agent::enrol(&collector, name).await;
        let started = agent.report(&collector, 1, &[json!({"kind": "app_started"})]);
        assert_eq!(agent.send(&collector, &started).await.status, 200);
        agents.push(agent);
    }
    (collector, agents)
}

/// Two minutes in which these devices reach nobody of the vendor, and the others do.
async fn vendor_is_gone_for(cut_off: usize, collector: &Collector, agents: &[Agent]) {
    for _ in 0..24 {
        collector.seconds_pass(5).await;
        for (number, agent) in agents.iter().enumerate() {
            let mut report: Value = serde_json::from_str(&agent.report(collector, 2, &[])).unwrap();
            let answered = u32::from(number >= cut_off);
            report["live"]["vendor"] = json!({"tried": 1, "answered": answered});
            let reply = agent.send(collector, &report.to_string()).await;
            assert_eq!(reply.status, 200, "{}", reply.text);
        }
    }
}

/// What stands in large on the board: the sentence, and what to do now.
async fn verdict(collector: &Collector) -> (String, String) {
    let technician = collector.signed_in_as(Role::Technician, &["lincoln-ms"]).await;
    let page = collector.get_with(ROOM, &technician.cookie).await.text;
    let text = |class: &str| {
        let (_, after) = page.split_once(&format!("<p class=\"{class}\">")).expect(class);
        after.split_once("</p>").expect(class).0.to_owned()
    };
    (text("verdict-words"), text("verdict-next"))
}

#[tokio::test]
async fn a_room_that_does_not_reach_the_vendor_says_so_once_and_what_to_do() {
    let (collector, agents) = class().await;
    vendor_is_gone_for(4, &collector, &agents).await;
    let (words, next) = verdict(&collector).await;
    assert!(words.starts_with("No device here reaches "), "{words}");
    assert_eq!(next, WHAT_TO_DO);
}

#[tokio::test]
async fn one_seat_with_a_trouble_of_its_own_is_named_beside_what_others_share() {
    let (collector, agents) = class().await;
    vendor_is_gone_for(4, &collector, &agents).await;
    let technician = collector.signed_in_as(Role::Technician, &["lincoln-ms"]).await;
    let said = "device=LIN-4&what=frozen";
    let pressed = collector
        .post_form(&format!("{ROOM}/seat"), &technician, said)
        .await;
    assert_eq!(pressed.status, 303, "{}", pressed.text);
    let (words, next) = verdict(&collector).await;
    assert_eq!(words, "1 student needs help");
    assert!(next.starts_with("Go to LIN-4 (help wanted)."), "{next}");
}

#[tokio::test]
async fn one_device_alone_is_named() {
    let (collector, agents) = class().await;
    vendor_is_gone_for(1, &collector, &agents).await;
    let (words, next) = verdict(&collector).await;
    assert_eq!(words, "3 of 4 watched devices working");
    assert!(next.starts_with("Look at seat 1 (attention)."), "{next}");
}
