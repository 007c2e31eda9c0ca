//! What a connection hears when it has no place, and what a request hears that came the wrong way.

use axum::body::Body;
use http::header::{CONNECTION, CONTENT_TYPE};
use http::{Response, StatusCode};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::places::Full;
use crate::limits;

/// Writes a 503 or a 429, closes our half and drains the other for a moment: closing with unread bytes would reset the
/// connection, and the peer might never see the answer.
pub(super) async fn say_full(mut stream: TcpStream, full: Full) {
    let (status, body) = match full {
        Full::InAll => (
            "503 Service Unavailable",
            "the collector is full; keep what you have and try again shortly\n",
        ),
        Full::Address => (
            "429 Too Many Requests",
            "too many connections from this address; keep what you have and try again shortly\n",
        ),
    };
    let reply = format!(
        "HTTP/1.1 {status}\r\nretry-after: {}\r\nconnection: close\r\ncontent-type: text/plain; \
         charset=utf-8\r\ncontent-length: {}\r\n\r\n{body}",
        limits::REFUSAL_RETRY_AFTER_SECONDS,
        body.len(),
    );
    let telling = async {
        stream.write_all(reply.as_bytes()).await?;
        stream.shutdown().await?;
        let mut ignored = [0; 1024];
        while stream.read(&mut ignored).await? > 0 {}
        Ok::<_, std::io::Error>(())
    };
    // Whether the peer listened to the end changes nothing for us.
    let _ = tokio::time::timeout(limits::REFUSAL_LINGER, telling).await;
}

/// Sends somebody to the proxy's address.
pub(super) fn past_the_proxy(people_open: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(format!("RoomReady is opened at {people_open}\n")));
    *response.status_mut() = StatusCode::FORBIDDEN;
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        http::HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    headers.insert(CONNECTION, http::HeaderValue::from_static("close"));
    response
}
