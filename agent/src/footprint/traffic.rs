//! What readings of the network cost, estimated from what is asked. Counting it exactly would need a look at every packet
//! of the machine, which is not ours to take.

use roomready_shared::facts::HostPort;

use crate::probe::{Ask, Effort, Kind, TLS_PORT};

/// Both families of one name, with their answers.
const LOOKUP: u64 = 400;
/// A connection that is refused, with its refusal.
const REFUSED: u64 = 120;
/// A TCP connection, opened and closed: seven packets.
const KNOCK: u64 = 420;
/// A TLS hello up to its end, mostly the server's certificates.
const HELLO: u64 = 6_000;
/// An echo and its answer.
const ECHO: u64 = 120;

/// Bytes, both ways, of the readings that are asked for, when everything answers.
#[must_use]
pub fn of(ask: &Ask) -> u64 {
    let (knocks, echoes) = match ask.effort {
        Effort::Full => (3, 6),
        Effort::Light => (1, 1),
    };
    let service = |host: &HostPort| {
        let says_hello = ask.effort == Effort::Full && host.port() == TLS_PORT;
        let knock = if says_hello { HELLO } else { KNOCK };
        LOOKUP + knocks * knock + echoes * ECHO
    };
    let services = |hosts: &[HostPort]| hosts.iter().map(service).fold(0, u64::saturating_add);
    let hosts = u64::try_from(ask.targets.hosts.len()).unwrap_or(u64::MAX);
    let of = |kind: Kind| match kind {
        Kind::Gateway => 2 * REFUSED + echoes * ECHO,
        // Each name once in a window, whoever asks.
        Kind::Resolution => hosts.saturating_mul(LOOKUP),
        Kind::Collector => ask.targets.collector.as_ref().map_or(0, service),
        Kind::Outside => ask.targets.outside.as_ref().map_or(0, service),
        Kind::Vendor => services(&ask.targets.hosts),
        Kind::Local => services(&ask.targets.local),
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

    #[test]
    fn readings_of_the_machine_cost_no_network_and_light_ones_cost_a_tenth_of_full_ones() {
        let ask = |kinds: &[Kind], effort| Ask {
            kinds: kinds.iter().copied().collect(),
            targets: std::sync::Arc::new(Targets {
                hosts: vec![HostPort::parse("a.example:443").expect("a host")],
                ..Targets::default()
            }),
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
