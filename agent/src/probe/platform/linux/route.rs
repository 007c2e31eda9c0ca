//! Default gateways, from the kernel's two lists of routes. Only those: no address of the device itself is looked at.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;

/// Bits of a route: in use, and through a gateway.
const UP_AND_GATEWAY: u32 = 0x3;

/// Gateways of the default routes: the older family first, in each the lowest metric first, which is what the system
/// takes. A tunnel's route has no gateway and is passed over: the question is the way out of the school's network.
pub(super) fn gateways(lists: &Path) -> Result<Vec<IpAddr>, String> {
    let v4 = fs::read_to_string(lists.join("route"));
    let v6 = fs::read_to_string(lists.join("ipv6_route"));
    if let (Err(error), Err(_)) = (&v4, &v6) {
        return Err(error.to_string());
    }
    let sorted = |text: String, read: fn(&str) -> Option<(u32, IpAddr)>| {
        let mut found: Vec<_> = text.lines().filter_map(read).collect();
        found.sort_unstable();
        found.into_iter().map(|(_, address)| address)
    };
    let v4 = sorted(v4.unwrap_or_default(), of_v4);
    Ok(v4.chain(sorted(v6.unwrap_or_default(), of_v6)).collect())
}

/// `Iface Destination Gateway Flags RefCnt Use Metric Mask …`, addresses as the machine's own numbers in hex.
fn of_v4(line: &str) -> Option<(u32, IpAddr)> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let hex = |at: usize| u32::from_str_radix(fields.get(at)?, 16).ok();
    let is_default = hex(1)? == 0 && hex(7)? == 0;
    let (gateway, flags) = (hex(2)?, hex(3)?);
    if !is_default || gateway == 0 || flags & UP_AND_GATEWAY != UP_AND_GATEWAY {
        return None;
    }
    let metric = fields.get(6)?.parse().ok()?;
    Some((metric, IpAddr::V4(Ipv4Addr::from(gateway.to_ne_bytes()))))
}

/// `destination length source length gateway metric refcnt use flags iface`, all in hex.
fn of_v6(line: &str) -> Option<(u32, IpAddr)> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let hex = |at: usize| u32::from_str_radix(fields.get(at)?, 16).ok();
    let address = |at: usize| u128::from_str_radix(fields.get(at)?, 16).ok();
    let is_default = address(0)? == 0 && hex(1)? == 0;
    let (gateway, flags) = (address(4)?, hex(8)?);
    if !is_default || gateway == 0 || flags & UP_AND_GATEWAY != UP_AND_GATEWAY {
        return None;
    }
    Some((hex(5)?, IpAddr::V6(Ipv6Addr::from(gateway))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(address: [u8; 4]) -> String {
        format!("{:08X}", u32::from_ne_bytes(address))
    }

    #[test]
    fn of_several_default_routes_the_preferred_one_comes_first_and_a_tunnel_is_no_gateway() {
        let root = tempfile::tempdir().expect("a folder");
        let route = |iface: &str, to: &str, gateway: [u8; 4], flags: &str, metric: u32, mask: &str| {
            let gateway = hex(gateway);
            format!("{iface}\t{to}\t{gateway}\t{flags}\t0\t0\t{metric}\t{mask}\t0\t0\t0\n")
        };
        let text = [
            "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n".to_owned(),
            route("tun0", "00000000", [0, 0, 0, 0], "0001", 50, "00000000"),
            route("wlan0", "00000000", [10, 0, 0, 1], "0003", 600, "00000000"),
            route("eth0", "00000000", [192, 168, 1, 1], "0003", 100, "00000000"),
            route(
                "eth0",
                &hex([10, 9, 0, 0]),
                [192, 168, 1, 9],
                "0003",
                0,
                "0000FFFF",
            ),
        ]
        .concat();
        fs::write(root.path().join("route"), text).expect("a file");
        let zero = "00000000000000000000000000000000";
        let gateway = "20010db8000000000000000000000001";
        let v6 = format!(
            "{zero} 00 {zero} 00 {gateway} 00000400 00000003 00000000 00000003     eth0\n\
             {zero} 00 {zero} 00 {zero} ffffffff 00000001 00000000 00200200       lo\n"
        );
        fs::write(root.path().join("ipv6_route"), v6).expect("a file");
        let found: Vec<String> = gateways(root.path())
            .expect("both lists")
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(found, ["192.168.1.1", "10.0.0.1", "2001:db8::1"]);
    }

    #[test]
    fn a_network_of_the_newer_family_alone_has_a_gateway_too_and_no_lists_are_said() {
        let root = tempfile::tempdir().expect("a folder");
        assert!(gateways(root.path()).is_err());
        fs::write(root.path().join("ipv6_route"), "").expect("a file");
        assert_eq!(gateways(root.path()), Ok(vec![]));
    }
}
