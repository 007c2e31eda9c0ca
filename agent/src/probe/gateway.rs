//! The way out of the device's own network.

use std::net::IpAddr;
use std::time::Duration;

use roomready_shared::facts::{Outcome, Reach};
use roomready_shared::units::ShortText;

use super::Effort;
use super::reach::{Network, machine};
use crate::supervise::contained_blocking;

/// Reading the routing table takes milliseconds; longer means that something hangs.
const ROUTES_LIMIT: Duration = Duration::from_secs(2);

/// Finds the gateway and tries it.
pub(super) async fn read(network: &dyn Network, effort: Effort) -> Outcome<Reach> {
    match contained_blocking(ROUTES_LIMIT, netdev::get_default_gateway).await {
        Err(mishap) => Outcome::Failed(ShortText::fit(&mishap.to_string())),
        Ok(Err(_)) => Outcome::Failed(ShortText::fit(
            "this device has no way out of its network: no default gateway is set",
        )),
        Ok(Ok(gateway)) => {
            let v4 = gateway.ipv4.iter().copied().map(IpAddr::V4);
            // A link-local address needs its interface beside it, which an echo here cannot say.
            let v6 = gateway
                .ipv6
                .iter()
                .copied()
                .filter(|address| !address.is_unicast_link_local())
                .map(IpAddr::V6);
            match v4.chain(v6).next() {
                Some(address) => machine(network, address, effort).await,
                None => Outcome::Unsupported(ShortText::fit(
                    "the gateway has a link-local address only, which cannot be tried alone",
                )),
            }
        }
    }
}
