//! A collector on port 0 with a memory store, and a client that sends exactly what it is told.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use roomready_shared::ids::{AccountId, BrowserSessionId, ProctorId, ProctorLinkId, RoomRef, Title};
use roomready_shared::units::ShortText;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use uuid::Uuid;

use crate::access::{Role, Who};
use crate::clock::{Clock as _, FakeClock};
use crate::config::{self, Config};
use crate::domain::entry::{Actor, NewEntry};
use crate::domain::identity::{EnrolmentKey, KeyPlace};
use crate::domain::proctor::{Capacity, Proctor, ProctorLink};
use crate::fleet::{self, Called, Fleet};
use crate::http::{App, Audience, Joined, PeoplesTrust, router};
use crate::limits;
use crate::live::Hub;
use crate::present::Topic;
use crate::secret::Secret;
use crate::serve::{self, Connections, Door, Stop, Timeouts};
use crate::store::memory::MemoryStore;
use crate::store::{Account, BrowserSession, OneTimeLink, Opens, SecondFactor, SignedIn, Store, Whereabouts};
use crate::telemetry::Metrics;
use crate::watching;

/// Long enough for a slow machine, short enough to fail a test that waits for ever.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

pub(super) struct Collector {
    pub(super) address: SocketAddr,
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Arc<FakeClock>,
    pub(super) stop: Stop,
    pub(super) fleet: Fleet,
    pub(super) hub: Hub<Topic>,
    pub(super) app: App,
}

/// One school with Room 101, where a test runs from 12:30 to 14:00 UTC; two devices are on its roster.
pub(super) const LINCOLN: &str = r#"
district = "Cedar Valley"
zone = "UTC"
[[school]]
id = "lincoln-ms"
name = "Lincoln Middle School"
  [[school.room]]
  id = "101"
  name = "Room 101"
[[device]]
name = "LIN-1"
platform = "linux"
school = "lincoln-ms"
room = "101"
seat = "1"
[[device]]
name = "LIN/2 Ü"
platform = "chromeos"
school = "lincoln-ms"
room = "101"
seat = "2"
[[session]]
id = "math"
name = "Grade 7 Math"
school = "lincoln-ms"
room = "101"
starts = "2026-10-06 12:30"
ends = "2026-10-06 14:00"
timing = "timed"
"#;

pub(super) fn lincoln() -> Config {
    lincoln_as(LINCOLN)
}

/// The same with another settings file.
pub(super) fn lincoln_as(text: &str) -> Config {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("collector.toml");
    std::fs::write(&path, text).unwrap();
    config::load(&path).unwrap()
}

impl Collector {
    /// In Lincoln's Room 101 at 13:00, while students test.
    pub(super) async fn in_lincoln() -> Self {
        Self::start_with(lincoln(), Timeouts::default()).await
    }

    /// Lets seconds pass, with a tick in each.
    pub(super) async fn seconds_pass(&self, seconds: u32) {
        for _ in 0..seconds {
            self.clock.pass(Duration::from_secs(1));
            let ticked = self.fleet.tick(watching::now(&*self.clock));
            self.store
                .append(ticked.entries, Some(ticked.judged))
                .await
                .unwrap();
            self.hub.tick(self.clock.wall());
        }
    }

    pub(super) async fn start() -> Self {
        Self::start_with(Config::built_in(), Timeouts::default()).await
    }

    pub(super) async fn start_with(config: Config, timeouts: Timeouts) -> Self {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Uuid::nil()));
        let clock = Arc::new(FakeClock::at("2026-10-06T13:00:00Z".parse().unwrap()));
        Self::start_on(config, timeouts, store, clock).await
    }

    /// The same collector after a restart: nothing is left but what the store holds.
    pub(super) async fn restarted(&self, config: Config) -> Self {
        let (store, clock) = (Arc::clone(&self.store), Arc::clone(&self.clock));
        Self::start_on(config, Timeouts::default(), store, clock).await
    }

    async fn start_on(
        config: Config,
        timeouts: Timeouts,
        store: Arc<dyn Store>,
        clock: Arc<FakeClock>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
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
            trust: PeoplesTrust::Loopback,
            whereabouts: Whereabouts {
                people: format!("http://{address}"),
                devices: vec![format!("http://{address}")],
                by_private_ca: false,
            },
        });
        let hub = app.hub();
        tokio::spawn(serve::accept_until_stopped(
            Door::plain(listener, router(app.clone(), Audience::Everybody), 100),
            timeouts,
            Connections::default(),
            stop.clone(),
        ));
        Self {
            address,
            store,
            clock,
            stop,
            fleet,
            hub,
            app,
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

    /// The beginning of an answer: a stream has no end.
    pub(super) async fn first_of(&self, path: &str, headers: &str) -> Reply {
        let mut socket = TcpStream::connect(self.address).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}\r\n\r\n");
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut head = Vec::new();
        while !head.windows(4).any(|bytes| bytes == b"\r\n\r\n") {
            let mut piece = [0; 4096];
            let read = timeout(PATIENCE, socket.read(&mut piece)).await.unwrap().unwrap();
            assert_ne!(read, 0, "{path} was not answered");
            head.extend_from_slice(&piece[..read]);
        }
        Reply::of(&String::from_utf8_lossy(&head))
    }

    /// Sends this text and reads to the end of the connection.
    pub(super) async fn send(&self, request: &str) -> Reply {
        let mut socket = TcpStream::connect(self.address).await.unwrap();
        // A refusal may come before the whole request is taken.
        let _ = socket.write_all(request.as_bytes()).await;
        read_reply(&mut socket).await
    }

    /// Sends a form from a page of ours, as somebody who is signed in.
    pub(super) async fn post_form(&self, path: &str, person: &SignedInAs, fields: &str) -> Reply {
        let body = format!("csrf={}&{fields}", person.csrf);
        self.post(path, &format!("{}\r\n", person.cookie), &body).await
    }

    /// A link to Room 101 during its session.
    pub(super) async fn proctor_link(&self) -> ProctorLink {
        self.proctor_link_to("math", &room_101()).await
    }

    async fn proctor_link_to(&self, session: &str, room: &RoomRef) -> ProctorLink {
        let token = Secret::new().unwrap();
        let link = ProctorLink {
            id: ProctorLinkId::new(Uuid::new_v4()),
            token: token.hash(),
            session: session.parse().unwrap(),
            word: "4821".parse().unwrap(),
            made_by: Actor::Console,
            made_at: self.clock.wall(),
            revoked_at: None,
        };
        let made = link.made_entry(room);
        self.store.add_proctor_link(link.clone(), made).await.unwrap();
        let by = Called::of(Title::parse("M. Reyes").unwrap(), Role::SchoolCoordinator);
        self.fleet.link_made(link.clone(), by);
        link
    }

    /// A proctor of Room 101, inside.
    pub(super) async fn proctor(&self) -> SignedInAs {
        self.proctor_of("math", &room_101()).await
    }

    /// A proctor of a session of another room, inside.
    pub(super) async fn proctor_of(&self, session: &str, room: &RoomRef) -> SignedInAs {
        let link = self.proctor_link_to(session, room).await;
        let (cookie, now) = (Secret::new().unwrap(), self.clock.wall());
        let proctor = Proctor {
            id: ProctorId::new(Uuid::new_v4()),
            link: link.id,
            name: Title::parse("A. Jones").unwrap(),
            capacity: Capacity::Teacher,
            entered_at: now,
            released_at: None,
        };
        let session = BrowserSession {
            id: BrowserSessionId::new(Uuid::new_v4()),
            cookie: cookie.hash(),
            who: Who::Proctor(proctor.id),
            browser: ShortText::fit("a test"),
            begun_at: now,
            used_at: now,
            ends: now + limits::STAFF_SESSION_LIFE,
        };
        let entry = proctor.entered_entry(&link, room, Actor::Proctor(proctor.id));
        self.store
            .admit_proctor(proctor.clone(), session, entry)
            .await
            .unwrap();
        self.fleet.proctor_entered(proctor);
        SignedInAs::of_cookie(&format!(
            "roomready_staff_{}={}",
            self.address.port(),
            cookie.reveal()
        ))
    }

    /// Sends a form with these headers, each with its line end.
    pub(super) async fn post(&self, path: &str, headers: &str, body: &str) -> Reply {
        let length = body.len();
        self.send(&format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
        ))
        .await
    }

    /// A cookie header of somebody who sees and does all that concerns rooms.
    pub(super) async fn signed_in(&self) -> String {
        self.signed_in_as(Role::DistrictCoordinator, &[]).await.cookie
    }

    /// Somebody of this role and these schools, with a second factor set up.
    pub(super) async fn signed_in_as(&self, role: Role, schools: &[&str]) -> SignedInAs {
        let account = self.account(role, schools).await;
        self.sign_in(account).await
    }

    /// Somebody of this role who has not set up a second factor.
    pub(super) async fn signed_in_without_second_factor(&self, role: Role) -> String {
        let account = Account {
            second_factor: None,
            ..self.unknown_account(role, &[])
        };
        let entry = NewEntry::account_created(self.clock.wall(), Actor::Console, account.id, role, "");
        self.store.add_account(account.clone(), entry).await.unwrap();
        self.sign_in(account).await.cookie
    }

    async fn sign_in(&self, account: Account) -> SignedInAs {
        let cookie = Secret::new().unwrap();
        let now = self.clock.wall();
        let session = BrowserSession {
            id: BrowserSessionId::new(Uuid::new_v4()),
            cookie: cookie.hash(),
            who: Who::Account(account.id),
            browser: ShortText::fit("a test"),
            begun_at: now,
            used_at: now,
            ends: now + limits::STAFF_SESSION_LIFE,
        };
        let signed_in = SignedIn { session, account };
        let entry = NewEntry::signed_in(now, &signed_in.actor(), "test");
        self.store.begin_session(signed_in.session, entry).await.unwrap();
        SignedInAs {
            account: signed_in.account.id,
            cookie: format!(
                "cookie: roomready_staff_{}={}",
                self.address.port(),
                cookie.reveal()
            ),
            csrf: cookie.derived("roomready form").reveal().to_owned(),
        }
    }

    /// A new account, with a second factor set up.
    pub(super) async fn account(&self, role: Role, schools: &[&str]) -> Account {
        let account = self.unknown_account(role, schools);
        let (now, schools) = (self.clock.wall(), account.school_words());
        let entry = NewEntry::account_created(now, Actor::Console, account.id, role, &schools);
        self.store.add_account(account.clone(), entry).await.unwrap();
        account
    }

    fn unknown_account(&self, role: Role, schools: &[&str]) -> Account {
        let id = AccountId::new(Uuid::new_v4());
        Account {
            id,
            name: Title::parse(&format!("{} {id}", role.title())).unwrap(),
            role,
            schools: schools.iter().map(|school| school.parse().unwrap()).collect(),
            password: None,
            second_factor: Some(SecondFactor {
                secret: vec![7; 20],
                used_step: 0,
            }),
            created_at: self.clock.wall(),
            closed_at: None,
        }
    }

    /// The token of a new sign-in link.
    pub(super) async fn fresh_link(&self) -> String {
        let account = self.account(Role::Technician, &["lincoln-ms"]).await;
        let token = Secret::new().unwrap();
        let ends = self.clock.wall() + Duration::from_secs(3_600);
        self.store
            .add_link(OneTimeLink {
                token: token.hash(),
                opens: Opens::SignIn(account.id),
                ends,
            })
            .await
            .unwrap();
        token.reveal().to_owned()
    }
}

/// Somebody at a browser.
pub(super) struct SignedInAs {
    pub(super) account: AccountId,
    /// The header line.
    pub(super) cookie: String,
    /// What its forms carry.
    pub(super) csrf: String,
}

impl SignedInAs {
    /// A browser that was given this cookie.
    pub(super) fn of_cookie(set_cookie: &str) -> Self {
        let pair = set_cookie.split(';').next().unwrap();
        let (_, value) = pair.split_once('=').unwrap();
        Self {
            account: AccountId::new(Uuid::nil()),
            cookie: format!("cookie: {pair}"),
            csrf: Secret::shown(value)
                .unwrap()
                .derived("roomready form")
                .reveal()
                .to_owned(),
        }
    }
}

fn room_101() -> RoomRef {
    room_of_lincoln("101")
}

pub(super) fn room_of_lincoln(room: &str) -> RoomRef {
    RoomRef {
        school: "lincoln-ms".parse().unwrap(),
        room: room.parse().unwrap(),
    }
}

/// A device that has enrolled in Room 101.
pub(super) struct Agent {
    pub(super) id: String,
    credential: String,
    stream: Uuid,
}

impl Agent {
    pub(super) async fn enrol(collector: &Collector, name: &str) -> Self {
        let key = Secret::new().unwrap();
        let room = RoomRef {
            school: "lincoln-ms".parse().unwrap(),
            room: "101".parse().unwrap(),
        };
        let ends = collector.clock.wall() + Duration::from_secs(60);
        let (place, now) = (KeyPlace::Room(room), collector.clock.wall());
        let kept = EnrolmentKey::new(key.hash(), place, 1, ends, now, Actor::Console);
        collector.store.add_key(kept).await.unwrap();
        let body = serde_json::json!({
            "key": key.reveal(), "name": name, "platform": "linux", "agent_version": "0.1.0",
        });
        let reply = collector.post_json("/api/v1/enroll", "", &body.to_string()).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        let text = |key: &str| reply.json()[key].as_str().unwrap().to_owned();
        Self {
            id: text("device"),
            credential: text("credential"),
            stream: Uuid::new_v4(),
        }
    }

    /// The same device with another credential.
    pub(super) fn with_credential(&self, credential: &str) -> Self {
        Self {
            id: self.id.clone(),
            credential: credential.to_owned(),
            stream: self.stream,
        }
    }

    pub(super) fn authorization(&self) -> String {
        format!("authorization: Bearer {}\r\n", self.credential)
    }

    /// A report with these records, the first of which has this number.
    pub(super) fn report(
        &self,
        collector: &Collector,
        first_seq: u64,
        bodies: &[serde_json::Value],
    ) -> String {
        let at = collector.clock.wall().to_string();
        let mono_ms = collector.clock.mono().as_millis();
        let epoch = Uuid::nil();
        let news: Vec<_> = (first_seq..)
            .zip(bodies)
            .map(|(seq, body)| {
                serde_json::json!({
                    "seq": seq, "at": at, "mono_ms": mono_ms, "epoch": epoch, "body": body,
                })
            })
            .collect();
        serde_json::json!({
            "agent_version": "0.1.0",
            "live": {
                "at": at, "mono_ms": mono_ms, "epoch": epoch, "phase": "testing", "app": "running",
            },
            "stream": self.stream, "first_seq": first_seq, "news": news, "next_within_ms": 5_000,
        })
        .to_string()
    }

    pub(super) async fn send(&self, collector: &Collector, report: &str) -> Reply {
        collector
            .post_json("/api/v1/reports", &self.authorization(), report)
            .await
    }

    /// A sign of life.
    pub(super) async fn beat(&self, collector: &Collector) {
        let reply = self.send(collector, &self.report(collector, 1, &[])).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
    }
}

pub(super) struct Reply {
    pub(super) status: u16,
    head: String,
    pub(super) text: String,
}

impl Reply {
    fn of(all: &str) -> Self {
        let (head, text) = all
            .split_once("\r\n\r\n")
            .unwrap_or_else(|| panic!("no reply: {all:?}"));
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Self {
            status,
            head: head.to_owned(),
            text: text.to_owned(),
        }
    }

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
    Reply::of(&all)
}
