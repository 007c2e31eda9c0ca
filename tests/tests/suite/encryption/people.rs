//! People: the district's own certificate, and a proxy that is declared or is not.

use std::net::SocketAddr;

use roomready_tests::http::RawConnection;
use roomready_tests::process::{Launch, Program};
use roomready_tests::school::{Plan, TestSchool};
use roomready_tests::tls::{Believer, write_certificate};
use roomready_tests::wait::{PATIENCE, wait_until};
use tokio::net::TcpSocket;

/// A collector whose pages have a certificate.
fn certified(folder: &std::path::Path) -> Program {
    Launch::binary("roomready-collector")
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(folder.join("data"))
        .arg("--certificate")
        .arg(folder.join("fullchain.pem"))
        .arg("--certificate-key")
        .arg(folder.join("key.pem"))
        .start()
}

#[tokio::test]
async fn a_renewed_certificate_is_shown_without_a_restart_and_open_pages_go_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let (certificate, key) = (folder.path().join("fullchain.pem"), folder.path().join("key.pem"));
    let first = write_certificate(&certificate, &key, "127.0.0.1");
    let collector = certified(folder.path());
    let address: SocketAddr = collector
        .wait_for_line("listening on https://")
        .await
        .rsplit_once("https://")
        .and_then(|(_, address)| address.parse().ok())
        .expect("an address");
    let mut open = Believer::of(&first)
        .connect(address)
        .await
        .expect("the first one");
    let answer = open.ask("GET /livez").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(
        answer.to_lowercase().contains("strict-transport-security"),
        "{answer}"
    );

    std::fs::write(&certificate, "half a cert").expect("the file");
    collector.wait_for_line("the one before goes on").await;
    Believer::of(&first)
        .connect(address)
        .await
        .expect("still the first one");

    let second = write_certificate(&certificate, &key, "127.0.0.1");
    wait_until("the new certificate", PATIENCE, async || {
        let shown = Believer::of(&second).connect(address).await;
        shown.map(drop).map_err(|error| error.to_string())
    })
    .await;
    assert!(
        open.ask("GET /livez").await.starts_with("HTTP/1.1 200"),
        "an open page goes on"
    );
    collector.stop().await;
}

#[tokio::test]
async fn a_certificate_that_cannot_be_used_is_told_before_anything_is_served() {
    let folder = tempfile::tempdir().expect("a folder");
    let (certificate, key) = (folder.path().join("fullchain.pem"), folder.path().join("key.pem"));
    write_certificate(&certificate, &key, "127.0.0.1");
    write_certificate(&folder.path().join("other.pem"), &key, "127.0.0.1");
    let collector = certified(folder.path());
    let status = collector.ended(PATIENCE).await;
    assert_eq!(status.code(), Some(2), "{}", collector.tail());
    assert!(
        collector.tail().contains("it is not the key of"),
        "{}",
        collector.tail()
    );
}

/// What somebody at an address of this computer is answered.
async fn asked_from(from: &str, to: &str, head: &str) -> String {
    let socket = TcpSocket::new_v4().expect("a socket");
    let from: SocketAddr = format!("{from}:0").parse().expect("an address");
    socket.bind(from).expect("every 127 is this computer");
    let stream = socket
        .connect(to.parse().expect("an address"))
        .await
        .expect("it listens");
    let mut connection = RawConnection::from(stream);
    let request = format!("GET {head}\r\nConnection: close\r\nHost: here\r\n\r\n");
    assert!(connection.send(request).await);
    connection.answer_within(PATIENCE).await.text()
}

#[tokio::test]
async fn only_the_declared_proxy_is_believed_about_who_asks() {
    let school = TestSchool::start_in(&Plan::new(), |serve| {
        serve.args([
            "--behind-proxy",
            "127.0.0.2",
            "--address",
            "https://rooms.example",
        ])
    })
    .await;
    let to = school.address();
    let says_https = "X-Forwarded-For: 10.9.9.9\r\nX-Forwarded-Proto: https";
    let hsts = "strict-transport-security";
    // Over TLS as far as the proxy says so, and the proxy alone.
    let by_proxy = asked_from("127.0.0.2", to, &format!("/livez HTTP/1.1\r\n{says_https}")).await;
    assert!(by_proxy.contains(hsts), "{by_proxy}");
    let by_another = asked_from("127.0.0.3", to, &format!("/livez HTTP/1.1\r\n{says_https}")).await;
    assert!(!by_another.contains(hsts), "{by_another}");
    // Metrics are for this computer's own programs: not for what a proxy passes on, whatever it says.
    let own = asked_from("127.0.0.1", to, "/metrics HTTP/1.1").await;
    assert!(own.starts_with("HTTP/1.1 200"), "{own}");
    let passed_on = "/metrics HTTP/1.1\r\nX-Forwarded-For: 127.0.0.1";
    for from in ["127.0.0.2", "127.0.0.1"] {
        let passed_on = asked_from(from, to, passed_on).await;
        assert!(passed_on.starts_with("HTTP/1.1 401"), "{from}: {passed_on}");
    }
}
