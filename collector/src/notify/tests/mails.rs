use super::mail_house::{Mail, MailHouse, to};
use super::world::*;
use crate::notify::Encryption;
use crate::store::Delivery;

#[tokio::test]
async fn a_mail_says_room_problem_and_link_and_asks_for_no_answer() {
    let house = MailHouse::open(vec!["250 taken"]).await;
    let both = to(&["on-call@cedarvalley.example", "Tech <tech@cedarvalley.example>"]);
    let world = World::telling(vec![("on-call", both)], house.settings(Encryption::None));
    let notice = notice("on-call", 1);
    world.put(&notice).await;
    world
        .until(&notice, "delivered", |known| {
            matches!(known.delivery, Delivery::Delivered { .. })
        })
        .await;
    let taken = house.taken();
    assert_eq!(taken.len(), 1);
    let Mail { from, to, text, .. } = &taken[0];
    assert!(from.contains("<roomready@cedarvalley.example>"), "{from}");
    assert_eq!(to.len(), 2, "{to:?}");
    for line in [
        format!("Message-ID: <{}@cedarvalley.example>", notice.id),
        "Date: Tue, 06 Oct 2026 09:00:00 +0000".to_owned(),
        "Auto-Submitted: auto-generated".to_owned(),
        "Content-Type: text/plain; charset=utf-8".to_owned(),
    ] {
        assert!(text.contains(&line), "{line} is not in\n{text}");
    }
    assert!(text.contains("https://rooms.example/incidents/lost-1"), "{text}");
    world.stop().await;
}

#[tokio::test]
async fn a_mail_that_is_put_off_comes_again_with_the_same_message_id_and_is_taken_once() {
    let house = MailHouse::open(vec!["451 4.7.1 come again later", "250 taken"]).await;
    let world = World::telling(
        vec![("on-call", to(&["on-call@cedarvalley.example"]))],
        house.settings(Encryption::None),
    );
    let notice = notice("on-call", 1);
    world.put(&notice).await;
    let failed = world.until(&notice, "put off", |known| known.failures == 1).await;
    let why = failed.failed.unwrap().1.to_string();
    assert!(
        why.contains("does not take the mail now") && why.contains("451"),
        "{why}"
    );
    world.pass(5);
    world
        .until(&notice, "delivered", |known| known.delivery.is_done())
        .await;
    assert_eq!(house.taken().len(), 1);
    world.stop().await;
}

#[tokio::test]
async fn a_mailbox_that_is_not_there_is_told_with_what_to_check() {
    let house = MailHouse::open(vec!["250 taken"]).await;
    let world = World::telling(
        vec![("on-call", to(&["nobody@cedarvalley.example"]))],
        house.settings(Encryption::None),
    );
    let notice = notice("on-call", 1);
    world.put(&notice).await;
    let failed = world.until(&notice, "refused", |known| known.failures == 1).await;
    let why = failed.failed.unwrap().1.to_string();
    assert!(
        why.contains("check \"from\" and the addresses") && why.contains("no such mailbox"),
        "{why}"
    );
    world.stop().await;
}

#[tokio::test]
async fn a_server_that_does_not_turn_to_tls_is_told_nothing() {
    let house = MailHouse::open(vec!["250 taken"]).await;
    let world = World::telling(
        vec![("on-call", to(&["on-call@cedarvalley.example"]))],
        house.settings(Encryption::StartTls),
    );
    let notice = notice("on-call", 1);
    world.put(&notice).await;
    let failed = world.until(&notice, "failed", |known| known.failures == 1).await;
    let why = failed.failed.unwrap().1.to_string();
    assert!(why.contains("127.0.0.1"), "{why}");
    assert!(house.taken().is_empty(), "nothing goes in the clear");
    world.stop().await;
}
