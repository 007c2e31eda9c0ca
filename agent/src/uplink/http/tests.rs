//! Against a server of few words on a port of its own.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;
use roomready_shared::facts::Platform;
use roomready_shared::ids::DeviceName;
use roomready_shared::units::ShortText;

/// Answers each connection once with a text, and keeps what it was asked.
struct Server {
    address: CollectorAddress,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start(answer: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let asked = Arc::new(Mutex::new(vec![]));
        let (kept, answer) = (Arc::clone(&asked), answer.to_owned());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut bytes = vec![0; 64 * 1024];
                let read = stream.read(&mut bytes).await.unwrap_or(0);
                let text = String::from_utf8_lossy(&bytes[..read]).into_owned();
                kept.lock().unwrap_or_else(PoisonError::into_inner).push(text);
                let _closed = stream.write_all(answer.as_bytes()).await;
                let _closed = stream.shutdown().await;
            }
        });
        Self {
            address: CollectorAddress::parse(&format!("http://127.0.0.1:{port}")).expect("an address"),
            asked,
        }
    }

    fn uplink(&self) -> HttpUplink {
        let credential = Credential::new("s3cret".into());
        HttpUplink::new(client().expect("a client"), self.address.clone(), credential)
    }

    fn asked(&self) -> String {
        self.asked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .join("\n---\n")
    }
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n{body}",
        body.len()
    )
}

const JSON: &str = "content-type: application/json\r\n";

async fn fetch(status: &str, headers: &str, body: &str) -> Result<Fetched, Trouble> {
    let server = Server::start(&answer(status, headers, body)).await;
    server.uplink().assignment(Some("tag-1")).await
}

#[tokio::test]
async fn a_device_says_who_it_is_and_which_assignment_it_holds() {
    let server = Server::start(&answer("304 Not Modified", "", "")).await;
    let got = server.uplink().assignment(Some("tag-1")).await;
    assert_eq!(got, Ok(Fetched::Unchanged));
    let asked = server.asked().to_ascii_lowercase();
    assert!(asked.contains("authorization: bearer s3cret"), "{asked}");
    assert!(asked.contains("if-none-match: \"tag-1\""), "{asked}");
    assert!(asked.starts_with("get /api/v1/assignment http/1.1"), "{asked}");
}

#[tokio::test]
async fn each_refusal_of_a_collector_is_told_apart_by_what_helps() {
    let said = |code: &str| format!("{{\"error\":\"{code}\",\"message\":\"why\"}}");
    let got = fetch("401 Unauthorized", JSON, &said("not_enrolled")).await;
    assert!(matches!(got, Err(Trouble::NotEnrolled { .. })), "{got:?}");
    let got = fetch("413 Too Large", JSON, &said("too_large")).await;
    assert_eq!(got, Err(Trouble::TooLarge));
    let got = fetch("400 Bad Request", JSON, &said("malformed")).await;
    assert!(
        matches!(got, Err(Trouble::Refused { status: 400, .. })),
        "{got:?}"
    );
    let busy = format!("{JSON}retry-after: 7\r\n");
    let got = fetch("503 Unavailable", &busy, &said("unavailable")).await;
    let wait = |ms| {
        Err(Trouble::Busy {
            retry_after_ms: Some(ms),
            why: "why".into(),
        })
    };
    assert_eq!(got, wait(7_000));
    let body = "{\"error\":\"busy\",\"message\":\"why\",\"retry_after_ms\":250}";
    let got = fetch("429 Too Many", &busy, body).await;
    assert_eq!(
        got,
        wait(250),
        "the exact time holds, not the header's whole seconds"
    );
}

#[tokio::test]
async fn a_sign_in_page_or_a_web_filter_is_not_taken_for_the_collector() {
    let page = "<html>Sign in to SchoolNet</html>";
    for status in ["200 OK", "302 Found", "403 Forbidden", "511 Sign in"] {
        let got = fetch(status, "content-type: text/html\r\nlocation: /x\r\n", page).await;
        assert!(matches!(got, Err(Trouble::NotOurs { .. })), "{status}: {got:?}");
    }
    let got = fetch("503 Unavailable", "retry-after: 3\r\n", "upstream").await;
    assert!(
        matches!(
            got,
            Err(Trouble::Busy {
                retry_after_ms: Some(3_000),
                ..
            })
        ),
        "{got:?}"
    );
}

#[tokio::test]
async fn nobody_at_the_address_is_said_plainly() {
    let address = {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        listener.local_addr().expect("an address")
    };
    let collector = CollectorAddress::parse(&format!("http://{address}")).expect("an address");
    let request = EnrollRequest {
        key: "k".into(),
        name: DeviceName::parse("A-1").expect("a name"),
        platform: Platform::Linux,
        serial: None,
        agent_version: ShortText::fit("0.1.0"),
    };
    let trouble = HttpUplink::unknown(client().expect("a client"), collector)
        .enroll(&request)
        .await
        .expect_err("nobody listens");
    let text = trouble.to_string();
    assert!(text.contains("refused"), "{text}");
    assert!(!text.contains("again"), "enrolling ends here: {text}");
}

#[tokio::test]
async fn an_answer_without_end_is_cut_off() {
    let body = "x".repeat(MAX_ANSWER_BYTES + 1);
    let got = fetch("200 OK", JSON, &body).await;
    assert!(matches!(got, Err(Trouble::NotOurs { .. })), "{got:?}");
}
