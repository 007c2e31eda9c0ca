//! Staff computers: let in by their person, told what is open, ended.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::harness::{Agent, Collector, Reply, SignedInAs};
use crate::access::Role;
use crate::clock::Clock as _;
use crate::domain::entry::{Actor, EntryKind, NewEntry};
use crate::limits;
use crate::store::{AccountChange, Changed, EntryQuery};

const PATIENCE: Duration = Duration::from_secs(20);

async fn asks(collector: &Collector, computer: &str, agent_here: bool) -> Reply {
    let body = json!({"computer": computer, "agent_here": agent_here, "version": "0.1.0"});
    collector
        .post_json("/api/v1/watchers", "", &body.to_string())
        .await
}

async fn fetches(collector: &Collector, offer: &Value) -> Reply {
    let body = json!({"request": offer["request"]});
    collector
        .post_json("/api/v1/watchers/token", "", &body.to_string())
        .await
}

async fn answers(collector: &Collector, person: &SignedInAs, offer: &Value, answer: &str) -> Reply {
    let fields = format!("code={}&answer={answer}", offer["code"].as_str().unwrap());
    collector.post_form("/connect", person, &fields).await
}

/// A computer that this person let in; its token.
async fn let_in(collector: &Collector, person: &SignedInAs) -> String {
    let offer = asks(collector, "OFFICE-3", false).await.json();
    let confirmed = answers(collector, person, &offer, "yes").await;
    assert_eq!(confirmed.header("location"), Some("/connect?done=yes"));
    let grant = fetches(collector, &offer).await;
    assert_eq!(grant.status, 200, "{}", grant.text);
    grant.json()["token"].as_str().unwrap().to_owned()
}

fn bearer(token: &str) -> String {
    format!("authorization: Bearer {token}\r\nroomready-computer: OFFICE-3\r\nroomready-agent-here: no")
}

async fn kinds(collector: &Collector) -> Vec<EntryKind> {
    let entries = collector.store.entries(EntryQuery::default()).await.unwrap();
    entries.iter().map(|entry| entry.entry.kind).collect()
}

/// The stream of a computer.
struct Stream {
    socket: TcpStream,
    heard: String,
}

impl Stream {
    async fn open(collector: &Collector, token: &str) -> Self {
        let mut socket = TcpStream::connect(collector.address).await.unwrap();
        let request = format!(
            "GET /api/v1/incidents/live HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{}\r\n\r\n",
            bearer(token)
        );
        socket.write_all(request.as_bytes()).await.unwrap();
        Self {
            socket,
            heard: String::new(),
        }
    }

    /// Reads until this stands there; whatever was heard before it is gone.
    async fn hears(&mut self, text: &str) -> String {
        loop {
            if let Some(at) = self.heard.find(text) {
                return self.heard.drain(..at + text.len()).collect();
            }
            let mut piece = [0; 4096];
            let read = timeout(PATIENCE, self.socket.read(&mut piece)).await;
            let read = read.unwrap_or_else(|_| panic!("waited for {text:?} in {:?}", self.heard));
            let read = read.unwrap();
            assert_ne!(read, 0, "it ended before {text:?}: {:?}", self.heard);
            self.heard.push_str(&String::from_utf8_lossy(&piece[..read]));
        }
    }

    /// Whether it ends.
    async fn ends(&mut self) {
        let mut piece = [0; 4096];
        while timeout(PATIENCE, self.socket.read(&mut piece))
            .await
            .expect("it goes on")
            .unwrap_or(0)
            > 0
        {}
    }
}

#[tokio::test]
async fn a_computer_gets_its_token_once_its_person_has_confirmed_the_code() {
    let collector = Collector::in_lincoln().await;
    let person = collector.signed_in_as(Role::Technician, &["lincoln-ms"]).await;
    let offer = asks(&collector, "OFFICE-3", false).await.json();
    assert_eq!(fetches(&collector, &offer).await.status, 202, "nobody has yet");
    let page = offer["page"].as_str().unwrap();
    let asked = collector.get_with(page, &person.cookie).await;
    for told in [offer["code"].as_str().unwrap(), "OFFICE-3", "127.0.0.1"] {
        assert!(asked.text.contains(told), "{told} in {}", asked.text);
    }
    assert_eq!(
        fetches(&collector, &offer).await.status,
        202,
        "looking confirms nothing"
    );
    answers(&collector, &person, &offer, "yes").await;
    let grant = fetches(&collector, &offer).await;
    assert_eq!(grant.status, 200, "{}", grant.text);
    assert_eq!(fetches(&collector, &offer).await.status, 404, "it is told once");
    let kinds = kinds(&collector).await;
    assert!(kinds.contains(&EntryKind::WatchTokenMade), "{kinds:?}");
    let account = collector.get_with("/account", &person.cookie).await;
    assert!(account.text.contains("OFFICE-3"), "{}", account.text);
    let token = grant.json()["token"].as_str().unwrap().to_owned();
    assert!(
        !account.text.contains(&token),
        "a token is shown to its computer only"
    );
}

#[tokio::test]
async fn a_computer_that_was_refused_gets_nothing() {
    let collector = Collector::in_lincoln().await;
    let person = collector.signed_in_as(Role::Technician, &["lincoln-ms"]).await;
    let offer = asks(&collector, "OFFICE-3", false).await.json();
    answers(&collector, &person, &offer, "no").await;
    assert_eq!(fetches(&collector, &offer).await.status, 404);
    let late = answers(&collector, &person, &offer, "yes").await;
    assert_ne!(late.header("location"), Some("/connect?done=yes"));
}

#[tokio::test]
async fn whoever_has_no_second_factor_yet_or_came_by_a_link_lets_no_computer_in() {
    let collector = Collector::in_lincoln().await;
    let bare = collector
        .signed_in_without_second_factor(Role::Administrator)
        .await;
    assert_eq!(collector.get_with("/connect", &bare).await.status, 403);
    let proctor = collector.proctor().await;
    assert_eq!(collector.get_with("/connect", &proctor.cookie).await.status, 403);
}

#[tokio::test]
async fn a_student_s_device_is_let_in_by_nobody() {
    let collector = Collector::in_lincoln().await;
    for (computer, agent_here) in [("LIN-1", false), ("lin-1", true), ("OFFICE-3", true)] {
        let refused = asks(&collector, computer, agent_here).await;
        assert_eq!(refused.status, 403, "{computer}: {}", refused.text);
    }
    let person = collector.signed_in_as(Role::Technician, &["lincoln-ms"]).await;
    let token = let_in(&collector, &person).await;
    let moved = bearer(&token).replace("OFFICE-3", "LIN-1");
    let reply = collector.get_with("/api/v1/incidents/live", &moved).await;
    assert_eq!(
        reply.status, 403,
        "a token that is carried to one shows nothing there"
    );
    let unnamed = format!("authorization: Bearer {token}");
    let reply = collector.get_with("/api/v1/incidents/live", &unnamed).await;
    assert_eq!(reply.status, 400, "{}", reply.text);
}

#[tokio::test]
async fn a_computer_that_becomes_a_testing_device_is_shown_nothing_more() {
    let collector = Collector::in_lincoln().await;
    let person = collector.signed_in_as(Role::Technician, &["lincoln-ms"]).await;
    let token = let_in(&collector, &person).await;
    let mut stream = Stream::open(&collector, &token).await;
    stream.hears("matters").await;
    // By the key of a room, without a line in the roster.
    Agent::enrol(&collector, "OFFICE-3").await;
    collector.clock.pass(limits::SIGN_IN_ASKED_EVERY);
    stream.ends().await;
    for reply in [
        collector
            .get_with("/api/v1/incidents/live", &bearer(&token))
            .await,
        asks(&collector, "office-3", false).await,
    ] {
        assert_eq!(reply.status, 403, "{}", reply.text);
        assert!(
            reply.text.contains("is enrolled as a testing device"),
            "{}",
            reply.text
        );
    }
}

#[tokio::test]
async fn a_token_opens_what_it_is_for_and_nothing_else() {
    let collector = Collector::in_lincoln().await;
    let person = collector.signed_in_as(Role::DistrictCoordinator, &[]).await;
    let token = let_in(&collector, &person).await;
    let name = person.cookie.split(['=', ':']).nth(1).unwrap().trim().to_owned();
    for path in [
        "/",
        "/account",
        "/incidents",
        "/live/district",
        "/api/v1/assignment",
        "/metrics",
    ] {
        let headers = format!("via: 1.1 test\r\n{}", bearer(&token));
        assert_eq!(collector.first_of(path, &headers).await.status, 401, "{path}");
        let as_cookie = format!("via: 1.1 test\r\ncookie: {name}={token}");
        assert_eq!(
            collector.first_of(path, &as_cookie).await.status,
            401,
            "{path} as a cookie"
        );
    }
    let cookie = person.cookie.split('=').nth(1).unwrap();
    let reply = collector
        .get_with("/api/v1/incidents/live", &bearer(cookie))
        .await;
    assert_eq!(reply.status, 401, "and no browser's cookie is a token");
}

#[tokio::test]
async fn a_computer_hears_of_an_incident_and_of_a_hand_in_its_owner_s_schools_only() {
    let collector = Collector::in_lincoln().await;
    let here = collector.signed_in_as(Role::Technician, &["lincoln-ms"]).await;
    let elsewhere = collector.signed_in_as(Role::Technician, &["oak-es"]).await;
    let mut stream = Stream::open(&collector, &let_in(&collector, &here).await).await;
    let mut other = Stream::open(&collector, &let_in(&collector, &elsewhere).await).await;
    stream.hears(r#""matters":[]"#).await;
    other.hears(r#""matters":[]"#).await;
    let coordinator = collector.signed_in_as(Role::DistrictCoordinator, &[]).await;
    let room = "/schools/lincoln-ms/rooms/101";
    collector
        .post_form(&format!("{room}/raise-hand"), &coordinator, "")
        .await;
    stream.hears(r#""kind":"hand""#).await;
    let agent = Agent::enrol(&collector, "LIN-1").await;
    agent.beat(&collector).await;
    let started = agent.report(&collector, 1, &[json!({"kind": "app_started"})]);
    assert_eq!(agent.send(&collector, &started).await.status, 200);
    collector.seconds_pass(60).await;
    let told = stream.hears(r#""kind":"incident""#).await;
    assert!(!told.contains("Technician"), "no person is named: {told}");
    let told = stream.hears(r#""on_the_way":false"#).await;
    assert!(told.contains("Room 101"), "{told}");
    assert!(!other.heard.contains("incident"), "{}", other.heard);
    other.hears("heartbeat").await;
}

#[tokio::test]
async fn a_stream_ends_with_its_token_however_that_ends() {
    let collector = Collector::in_lincoln().await;
    let person = collector.signed_in_as(Role::Technician, &["lincoln-ms"]).await;
    for how in ["page", "computer", "closed"] {
        let token = let_in(&collector, &person).await;
        let mut stream = Stream::open(&collector, &token).await;
        stream.hears("matters").await;
        let now = collector.clock.wall();
        let theirs = collector.store.watch_tokens(person.account, now).await.unwrap();
        assert_eq!(theirs.len(), 1, "{how}");
        match how {
            "page" => {
                let path = format!("/account/computers/{}/end", theirs[0].id);
                collector.post_form(&path, &person, "").await;
            }
            "computer" => {
                let request = format!(
                    "DELETE /api/v1/watchers/token HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{}\r\n\r\n",
                    bearer(&token)
                );
                assert_eq!(collector.send(&request).await.status, 204);
            }
            _ => {
                let change = AccountChange {
                    account: person.account,
                    changed: Changed::Closed,
                    at: now,
                    by_link: None,
                    entries: vec![NewEntry::account_closed(now, Actor::Console, person.account)],
                };
                collector.store.change_account(change).await.unwrap();
            }
        }
        collector.clock.pass(limits::SIGN_IN_ASKED_EVERY);
        stream.ends().await;
        let again = collector
            .get_with("/api/v1/incidents/live", &bearer(&token))
            .await;
        assert_eq!(again.status, 401, "{how}");
    }
    let ended = kinds(&collector).await;
    let ended = ended.iter().filter(|kind| **kind == EntryKind::WatchTokenEnded);
    assert_eq!(
        ended.count(),
        2,
        "the page's and the computer's own; the account's closing has its line"
    );
}

#[tokio::test]
async fn nobody_ends_a_computer_of_somebody_else() {
    let collector = Collector::in_lincoln().await;
    let (one, other) = (
        collector.signed_in_as(Role::Technician, &["lincoln-ms"]).await,
        collector.signed_in_as(Role::Administrator, &[]).await,
    );
    let token = let_in(&collector, &one).await;
    let now = collector.clock.wall();
    let id = collector.store.watch_tokens(one.account, now).await.unwrap()[0].id;
    collector
        .post_form(&format!("/account/computers/{id}/end"), &other, "")
        .await;
    Stream::open(&collector, &token).await.hears("matters").await;
}

#[tokio::test]
async fn a_second_stream_of_a_token_ends_the_first() {
    let collector = Collector::in_lincoln().await;
    let person = collector.signed_in_as(Role::Technician, &["lincoln-ms"]).await;
    let token = let_in(&collector, &person).await;
    let mut first = Stream::open(&collector, &token).await;
    first.hears("matters").await;
    let mut second = Stream::open(&collector, &token).await;
    second.hears("matters").await;
    first.ends().await;
    second.hears("heartbeat").await;
}

#[tokio::test]
async fn a_token_ends_by_itself() {
    let collector = Collector::in_lincoln().await;
    let person = collector.signed_in_as(Role::Technician, &["lincoln-ms"]).await;
    let token = let_in(&collector, &person).await;
    collector.clock.pass(limits::WATCH_TOKEN_LIFE);
    let reply = collector
        .get_with("/api/v1/incidents/live", &bearer(&token))
        .await;
    assert_eq!(reply.status, 401);
}
