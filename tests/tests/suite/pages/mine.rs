//! "My rooms" on a phone, and the page on which a staff computer is confirmed.

use roomready_tests::browser::Browser;
use roomready_tests::wait::{PATIENCE, wait_until};

use super::BusySchool;

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
    browser.click("[form=press][formaction*='/on-my-way?']").await;
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
async fn on_my_way_is_kept_on_a_phone_without_a_network() {
    let busy = BusySchool::start().await;
    let browser = busy.school.browser_at("/my-rooms").await;
    says(&browser, "1 thing is open").await;
    browser.set_offline(true).await;
    browser.click("[form=press][formaction*='/on-my-way?']").await;
    browser.wait_for_text("presses", "not sent yet", PATIENCE).await;
    browser.set_offline(false).await;
    wait_until("what was kept to be taken", PATIENCE * 2, async || {
        let page = browser.text().await;
        let taken = page.contains("On my way: ") && !page.contains("not sent yet");
        if taken { Ok(()) } else { Err(page) }
    })
    .await;
    let all = busy.school.record().entries();
    let ways = all.iter().filter(|entry| entry.kind == "incident_acknowledged");
    assert_eq!(ways.count(), 1);
    browser.close().await;
}

#[tokio::test]
async fn chosen_rooms_stay_chosen_without_a_script() {
    let busy = BusySchool::start().await;
    let browser = busy.school.browser_at("/my-rooms").await;
    browser.set_javascript(false).await;
    browser.reload().await;
    browser.click("[value='lincoln-ms/102']").await;
    browser.follow(".details form button").await;
    let rooms = browser.text_of("mine").await.expect("the list of chosen rooms");
    assert!(
        rooms.contains("Room 102") && !rooms.contains("Room 101"),
        "{rooms}"
    );
    browser.close().await;
}
