use roomready_tests::browser::{Browser, Motion, Rules, Theme};
use roomready_tests::wait::PATIENCE;

use fantoccini::key::Key;

use super::page_server::PageServer;

const GOOD: &str = r#"<!doctype html><html lang="en"><head><title>Room 101</title>
    <meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/look.css"></head>
    <body><main><h1 id="verdict">All 30 working</h1><a id="link" href="/good">Room 101</a>
    <button id="pause" type="button">Pause</button>
    <p id="scripted">no script ran</p></main><script src="/live.js"></script></body></html>"#;

/// Text of one grey on another: readable on white, not in the dark theme that forgot it. Too wide for a phone.
const FAULTY: &str = r#"<!doctype html><html lang="en"><head><title>Room 102</title>
    <link rel="stylesheet" href="/look.css"></head>
    <body><main><h1 id="forgotten">2 students need help</h1><p id="wide">no room on a phone</p></main></body></html>"#;

const LOOK: &str = "
    :root { color-scheme: light dark; --ink: #111; --paper: #fff; }
    @media (prefers-color-scheme: dark) { :root { --ink: #eee; --paper: #111; } }
    body { color: var(--ink); background: var(--paper); margin: 8px; font: 16px sans-serif; }
    a { color: inherit; }
    #forgotten { color: #333; }
    #wide { width: 400px; }
    @media (prefers-reduced-motion: no-preference) { #pause { transition: opacity 1s; } }";

const LIVE: &str = "document.getElementById('scripted').textContent = 'a script ran';";

const PAGES: [(&str, &str); 4] = [
    ("/good", GOOD),
    ("/faulty", FAULTY),
    ("/look.css", LOOK),
    ("/live.js", LIVE),
];

#[tokio::test]
async fn a_sound_page_passes_the_whole_walk_under_a_strict_policy() {
    let server = PageServer::start(&PAGES).await;
    let browser = Browser::start().await;
    browser.assert_accessible_everywhere(&server.url("/good")).await;
    browser.close().await;
}

#[tokio::test]
async fn axe_finds_a_fault_that_only_the_dark_theme_has() {
    let server = PageServer::start(&PAGES).await;
    let browser = Browser::start().await;
    browser.open(&server.url("/faulty")).await;
    assert!(
        browser.violations(Rules::Wcag21Aa).await.is_empty(),
        "dark grey on white is fine"
    );

    browser.set_appearance(Theme::Dark, Motion::Any).await;
    let found = browser.violations(Rules::Wcag21Aa).await;
    let rules: Vec<&str> = found.iter().map(|violation| violation.rule.as_str()).collect();
    assert_eq!(rules, ["color-contrast"]);
    assert!(
        found[0].to_string().contains("#forgotten"),
        "says where: {}",
        found[0]
    );
    browser.close().await;
}

#[tokio::test]
#[should_panic(
    expected = "320 px, Light: scrolls sideways, 408 px wide where 320 px are visible, by <p#wide>"
)]
async fn the_walk_fails_on_a_page_too_wide_for_a_phone() {
    let server = PageServer::start(&PAGES).await;
    let browser = Browser::start().await;
    browser.assert_accessible_everywhere(&server.url("/faulty")).await;
}

#[tokio::test]
async fn width_theme_and_motion_really_reach_the_page() {
    let server = PageServer::start(&PAGES).await;
    let browser = Browser::start().await;
    browser.open(&server.url("/good")).await;
    for width in [320, 768, 1280] {
        browser.set_viewport(width, 640).await;
        let inner = browser.evaluate("return [innerWidth, innerHeight]", vec![]).await;
        assert_eq!(inner, serde_json::json!([width, 640]));
    }
    let paper = "return getComputedStyle(document.body).backgroundColor";
    assert_eq!(browser.evaluate(paper, vec![]).await, "rgb(255, 255, 255)");
    browser.set_appearance(Theme::Dark, Motion::Reduced).await;
    assert_eq!(browser.evaluate(paper, vec![]).await, "rgb(17, 17, 17)");
    let moving = "return getComputedStyle(document.getElementById('pause')).transitionDuration";
    assert_eq!(browser.evaluate(moving, vec![]).await, "0s");
    browser.close().await;
}

#[tokio::test]
async fn a_page_is_read_with_scripts_and_without() {
    let server = PageServer::start(&PAGES).await;
    let browser = Browser::start().await;
    browser.open(&server.url("/good")).await;
    browser.wait_for_text("scripted", "a script ran", PATIENCE).await;
    assert_eq!(browser.text_of("no-such-element").await, None);

    browser.set_javascript(false).await;
    browser.open(&server.url("/good")).await;
    assert_eq!(
        browser.text_of("scripted").await.as_deref(),
        Some("no script ran")
    );
    assert!(browser.text().await.contains("All 30 working"));
    assert!(
        browser.violations(Rules::WithBestPractice).await.is_empty(),
        "axe runs where the page may not"
    );
    browser.close().await;
}

#[tokio::test]
async fn without_a_network_nothing_loads_until_it_is_back() {
    let server = PageServer::start(&PAGES).await;
    let browser = Browser::start().await;
    browser.open(&server.url("/good")).await;
    let fetch = "return fetch('/live.js', {cache: 'no-store'}).then((r) => r.status, () => 'cut off')";
    browser.set_offline(true).await;
    assert_eq!(browser.evaluate(fetch, vec![]).await, "cut off");
    assert_eq!(browser.evaluate("return navigator.onLine", vec![]).await, false);
    browser.set_offline(false).await;
    assert_eq!(browser.evaluate(fetch, vec![]).await, 200);
    browser.close().await;
}

#[tokio::test]
async fn the_keyboard_alone_reaches_every_control() {
    let server = PageServer::start(&PAGES).await;
    let browser = Browser::start().await;
    browser.open(&server.url("/good")).await;
    assert_eq!(browser.focused().await, "");
    browser.press(Key::Tab).await;
    assert_eq!(browser.focused().await, "link");
    browser.press(Key::Tab).await;
    assert_eq!(browser.focused().await, "pause");
    browser.close().await;
}

#[tokio::test]
async fn a_first_load_is_weighed_in_bytes_over_the_network() {
    let server = PageServer::start(&PAGES).await;
    let browser = Browser::start().await;
    let files = GOOD.len() + LOOK.len() + LIVE.len();
    let once = browser.first_load_bytes(&server.url("/good")).await;
    assert!(
        once > files as u64 && once < files as u64 + 2_000,
        "{once} bytes for {files} and their heads"
    );
    assert_eq!(
        browser.first_load_bytes(&server.url("/good")).await,
        once,
        "a second visitor pays the same"
    );
    browser.close().await;
}

#[tokio::test]
async fn the_browsers_own_complaints_are_heard() {
    let server =
        PageServer::start(&[("/inline", "<!doctype html><title>x</title><p style='color:red'>x")]).await;
    let browser = Browser::start().await;
    browser.open(&server.url("/inline")).await;
    let complaints = browser.complaints().await.join("\n");
    assert!(
        complaints.contains("Content Security Policy"),
        "a refused inline style is told: {complaints}"
    );
    browser.close().await;
}

#[tokio::test]
async fn a_page_becomes_a_picture_and_a_sheet_of_paper() {
    let server = PageServer::start(&PAGES).await;
    let browser = Browser::start().await;
    browser.open(&server.url("/good")).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pictures/room.png");
    browser.screenshot(&file).await;
    let picture = std::fs::read(&file).unwrap();
    // Width and height stand big-endian at a fixed place in every PNG.
    assert_eq!(
        picture[16..24],
        [0, 0, 0x05, 0, 0, 0, 0x03, 0x20],
        "1280 × 800 px"
    );
    assert_eq!(browser.printed_pages().await, 1);
    browser
        .evaluate("document.body.style.height = '4000px'", vec![])
        .await;
    assert!(
        browser.printed_pages().await > 1,
        "a longer page takes more paper"
    );
    browser.close().await;
}
