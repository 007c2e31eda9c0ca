//! Raw sockets against the real loop, with time-outs short enough to watch them fire.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::response::sse::{Event, Sse};
use axum::routing::get;
use futures_util::stream;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use super::*;

/// Long enough for a slow machine, short enough to fail a test that waits for ever.
const PATIENCE: Duration = Duration::from_secs(60);

struct Running {
    address: SocketAddr,
    stop: Stop,
    connections: Connections,
    door: tokio::task::JoinHandle<()>,
}

async fn start(timeouts: Timeouts, most_connections: usize) -> Running {
    let endless = || async {
        let first = stream::iter([Ok::<_, std::convert::Infallible>(Event::default().data("hello"))]);
        Sse::new(futures_util::StreamExt::chain(first, stream::pending()))
    };
    let flood = || async {
        let piece = Ok::<_, std::convert::Infallible>(vec![b'x'; 65_536]);
        axum::body::Body::from_stream(stream::repeat(piece))
    };
    let router = Router::new()
        .route("/", get(async || "here"))
        .route("/endless", get(endless))
        .route("/flood", get(flood));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, connections) = (Stop::default(), Connections::default());
    let door = tokio::spawn(accept_until_stopped(
        Door::plain(listener, router, most_connections),
        timeouts,
        connections.clone(),
        stop.clone(),
    ));
    Running {
        address,
        stop,
        connections,
        door,
    }
}

fn short() -> Timeouts {
    Timeouts {
        first_header: Duration::from_secs(1),
        keep_alive_idle: Duration::from_secs(6),
        write_stall: Duration::from_millis(500),
        ..Timeouts::default()
    }
}

/// Reads until the far end closes.
async fn read_to_close(socket: &mut TcpStream) -> String {
    let mut all = Vec::new();
    timeout(PATIENCE, socket.read_to_end(&mut all))
        .await
        .expect("the far end never closed")
        .unwrap_or_default();
    String::from_utf8_lossy(&all).into_owned()
}

#[tokio::test]
async fn a_connection_that_never_speaks_is_closed() {
    let running = start(short(), 10).await;
    let mut socket = TcpStream::connect(running.address).await.unwrap();
    assert_eq!(read_to_close(&mut socket).await, "");
    assert!(running.connections.closed_within(PATIENCE).await);
}

#[tokio::test]
async fn a_header_that_drips_is_not_waited_for() {
    let running = start(short(), 10).await;
    let mut socket = TcpStream::connect(running.address).await.unwrap();
    let (mut reader, mut writer) = socket.split();
    let dripping = async {
        let mut tick = tokio::time::interval(Duration::from_millis(20));
        for byte in b"GET / HTTP/1.1\r\nhost: x\r\nx-slow: "
            .iter()
            .chain(std::iter::repeat(&b'a'))
        {
            tick.tick().await;
            if writer.write_all(&[*byte]).await.is_err() {
                return;
            }
        }
    };
    let mut answer = Vec::new();
    let closed = async { reader.read_to_end(&mut answer).await };
    tokio::select! {
        _ = closed => {}
        () = dripping => {}
        _ = timeout(PATIENCE, std::future::pending::<()>()) => panic!("still open"),
    }
    assert!(running.connections.closed_within(PATIENCE).await);
}

#[tokio::test]
async fn a_used_connection_stays_open_between_requests_and_is_closed_when_it_is_idle_too_long() {
    let running = start(short(), 10).await;
    let mut socket = TcpStream::connect(running.address).await.unwrap();
    socket
        .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let mut answer = [0; 1024];
    let read = timeout(PATIENCE, socket.read(&mut answer))
        .await
        .unwrap()
        .unwrap();
    assert!(answer[..read].starts_with(b"HTTP/1.1 200 OK"));
    // Twice the time that a new connection has to speak: the first-header guard must be gone by now.
    let early = timeout(Duration::from_secs(2), socket.read(&mut answer)).await;
    assert!(early.is_err(), "closed before the idle time-out");
    assert_eq!(read_to_close(&mut socket).await, "");
}

#[tokio::test]
async fn when_every_place_is_taken_a_newcomer_is_told_so_and_the_others_go_on() {
    let running = start(Timeouts::default(), 1).await;
    let mut first = TcpStream::connect(running.address).await.unwrap();
    first
        .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let mut answer = [0; 1024];
    let _ = timeout(PATIENCE, first.read(&mut answer)).await.unwrap().unwrap();

    let mut second = TcpStream::connect(running.address).await.unwrap();
    second
        .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let refusal = read_to_close(&mut second).await;
    assert!(refusal.starts_with("HTTP/1.1 503 "), "{refusal}");
    assert!(refusal.contains("retry-after: 10"), "{refusal}");

    first
        .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let read = timeout(PATIENCE, first.read(&mut answer)).await.unwrap().unwrap();
    assert!(answer[..read].starts_with(b"HTTP/1.1 200 OK"));
}

#[tokio::test]
async fn headers_over_the_limit_are_answered_with_431() {
    let running = start(Timeouts::default(), 10).await;
    let mut socket = TcpStream::connect(running.address).await.unwrap();
    let long = "a".repeat(limits::MOST_HEADER_BYTES);
    let _ = socket
        .write_all(format!("GET / HTTP/1.1\r\nhost: x\r\nx-long: {long}\r\n\r\n").as_bytes())
        .await;
    let answer = read_to_close(&mut socket).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
}

#[tokio::test]
async fn a_peer_that_takes_nothing_of_its_answer_is_dropped() {
    let running = start(short(), 10).await;
    let mut socket = TcpStream::connect(running.address).await.unwrap();
    socket
        .write_all(b"GET /flood HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    // Nothing is read: the flood fills both buffers and stalls.
    assert!(running.connections.closed_within(PATIENCE).await);
}

#[tokio::test]
async fn an_open_stream_is_cut_off_when_its_grace_is_over_and_no_newcomer_is_let_in() {
    let running = start(Timeouts::default(), 10).await;
    let mut socket = TcpStream::connect(running.address).await.unwrap();
    socket
        .write_all(b"GET /endless HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let mut answer = [0; 1024];
    let _ = timeout(PATIENCE, socket.read(&mut answer))
        .await
        .unwrap()
        .unwrap();

    running.stop.accepting.cancel();
    timeout(PATIENCE, running.door).await.unwrap().unwrap();
    assert!(TcpStream::connect(running.address).await.is_err());

    running.stop.requests.cancel();
    assert!(!running.connections.closed_within(Duration::from_millis(50)).await);
    running.stop.cut.cancel();
    assert!(running.connections.closed_within(PATIENCE).await);
}

#[tokio::test]
async fn an_idle_connection_closes_at_once_when_the_collector_stops() {
    let running = start(Timeouts::default(), 10).await;
    let mut idle = TcpStream::connect(running.address).await.unwrap();
    idle.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let mut answer = [0; 1024];
    let _ = timeout(PATIENCE, idle.read(&mut answer)).await.unwrap().unwrap();
    let mut silent = TcpStream::connect(running.address).await.unwrap();
    running.stop.accepting.cancel();
    running.stop.requests.cancel();
    assert_eq!(read_to_close(&mut idle).await, "");
    assert_eq!(read_to_close(&mut silent).await, "");
}
