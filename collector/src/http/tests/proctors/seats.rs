//! What is pressed about seats, pauses, and a room that cannot be seen.

use std::time::Duration;

use serde_json::json;

use super::{ROOM, Story, two_rooms};
use crate::access::Role;
use crate::domain::entry::EntryKind;
use crate::domain::incident::WHAT_TO_DO;
use crate::http::tests::harness::{Agent, Reply, SignedInAs};
use crate::store::EntryQuery;

/// The same school, with what the vendor says about its codes and a spare device in the other room.
fn with_codes() -> String {
    let profile = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../configs/profiles/testnav-2026-27.toml"
    );
    let spare = |name: &str| {
        format!(
            "[[device]]\nname = \"{name}\"\nplatform = \"linux\"\nschool = \"lincoln-ms\"\nroom = \"102\"\n"
        )
    };
    let spares = spare("SPARE-4821") + &spare("CART-B-4821") + &spare("SPARE-7");
    let text = two_rooms().replacen("[[session]]", &format!("{spares}[[session]]"), 1);
    format!("profile = {profile:?}\n{text}")
}

async fn room_with_jones() -> (Story, SignedInAs) {
    let story = Story::of(&with_codes()).await;
    let made = story.make_link().await;
    let jones = story.enter(&made, "A.+Jones").await;
    (story, jones)
}

async fn count(story: &Story, kind: EntryKind) -> usize {
    let query = EntryQuery::default();
    let entries = story.collector.store.entries(query).await.unwrap();
    entries.iter().filter(|entry| entry.entry.kind == kind).count()
}

fn done(reply: &Reply) {
    assert_eq!(reply.status, 303, "{}", reply.text);
}

#[tokio::test]
async fn a_code_is_explained_on_the_next_page_and_an_unknown_one_is_kept_as_it_was_typed() {
    let (story, jones) = room_with_jones().await;
    let seat = format!("{ROOM}/seat");
    done(
        &story
            .press(&seat, &jones, "device=LIN-1&what=message&code=1001")
            .await,
    );
    let board = story.see(ROOM, &jones).await.text;
    assert!(
        board.contains("Seat 1: message 1001")
            && board.contains("The connection was lost; the test is saved on this device.")
            && board.contains("Keep the device on and in the room."),
        "{board}"
    );
    assert!(board.contains("standing-help-wanted"), "the tile asks for help");
    assert!(
        board.contains("message 1001 since 13:00"),
        "the tile says why: {board}"
    );
    let page = story.see(&format!("{seat}?device=LIN-1"), &jones).await.text;
    assert!(page.contains("Help wanted, message 1001 since 13:00"), "{page}");
    assert!(
        page.contains("<strong>What to do:</strong>") && page.contains(WHAT_TO_DO),
        "the board sends people here to see what to do: {page}"
    );
    let device = story.see("/roster/LIN-1", &story.coordinator).await.text;
    assert!(
        device.contains("Help wanted") && device.contains("Message 1001 since 13:00"),
        "the device's own page says it too: {device}"
    );

    done(
        &story
            .press(&seat, &jones, "device=LIN-1&what=message&code=%3Cab%3E")
            .await,
    );
    let board = story.see(ROOM, &jones).await.text;
    assert!(
        board.contains("Seat 1: message &#60;ab&#62;") && board.contains("not in the list"),
        "{board}"
    );
    let school = story.see("/schools/lincoln-ms", &story.coordinator).await.text;
    assert!(school.contains("Help wanted at seat 1"), "{school}");
    for (code, why) in [("", "there is no code"), (&"x".repeat(61), "61 characters")] {
        let refused = story
            .press(&seat, &jones, &format!("device=LIN-1&what=message&code={code}"))
            .await;
        assert_eq!(refused.status, 409);
        let why = why.to_lowercase();
        assert!(refused.text.to_lowercase().contains(&why), "{}", refused.text);
    }
    done(&story.press(&seat, &jones, "helped=LIN-1").await);
    let board = story.see(ROOM, &jones).await.text;
    assert!(
        !board.contains("Seat 1: message") || board.contains("Undo"),
        "{board}"
    );
    assert!(
        !board.contains("<li class=\"seat standing-help-wanted"),
        "{board}"
    );
}

#[tokio::test]
async fn a_device_that_is_never_heard_may_want_help_too() {
    let (story, jones) = room_with_jones().await;
    done(
        &story
            .press(
                &format!("{ROOM}/seat"),
                &jones,
                "device=lin%2F2+%C3%9C&what=needs-help",
            )
            .await,
    );
    let board = story.see(ROOM, &story.coordinator).await.text;
    assert!(board.contains("Seat 2: needs help"), "{board}");
    let nobody = story
        .press(&format!("{ROOM}/seat"), &jones, "device=LIN-99&what=frozen")
        .await;
    assert_eq!(nobody.status, 409);
    assert!(nobody.text.contains("choose the seat again"), "{}", nobody.text);
}

#[tokio::test]
async fn a_device_is_swapped_in_two_taps_and_the_old_one_is_kept_aside_until_it_is_released() {
    let (story, jones) = room_with_jones().await;
    let swap = format!("{ROOM}/swap");
    let asks = story
        .see(&format!("{swap}?device=LIN-1&tag=4821"), &jones)
        .await
        .text;
    assert!(
        asks.contains("Give seat 1 another device?")
            && asks.contains("SPARE-4821, Room 102")
            && asks.contains("CART-B-4821, Room 102"),
        "{asks}"
    );
    let none = story
        .see(&format!("{swap}?device=LIN-1&tag=0000"), &jones)
        .await
        .text;
    assert!(none.contains("has a tag that ends in 0000"), "{none}");
    assert_eq!(
        count(&story, EntryKind::DeviceSwapped).await,
        0,
        "asking writes nothing"
    );
    let which = story.press(&swap, &jones, "device=LIN-1&tag=4821").await;
    assert!(
        which.status == 409 && which.text.contains("type all of the tag"),
        "{}",
        which.text
    );

    done(&story.press(&swap, &jones, "device=LIN-1&new=SPARE-4821").await);
    done(&story.press(&swap, &jones, "device=SPARE-4821&tag=re-7").await);
    let board = story.see(ROOM, &story.coordinator).await.text;
    assert!(
        board.contains("Keep aside, may hold answers:")
            && board.contains("LIN-1 (seat 1); SPARE-4821 (seat 1)"),
        "{board}"
    );
    let tile = board.split("id=\"seat-1\"").nth(1).unwrap();
    let tile = tile.split("</li>").next().unwrap();
    assert!(tile.contains("SPARE-7"), "the seat has its new device: {tile}");

    let again = story.press(&swap, &jones, "device=SPARE-7&new=LIN-1").await;
    assert!(
        again.status == 409 && again.text.contains("may hold answers"),
        "{}",
        again.text
    );
    done(
        &story
            .press(&format!("{ROOM}/release"), &jones, "device=LIN-1")
            .await,
    );
    let board = story.see(ROOM, &jones).await.text;
    assert!(
        board.contains("<strong>Keep aside, may hold answers:</strong> SPARE-4821 (seat 1)"),
        "{board}"
    );
}

#[tokio::test]
async fn a_room_is_paused_now_and_also_afterwards_with_its_true_times() {
    let (story, jones) = room_with_jones().await;
    let pause = format!("{ROOM}/pause");
    done(&story.press(&pause, &jones, "from=&until=").await);
    let board = story.see(ROOM, &story.coordinator).await.text;
    assert!(board.contains("Everybody here is paused since 13:00"), "{board}");
    assert!(
        board.contains("<p class=\"verdict-words\">Paused since 13:00</p>"),
        "the large sentence says it: {board}"
    );
    story.collector.clock.pass(Duration::from_secs(30 * 60));
    done(&story.press(&format!("{ROOM}/go-on"), &jones, "from=13:20").await);
    let board = story.see(ROOM, &jones).await.text;
    assert!(board.contains("Paused from 13:00 to 13:20"), "{board}");

    done(&story.press(&pause, &jones, "from=12:35&until=12:45").await);
    let board = story.see(ROOM, &jones).await.text;
    assert!(board.contains("Paused from 12:35 to 12:45"), "{board}");
    for (times, why) in [
        ("from=13:25&until=13:50", "still to come"),
        ("from=12:10&until=12:20", "no session was going on"),
        ("from=12:50&until=12:50", "end after it began"),
        ("from=noon&until=", "hours and minutes"),
        ("from=&until=12:50", "needs the time at which it began"),
    ] {
        let refused = story.press(&pause, &jones, times).await;
        assert_eq!(refused.status, 409, "{times}");
        assert!(refused.text.contains(why), "{times}: {}", refused.text);
    }
}

#[tokio::test]
async fn a_coordinator_pauses_the_whole_school_and_every_room_shows_it() {
    let (story, jones) = room_with_jones().await;
    let school = "/schools/lincoln-ms";
    let page = story.see(school, &story.coordinator).await.text;
    assert!(page.contains("Pause the whole school from now on"), "{page}");
    assert_eq!(
        story.press(&format!("{school}/pause"), &jones, "").await.status,
        403,
        "a proctor has one room"
    );
    let technician = story
        .collector
        .signed_in_as(Role::Technician, &["lincoln-ms"])
        .await;
    assert_eq!(
        story
            .press(&format!("{school}/pause"), &technician, "")
            .await
            .status,
        403
    );
    done(
        &story
            .press(&format!("{school}/pause"), &story.coordinator, "")
            .await,
    );
    for page in [ROOM, "/schools/lincoln-ms/rooms/102", school] {
        let page = story.see(page, &story.coordinator).await.text;
        assert!(
            page.contains("Everybody in this school is paused since 13:00"),
            "{page}"
        );
    }
    let room = story.see(ROOM, &jones).await.text;
    assert!(
        room.contains("your coordinator says when students go on"),
        "a room cannot end it, so it is not told to press: {room}"
    );
    let fleet = story.after_a_restart(&with_codes()).await;
    let held = fleet.read(|state| {
        let acts = state.acts_of_school(&"lincoln-ms".parse().unwrap()).unwrap();
        acts.now(None, jiff::Timestamp::MAX).pauses.len()
    });
    assert_eq!(held, 1, "after a restart too");
    story.collector.clock.pass(Duration::from_secs(300));
    done(
        &story
            .press(&format!("{school}/go-on"), &story.coordinator, "")
            .await,
    );
    let room = story.see(ROOM, &jones).await.text;
    assert!(
        room.contains("The school was paused from 13:00 to 13:05"),
        "{room}"
    );
    assert!(!room.contains("Everybody in this school is paused"), "{room}");
}

#[tokio::test]
async fn a_form_that_is_pressed_twice_on_one_page_is_done_once_also_without_a_script() {
    let (story, jones) = room_with_jones().await;
    let once = |page: &str| {
        let (_, rest) = page.split_once("name=\"once\" value=\"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    let page = once(&story.see(ROOM, &jones).await.text);
    let note = format!("{ROOM}/note");
    for _ in 0..2 {
        done(
            &story
                .press(&note, &jones, &format!("text=Seat+3+froze&once={page}"))
                .await,
        );
    }
    assert_eq!(count(&story, EntryKind::NoteWritten).await, 1);
    done(
        &story
            .press(&note, &jones, &format!("text=Seat+4+too&once={page}"))
            .await,
    );
    assert_eq!(
        count(&story, EntryKind::NoteWritten).await,
        2,
        "another note of the same page is another note"
    );
    story.collector.clock.pass(Duration::from_secs(60));
    let later = once(&story.see(ROOM, &jones).await.text);
    assert_ne!(page, later);
    done(
        &story
            .press(&note, &jones, &format!("text=Seat+3+froze&once={later}"))
            .await,
    );
    assert_eq!(count(&story, EntryKind::NoteWritten).await, 3, "it froze again");
    let others = once(&story.see(ROOM, &story.coordinator).await.text);
    assert_ne!(later, others, "two people may write the same");
}

#[tokio::test]
async fn a_press_that_is_sent_again_is_one_and_tells_when_it_was_pressed() {
    let (story, jones) = room_with_jones().await;
    let key = "0123456789abcdef0123456789abcdef";
    story.collector.clock.pass(Duration::from_secs(600));
    let note = format!("{ROOM}/note");
    let kept = format!("text=Seat+3+froze&session=math&key={key}&ago=480000");
    for _ in 0..3 {
        let taken = story.press(&note, &jones, &kept).await;
        assert_eq!(
            (taken.status, taken.text.trim()),
            (200, r#"{"taken":true}"#),
            "a script is answered with a word"
        );
    }
    assert_eq!(count(&story, EntryKind::NoteWritten).await, 1);
    let entries = story
        .collector
        .store
        .entries(EntryQuery::default())
        .await
        .unwrap();
    let entry = entries
        .iter()
        .find(|entry| entry.entry.kind == EntryKind::NoteWritten)
        .unwrap();
    assert!(
        entry
            .entry
            .body
            .as_str()
            .contains(r#""pressed":"2026-10-06T13:02:00"#),
        "beside its arrival: {}",
        entry.entry.body.as_str()
    );
    let arrived = entry.entry.at().to_string();
    assert!(arrived.starts_with("2026-10-06T13:10:00"), "{arrived}");
    let board = story.see(ROOM, &jones).await.text;
    assert!(board.contains("datetime=\"2026-10-06T13:02:00"), "{board}");

    let elsewhere = kept
        .replace("session=math", "session=science")
        .replace("0123", "9999");
    let refused = story.press(&note, &jones, &elsewhere).await;
    assert_eq!(refused.status, 409);
    assert!(
        refused.text.starts_with("{\"why\":") && refused.text.contains("another session"),
        "{}",
        refused.text
    );
    let old = kept.replace("480000", "50000000").replace("0123", "8888");
    let refused = story.press(&note, &jones, &old).await;
    assert!(refused.text.contains("12 hours ago"), "{}", refused.text);
    for nonsense in [
        "key=x&ago=1",
        "key=0123456789abcdef0123456789abcdee&ago=x",
        "session=A+B",
    ] {
        let malformed = story.press(&note, &jones, &format!("text=a&{nonsense}")).await;
        assert_eq!(malformed.status, 400, "{nonsense}: {}", malformed.text);
    }
}

#[tokio::test]
async fn the_panel_of_an_open_page_carries_its_own_token_and_no_painting_does() {
    let (story, jones) = room_with_jones().await;
    let panel = format!("/live{ROOM}/panel");
    let own = story.see(&panel, &jones).await;
    assert_eq!(own.status, 200);
    assert!(
        own.text.starts_with("<section class=\"actions\"") && own.text.contains(&jones.csrf),
        "{}",
        own.text
    );
    let others = story.see(&panel, &story.coordinator).await.text;
    assert!(others.contains(&story.coordinator.csrf) && !others.contains(&jones.csrf));
    let auditor = story.collector.signed_in_as(Role::Auditor, &[]).await;
    assert_eq!(story.see(&panel, &auditor).await.status, 403);

    let mark = |page: &str| page.split("data-panel=\"").nth(1).unwrap()[..12].to_owned();
    let before = mark(&story.see(ROOM, &jones).await.text);
    assert_eq!(mark(&story.see(ROOM, &story.coordinator).await.text), before);
    done(&story.press(&format!("{ROOM}/raise-hand"), &jones, "").await);
    let after = mark(&story.see(ROOM, &jones).await.text);
    assert_ne!(before, after, "open pages hear that their panel is old");
    let looked = count(&story, EntryKind::Viewed).await;
    story.see(&panel, &jones).await;
    assert_eq!(
        count(&story, EntryKind::Viewed).await,
        looked,
        "a page that is open was looked at already"
    );
}

/// Three devices that test and then fall silent together.
async fn room_that_nobody_hears() -> (Story, SignedInAs, Vec<Agent>) {
    let more = |name: &str| {
        format!(
            "[[device]]\nname = \"{name}\"\nplatform = \"linux\"\nschool = \"lincoln-ms\"\nroom = \"101\"\n"
        )
    };
    let more = more("LIN-3") + &more("LIN-4");
    let story = Story::of(&two_rooms().replacen("[[session]]", &format!("{more}[[session]]"), 1)).await;
    let mut agents = Vec::new();
    for name in ["LIN-1", "LIN-3", "LIN-4"] {
        let agent = Agent::enrol(&story.collector, name).await;
        let started = agent.report(&story.collector, 1, &[json!({"kind": "app_started"})]);
        assert_eq!(agent.send(&story.collector, &started).await.status, 200);
        agents.push(agent);
    }
    let made = story.make_link().await;
    let jones = story.enter(&made, "A.+Jones").await;
    (story, jones, agents)
}

#[tokio::test]
async fn a_proctor_of_a_room_that_nobody_hears_is_asked_whether_students_still_work() {
    let (story, jones, agents) = room_that_nobody_hears().await;
    let asked = |board: &str| board.contains("Are students still working?</p>\n<p class=\"acts\">");
    assert!(!asked(&story.see(ROOM, &jones).await.text), "while all are heard");
    story.collector.seconds_pass(60).await;
    let board = story.see(ROOM, &jones).await.text;
    assert!(
        board.contains("We cannot see this room since 13:00") && asked(&board),
        "{board}"
    );
    done(
        &story
            .press(&format!("{ROOM}/pause"), &jones, "from=&until=")
            .await,
    );
    let board = story.see(ROOM, &jones).await.text;
    assert!(!asked(&board), "nobody works in a pause: {board}");
    done(&story.press(&format!("{ROOM}/go-on"), &jones, "").await);
    done(
        &story
            .press(&format!("{ROOM}/still-working"), &jones, "answer=all")
            .await,
    );
    let board = story.see(ROOM, &jones).await.text;
    assert!(
        board.contains("All students still work:") && !asked(&board),
        "who has answered is not asked again: {board}"
    );
    // All are heard again, and fall silent once more: of that nobody has said anything.
    for seq in 2..4 {
        for agent in &agents {
            let beat = agent.report(&story.collector, seq, &[]);
            assert_eq!(agent.send(&story.collector, &beat).await.status, 200);
        }
        story.collector.seconds_pass(2).await;
    }
    assert!(!asked(&story.see(ROOM, &jones).await.text), "while all are heard");
    story.collector.seconds_pass(60).await;
    let board = story.see(ROOM, &jones).await.text;
    assert!(asked(&board), "a later silence is another question: {board}");
}

#[tokio::test]
async fn whether_students_still_work_is_answered_and_taken_back() {
    let (story, jones) = room_with_jones().await;
    let answer = format!("{ROOM}/still-working");
    done(&story.press(&answer, &jones, "answer=some").await);
    let board = story.see(ROOM, &jones).await.text;
    assert!(
        board.contains("Some students stopped:") && board.contains("Take back"),
        "{board}"
    );
    done(&story.press(&answer, &jones, "answer=none").await);
    let board = story.see(ROOM, &jones).await.text;
    assert!(!board.contains("Some students stopped:"), "{board}");
    assert_eq!(story.press(&answer, &jones, "answer=perhaps").await.status, 400);
}
