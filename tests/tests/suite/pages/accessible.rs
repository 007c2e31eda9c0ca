//! WCAG 2.1 AA on every kind of page: at 320, 768 and 1280 px, light and dark, and never scrolling sideways.

use roomready_shared::facts::Platform;
use roomready_tests::browser::Browser;
use roomready_tests::school::{Plan, SCHOOL, Sitting, TestSchool};
use roomready_tests::wait::{PATIENCE, wait_until};

use super::{BusySchool, Who, assert_no_complaint, proctors};

async fn walk(school: &TestSchool, browser: &Browser, pages: &[(&str, u16)]) {
    for (page, status) in pages {
        browser.assert_accessible_everywhere(&school.url(page)).await;
        assert_no_complaint(browser, page, *status).await;
    }
}

#[tokio::test]
async fn district_and_school_with_something_going_on() {
    let busy = BusySchool::start().await;
    let browser = busy.school.browser_at("/").await;
    let school = format!("/schools/{SCHOOL}");
    walk(&busy.school, &browser, &[("/", 200), (&school, 200)]).await;
    browser.close().await;
}

#[tokio::test]
async fn a_testing_room_with_an_open_incident_and_its_devices() {
    let busy = BusySchool::start().await;
    let browser = busy.school.browser_at("/").await;
    let board = busy.school.room("101");
    let list = format!("{board}/devices");
    let crashed = busy.device_page(Who::Crashed);
    walk(
        &busy.school,
        &browser,
        &[(&board, 200), (&list, 200), (&crashed, 200)],
    )
    .await;
    browser.close().await;
}

#[tokio::test]
async fn a_technician_s_rooms_and_a_staff_computer_that_waits() {
    let busy = BusySchool::start().await;
    let browser = busy.school.browser_at("/my-rooms").await;
    browser.click("[value='lincoln-ms/101']").await;
    browser.follow(".details form button").await;
    let asked = roomready_tests::http::client()
        .post(busy.school.url("/api/v1/watchers"))
        .header("content-type", "application/json")
        .body(r#"{"computer":"OFFICE-3","agent_here":false,"version":"0.1.0"}"#)
        .send()
        .await
        .expect("an answer");
    let offer: serde_json::Value = asked.json().await.expect("JSON");
    let page = offer["page"].as_str().expect("a page");
    walk(
        &busy.school,
        &browser,
        &[
            ("/my-rooms", 200),
            ("/connect", 200),
            (page, 200),
            ("/connect?code=BBBB-BBBB", 404),
        ],
    )
    .await;
    browser.close().await;
}

#[tokio::test]
async fn the_close_out_sheet_and_the_texts_to_approve() {
    let busy = BusySchool::start().await;
    let browser = busy.school.district_coordinator_at("/").await;
    let sheet = format!("/schools/{SCHOOL}/sessions/math-101/close-out");
    walk(&busy.school, &browser, &[(&sheet, 200), ("/what-to-do", 200)]).await;
    browser.close().await;
}

#[tokio::test]
async fn the_incident_log_and_one_incident() {
    let busy = BusySchool::start().await;
    let browser = busy.school.browser_at("/").await;
    let incident = busy.incident_page().await;
    let log = format!("/schools/{SCHOOL}/incidents");
    walk(&busy.school, &browser, &[(&log, 200), (&incident, 200)]).await;
    browser.close().await;
}

#[tokio::test]
async fn a_device_that_fails_and_one_that_never_reported() {
    let busy = BusySchool::start().await;
    let browser = busy.school.browser_at("/").await;
    let failing = busy.device_page(Who::Failing);
    walk(
        &busy.school,
        &browser,
        &[(&failing, 200), ("/roster/LAPTOP-5", 200)],
    )
    .await;
    browser.close().await;
}

#[tokio::test]
async fn what_a_proctor_sees_from_the_link_to_the_room() {
    let school = proctors::school().await;
    let coordinator = school.coordinator_at("/").await;
    let made = proctors::make_link(&school, &coordinator, "101").await;
    let proctor = Browser::start().await;
    let entrance = made
        .address
        .strip_prefix(&school.url(""))
        .expect("an address of this school");
    walk(
        &school,
        &proctor,
        &[(entrance, 200), ("/proctor?token=unknown", 404)],
    )
    .await;
    proctors::enter(&proctor, &made, "A. Jones").await;
    proctor.click(".act-hand").await;
    proctor.wait_for_text("people", "Hand raised", PATIENCE).await;
    let board = school.room("101");
    let seat = format!("{board}/seat?device=LAPTOP-1");
    let swap = format!("{board}/swap?device=LAPTOP-1&tag=E-2");
    let none = format!("{board}/swap?device=LAPTOP-1&tag=9999");
    walk(
        &school,
        &proctor,
        &[(&board, 200), (&seat, 200), (&swap, 200), (&none, 200)],
    )
    .await;
    proctor.close().await;
    coordinator.close().await;
}

#[tokio::test]
async fn the_coordinator_s_proctors_and_their_sheets() {
    let school = proctors::school().await;
    let coordinator = school.coordinator_at("/").await;
    let made = proctors::make_link(&school, &coordinator, "101").await;
    let proctor = Browser::start().await;
    proctors::enter(&proctor, &made, "A. Jones").await;
    let sheet = made
        .sheet
        .strip_prefix(&school.url(""))
        .expect("an address of this school");
    let (page, fresh) = (proctors::proctors_of("101"), proctors::proctors_of("102"));
    let paper = format!("{page}/sheet");
    walk(
        &school,
        &coordinator,
        &[(&page, 200), (&fresh, 200), (sheet, 200), (&paper, 200)],
    )
    .await;
    proctor.close().await;
    coordinator.close().await;
}

#[tokio::test]
async fn whom_the_staff_page_tells_with_a_test_that_did_not_arrive_and_with_nobody() {
    let target = "\n[notices]\n[[notices.target]]\nid = \"on-call\"\nname = \"Technician on call\"\nstep = 1\n\
                  kind = \"ntfy\"\naddress = \"http://127.0.0.1:9/rooms\"\n";
    let told = TestSchool::start(&Plan::testing_room("101").notices(target)).await;
    let browser = told.browser_at("/notices").await;
    browser.click("#target-on-call button").await;
    wait_until("what came of the test", PATIENCE, async || {
        browser.text().await.contains("did not arrive")
    })
    .await;
    walk(&told, &browser, &[("/notices", 200)]).await;
    browser.close().await;
    let silent = TestSchool::start(&Plan::testing_room("101")).await;
    let browser = silent.browser_at("/notices").await;
    assert!(browser.text().await.contains("Nobody is told yet"));
    walk(&silent, &browser, &[("/notices", 200)]).await;
    browser.close().await;
}

#[tokio::test]
async fn pages_with_nothing_on_them_yet() {
    let plan = Plan::new()
        .room("101", Sitting::None)
        .room("102", Sitting::Later)
        .seat("102", "1", "LAPTOP-1", Platform::Windows);
    let school = TestSchool::start(&plan).await;
    let browser = school.browser_at("/").await;
    let (empty, without_session) = (school.room("101"), school.room("102"));
    walk(
        &school,
        &browser,
        &[(&empty, 200), (&without_session, 200), ("/incidents", 200)],
    )
    .await;
    browser.close().await;
}

#[tokio::test]
async fn pages_that_say_why_there_is_no_page() {
    let school = TestSchool::start(&Plan::testing_room("101")).await;
    let stranger = Browser::start().await;
    walk(&school, &stranger, &[("/", 401), ("/sign-in?token=spent", 401)]).await;
    school.sign_in(&stranger).await;
    walk(&school, &stranger, &[("/schools/lincoln-ms/rooms/999", 404)]).await;
    assert!(stranger.text().await.contains("This page does not exist"));
    stranger.close().await;
}
