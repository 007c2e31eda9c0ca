//! Everything with the keyboard alone.

use fantoccini::key::Key;
use roomready_tests::browser::Browser;
use roomready_tests::wait::{PATIENCE, wait_until};

use super::{BusySchool, Who};

/// More stops than any of these pages has before the one that is looked for.
const MOST_STOPS: usize = 60;

/// What has the focus: its id, else that of the nearest element around it that has one.
async fn focus(browser: &Browser) -> String {
    let script =
        "const e = document.activeElement; return [e.id, e.closest('[id]')?.id, e.className].join(' ')";
    browser
        .evaluate(script, vec![])
        .await
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// Presses Tab until the focus is where it should be.
async fn tab_to(browser: &Browser, place: &str) {
    let mut stops = Vec::new();
    for _ in 0..MOST_STOPS {
        browser.press(Key::Tab).await;
        stops.push(focus(browser).await);
        if stops
            .last()
            .is_some_and(|stop| stop.split(' ').any(|word| word == place))
        {
            return;
        }
    }
    panic!("Tab never reaches {place}; it stops at {stops:#?}");
}

#[tokio::test]
async fn the_skip_link_comes_first_and_leads_past_the_surroundings() {
    let busy = BusySchool::start().await;
    let board = busy.school.browser_at(&busy.school.room("101")).await;
    board.press(Key::Tab).await;
    assert!(focus(&board).await.contains("skip"), "{}", focus(&board).await);
    let visible =
        "const r = document.activeElement.getBoundingClientRect(); return r.top >= 0 && r.width > 1";
    assert_eq!(
        board.evaluate(visible, vec![]).await,
        true,
        "who tabs to it sees it"
    );
    board.press(Key::Enter).await;
    assert_eq!(board.focused().await, "main");
    board.close().await;
}

#[tokio::test]
async fn a_tile_is_reached_and_opened() {
    let busy = BusySchool::start().await;
    let board = busy.school.browser_at(&busy.school.room("101")).await;
    tab_to(&board, "seat-2").await;
    let ring = "const s = getComputedStyle(document.activeElement); return s.outlineStyle !== 'none' || s.boxShadow !== 'none'";
    assert_eq!(board.evaluate(ring, vec![]).await, true, "the focus is seen");
    board.press(Key::Enter).await;
    let page = busy.school.url(&busy.device_page(Who::Working));
    wait_until("the device's page", PATIENCE, async || {
        let url = board.url().await;
        if url == page { Ok(()) } else { Err(url) }
    })
    .await;
    board.close().await;
}

#[tokio::test]
async fn updates_are_paused_and_resumed() {
    let busy = BusySchool::start().await;
    let board = busy.school.browser_at(&busy.school.room("101")).await;
    board.wait_for_text("live-pause", "Pause updates", PATIENCE).await;
    tab_to(&board, "live-pause").await;
    board.press(Key::Enter).await;
    board.wait_for_text("live-pause", "Paused since", PATIENCE).await;
    board.press(Key::Enter).await;
    board.wait_for_text("live-pause", "Pause updates", PATIENCE).await;
    assert_eq!(
        board.focused().await,
        "live-pause",
        "and the focus stays on the button"
    );
    board.close().await;
}

#[tokio::test]
async fn the_incident_beside_the_board_is_reached_and_opened() {
    let busy = BusySchool::start().await;
    let board = busy.school.browser_at(&busy.school.room("101")).await;
    tab_to(&board, &format!("incident-{}", incident_key(&busy).await)).await;
    board.press(Key::Enter).await;
    wait_until("the incident's page", PATIENCE, async || {
        let url = board.url().await;
        if url.contains("/incidents/") {
            Ok(())
        } else {
            Err(url)
        }
    })
    .await;
    board.close().await;
}

/// As its card is called on the board.
async fn incident_key(busy: &BusySchool) -> String {
    let page = busy.school.staff().await.page(&busy.school.room("101")).await;
    let card = page.split("id=\"incident-").nth(1).expect("the incident's card");
    card.split('"').next().unwrap_or_default().to_owned()
}
