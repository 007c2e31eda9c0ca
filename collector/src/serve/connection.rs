//! One connection from its first byte to its last.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tower::ServiceExt as _;

use super::stall::StallGuard;
use super::{Peer, Stop, Timeouts};
use crate::limits;

pub(super) async fn serve(stream: TcpStream, peer: Peer, router: Router, timeouts: Timeouts, stop: Stop) {
    let begun = Arc::new(Notify::new());
    let first_request_seen = Arc::clone(&begun);
    let service = service_fn(move |request: http::Request<Incoming>| {
        first_request_seen.notify_one();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(peer);
        let router = router.clone();
        async move {
            Ok::<_, Infallible>(
                router
                    .oneshot(request)
                    .await
                    .unwrap_or_else(|never| match never {}),
            )
        }
    });

    let io = TokioIo::new(StallGuard::new(stream, timeouts.write_stall));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(timeouts.keep_alive_idle)
        .max_headers(limits::MOST_HEADERS)
        .max_header_size(limits::MOST_HEADER_BYTES)
        .max_buf_size(limits::MOST_BUFFER_BYTES)
        .serve_connection(io, service);
    let mut connection = std::pin::pin!(connection);

    // A silent connection and one that drips its first header are the same thing here: no request has begun.
    let mut first_request = std::pin::pin!(tokio::time::timeout(timeouts.first_header, begun.notified()));
    let mut waiting_for_first = true;
    let mut finishing = false;
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    // A peer that leaves, stalls or talks nonsense is its own affair: seen in debug, counted always.
                    metrics::counter!("roomready_connections_broken_total").increment(1);
                    tracing::debug!(peer = %peer.address, %error, "connection broken");
                }
                return;
            }
            () = stop.cut.cancelled() => {
                tracing::debug!(peer = %peer.address, "connection cut off while stopping");
                return;
            }
            () = stop.requests.cancelled(), if !finishing => {
                finishing = true;
                connection.as_mut().graceful_shutdown();
            }
            seen = first_request.as_mut(), if waiting_for_first => {
                waiting_for_first = false;
                if seen.is_err() {
                    metrics::counter!("roomready_connections_never_spoke_total").increment(1);
                    tracing::debug!(peer = %peer.address, "connection closed: no request within the time allowed");
                    return;
                }
            }
        }
    }
}
