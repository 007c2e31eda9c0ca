//! Keys and credentials on pages.

use super::harness::{Agent, Collector, SignedInAs};
use crate::access::Role;
use crate::domain::entry::{Actor, EntryKind};
use crate::store::EntryQuery;

const PAGE: &str = "/schools/lincoln-ms/enrollment";

async fn technician(collector: &Collector) -> SignedInAs {
    collector.signed_in_as(Role::Technician, &["lincoln-ms"]).await
}

fn told_key(page: &str) -> String {
    let (_, after) = page.split_once("--key ").expect("the command is shown");
    after.chars().take(64).collect()
}

#[tokio::test]
async fn a_technician_makes_a_key_that_is_shown_once_and_ends_it() {
    let collector = Collector::in_lincoln().await;
    let person = technician(&collector).await;
    let made = collector
        .post_form(PAGE, &person, "room=101&uses=5&days=7&give=command")
        .await;
    assert_eq!(made.status, 200, "{}", made.text);
    let key = told_key(&made.text);
    assert!(made.text.contains("5 devices into Room 101"), "{}", made.text);

    let page = collector.get_with(PAGE, &person.cookie).await;
    assert!(!page.text.contains(&key), "it is shown once");
    assert!(page.text.contains("0 of 5"), "{}", page.text);
    let enrol = |name: &str| {
        format!(r#"{{"key":"{key}","name":"{name}","platform":"linux","agent_version":"0.1.0"}}"#)
    };
    let let_in = collector.post_json("/api/v1/enroll", "", &enrol("LIN-1")).await;
    assert_eq!(let_in.status, 200, "{}", let_in.text);

    let id = collector.store.keys().await.unwrap()[0].id();
    let ended = collector
        .post_form(&format!("{PAGE}/revoke"), &person, &format!("key={id}"))
        .await;
    assert_eq!(ended.status, 303, "{}", ended.text);
    let refused = collector.post_json("/api/v1/enroll", "", &enrol("LIN-9")).await;
    assert_eq!(refused.status, 403);
    assert!(refused.text.contains("ended by your school"), "{}", refused.text);
    let entries = collector.store.entries(EntryQuery::default()).await.unwrap();
    let by = |kind| entries.iter().find(|entry| entry.entry.kind == kind).unwrap();
    for kind in [EntryKind::EnrolmentKeyMade, EntryKind::EnrolmentKeyRevoked] {
        assert_eq!(by(kind).entry.actor, Actor::Account(person.account));
    }
}

#[tokio::test]
async fn a_key_comes_as_a_file_for_device_management() {
    let collector = Collector::in_lincoln().await;
    let person = technician(&collector).await;
    let file = collector
        .post_form(PAGE, &person, "room=&uses=30&days=31&give=file")
        .await;
    assert_eq!(file.status, 200, "{}", file.text);
    assert!(
        file.header("content-disposition")
            .unwrap()
            .contains("enrolment.toml")
    );
    assert!(file.text.contains("collectors = ["), "{}", file.text);
    let wrong = collector
        .post_form(PAGE, &person, "room=&uses=0&days=31&give=file")
        .await;
    assert_eq!(wrong.status, 422, "{}", wrong.text);
    let nowhere = collector
        .post_form(PAGE, &person, "room=999&uses=1&days=31&give=file")
        .await;
    assert_eq!(nowhere.status, 404, "{}", nowhere.text);
    assert_eq!(collector.store.keys().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_technician_ends_a_stolen_device_s_identity_and_an_auditor_cannot() {
    let collector = Collector::in_lincoln().await;
    let device = Agent::enrol(&collector, "LIN-1").await;
    let (person, auditor) = (
        technician(&collector).await,
        collector.signed_in_as(Role::Auditor, &[]).await,
    );
    let address = format!("/devices/{}", device.id);
    let page = collector.get_with(&address, &auditor.cookie).await;
    assert!(!page.text.contains("/credential/revoke"), "{}", page.text);
    let revoke = format!("{address}/credential/revoke");
    assert_eq!(collector.post_form(&revoke, &auditor, "").await.status, 403);

    let page = collector.get_with(&address, &person.cookie).await;
    assert!(page.text.contains(&revoke), "{}", page.text);
    assert_eq!(collector.post_form(&revoke, &person, "").await.status, 303);
    let report = device.report(&collector, 1, &[]);
    assert_eq!(device.send(&collector, &report).await.status, 401);
    let page = collector.get_with(&address, &person.cookie).await;
    assert!(page.text.contains("identity was ended"), "{}", page.text);
    let rotate = format!("{address}/credential/rotate");
    assert_eq!(collector.post_form(&rotate, &person, "").await.status, 422);
}
