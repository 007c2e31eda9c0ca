//! A page that is no longer true says so at once.

use roomready_shared::facts::Platform;
use roomready_tests::browser::Browser;
use roomready_tests::school::{Plan, TestSchool};
use roomready_tests::wait::{PATIENCE, wait_until};

async fn school() -> TestSchool {
    TestSchool::start(&Plan::testing_room("101").seat("101", "1", "LAPTOP-1", Platform::Windows)).await
}

async fn live_board(school: &TestSchool) -> Browser {
    let board = school.browser_at(&school.room("101")).await;
    board.wait_for_text("live-line", "Live, updated", PATIENCE).await;
    board
}

async fn wait_for_state(board: &Browser, wanted: &str) {
    wait_until(&format!("a page that is {wanted}"), PATIENCE, async || {
        let state = board.evaluate("return document.body.dataset.live", vec![]).await;
        if state == wanted {
            Ok(())
        } else {
            Err(state.to_string())
        }
    })
    .await;
}

async fn assert_says_lost(board: &Browser) {
    let band = board
        .wait_for_text("live-band", "Connection lost since", PATIENCE)
        .await;
    assert!(band.contains("This page is not up to date"), "{band}");
    let line = board.text_of("live-line").await.unwrap_or_default();
    assert!(!line.contains("Live, updated just now"), "{line}");
}

#[tokio::test]
async fn a_killed_collector_is_told_and_the_page_comes_back_by_itself() {
    let mut school = school().await;
    let board = live_board(&school).await;
    school.kill().await;
    assert_says_lost(&board).await;

    school.start_again().await;
    wait_for_state(&board, "live").await;
    assert_eq!(
        board.text_of("live-band").await.unwrap_or_default().trim(),
        "",
        "nothing is wrong any more"
    );
    // True again, not only open again: what happens from now on is seen.
    let mut laptop = school.device("101", "LAPTOP-1", Platform::Windows).await;
    laptop.note_readings(8_192);
    let _laptop = laptop.keep_reporting(super::BEAT);
    board.wait_for_text("seat-1", "Ready", PATIENCE).await;
    board.close().await;
}

#[tokio::test]
async fn a_collector_that_stands_still_with_its_connections_open_is_told_too() {
    let school = school().await;
    let board = live_board(&school).await;
    school.collector().freeze();
    assert_says_lost(&board).await;
    school.collector().thaw();
    wait_for_state(&board, "live").await;
    board.close().await;
}
