//! What readings of the network cost, estimated from what is asked. Counting it exactly would need a look at every packet
//! of the machine, which is not ours to take.

use roomready_shared::facts::HostPort;

use crate::probe::{Ask, Effort, Kind};

/// Both families of one name, with their answers.
const LOOKUP: u64 = 400;
/// A TCP connection, opened and closed: seven packets.
const KNOCK: u64 = 420;
/// A TLS hello up to its end, mostly the server's certificates.
const HELLO: u64 = 6_000;
/// An echo and its answer.
const ECHO: u64 = 120;

/// Bytes, both ways, of the readings that are asked for, when everything answers.
#[must_use]
pub fn of(ask: &Ask) -> u64 {
    let (knocks, knock, echoes) = match ask.effort {
        Effort::Full => (3, HELLO, 6),
        Effort::Light => (1, KNOCK, 1),
    };
    let service = LOOKUP + knocks * knock + echoes * ECHO;
    let count = |hosts: &[HostPort]| u64::try_from(hosts.len()).unwrap_or(u64::MAX);
    let hosts = count(&ask.targets.hosts);
    let of = |kind: &Kind| match kind {
        Kind::Gateway => 2 * KNOCK + echoes * ECHO,
        // Each name once in a window, whoever asks.
        Kind::Resolution => hosts.saturating_mul(LOOKUP),
        Kind::Collector => service,
        Kind::Vendor => hosts.saturating_mul(service),
        Kind::Local => count(&ask.targets.local).saturating_mul(service),
        Kind::Certificates => hosts.saturating_mul(LOOKUP + HELLO),
        Kind::Os
        | Kind::Memory
        | Kind::Disk
        | Kind::Display
        | Kind::Power
        | Kind::Uptime
        | Kind::App
        | Kind::AppRun
        | Kind::Link
        | Kind::Updates
        | Kind::Sleep
        | Kind::Intruders
        | Kind::SavedResponses => 0,
    };
    ask.kinds.iter().map(of).fold(0, u64::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::Targets;
    use std::collections::BTreeSet;

    #[test]
    fn readings_of_the_machine_cost_no_network_and_light_ones_cost_a_tenth_of_full_ones() {
        let ask = |kinds: &[Kind], effort| Ask {
            kinds: kinds.iter().copied().collect::<BTreeSet<_>>(),
            targets: Targets {
                hosts: vec![HostPort::parse("a.example:443").expect("a host")],
                ..Targets::default()
            },
            effort,
            clock_ahead_ms: None,
        };
        assert_eq!(of(&ask(&[Kind::Power, Kind::AppRun], Effort::Full)), 0);
        let (full, light) = (
            of(&ask(&[Kind::Vendor], Effort::Full)),
            of(&ask(&[Kind::Vendor], Effort::Light)),
        );
        assert!(light > 0 && light * 10 < full, "{light} {full}");
    }
}
