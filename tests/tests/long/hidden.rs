//! A page that nobody sees for a minute lets its stream go, and is true again as soon as somebody looks.

use std::time::Duration;

use roomready_tests::browser::Browser;
use roomready_tests::school::{Plan, Sitting, Staff, TestSchool};
use roomready_tests::wait::{PATIENCE, wait_until};
use tokio::time::Instant;

/// A page hidden for a minute lets its stream go (`HIDDEN_MS` in live.js); browsers let hidden pages tick once a minute.
const LET_GO_WITHIN: Duration = Duration::from_secs(150);
/// From the moment at which somebody sees the page again until it is true (design, section 12).
const TRUE_WITHIN_MS: f64 = 1_000.0;

/// How many pages the collector feeds now.
async fn fed(staff: &Staff) -> f64 {
    let metrics = staff.page("/metrics").await;
    let line = metrics
        .lines()
        .find_map(|line| line.strip_prefix("roomready_live_streams_open "));
    line.and_then(|number| number.parse().ok())
        .unwrap_or_else(|| panic!("no number of streams in {metrics}"))
}

async fn visibility(browser: &Browser) -> String {
    let state = browser.evaluate("return document.visibilityState", vec![]).await;
    state.as_str().unwrap_or_default().to_owned()
}

/// What the page shows and whether it is covered, noted by itself 20 times a second from the moment it is seen again.
const NOTE_WHAT_SHOWS: &str = "window.shown = [];
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) return;
      const began = performance.now();
      const note = () => {
        const main = document.getElementById('main');
        window.shown.push([performance.now() - began, getComputedStyle(main).opacity, main.innerText]);
        if (performance.now() - began < 5000) setTimeout(note, 50);
      };
      note();
    });";

#[tokio::test]
async fn a_page_hidden_for_a_minute_lets_its_stream_go_and_is_true_within_a_second_when_it_is_seen() {
    let plan = Plan::testing_room("101").room("102", Sitting::None);
    let school = TestSchool::start(&plan).await;
    let staff = school.staff().await;
    let browser = school.browser_at("/my-rooms").await;
    browser
        .wait_for_text("live-line", "Live, updated", PATIENCE)
        .await;
    browser
        .wait_for_text("matters", "Nothing is open", PATIENCE)
        .await;
    assert!(fed(&staff).await > 0.5, "an open page is fed");
    browser.evaluate(NOTE_WHAT_SHOWS, vec![]).await;

    browser
        .client()
        .minimize_window()
        .await
        .expect("the window can be minimized");
    wait_until("the page to be hidden", PATIENCE, async || {
        let state = visibility(&browser).await;
        if state == "hidden" { Ok(()) } else { Err(state) }
    })
    .await;
    wait_until("the stream to be let go", LET_GO_WITHIN, async || {
        let open = fed(&staff).await;
        if open < 0.5 { Ok(()) } else { Err(open) }
    })
    .await;

    // Something happens that the page cannot hear of.
    let other = school.browser_at(&school.room("101")).await;
    other.click(".act-hand").await;
    other.wait_for_text("people", "Hand raised", PATIENCE).await;
    other.close().await;
    wait_until("the other page's stream to end", PATIENCE, async || {
        let open = fed(&staff).await;
        if open < 0.5 { Ok(()) } else { Err(open) }
    })
    .await;

    let asked = Instant::now();
    browser
        .client()
        .set_window_rect(0, 0, 1280, 800)
        .await
        .expect("the window can be brought back");
    browser
        .wait_for_text("matters", "1 thing is open", PATIENCE)
        .await;
    println!("brought back and read again: {} ms", asked.elapsed().as_millis());
    assert_eq!(visibility(&browser).await, "visible");
    let shown = browser.evaluate("return window.shown", vec![]).await;
    let shown = shown.as_array().expect("the page noted what it showed");
    let told = |text: &str| text.contains("1 thing is open");
    let first = shown
        .iter()
        .find(|noted| told(noted[2].as_str().unwrap_or_default()))
        .expect("it was noted too");
    let took_ms = first[0].as_f64().expect("a number of milliseconds");
    println!("seen again to true: {took_ms:.0} ms");
    assert!(took_ms < TRUE_WITHIN_MS, "{took_ms} ms");
    for noted in shown {
        let text = noted[2].as_str().unwrap_or_default();
        assert!(
            told(text) || noted[1] == "0",
            "what was seen a minute ago shows for a moment: {noted}"
        );
    }
    browser.close().await;
}
