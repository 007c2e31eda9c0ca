//! What checks say in a test, from reports to incidents, and over restarts.

use std::path::Path;

use roomready_shared::requirement::Requirement;
use serde_json::{Value, json};

use super::*;
use crate::domain::identity::Access;
use crate::domain::incident::Condition;

impl Collector {
    /// It reports for so many seconds, every five, by a clock that runs so far ahead.
    async fn goes_on(&self, device: DeviceId, next_seq: u64, ahead: SignedDuration, seconds: u32) {
        for _ in 0..seconds / 5 {
            self.report_by(ahead, device, next_seq, &[]).await;
            self.seconds_pass(5).await;
        }
    }

    fn facts(&self, name: &str, value: &Value) -> Value {
        let reading = json!({"outcome": {"measured": value}, "source": "agent", "at": self.clock.wall()});
        json!({"kind": "facts", "facts": {"platform": "linux", name: reading}})
    }

    fn on_network(&self, number: u8) -> Value {
        let link = json!({
            "kind": "wireless",
            "subnet": format!("10.{number}.0.0/16"),
            "gateway": format!("10.{number}.0.1"),
            "proxy": "direct",
        });
        self.facts("link", &link)
    }

    fn open(&self) -> Vec<Condition> {
        self.fleet.read(|state| {
            let log = state.incidents(&room().school).unwrap();
            let told = log.newest_first().into_iter();
            let open = told.filter(|told| told.incident.is_open());
            open.map(|told| told.incident.condition).collect()
        })
    }
}

#[tokio::test]
async fn a_device_on_another_network_is_told_over_a_restart_and_until_it_is_back() {
    let mut collector = Collector::start().await;
    let device = collector.enrol(1).await;
    collector.seconds_pass(1).await;
    collector
        .report(device, 1, &[collector.on_network(4), app_started()])
        .await;
    collector.goes_on(device, 3, SignedDuration::ZERO, 10).await;
    collector.report(device, 3, &[collector.on_network(9)]).await;
    collector.goes_on(device, 4, SignedDuration::ZERO, 10).await;
    assert_eq!(collector.open(), [Condition::NetworkChanged]);

    collector.restart(Duration::from_secs(10)).await;
    collector.goes_on(device, 4, SignedDuration::ZERO, 180).await;
    assert_eq!(
        collector.open(),
        [Condition::NetworkChanged],
        "it is still elsewhere"
    );
    collector.report(device, 4, &[collector.on_network(4)]).await;
    collector.goes_on(device, 5, SignedDuration::ZERO, 75).await;
    assert_eq!(collector.open(), []);
}

#[tokio::test]
async fn the_network_that_a_device_told_last_is_known_to_its_watch_after_a_restart() {
    let mut collector = Collector::start().await;
    let device = collector.enrol(1).await;
    collector.seconds_pass(1).await;
    let stands_in = |collector: &Collector| {
        collector.fleet.read(|state| {
            let watch = serde_json::to_value(state.watch(&room().school).unwrap()).unwrap();
            watch["devices"][device.to_string()]["subnet"].clone()
        })
    };
    assert_eq!(stands_in(&collector), Value::Null);
    collector
        .report(device, 1, &[collector.on_network(4), app_started()])
        .await;
    collector.seconds_pass(1).await;
    assert_eq!(stands_in(&collector), "10.4.0.0/16");
    // Stored, and judged by nobody before the end.
    collector.report(device, 3, &[collector.on_network(9)]).await;
    collector.restart(Duration::from_secs(10)).await;
    assert_eq!(stands_in(&collector), "10.9.0.0/16");
    collector.seconds_pass(1).await;
    assert_eq!(stands_in(&collector), "10.9.0.0/16");
}

#[tokio::test]
async fn a_clock_that_is_moved_in_a_test_is_told_at_the_next_beat_and_one_that_was_wrong_is_not() {
    let day = SignedDuration::from_hours(24);
    let collector = Collector::start().await;
    let (right, wrong) = (collector.enrol(1).await, collector.enrol(2).await);
    collector.seconds_pass(1).await;
    collector.report(right, 1, &[app_started()]).await;
    collector.report_by(day, wrong, 1, &[app_started()]).await;
    collector.seconds_pass(3).await;
    collector.report_by(day, wrong, 2, &[]).await;
    collector.report(right, 2, &[]).await;
    collector.seconds_pass(3).await;
    assert_eq!(collector.open(), []);
    collector.report_by(day, right, 2, &[]).await;
    collector.report_by(day, wrong, 2, &[]).await;
    collector.seconds_pass(2).await;
    assert_eq!(collector.open(), [Condition::ClockJumped]);
}

#[tokio::test]
async fn a_shared_credential_is_told_in_the_test_and_ends_when_it_is_settled() {
    let collector = Collector::start().await;
    let device = collector.enrol(1).await;
    collector.seconds_pass(1).await;
    collector.report(device, 1, &[app_started()]).await;
    collector.seconds_pass(2).await;
    let access = |shared_at, change| {
        let held = collector.fleet.read(|state| state.device(device).unwrap().access);
        let access = Access { shared_at, ..held };
        collector.fleet.access_changed(AccessNow {
            device,
            access,
            change,
        });
    };
    access(Some(collector.clock.wall()), 100);
    collector.seconds_pass(2).await;
    assert_eq!(collector.open(), [Condition::CredentialShared]);
    access(None, 101);
    collector.goes_on(device, 2, SignedDuration::ZERO, 15).await;
    assert_eq!(collector.open(), []);
}

#[tokio::test]
async fn a_program_that_disturbs_is_told_in_testing_and_stays_told_over_a_restart() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../configs/profiles/testnav-2026-27.toml");
    let text = std::fs::read_to_string(file).unwrap();
    let requirement = Arc::new(Requirement::from_profile("testnav", &text).unwrap());
    let mut collector = Collector::start_with(config_with(Some(requirement))).await;
    let device = collector.enrol(1).await;
    collector.seconds_pass(1).await;
    let runs = |running: &[&str]| {
        let found = json!({"looked_for": 4, "running": running});
        collector.facts("intruders", &found)
    };
    collector
        .report(device, 1, &[app_started(), runs(&["Zoom"])])
        .await;
    collector.goes_on(device, 3, SignedDuration::ZERO, 20).await;
    assert_eq!(collector.open(), [Condition::Intruder]);
    assert_eq!(collector.standing(device), Standing::Attention);

    collector.restart(Duration::from_secs(10)).await;
    collector.goes_on(device, 3, SignedDuration::ZERO, 60).await;
    assert_eq!(
        collector.open(),
        [Condition::Intruder],
        "the same state comes out"
    );
    let found = json!({"looked_for": 4, "running": []});
    collector
        .report(device, 3, &[collector.facts("intruders", &found)])
        .await;
    collector.goes_on(device, 4, SignedDuration::ZERO, 15).await;
    assert_eq!(collector.open(), []);
}
