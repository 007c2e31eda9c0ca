//! Texts for proctors: shown in rooms only while the district coordinator's approval holds.

use super::harness::{Agent, Collector, LINCOLN, SignedInAs, lincoln_as};
use crate::access::Role;
use crate::config::Config;
use crate::domain::incident::WHAT_TO_DO;
use crate::serve::Timeouts;
use serde_json::json;

const TEXT: &str = "Do not close the test: what is not sent is on this device.";
const SENTENCE: &str = "Retry before anybody exits.";
const SESSION: &str = "/schools/lincoln-ms/sessions/math";
const BOARD: &str = "/schools/lincoln-ms/rooms/101";

/// Lincoln with a file of one text, about a silent device.
fn config(words: &str) -> Config {
    let folder = tempfile::tempdir().unwrap();
    let text = format!(
        "[[text]]\nid = \"silent\"\nconditions = [\"lost_contact\"]\ntechnician = \"{SENTENCE}\"\n\
         proctor = \"{words}\"\nsource = \"A guide, 2026\"\nas_of = 2026-11-22\n"
    );
    std::fs::write(folder.path().join("texts.toml"), text).unwrap();
    let path = folder.path().join("collector.toml");
    std::fs::write(&path, format!("what_to_do = \"texts.toml\"\n{LINCOLN}")).unwrap();
    crate::config::load(&path).unwrap()
}

async fn with_a_lost_device(words: &str) -> Collector {
    let collector = Collector::start_with(config(words), Timeouts::default()).await;
    let agent = Agent::enrol(&collector, "LIN-1").await;
    let started = agent.report(&collector, 1, &[json!({"kind": "app_started"})]);
    assert_eq!(agent.send(&collector, &started).await.status, 200);
    collector.seconds_pass(120).await;
    collector
}

async fn board(collector: &Collector, person: &SignedInAs) -> String {
    collector.get_with(BOARD, &person.cookie).await.text
}

async fn page(collector: &Collector, person: &SignedInAs) -> String {
    collector.get_with("/what-to-do", &person.cookie).await.text
}

/// The version that the page's form would send.
fn version(page: &str) -> String {
    let (_, rest) = page
        .split_once("name=\"version\" value=\"")
        .expect("a text to approve");
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn rooms_read_a_text_only_while_the_coordinators_approval_of_it_holds() {
    let collector = with_a_lost_device(TEXT).await;
    let coordinator = collector.signed_in_as(Role::DistrictCoordinator, &[]).await;
    let proctor = collector.proctor().await;
    let before = board(&collector, &proctor).await;
    assert!(before.contains(WHAT_TO_DO) && !before.contains(TEXT), "{before}");

    let form = format!("version={}", version(&page(&collector, &coordinator).await));
    let pressed = collector
        .post_form("/what-to-do/silent/approve", &coordinator, &form)
        .await;
    assert_eq!(pressed.status, 303, "{}", pressed.text);
    assert!(board(&collector, &proctor).await.contains(TEXT));
    let school = collector
        .signed_in_as(Role::SchoolCoordinator, &["lincoln-ms"])
        .await;
    let paper = collector
        .get_with(&format!("{SESSION}/proctors/sheet"), &school.cookie)
        .await;
    assert!(
        paper
            .text
            .contains(&format!("<strong>A device is not heard:</strong> {TEXT}"))
            && paper
                .text
                .contains(&format!("<strong>Anything else:</strong> {WHAT_TO_DO}")),
        "paper says what the district approved: {}",
        paper.text
    );
    assert!(
        page(&collector, &coordinator)
            .await
            .contains("Approved by District coordinator")
    );

    let after = collector.restarted(config(TEXT)).await;
    let person = after.signed_in_as(Role::DistrictCoordinator, &[]).await;
    assert!(
        page(&after, &person).await.contains("Approved by"),
        "the record remembers"
    );

    let changed = after.restarted(config("Let everybody go home.")).await;
    let person = changed.signed_in_as(Role::DistrictCoordinator, &[]).await;
    let shown = page(&changed, &person).await;
    assert!(
        shown.contains("The text has changed since it was approved"),
        "{shown}"
    );
    assert!(!shown.contains("Approved by"), "nobody approved these words");

    let pressed = collector
        .post_form("/what-to-do/silent/withdraw", &coordinator, "")
        .await;
    assert_eq!(pressed.status, 303, "{}", pressed.text);
    assert!(!board(&collector, &proctor).await.contains(TEXT));
}

#[tokio::test]
async fn a_text_that_was_changed_while_it_was_read_is_not_approved() {
    let collector = with_a_lost_device(TEXT).await;
    let coordinator = collector.signed_in_as(Role::DistrictCoordinator, &[]).await;
    let pressed = collector
        .post_form("/what-to-do/silent/approve", &coordinator, "version=0000")
        .await;
    assert_eq!(pressed.status, 409, "{}", pressed.text);
    assert!(!board(&collector, &coordinator).await.contains(TEXT));
}

#[tokio::test]
async fn staff_read_the_technicians_sentence_and_proctors_do_not() {
    let collector = with_a_lost_device(TEXT).await;
    let technician = collector.signed_in_as(Role::Technician, &["lincoln-ms"]).await;
    assert!(board(&collector, &technician).await.contains(SENTENCE));
    let proctor = collector.proctor().await;
    assert!(!board(&collector, &proctor).await.contains(SENTENCE));
}

#[test]
fn a_file_of_texts_that_is_wrong_refuses_the_configuration() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("texts.toml"), "[[text]]\nid = \"a\"\n").unwrap();
    let path = folder.path().join("collector.toml");
    std::fs::write(&path, format!("what_to_do = \"texts.toml\"\n{LINCOLN}")).unwrap();
    let bad = crate::config::load(&path).unwrap_err().to_string();
    assert!(
        bad.contains("texts.toml:1") && bad.contains("technician"),
        "{bad}"
    );
    assert_eq!(
        lincoln_as(LINCOLN).advice.all().len(),
        include_str!("../../../../configs/what-to-do.toml")
            .matches("[[text]]")
            .count(),
        "without a file, those that come with us"
    );
}
