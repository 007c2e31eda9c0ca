//! Two machines with one device's credential.

use std::time::Duration;

use roomready_shared::wire::v1::ClockAnchor;

use super::*;
use crate::clock::Clock as _;
use crate::domain::entry::EntryKind;
use crate::domain::identity::NOTICED_WITHIN;
use crate::domain::standing::Standing;
use crate::store::EntryQuery;

/// A machine's word at this moment: it was booted at a second of the collector's clock.
fn word(stage: &Stage, machine: u128, booted: u64, first_seq: u64, news: Vec<RawNews>) -> Report {
    let mono_ms = stage.clock.mono().as_millis() + 10_000_000 - booted * 1_000;
    let mut report = report(first_seq, news);
    report.live.epoch = ClockEpoch::new(Uuid::from_u128(machine));
    report.live.mono_ms = mono_ms;
    report.live.anchor = Some(ClockAnchor {
        mono_ms: mono_ms - 100,
        at: at(0),
        plus_minus_ms: 5,
    });
    for record in &mut report.news {
        record.epoch = report.live.epoch;
        record.mono_ms = mono_ms;
    }
    report
}

async fn hears(stage: &Stage, report: Report) -> ReportReply {
    stage.clock.pass(Duration::from_secs(5));
    stage.ingest.take(stage.device, report).await.unwrap()
}

async fn take_turns(stage: &Stage, times: usize) {
    for turn in 0..times {
        let machine = u128::try_from(turn % 2).unwrap();
        let booted = if machine == 0 { 0 } else { 3_000 };
        hears(stage, word(stage, machine, booted, 1, Vec::new())).await;
    }
}

fn standing(stage: &Stage) -> Standing {
    stage.fleet.read(|fleet| {
        let device = fleet.device(stage.device).unwrap();
        fleet.standing(stage.device, device)
    })
}

async fn told(stage: &Stage) -> usize {
    let entries = stage.store.entries(EntryQuery::default()).await.unwrap();
    let shared = |entry: &&crate::domain::entry::Entry| entry.entry.kind == EntryKind::CredentialShared;
    entries.iter().filter(shared).count()
}

#[tokio::test]
async fn two_machines_that_take_turns_are_told_once_and_nothing_of_theirs_is_taken() {
    let stage = stage(0).await;
    take_turns(&stage, NOTICED_WITHIN - 1).await;
    assert_eq!(told(&stage).await, 0);
    take_turns(&stage, 2).await;
    assert_eq!(told(&stage).await, 1);
    assert_eq!(standing(&stage), Standing::Attention);

    // What they say is neither stored nor acknowledged, so neither loses it; they are heard all the same.
    let reply = hears(&stage, word(&stage, 0, 0, 1, vec![free_disk(1)])).await;
    assert_eq!((reply.acked_through, reply.expected), (0, None));
    assert!(stage.store.news_after(Arrival(0)).await.unwrap().is_empty());
    let (facts, heard) = stage.fleet.read(|fleet| {
        let device = fleet.device(stage.device).unwrap();
        (device.facts.clone(), device.heard)
    });
    assert_eq!((facts, heard), (None, Some(stage.clock.wall())));
    take_turns(&stage, 20).await;
    assert_eq!(told(&stage).await, 1);
}

#[tokio::test]
async fn it_is_known_after_a_restart_and_ends_with_a_person_s_word() {
    let stage = stage(0).await;
    take_turns(&stage, NOTICED_WITHIN).await;
    let again = crate::fleet::restore(config(), &*stage.store, stage.clock.wall())
        .await
        .unwrap();
    let shared = |fleet: &Fleet| fleet.read(|fleet| fleet.device(stage.device).unwrap().access.shared_at);
    assert!(shared(&again).is_some());

    let now = stage
        .store
        .change_access(
            stage.device,
            AccessStep::DismissShare,
            Actor::Console,
            stage.clock.wall(),
        )
        .await
        .unwrap();
    stage.fleet.access_changed(now);
    assert_eq!(shared(&stage.fleet), None);
    // What was kept on the device comes now.
    let reply = hears(&stage, word(&stage, 0, 0, 1, vec![free_disk(1)])).await;
    assert_eq!(reply.acked_through, 1);
    // And if they go on, it is told again.
    take_turns(&stage, NOTICED_WITHIN + 1).await;
    assert_eq!(told(&stage).await, 2);
}

#[tokio::test]
async fn a_copied_outbox_is_noticed_as_soon_as_the_first_machine_is_back() {
    let stage = stage(0).await;
    let first = vec![free_disk(1), app_started(2)];
    assert_eq!(hears(&stage, word(&stage, 0, 0, 1, first)).await.acked_through, 2);
    // The copy was drawn after the first record: its own second one has the same number.
    hears(&stage, word(&stage, 1, 3_000, 2, vec![app_started(2)])).await;
    assert_eq!(told(&stage).await, 0, "a disk that was put back looks alike");
    hears(&stage, word(&stage, 0, 0, 3, Vec::new())).await;
    assert_eq!(told(&stage).await, 1);
}

#[tokio::test]
async fn a_report_that_is_sent_again_contradicts_nothing() {
    let stage = stage(0).await;
    let report = word(&stage, 0, 0, 1, vec![free_disk(1), app_started(2)]);
    for _ in 0..3 {
        hears(&stage, report.clone()).await;
        hears(&stage, word(&stage, 0, 0, 3, Vec::new())).await;
    }
    assert_eq!(told(&stage).await, 0);
}
