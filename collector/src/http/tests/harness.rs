//! A collector on port 0 with a memory store, and a client that sends exactly what it is told.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use uuid::Uuid;

use crate::clock::{Clock as _, FakeClock};
use crate::config::Config;
use crate::fleet::{self, Fleet};
use crate::http::{App, Joined, router};
use crate::live::Hub;
use crate::present::Topic;
use crate::secret::Secret;
use crate::serve::{self, Connections, Stop, Timeouts};
use crate::store::memory::MemoryStore;
use crate::store::{SignInLink, Store};
use crate::telemetry::Metrics;

/// Long enough for a slow machine, short enough to fail a test that waits for ever.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

pub(super) struct Collector {
    pub(super) address: SocketAddr,
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Arc<FakeClock>,
    pub(super) stop: Stop,
    pub(super) fleet: Fleet,
    pub(super) hub: Hub<Topic>,
}

impl Collector {
    pub(super) async fn start() -> Self {
        Self::start_with(Config::built_in(), Timeouts::default()).await
    }

    pub(super) async fn start_with(config: Config, timeouts: Timeouts) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Uuid::nil()));
        let clock = Arc::new(FakeClock::at("2026-10-06T13:00:00Z".parse().unwrap()));
        let stop = Stop::default();
        let fleet = fleet::restore(config, &*store, clock.wall()).await.unwrap();
        let app = App::new(Joined {
            fleet: fleet.clone(),
            store: Arc::clone(&store),
            clock: clock.clone(),
            metrics: Metrics::start(),
            stop: stop.clone(),
            address,
            timeouts,
        });
        let hub = app.hub();
        tokio::spawn(serve::accept_until_stopped(
            listener,
            router(app),
            timeouts,
            100,
            Connections::default(),
            stop.clone(),
        ));
        Self {
            address,
            store,
            clock,
            stop,
        }
    }

    pub(super) async fn get(&self, path: &str) -> Reply {
        self.send(&format!(
            "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
        ))
        .await
    }

    pub(super) async fn get_with(&self, path: &str, headers: &str) -> Reply {
        self.send(&format!(
            "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}\r\n\r\n"
        ))
        .await
    }

    pub(super) async fn post_json(&self, path: &str, headers: &str, body: &str) -> Reply {
        let length = body.len();
        self.send(&format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\n{headers}\r\n{body}"
        ))
        .await
    }

    /// Sends this text and reads to the end of the connection.
    pub(super) async fn send(&self, request: &str) -> Reply {
        let mut socket = TcpStream::connect(self.address).await.unwrap();
        // A refusal may come before the whole request is taken.
        let _ = socket.write_all(request.as_bytes()).await;
        read_reply(&mut socket).await
    }

    /// A cookie header of somebody who has signed in.
    pub(super) async fn signed_in(&self) -> String {
        let reply = self
            .get(&format!("/sign-in?token={}", self.fresh_link().await))
            .await;
        assert_eq!(reply.status, 303, "{}", reply.text);
        let cookie = reply.header("set-cookie").unwrap();
        format!("cookie: {}", cookie.split(';').next().unwrap())
    }

    /// The token of a new sign-in link.
    pub(super) async fn fresh_link(&self) -> String {
        let token = Secret::new().unwrap();
        let ends = self.clock.wall() + Duration::from_secs(3_600);
        self.store
            .add_link(SignInLink {
                token: token.hash(),
                ends,
            })
            .await
            .unwrap();
        token.reveal().to_owned()
    }
}

pub(super) struct Reply {
    pub(super) status: u16,
    head: String,
    pub(super) text: String,
}

impl Reply {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find_map(|(known, value)| known.eq_ignore_ascii_case(name).then_some(value))
    }

    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error} in {:?}", self.text))
    }
}

pub(super) async fn read_reply(socket: &mut TcpStream) -> Reply {
    let mut all = Vec::new();
    timeout(PATIENCE, socket.read_to_end(&mut all))
        .await
        .expect("the collector never closed")
        .unwrap();
    let all = String::from_utf8(all).unwrap();
    let (head, text) = all
        .split_once("\r\n\r\n")
        .unwrap_or_else(|| panic!("no reply: {all:?}"));
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Reply {
        status,
        head: head.to_owned(),
        text: text.to_owned(),
    }
}
