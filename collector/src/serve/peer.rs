//! Who is at the other end: of the wire, and of a request.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Who asks, for handlers that care (as a request extension).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// Its address; what a declared proxy says it is, then with port 0.
    pub address: SocketAddr,
    /// Whether its way to us is encrypted, as far as we or a declared proxy know.
    pub secure: bool,
    /// Whether somebody passed its request on: a declared proxy, or any program that says so.
    pub relayed: bool,
}

impl Peer {
    /// Whether it is a program on this very computer. What a proxy on this computer passes on is not.
    #[must_use]
    pub fn is_this_computer(&self) -> bool {
        !self.relayed && self.address.ip().to_canonical().is_loopback()
    }
}

/// The proxies that were declared, and where people find the collector through them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies {
    addresses: Vec<IpAddr>,
    people_open: String,
}

impl Proxies {
    /// Nobody speaks for others.
    #[must_use]
    pub fn none() -> Arc<Self> {
        Arc::default()
    }

    /// These do; people open this address.
    #[must_use]
    pub fn declared(addresses: Vec<IpAddr>, people_open: String) -> Arc<Self> {
        let addresses = addresses
            .into_iter()
            .map(|address| address.to_canonical())
            .collect();
        Arc::new(Self {
            addresses,
            people_open,
        })
    }

    /// Whether this is one of them.
    pub(super) fn have(&self, address: IpAddr) -> bool {
        self.addresses.contains(&address.to_canonical())
    }
}

/// One connection's far end.
#[derive(Debug, Clone)]
pub(super) struct Wire {
    pub(super) peer: SocketAddr,
    pub(super) secure: bool,
    pub(super) proxies: Arc<Proxies>,
}

impl Wire {
    pub(super) fn new(peer: SocketAddr, secure: bool, proxies: Arc<Proxies>) -> Self {
        Self {
            peer,
            secure,
            proxies,
        }
    }

    /// Whether it is a declared proxy.
    pub(super) fn is_proxy(&self) -> bool {
        self.proxies.have(self.peer.ip())
    }

    /// Where to send somebody who goes past the proxy: what the proxy keeps out must not come in beside it. This
    /// computer's own programs may.
    pub(super) fn passes_the_proxy_by(&self) -> Option<&str> {
        let past = !self.proxies.addresses.is_empty()
            && !self.is_proxy()
            && !self.peer.ip().to_canonical().is_loopback();
        past.then_some(self.proxies.people_open.as_str())
    }
}
