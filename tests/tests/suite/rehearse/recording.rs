//! A real session's inputs through the watch again.

use std::time::Duration;

use roomready_shared::facts::Platform;
use roomready_simulator::rehearse::{read, rehearse_recorded, replay};
use roomready_tests::process::Launch;
use roomready_tests::school::{Plan, TestSchool};
use roomready_tests::wait::{PATIENCE, wait_until};

use super::folder;

#[test]
fn a_rehearsed_day_with_restarts_of_the_collector_is_replayed_byte_by_byte() {
    super::step_back();
    for name in [
        "collector-killed.toml",
        "collector-link.toml",
        "session-taken-out.toml",
    ] {
        let text = std::fs::read_to_string(folder().join(name)).unwrap();
        let scenario = read(name, &text).unwrap_or_else(|faults| panic!("{faults}"));
        let outcome = rehearse_recorded(&scenario).unwrap();
        let mut lines = Vec::new();
        for line in &outcome.recorded {
            serde_json::to_writer(&mut lines, line).unwrap();
            lines.push(b'\n');
        }
        let replayed = replay::replay(lines.as_slice()).unwrap();
        assert!(replayed.is_same(), "{name}: {replayed}");
        assert_eq!(
            replayed.notes,
            u64::try_from(outcome.notes.len()).unwrap(),
            "{name}"
        );
        assert!(replayed.ticks > 2_500, "{name}: {} ticks", replayed.ticks);
    }
}

#[test]
fn a_recording_without_its_beginning_is_refused_with_that_reason() {
    let text = std::fs::read_to_string(folder().join("app-crashes.toml")).unwrap();
    let outcome = rehearse_recorded(&read("dies", &text).unwrap()).unwrap();
    let error = replay::replay_lines(&outcome.recorded[1..])
        .unwrap_err()
        .to_string();
    assert!(error.contains("has no beginning"), "{error}");
}

#[tokio::test]
async fn a_real_session_is_recorded_and_comes_out_the_same_when_it_is_played_again() {
    let plan = Plan::testing_room("101")
        .seat("101", "1", "CRASHES", Platform::Windows)
        .seat("101", "2", "FALLS-SILENT", Platform::Windows);
    let elsewhere = tempfile::tempdir().expect("a folder for the recording");
    let file = elsewhere.path().join("morning.jsonl");
    let school = TestSchool::start_in(&plan, |serve| serve.arg("--record").arg(&file)).await;
    let mut crashes = school.device("101", "CRASHES", Platform::Windows).await;
    let mut silent = school.device("101", "FALLS-SILENT", Platform::Windows).await;
    for device in [&mut crashes, &mut silent] {
        device.promise_ms = 2_000;
        device.open_app();
        device.report().await;
    }
    crashes.crash_app();
    let _beats = crashes.keep_reporting(Duration::from_millis(500));
    wait_until("a crash and a silence in the record", PATIENCE, async || {
        let told: Vec<_> = school
            .record()
            .incidents()
            .into_iter()
            .map(|incident| incident.condition)
            .collect();
        let both =
            ["test_app_crashed", "lost_contact"].map(|condition| told.iter().any(|one| one == condition));
        (both == [true, true]).then_some(()).ok_or(told.join(", "))
    })
    .await;
    assert!(school.stop().await.success(), "it stops in good order");

    let played = Launch::binary("roomready-simulator")
        .arg("replay")
        .arg(&file)
        .run()
        .await;
    assert_eq!(played.code(), Some(0), "{played:?}");
    // One that was touched is noticed: the same inputs do not give a record that somebody wrote.
    let text = std::fs::read_to_string(&file).unwrap();
    let touched = elsewhere.path().join("touched.jsonl");
    std::fs::write(&touched, text.replace("test_app_crashed", "slept")).unwrap();
    let played = Launch::binary("roomready-simulator")
        .arg("replay")
        .arg(&touched)
        .run()
        .await;
    assert_eq!(played.code(), Some(1), "{played:?}");
}
