//! Without JavaScript, on paper, and over a thin line.

use roomready_tests::browser::Browser;
use roomready_tests::school::{Plan, SCHOOL, TestSchool};
use roomready_tests::wait::{PATIENCE, wait_until};
use serde_json::json;

use super::{BusySchool, Who, assert_no_complaint, full_class};

/// What a first visit may weigh, all files together.
const FIRST_LOAD: u64 = 100_000;

#[tokio::test]
async fn without_javascript_every_page_is_complete_and_says_that_it_stands_still() {
    let busy = BusySchool::start().await;
    let browser = busy.school.browser_at("/").await;
    browser.set_javascript(false).await;
    let pages = [
        ("/".to_owned(), "Lincoln Middle School"),
        (format!("/schools/{SCHOOL}"), "Room 101"),
        (busy.school.room("101"), "Test app crashed"),
        (busy.device_page(Who::Failing), "Use a device with more memory"),
        (busy.incident_page().await, "stopped at seat 1"),
        ("/incidents".to_owned(), "Open: 1"),
    ];
    for (page, says) in pages {
        browser.open(&busy.school.url(&page)).await;
        let text = browser.text().await;
        assert!(text.contains(says), "{page} does not say {says:?}:\n{text}");
        assert!(
            text.contains("This page does not update by itself"),
            "{page}:\n{text}"
        );
        assert!(
            !text.contains("Pause updates"),
            "{page} offers what it cannot do:\n{text}"
        );
    }
    browser.close().await;
}

#[tokio::test]
async fn a_device_page_tells_each_check_with_who_asks_for_it_and_what_to_do() {
    let busy = BusySchool::start().await;
    let browser = busy.school.browser_at(&busy.device_page(Who::Failing)).await;
    let text = browser.text().await;
    for says in [
        "Memory",
        "Measured",
        "512 MB",
        "Required",
        "at least 1 GB",
        "Required by",
        "TestProbe",
        "What to do",
    ] {
        assert!(text.contains(says), "{says:?} is missing:\n{text}");
    }
    browser.close().await;
}

#[tokio::test]
async fn the_board_of_a_whole_class_prints_on_one_page() {
    let school = TestSchool::start(&full_class()).await;
    let browser = school.browser_at(&school.room("101")).await;
    assert_eq!(browser.printed_pages().await, 1);
    browser.close().await;
}

#[tokio::test]
async fn every_page_prints_and_a_room_with_an_incident_still_on_one() {
    let busy = BusySchool::start().await;
    let browser = busy.school.browser_at(&busy.school.room("101")).await;
    assert_eq!(browser.printed_pages().await, 1);
    browser.open(&busy.school.url(&busy.incident_page().await)).await;
    assert_eq!(browser.printed_pages().await, 1);
    browser.close().await;
}

#[tokio::test]
async fn a_first_visit_weighs_less_than_a_photo() {
    let school = TestSchool::start(&full_class()).await;
    let browser = school.browser_at("/").await;
    for page in [
        school.room("101"),
        format!("/schools/{SCHOOL}"),
        "/devices".to_owned(),
    ] {
        let bytes = browser.first_load_bytes(&school.url(&page)).await;
        println!("{page}: {bytes} bytes");
        assert!(bytes < FIRST_LOAD, "{page} weighs {bytes} bytes");
        assert_no_complaint(&browser, &page, 200).await;
    }
    browser.close().await;
}

#[tokio::test]
async fn a_stranger_reads_how_to_sign_in() {
    let school = TestSchool::start(&full_class()).await;
    let browser = Browser::start().await;
    browser.open(&school.url("/")).await;
    let text = browser.text().await;
    assert!(
        text.contains("Please sign in") && text.contains("Your name") && text.contains("forgotten"),
        "{text}"
    );
    browser.close().await;
}

#[tokio::test]
async fn notes_that_are_folded_away_on_the_screen_are_on_paper() {
    let school = TestSchool::start(&Plan::testing_room("101")).await;
    let browser = school.coordinator_at(&school.room("101")).await;
    for number in 1..=3 {
        browser.click("#more-note summary").await;
        browser.fill("#note-text", &format!("Note {number}.")).await;
        browser.click("#more-note form button").await;
        wait_until("the note", PATIENCE, async || {
            let written = school.record().entries();
            let written = written.iter().filter(|entry| entry.kind == "note_written");
            let written = written.count();
            if written == number { Ok(()) } else { Err(written) }
        })
        .await;
        browser.reload().await;
    }
    let seen = async || {
        let script = "return [...document.querySelectorAll('.people-notes li')]
            .filter((note) => note.checkVisibility() && note.getBoundingClientRect().height > 0).length";
        browser.evaluate(script, vec![]).await
    };
    assert_eq!(seen().await, 0, "three are folded away");
    browser
        .devtools("Emulation.setEmulatedMedia", json!({"media": "print"}))
        .await;
    assert_eq!(seen().await, 3);
    browser.close().await;
}

/// Without it a phone shows little more than the way here.
const MOST_OF_A_PHONE: u64 = 150;

#[tokio::test]
async fn on_a_phone_the_way_here_is_one_line_and_the_room_begins_soon_after_it() {
    let school = TestSchool::start(&full_class()).await;
    let browser = school.browser_at(&school.room("101")).await;
    browser.set_viewport(320, 640).await;
    browser
        .wait_for_text("live-line", "Live, updated", PATIENCE)
        .await;
    let script = "const height = (of) => Math.round(document.querySelector(of).getBoundingClientRect().height);
        return [height('.trail'), height('.top'), document.querySelector('.trail [aria-current]').textContent]";
    let seen = browser.evaluate(script, vec![]).await;
    let (way, top) = (seen[0].as_u64(), seen[1].as_u64());
    assert!(way.is_some_and(|way| way <= 32), "one line of text: {way:?} px");
    assert!(top.is_some_and(|top| top <= MOST_OF_A_PHONE), "{top:?} px");
    assert_eq!(seen[2], "Room 101", "whoever listens hears the whole way");
    browser
        .screenshot(std::path::Path::new("/tmp/shots/top-320.png"))
        .await;
    browser.close().await;
}
