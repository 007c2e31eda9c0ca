//! Looking up the vendor's names through the device's own resolver.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use futures_util::future::join_all;
use roomready_shared::facts::{HostPort, Outcome, Resolution};
use roomready_shared::units::ShortText;

use super::reach::{Network, millis};

/// A look-up that takes longer has failed as far as anybody can wait: a dead resolver is tried for half a minute by the
/// system, and a test app's patience ends long before.
const LOOKUP_LIMIT: Duration = Duration::from_secs(6);

/// Asks for each name once, all at the same time.
pub(super) async fn read(network: &dyn Network, hosts: &[HostPort]) -> Outcome<Resolution> {
    // One look-up a name, however many ports of it are named.
    let mut seen = BTreeSet::new();
    let names: Vec<&HostPort> = hosts
        .iter()
        .filter(|host| host.host().parse::<IpAddr>().is_err() && seen.insert(host.host()))
        .collect();
    if names.is_empty() {
        return Outcome::Unsupported(ShortText::fit("the requirements name no host to look up"));
    }
    let asked = u16::try_from(names.len()).unwrap_or(u16::MAX);
    let answers = join_all(names.iter().map(|name| async move {
        let started = tokio::time::Instant::now();
        let answer = tokio::time::timeout(LOOKUP_LIMIT, network.resolve(name))
            .await
            .unwrap_or_else(|_| Err(format!("{} could not be looked up in time", name.host())));
        (answer, millis(started.elapsed()))
    }))
    .await;
    let slowest_ms = answers.iter().map(|(_, took)| *took).max().unwrap_or(0);
    let trouble = answers
        .iter()
        .rev()
        .find_map(|(answer, _)| answer.as_ref().err())
        .map(|why| ShortText::fit(why));
    let answered = answers.iter().filter(|(answer, _)| answer.is_ok()).count();
    Outcome::Measured(Resolution {
        asked,
        answered: u16::try_from(answered).unwrap_or(u16::MAX),
        slowest_ms,
        trouble,
    })
}
