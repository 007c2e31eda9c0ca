//! The way out of the device's own network.

use std::net::IpAddr;
use std::time::Duration;

use roomready_shared::facts::{Outcome, Reach};
use roomready_shared::units::ShortText;

use super::reach::{Network, machine};
use super::{Effort, platform};
use crate::supervise::contained_blocking;

/// Reading the routing table takes milliseconds; longer means that something hangs.
const ROUTES_LIMIT: Duration = Duration::from_secs(2);

/// Finds the gateway and tries it.
pub(super) async fn read(network: &dyn Network, effort: Effort) -> Outcome<Reach> {
    match contained_blocking(ROUTES_LIMIT, platform::gateways).await {
        Err(mishap) => Outcome::Failed(ShortText::fit(&mishap.to_string())),
        Ok(Err(why)) => Outcome::Failed(ShortText::fit(&format!("the routes could not be read: {why}"))),
        Ok(Ok(gateways)) if gateways.is_empty() => Outcome::Failed(ShortText::fit(
            "this device has no way out of its network: no default gateway is set",
        )),
        Ok(Ok(gateways)) => match gateways.into_iter().find(can_be_tried) {
            Some(address) => machine(network, address, effort).await,
            None => Outcome::Unsupported(ShortText::fit(
                "the gateway has a link-local address only, and the system does not tell on which link",
            )),
        },
    }
}

/// A link-local address needs its interface beside it.
fn can_be_tried(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(_) => true,
        IpAddr::V6(address) => !address.is_unicast_link_local() || platform::zone().is_some(),
    }
}
