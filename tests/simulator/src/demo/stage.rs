//! The way in and the way out: a listener on loopback, and signals.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{DemoError, USUAL_PORT};

/// Listens on loopback, on the caller's port or on the usual one, where a free one is taken when it is in use.
pub(super) async fn listen(port: Option<u16>) -> Result<TcpListener, DemoError> {
    match (bind(port.unwrap_or(USUAL_PORT)).await, port) {
        (Err(DemoError::PortInUse { .. }), None) => bind(0).await,
        (bound, _) => bound,
    }
}

async fn bind(port: u16) -> Result<TcpListener, DemoError> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpListener::bind(address)
        .await
        .map_err(|source| match source.kind() {
            io::ErrorKind::AddrInUse => DemoError::PortInUse { port },
            _ => DemoError::Listen { address, source },
        })
}

/// Asks the demo to stop when Ctrl-C is pressed or the system asks for it.
pub(super) async fn cancel_on_signal(stop: CancellationToken) {
    match asked_to_stop().await {
        Ok(()) => stop.cancel(),
        Err(error) => {
            tracing::error!(%error, "cannot listen for Ctrl-C: only a hard kill will stop this demo");
        }
    }
}

#[cfg(unix)]
async fn asked_to_stop() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn asked_to_stop() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_port_in_use_is_told_with_what_to_do() {
        let other = bind(0).await.unwrap();
        let port = other.local_addr().unwrap().port();
        let error = listen(Some(port)).await.unwrap_err();
        assert!(error.can_be_mended());
        assert!(
            error.to_string().contains(&format!("port {port} is in use")),
            "{error}"
        );
        assert!(error.to_string().contains("--port 0"), "{error}");
    }
}
