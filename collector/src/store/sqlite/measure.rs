//! Measurements, told and judged by whoever asks: no suite runs them. In a release build, of which the promises speak
//! ("ready in under 2 s" after a restart with 45,000 devices): `cargo test --release -p roomready-collector --lib measure --
//! --ignored --nocapture`. A debug build takes several times as long, and is no proof either way.

use std::sync::Arc;
use std::time::Duration;

use roomready_shared::facts::Facts;
use roomready_shared::wire::v1::NewsBody;

use super::*;
use crate::clock::{Clock as _, Mono, SystemClock};
use crate::store::contract::story;

/// Devices of a large district.
const DEVICES: u32 = 45_000;

fn seconds(clock: &SystemClock, since: Mono) -> f64 {
    clock.mono().since(since).as_secs_f64()
}

/// Facts of the size that a real agent sends: about 2 KB.
fn full_facts() -> Facts {
    let reach = r#"{"outcome":{"measured":{"via":"tcp","sent":20,"answered":19,"window_ms":2000,
        "latency":{"median_us":18234,"p95_us":40122,"jitter_us":2211},"trouble":"one try took longer than 2 s"}},
        "source":"agent","at":"2026-10-06T08:00:00.123456Z"}"#;
    let text = format!(
        r#"{{"platform":"linux",
        "os":{{"outcome":{{"measured":{{"name":"Ubuntu 24.04.3 LTS","distribution":"ubuntu","version":"24.04",
            "architecture":"x86_64"}}}},"source":"agent","at":"2026-10-06T08:00:00Z"}},
        "memory":{{"outcome":{{"measured":{{"total":8221122560,"available":4221122560}}}},"source":"agent",
            "at":"2026-10-06T08:00:00Z"}},
        "disk":{{"outcome":{{"measured":{{"total":250685575168,"free":120685575168}}}},"source":"agent",
            "at":"2026-10-06T08:00:00Z"}},
        "display":{{"outcome":{{"failed":"no display is connected to this computer"}},"source":"agent",
            "at":"2026-10-06T08:00:00Z"}},
        "power":{{"outcome":{{"measured":{{"battery":{{"charge":87,"flow":"discharging"}}}}}},"source":"agent",
            "at":"2026-10-06T08:00:00Z"}},
        "gateway":{reach},"collector":{reach},
        "vendor":{{"home.testnav.com:443":{reach},"download.testnav.com:443":{reach}}}}}"#
    );
    serde_json::from_str(&text).unwrap()
}

#[ignore = "a measurement: takes a while, judges nothing"]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn measure_reports_of_one_record_from_200_devices_at_once() {
    const TASKS: u32 = 200;
    const REPORTS: u64 = 50;
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(folder.path()).unwrap());
    let clock = Arc::new(SystemClock::start());
    let mut devices = Vec::new();
    for number in 0..TASKS {
        devices.push(story::enrolled(&*store, number).await);
    }
    let before = store.counts();
    let began = clock.mono();
    let tasks: Vec<_> = devices
        .into_iter()
        .zip(0..)
        .map(|(device, number)| {
            let (store, clock) = (Arc::clone(&store), Arc::clone(&clock));
            tokio::spawn(async move {
                let mut waits = Vec::new();
                for seq in 1..=REPORTS {
                    let asked = clock.mono();
                    let batch = story::starts(device, story::stream(number), seq..=seq);
                    assert_eq!(store.accept(batch).await.unwrap().acked_through, seq);
                    waits.push(clock.mono().since(asked));
                }
                waits
            })
        })
        .collect();
    let mut waits = Vec::new();
    for task in tasks {
        waits.extend(task.await.unwrap());
    }
    let took = seconds(&clock, began);
    waits.sort_unstable();
    let after = store.counts();
    let (jobs, commits) = (after.jobs - before.jobs, after.commits - before.commits);
    let p99: Duration = waits[waits.len() * 99 / 100];
    println!(
        "{jobs} reports of one record in {took:.2} s: {:.0} a second, {commits} commits, median {:?}, p99 {p99:?}",
        f64::from(TASKS) * 50.0 / took,
        waits[waits.len() / 2],
    );
}

#[ignore = "a measurement: takes a while, judges nothing"]
#[tokio::test]
async fn measure_a_restart_with_a_large_district() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path()).unwrap();
    let clock = SystemClock::start();
    let began = clock.mono();
    let facts = full_facts();
    println!(
        "one device's facts have {} bytes as JSON",
        serde_json::to_vec(&facts).unwrap().len()
    );
    let mut asked = Vec::new();
    for number in 0..DEVICES {
        let mut batch = story::starts(
            story::device(number, facts.platform).id,
            story::stream(number.into()),
            1..=1,
        );
        let mut news = story::app_started(1);
        news.body = NewsBody::facts(facts.clone());
        batch.news = vec![story::understood(news)];
        let store = &store;
        asked.push(async move {
            story::enrolled(store, number).await;
            store.accept(batch).await
        });
        if asked.len() == 200 || number + 1 == DEVICES {
            for accepted in futures_util::future::join_all(std::mem::take(&mut asked)).await {
                accepted.unwrap();
            }
        }
    }
    store.close().await.unwrap();
    println!(
        "{DEVICES} devices enrolled and heard in {:.1} s",
        seconds(&clock, began)
    );

    let began = clock.mono();
    let store = SqliteStore::open(folder.path()).unwrap();
    let opened = seconds(&clock, began);
    let devices = store.devices().await.unwrap();
    println!(
        "restart: open {opened:.3} s, {} devices with facts read after {:.3} s",
        devices.len(),
        seconds(&clock, began)
    );
    assert!(devices.iter().all(|device| device.facts.is_some()));
}
