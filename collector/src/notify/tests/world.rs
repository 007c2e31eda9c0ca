//! Targets, an outbox, a clock that is told the time; and receivers.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use roomready_shared::ids::TargetId;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{interval, timeout};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::clock::{Clock as _, FakeClock};
use crate::config::Config;
use crate::domain::notice::{CaseKey, Item, Kind, Notice, NoticeId, NoticePlan, Step, Target, What};
use crate::fleet::Fleet;
use crate::notify::{Settings, Telling, Way, keep_telling};
use crate::store::memory::MemoryStore;
use crate::store::{Outgoing, Page, Store};
use crate::supervise::TaskError;

/// Long enough for a slow machine, short enough to fail a test that waits for ever.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) fn nine() -> Timestamp {
    "2026-10-06T09:00:00Z".parse().unwrap()
}

/// What is told, while it is told.
pub(super) struct World {
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Arc<FakeClock>,
    pub(super) fleet: Fleet,
    stop: CancellationToken,
    running: tokio::task::JoinHandle<Result<(), TaskError>>,
}

impl World {
    pub(super) fn telling(ways: Vec<(&str, Way)>, settings: Settings) -> Self {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Uuid::nil()));
        Self::telling_from(store, ways, settings)
    }

    pub(super) fn telling_from(store: Arc<dyn Store>, ways: Vec<(&str, Way)>, settings: Settings) -> Self {
        let clock = Arc::new(FakeClock::at(nine()));
        let fleet = Fleet::new(Config::built_in(), Vec::new(), std::collections::BTreeMap::new());
        let stop = CancellationToken::new();
        let settings = Settings {
            plan: NoticePlan {
                targets: ways.iter().map(|(id, _)| target(id)).collect(),
                ..NoticePlan::default()
            },
            ways: ways
                .into_iter()
                .map(|(id, way)| (id.parse().unwrap(), way))
                .collect(),
            ..settings
        };
        let telling = Telling {
            settings: Arc::new(settings),
            store: Arc::clone(&store),
            fleet: fleet.clone(),
            clock: clock.clone(),
            base: Some("https://rooms.example".to_owned()),
        };
        let running = tokio::spawn(keep_telling(telling, stop.clone()));
        Self {
            store,
            clock,
            fleet,
            stop,
            running,
        }
    }

    /// Into the outbox, as the watch does.
    pub(super) async fn put(&self, notice: &Notice) {
        self.store
            .add_notices(vec![notice.clone()], vec![])
            .await
            .unwrap();
        self.ring();
    }

    /// Lets time pass, and has the outbox looked at.
    pub(super) fn pass(&self, seconds: u64) {
        self.clock.pass(Duration::from_secs(seconds));
        self.ring();
    }

    fn ring(&self) {
        self.fleet.notices_written(&[], self.clock.wall());
    }

    pub(super) async fn outgoing(&self, notice: &Notice) -> Outgoing {
        let all = self.store.notices(Page::First, 0).await.unwrap();
        all.into_iter()
            .find(|known| known.notice.id == notice.id)
            .unwrap()
    }

    /// Waits until a notice stands so.
    pub(super) async fn until(
        &self,
        notice: &Notice,
        what: &str,
        is: impl Fn(&Outgoing) -> bool,
    ) -> Outgoing {
        wait_until(what, || async {
            let outgoing = self.outgoing(notice).await;
            is(&outgoing).then_some(outgoing)
        })
        .await
    }

    pub(super) async fn stop(self) {
        self.stop.cancel();
        timeout(PATIENCE, self.running).await.unwrap().unwrap().unwrap();
    }
}

pub(super) async fn wait_until<T, F: Future<Output = Option<T>>>(
    what: &str,
    mut look: impl FnMut() -> F,
) -> T {
    let looking = async {
        let mut tick = interval(Duration::from_millis(10));
        loop {
            tick.tick().await;
            if let Some(found) = look().await {
                return found;
            }
        }
    };
    timeout(PATIENCE, looking)
        .await
        .unwrap_or_else(|_| panic!("waited in vain: {what}"))
}

pub(super) fn target(id: &str) -> Target {
    Target {
        id: id.parse().unwrap(),
        name: id.parse().unwrap(),
        step: Step::First,
        schools: None,
    }
}

/// Seat 12 of Room 101 is not heard; the number makes it another incident.
pub(super) fn notice(to: &str, number: u32) -> Notice {
    let to: TargetId = to.parse().unwrap();
    let key = CaseKey::Incident(format!("lost-{number}").parse().unwrap());
    Notice {
        id: NoticeId::of_test(&to, nine() + Duration::from_secs(number.into())),
        target: to,
        step: Step::First,
        school: Some("lincoln-ms".parse().unwrap()),
        place: "Lincoln Middle School".parse().unwrap(),
        at: nine(),
        kind: Kind::Opened,
        tells: vec![(key, What::Opened)],
        items: vec![Item {
            what: What::Opened,
            rooms: vec!["Room 101".parse().unwrap()],
            problem: "Seat 12 has not been heard since 8:59 – \u{fc}ber <b>".to_owned(),
            cause: None,
            since: nine(),
            ruled_out: vec![],
            ended: None,
            path: format!("/incidents/lost-{number}"),
        }],
    }
}

/// A request that came.
#[derive(Debug, Clone)]
pub(super) struct Came {
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Came {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (known, value) = line.split_once(':')?;
            known.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// A receiver that keeps what comes, and gives these answers one after another, the last one again and again.
pub(super) struct Receiver {
    pub(super) address: SocketAddr,
    came: Arc<Mutex<Vec<Came>>>,
}

impl Receiver {
    pub(super) async fn answering(answers: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let came: Arc<Mutex<Vec<Came>>> = Arc::default();
        let kept = Arc::clone(&came);
        tokio::spawn(async move {
            let mut number = 0;
            while let Ok((socket, _)) = listener.accept().await {
                let answer = answers[number.min(answers.len() - 1)].clone();
                number += 1;
                let kept = Arc::clone(&kept);
                tokio::spawn(async move { serve(socket, &answer, &kept).await });
            }
        });
        Self { address, came }
    }

    pub(super) fn came(&self) -> Vec<Came> {
        self.came.lock().unwrap().clone()
    }
}

/// An answer with this status.
pub(super) fn status(code: u16) -> String {
    format!("HTTP/1.1 {code} So\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
}

async fn serve(socket: TcpStream, answer: &str, kept: &Mutex<Vec<Came>>) {
    let mut socket = BufReader::new(socket);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if socket.read_line(&mut line).await.unwrap_or(0) == 0 || line == "\r\n" {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap();
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    if socket.read_exact(&mut body).await.is_err() {
        return;
    }
    kept.lock().unwrap().push(Came { head, body });
    let _ = socket.get_mut().write_all(answer.as_bytes()).await;
}
