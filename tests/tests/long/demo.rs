//! The demo's whole story in a real browser, and the pictures of the README taken on the way.

use std::path::{Path, PathBuf};
use std::time::Duration;

use roomready_tests::browser::{Browser, Motion, Theme};
use roomready_tests::process::{Launch, Program, url_in};
use roomready_tests::wait::{PATIENCE, wait_until};

const SECONDS: u64 = 75;
/// As wide as a teacher's computer, as high as the board is then.
const PICTURE: (u32, u32) = (1280, 900);
/// As wide as a sheet of letter paper, and as high as what is told there.
const SHEET_PICTURE: (u32, u32) = (880, 920);
/// Past the moment at which the access point works again (1:40).
const SHEET_SECONDS: u64 = 125;
const SHEET_STORY: Duration = Duration::from_secs(SHEET_SECONDS);
const SHEET: &str = "/schools/maple-es/sessions/maple-11/close-out";
const BOARD: &str = "/schools/lincoln-ms/rooms/101";

/// `tests/run --pictures` sets it: where pictures are kept. Without it they are taken all the same, and thrown away.
const PICTURES: &str = "ROOMREADY_PICTURES";

#[tokio::test]
async fn the_demo_s_minute_on_an_open_board_and_its_picture() {
    let (demo, address, browser) = demo_in_a_browser(SECONDS, PICTURE).await;
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
        assert_is_picture(&picture, PICTURE);
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

/// The close-out sheet as it is printed, after an access point has failed and come back.
#[tokio::test]
async fn a_close_out_sheet_tells_what_the_demo_s_access_point_cost_and_its_picture() {
    let (demo, address, browser) = demo_in_a_browser(SHEET_SECONDS, SHEET_PICTURE).await;
    let sheet = format!("{address}{SHEET}");
    wait_until("an incident that is over", PATIENCE + SHEET_STORY, async || {
        browser.open(&sheet).await;
        let page = browser.text().await;
        let told = page.contains("Most likely the access point") && page.contains("heard again");
        if told { Ok(()) } else { Err(page) }
    })
    .await;
    let paper = serde_json::json!({"media": "print"});
    browser.devtools("Emulation.setEmulatedMedia", paper).await;
    let printed = browser.text().await;
    assert!(
        printed.contains("Signature") && !printed.contains("Seats as CSV"),
        "{printed}"
    );
    let thrown_away = tempfile::tempdir().expect("a folder for the picture");
    let folder = kept_in().unwrap_or_else(|| thrown_away.path().to_owned());
    // Paper has margins; a screen that shows it as printed has none.
    let margins = "document.body.style.padding = '2rem'";
    browser.evaluate(margins, vec![]).await;
    let picture = folder.join("close-out.png");
    browser.screenshot(&picture).await;
    assert_is_picture(&picture, SHEET_PICTURE);
    browser.close().await;
    let status = demo.ended(PATIENCE + SHEET_STORY).await;
    assert_eq!(status.code(), Some(0));
}

/// The demo, its address, and a browser that is signed in there.
async fn demo_in_a_browser(seconds: u64, viewport: (u32, u32)) -> (Program, String, Browser) {
    let demo = Launch::binary("roomready-simulator")
        .args(["demo", "--port", "0", "--seconds", &seconds.to_string()])
        .start();
    let link = demo
        .wait_for("the sign-in link", PATIENCE, |line| {
            url_in(line).filter(|url| url.contains("/sign-in?token="))
        })
        .await;
    let address = demo.wait_for_url().await;
    let browser = Browser::start().await;
    browser.set_viewport(viewport.0, viewport.1).await;
    browser.open(&link).await;
    browser.click("main button").await;
    browser.wait_for_text("summary", "", PATIENCE).await;
    (demo, address, browser)
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test binary has no command line of its own to say this on"
)]
fn kept_in() -> Option<PathBuf> {
    std::env::var_os(PICTURES).map(PathBuf::from)
}

fn assert_is_picture(file: &Path, pixels: (u32, u32)) {
    let bytes = std::fs::read(file).expect("the picture is there");
    let size = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
    assert_eq!((size(16), size(20)), pixels, "{}", file.display());
}
