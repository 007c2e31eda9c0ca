//! The demo's whole story in a real browser, and the picture of the README taken on the way.

use std::path::{Path, PathBuf};
use std::time::Duration;

use roomready_tests::browser::{Browser, Motion, Theme};
use roomready_tests::process::{Launch, url_in};
use roomready_tests::wait::PATIENCE;

const SECONDS: u64 = 75;
/// As wide as a teacher's computer, as high as the board is then.
const PICTURE: (u32, u32) = (1280, 900);
const BOARD: &str = "/schools/lincoln-ms/rooms/101";

/// `tests/run --pictures` sets it: where pictures are kept. Without it they are taken all the same, and thrown away.
const PICTURES: &str = "ROOMREADY_PICTURES";

#[tokio::test]
async fn the_demo_s_minute_on_an_open_board_and_its_picture() {
    let demo = Launch::binary("roomready-simulator")
        .args(["demo", "--port", "0", "--seconds", &SECONDS.to_string()])
        .start();
    let link = demo
        .wait_for("the sign-in link", PATIENCE, |line| {
            url_in(line).filter(|url| url.contains("/sign-in?token="))
        })
        .await;
    let address = demo.wait_for_url().await;
    let browser = Browser::start().await;
    browser.set_viewport(PICTURE.0, PICTURE.1).await;
    browser.open(&link).await;
    browser.click("main button").await;
    browser.wait_for_text("summary", "", PATIENCE).await;
    browser.open(&format!("{address}{BOARD}")).await;

    browser
        .wait_for_text("seat-4", "Test app crashed", PATIENCE)
        .await;
    browser.wait_for_text("seat-8", "Lost", PATIENCE).await;
    browser
        .wait_for_text("incidents", "Open incidents: 2", PATIENCE)
        .await;
    let thrown_away = tempfile::tempdir().expect("a folder for the pictures");
    let folder = kept_in().unwrap_or_else(|| thrown_away.path().to_owned());
    for (theme, name) in [(Theme::Light, "board.png"), (Theme::Dark, "board-dark.png")] {
        browser.set_appearance(theme, Motion::Reduced).await;
        let picture = folder.join(name);
        browser.screenshot(&picture).await;
        assert_is_picture(&picture);
    }

    browser
        .wait_for_text("incidents", "No open incident", PATIENCE)
        .await;
    browser.wait_for_text("seat-4", "Working", PATIENCE).await;
    browser.wait_for_text("seat-8", "Working", PATIENCE).await;
    assert!(browser.complaints().await.is_empty());
    browser.close().await;

    let status = demo.ended(PATIENCE + Duration::from_secs(SECONDS)).await;
    assert_eq!(status.code(), Some(0));
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test binary has no command line of its own to say this on"
)]
fn kept_in() -> Option<PathBuf> {
    std::env::var_os(PICTURES).map(PathBuf::from)
}

fn assert_is_picture(file: &Path) {
    let bytes = std::fs::read(file).expect("the picture is there");
    let size = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
    assert_eq!((size(16), size(20)), PICTURE, "{}", file.display());
}
