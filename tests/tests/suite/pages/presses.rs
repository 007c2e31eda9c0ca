//! What is pressed without a network, or while the collector is gone, arrives once when they are back.

use std::time::Duration;

use tokio::time::Instant;

use roomready_tests::browser::Browser;
use roomready_tests::school::TestSchool;
use roomready_tests::wait::{PATIENCE, wait_until};

use super::proctors::{enter, make_link, school};

/// How long it may take until another open page shows what was pressed.
const SOON: Duration = Duration::from_secs(2);
/// What a machine adds on which two browsers, their driver and other tests share two cores.
const BUSY_MACHINE: Duration = Duration::from_secs(3);
/// After this the promise is broken on a busy machine too.
const IN_TIME: Duration = SOON.saturating_add(BUSY_MACHINE);

async fn proctor_in(school: &TestSchool, coordinator: &Browser) -> Browser {
    let made = make_link(school, coordinator, "101").await;
    let proctor = Browser::start().await;
    enter(&proctor, &made, "A. Jones").await;
    proctor
        .wait_for_text("live-line", "Live, updated", PATIENCE)
        .await;
    proctor
}

fn entries(school: &TestSchool, kind: &str) -> Vec<String> {
    let all = school.record().entries().into_iter();
    all.filter(|entry| entry.kind == kind)
        .map(|entry| entry.body)
        .collect()
}

async fn none_waits(browser: &Browser) {
    wait_until("nothing that waits to be sent", PATIENCE * 2, async || {
        let script = "return localStorage.getItem('roomready-presses') ?? '[]'";
        let kept = browser.evaluate(script, vec![]).await;
        if kept == "[]" {
            Ok(())
        } else {
            Err(kept.to_string())
        }
    })
    .await;
}

async fn write_note(browser: &Browser, text: &str) {
    browser.click("#more-note summary").await;
    browser.fill("#note-text", text).await;
    browser.click("#more-note form button").await;
}

#[tokio::test]
async fn what_is_pressed_without_a_network_is_kept_shown_as_not_sent_and_sent_once() {
    let school = school().await;
    let coordinator = school.coordinator_at("/").await;
    let proctor = proctor_in(&school, &coordinator).await;
    coordinator.open(&school.url(&school.room("101"))).await;
    coordinator
        .wait_for_text("live-line", "Live, updated", PATIENCE)
        .await;

    proctor.set_offline(true).await;
    proctor.click(".act-hand").await;
    let kept = proctor.wait_for_text("presses", "not sent yet", PATIENCE).await;
    assert!(kept.contains("Raise hand, pressed"), "{kept}");
    write_note(&proctor, "Seat 2 froze.").await;
    proctor.wait_for_text("presses", "Seat 2 froze.", PATIENCE).await;
    proctor.click("#more-swap summary").await;
    proctor
        .evaluate(
            "const seat = document.getElementById('swap-seat'); seat.value = 'LAPTOP-1'",
            vec![],
        )
        .await;
    proctor.fill("#swap-tag", "0000").await;
    proctor.click("#more-swap form button").await;
    proctor.wait_for_text("presses", "Swap a device", PATIENCE).await;
    assert!(entries(&school, "hand_raised").is_empty());
    assert!(
        proctor.url().await.ends_with("/rooms/101"),
        "the page stays where it is"
    );

    proctor.set_offline(false).await;
    coordinator
        .wait_for_text("people", "Hand raised", PATIENCE * 2)
        .await;
    let refused = proctor.wait_for_text("presses", "not taken", PATIENCE * 2).await;
    assert!(
        refused.contains("No other device of this school has a tag that ends like this"),
        "a press that is refused says why: {refused}"
    );
    proctor.click("#presses button").await;
    none_waits(&proctor).await;
    assert_eq!(entries(&school, "hand_raised").len(), 1);
    let notes = entries(&school, "note_written");
    assert!(
        notes.len() == 1 && notes[0].contains("\"pressed\":"),
        "when it was pressed stands beside when it arrived: {notes:?}"
    );
    proctor.close().await;
    coordinator.close().await;
}

#[tokio::test]
async fn what_is_pressed_while_the_collector_is_gone_outlives_a_reload_and_arrives_once() {
    let mut school = school().await;
    let coordinator = school.coordinator_at("/").await;
    let proctor = proctor_in(&school, &coordinator).await;

    school.kill().await;
    proctor.click("#step-start summary").await;
    proctor.click("#step-start .act-yes").await;
    write_note(&proctor, "Seat 1 reads the wrong test.").await;
    proctor.wait_for_text("presses", "wrong test", PATIENCE).await;
    // The page cannot be loaded now, and what was pressed is still there when it can.
    proctor.open("about:blank").await;
    school.start_again().await;
    proctor.open(&school.url(&school.room("101"))).await;
    none_waits(&proctor).await;
    proctor.wait_for_text("people", "Started", PATIENCE).await;
    assert_eq!(entries(&school, "room_started").len(), 1);
    assert_eq!(entries(&school, "note_written").len(), 1);
    proctor.reload().await;
    proctor
        .wait_for_text("live-line", "Live, updated", PATIENCE)
        .await;
    assert_eq!(entries(&school, "note_written").len(), 1, "not again");
    proctor.close().await;
    coordinator.close().await;
}

#[tokio::test]
async fn a_seat_s_own_page_keeps_what_is_pressed_without_a_network_too() {
    let school = school().await;
    let coordinator = school.coordinator_at("/").await;
    let proctor = proctor_in(&school, &coordinator).await;
    let room = school.room("101");
    proctor
        .open(&school.url(&format!("{room}/seat?device=LAPTOP-1")))
        .await;
    proctor.set_offline(true).await;
    proctor.click("input[value=frozen]").await;
    proctor.click("main form.form[method=post] button").await;
    let kept = proctor.wait_for_text("presses", "not sent yet", PATIENCE).await;
    assert!(kept.contains("Seat 1: The screen is frozen"), "{kept}");
    assert!(entries(&school, "symptom_seen").is_empty());
    proctor.set_offline(false).await;
    // Once it is taken, the page goes where its form would have gone.
    wait_until("the room's page", PATIENCE * 2, async || {
        let url = proctor.url().await;
        if url.ends_with(&room) { Ok(()) } else { Err(url) }
    })
    .await;
    proctor
        .wait_for_text("people", "Seat 1: the screen is frozen", PATIENCE)
        .await;
    none_waits(&proctor).await;

    // The same of a swap, asked for on a page of its own, and of a pause of the school.
    let swap = format!("{room}/swap?device=LAPTOP-1&tag=ME-2");
    proctor.open(&school.url(&swap)).await;
    proctor.set_offline(true).await;
    proctor.click("main button.act-yes").await;
    proctor.wait_for_text("presses", "Swap LAPTOP-1", PATIENCE).await;
    proctor.set_offline(false).await;
    proctor
        .wait_for_text("people", "Keep aside, may hold answers: LAPTOP-1", PATIENCE * 2)
        .await;
    assert_eq!(entries(&school, "device_swapped").len(), 1);
    coordinator
        .open(&school.url(room.split_once("/rooms").expect("a room's address").0))
        .await;
    coordinator.set_offline(true).await;
    coordinator.click("details.more summary").await;
    coordinator.click("details.more .form button").await;
    coordinator
        .wait_for_text("presses", "Pause the whole school", PATIENCE)
        .await;
    coordinator.set_offline(false).await;
    coordinator
        .wait_for_text(
            "school-people",
            "Everybody in this school is paused",
            PATIENCE * 2,
        )
        .await;
    none_waits(&coordinator).await;
    assert_eq!(entries(&school, "pause_begun").len(), 1);
    proctor.close().await;
    coordinator.close().await;
}

#[tokio::test]
async fn an_answer_that_was_lost_on_its_way_makes_no_second_entry() {
    let school = school().await;
    let coordinator = school.coordinator_at("/").await;
    let proctor = proctor_in(&school, &coordinator).await;
    // The press arrives, and its answer does not.
    let lose = "const real = window.fetch; let lost = 0;
        window.fetch = async (...all) => {
          const answer = await real(...all);
          if (!String(all[0]).endsWith('/note') || lost++) return answer;
          throw new TypeError('lost');
        };";
    proctor.evaluate(lose, vec![]).await;
    write_note(&proctor, "Seat 2 froze.").await;
    none_waits(&proctor).await;
    assert_eq!(entries(&school, "note_written").len(), 1);
    proctor.close().await;
    coordinator.close().await;
}

#[tokio::test]
async fn what_one_person_presses_is_on_the_panel_of_another_at_once_and_the_focus_stays() {
    let school = school().await;
    let coordinator = school.coordinator_at("/").await;
    let proctor = proctor_in(&school, &coordinator).await;
    let board = coordinator;
    board.open(&school.url(&school.room("101"))).await;
    board.wait_for_text("live-line", "Live, updated", PATIENCE).await;
    board.click("#more-note summary").await;
    board.fill("#note-text", "half a sentence").await;

    let pressed = Instant::now();
    proctor.click(".act-hand").await;
    board.wait_for_text("actions", "Lower the hand", IN_TIME).await;
    println!("pressed to the other panel: {} ms", pressed.elapsed().as_millis());
    assert_eq!(board.focused().await, "note-text", "the focus stays");
    let typed = "return document.getElementById('note-text').value";
    assert_eq!(board.evaluate(typed, vec![]).await, "half a sentence");
    let said = board
        .wait_for_text("live-say", "Hand raised by A. Jones", IN_TIME)
        .await;
    assert!(!said.contains("more"), "{said}");

    proctor.click("#more-seat summary").await;
    proctor
        .evaluate(
            "document.getElementById('trouble-seat').value = 'LAPTOP-1'",
            vec![],
        )
        .await;
    proctor.click("#more-seat input[value=frozen]").await;
    proctor.click("#more-seat form button").await;
    board.wait_for_text("seat-1", "Help wanted", IN_TIME).await;
    board
        .wait_for_text("live-say", "Seat 1: the screen is frozen", IN_TIME)
        .await;
    proctor.wait_for_text("actions", "Student goes on", IN_TIME).await;
    proctor.close().await;
    board.close().await;
}

#[tokio::test]
async fn a_screen_reader_is_told_of_each_thing_once_however_often_the_connection_breaks() {
    let mut school = school().await;
    let coordinator = school.coordinator_at("/").await;
    let proctor = proctor_in(&school, &coordinator).await;
    let board = coordinator;
    board.open(&school.url(&school.room("101"))).await;
    board.wait_for_text("live-line", "Live, updated", PATIENCE).await;
    let listen = "window.heard = [];
        new MutationObserver(() => window.heard.push(document.getElementById('live-say').textContent))
          .observe(document.getElementById('live-say'), {childList: true, characterData: true, subtree: true})";
    board.evaluate(listen, vec![]).await;
    proctor.click(".act-hand").await;
    board.wait_for_text("live-say", "Hand raised", PATIENCE).await;
    school.kill().await;
    board
        .wait_for_text("live-band", "Connection lost since", PATIENCE * 2)
        .await;
    school.start_again().await;
    board
        .wait_for_text("live-line", "Live, updated", PATIENCE * 2)
        .await;
    proctor
        .wait_for_text("live-line", "Live, updated", PATIENCE * 2)
        .await;
    proctor.click("#step-start summary").await;
    proctor.click("#step-start .act-yes").await;
    board.wait_for_text("people", "Started", PATIENCE).await;
    let heard = board.evaluate("return window.heard", vec![]).await;
    assert_eq!(heard, serde_json::json!(["Hand raised by A. Jones, substitute"]));
    proctor.close().await;
    board.close().await;
}

#[tokio::test]
async fn a_seat_s_open_page_follows_what_others_press_and_leaves_a_form_that_is_filled_in_alone() {
    let school = school().await;
    let coordinator = school.coordinator_at("/").await;
    let proctor = proctor_in(&school, &coordinator).await;
    let room = school.room("101");
    let seat = coordinator;
    seat.open(&school.url(&format!("{room}/seat?device=LAPTOP-1")))
        .await;
    seat.wait_for_text("live-line", "Live, updated", PATIENCE).await;
    seat.click("input[value=message]").await;
    seat.fill("#seat-code", "80").await;

    proctor
        .open(&school.url(&format!("{room}/seat?device=LAPTOP-1")))
        .await;
    proctor.click("input[value=frozen]").await;
    proctor.click("main form.form[method=post] button").await;
    seat.wait_for_text("at-seat", "Seat 1: the screen is frozen", SOON * 2)
        .await;
    let now = seat.text_of("at-seat").await.expect("what is so at the seat");
    assert!(
        now.contains("Help wanted") && now.contains("Student goes on"),
        "{now}"
    );
    assert_eq!(seat.focused().await, "seat-code", "the focus stays");
    let typed = "return document.getElementById('seat-code').value";
    assert_eq!(seat.evaluate(typed, vec![]).await, "80");

    // What the others' press brought can be pressed here at once.
    seat.click("#at-seat button[value=helped]").await;
    wait_until("the room's page", PATIENCE, async || {
        let url = seat.url().await;
        if url.ends_with(&room) { Ok(()) } else { Err(url) }
    })
    .await;
    assert_eq!(entries(&school, "seat_helped").len(), 1);

    let swap = format!("{room}/swap?device=LAPTOP-1&tag=ME-2");
    seat.open(&school.url(&swap)).await;
    seat.wait_for_text("live-line", "Live, updated", PATIENCE).await;
    proctor.open(&school.url(&swap)).await;
    proctor.click("main button.act-yes").await;
    let gone = seat
        .wait_for_text("at-swap", "LAPTOP-1 was swapped for", PATIENCE)
        .await;
    assert!(
        gone.contains("What is pressed here is not taken any more."),
        "{gone}"
    );
    proctor.close().await;
    seat.close().await;
}
