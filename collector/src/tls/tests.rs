//! Real handshakes with the real loop.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::routing::get;
use axum::{Extension, Router};
use jiff::{Timestamp, ToSpan as _};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::*;
use crate::serve::{self, Connections, Door, Peer, Stop, Timeouts};

const PATIENCE: Duration = Duration::from_secs(60);

/// A door with TLS behind which everybody is told who they are.
struct Running {
    address: SocketAddr,
    connections: Connections,
}

async fn open(shown: Arc<Shown>, timeouts: Timeouts, most: usize) -> Running {
    let who = |Extension(peer): Extension<Peer>| async move { format!("secure: {}", peer.secure) };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let connections = Connections::default();
    let door = Door {
        tls: Some(server(shown).unwrap()),
        ..Door::plain(listener, Router::new().route("/", get(who)), most)
    };
    tokio::spawn(serve::accept_until_stopped(
        door,
        timeouts,
        connections.clone(),
        Stop::default(),
    ));
    Running { address, connections }
}

/// Whoever believes these certificates alone, and speaks these protocols.
fn believing(pem: &str, protocols: &[&str]) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        roots.add(certificate.unwrap()).unwrap();
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    TlsConnector::from(Arc::new(config))
}

async fn connect(to: &Running, by: &TlsConnector) -> std::io::Result<TlsStream<TcpStream>> {
    let stream = TcpStream::connect(to.address).await?;
    let name = ServerName::IpAddress(to.address.ip().into());
    timeout(PATIENCE, by.connect(name, stream))
        .await
        .expect("a handshake that never ends")
}

async fn ask(stream: &mut TlsStream<TcpStream>) -> String {
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let mut answer = vec![0; 4096];
    let read = timeout(PATIENCE, stream.read(&mut answer))
        .await
        .unwrap()
        .unwrap();
    String::from_utf8_lossy(&answer[..read]).into_owned()
}

fn shown_to(stream: &TlsStream<TcpStream>) -> Vec<u8> {
    stream.get_ref().1.peer_certificates().unwrap()[0].to_vec()
}

fn now() -> Timestamp {
    use crate::clock::{Clock as _, SystemClock};
    SystemClock::start().wall()
}

fn days_ago(days: i64) -> Timestamp {
    now().checked_sub((days * 24).hours()).unwrap()
}

fn loopback() -> Vec<Name> {
    vec!["127.0.0.1".parse().unwrap()]
}

struct Private {
    data: TempDir,
    kept: Kept,
    shown: Arc<Shown>,
    bundles: tokio::sync::watch::Receiver<Arc<str>>,
}

fn private_since(then: Timestamp) -> Private {
    let data = tempfile::tempdir().unwrap();
    private_in(data, then)
}

fn private_in(data: TempDir, then: Timestamp) -> Private {
    let mut kept = Kept::nothing();
    let (shown, bundles) = kept.private(data.path().to_owned(), loopback(), then).unwrap();
    Private {
        data,
        kept,
        shown,
        bundles,
    }
}

#[tokio::test]
async fn a_device_that_was_given_the_ca_comes_in_over_tls_and_nobody_else_is_believed() {
    let ours = private_since(now());
    let other = private_since(now());
    let door = open(Arc::clone(&ours.shown), Timeouts::default(), 10).await;
    let bundle = ours.bundles.borrow().clone();
    let mut stream = connect(&door, &believing(&bundle, &["http/1.1"])).await.unwrap();
    let answer = ask(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(answer.contains("secure: true"), "{answer}");
    assert!(
        answer.contains("strict-transport-security: max-age=15552000"),
        "{answer}"
    );
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
    let strangers = other.bundles.borrow().clone();
    let refused = connect(&door, &believing(&strangers, &[])).await.unwrap_err();
    assert!(refused.to_string().contains("UnknownIssuer"), "{refused}");
}

#[tokio::test]
async fn the_protocol_is_agreed_on_before_it_is_spoken() {
    let ours = private_since(now());
    let door = open(Arc::clone(&ours.shown), Timeouts::default(), 10).await;
    let bundle = ours.bundles.borrow().clone();
    assert!(
        connect(&door, &believing(&bundle, &["h2"])).await.is_err(),
        "only HTTP/1.1 is spoken"
    );
    connect(&door, &believing(&bundle, &["h2", "http/1.1"]))
        .await
        .unwrap();
    connect(&door, &believing(&bundle, &[])).await.unwrap();
    let mut plain = TcpStream::connect(door.address).await.unwrap();
    plain
        .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let mut answer = Vec::new();
    let _reset = timeout(PATIENCE, plain.read_to_end(&mut answer))
        .await
        .expect("closed");
    assert!(!answer.starts_with(b"HTTP"), "plain HTTP is not guessed");
}

#[tokio::test]
async fn who_does_not_shake_hands_in_time_is_let_go() {
    let ours = private_since(now());
    let hasty = Timeouts {
        tls_handshake: Duration::from_millis(100),
        ..Timeouts::default()
    };
    let door = open(Arc::clone(&ours.shown), hasty, 10).await;
    let mut silent = TcpStream::connect(door.address).await.unwrap();
    let mut answer = Vec::new();
    timeout(PATIENCE, silent.read_to_end(&mut answer))
        .await
        .expect("closed")
        .unwrap();
    assert!(answer.is_empty());
    assert!(door.connections.closed_within(PATIENCE).await);
}

#[tokio::test]
async fn over_the_limit_a_connection_is_closed_without_the_cost_of_a_handshake() {
    let ours = private_since(now());
    let door = open(Arc::clone(&ours.shown), Timeouts::default(), 1).await;
    let connector = believing(&ours.bundles.borrow().clone(), &[]);
    let mut held = connect(&door, &connector).await.unwrap();
    assert!(connect(&door, &connector).await.is_err());
    assert!(
        ask(&mut held).await.starts_with("HTTP/1.1 200 OK"),
        "the others go on"
    );
}

#[tokio::test]
async fn a_leaf_is_renewed_by_itself_and_open_connections_go_on() {
    let mut ours = private_since(days_ago(61));
    let door = open(Arc::clone(&ours.shown), Timeouts::default(), 10).await;
    let connector = believing(&ours.bundles.borrow().clone(), &[]);
    ours.kept.look(days_ago(2));
    let mut before = connect(&door, &connector).await.unwrap();
    ours.kept.look(days_ago(2));
    let same = connect(&door, &connector).await.unwrap();
    assert_eq!(shown_to(&before), shown_to(&same), "not renewed before its time");
    ours.kept.look(now());
    let after = connect(&door, &connector).await.unwrap();
    assert_ne!(shown_to(&before), shown_to(&after));
    assert!(ask(&mut before).await.starts_with("HTTP/1.1 200 OK"));
}

#[tokio::test]
async fn for_a_month_devices_are_told_of_both_cas_and_then_the_new_one_signs() {
    let mut ours = private_since(days_ago(100));
    let door = open(Arc::clone(&ours.shown), Timeouts::default(), 10).await;
    let old = ours.bundles.borrow_and_update().clone();
    Authorities::read(ours.data.path())
        .unwrap()
        .renew(days_ago(31))
        .unwrap();
    ours.kept.look(days_ago(2));
    assert!(ours.bundles.has_changed().unwrap(), "devices are told");
    let both = ours.bundles.borrow_and_update().clone();
    assert!(both.starts_with(&*old) && both.len() > old.len());
    connect(&door, &believing(&old, &[]))
        .await
        .expect("the old one signs still");
    ours.kept.look(now());
    let new = ours.bundles.borrow_and_update().clone();
    assert_eq!(format!("{old}{new}"), *both);
    connect(&door, &believing(&both, &[]))
        .await
        .expect("whoever was told in time comes in");
    connect(&door, &believing(&new, &[])).await.unwrap();
    assert!(connect(&door, &believing(&old, &[])).await.is_err());
}

/// A certificate of somebody's for this computer, written as two files.
fn write_own(folder: &Path, days: (Timestamp, i64)) -> (OwnCertificate, String) {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let ends = days.0.as_second() + days.1 * 86_400;
    params.not_after = rcgen::date_time_ymd(1970, 1, 1) + Duration::from_secs(ends.try_into().unwrap());
    let certificate = params.self_signed(&key).unwrap();
    let own = OwnCertificate {
        certificate: folder.join("fullchain.pem"),
        key: folder.join("key.pem"),
    };
    std::fs::write(&own.certificate, certificate.pem()).unwrap();
    std::fs::write(&own.key, key.serialize_pem()).unwrap();
    (own, certificate.pem())
}

#[tokio::test]
async fn the_district_s_own_certificate_is_read_again_when_it_changes() {
    let folder = tempfile::tempdir().unwrap();
    let (own, first) = write_own(folder.path(), (now(), 90));
    let mut kept = Kept::nothing();
    let shown = kept.own(own, now()).unwrap();
    let door = open(shown, Timeouts::default(), 10).await;
    let mut before = connect(&door, &believing(&first, &[])).await.unwrap();
    let (_, second) = write_own(folder.path(), (now(), 90));
    kept.look(now());
    connect(&door, &believing(&second, &[]))
        .await
        .expect("the new one is shown");
    assert!(connect(&door, &believing(&first, &[])).await.is_err());
    assert!(
        ask(&mut before).await.starts_with("HTTP/1.1 200 OK"),
        "an open page goes on"
    );
}

#[tokio::test]
async fn a_new_certificate_that_cannot_be_used_leaves_the_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let (own, first) = write_own(folder.path(), (now(), 90));
    let mut kept = Kept::nothing();
    let shown = kept.own(own.clone(), now()).unwrap();
    let door = open(shown, Timeouts::default(), 10).await;
    let connector = believing(&first, &[]);
    let key = std::fs::read(&own.key).unwrap();
    for (certificate, key) in [
        (first.as_bytes(), b"no key".as_slice()),
        (b"no certificate", &key),
        (
            first.as_bytes(),
            rcgen::KeyPair::generate().unwrap().serialize_pem().as_bytes(),
        ),
    ] {
        std::fs::write(&own.certificate, certificate).unwrap();
        std::fs::write(&own.key, key).unwrap();
        kept.look(now());
        kept.look(now());
        connect(&door, &connector).await.expect("the one before goes on");
    }
    std::fs::remove_file(&own.key).unwrap();
    write_own(folder.path(), (now(), -1));
    kept.look(now());
    connect(&door, &connector)
        .await
        .expect("nobody is shown a certificate that has ended");
}

#[test]
fn a_start_with_a_wrong_certificate_names_the_file_and_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let told = |own: &OwnCertificate| own.load(now()).unwrap_err().to_string();
    let (own, _) = write_own(folder.path(), (now(), -1));
    assert!(told(&own).contains("fullchain.pem ended on"), "{}", told(&own));
    write_own(folder.path(), (now(), 1));
    std::fs::write(&own.key, rcgen::KeyPair::generate().unwrap().serialize_pem()).unwrap();
    assert!(told(&own).contains("it is not the key of"), "{}", told(&own));
    std::fs::write(&own.certificate, "hello").unwrap();
    assert!(told(&own).contains("no certificate"), "{}", told(&own));
    std::fs::remove_file(&own.certificate).unwrap();
    assert!(
        told(&own).contains("fullchain.pem cannot be read"),
        "{}",
        told(&own)
    );
}

#[tokio::test]
async fn a_ca_whose_folder_becomes_unusable_goes_on_with_what_it_has() {
    let mut ours = private_since(days_ago(61));
    let door = open(Arc::clone(&ours.shown), Timeouts::default(), 10).await;
    std::fs::remove_dir_all(ours.data.path().join(FOLDER)).unwrap();
    ours.kept.look(now());
    connect(&door, &believing(&ours.bundles.borrow().clone(), &[]))
        .await
        .expect("still good for weeks");
}
