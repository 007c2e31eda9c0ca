//! The product's main job on real input: a device changes, and a person at an open page sees it without touching it.

use roomready_shared::facts::Platform;
use roomready_tests::agent::{AgentHome, TestApp, kernel_tells_how_programs_end};
use roomready_tests::browser::Browser;
use roomready_tests::school::{Plan, SCHOOL, TestSchool};
use roomready_tests::wait::{PATIENCE, wait_until};
use std::time::Duration;
use tokio::time::Instant;

/// What the agent adds to its pace for the way to the collector, in its promise.
const PROMISE_SLACK: Duration = Duration::from_millis(500);
/// The pace of these schools while students test.
const PACE: Duration = Duration::from_secs(2);
/// Two missed beats and a second: what a silent device's tile may take.
const PROMISE_TO_PEOPLE: Duration = PACE
    .saturating_add(PROMISE_SLACK)
    .saturating_mul(2)
    .saturating_add(Duration::from_secs(1));
/// What looking at a real page takes on top of it while other suites use the same two cores.
/// One device alone does not tell a third missed beat: the median of twenty does (long test), and the timing table.
const BUSY_MACHINE: Duration = Duration::from_secs(12);

/// A mark in the page that a reload would wipe away.
async fn mark(browser: &Browser) {
    browser.evaluate("window.neverReloaded = true", vec![]).await;
}

async fn assert_never_reloaded(browser: &Browser) {
    let kept = browser
        .evaluate("return window.neverReloaded === true", vec![])
        .await;
    assert_eq!(kept, true, "the page changed by itself, without a reload");
}

#[tokio::test]
async fn this_machine_s_agent_appears_on_an_open_board_and_follows_its_test_app() {
    let app = TestApp::install();
    let plan =
        Plan::testing_room("101")
            .test_app(app.process())
            .seat("101", "1", "THIS-MACHINE", Platform::Linux);
    let school = TestSchool::start(&plan).await;
    let board = school.browser_at(&school.room("101")).await;
    mark(&board).await;
    board.wait_for_text("seat-1", "Never reported", PATIENCE).await;

    let home = AgentHome::enrolled(&school, "101", "THIS-MACHINE").await;
    let agent = home.run();
    board.wait_for_text("seat-1", "Ready", PATIENCE).await;

    let mut running = app.open();
    board.wait_for_text("seat-1", "Working", PATIENCE).await;

    // Where the kernel does not tell how a program ended, only an app that keeps closing shows that something is wrong.
    let crashes = if kernel_tells_how_programs_end() { 1 } else { 3 };
    for crash in 1..=crashes {
        running.kill().await;
        if crash < crashes {
            board.wait_for_text("seat-1", "Finished?", PATIENCE).await;
            running = app.open();
            board.wait_for_text("seat-1", "Working", PATIENCE).await;
        }
    }
    board.wait_for_text("seat-1", "Test app crashed", PATIENCE).await;
    board
        .wait_for_text("incidents", "Open incidents: 1", PATIENCE)
        .await;
    board.wait_for_text("incidents", "seat 1", PATIENCE).await;
    board.wait_for_text("verdict", "needs help", PATIENCE).await;

    let _again = app.open();
    board.wait_for_text("seat-1", "Working", PATIENCE).await;
    board
        .wait_for_text("incidents", "No open incident", PATIENCE)
        .await;
    assert_never_reloaded(&board).await;
    drop(agent);
    board.close().await;
}

#[tokio::test]
async fn an_app_that_is_closed_in_good_order_is_no_incident() {
    if !kernel_tells_how_programs_end() {
        eprintln!(
            "this kernel cannot tell an app that was closed from one that crashed; either is then \"Finished?\""
        );
    }
    let app = TestApp::install();
    let plan =
        Plan::testing_room("101")
            .test_app(app.process())
            .seat("101", "1", "THIS-MACHINE", Platform::Linux);
    let school = TestSchool::start(&plan).await;
    let board = school.browser_at(&school.room("101")).await;
    let home = AgentHome::enrolled(&school, "101", "THIS-MACHINE").await;
    let _agent = home.run();
    let running = app.open();
    board.wait_for_text("seat-1", "Working", PATIENCE).await;
    running.stop().await;
    board.wait_for_text("seat-1", "Finished?", PATIENCE).await;
    board
        .wait_for_text("incidents", "No open incident", PATIENCE)
        .await;
    let entries = wait_until("the record to say that the seat finished", PATIENCE, async || {
        let entries = school.record().entries();
        if entries.iter().any(|entry| entry.kind == "seat_finished") {
            Ok(entries)
        } else {
            Err(format!("{entries:?}"))
        }
    })
    .await;
    assert!(
        entries.iter().all(|entry| entry.kind != "incident_opened"),
        "and nothing else happened: {entries:?}"
    );
    board.close().await;
}

#[tokio::test]
async fn a_killed_agent_shows_on_an_open_page_within_two_missed_beats_and_a_second() {
    let plan = Plan::testing_room("101").seat("101", "1", "THIS-MACHINE", Platform::Linux);
    let school = TestSchool::start(&plan).await;
    let home = AgentHome::enrolled(&school, "101", "THIS-MACHINE").await;
    let agent = home.run();
    let board = school.browser_at(&school.room("101")).await;
    mark(&board).await;
    board.wait_for_text("seat-1", "Ready", PATIENCE).await;

    let killed_at = Instant::now();
    agent.kill().await;
    let tile = board.wait_for_text("seat-1", "Lost", PATIENCE).await;
    let took = killed_at.elapsed();
    println!(
        "from the kill of the agent to the changed tile: {:.2} s; promised: {:.2} s",
        took.as_secs_f64(),
        PROMISE_TO_PEOPLE.as_secs_f64()
    );
    assert!(
        took <= PROMISE_TO_PEOPLE + BUSY_MACHINE,
        "the tile took {took:?} to change, {PROMISE_TO_PEOPLE:?} is promised"
    );
    assert!(tile.contains("silent since"), "the tile says since when: {tile}");

    // The incident waits a little for company, then opens and says what to do.
    let panel = board
        .wait_for_text("incidents", "Open incidents: 1", PATIENCE)
        .await;
    assert!(panel.contains("Seat 1 has not been heard since"), "{panel}");
    assert!(panel.contains("Keep students seated"), "{panel}");

    let _agent = home.run();
    board
        .wait_for_text("incidents", "No open incident", PATIENCE)
        .await;
    board.wait_for_text("seat-1", "Ready", PATIENCE).await;
    assert_never_reloaded(&board).await;

    board
        .open(&school.url(&format!("/schools/{SCHOOL}/incidents")))
        .await;
    let log = board.wait_for_text("log", "Ended: 1", PATIENCE).await;
    assert!(log.contains("Seat 1 was not heard from"), "{log}");
    assert!(log.contains("heard again"), "{log}");
    board.close().await;
}

#[tokio::test]
async fn a_silent_laptop_is_missed_and_a_chromebook_that_nobody_can_watch_is_not() {
    // Patient, because a busy machine must not look like a lost device here.
    let plan = Plan::testing_room("101")
        .testing_pace("10s")
        .seat("101", "1", "LAPTOP-1", Platform::Windows)
        .seat("101", "2", "CHROME-2", Platform::Chromeos);
    let school = TestSchool::start(&plan).await;
    let mut laptop = school.device("101", "LAPTOP-1", Platform::Windows).await;
    laptop.note_readings(8_192);
    laptop.open_app();
    laptop.promise_ms = 2_500;
    let laptop = laptop.keep_reporting(PACE);
    let board = school.browser_at(&school.room("101")).await;
    board.wait_for_text("seat-1", "Working", PATIENCE).await;
    board.wait_for_text("seat-2", "Not watched", PATIENCE).await;

    drop(laptop);
    board.wait_for_text("seat-1", "Lost", PATIENCE).await;
    board
        .wait_for_text("incidents", "Open incidents: 1", PATIENCE)
        .await;
    board.wait_for_text("seat-2", "Not watched", PATIENCE).await;
    let about: Vec<String> = school
        .record()
        .entries()
        .into_iter()
        .filter(|entry| entry.kind == "incident_opened")
        .map(|entry| entry.body)
        .collect();
    assert_eq!(about.len(), 1, "one incident: {about:?}");
    assert!(about[0].contains("LAPTOP-1"), "{about:?}");
    board.close().await;
}

#[tokio::test]
async fn an_agent_that_is_stopped_says_goodbye_and_so_does_its_tile() {
    let plan = Plan::testing_room("101").seat("101", "1", "THIS-MACHINE", Platform::Linux);
    let school = TestSchool::start(&plan).await;
    let home = AgentHome::enrolled(&school, "101", "THIS-MACHINE").await;
    let agent = home.run();
    let board = school.browser_at(&school.room("101")).await;
    board.wait_for_text("seat-1", "Ready", PATIENCE).await;
    assert_eq!(
        agent.stop().await.code(),
        Some(0),
        "a stop that was asked for is no fault"
    );
    board
        .wait_for_text("seat-1", "RoomReady stopped on it", PATIENCE)
        .await;
    board.close().await;
}
