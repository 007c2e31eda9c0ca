//! Links, and who enters by them.

use super::{PROCTORS, ROOM, Story, two_rooms};
use crate::access::Role;
use crate::domain::entry::EntryKind;
use crate::store::EntryQuery;

#[tokio::test]
async fn a_proctor_enters_by_link_name_and_spoken_word_and_sees_that_room_only() {
    let story = Story::begin().await;
    let made = story.make_link().await;
    let page = story
        .collector
        .get(&format!("/proctor?token={}", made.token))
        .await;
    assert_eq!(page.status, 200);
    assert!(
        page.text.contains("Room 101") && !page.text.contains(&made.word),
        "{}",
        page.text
    );

    let jones = story.enter(&made, "A.+Jones").await;
    let board = story.see(ROOM, &jones).await;
    assert_eq!(board.status, 200);
    assert!(board.text.contains("Raise hand"), "{}", board.text);
    assert!(
        board
            .text
            .contains("Proctor here since 13:00: A. Jones, substitute"),
        "{}",
        board.text
    );
    let elsewhere = board
        .text
        .split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next());
    for link in elsewhere.filter(|link| link.starts_with('/') && !link.starts_with("/assets/")) {
        assert!(link.starts_with(ROOM), "the board leads to {link}");
    }
    let home = story.see("/", &jones).await;
    assert_eq!((home.status, home.header("location")), (303, Some(ROOM)));
    for other in [
        "/schools/lincoln-ms/rooms/102",
        "/schools/lincoln-ms",
        "/devices",
        PROCTORS,
    ] {
        assert_eq!(story.see(other, &jones).await.status, 403, "{other}");
    }
    let stream = story
        .collector
        .first_of(&format!("/live{ROOM}"), &jones.cookie)
        .await;
    assert_eq!(stream.status, 200);
}

#[tokio::test]
async fn the_sheet_has_the_address_and_the_district_s_own_rule_and_never_the_word() {
    let story = Story::begin().await;
    let made = story.make_link().await;
    let sheet = story
        .see(&format!("{}/sheet", made.url), &story.coordinator)
        .await
        .text;
    for says in [
        "Room 101",
        "Grade 7 Math",
        "Tue 6 Oct, 12:30 to 14:00",
        "Phones stay in the desk.",
        "11:00 to 15:00",
    ] {
        assert!(sheet.contains(says), "{says} is not on {sheet}");
    }
    assert!(
        sheet.contains("sheet-code"),
        "a code to scan, where any screen is allowed"
    );
    // Digits of the secret may happen to hold it, and the code is drawn: neither is read as a word.
    let (read, _) = sheet.split_once("sheet-way").unwrap();
    let (_, rest) = sheet.split_once("<ol class=\"steps\">").unwrap();
    assert!(!read.contains(&made.word) && !rest.contains(&made.word));
    story.collector.clock.pass(crate::limits::SHEET_SHOWN_FOR);
    let late = story
        .see(&format!("{}/sheet", made.url), &story.coordinator)
        .await;
    assert_eq!(late.status, 409, "its address is kept nowhere");
    assert!(late.text.contains("Make one more link"), "{}", late.text);
}

#[tokio::test]
async fn wrong_words_wait_longer_each_time_are_shown_to_the_coordinator_and_lock_nobody_out() {
    let story = Story::begin().await;
    let made = story.make_link().await;
    let wrong = if made.word == "0000" { "0001" } else { "0000" };
    for _ in 0..3 {
        let refused = story.try_to_enter(&made, "A.+Jones", wrong).await;
        assert_eq!(refused.status, 403);
        assert!(
            refused.text.contains("not the room word") && refused.text.contains("A. Jones"),
            "{}",
            refused.text
        );
    }
    let soon = story.try_to_enter(&made, "A.+Jones", &made.word).await;
    assert_eq!(
        (soon.status, soon.header("retry-after")),
        (429, Some("2")),
        "not even looked at"
    );
    let page = story.see(PROCTORS, &story.coordinator).await.text;
    assert!(page.contains("3 wrong room words"), "{page}");
    story.collector.clock.pass(std::time::Duration::from_secs(2));
    story.enter(&made, "A.+Jones").await;
    let entries = story
        .collector
        .store
        .entries(EntryQuery::default())
        .await
        .unwrap();
    let refused = entries
        .iter()
        .filter(|entry| entry.entry.kind == EntryKind::ProctorRefused);
    assert_eq!(refused.count(), 3);
    let record: String = entries
        .iter()
        .map(|entry| entry.entry.body.as_str().to_owned())
        .collect();
    assert!(
        !record.contains("Jones") && !record.contains(&made.token),
        "{record}"
    );
}

#[tokio::test]
async fn what_is_missing_on_the_form_is_told_and_nothing_typed_is_lost() {
    let story = Story::begin().await;
    let made = story.make_link().await;
    let nameless = story.try_to_enter(&made, "++", &made.word).await;
    assert_eq!(nameless.status, 422);
    assert!(nameless.text.contains("Write your name"), "{}", nameless.text);
    let form = format!("token={}&name=%3Cb%3E&role=king&word={}", made.token, made.word);
    let role = story.collector.post("/proctor", "", &form).await;
    assert_eq!(role.status, 422);
    assert!(
        role.text.contains("Choose what you are") && !role.text.contains("<b>"),
        "{}",
        role.text
    );
}

#[tokio::test]
async fn a_link_out_of_its_time_says_in_plain_words_when_it_works() {
    let story = Story::begin().await;
    let made = story.make_link().await;
    let jones = story.enter(&made, "A.+Jones").await;
    story.minutes_pass(121);
    let link = format!("/proctor?token={}", made.token);
    let late = story.collector.get(&link).await;
    assert_eq!(late.status, 403);
    assert!(
        late.text.contains("This link worked until 15:00"),
        "{}",
        late.text
    );
    assert!(
        late.text.contains("Grade 7 Math in Room 101") && late.text.contains("11:00 to 15:00"),
        "{}",
        late.text
    );
    let board = story.see(ROOM, &jones).await;
    assert_eq!(board.status, 403);
    assert!(
        board.text.contains("This link worked until 15:00"),
        "who is inside reads the same: {}",
        board.text
    );
    let unknown = story.collector.get("/proctor?token=0123").await;
    assert_eq!(unknown.status, 404);
    assert!(
        unknown.text.contains("This link is not known"),
        "{}",
        unknown.text
    );
}

#[tokio::test]
async fn a_second_browser_is_shown_to_the_coordinator_and_can_be_let_go() {
    let story = Story::begin().await;
    let made = story.make_link().await;
    let jones = story.enter(&made, "A.+Jones").await;
    let other = story.enter(&made, "B.+Lee").await;
    let page = story.see(PROCTORS, &story.coordinator).await.text;
    assert!(
        page.contains("2 browsers") && page.contains("A. Jones") && page.contains("B. Lee"),
        "{page}"
    );

    let lee = page.split_once("B. Lee").unwrap().1;
    let id = lee
        .split_once("name=\"proctor\" value=\"")
        .unwrap()
        .1
        .split('"')
        .next()
        .unwrap();
    let let_go = story
        .press(
            &format!("{}/release", made.url),
            &story.coordinator,
            &format!("proctor={id}"),
        )
        .await;
    assert_eq!(let_go.status, 303);
    assert_eq!(story.see(ROOM, &other).await.status, 401, "out at once");
    assert_eq!(story.see(ROOM, &jones).await.status, 200);
    assert!(
        story
            .see(PROCTORS, &story.coordinator)
            .await
            .text
            .contains("1 browser<")
    );
}

#[tokio::test]
async fn a_link_that_is_ended_ends_everybody_s_entry_and_the_next_one_has_a_new_word() {
    let story = Story::begin().await;
    let made = story.make_link().await;
    let jones = story.enter(&made, "A.+Jones").await;
    let second = story.make_link().await;
    assert_eq!(second.word, made.word, "one word to speak while a link holds");
    for url in [&made.url, &second.url] {
        assert_eq!(
            story
                .press(&format!("{url}/revoke"), &story.coordinator, "")
                .await
                .status,
            303
        );
    }
    assert_eq!(story.see(ROOM, &jones).await.status, 401);
    let late = story
        .collector
        .get(&format!("/proctor?token={}", made.token))
        .await;
    assert_eq!(late.status, 403);
    assert!(late.text.contains("This link was ended"), "{}", late.text);
    let page = story.see(PROCTORS, &story.coordinator).await.text;
    assert!(
        !page.contains("word-digits"),
        "no word while no link holds: {page}"
    );
}

#[tokio::test]
async fn a_moved_session_takes_its_proctor_along() {
    let story = Story::begin().await;
    let made = story.make_link().await;
    let jones = story.enter(&made, "A.+Jones").await;
    let session = two_rooms();
    let (before, after) = session.split_once("id = \"math\"").unwrap();
    let moved = format!(
        "{before}id = \"math\"{}",
        after.replacen("room = \"101\"", "room = \"102\"", 1)
    );
    story.edit(&moved).await;
    let home = story.see("/", &jones).await;
    assert_eq!(home.header("location"), Some("/schools/lincoln-ms/rooms/102"));
    assert_eq!(
        story.see("/schools/lincoln-ms/rooms/102", &jones).await.status,
        200
    );
    assert_eq!(story.see(ROOM, &jones).await.status, 403);
    let later = two_rooms()
        .replace("2026-10-06 12:30", "2026-10-06 17:00")
        .replace("14:00", "18:00");
    story.edit(&later).await;
    let early = story.see(ROOM, &jones).await;
    assert_eq!(early.status, 403);
    assert!(
        early.text.contains("this link works from 15:30"),
        "{}",
        early.text
    );
}

#[tokio::test]
async fn where_proctors_work_on_paper_no_link_is_made_and_a_card_is_printed() {
    let story = Story::of(&two_rooms().replace("\"any\"", "\"paper\"")).await;
    let page = story.see(PROCTORS, &story.coordinator).await.text;
    assert!(
        page.contains("proctor_screen = &#34;paper&#34;") && !page.contains("Make a link"),
        "{page}"
    );
    let refused = story.press(PROCTORS, &story.coordinator, "").await;
    assert_eq!(refused.status, 409);
    let card = story
        .see(&format!("{PROCTORS}/sheet"), &story.coordinator)
        .await
        .text;
    assert!(
        card.contains("What you saw and did") && !card.contains("token="),
        "{card}"
    );
}

#[tokio::test]
async fn where_proctors_use_the_school_s_own_screens_the_sheet_has_no_code() {
    let story = Story::of(&two_rooms().replace("\"any\"", "\"staff devices\"")).await;
    let made = story.make_link().await;
    let sheet = story
        .see(&format!("{}/sheet", made.url), &story.coordinator)
        .await
        .text;
    assert!(
        !sheet.contains("sheet-code") && sheet.contains("No code to scan"),
        "{sheet}"
    );
    story.enter(&made, "A.+Jones").await;
}

#[tokio::test]
async fn who_is_signed_in_with_an_account_is_not_made_a_proctor_by_trying_a_link() {
    let story = Story::begin().await;
    let made = story.make_link().await;
    let tried = story
        .see(&format!("/proctor?token={}", made.token), &story.coordinator)
        .await;
    assert_eq!(tried.status, 409);
    assert!(tried.text.contains("private window"), "{}", tried.text);
    assert_eq!(story.see(PROCTORS, &story.coordinator).await.status, 200);
}

#[tokio::test]
async fn links_are_the_coordinators_of_that_school_alone() {
    let story = Story::begin().await;
    let made = story.make_link().await;
    for (role, school) in [
        (Role::Technician, "lincoln-ms"),
        (Role::SchoolCoordinator, "oak-es"),
        (Role::Auditor, ""),
        (Role::Administrator, ""),
    ] {
        let schools: Vec<_> = [school].into_iter().filter(|school| !school.is_empty()).collect();
        let other = story.collector.signed_in_as(role, &schools).await;
        assert_eq!(story.see(PROCTORS, &other).await.status, 403, "{role}");
        assert_eq!(
            story
                .press(&format!("{}/revoke", made.url), &other, "")
                .await
                .status,
            403,
            "{role}"
        );
    }
}

#[tokio::test]
async fn links_and_proctors_survive_a_restart() {
    let story = Story::begin().await;
    let made = story.make_link().await;
    story.enter(&made, "A.+Jones").await;
    let fleet = story.after_a_restart(&two_rooms()).await;
    fleet.read(|state| {
        let room = "lincoln-ms/101".split_once('/').unwrap();
        let room = roomready_shared::ids::RoomRef {
            school: room.0.parse().unwrap(),
            room: room.1.parse().unwrap(),
        };
        let now = crate::clock::Clock::wall(&*story.collector.clock);
        let here: Vec<_> = state
            .proctors_in(&room, now)
            .iter()
            .map(|here| here.proctor.name.to_string())
            .collect();
        assert_eq!(here, ["A. Jones"]);
    });
}
