//! A real session's inputs through the watch again.

use roomready_simulator::rehearse::{read, rehearse_recorded, replay};

use super::folder;

#[test]
fn a_rehearsed_day_with_restarts_of_the_collector_is_replayed_byte_by_byte() {
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
