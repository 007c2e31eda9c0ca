//! A collector's address with everything that it takes to speak to it.

use std::time::Duration;

use roomready_shared::address::{CollectorAddress, Collectors};

use super::proxy::{Hop, Proxies};
use super::trust::Trust;

/// A connection that does not stand by then will not: a school's network answers in milliseconds.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// A whole exchange: the collector commits in milliseconds. Where an answer is lost while students test, this and the
/// first step of backing off together still keep the promise of 5.5 s with its second of grace.
pub(super) const EXCHANGE_TIMEOUT: Duration = Duration::from_secs(5);
/// A connection that was idle for longer is not trusted: school firewalls forget after a minute or two, and the
/// collector lets go after 75 s: ours must be the shorter one, or a report meets a closing door.
const IDLE_TIMEOUT: Duration = Duration::from_secs(65);

/// The HTTP client cannot be made.
#[derive(Debug, thiserror::Error)]
#[error(
    "{address} cannot be spoken to: this system's certificates or its proxy cannot be used; give the collector's CA \
     (`ca`) or its proxy (`proxy`) in the settings file"
)]
pub struct ClientError {
    address: CollectorAddress,
    source: reqwest::Error,
}

/// One address with its client. Clones share connections.
#[derive(Debug, Clone)]
pub struct Door {
    pub(super) address: CollectorAddress,
    pub(super) client: reqwest::Client,
    pub(super) hop: Option<Hop>,
    pub(super) trust: Trust,
}

impl Door {
    /// The way to one address.
    ///
    /// # Errors
    /// When the system's certificate store cannot be read.
    pub fn open(address: CollectorAddress, trust: &Trust, proxies: &Proxies) -> Result<Self, ClientError> {
        let hop = proxies.on_the_way_to(&address);
        match client(&address, trust, hop.as_ref()) {
            Ok(client) => Ok(Self::with_client(address, client, hop, trust)),
            Err(source) => Err(ClientError { address, source }),
        }
    }

    /// The ways to all addresses of a collector. Addresses that are reached in the same way share a client.
    ///
    /// # Errors
    /// When the system's certificate store cannot be read.
    pub fn open_all(
        collectors: &Collectors,
        trust: &Trust,
        proxies: &Proxies,
    ) -> Result<Vec<Self>, ClientError> {
        let mut doors: Vec<Self> = vec![];
        for address in collectors.all() {
            let hop = proxies.on_the_way_to(address);
            let alike = doors
                .iter()
                .find(|door| door.hop == hop && door.address.is_secure() == address.is_secure());
            let door = match alike {
                Some(alike) => Self::with_client(address.clone(), alike.client.clone(), hop, trust),
                None => Self::open(address.clone(), trust, proxies)?,
            };
            doors.push(door);
        }
        Ok(doors)
    }

    fn with_client(
        address: CollectorAddress,
        client: reqwest::Client,
        hop: Option<Hop>,
        trust: &Trust,
    ) -> Self {
        Self {
            address,
            client,
            hop,
            trust: trust.clone(),
        }
    }

    /// The same way to another address of this very kind, for a program that plays many devices.
    #[must_use]
    pub const fn address(&self) -> &CollectorAddress {
        &self.address
    }

    /// The HTTP client, for the one question that is no report: what time is it there?
    #[must_use]
    pub const fn client(&self) -> &reqwest::Client {
        &self.client
    }
}

/// A client with this agent's time-outs. Redirects are not followed: a collector never sends one, a sign-in page does.
fn client(
    address: &CollectorAddress,
    trust: &Trust,
    hop: Option<&Hop>,
) -> Result<reqwest::Client, reqwest::Error> {
    crate::supervise::install_crypto();
    let builder = reqwest::Client::builder()
        .user_agent(concat!("roomready-agent/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(EXCHANGE_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .redirect(reqwest::redirect::Policy::none());
    let builder = match hop {
        Some(hop) => builder.proxy(hop.to_reqwest()?),
        // Said, because the library would else look into the environment by itself.
        None => builder.no_proxy(),
    };
    let speaks_tls = address.is_secure() || hop.is_some_and(Hop::is_secure);
    let builder = match trust {
        Trust::Only(pinned) => builder.tls_certs_only(pinned.to_reqwest()?),
        Trust::System if speaks_tls => builder,
        // The system's store takes memory, and some systems have none; where nothing is encrypted nobody needs it.
        Trust::System => builder.tls_certs_only([]),
    };
    builder.build()
}
