//! The staff is told by a real collector: once, through a kill between writing and delivering.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use roomready_shared::facts::Platform;
use roomready_tests::http;
use roomready_tests::school::{Plan, TestSchool};
use roomready_tests::wait::{PATIENCE, wait_until};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// Long enough for a confirmed and gathered incident, and for a second try after a restart.
const LONG: Duration = Duration::from_secs(60);
const SECRET: &str = "four words of a dog";

/// A message that came: its headers in small letters, and its bytes.
#[derive(Debug, Clone)]
struct Came {
    head: String,
    body: Vec<u8>,
}

impl Came {
    fn header(&self, name: &str) -> &str {
        let found = self.head.lines().find_map(|line| {
            let (known, value) = line.split_once(':')?;
            (known == name).then(|| value.trim())
        });
        found.unwrap_or_else(|| panic!("no {name} in {}", self.head))
    }
}

/// A program of the district that takes signed messages, and keeps quiet while it is told to.
struct HelpDesk {
    address: SocketAddr,
    came: Arc<Mutex<Vec<Came>>>,
    answers: Arc<AtomicBool>,
}

impl HelpDesk {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let desk = Self {
            address: listener.local_addr().expect("its address"),
            came: Arc::default(),
            answers: Arc::new(AtomicBool::new(true)),
        };
        let (came, answers) = (Arc::clone(&desk.came), Arc::clone(&desk.answers));
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(take(socket, Arc::clone(&came), Arc::clone(&answers)));
            }
        });
        desk
    }

    fn came(&self) -> Vec<Came> {
        self.came.lock().expect("nobody panicked").clone()
    }

    async fn until_came(&self, many: usize) -> Vec<Came> {
        wait_until("a message at the help desk", LONG, async || {
            let came = self.came();
            (came.len() >= many).then_some(came)
        })
        .await
    }

    fn settings(&self) -> String {
        format!(
            "\n[notices]\nbase_url = \"https://rooms.example\"\n[[notices.target]]\nid = \"desk\"\nname = \"Help desk\"\n\
             step = 1\nkind = \"signed\"\naddress = \"http://{}/hook\"\nsecret_file = \"hook-secret\"\n",
            self.address
        )
    }
}

async fn take(socket: TcpStream, came: Arc<Mutex<Vec<Came>>>, answers: Arc<AtomicBool>) {
    let mut socket = BufReader::new(socket);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if socket.read_line(&mut line).await.unwrap_or(0) == 0 || line == "\r\n" {
            break;
        }
        let line = line.to_ascii_lowercase();
        if let Some(said) = line.strip_prefix("content-length:") {
            length = said.trim().parse().expect("a length");
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    if socket.read_exact(&mut body).await.is_err() {
        return;
    }
    came.lock().expect("nobody panicked").push(Came { head, body });
    if answers.load(Ordering::SeqCst) {
        let _ = socket
            .get_mut()
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            .await;
    } else {
        // Until the other side is gone.
        let _ = socket.read(&mut [0; 1]).await;
    }
}

#[tokio::test]
async fn a_collector_that_is_killed_between_writing_and_delivering_loses_no_notice_and_doubles_none() {
    let desk = HelpDesk::open().await;
    let plan = Plan::testing_room("101")
        .seat("101", "1", "LAPTOP-1", Platform::Windows)
        .notices(&desk.settings());
    let mut school = TestSchool::start(&plan).await;
    std::fs::write(school.folder().join("hook-secret"), format!("{SECRET}\n")).expect("a secret");
    desk.answers.store(false, Ordering::SeqCst);
    let mut laptop = school.device("101", "LAPTOP-1", Platform::Windows).await;
    laptop.open_app();
    laptop.promise_ms = 2_500;
    laptop.report().await;
    // It is never heard again: an incident, and then a notice that is under way as the collector is killed.
    let first = desk.until_came(1).await.remove(0);
    school.kill().await;
    let waiting = school.record().notices();
    assert_eq!(waiting.len(), 1, "{waiting:?}");
    assert_eq!(waiting[0].1, "waiting", "written before it was sent");

    desk.answers.store(true, Ordering::SeqCst);
    school.start_again().await;
    let again = desk.until_came(2).await.remove(1);
    assert_eq!(
        again.header("idempotency-key"),
        first.header("idempotency-key"),
        "who has it already can tell"
    );
    assert_eq!(again.header("idempotency-key"), waiting[0].0);
    wait_until("the outbox knows that it arrived", PATIENCE, async || {
        let notices = school.record().notices();
        if notices == [(waiting[0].0.clone(), "delivered".to_owned())] {
            Ok(())
        } else {
            Err(format!("{notices:?}"))
        }
    })
    .await;
    // Killed once more: what arrived is not told again, nor is its incident.
    school.kill().await;
    school.start_again().await;
    let staff = school.staff().await;
    wait_until("the page tells what arrived", PATIENCE, async || {
        let page = staff.page("/notices").await;
        page.contains("The latest notice arrived")
    })
    .await;
    assert_eq!(desk.came().len(), 2);
    assert_eq!(school.record().notices().len(), 1);

    let said: Value = serde_json::from_slice(&again.body).expect("JSON");
    assert_eq!(said["items"][0]["rooms"][0], "Room 101");
    let text = String::from_utf8(again.body.clone()).expect("text");
    assert!(!text.contains("LAPTOP-1"), "no device is named: {text}");
    assert!(roomready_collector::notify::is_genuine(
        SECRET,
        again.header("roomready-timestamp"),
        &again.body,
        again.header("roomready-signature"),
    ));
    let wrong = roomready_collector::notify::is_genuine(
        "another secret",
        again.header("roomready-timestamp"),
        &again.body,
        again.header("roomready-signature"),
    );
    assert!(!wrong);
}

#[tokio::test]
async fn a_collector_that_is_killed_between_an_incident_and_its_notice_tells_it_once_after_its_start() {
    let desk = HelpDesk::open().await;
    let plan = Plan::testing_room("101")
        .seat("101", "1", "LAPTOP-1", Platform::Windows)
        .notices(&desk.settings());
    let mut school = TestSchool::start(&plan).await;
    std::fs::write(school.folder().join("hook-secret"), format!("{SECRET}\n")).expect("a secret");
    let mut laptop = school.device("101", "LAPTOP-1", Platform::Windows).await;
    laptop.open_app();
    laptop.promise_ms = 2_500;
    laptop.report().await;
    let record = school.record();
    wait_until("the incident's line", LONG, async || {
        !record.incidents().is_empty()
    })
    .await;
    school.kill().await;
    assert_eq!(record.notices(), [], "it gathers for some seconds");

    school.start_again().await;
    desk.until_came(1).await;
    wait_until("the outbox knows that it arrived", PATIENCE, async || {
        record.notices().iter().any(|(_, state)| state == "delivered")
    })
    .await;
    let counts = http::client().get(school.url("/metrics")).send().await;
    let counts = counts.expect("it answers").text().await.expect("text");
    for counted in ["written", "delivered"] {
        let line = format!("roomready_notices_{counted}_total{{target=\"desk\"}} 1");
        assert!(counts.contains(&line), "{line} in {counts}");
    }
    // Whatever is told from now on, it is not this incident once more.
    school.kill().await;
    school.start_again().await;
    let staff = school.staff().await;
    wait_until("the page tells what arrived", PATIENCE, async || {
        staff.page("/notices").await.contains("The latest notice arrived")
    })
    .await;
    assert_eq!((desk.came().len(), school.record().notices().len()), (1, 1));
}
