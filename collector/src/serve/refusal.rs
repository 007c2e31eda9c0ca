//! What a connection hears when every place is taken.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::limits;

const BODY: &str = "the collector is full; keep what you have and try again shortly\n";

/// Writes a 503, closes our half and drains the other for a moment: closing with unread bytes would reset the
/// connection, and the peer might never see the answer.
pub(super) async fn say_full(mut stream: TcpStream) {
    let reply = format!(
        "HTTP/1.1 503 Service Unavailable\r\nretry-after: {}\r\nconnection: close\r\ncontent-type: text/plain; \
         charset=utf-8\r\ncontent-length: {}\r\n\r\n{BODY}",
        limits::REFUSAL_RETRY_AFTER_SECONDS,
        BODY.len(),
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
