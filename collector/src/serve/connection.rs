//! One connection from its first byte to its last.

use std::convert::Infallible;
use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::body::Body;
use http::HeaderValue;
use http::header::STRICT_TRANSPORT_SECURITY;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;

use super::peer::Wire;
use super::stall::StallGuard;
use super::{Stop, Timeouts, forwarded, refusal};
use crate::limits;

/// Said with every answer that went over TLS.
static ONLY_TLS: LazyLock<HeaderValue> = LazyLock::new(|| {
    HeaderValue::try_from(format!("max-age={}", limits::HSTS_SECONDS)).expect("letters and digits")
});

pub(super) async fn serve(
    stream: TcpStream,
    tls: Option<Arc<ServerConfig>>,
    wire: Wire,
    router: Router,
    timeouts: Timeouts,
    stop: Stop,
) {
    let stream = StallGuard::new(stream, timeouts.write_stall);
    let Some(tls) = tls else {
        return speak(stream, wire, router, timeouts, stop).await;
    };
    let shaking = tokio::time::timeout(timeouts.tls_handshake, TlsAcceptor::from(tls).accept(stream));
    let shaken = tokio::select! {
        shaken = shaking => shaken,
        // Nothing was asked yet, so nothing has to be finished.
        () = stop.requests.cancelled() => return,
    };
    match shaken {
        Ok(Ok(stream)) => Box::pin(speak(stream, wire, router, timeouts, stop)).await,
        Ok(Err(error)) => {
            metrics::counter!("roomready_tls_handshakes_failed_total").increment(1);
            tracing::debug!(peer = %wire.peer, %error, "no TLS came about");
        }
        Err(_late) => {
            metrics::counter!("roomready_connections_never_spoke_total").increment(1);
            tracing::debug!(peer = %wire.peer, "connection closed: no handshake within the time allowed");
        }
    }
}

async fn speak<S>(stream: S, wire: Wire, router: Router, timeouts: Timeouts, stop: Stop)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let begun = Arc::new(Notify::new());
    let first_request_seen = Arc::clone(&begun);
    let address = wire.peer;
    let service = service_fn(move |request: http::Request<Incoming>| {
        first_request_seen.notify_one();
        let mut request = request.map(Body::new);
        let peer = forwarded::settle(request.headers_mut(), &wire);
        request.extensions_mut().insert(peer);
        let elsewhere = wire.passes_the_proxy_by().map(refusal::past_the_proxy);
        let router = router.clone();
        async move {
            let mut response = match elsewhere {
                Some(elsewhere) => elsewhere,
                None => router
                    .oneshot(request)
                    .await
                    .unwrap_or_else(|never| match never {}),
            };
            if peer.secure {
                response
                    .headers_mut()
                    .insert(STRICT_TRANSPORT_SECURITY, ONLY_TLS.clone());
            }
            Ok::<_, Infallible>(response)
        }
    });

    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(timeouts.keep_alive_idle)
        .max_headers(limits::MOST_HEADERS)
        .max_header_size(limits::MOST_HEADER_BYTES)
        .max_buf_size(limits::MOST_BUFFER_BYTES)
        .serve_connection(TokioIo::new(stream), service);
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
                    tracing::debug!(peer = %address, %error, "connection broken");
                }
                return;
            }
            () = stop.cut.cancelled() => {
                tracing::debug!(peer = %address, "connection cut off while stopping");
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
                    tracing::debug!(peer = %address, "connection closed: no request within the time allowed");
                    return;
                }
            }
        }
    }
}
