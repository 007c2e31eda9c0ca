//! "My rooms" on a phone, and the page on which a staff computer is confirmed.

use std::time::Duration;

use tokio::time::Instant;

use roomready_tests::browser::Browser;
use roomready_tests::wait::{PATIENCE, wait_until};

use super::BusySchool;

/// From the moment at which somebody sees the page again until it is true (design, section 12).
const UNLOCKED: Duration = Duration::from_secs(1);

/// The phone is locked: nobody sees the page, and so much time passes for it.
const LOCK: &str = "Object.defineProperty(document, 'hidden', { value: true, configurable: true }); \
    document.dispatchEvent(new Event('visibilitychange')); \
    const ahead = arguments[0], now = Date.now.bind(Date); Date.now = () => now() + ahead;";
/// It is unlocked; whether what was seen long ago is covered.
const UNLOCK: &str = "delete document.hidden; document.dispatchEvent(new Event('visibilitychange')); \
    return getComputedStyle(document.getElementById('main')).opacity;";

async fn says(browser: &Browser, text: &str) {
    wait_until(&format!("{text:?} on the page"), PATIENCE, async || {
        let page = browser.text().await;
        if page.contains(text) { Ok(()) } else { Err(page) }
    })
    .await;
}

#[tokio::test]
async fn a_technician_takes_an_incident_in_one_tap_and_takes_it_back() {
    let busy = BusySchool::start().await;
    let browser = busy.school.browser_at("/my-rooms").await;
    browser.set_viewport(320, 640).await;
    says(&browser, "1 thing is open").await;
    browser.click("[form=press][formaction$='/on-my-way']").await;
    says(&browser, "On my way:").await;
    assert!(browser.url().await.ends_with("/my-rooms"));
    browser.click("[form=press][formaction$='/undo']").await;
    wait_until("a matter that nobody is on the way to", PATIENCE, async || {
        let page = browser.text().await;
        if page.contains("On my way:") {
            Err(page)
        } else {
            Ok(())
        }
    })
    .await;
    browser.close().await;
}

#[tokio::test]
async fn chosen_rooms_stay_chosen_without_a_script() {
    let busy = BusySchool::start().await;
    let browser = busy.school.browser_at("/my-rooms").await;
    browser.set_javascript(false).await;
    browser.reload().await;
    browser.click("[value='lincoln-ms/102']").await;
    browser.click(".details form button").await;
    let rooms = browser.text_of("mine").await.expect("the list of chosen rooms");
    assert!(
        rooms.contains("Room 102") && !rooms.contains("Room 101"),
        "{rooms}"
    );
    browser.close().await;
}

#[tokio::test]
async fn an_unlocked_phone_is_true_within_a_second_and_shows_nothing_old_before() {
    let busy = BusySchool::start().await;
    let browser = busy.school.browser_at("/my-rooms").await;
    says(&browser, "Live, updated").await;
    browser.evaluate(LOCK, vec![61_000.into()]).await;
    // It lets its stream go: what happens now it does not hear.
    let staff = busy.school.staff().await;
    let open = async || -> f64 {
        let metrics = staff.page("/metrics").await;
        let line = metrics
            .lines()
            .find(|line| line.starts_with("roomready_live_streams_open"));
        let number = line.and_then(|line| line.rsplit(' ').next());
        number.and_then(|number| number.parse().ok()).unwrap_or(0.0)
    };
    wait_until("the stream to be let go", PATIENCE, async || {
        let open = open().await;
        if open < 0.5 { Ok(()) } else { Err(open) }
    })
    .await;
    let other = busy.school.browser_at(&busy.school.room("103")).await;
    other.click(".act-hand").await;
    says(&other, "Lower hand").await;
    let before = browser.text().await;
    assert!(before.contains("1 thing is open"), "{before}");
    let unlocked = Instant::now();
    let covered = browser.evaluate(UNLOCK, vec![]).await;
    assert_eq!(covered, "0", "what was seen a minute ago does not show");
    says(&browser, "2 things are open").await;
    let took = unlocked.elapsed();
    assert!(took < UNLOCKED, "{took:?}");
    let shown = "return getComputedStyle(document.getElementById('main')).opacity";
    assert_eq!(browser.evaluate(shown, vec![]).await, "1");
    other.close().await;
    browser.close().await;
}
