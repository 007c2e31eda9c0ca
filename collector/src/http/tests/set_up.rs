//! The first set-up, from the printed link to a device that may report.

use std::time::Duration;

use super::harness::{Collector, Reply};
use super::sign_in::{cookie, encoded, hidden, kinds};
use crate::account::TotpSecret;
use crate::clock::Clock as _;
use crate::config::{self, Config};
use crate::domain::entry::EntryKind;
use crate::secret::Secret;
use crate::serve::Timeouts;
use crate::store::{OneTimeLink, Opens};

const PASSWORD: &str = "two herons and a lamp";

async fn set_up_link(collector: &Collector) -> String {
    let token = Secret::new().unwrap();
    let link = OneTimeLink {
        token: token.hash(),
        opens: Opens::SetUp,
        ends: collector.clock.wall() + Duration::from_secs(3_600),
    };
    collector.store.add_link(link).await.unwrap();
    token.reveal().to_owned()
}

async fn first_account(collector: &Collector, token: &str) -> Reply {
    let form = encoded(&[
        ("token", token),
        ("name", "Ada Byron"),
        ("new", PASSWORD),
        ("again", PASSWORD),
    ]);
    collector.post("/set-up", "", &form).await
}

async fn second_step(collector: &Collector, header: &str) -> Reply {
    let page = collector
        .get_with("/account/second-factor", header.trim_end())
        .await;
    assert!(page.text.contains("aria-label=\"Set-up\""), "{}", page.text);
    let shown = hidden(&page.text, "secret");
    let app = TotpSecret::from_bytes(&hex::decode(&shown).unwrap()).unwrap();
    let form = encoded(&[
        ("csrf", &hidden(&page.text, "csrf")),
        ("secret", &shown),
        ("code", &app.code_at(collector.clock.wall())),
    ]);
    collector.post("/account/second-factor", header, &form).await
}

#[tokio::test]
async fn from_the_printed_link_to_a_key_for_the_first_device() {
    let data = tempfile::tempdir().unwrap();
    let config = Config::built_in().to_be_set_up_in(data.path().to_owned());
    let collector = Collector::start_with(config, Timeouts::default()).await;
    let token = set_up_link(&collector).await;
    let page = collector.get(&format!("/set-up?token={token}")).await;
    assert!(page.text.contains("an account for you"), "{}", page.text);
    let made = first_account(&collector, &token).await;
    assert_eq!(
        made.header("location"),
        Some("/account/second-factor"),
        "{}",
        made.text
    );
    let header = cookie(&made);
    let stepped = second_step(&collector, &header).await;
    assert_eq!(
        stepped.header("location"),
        Some("/set-up/district"),
        "{}",
        stepped.text
    );

    let page = collector.get_with("/set-up/district", header.trim_end()).await;
    assert!(page.text.contains("America/Chicago"));
    let csrf = hidden(&page.text, "csrf");
    let send = async |rooms: &str| {
        let form = encoded(&[
            ("csrf", &csrf),
            ("district", "Cedar Valley Schools"),
            ("zone", "America/Chicago"),
            ("school", "Lincoln Middle School"),
            ("rooms", rooms),
            ("platform", "testnav"),
        ]);
        collector.post("/set-up/district", &header, &form).await
    };
    let wrong = send("").await;
    assert_eq!(wrong.status, 400);
    assert!(wrong.text.contains("Write at least one room"));
    assert!(
        wrong.text.contains("value=\"Cedar Valley Schools\""),
        "what was written stays"
    );
    let set_up = send("101\r\nLibrary").await;
    assert_eq!(
        set_up.header("location"),
        Some("/set-up/device"),
        "{}",
        set_up.text
    );
    assert!(config::load(&data.path().join("collector.toml")).is_ok());

    let page = collector.get_with("/set-up/device", header.trim_end()).await;
    assert!(
        page.text.contains("Add your first device to Room 101"),
        "{}",
        page.text
    );
    let form = encoded(&[("csrf", &csrf)]);
    let key = collector.post("/set-up/device", &header, &form).await;
    let (_, command) = key.text.split_once("roomready-agent enroll --collector").unwrap();
    let shown = hidden(&key.text, "key");
    assert!(command.contains(&format!("--key {shown}")));
    assert!(
        key.text
            .contains("data-stream=\"/live/schools/lincoln-middle-school/rooms/101\"")
    );
    let form = encoded(&[("csrf", &csrf), ("key", &shown)]);
    let file = collector.post("/set-up/device/file", &header, &form).await;
    assert!(
        file.header("content-disposition")
            .unwrap()
            .starts_with("attachment")
    );
    let read = roomready_shared::enrolment::Enrolment::parse("file", &file.text).unwrap();
    assert_eq!(read.key, shown);

    let body = serde_json::json!({
        "key": shown, "name": "LAB-1", "platform": "linux", "agent_version": "0.1.0",
    });
    let enrolled = collector.post_json("/api/v1/enroll", "", &body.to_string()).await;
    assert_eq!(enrolled.status, 200, "{}", enrolled.text);
    collector.seconds_pass(1).await;
    let board = "/schools/lincoln-middle-school/rooms/101";
    let board = collector.get_with(board, header.trim_end()).await;
    assert!(board.text.contains("LAB-1"), "{}", board.text);
    let written = kinds(&collector).await;
    for kind in [
        EntryKind::AccountCreated,
        EntryKind::StaffSignedIn,
        EntryKind::SecondFactorSet,
        EntryKind::DistrictSetUp,
        EntryKind::EnrolmentKeyMade,
    ] {
        assert!(written.contains(&kind), "{kind}");
    }
}

#[tokio::test]
async fn a_set_up_link_makes_one_account_and_only_while_there_is_none() {
    let collector = Collector::in_lincoln().await;
    let (token, another) = (set_up_link(&collector).await, set_up_link(&collector).await);
    assert_eq!(first_account(&collector, &token).await.status, 303);
    for token in [token, another, set_up_link(&collector).await] {
        assert_eq!(first_account(&collector, &token).await.status, 401);
    }
}

#[tokio::test]
async fn with_a_configuration_of_its_own_the_district_is_not_asked_for() {
    let collector = Collector::in_lincoln().await;
    let token = set_up_link(&collector).await;
    let header = cookie(&first_account(&collector, &token).await);
    let stepped = second_step(&collector, &header).await;
    assert_eq!(stepped.header("location"), Some("/set-up/device?district=given"));
    let page = collector
        .get_with("/set-up/device?district=given", header.trim_end())
        .await;
    assert!(
        page.text.contains("came with the configuration file"),
        "{}",
        page.text
    );
    let district = collector.get_with("/set-up/district", header.trim_end()).await;
    assert_eq!(district.header("location"), Some("/set-up/device"));
}
