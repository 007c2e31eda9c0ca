//! The serving loop: sockets, their limits, and their end.
//!
//! Written by hand over hyper because every limit must really fire. axum's own `serve` has no connection cap and no
//! time-out; hyper's header time-out does not see a connection that never sends a byte (1.12) and doubles as the
//! keep-alive idle time-out. Only HTTP/1.1 is spoken: to a few thousand devices with one request in flight each, HTTP/2
//! would buy nothing and bring its own denial-of-service surface.

mod connection;
mod forwarded;
mod peer;
mod places;
mod refusal;
mod stall;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::peer::Wire;
pub use self::peer::{Peer, Proxies};
pub use self::places::Most;
use self::places::Places;
use crate::limits;

/// The time-outs of a connection, in one place so that tests can use short ones.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// See [`limits::TLS_HANDSHAKE`].
    pub tls_handshake: Duration,
    /// See [`limits::FIRST_HEADER`].
    pub first_header: Duration,
    /// See [`limits::KEEP_ALIVE_IDLE`].
    pub keep_alive_idle: Duration,
    /// See [`limits::BODY_READ`].
    pub body_read: Duration,
    /// See [`limits::REQUEST`].
    pub request: Duration,
    /// See [`limits::WRITE_STALL`].
    pub write_stall: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            tls_handshake: limits::TLS_HANDSHAKE,
            first_header: limits::FIRST_HEADER,
            keep_alive_idle: limits::KEEP_ALIVE_IDLE,
            body_read: limits::BODY_READ,
            request: limits::REQUEST,
            write_stall: limits::WRITE_STALL,
        }
    }
}

/// What stops when. Cancelled in the order of the fields; each phase has its own deadline in [`limits`].
#[derive(Debug, Clone, Default)]
pub struct Stop {
    /// No new connections.
    pub accepting: CancellationToken,
    /// Live streams say goodbye. They would otherwise hold a graceful stop for ever.
    pub live: CancellationToken,
    /// Each connection finishes the request it is in and closes.
    pub requests: CancellationToken,
    /// Whoever is still there is cut off.
    pub cut: CancellationToken,
    /// Parts finish what they hold. Last, because requests that finish still need them.
    pub tasks: CancellationToken,
}

/// One listener with what it serves.
#[derive(Debug)]
pub struct Door {
    /// As logs and metrics say it: "people", "devices".
    pub name: &'static str,
    /// Where people or devices knock.
    pub listener: TcpListener,
    /// With which certificate; without one, plain HTTP is spoken.
    pub tls: Option<Arc<ServerConfig>>,
    /// What is behind it.
    pub router: Router,
    /// How many may be in.
    pub most: Most,
    /// Who else may say for whom it speaks.
    pub proxies: Arc<Proxies>,
}

#[cfg(test)]
impl Door {
    /// Plain HTTP for so many, from wherever they come.
    pub(crate) fn plain(listener: TcpListener, router: Router, most: usize) -> Self {
        Self {
            name: "people",
            listener,
            tls: None,
            router,
            most: Most {
                in_all: most,
                an_address: most,
            },
            proxies: Proxies::none(),
        }
    }
}

/// The open connections.
#[derive(Debug, Clone, Default)]
pub struct Connections(TaskTracker);

impl Connections {
    /// How many are open.
    #[must_use]
    pub fn open(&self) -> usize {
        self.0.len()
    }

    /// Waits until all are closed; `false` when some are still open after `patience`.
    pub async fn closed_within(&self, patience: Duration) -> bool {
        self.0.close();
        tokio::time::timeout(patience, self.0.wait()).await.is_ok()
    }
}

/// Accepts and serves until told to stop. Connections outlive this call: wait for them with
/// [`Connections::closed_within`].
pub async fn accept_until_stopped(door: Door, timeouts: Timeouts, connections: Connections, stop: Stop) {
    let Door {
        name,
        listener,
        tls,
        router,
        most,
        proxies,
    } = door;
    let places = Places::new(most);
    let refusals = Arc::new(Semaphore::new(limits::MOST_POLITE_REFUSALS));
    let mut said: Option<Instant> = None;
    loop {
        let (stream, peer) = tokio::select! {
            biased;
            () = stop.accepting.cancelled() => return,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    pause_after(&error, &stop.accepting).await;
                    continue;
                }
            },
        };
        let wire = Wire::new(peer, tls.is_some(), Arc::clone(&proxies));
        match places.take(peer.ip(), wire.is_proxy()) {
            Ok(place) => {
                prepare(&stream);
                metrics::gauge!("roomready_connections_open").increment(1.0);
                let (router, tls, stop) = (router.clone(), tls.clone(), stop.clone());
                let serving = Box::pin(connection::serve(stream, tls, wire, router, timeouts, stop));
                connections.0.spawn(async move {
                    // Dropped last, also when the connection panics.
                    let _held = (place, OpenConnection);
                    serving.await;
                });
            }
            Err(full) => {
                metrics::counter!("roomready_connections_refused_total", "door" => name, "full" => full.label())
                    .increment(1);
                if said.is_none_or(|said| said.elapsed() >= limits::REFUSALS_SAID_EVERY) {
                    said = Some(Instant::now());
                    tracing::warn!(door = name, %peer, "connections are refused: {full}");
                }
                // Told before TLS it would be noise, and after it, it would cost the handshake.
                if tls.is_none()
                    && let Ok(place) = Arc::clone(&refusals).try_acquire_owned()
                {
                    connections.0.spawn(async move {
                        refusal::say_full(stream, full).await;
                        drop(place);
                    });
                }
            }
        }
    }
}

struct OpenConnection;

impl Drop for OpenConnection {
    fn drop(&mut self) {
        metrics::gauge!("roomready_connections_open").decrement(1.0);
    }
}

fn prepare(stream: &TcpStream) {
    // Answers are small; waiting to fill a packet only adds latency. A failure costs nothing but that.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "cannot turn off Nagle's algorithm");
    }
}

async fn pause_after(error: &std::io::Error, stop: &CancellationToken) {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionReset};
    // The peer left between knocking and being let in: nothing is wrong here.
    if matches!(error.kind(), ConnectionAborted | ConnectionReset) {
        return;
    }
    tracing::error!(%error, "cannot accept connections; trying again shortly (too many open files?)");
    let _ = tokio::time::timeout(limits::ACCEPT_PAUSE, stop.cancelled()).await;
}
