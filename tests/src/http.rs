//! Speaking to the collector: a plain client for well-behaved requests, a raw socket for hostile ones.

use std::io::ErrorKind;
use std::sync::Once;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, ToSocketAddrs};
use tokio::time::Instant;

/// How long a well-behaved request may take before the test calls it hung.
const REQUEST_PATIENCE: Duration = Duration::from_secs(30);

/// Most that a test reads from one connection; an answer that never stops is a fault, not a full memory.
const MOST_READ: usize = 16 * 1024 * 1024;

/// A client for well-behaved requests: no redirects followed, no proxy, a time limit.
///
/// # Panics
///
/// When reqwest cannot be set up, which would be a fault of the harness.
#[must_use]
pub fn client() -> reqwest::Client {
    static RING: Once = Once::new();
    // reqwest comes without a crypto provider of its own and refuses to start without one, even for plain HTTP.
    RING.call_once(|| {
        let _already_there = rustls::crypto::ring::default_provider().install_default();
    });
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(REQUEST_PATIENCE)
        .build()
        .expect("a plain HTTP client with the ring provider")
}

/// A bare connection, for requests that no honest client would send.
#[derive(Debug)]
pub struct RawConnection(TcpStream);

impl From<TcpStream> for RawConnection {
    fn from(open: TcpStream) -> Self {
        Self(open)
    }
}

/// What came back on a [`RawConnection`], and how it ended.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Everything the server sent, byte for byte.
    pub bytes: Vec<u8>,
    /// How the reading ended.
    pub end: End,
    /// How long the reading took.
    pub took: Duration,
}

/// How reading from a [`RawConnection`] ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The server said goodbye.
    Closed,
    /// The server dropped the connection hard.
    Reset,
    /// The deadline came first: the server still holds the connection.
    StillOpen,
}

impl RawConnection {
    /// Connects and says nothing.
    ///
    /// # Panics
    ///
    /// When nothing listens there.
    pub async fn open(address: impl ToSocketAddrs) -> Self {
        Self(
            TcpStream::connect(address)
                .await
                .expect("something listens at the address under test"),
        )
    }

    /// Sends bytes as they are: a whole request, half of one, or none that HTTP knows. False when the server
    /// has already hung up.
    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.0.write_all(bytes.as_ref()).await.is_ok()
    }

    /// Ends our sending side, as a client does that was cut off in the middle.
    pub async fn finish_sending(&mut self) {
        // Already closed by the server: then there is nothing left to finish.
        let _ = self.0.shutdown().await;
    }

    /// Reads until the server closes, at most until `patience` is over.
    ///
    /// # Panics
    ///
    /// On an answer without end, or a fault that is neither a close nor a reset.
    pub async fn answer_within(&mut self, patience: Duration) -> Answer {
        let begun = Instant::now();
        let mut bytes = Vec::new();
        let end = loop {
            match tokio::time::timeout_at(begun + patience, self.0.read_buf(&mut bytes)).await {
                Err(_deadline) => break End::StillOpen,
                Ok(Ok(0)) => break End::Closed,
                Ok(Ok(_more)) => assert!(
                    bytes.len() < MOST_READ,
                    "an answer of more than {MOST_READ} bytes"
                ),
                Ok(Err(fault)) if fault.kind() == ErrorKind::ConnectionReset => break End::Reset,
                Ok(Err(fault)) => panic!("reading the answer: {fault}"),
            }
        };
        Answer {
            bytes,
            end,
            took: begun.elapsed(),
        }
    }
}

impl Answer {
    /// The status code of the first response, if one came.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        let text = self.text();
        let mut words = text.lines().next()?.split(' ');
        words.next().filter(|version| version.starts_with("HTTP/1."))?;
        words.next()?.parse().ok()
    }

    /// The whole answer as text, head and body.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// What stands after the head, as it came (chunk marks included); empty when no head came.
    #[must_use]
    pub fn body(&self) -> String {
        self.text()
            .split_once("\r\n\r\n")
            .map(|(_head, body)| body.to_owned())
            .unwrap_or_default()
    }

    /// Whether the server let go of the connection.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.end != End::StillOpen
    }
}

/// One exchange on a connection of its own: connect, send, read until close or until `patience` is over.
pub async fn exchange(address: impl ToSocketAddrs, request: impl AsRef<[u8]>, patience: Duration) -> Answer {
    let mut connection = RawConnection::open(address).await;
    connection.send(request).await;
    connection.answer_within(patience).await
}
