//! What devices and staff computers may ask, asked in every way that its own description allows, and in many that it does not.

use std::time::Duration;

use roomready_shared::facts::Platform;
use roomready_tests::process::Launch;
use roomready_tests::tools::schemathesis;

/// How long the interface is tried.
const FOR: Duration = Duration::from_secs(240);
/// The same requests in every run: what a new seed would find is looked for by `tests/run --fuzz` and by hand, not by luck.
const SEED: &str = "1";

/// What every answer is held to.
const CHECKS: [&str; 8] = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "ignored_auth",
    "unsupported_method",
    "missing_required_header",
];

#[tokio::test]
async fn every_answer_to_a_program_is_one_that_the_description_lists_and_none_is_a_fault_of_ours() {
    let school = super::school().await;
    let device = school.device("101", "LAPTOP-1", Platform::Windows).await;
    let scratch = tempfile::tempdir().expect("a folder for what it keeps");
    let tried = Launch::command(schemathesis())
        .folder(scratch.path())
        .arg("run")
        .arg(school.url("/api/openapi.json"))
        .args(["--max-time", &FOR.as_secs().to_string()])
        .args(["--checks", &CHECKS.join(","), "--seed", SEED])
        // It measures the machine, not the interface.
        .args(["--suppress-health-check", "too_slow"])
        .args([
            "--header",
            &format!("Authorization: Bearer {}", device.credential),
        ])
        .run_within(FOR * 2)
        .await;
    assert_eq!(
        tried.code(),
        Some(0),
        "{}\n{}\nThe same again by hand: schemathesis run --seed {SEED}",
        tried.stdout,
        tried.stderr
    );
    assert!(
        tried.stdout.contains("Tested: 8"),
        "each call was tried: {}",
        tried.stdout
    );
    let told = school.collector().tail();
    assert!(!told.contains("panicked"), "{told}");
}
