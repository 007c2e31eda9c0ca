//! A server of few words on a port of its own.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::CollectorAddress;

/// Answers each connection once with a text, and keeps what it was asked. Ends with its value.
pub(super) struct Server {
    pub(super) address: CollectorAddress,
    heard: Arc<Heard>,
    task: tokio::task::JoinHandle<()>,
}

type Heard = Mutex<Vec<String>>;

impl Server {
    pub(super) async fn start(answer: &str) -> Self {
        Self::at("127.0.0.1:0", answer.to_owned(), None).await
    }

    pub(super) async fn start_tls(answer: &str, tls: TlsAcceptor) -> Self {
        Self::at("127.0.0.1:0", answer.to_owned(), Some(tls)).await
    }

    /// At the address of a server that has ended.
    pub(super) async fn start_again_at(address: &CollectorAddress, answer: &str) -> Self {
        Self::at(&address.host().to_string(), answer.to_owned(), None).await
    }

    async fn at(place: &str, answer: String, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind(place).await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let heard = Arc::new(Heard::default());
        let task = tokio::spawn(serve(listener, answer, tls, Arc::clone(&heard)));
        Self {
            address: CollectorAddress::parse(&format!("{scheme}://127.0.0.1:{port}")).expect("an address"),
            heard,
            task,
        }
    }

    /// What it was asked, in order.
    pub(super) fn asked(&self) -> Vec<String> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ends it; the address stays known.
    pub(super) async fn end(self) -> CollectorAddress {
        let address = self.address.clone();
        self.task.abort();
        while !self.task.is_finished() {
            tokio::task::yield_now().await;
        }
        address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(listener: TcpListener, answer: String, tls: Option<TlsAcceptor>, heard: Arc<Heard>) {
    let mut talks = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let (answer, tls, heard) = (answer.clone(), tls.clone(), Arc::clone(&heard));
        talks.spawn(async move {
            match tls {
                None => talk(stream, answer, &heard).await,
                // A client that does not like the certificate goes away; that is its right.
                Some(tls) => {
                    if let Ok(stream) = tls.accept(stream).await {
                        talk(stream, answer, &heard).await;
                    }
                }
            }
        });
    }
}

async fn talk(mut stream: impl AsyncRead + AsyncWrite + Unpin, answer: String, heard: &Heard) {
    let mut bytes = vec![0; 64 * 1024];
    let read = stream.read(&mut bytes).await.unwrap_or(0);
    let text = String::from_utf8_lossy(&bytes[..read]).into_owned();
    heard.lock().unwrap_or_else(PoisonError::into_inner).push(text);
    let _closed = stream.write_all(answer.as_bytes()).await;
    let _closed = stream.shutdown().await;
}
