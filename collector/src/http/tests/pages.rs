//! Who may see pages, and that everything they link to is there.

use std::collections::{BTreeSet, VecDeque};

use super::harness::{Agent, Collector};

/// Every address in a page that leads to this collector.
fn links(html: &str) -> Vec<String> {
    let attributes = ["href=\"", "src=\"", "data-stream=\""];
    let found = attributes
        .iter()
        .flat_map(|attribute| html.split(attribute).skip(1));
    let found = found.filter_map(|rest| rest.split('"').next());
    found
        .filter(|url| url.starts_with('/'))
        .map(|url| url.replace("&amp;", "&").replace("&#38;", "&"))
        .collect()
}

#[tokio::test]
async fn a_forged_cookie_shows_no_page_and_tells_no_name() {
    let collector = Collector::in_lincoln().await;
    for path in ["/", "/schools/lincoln-ms", "/live/district"] {
        for cookie in [
            "cookie: a=b",
            "cookie: roomready_staff_1=abc",
            &forged(&collector),
        ] {
            let reply = collector.get_with(path, cookie).await;
            assert_eq!(reply.status, 401, "{path}");
            assert!(reply.text.contains("Please sign in"), "{path}: {}", reply.text);
            assert!(!reply.text.contains("Lincoln"), "{path} tells a name");
        }
    }
}

fn forged(collector: &Collector) -> String {
    format!(
        "cookie: roomready_staff_{}={}",
        collector.address.port(),
        "0".repeat(64)
    )
}

#[tokio::test]
async fn a_sign_in_ends_after_its_working_day_however_much_it_is_used() {
    let collector = Collector::in_lincoln().await;
    let cookie = collector.signed_in().await;
    let hour = std::time::Duration::from_secs(3_600);
    for _ in 0..12 {
        assert_eq!(collector.get_with("/", &cookie).await.status, 200);
        collector.clock.pass(hour);
    }
    assert_eq!(collector.get_with("/", &cookie).await.status, 401);
}

#[tokio::test]
async fn a_sign_in_that_nobody_uses_ends_before() {
    let collector = Collector::in_lincoln().await;
    let cookie = collector.signed_in().await;
    collector.clock.pass(crate::limits::SIGN_IN_IDLE);
    assert_eq!(collector.get_with("/", &cookie).await.status, 401);
}

#[tokio::test]
async fn every_link_of_every_page_leads_somewhere() {
    let collector = Collector::in_lincoln().await;
    let agent = Agent::enrol(&collector, "LIN-1").await;
    agent.beat(&collector).await;
    let started = agent.report(&collector, 1, &[serde_json::json!({"kind": "app_started"})]);
    assert_eq!(agent.send(&collector, &started).await.status, 200);
    // Silent for long enough that an incident opens: its page is linked too.
    collector.seconds_pass(60).await;
    let cookie = collector.signed_in().await;

    let mut seen = BTreeSet::from(["/".to_owned()]);
    let mut todo = VecDeque::from(["/".to_owned()]);
    while let Some(path) = todo.pop_front() {
        if path.starts_with("/live/") {
            // A stream does not end; its page's other test reads it.
            continue;
        }
        let reply = collector.get_with(&path, &cookie).await;
        assert_eq!(reply.status, 200, "{path}");
        for link in links(&reply.text) {
            if seen.insert(link.clone()) {
                todo.push_back(link);
            }
        }
    }
    let expected = [
        "/schools/lincoln-ms/rooms/101",
        "/roster/LIN%2F2%20%C3%9C",
        "/live/district",
    ];
    for path in expected.into_iter().chain([&*format!("/devices/{}", agent.id)]) {
        assert!(seen.contains(path), "nothing leads to {path}: {seen:?}");
    }
    assert!(
        seen.iter().any(|path| path.starts_with("/incidents/")),
        "{seen:?}"
    );
}

#[tokio::test]
async fn what_is_not_there_is_said_by_its_name_and_cannot_smuggle_markup() {
    let collector = Collector::in_lincoln().await;
    let cookie = collector.signed_in().await;
    for path in [
        "/schools/nowhere",
        "/schools/lincoln-ms/rooms/999",
        "/devices/no-uuid",
        "/roster/nobody",
        "/incidents/none",
        "/devices?show=fine",
        "/schools/%3Cscript%3E",
    ] {
        let reply = collector.get_with(path, &cookie).await;
        assert_eq!(reply.status, 404, "{path}");
        assert!(
            reply.text.contains("This page does not exist"),
            "{path}: {}",
            reply.text
        );
        assert!(!reply.text.contains("<script>"), "{path}: {}", reply.text);
    }
}

#[tokio::test]
async fn the_order_of_the_tiles_is_remembered_by_the_browser() {
    let collector = Collector::in_lincoln().await;
    let cookie = collector.signed_in().await;
    let room = "/schools/lincoln-ms/rooms/101";
    let chosen = collector.get_with(&format!("{room}?order=seat"), &cookie).await;
    let remembered = chosen.header("set-cookie").unwrap();
    assert!(remembered.starts_with("roomready_order=seat; "), "{remembered}");
    assert!(
        collector
            .get_with(room, &cookie)
            .await
            .header("set-cookie")
            .is_none()
    );
}

#[tokio::test]
async fn without_rooms_the_overview_teaches_the_next_step() {
    let collector = Collector::start().await;
    let cookie = collector.signed_in().await;
    let page = collector.get_with("/", &cookie).await;
    assert!(
        page.text.contains("No rooms yet") && page.text.contains("[[school.room]]"),
        "{}",
        page.text
    );
}
