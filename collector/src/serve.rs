//! The serving loop: sockets, their limits, and their end.
//!
//! Written by hand over hyper because every limit must really fire. axum's own `serve` has no connection cap and no
//! time-out; hyper's header time-out does not see a connection that never sends a byte (1.12) and doubles as the
//! keep-alive idle time-out. Only HTTP/1.1 is spoken: on loopback, and later behind TLS to a few thousand devices
//! with one request in flight each, HTTP/2 would buy nothing and bring its own denial-of-service surface.

mod connection;
mod refusal;
mod stall;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::limits;

/// The time-outs of a connection, in one place so that tests can use short ones.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
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

/// The remote end of a connection, for handlers that care (as a request extension).
#[derive(Debug, Clone, Copy)]
pub struct Peer {
    /// Its address.
    pub address: SocketAddr,
    /// Whether the way from the browser is encrypted.
    pub secure: bool,
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
pub async fn accept_until_stopped(
    listener: TcpListener,
    router: Router,
    timeouts: Timeouts,
    most_connections: usize,
    connections: Connections,
    stop: Stop,
) {
    let places = Arc::new(Semaphore::new(most_connections));
    let refusals = Arc::new(Semaphore::new(limits::MOST_POLITE_REFUSALS));
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
        match Arc::clone(&places).try_acquire_owned() {
            Ok(place) => {
                prepare(&stream);
                metrics::gauge!("roomready_connections_open").increment(1.0);
                let serving = Box::pin(connection::serve(
                    stream,
                    Peer {
                        address: peer,
                        secure: false,
                    },
                    router.clone(),
                    timeouts,
                    stop.clone(),
                ));
                connections.0.spawn(async move {
                    // Dropped last, also when the connection panics.
                    let _held = (place, OpenConnection);
                    serving.await;
                });
            }
            Err(_full) => {
                metrics::counter!("roomready_connections_refused_total").increment(1);
                tracing::warn!(%peer, most_connections, "connection refused: all places are taken");
                if let Ok(place) = Arc::clone(&refusals).try_acquire_owned() {
                    connections.0.spawn(async move {
                        refusal::say_full(stream).await;
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
