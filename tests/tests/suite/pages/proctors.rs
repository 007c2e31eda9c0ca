//! A coordinator, two proctors' browsers and one room, as they see it.

use std::time::Duration;

use roomready_shared::facts::Platform;
use roomready_tests::browser::Browser;
use roomready_tests::school::{Plan, SCHOOL, Sitting, TestSchool};
use roomready_tests::wait::{PATIENCE, wait_until};

/// How soon an open board shows what somebody pressed elsewhere.
const SOON: Duration = Duration::from_secs(2);
/// What a machine adds on which two browsers, their driver and other tests share two cores.
const BUSY_MACHINE: Duration = Duration::from_secs(3);
/// After this the promise is broken on a busy machine too.
const IN_TIME: Duration = SOON.saturating_add(BUSY_MACHINE);

/// Room 101 tests, 102 is prepared, 103 tests in three hours.
pub(super) async fn school() -> TestSchool {
    let plan = Plan::testing_room("101")
        .room("102", Sitting::Sweep)
        .room("103", Sitting::Later)
        .seat("101", "1", "LAPTOP-1", Platform::Windows)
        .seat("101", "2", "CHROME-2", Platform::Chromeos)
        .proctors_on("any");
    TestSchool::start(&plan).await
}

/// The coordinator's page of the session of a room.
pub(super) fn proctors_of(room: &str) -> String {
    format!("/schools/{SCHOOL}/sessions/math-{room}/proctors")
}

/// What the coordinator holds after making a link.
pub(super) struct Made {
    pub(super) address: String,
    pub(super) word: String,
    pub(super) sheet: String,
}

/// The coordinator makes a link, reads its sheet, and comes back to the page.
pub(super) async fn make_link(school: &TestSchool, coordinator: &Browser, room: &str) -> Made {
    coordinator.open(&school.url(&proctors_of(room))).await;
    coordinator.follow("main form button").await;
    let read = |script: &'static str| async move {
        let read = coordinator.evaluate(script, vec![]).await;
        read.as_str().unwrap_or_default().to_owned()
    };
    wait_until("a room word", PATIENCE, async || {
        let word = read("return document.querySelector('.word-digits')?.textContent ?? ''").await;
        if word.len() == 4 { Ok(()) } else { Err(word) }
    })
    .await;
    let word = read("return document.querySelector('.word-digits').textContent").await;
    let sheet = read("return document.querySelector('a[href$=\"/sheet\"]').href").await;
    coordinator.open(&sheet).await;
    let address = read("return document.querySelector('.sheet-address').textContent.trim()").await;
    coordinator.open(&school.url(&proctors_of(room))).await;
    Made { address, word, sheet }
}

/// Somebody opens the link and says who they are.
pub(super) async fn enter(browser: &Browser, made: &Made, name: &str) {
    browser.open(&made.address).await;
    browser.fill("#name", name).await;
    browser.click("input[value=substitute]").await;
    browser.fill("#word", &made.word).await;
    browser.follow("main form button").await;
    wait_until("the room's board", PATIENCE, async || {
        let url = browser.url().await;
        if url.contains("/rooms/") {
            Ok(())
        } else {
            Err(format!("{url}: {}", browser.text().await))
        }
    })
    .await;
}

#[tokio::test]
async fn two_browsers_enter_by_one_link_and_a_raised_hand_is_on_the_coordinators_open_board_within_two_seconds()
 {
    let school = school().await;
    let coordinator = school.coordinator_at("/").await;
    let made = make_link(&school, &coordinator, "101").await;
    let (first, second) = (Browser::start().await, Browser::start().await);
    enter(&first, &made, "A. Jones").await;
    enter(&second, &made, "B. Lee").await;
    assert_eq!(
        first.url().await,
        school.url(&school.room("101")),
        "no secret stays in the address bar"
    );
    coordinator.reload().await;
    let page = coordinator.text().await;
    assert!(
        page.contains("2 browsers") && page.contains("A. Jones") && page.contains("B. Lee"),
        "{page}"
    );

    let board = coordinator;
    board.open(&school.url(&school.room("101"))).await;
    board.wait_for_text("live-line", "Live, updated", PATIENCE).await;
    first.click(".act-hand").await;
    let told = board.wait_for_text("people", "Hand raised", IN_TIME).await;
    assert!(told.contains("A. Jones, substitute"), "{told}");
    second.wait_for_text("people", "Hand raised", IN_TIME).await;

    first.open(&school.url(&school.room("102"))).await;
    let refused = first.text().await;
    assert!(
        refused.contains("not for your sign-in"),
        "another room: {refused}"
    );
    for browser in [board, first, second] {
        browser.close().await;
    }
}

#[tokio::test]
async fn a_proctor_starts_the_room_with_a_second_press_and_takes_it_back_without_javascript_too() {
    let school = school().await;
    let coordinator = school.coordinator_at("/").await;
    let made = make_link(&school, &coordinator, "101").await;
    for javascript in [true, false] {
        let proctor = Browser::start().await;
        proctor.set_javascript(javascript).await;
        enter(&proctor, &made, "A. Jones").await;
        proctor.click("#step-start summary").await;
        let asks = proctor.text().await;
        assert!(asks.contains("Nothing happens on students' devices"), "{asks}");
        proctor.click("#step-start .act-yes").await;
        proctor.wait_for_text("people", "Started", PATIENCE).await;
        proctor.click(".undo button").await;
        wait_until("a room that has not started", PATIENCE, async || {
            let undone = proctor.text().await;
            let back = !undone.contains("Started") && undone.contains("Start the test");
            if back { Ok(()) } else { Err(undone) }
        })
        .await;
        proctor.close().await;
    }
    coordinator.close().await;
}

#[tokio::test]
async fn a_link_out_of_its_time_says_when_it_works_and_the_sheet_never_holds_the_word() {
    let school = school().await;
    let coordinator = school.coordinator_at("/").await;
    let made = make_link(&school, &coordinator, "103").await;
    coordinator.open(&made.sheet).await;
    let code = "document.querySelector('.sheet-address').remove(); return document.body.innerText";
    let sheet = coordinator.evaluate(code, vec![]).await;
    assert!(
        !sheet.as_str().unwrap_or_default().contains(&made.word),
        "{sheet}"
    );
    let stranger = Browser::start().await;
    stranger.open(&made.address).await;
    let early = stranger.text().await;
    assert!(early.contains("Too early: this link works from"), "{early}");
    assert!(early.contains("Grade 7 Math in Room 103"), "{early}");
    stranger.close().await;
    coordinator.close().await;
}
