//! Connections of this machine.

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use roomready_shared::facts::HostPort;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::limits;

/// Where the collector looks from; a test brings its own.
pub trait Vantage: Send + Sync + 'static {
    /// Whether a host takes a connection within [`limits::LOOK_OUTSIDE_PATIENCE`].
    fn answers<'a>(&'a self, host: &'a HostPort) -> BoxFuture<'a, bool>;
}

/// This machine.
#[derive(Debug)]
pub struct SystemVantage {
    /// A dead resolver holds a thread for half a minute, and nothing can take it back.
    looking_up: Arc<Semaphore>,
}

impl Default for SystemVantage {
    fn default() -> Self {
        Self {
            looking_up: Arc::new(Semaphore::new(limits::MOST_LOOK_UPS)),
        }
    }
}

impl Vantage for SystemVantage {
    fn answers<'a>(&'a self, host: &'a HostPort) -> BoxFuture<'a, bool> {
        let tried = async {
            let Some(addresses) = self.addresses(host).await else {
                return false;
            };
            // Where the first address fails, the other family may do: a school may have one of the two only.
            let first = addresses.first().copied();
            let other = first.and_then(|first| {
                let other = |address: &&SocketAddr| address.is_ipv4() != first.is_ipv4();
                addresses.iter().find(other).copied()
            });
            for address in first.into_iter().chain(other) {
                if TcpStream::connect(address).await.is_ok() {
                    return true;
                }
            }
            false
        };
        timeout(limits::LOOK_OUTSIDE_PATIENCE, tried)
            .map(|answered| answered.unwrap_or(false))
            .boxed()
    }
}

impl SystemVantage {
    async fn addresses(&self, host: &HostPort) -> Option<Vec<SocketAddr>> {
        let place = Arc::clone(&self.looking_up).try_acquire_owned().ok()?;
        let (name, port) = (host.host().to_owned(), host.port());
        let look_up = tokio::task::spawn_blocking(move || {
            let _place = place;
            (name.as_str(), port).to_socket_addrs().map(Iterator::collect)
        });
        look_up.await.ok()?.ok()
    }
}
