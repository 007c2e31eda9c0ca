//! The published exit codes of `check`: each verdict on this very machine.

use roomready_tests::agent::check;
use roomready_tests::process::Finished;
use roomready_tests::school::rule;
use serde_json::Value;

/// Judges this machine by a profile of one rule.
async fn judged(kind: &str, limits: &str) -> Finished {
    let folder = tempfile::tempdir().expect("a folder");
    let profile = folder.path().join("profile.toml");
    std::fs::write(&profile, rule(kind, limits)).expect("a file");
    let finished = check().arg("--profile").arg(&profile).arg("--json").run().await;
    assert_eq!(finished.stderr, "", "{finished:?}");
    finished
}

fn verdict(finished: &Finished) -> (Option<i32>, String) {
    let told: Value =
        serde_json::from_str(&finished.stdout).unwrap_or_else(|fault| panic!("{fault}: {finished:?}"));
    assert_eq!(
        told["exit_code"].as_i64(),
        finished.code().map(i64::from),
        "it says what it does"
    );
    (
        finished.code(),
        told["readiness"].as_str().unwrap_or_default().to_owned(),
    )
}

#[tokio::test]
async fn ready_is_0_attention_10_not_ready_20_unknown_30() {
    let ready = judged("memory", "limits = { minimum = \"64 MB\" }").await;
    assert_eq!(verdict(&ready), (Some(0), "ready".to_owned()));
    let attention = judged(
        "memory",
        "limits = { minimum = \"64 MB\", recommended = \"900000 GB\" }",
    )
    .await;
    assert_eq!(verdict(&attention), (Some(10), "attention".to_owned()));
    let not_ready = judged("memory", "limits = { minimum = \"900000 GB\" }").await;
    assert_eq!(verdict(&not_ready), (Some(20), "not_ready".to_owned()));
    // Nothing on Linux reads whether the district manages the machine.
    let unknown = judged("managed", "").await;
    assert_eq!(verdict(&unknown), (Some(30), "unknown".to_owned()));
}

#[tokio::test]
async fn wrong_usage_is_2_for_both_programs_and_goes_to_the_error_stream() {
    for (binary, words) in [
        ("roomready-agent", ["check", "--colour"]),
        ("roomready-collector", ["serve", "--dta"]),
    ] {
        let finished = roomready_tests::process::Launch::binary(binary)
            .args(words)
            .run()
            .await;
        assert_eq!(finished.code(), Some(2), "{finished:?}");
        assert_eq!(finished.stdout, "");
        assert!(
            finished.stderr.contains("unexpected argument"),
            "{}",
            finished.stderr
        );
    }
}

#[tokio::test]
async fn report_print_shows_what_would_be_sent_and_sends_nothing() {
    let home = roomready_tests::agent::AgentHome::empty();
    let finished = home.command("report").arg("--print").run().await;
    assert_eq!(finished.code(), Some(0), "{finished:?}");
    let report: roomready_shared::wire::v1::Report =
        serde_json::from_str(&finished.stdout).unwrap_or_else(|fault| panic!("{fault}: {finished:?}"));
    assert!(!report.news.is_empty(), "its readings are in it");
    assert!(
        report.news.iter().all(|news| news.understand().is_ok()),
        "{report:?}"
    );
    // Nothing that says who sits here, or where.
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").expect("Linux has a name");
    for private in [host.trim(), "mac_address", "ssid", "user_name", "/home/"] {
        assert!(
            !finished.stdout.contains(private),
            "{private}: {}",
            finished.stdout
        );
    }
}
