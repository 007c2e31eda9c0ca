//! Routes, from the kernel's two lists. Only those: no address of the device itself is looked at.
//!
//! They are the routes that hold without a rule of their own. A tunnel that brings such rules (WireGuard's own script
//! does) does not show here, and what lies under it is told instead.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;

use roomready_shared::facts::Subnet;

/// Bits of a route: in use; refused by the kernel, as the one that stands for "no way".
const UP: u32 = 0x1;
const REJECT: u32 = 0x200;

/// One way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Route {
    /// The interface that it leaves by.
    pub(super) interface: String,
    /// Where it leads.
    pub(super) to: Subnet,
    prefix: u8,
    /// Through whom; `None` for what lies on the interface itself, and for tunnels.
    pub(super) gateway: Option<IpAddr>,
    metric: u32,
}

impl Route {
    /// Whether it leads everywhere. Tunnels halve everything, so as to come before the way that was there first.
    fn is_default(&self) -> bool {
        let everything = ["0.0.0.0/0", "0.0.0.0/1", "::/0", "::/1", "2000::/3"];
        everything.contains(&self.to.to_string().as_str())
    }
}

/// Every way that is in use.
pub(super) fn all(lists: &Path) -> Result<Vec<Route>, String> {
    let v4 = fs::read_to_string(lists.join("route"));
    let v6 = fs::read_to_string(lists.join("ipv6_route"));
    if let (Err(error), Err(_)) = (&v4, &v6) {
        return Err(error.to_string());
    }
    let (v4, v6) = (v4.unwrap_or_default(), v6.unwrap_or_default());
    let v4 = v4.lines().filter_map(of_v4);
    Ok(v4.chain(v6.lines().filter_map(of_v6)).collect())
}

/// Ways to everywhere in the order in which the system takes them: the older family first, in each the narrower one and
/// then the lower metric.
pub(super) fn defaults(routes: &[Route]) -> Vec<&Route> {
    let mut found: Vec<&Route> = routes.iter().filter(|route| route.is_default()).collect();
    found.sort_by_key(|route| {
        let newer = route.to.to_string().contains(':');
        (newer, std::cmp::Reverse(route.prefix), route.metric)
    });
    found
}

/// Gateways of the ways to everywhere. A tunnel has none and is passed over: the question is the way out of the school's
/// network.
pub(super) fn gateways(lists: &Path) -> Result<Vec<IpAddr>, String> {
    let routes = all(lists)?;
    Ok(defaults(&routes)
        .iter()
        .filter_map(|route| route.gateway)
        .collect())
}

/// The network that a way to everywhere begins in: the one on the same interface that holds its gateway. A gateway of the
/// newer family has an address of the link alone, so there it is the interface's own network.
pub(super) fn network_of(way: &Route, routes: &[Route]) -> Option<Subnet> {
    let newer = way.to.to_string().contains(':');
    let beside = routes.iter().filter(|route| {
        route.interface == way.interface
            && route.gateway.is_none()
            && !route.is_default()
            && route.to.to_string().contains(':') == newer
    });
    match way.gateway {
        Some(gateway @ IpAddr::V4(_)) => beside
            .filter(|route| Subnet::of(gateway, route.prefix) == Some(route.to))
            .max_by_key(|route| route.prefix)
            .map(|route| route.to),
        Some(IpAddr::V6(_)) => beside
            .filter(|route| route.prefix < 128 && is_a_network_s(route.to))
            .min_by_key(|route| (route.metric, route.to))
            .map(|route| route.to),
        None => None,
    }
}

/// Not what every interface has: addresses of the link alone, and those of groups.
fn is_a_network_s(subnet: Subnet) -> bool {
    let text = subnet.to_string();
    !(text.starts_with("fe80:") || text.starts_with("ff"))
}

/// `Iface Destination Gateway Flags RefCnt Use Metric Mask …`, addresses as the machine's own numbers in hex.
fn of_v4(line: &str) -> Option<Route> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let hex = |at: usize| u32::from_str_radix(fields.get(at)?, 16).ok();
    let address = |at| hex(at).map(|number| Ipv4Addr::from(number.to_ne_bytes()));
    let (gateway, flags) = (address(2)?, hex(3)?);
    let prefix = u8::try_from(u32::from(address(7)?).leading_ones()).ok()?;
    route(
        fields.first()?,
        (IpAddr::V4(address(1)?), prefix),
        (!gateway.is_unspecified()).then_some(IpAddr::V4(gateway)),
        flags,
        fields.get(6)?.parse().ok()?,
    )
}

/// `destination length source length gateway metric refcnt use flags iface`, all in hex.
fn of_v6(line: &str) -> Option<Route> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let hex = |at: usize| u32::from_str_radix(fields.get(at)?, 16).ok();
    let address = |at: usize| u128::from_str_radix(fields.get(at)?, 16).ok().map(Ipv6Addr::from);
    let (gateway, flags) = (address(4)?, hex(8)?);
    route(
        fields.get(9)?,
        (IpAddr::V6(address(0)?), u8::try_from(hex(1)?).ok()?),
        (!gateway.is_unspecified()).then_some(IpAddr::V6(gateway)),
        flags,
        hex(5)?,
    )
}

fn route(
    interface: &str,
    (to, prefix): (IpAddr, u8),
    gateway: Option<IpAddr>,
    flags: u32,
    metric: u32,
) -> Option<Route> {
    if flags & UP == 0 || flags & REJECT != 0 || interface == "lo" {
        return None;
    }
    Some(Route {
        interface: interface.to_owned(),
        to: Subnet::of(to, prefix)?,
        prefix,
        gateway,
        metric,
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// One line of the older family's list; addresses as people write them.
    pub(in super::super) fn v4(iface: &str, to: &str, gateway: &str, metric: u32) -> String {
        let hex = |address: Ipv4Addr| format!("{:08X}", u32::from_ne_bytes(address.octets()));
        let of = |text: &str| text.parse::<Ipv4Addr>().expect("an address");
        let (to, prefix) = to.split_once('/').expect("a network");
        let prefix: u32 = prefix.parse().expect("a prefix");
        let mask = u32::MAX.checked_shl(32 - prefix).unwrap_or(0);
        let flags = if gateway == "0.0.0.0" { "0001" } else { "0003" };
        let (to, gateway, mask) = (hex(of(to)), hex(of(gateway)), hex(Ipv4Addr::from(mask)));
        format!("{iface}\t{to}\t{gateway}\t{flags}\t0\t0\t{metric}\t{mask}\t0\t0\t0\n")
    }

    /// One line of the newer family's.
    pub(in super::super) fn v6(iface: &str, to: &str, gateway: &str, metric: u32, flags: u32) -> String {
        let hex = |text: &str| {
            format!(
                "{:032x}",
                u128::from(text.parse::<Ipv6Addr>().expect("an address"))
            )
        };
        let (to, prefix) = to.split_once('/').expect("a network");
        let prefix: u8 = prefix.parse().expect("a prefix");
        let (to, zero, gateway) = (hex(to), hex("::"), hex(gateway));
        format!(
            "{to} {prefix:02x} {zero} 00 {gateway} {metric:08x} 00000003 00000000 {flags:08x}     {iface}\n"
        )
    }

    pub(in super::super) fn lists(v4: &[String], v6: &[String]) -> tempfile::TempDir {
        let root = tempfile::tempdir().expect("a folder");
        let head = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n";
        fs::write(root.path().join("route"), format!("{head}{}", v4.concat())).expect("a file");
        fs::write(root.path().join("ipv6_route"), v6.concat()).expect("a file");
        root
    }

    #[test]
    fn of_several_default_routes_the_preferred_one_comes_first_and_a_tunnel_is_no_gateway() {
        let root = lists(
            &[
                v4("tun0", "0.0.0.0/0", "0.0.0.0", 50),
                v4("wlan0", "0.0.0.0/0", "10.0.0.1", 600),
                v4("eth0", "0.0.0.0/0", "192.168.1.1", 100),
                v4("eth0", "10.9.0.0/16", "192.168.1.9", 0),
            ],
            &[
                v6("eth0", "::/0", "2001:db8::1", 0x400, 3),
                // What the kernel keeps where there is no way.
                v6("lo", "::/0", "::", u32::MAX, 0x0020_0200),
            ],
        );
        let found: Vec<String> = gateways(root.path())
            .expect("both lists")
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(found, ["192.168.1.1", "10.0.0.1", "2001:db8::1"]);
        let routes = all(root.path()).expect("both lists");
        assert_eq!(defaults(&routes)[0].interface, "tun0");
    }

    #[test]
    fn a_tunnel_that_halves_everything_comes_before_the_way_that_was_there() {
        let root = lists(
            &[
                v4("eth0", "0.0.0.0/0", "192.168.1.1", 0),
                v4("tun0", "0.0.0.0/1", "10.8.0.1", 0),
                v4("tun0", "128.0.0.0/1", "10.8.0.1", 0),
            ],
            &[],
        );
        let routes = all(root.path()).expect("a list");
        assert_eq!(defaults(&routes)[0].interface, "tun0");
    }

    #[test]
    fn the_network_is_the_one_that_holds_the_gateway() {
        let root = lists(
            &[
                v4("eth0", "0.0.0.0/0", "10.2.7.1", 100),
                v4("eth0", "10.2.4.0/22", "0.0.0.0", 100),
                v4("eth0", "169.254.0.0/16", "0.0.0.0", 1_000),
                v4("docker0", "10.2.0.0/16", "0.0.0.0", 0),
            ],
            &[
                v6("wlan0", "::/0", "fe80::1", 0x400, 3),
                v6("wlan0", "2001:db8:5::/64", "::", 0x100, 1),
                v6("wlan0", "2001:db8:5::77/128", "::", 0, 1),
                v6("wlan0", "fe80::/64", "::", 0x100, 1),
                v6("wlan0", "ff00::/8", "::", 0x100, 1),
            ],
        );
        let routes = all(root.path()).expect("both lists");
        let networks: Vec<Option<String>> = defaults(&routes)
            .into_iter()
            .map(|way| network_of(way, &routes).map(|network| network.to_string()))
            .collect();
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(networks, [some("10.2.4.0/22"), some("2001:db8:5::/64")]);
    }

    #[test]
    fn a_network_of_the_newer_family_alone_has_a_gateway_too_and_no_lists_are_said() {
        let root = tempfile::tempdir().expect("a folder");
        assert!(gateways(root.path()).is_err());
        fs::write(root.path().join("ipv6_route"), "").expect("a file");
        assert_eq!(gateways(root.path()), Ok(vec![]));
    }
}
