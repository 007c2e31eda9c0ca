//! The way to the collector, from settings, identity or enrolment file, and from what the system says of proxies.

use std::sync::Arc;

use hyper_util::client::proxy::matcher::Matcher;
use roomready_shared::units::Timestamp;

use super::Failure;
use crate::config::Config;
use crate::identity::Identity;
use crate::uplink::{Collectors, Door, Proxies, ProxyChoice, Trust};

/// What an identity or an enrolment file says of the way. The settings file stands above it.
pub(super) struct Said<'s> {
    pub(super) collectors: &'s Collectors,
    pub(super) ca: Option<&'s str>,
    pub(super) proxy: Option<&'s ProxyChoice>,
}

impl<'s> Said<'s> {
    pub(super) fn by(identity: &'s Identity) -> Self {
        Self {
            collectors: &identity.collectors,
            ca: identity.ca.as_deref(),
            proxy: identity.proxy.as_ref(),
        }
    }
}

/// The ways to all addresses, in order.
pub(super) fn doors(config: &Config, said: &Said<'_>, now: Timestamp) -> Result<Vec<Door>, Failure> {
    let collectors = config.collectors.as_ref().unwrap_or(said.collectors);
    let trust = match (&config.ca, said.ca) {
        (Some(file), _) => Trust::only_file(file, now)?,
        (None, Some(pem)) => Trust::only(pem, "the enrolment file", now)?,
        (None, None) => Trust::System,
    };
    let proxies = proxies(config.proxy.as_ref().or(said.proxy));
    Ok(Door::open_all(collectors, &trust, &proxies)?)
}

/// The system's proxies are read here, where the environment is read.
pub(super) fn proxies(choice: Option<&ProxyChoice>) -> Proxies {
    match choice.unwrap_or(&ProxyChoice::System) {
        ProxyChoice::System => Proxies::System(Arc::new(Matcher::from_system())),
        ProxyChoice::Direct => Proxies::None,
        ProxyChoice::Through(address) => Proxies::One(address.clone()),
    }
}

/// Says once, for each address, what can be read on the way.
pub(super) fn warn_if_overheard(doors: &[Door], what: &str) {
    for door in doors {
        let collector = door.address();
        if collector.is_overheard() {
            tracing::warn!(%collector, "{what} travel unencrypted; give the collector an https address");
        }
    }
}
