//! A changed district, taken over while everything runs.

use super::*;

/// Lincoln has another sitting and requirements, Washington is gone and Adams is new.
fn changed_config() -> Config {
    let file = r#"
district = "Cedar Valley Unified"
zone = "UTC"
profile = "testnav.toml"
[[school]]
id = "lincoln-ms"
name = "Lincoln"
  [[school.room]]
  id = "101"
  name = "Room 101"
[[school]]
id = "adams-hs"
name = "Adams"
  [[school.room]]
  id = "1"
  name = "Room 1"
[[session]]
id = "science"
name = "Science"
school = "lincoln-ms"
room = "101"
starts = "2026-10-06 08:00"
ends = "2026-10-06 09:00"
timing = "timed"
"#;
    let folder = tempfile::tempdir().unwrap();
    let profile = include_str!("../../../../configs/profiles/testnav-2026-27.toml");
    std::fs::write(folder.path().join("testnav.toml"), profile).unwrap();
    let path = folder.path().join("collector.toml");
    std::fs::write(&path, file).unwrap();
    crate::config::load(&path).unwrap()
}

#[tokio::test]
async fn a_changed_district_is_adopted_at_once_and_devices_keep_what_they_said() {
    let collector = Collector::start().await;
    let device = collector.enrol(1).await;
    collector
        .report(
            device,
            1,
            &[serde_json::json!({"kind": "facts", "facts": {"platform": "linux"}})],
        )
        .await;
    collector.seconds_pass(1).await;
    let known = collector.store.devices().await.unwrap();
    collector
        .fleet
        .adopt(changed_config(), known, collector.clock.wall());
    collector.seconds_pass(1).await;
    collector.fleet.read(|state| {
        assert_eq!(state.district().name().as_str(), "Cedar Valley Unified");
        let now = state.device(device).unwrap();
        assert!(now.live.is_some(), "it keeps what it said");
        assert!(now.checks.is_some(), "and is judged by what is required now");
        let schools: Vec<_> = state.district().schools().keys().map(|id| id.as_str()).collect();
        assert_eq!(schools, ["adams-hs", "lincoln-ms"]);
        assert!(state.watch(&"adams-hs".parse().unwrap()).is_some());
        assert!(state.watch(&library().school).is_none());
        let watched = state.watch(&room().school).and_then(|watch| watch.device(device));
        let current = watched.and_then(watch::DeviceWatch::current).unwrap();
        assert_eq!(current.session.as_str(), "science");
        assert_eq!(state.devices_at_home(&room()).count(), 1);
        assert!(state.device_named(&now.home.name).is_some());
    });
}

#[tokio::test]
async fn a_device_is_told_its_phase_to_the_second_and_by_the_new_timetable_from_its_adoption_on() {
    let collector = Collector::start().await;
    let device = collector.enrol(1).await;
    let told = |moment| {
        collector
            .fleet
            .answer(device, at(moment))
            .expect("it is enrolled")
            .phase
    };
    // In this order: a clock may be set back.
    for (moment, phase) in [
        ("06:59:59", Phase::Scheduled),
        ("07:00:00", Phase::Sweep),
        ("07:59:59", Phase::Sweep),
        ("08:00:00", Phase::Testing),
        ("09:59:59", Phase::Testing),
        ("10:00:00", Phase::Finished),
        ("09:00:00", Phase::Testing),
    ] {
        assert_eq!(told(moment), phase, "at {moment}");
    }
    collector
        .fleet
        .adopt(changed_config(), Vec::new(), collector.clock.wall());
    assert_eq!(told("09:00:00"), Phase::Finished, "science ends an hour earlier");
}

#[tokio::test]
async fn a_device_that_enrolled_while_the_change_was_under_way_is_not_forgotten() {
    let collector = Collector::start().await;
    let device = collector.enrol(1).await;
    collector
        .fleet
        .adopt(changed_config(), Vec::new(), collector.clock.wall());
    collector.seconds_pass(1).await;
    collector.fleet.read(|state| {
        assert_eq!(state.device(device).unwrap().home.room, room());
        assert!(
            state
                .watch(&room().school)
                .and_then(|watch| watch.device(device))
                .is_some()
        );
    });
}
