use tokio::net::TcpListener;

use super::world::*;
use crate::notify::{
    Address, Hook, HookAddress, HookKind, IDEMPOTENCY_HEADER, KeptIn, SIGNATURE_HEADER, Settings,
    TIMESTAMP_HEADER, Way, is_genuine,
};
use crate::store::Delivery;

fn hook(kind: HookKind, address: &str) -> Way {
    Way::Hook(Hook {
        kind,
        address: Address::Written(address.parse().unwrap()),
    })
}

fn signed(receiver: &Receiver) -> Way {
    let secret = KeptIn::Environment("HOOK_SECRET".to_owned());
    hook(
        HookKind::Signed(secret),
        &format!("http://{}/roomready", receiver.address),
    )
}

fn settings() -> Settings {
    Settings {
        environment: [("HOOK_SECRET".to_owned(), "four words of a dog\n".to_owned())].into(),
        ..Settings::default()
    }
}

fn delivered(outgoing: &crate::store::Outgoing) -> bool {
    matches!(outgoing.delivery, Delivery::Delivered { .. })
}

#[tokio::test]
async fn a_receiver_can_prove_that_a_message_is_ours_and_who_needs_help_where() {
    let receiver = Receiver::answering(vec![status(200)]).await;
    let world = World::telling(vec![("desk", signed(&receiver))], settings());
    let notice = notice("desk", 1);
    world.put(&notice).await;
    world.until(&notice, "delivered", delivered).await;
    let came = receiver.came();
    assert_eq!(came.len(), 1);
    let (timestamp, signature) = (
        came[0].header(TIMESTAMP_HEADER).unwrap(),
        came[0].header(SIGNATURE_HEADER).unwrap(),
    );
    assert!(is_genuine(
        "four words of a dog",
        timestamp,
        &came[0].body,
        signature
    ));
    assert_eq!(timestamp, nine().as_second().to_string());
    assert_eq!(
        came[0].header(IDEMPOTENCY_HEADER),
        Some(notice.id.to_string().as_str())
    );
    let said = came[0].json();
    assert_eq!(said["version"], 1);
    assert_eq!(said["kind"], "opened");
    assert_eq!(said["school"], "lincoln-ms");
    assert_eq!(said["items"][0]["rooms"][0], "Room 101");
    assert_eq!(said["items"][0]["link"], "https://rooms.example/incidents/lost-1");
    world.stop().await;
}

#[tokio::test]
async fn what_fails_is_tried_again_under_the_same_id_and_arrives_once() {
    let receiver = Receiver::answering(vec![status(500), status(200)]).await;
    let world = World::telling(vec![("desk", signed(&receiver))], settings());
    let notice = notice("desk", 1);
    world.put(&notice).await;
    let failed = world
        .until(&notice, "failed once", |known| known.failures == 1)
        .await;
    let (_, why) = failed.failed.unwrap();
    assert_eq!(
        why.as_str(),
        "127.0.0.1 has trouble of its own (500); it is tried again"
    );
    world.pass(5);
    world.until(&notice, "delivered", delivered).await;
    world.pass(7_200);
    let came = receiver.came();
    let ids: Vec<_> = came.iter().map(|came| came.header(IDEMPOTENCY_HEADER)).collect();
    assert_eq!(ids.len(), 2, "never again after it was taken");
    assert_eq!(ids[0], ids[1]);
    world.stop().await;
}

#[tokio::test]
async fn a_target_that_hangs_holds_up_nobody_else() {
    // Takes connections and never answers.
    let deaf = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = deaf.local_addr().unwrap();
    let receiver = Receiver::answering(vec![status(204)]).await;
    let world = World::telling(
        vec![
            ("deaf", hook(HookKind::GoogleChat, &format!("http://{address}/"))),
            ("desk", signed(&receiver)),
        ],
        settings(),
    );
    let (stuck, other) = (notice("deaf", 1), notice("desk", 2));
    world.put(&stuck).await;
    let (_held, _) = deaf.accept().await.unwrap();
    world.put(&other).await;
    world.until(&other, "delivered beside it", delivered).await;
    assert_eq!(world.outgoing(&stuck).await.failures, 0, "still under way");
    let failed = world
        .until(&stuck, "given its time", |known| known.failures == 1)
        .await;
    assert!(
        failed
            .failed
            .unwrap()
            .1
            .as_str()
            .contains("did not answer in 15 s")
    );
    world.stop().await;
}

#[tokio::test]
async fn what_never_arrives_is_given_up_after_two_hours_and_says_why() {
    // Nobody listens there any more.
    let gone = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap()
    };
    let world = World::telling(
        vec![(
            "chat",
            hook(HookKind::GoogleChat, &format!("http://{gone}/secret-path")),
        )],
        settings(),
    );
    let notice = notice("chat", 1);
    world.put(&notice).await;
    let mut failures = 0;
    while !world.outgoing(&notice).await.delivery.is_done() {
        let known = world
            .until(&notice, "tried", |known| {
                known.failures > failures || known.delivery.is_done()
            })
            .await;
        failures = known.failures;
        world.pass(300);
    }
    let known = world.outgoing(&notice).await;
    assert!(matches!(known.delivery, Delivery::GivenUp { .. }));
    let why = known.failed.unwrap().1.to_string();
    assert!(why.starts_with("cannot reach 127.0.0.1; check"), "{why}");
    assert!(!why.contains("secret-path"), "the address is a secret: {why}");
    world.stop().await;
}

#[tokio::test]
async fn one_that_cannot_be_sent_holds_up_no_later_one() {
    let receiver = Receiver::answering(vec![status(400), status(200)]).await;
    let world = World::telling(vec![("desk", signed(&receiver))], settings());
    let (first, second) = (notice("desk", 1), notice("desk", 2));
    world.put(&first).await;
    world.until(&first, "failed", |known| known.failures == 1).await;
    world.put(&second).await;
    world.until(&second, "delivered", delivered).await;
    assert!(!world.outgoing(&first).await.delivery.is_done());
    world.stop().await;
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_an_endless_answer_is_not_read() {
    let elsewhere = Receiver::answering(vec![status(200)]).await;
    let redirect = format!(
        "HTTP/1.1 302 So\r\nlocation: http://{}/x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
        elsewhere.address
    );
    let endless = format!(
        "HTTP/1.1 200 So\r\ncontent-length: 99999999\r\n\r\n{}",
        "x".repeat(100_000)
    );
    let receiver = Receiver::answering(vec![redirect, endless]).await;
    let world = World::telling(vec![("desk", signed(&receiver))], settings());
    let notice = notice("desk", 1);
    world.put(&notice).await;
    let failed = world.until(&notice, "refused", |known| known.failures == 1).await;
    assert!(failed.failed.unwrap().1.as_str().contains("not followed"));
    world.pass(5);
    world.until(&notice, "delivered", delivered).await;
    assert!(elsewhere.came().is_empty());
    world.stop().await;
}

#[tokio::test]
async fn a_secret_that_is_missing_says_where_it_should_be() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hook-address");
    let receiver = Receiver::answering(vec![status(200)]).await;
    let way = Way::Hook(Hook {
        kind: HookKind::Slack,
        address: Address::Kept(KeptIn::File(file.clone())),
    });
    let world = World::telling(vec![("chat", way)], Settings::default());
    let notice = notice("chat", 1);
    world.put(&notice).await;
    let failed = world.until(&notice, "failed", |known| known.failures == 1).await;
    let why = failed.failed.unwrap().1.to_string();
    assert!(
        why.contains("hook-address") && why.contains("put it there"),
        "{why}"
    );
    // It is put there, and counts without a new start.
    std::fs::write(&file, format!("http://{}/services/T0/B0\n", receiver.address)).unwrap();
    world.pass(5);
    world.until(&notice, "delivered", delivered).await;
    world.stop().await;
}

#[tokio::test]
async fn each_chat_gets_what_it_understands_and_nothing_that_it_would_take_for_markup() {
    let receiver = Receiver::answering(vec![status(200)]).await;
    let at = |path: &str| format!("http://{}{path}", receiver.address);
    let world = World::telling(
        vec![
            ("google", hook(HookKind::GoogleChat, &at("/google"))),
            ("teams", hook(HookKind::Teams, &at("/teams"))),
            ("slack", hook(HookKind::Slack, &at("/slack"))),
            (
                "ntfy",
                hook(
                    HookKind::Ntfy(Some(KeptIn::Environment("HOOK_SECRET".to_owned()))),
                    &at("/rooms"),
                ),
            ),
        ],
        settings(),
    );
    for to in ["google", "teams", "slack", "ntfy"] {
        let notice = notice(to, 1);
        world.put(&notice).await;
        world.until(&notice, "delivered", delivered).await;
    }
    let came = receiver.came();
    let paths: Vec<_> = came
        .iter()
        .map(|came| came.head.lines().next().unwrap().to_owned())
        .collect();
    assert_eq!(
        paths,
        [
            "POST /google HTTP/1.1",
            "POST /teams HTTP/1.1",
            "POST /slack HTTP/1.1",
            "POST / HTTP/1.1"
        ]
    );
    let said: Vec<_> = came.iter().map(Came::json).collect();
    let text = said[0]["text"].as_str().unwrap();
    assert!(text.contains("Seat 12") && !text.contains('<'), "{text}");
    assert!(text.contains("https://rooms.example/incidents/lost-1"));
    let card = &said[1]["attachments"][0]["content"];
    assert_eq!(card["type"], "AdaptiveCard");
    assert_eq!(card["body"][1]["type"], "RichTextBlock", "holds no markup");
    assert_eq!(
        card["actions"][0]["url"],
        "https://rooms.example/incidents/lost-1"
    );
    assert_eq!(said[2]["blocks"][0]["text"]["type"], "plain_text");
    assert!(said[2]["text"].as_str().unwrap().contains("&lt;b&gt;"));
    assert_eq!(said[3]["topic"], "rooms");
    assert_eq!(said[3]["click"], "https://rooms.example/incidents/lost-1");
    assert_eq!(
        came[3].header("authorization"),
        Some("Bearer four words of a dog")
    );
    world.stop().await;
}

#[tokio::test]
async fn what_waits_for_a_target_that_left_the_settings_is_given_up() {
    let metrics = crate::telemetry::Metrics::start();
    let world = World::telling(vec![], settings());
    let store = std::sync::Arc::clone(&world.store);
    let notice = notice("gone", 1);
    world.put(&notice).await;
    world.stop().await;
    let world = World::telling_from(store, vec![], settings());
    let known = world
        .until(&notice, "given up", |known| known.delivery.is_done())
        .await;
    assert!(
        known
            .failed
            .unwrap()
            .1
            .as_str()
            .contains("no longer in the settings")
    );
    let counted = "roomready_notices_given_up_total{target=\"gone\"} 1";
    assert!(metrics.render().contains(counted), "{counted}");
    world.stop().await;
}

#[test]
fn a_web_hook_is_encrypted_or_on_this_computer_and_never_prints_its_path() {
    for good in [
        "https://chat.example/x?key=1",
        "http://127.0.0.1:80/x",
        "http://[::1]/x",
        "http://localhost/",
    ] {
        good.parse::<HookAddress>().unwrap();
    }
    for bad in ["http://chat.example/x", "ftp://x/y", "chat.example", ""] {
        let error = bad.parse::<HookAddress>().unwrap_err().to_string();
        assert!(!error.contains("chat.example"), "{error}");
    }
    let secret: HookAddress = "https://chat.example/x?key=1".parse().unwrap();
    assert_eq!(format!("{secret:?}"), "HookAddress(chat.example, …)");
}
