//! The page about notices, its test button, and what boards may say once help knows.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::harness::{Agent, Collector, LINCOLN, lincoln_as};
use crate::access::Role;
use crate::domain::entry::EntryKind;
use crate::domain::notice::{Kind, What};
use crate::notify::{Telling, keep_telling};
use crate::serve::Timeouts;
use crate::store::{EntryQuery, Outgoing, Page, Tried};
use crate::watching::tell_staff;

/// Lincoln's technician by ntfy at a port where nobody listens, and Oak's.
const NOTICES: &str = r#"
[[school]]
id = "oak-es"
name = "Oak Elementary"
[notices]
  [[notices.target]]
  id = "on-call"
  name = "Technician on call"
  step = 1
  kind = "ntfy"
  address = "http://127.0.0.1:9/rooms"
  schools = ["lincoln-ms"]
  [[notices.target]]
  id = "oak"
  name = "Technician of Oak"
  step = 2
  kind = "slack"
  address_file = "no-such-file"
  schools = ["oak-es"]
"#;

async fn lincoln_that_tells() -> Collector {
    let config = lincoln_as(&format!("{LINCOLN}{NOTICES}"));
    Collector::start_with(config, Timeouts::default()).await
}

impl Collector {
    async fn outbox(&self) -> Vec<Outgoing> {
        self.store.notices(Page::First, 0).await.unwrap()
    }

    /// Seconds pass, as the collector's second hand has them pass.
    async fn watched_seconds_pass(&self, seconds: u32) {
        for _ in 0..seconds {
            self.seconds_pass(1).await;
            tell_staff(&self.fleet, &*self.store, crate::clock::Clock::wall(&*self.clock)).await;
        }
    }
}

async fn silent_seat(collector: &Collector) -> Agent {
    let agent = Agent::enrol(collector, "LIN-1").await;
    agent.beat(collector).await;
    let started = agent.report(collector, 1, &[serde_json::json!({"kind": "app_started"})]);
    assert_eq!(agent.send(collector, &started).await.status, 200);
    agent
}

#[tokio::test]
async fn a_silent_seat_is_told_once_and_the_board_says_help_only_after_it_arrived() {
    let collector = lincoln_that_tells().await;
    let coordinator = collector.signed_in().await;
    silent_seat(&collector).await;
    collector.watched_seconds_pass(60).await;
    let outbox = collector.outbox().await;
    assert_eq!(outbox.len(), 1, "{outbox:?}");
    let notice = &outbox[0].notice;
    assert_eq!((notice.target.as_str(), notice.kind), ("on-call", Kind::Opened));
    assert_eq!(notice.items[0].rooms[0].as_str(), "Room 101");
    assert!(
        notice.items[0]
            .problem
            .starts_with("Seat 1 has not been heard since")
    );
    let whole = serde_json::to_string(notice).unwrap();
    assert!(!whole.contains("LIN-1"), "no device is named: {whole}");
    let board = "/schools/lincoln-ms/rooms/101";
    let said = collector.get_with(board, &coordinator).await.text;
    assert!(said.contains("Tell your technician.") && !said.contains("Help has been told."));

    collector
        .store
        .notice_tried(notice.id, Tried::Delivered, notice.at)
        .await
        .unwrap();
    collector.fleet.notice_delivered(notice);
    let said = collector.get_with(board, &coordinator).await.text;
    assert!(said.contains("Help has been told.") && !said.contains("Tell your technician."));
}

#[tokio::test]
async fn what_was_over_before_a_notice_could_be_written_is_told_once_through_a_restart() {
    let collector = lincoln_that_tells().await;
    let agent = silent_seat(&collector).await;
    // The record is written and the notices are not: nobody is told in these seconds.
    collector.seconds_pass(60).await;
    for _ in 0..30 {
        agent.beat(&collector).await;
        collector.seconds_pass(2).await;
    }
    let over = collector.fleet.read(|fleet| {
        let log = fleet.incidents(&"lincoln-ms".parse().unwrap()).unwrap();
        log.newest_first().iter().all(|told| !told.incident.is_open())
    });
    assert!(over && collector.outbox().await.is_empty());

    let config = || lincoln_as(&format!("{LINCOLN}{NOTICES}"));
    let collector = collector.restarted(config()).await;
    collector.watched_seconds_pass(1).await;
    let told = collector.outbox().await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!((told[0].notice.kind, told[0].notice.tells.len()), (Kind::Over, 1));
    let collector = collector.restarted(config()).await;
    collector.watched_seconds_pass(30).await;
    assert_eq!(collector.outbox().await, told, "once");
}

#[tokio::test]
async fn who_says_on_my_way_keeps_it_quiet_and_is_help() {
    let collector = lincoln_that_tells().await;
    let technician = collector.signed_in_as(Role::Technician, &["lincoln-ms"]).await;
    silent_seat(&collector).await;
    collector.watched_seconds_pass(60).await;
    let id = collector.fleet.read(|fleet| {
        let log = fleet.incidents(&"lincoln-ms".parse().unwrap()).unwrap();
        log.newest_first()[0].incident.id.to_string()
    });
    let way = format!("/schools/lincoln-ms/rooms/101/on-my-way?incident={id}");
    let pressed = collector.post_form(&way, &technician, "").await;
    assert_eq!(pressed.status, 303, "{}", pressed.text);
    let said = collector
        .get_with("/schools/lincoln-ms/rooms/101", &technician.cookie)
        .await
        .text;
    assert!(said.contains("Help has been told."));
    collector.watched_seconds_pass(599).await;
    assert_eq!(collector.outbox().await.len(), 1, "quiet for ten minutes");
    collector.watched_seconds_pass(10).await;
    let outbox = collector.outbox().await;
    assert_eq!(outbox.len(), 2, "then a reminder");
    assert_eq!(outbox[1].notice.tells[0].1, What::Reminder);
}

#[tokio::test]
async fn a_raised_hand_is_told_and_when_it_is_lowered_too() {
    let collector = lincoln_that_tells().await;
    let proctor = collector.proctor().await;
    let room = "/schools/lincoln-ms/rooms/101";
    let raised = collector
        .post_form(&format!("{room}/raise-hand"), &proctor, "")
        .await;
    assert_eq!(raised.status, 303, "{}", raised.text);
    collector.watched_seconds_pass(10).await;
    collector
        .post_form(&format!("{room}/lower-hand"), &proctor, "")
        .await;
    collector.watched_seconds_pass(10).await;
    let outbox = collector.outbox().await;
    let kinds: Vec<_> = outbox.iter().map(|known| known.notice.kind).collect();
    assert_eq!(kinds, [Kind::Opened, Kind::Over]);
    let said = serde_json::to_string(&outbox[0].notice).unwrap();
    assert!(
        said.contains("Help has been wanted in the room since 13:00"),
        "{said}"
    );
    assert!(!said.contains("Jones"), "no person is named: {said}");
}

#[tokio::test]
async fn a_technician_sees_and_tests_the_targets_of_their_schools_only() {
    let collector = lincoln_that_tells().await;
    let of_lincoln = collector.signed_in_as(Role::Technician, &["lincoln-ms"]).await;
    let page = collector.get_with("/notices", &of_lincoln.cookie).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("Technician on call") && page.text.contains("Told at once"));
    assert!(!page.text.contains("Technician of Oak"), "another school's");
    let elsewhere = collector
        .post_form("/notices/test", &of_lincoln, "target=oak")
        .await;
    assert_eq!(elsewhere.status, 404);
    assert!(collector.outbox().await.is_empty());
    let everywhere = collector.signed_in_as(Role::Administrator, &[]).await;
    let page = collector.get_with("/notices", &everywhere.cookie).await.text;
    assert!(page.contains("Technician of Oak") && page.contains("Told when nobody is on the way for 5 min"));
}

#[tokio::test]
async fn a_test_is_written_down_tried_once_and_says_what_came_of_it() {
    let collector = lincoln_that_tells().await;
    let administrator = collector.signed_in_as(Role::Administrator, &[]).await;
    let telling = Telling {
        settings: collector.fleet.read(|state| Arc::clone(&state.config().notices)),
        store: Arc::clone(&collector.store),
        fleet: collector.fleet.clone(),
        clock: collector.clock.clone(),
        base: None,
    };
    let stop = CancellationToken::new();
    let telling = tokio::spawn(keep_telling(telling, stop.clone()));
    for _ in 0..2 {
        let asked = collector
            .post_form("/notices/test", &administrator, "target=on-call")
            .await;
        assert_eq!(asked.status, 303, "{}", asked.text);
        assert_eq!(asked.header("location"), Some("/notices#target-on-call"));
        collector.clock.pass(Duration::from_secs(1));
    }
    let outbox = collector.outbox().await;
    assert_eq!(outbox.len(), 2, "each press is one test, tried once");
    assert!(
        outbox
            .iter()
            .all(|known| known.delivery.is_done() && known.failures == 1)
    );
    assert_eq!(outbox[0].notice.kind, Kind::Test);
    let entries = collector.store.entries(EntryQuery::default()).await.unwrap();
    let tests = entries
        .iter()
        .filter(|entry| entry.entry.kind == EntryKind::NoticeTested);
    assert_eq!(tests.count(), 2);
    let page = collector.get_with("/notices", &administrator.cookie).await.text;
    for words in [
        "Not delivered",
        "did not arrive",
        "cannot reach 127.0.0.1; check that this computer may go there",
    ] {
        assert!(page.contains(words), "{words} is not on the page: {page}");
    }
    stop.cancel();
    telling.await.unwrap().unwrap();
}

#[tokio::test]
async fn without_settings_the_page_teaches_what_to_write() {
    let collector = Collector::in_lincoln().await;
    let administrator = collector.signed_in_as(Role::Administrator, &[]).await;
    let page = collector.get_with("/notices", &administrator.cookie).await.text;
    assert!(page.contains("Nobody is told yet") && page.contains("[[notices.target]]"));
}
