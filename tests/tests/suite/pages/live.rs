//! An open page changes by itself, and leaves its reader where they are.

use roomready_shared::facts::Platform;
use roomready_tests::browser::Browser;
use roomready_tests::device::FakeDevice;
use roomready_tests::school::{Plan, SCHOOL, TestSchool};
use roomready_tests::wait::{PATIENCE, wait_until};

use super::BEAT;

async fn room_of_two() -> (TestSchool, FakeDevice) {
    let plan = Plan::testing_room("101")
        .seat("101", "1", "LAPTOP-1", Platform::Windows)
        .seat("101", "2", "LAPTOP-2", Platform::Windows);
    let school = TestSchool::start(&plan).await;
    let mut laptop = school.device("101", "LAPTOP-2", Platform::Windows).await;
    laptop.note_readings(8_192);
    laptop.report().await;
    (school, laptop)
}

/// Focuses the link of a tile, as a click or a Tab would.
async fn focus_tile(board: &Browser, seat: &str) {
    let script = "document.getElementById(arguments[0]).querySelector('a').focus()";
    board.evaluate(script, vec![seat.into()]).await;
}

async fn focused_tile(board: &Browser) -> String {
    let script = "return document.activeElement.closest('[id]')?.id ?? ''";
    board
        .evaluate(script, vec![])
        .await
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[tokio::test]
async fn the_focus_stays_on_its_tile_while_the_tile_changes_and_moves() {
    let (school, mut laptop) = room_of_two().await;
    let board = school.browser_at(&school.room("101")).await;
    board.wait_for_text("seat-2", "Ready", PATIENCE).await;
    focus_tile(&board, "seat-2").await;

    laptop.open_app();
    laptop.report().await;
    board.wait_for_text("seat-2", "Working", PATIENCE).await;
    assert_eq!(focused_tile(&board).await, "seat-2");

    // Worst first: a crash brings the tile to the front.
    laptop.crash_app();
    let _laptop = laptop.keep_reporting(BEAT);
    board.wait_for_text("seat-2", "Test app crashed", PATIENCE).await;
    let first = "return document.getElementById('seats').firstElementChild.id";
    assert_eq!(board.evaluate(first, vec![]).await, "seat-2");
    assert_eq!(focused_tile(&board).await, "seat-2", "the focus went with it");
    board.close().await;
}

#[tokio::test]
async fn a_paused_page_holds_still_says_what_waits_and_catches_up() {
    let (school, mut laptop) = room_of_two().await;
    let board = school.browser_at(&school.room("101")).await;
    board.wait_for_text("seat-2", "Ready", PATIENCE).await;
    board.wait_for_text("live-line", "Live, updated", PATIENCE).await;
    board.click("#live-pause").await;
    board.wait_for_text("live-line", "No change yet", PATIENCE).await;

    laptop.open_app();
    let _laptop = laptop.keep_reporting(BEAT);
    board.wait_for_text("live-line", "wait", PATIENCE).await;
    let still = board.text_of("seat-2").await.expect("the tile");
    assert!(still.contains("Ready"), "paused is paused: {still}");

    board.click("#live-pause").await;
    board.wait_for_text("seat-2", "Working", PATIENCE).await;
    board.wait_for_text("live-line", "Live, updated", PATIENCE).await;
    board.close().await;
}

#[tokio::test]
async fn school_district_log_and_device_pages_change_by_themselves_too() {
    let (school, mut laptop) = room_of_two().await;
    let device = format!("/devices/{}", laptop.id);
    let school_page = format!("/schools/{SCHOOL}");
    let on_district = school.browser_at("/").await;
    let on_school = school.browser_at(&school_page).await;
    let on_log = school.browser_at("/incidents").await;
    let on_device = school.browser_at(&device).await;
    on_log.wait_for_text("log", "No incidents", PATIENCE).await;
    for browser in [&on_district, &on_school, &on_log, &on_device] {
        browser
            .wait_for_text("live-line", "Live, updated", PATIENCE)
            .await;
    }
    laptop.open_app();
    laptop.report().await;
    laptop.crash_app();
    let _laptop = laptop.keep_reporting(BEAT);
    on_district
        .wait_for_text("row-lincoln-ms", "1 open incident", PATIENCE)
        .await;
    on_school
        .wait_for_text("row-101", "1 open incident", PATIENCE)
        .await;
    on_log.wait_for_text("log", "Open: 1", PATIENCE).await;
    on_device
        .wait_for_text("main", "Test app crashed", PATIENCE)
        .await;
    for browser in [on_district, on_school, on_log, on_device] {
        super::assert_no_complaint(&browser, &browser.url().await, 200).await;
        browser.close().await;
    }
}

/// A tile must not outlive its seat on a page that heard nothing while it went.
#[tokio::test]
async fn a_seat_that_went_while_a_board_had_no_connection_is_gone_when_it_has_one_again() {
    let plan = Plan::testing_room("101").seat("101", "1", "LAPTOP-1", Platform::Windows);
    let with_two = plan.clone().seat("101", "2", "LAPTOP-2", Platform::Windows);
    let mut school = TestSchool::start(&with_two).await;
    let board = school.browser_at(&school.room("101")).await;
    board.wait_for_text("seat-2", "Never reported", PATIENCE).await;
    board.wait_for_text("live-line", "Live, updated", PATIENCE).await;
    board.evaluate("window.neverReloaded = true", vec![]).await;
    school.kill().await;
    plan.write(school.folder());
    school.start_again().await;
    wait_until("the tile is gone", PATIENCE, async || {
        match board.text_of("seat-2").await {
            None => Ok(()),
            Some(text) => Err(text),
        }
    })
    .await;
    board.wait_for_text("seat-1", "Never reported", PATIENCE).await;
    let kept = board
        .evaluate("return window.neverReloaded === true", vec![])
        .await;
    assert_eq!(kept, true, "without a reload");
    board.close().await;
}

#[tokio::test]
async fn a_first_device_appears_on_a_board_that_taught_how_to_add_it() {
    let school = TestSchool::start(&Plan::testing_room("101")).await;
    let board = school.browser_at(&school.room("101")).await;
    let empty = board.text().await;
    assert!(
        empty.contains("Add the first device") && empty.contains("roomready-agent enroll"),
        "{empty}"
    );
    let mut laptop = school.device("101", "LAPTOP-7", Platform::Windows).await;
    laptop.note_readings(8_192);
    let _laptop = laptop.keep_reporting(BEAT);
    board.wait_for_text("seats", "LAPTOP-7", PATIENCE).await;
    board.close().await;
}

#[tokio::test]
async fn whoever_watches_the_notices_sees_what_came_of_a_test_that_somebody_else_sent() {
    let target = "\n[notices]\n[[notices.target]]\nid = \"on-call\"\nname = \"Technician on call\"\nstep = 1\n\
                  kind = \"ntfy\"\naddress = \"http://127.0.0.1:9/rooms\"\n";
    let school = TestSchool::start(&Plan::testing_room("101").notices(target)).await;
    let watching = school.browser_at("/notices").await;
    watching
        .wait_for_text("live-line", "Live, updated", PATIENCE)
        .await;
    let before = watching.text_of("told").await.expect("who is told");
    assert!(!before.contains("did not arrive"), "{before}");
    watching
        .evaluate("document.querySelector('#target-on-call button').focus()", vec![])
        .await;
    let sending = school.browser_at("/notices").await;
    sending.click("#target-on-call button").await;
    let told = watching
        .wait_for_text("target-on-call", "did not arrive", PATIENCE)
        .await;
    assert!(told.contains("Not delivered"), "{told}");
    watching
        .wait_for_text("live-line", "Live, updated", PATIENCE)
        .await;
    // And it sends one of its own, without having been loaded again.
    watching.click("#target-on-call button").await;
    wait_until("a second test", PATIENCE, async || {
        let sent = school.record().notices().len();
        if sent == 2 { Ok(()) } else { Err(sent) }
    })
    .await;
    sending.close().await;
    watching.close().await;
}
