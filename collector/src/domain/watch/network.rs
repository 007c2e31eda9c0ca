//! The network that a device stands in, by its own word.

use roomready_shared::facts::{Facts, Link, LinkKind, Reading, Subnet};
use serde::{Deserialize, Serialize};

/// What a record says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct InNetwork {
    /// The record's number in its stream.
    pub seq: u64,
    /// Which; none where it stands in none that tells its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subnet: Option<Subnet>,
}

impl InNetwork {
    /// None of readings that say nothing of it.
    pub(super) fn told(seq: u64, facts: &Facts) -> Option<Self> {
        let subnet = subnet(facts.link.as_ref()?);
        Some(Self { seq, subnet })
    }
}

/// The network that a device stands in, by its latest reading. Only one that it shares with what stands beside it: each
/// telephone that gives a connection has the same one as the next.
#[must_use]
pub fn subnet(link: &Reading<Link>) -> Option<Subnet> {
    let link = link.value().filter(|link| link.kind != LinkKind::Mobile)?;
    link.subnet.filter(|subnet| !subnet.is_link_local())
}
