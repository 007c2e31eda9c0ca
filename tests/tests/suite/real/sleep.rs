//! A device that stands still, and one whose clock jumps: the real agent, held by a signal and told lies about the time.
//! A real sleep cannot be had here; the agent's own rule for it is proven with scripted clocks (`clocks`).

use std::path::Path;

use roomready_shared::facts::Platform;
use roomready_tests::agent::{AgentHome, TestApp, kernel_tells_how_programs_end};
use roomready_tests::clock::now;
use roomready_tests::school::{NewsRow, Plan, TestSchool};
use roomready_tests::tools::libfaketime;
use roomready_tests::wait::{PATIENCE, wait_until};
use serde_json::Value;

async fn board_says(school: &TestSchool, word: &str) {
    let staff = school.staff().await;
    wait_until(word, PATIENCE, async || {
        let page = staff.page(&school.room("101")).await;
        if page.contains(word) { Ok(()) } else { Err(page) }
    })
    .await;
}

/// Everything that the one agent of a school has told.
fn news(school: &TestSchool) -> Vec<NewsRow> {
    let record = school.record();
    record
        .streams()
        .into_iter()
        .flat_map(|stream| record.news(stream))
        .collect()
}

#[tokio::test]
async fn an_agent_that_is_held_still_was_silent_and_does_not_say_that_the_device_slept() {
    let app = TestApp::install();
    let plan =
        Plan::testing_room("101")
            .test_app(app.process())
            .seat("101", "1", "THIS-MACHINE", Platform::Linux);
    let school = TestSchool::start(&plan).await;
    let home = AgentHome::enrolled(&school, "101", "THIS-MACHINE").await;
    let _app = app.open();
    let agent = home.run();
    board_says(&school, "standing-working").await;
    agent.freeze();
    board_says(&school, "standing-lost").await;
    agent.thaw();
    board_says(&school, "standing-working").await;
    // Time went on for the whole machine: nothing slept, and the honest word is that nobody heard.
    let told = news(&school);
    assert!(!told.is_empty());
    assert!(told.iter().all(|row| row.body["kind"] != "woke"), "{told:?}");
    assert_eq!(agent.status(), None);
}

/// Writes what faketime adds to the wall clock from now on. A file that is half written is never seen.
fn clock_is(file: &Path, off: &str) {
    let new = file.with_extension("new");
    std::fs::write(&new, off).expect("a file");
    std::fs::rename(new, file).expect("a file takes another's place");
}

#[tokio::test]
async fn a_clock_that_jumps_while_the_agent_stands_still_moves_no_event() {
    let app = TestApp::install();
    let plan =
        Plan::testing_room("101")
            .test_app(app.process())
            .seat("101", "1", "THIS-MACHINE", Platform::Linux);
    let school = TestSchool::start(&plan).await;
    let home = AgentHome::enrolled(&school, "101", "THIS-MACHINE").await;
    let folder = tempfile::tempdir().expect("a folder");
    let clock = folder.path().join("clock");
    clock_is(&clock, "+0");
    let agent = home
        .command("run")
        .env("LD_PRELOAD", libfaketime())
        .env("FAKETIME_TIMESTAMP_FILE", clock.as_os_str())
        .env("FAKETIME_NO_CACHE", "1")
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
        .start();
    board_says(&school, "standing-ready").await;

    // As a laptop whose lid was shut, with a clock that somebody set by hand meanwhile.
    agent.freeze();
    clock_is(&clock, "+3d");
    agent.thaw();
    let running = app.open();
    board_says(&school, "standing-working").await;
    agent.freeze();
    clock_is(&clock, "-40d");
    agent.thaw();
    running.kill().await;
    // Whether it crashed is not for every kernel to tell; that it ended is on every board.
    board_says(
        &school,
        if kernel_tells_how_programs_end() {
            "Test app crashed"
        } else {
            "standing-finished"
        },
    )
    .await;
    for entry in school.record().entries() {
        let body: Value = serde_json::from_str(&entry.body).expect("an entry is JSON");
        for when in ["at", "since", "broken", "detected"] {
            let Some(at) = body[when].as_str() else { continue };
            let at: jiff::Timestamp = at.parse().expect("a time");
            let off = at.duration_since(now()).abs();
            assert!(
                off < jiff::SignedDuration::from_mins(10),
                "{when} is {off:?} off: {entry:?}"
            );
        }
    }
    assert!(
        school
            .record()
            .entries()
            .iter()
            .any(|entry| entry.kind == "seat_started")
    );
    let told = news(&school);
    assert!(told.iter().all(|row| row.body["kind"] != "woke"), "{told:?}");
    assert_eq!(agent.status(), None);
}
