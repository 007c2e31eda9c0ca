//! Devices at a test that no session expects: from the school's board to a seat, or left alone.

use fantoccini::key::Key;
use roomready_shared::facts::Platform;
use roomready_tests::device::Beating;
use roomready_tests::school::{Plan, SCHOOL, Sitting, TestSchool};
use roomready_tests::wait::{PATIENCE, wait_until};

use super::{BEAT, assert_no_complaint};

const DEVICES: [&str; 4] = ["CART-B-01", "CART-B-02", "CART-B-03", "CART-B-04"];

/// Room 101 tests, and devices of Room 204, which has no session, have the test app open.
async fn school() -> (TestSchool, Vec<Beating>) {
    let plan = Plan::testing_room("101")
        .room("204", Sitting::None)
        .seat("101", "1", "LAPTOP-1", Platform::Windows)
        .seat("101", "2", "LAPTOP-2", Platform::Windows);
    let plan = DEVICES
        .iter()
        .zip(["1", "2", "3", "4"])
        .fold(plan, |plan, (name, seat)| {
            plan.seat("204", seat, name, Platform::Windows)
        });
    let school = TestSchool::start(&plan).await;
    let mut devices = Vec::new();
    for name in DEVICES {
        let mut device = school.device("204", name, Platform::Windows).await;
        device.note_readings(8_192);
        device.open_app();
        device.report().await;
        devices.push(device.keep_reporting(BEAT));
    }
    (school, devices)
}

#[tokio::test]
async fn a_technician_leaves_one_alone_and_brings_another_to_its_seat_while_the_pages_follow() {
    let (school, _devices) = school().await;
    let board = school.browser_at(&format!("/schools/{SCHOOL}")).await;
    board
        .wait_for_text("row-204", "Did Room 204 move? 4 of its 4 devices", PATIENCE)
        .await;
    let browser = school.browser_at(&format!("/schools/{SCHOOL}")).await;
    browser.follow("#row-204 .for-takers a").await;
    browser
        .wait_for_text("unexpected", "Did Room 204 move?", PATIENCE)
        .await;
    let unexpected = format!("{}/unexpected", school.room("204"));
    let choose = format!("{}/swap?tag=CART-B-01", school.room("204"));
    let address = format!("/schools/{SCHOOL}");
    for page in [&address, &unexpected, &choose] {
        browser.assert_accessible_everywhere(&school.url(page)).await;
        assert_no_complaint(&browser, page, 200).await;
    }
    browser.open(&school.url(&unexpected)).await;
    browser
        .wait_for_text("live-line", "Live, updated", PATIENCE)
        .await;
    let focus = "document.querySelector(\"button[value='CART-B-02']\").focus()";
    browser.evaluate(focus, vec![]).await;
    browser.press(Key::Enter).await;
    browser
        .wait_for_text("unexpected", "Left alone today", PATIENCE)
        .await;
    assert!(browser.url().await.ends_with("/unexpected"));
    let focused = "return document.activeElement.textContent";
    assert_eq!(
        browser.evaluate(focused, vec![]).await,
        "Not a test, leave it: CART-B-03",
        "whoever has no mouse goes on where they were"
    );
    board
        .wait_for_text("row-204", "3 of its 4 devices", PATIENCE)
        .await;

    browser.follow("a[href$='swap?tag=CART-B-01']").await;
    browser.follow("button[value='LAPTOP-2']").await;
    let asked = browser.text().await;
    assert!(
        asked.contains("Give seat 2 another device?") && asked.contains("New device: CART-B-01, Room 204"),
        "{asked}"
    );
    browser.click("main button.act-yes").await;
    browser.wait_for_text("seat-2", "Working", PATIENCE).await;
    board
        .wait_for_text("row-204", "2 devices have the test app open", PATIENCE)
        .await;
    let all = school.record().entries();
    for (kind, device) in [
        ("device_left_alone", "CART-B-02"),
        ("device_swapped", "CART-B-01"),
    ] {
        let entries: Vec<_> = all.iter().filter(|entry| entry.kind == kind).collect();
        assert!(
            entries.len() == 1 && entries[0].body.contains(device),
            "{kind}: {entries:?}"
        );
    }
    browser.close().await;
    board.close().await;
}

#[tokio::test]
async fn to_leave_one_alone_is_kept_on_a_phone_without_a_network_and_taken_back_after_it() {
    let (school, _devices) = school().await;
    let unexpected = format!("{}/unexpected", school.room("204"));
    let browser = school.browser_at(&unexpected).await;
    browser
        .wait_for_text("live-line", "Live, updated", PATIENCE)
        .await;
    browser.set_offline(true).await;
    browser.click("button[value='CART-B-02']").await;
    let kept = browser.wait_for_text("presses", "not sent yet", PATIENCE).await;
    assert!(kept.contains("Not a test, leave it: CART-B-02"), "{kept}");
    browser.set_offline(false).await;
    browser
        .wait_for_text("unexpected", "Left alone today", PATIENCE * 2)
        .await;
    browser.click("#unexpected .undo button").await;
    wait_until("it is offered again", PATIENCE, async || {
        let page = browser.text().await;
        let offered = page.contains("4 of its 4 devices") && !page.contains("Left alone today");
        if offered { Ok(()) } else { Err(page) }
    })
    .await;
    browser.close().await;
}
