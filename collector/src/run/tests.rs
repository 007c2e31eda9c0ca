//! A collector as a whole: its start, its end, and the death of a part.

use std::net::SocketAddr;
use std::time::Duration;

use jiff::Timestamp;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, timeout};
use uuid::Uuid;

use roomready_shared::ids::{AccountId, BrowserSessionId, SchoolId, Title};
use roomready_shared::units::ShortText;

use super::*;
use crate::access::{Role, Who};
use crate::clock::SystemClock;
use crate::limits;
use crate::secret::Secret;
use crate::store::memory::MemoryStore;
use crate::store::{Account, BrowserSession};

const PATIENCE: Duration = Duration::from_secs(60);

struct Running {
    address: SocketAddr,
    store: Arc<dyn Store>,
    shutdown: CancellationToken,
    ended: tokio::task::JoinHandle<Result<(), RunError>>,
}

async fn start() -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Uuid::nil()));
    let shutdown = CancellationToken::new();
    let clock = Arc::new(SystemClock::start());
    let ended = tokio::spawn(run(
        Config::built_in(),
        listener,
        Arc::clone(&store),
        clock,
        shutdown.clone(),
    ));
    Running {
        address,
        store,
        shutdown,
        ended,
    }
}

#[tokio::test]
async fn pages_never_go_over_the_network_unencrypted() {
    let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let store = Arc::new(MemoryStore::new(Uuid::nil()));
    let clock = Arc::new(SystemClock::start());
    let error = run(
        Config::built_in(),
        listener,
        store,
        clock,
        CancellationToken::new(),
    )
    .await
    .unwrap_err();
    assert!(
        error.to_string().starts_with("refusing to listen on 0.0.0.0:"),
        "{error}"
    );
}

#[tokio::test]
async fn the_collector_stops_soon_although_pages_are_open_and_lets_a_request_finish() {
    let running = start().await;
    let cookie = Secret::new().unwrap();
    let account = Account {
        id: AccountId::new(Uuid::new_v4()),
        name: Title::parse("Tess Ward").unwrap(),
        role: Role::Technician,
        schools: [SchoolId::parse("my-school").unwrap()].into(),
        password: None,
        second_factor: None,
        created_at: Timestamp::UNIX_EPOCH,
        closed_at: None,
    };
    let entry = NewEntry::account_created(
        Timestamp::UNIX_EPOCH,
        Actor::Console,
        account.id,
        account.role,
        "my-school",
    );
    running
        .store
        .add_account(account.clone(), entry.clone())
        .await
        .unwrap();
    let session = BrowserSession {
        id: BrowserSessionId::new(Uuid::new_v4()),
        cookie: cookie.hash(),
        who: Who::Account(account.id),
        browser: ShortText::fit("a test"),
        begun_at: Timestamp::UNIX_EPOCH,
        used_at: Timestamp::MAX,
        ends: Timestamp::MAX,
    };
    running.store.begin_session(session, entry).await.unwrap();
    let mut page = TcpStream::connect(running.address).await.unwrap();
    let port = running.address.port();
    let cookie = format!("roomready_staff_{port}={}", cookie.reveal());
    page.write_all(format!("GET /live/district HTTP/1.1\r\nhost: x\r\ncookie: {cookie}\r\n\r\n").as_bytes())
        .await
        .unwrap();
    let mut start_of_stream = [0; 2048];
    let read = timeout(PATIENCE, page.read(&mut start_of_stream))
        .await
        .unwrap()
        .unwrap();
    assert!(start_of_stream[..read].starts_with(b"HTTP/1.1 200 OK"));
    // A request in flight: its body is still on its way.
    let mut slow = TcpStream::connect(running.address).await.unwrap();
    slow.write_all(
        b"POST /api/v1/enroll HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{",
    )
    .await
    .unwrap();
    // Answered later than it was sent, so that one is in the collector's hands too.
    assert_eq!(livez(running.address).await, "HTTP/1.1 200 OK");

    let asked = Instant::now();
    running.shutdown.cancel();
    let mut rest = Vec::new();
    timeout(PATIENCE, page.read_to_end(&mut rest))
        .await
        .expect("the page was never told")
        .unwrap();
    slow.write_all(b"}").await.unwrap();
    let mut answer = String::new();
    timeout(PATIENCE, slow.read_to_string(&mut answer))
        .await
        .unwrap()
        .unwrap();
    assert!(answer.starts_with("HTTP/1.1 422 "), "{answer}");
    timeout(PATIENCE, running.ended).await.unwrap().unwrap().unwrap();
    assert!(
        asked.elapsed() < Duration::from_secs(10),
        "took {:?}",
        asked.elapsed()
    );
    assert!(running.store.ready().await.is_err(), "the store is closed");
}

#[tokio::test]
async fn a_request_that_never_ends_does_not_hold_up_the_end() {
    let running = start().await;
    let mut slow = TcpStream::connect(running.address).await.unwrap();
    slow.write_all(
        b"POST /api/v1/enroll HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{",
    )
    .await
    .unwrap();
    assert_eq!(livez(running.address).await, "HTTP/1.1 200 OK");
    let asked = Instant::now();
    running.shutdown.cancel();
    timeout(PATIENCE, running.ended).await.unwrap().unwrap().unwrap();
    assert!(
        asked.elapsed() < limits::FINISH_REQUESTS + Duration::from_secs(10),
        "took {:?}",
        asked.elapsed()
    );
}

#[tokio::test]
async fn the_death_of_the_store_ends_the_process_with_a_clear_message() {
    let running = start().await;
    assert_eq!(livez(running.address).await, "HTTP/1.1 200 OK");
    running.store.close().await.unwrap();
    let error = timeout(PATIENCE, running.ended)
        .await
        .unwrap()
        .unwrap()
        .unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("stopping because nothing can be remembered any more"),
        "{error}"
    );
}

#[tokio::test]
async fn each_run_begins_with_a_line_in_the_record() {
    let running = start().await;
    assert_eq!(livez(running.address).await, "HTTP/1.1 200 OK");
    let entries = running
        .store
        .entries(crate::store::EntryQuery::default())
        .await
        .unwrap();
    assert_eq!(
        entries.first().map(|entry| entry.entry.kind),
        Some(EntryKind::CollectorStarted)
    );
    running.shutdown.cancel();
    timeout(PATIENCE, running.ended).await.unwrap().unwrap().unwrap();
}

/// The status line of `/livez`.
async fn livez(address: SocketAddr) -> String {
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket
        .write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut answer = String::new();
    timeout(PATIENCE, socket.read_to_string(&mut answer))
        .await
        .unwrap()
        .unwrap();
    answer.lines().next().unwrap_or_default().to_owned()
}
