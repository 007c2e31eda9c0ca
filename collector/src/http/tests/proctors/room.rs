//! What is pressed in a room.

use super::{ROOM, Story, two_rooms};
use crate::access::Role;
use crate::domain::entry::{Actor, EntryKind};
use crate::store::EntryQuery;

async fn kinds(story: &Story) -> Vec<EntryKind> {
    let entries = story
        .collector
        .store
        .entries(EntryQuery::default())
        .await
        .unwrap();
    let presses = [
        EntryKind::HandRaised,
        EntryKind::HandLowered,
        EntryKind::NoteWritten,
        EntryKind::RoomStarted,
        EntryKind::RoomEnded,
        EntryKind::Undone,
    ];
    entries
        .iter()
        .map(|entry| entry.entry.kind)
        .filter(|kind| presses.contains(kind))
        .collect()
}

#[tokio::test]
async fn a_raised_hand_is_on_every_board_until_it_is_lowered() {
    let story = Story::begin().await;
    let made = story.make_link().await;
    let jones = story.enter(&made, "A.+Jones").await;
    for _ in 0..2 {
        let pressed = story.press(&format!("{ROOM}/raise-hand"), &jones, "").await;
        assert_eq!(
            (pressed.status, pressed.header("location")),
            (303, Some(ROOM)),
            "{}",
            pressed.text
        );
    }
    assert_eq!(
        kinds(&story).await,
        [EntryKind::HandRaised],
        "pressed twice, written once"
    );
    let board = story.see(ROOM, &story.coordinator).await.text;
    assert!(
        board.contains("Hand raised") && board.contains("by A. Jones, substitute"),
        "{board}"
    );
    let school = story.see("/schools/lincoln-ms", &story.coordinator).await.text;
    assert!(
        school.contains("Hand raised 13:00") && school.contains("Proctor here since 13:00"),
        "{school}"
    );
    let district = story.see("/", &story.coordinator).await.text;
    assert!(district.contains("Help wanted in Room 101"), "{district}");

    let lowered = story
        .press(&format!("{ROOM}/lower-hand"), &story.coordinator, "")
        .await;
    assert_eq!(lowered.status, 303, "a coordinator may act too");
    assert!(!story.see(ROOM, &jones).await.text.contains("Hand raised"));
    let entries = story
        .collector
        .store
        .entries(EntryQuery::default())
        .await
        .unwrap();
    let by = entries
        .iter()
        .find(|entry| entry.entry.kind == EntryKind::HandRaised)
        .unwrap();
    assert!(
        matches!(by.entry.actor, Actor::Proctor(_)),
        "{:?}",
        by.entry.actor
    );
}

#[tokio::test]
async fn start_is_asked_for_twice_and_undone_for_two_minutes() {
    let story = Story::begin().await;
    let made = story.make_link().await;
    let jones = story.enter(&made, "A.+Jones").await;
    let start = format!("{ROOM}/start");
    let board = story.see(ROOM, &jones).await.text;
    assert!(
        board.contains("<summary class=\"act\">Start the test</summary>") && board.contains("Yes, start"),
        "{board}"
    );
    assert!(kinds(&story).await.is_empty(), "looking writes nothing");
    assert_eq!(story.press(&start, &jones, "").await.status, 303);
    let board = story.see(ROOM, &jones).await.text;
    assert!(
        board.contains("Started") && board.contains("Undo until 13:02:00"),
        "{board}"
    );
    let seq = |page: &str| {
        page.split_once("name=\"seq\" value=\"")
            .unwrap()
            .1
            .split('"')
            .next()
            .unwrap()
            .to_owned()
    };
    let undo = story
        .press(&format!("{ROOM}/undo"), &jones, &format!("seq={}", seq(&board)))
        .await;
    assert_eq!(undo.status, 303, "{}", undo.text);
    assert!(!story.see(ROOM, &jones).await.text.contains("Undo until"));

    assert_eq!(story.press(&start, &jones, "").await.status, 303);
    let board = story.see(ROOM, &jones).await.text;
    story.collector.clock.pass(std::time::Duration::from_secs(121));
    let late = story
        .press(&format!("{ROOM}/undo"), &jones, &format!("seq={}", seq(&board)))
        .await;
    assert_eq!(late.status, 409);
    assert!(
        late.text.contains("more than 2 minutes ago") && late.text.contains("write a note"),
        "{}",
        late.text
    );
    use EntryKind::{RoomStarted, Undone};
    assert_eq!(kinds(&story).await, [RoomStarted, Undone, RoomStarted]);
}

#[tokio::test]
async fn a_note_is_kept_as_it_was_written_and_escaped() {
    let story = Story::begin().await;
    let made = story.make_link().await;
    let jones = story.enter(&made, "A.+Jones").await;
    let note = format!("{ROOM}/note");
    assert_eq!(
        story.press(&note, &jones, "text=Seat+4+%3Cfroze%3E").await.status,
        303
    );
    let board = story.see(ROOM, &story.coordinator).await.text;
    assert!(
        board.contains("Seat 4 &#60;froze&#62;") && board.contains("No names. Use seat numbers."),
        "{board}"
    );
    let empty = story.press(&note, &jones, "text=+").await;
    assert_eq!(empty.status, 409);
    let long = story
        .press(&note, &jones, &format!("text={}", "x".repeat(401)))
        .await;
    assert!(long.text.contains("401 characters"), "{}", long.text);
}

#[tokio::test]
async fn what_was_pressed_is_there_after_a_restart() {
    let story = Story::begin().await;
    let made = story.make_link().await;
    let jones = story.enter(&made, "A.+Jones").await;
    story.press(&format!("{ROOM}/raise-hand"), &jones, "").await;
    story
        .press(&format!("{ROOM}/note"), &story.coordinator, "text=On+it")
        .await;
    let now = crate::clock::Clock::wall(&*story.collector.clock);
    let fleet = story.after_a_restart(&two_rooms()).await;
    let shown = fleet.read(|state| {
        let scene = crate::present::Scene::new(state, now, "");
        let room = roomready_shared::ids::RoomRef {
            school: "lincoln-ms".parse().unwrap(),
            room: "101".parse().unwrap(),
        };
        crate::present::board(&scene, &room, crate::pages::view::SeatOrder::default())
            .unwrap()
            .people
    });
    assert_eq!(shown.hand.unwrap().by, "A. Jones, substitute");
    assert!(
        shown.notes[0].by.contains("school coordinator"),
        "{:?}",
        shown.notes
    );
}

#[tokio::test]
async fn who_only_looks_is_offered_nothing_to_press_and_may_not() {
    let story = Story::begin().await;
    let auditor = story.collector.signed_in_as(Role::Auditor, &[]).await;
    let board = story.see(ROOM, &auditor).await.text;
    assert!(
        !board.contains("Raise hand") && !board.contains("takes-part"),
        "{board}"
    );
    assert_eq!(
        story
            .press(&format!("{ROOM}/raise-hand"), &auditor, "")
            .await
            .status,
        403
    );
    assert_eq!(
        story
            .see(&format!("{ROOM}/seat?device=LIN-1"), &auditor)
            .await
            .status,
        403
    );
}

#[tokio::test]
async fn nothing_can_be_pressed_in_a_room_that_is_not_there_or_has_no_session() {
    let story = Story::begin().await;
    let nowhere = story
        .press("/schools/lincoln-ms/rooms/999/raise-hand", &story.coordinator, "")
        .await;
    assert_eq!(nowhere.status, 404);
    let idle = story
        .press("/schools/lincoln-ms/rooms/102/start", &story.coordinator, "")
        .await;
    assert_eq!(idle.status, 409);
    assert!(idle.text.contains("no session now"), "{}", idle.text);
}
