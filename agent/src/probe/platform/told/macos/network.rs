//! The network as SystemConfiguration keeps it.

use std::net::{IpAddr, Ipv4Addr};

use plist::{Dictionary, Value};
use roomready_shared::facts::{HostPort, LinkKind, MAX_RESOLVERS, Proxy, Subnet};

/// The connection that leads out: `State:/Network/Global/IPv4` or `…/IPv6`.
#[derive(Debug, PartialEq, Eq)]
pub struct Primary {
    /// Its short name, which never leaves the device.
    pub interface: String,
    /// The way out; tunnels have none.
    pub gateway: Option<IpAddr>,
}

/// From the global state of one family.
pub fn primary(global: &Value) -> Option<Primary> {
    let global = global.as_dictionary()?;
    Some(Primary {
        interface: global.get("PrimaryInterface")?.as_string()?.to_owned(),
        gateway: global
            .get("Router")
            .and_then(Value::as_string)
            // "fe80::1%en0": the interface stands behind the sign.
            .and_then(|router| router.split('%').next()?.parse().ok()),
    })
}

/// The first network of an interface's addresses: `State:/Network/Interface/NAME/IPv4` or `…/IPv6`.
pub fn subnet(addresses: &Value) -> Option<Subnet> {
    let addresses = addresses.as_dictionary()?;
    let own = texts(addresses, "Addresses");
    let of_masks = || {
        let mask: Ipv4Addr = texts(addresses, "SubnetMasks").first()?.parse().ok()?;
        u8::try_from(u32::from(mask).leading_ones()).ok()
    };
    let of_lengths = |at: usize| {
        let lengths = addresses.get("PrefixLength")?.as_array()?;
        u8::try_from(lengths.get(at)?.as_unsigned_integer()?).ok()
    };
    own.iter().enumerate().find_map(|(at, text)| {
        match text.parse().ok()? {
            // Link-local addresses are every network's.
            IpAddr::V6(address) if address.is_unicast_link_local() => None,
            IpAddr::V6(address) => Subnet::of(address.into(), of_lengths(at)?),
            IpAddr::V4(address) => Subnet::of(address.into(), of_masks()?),
        }
    })
}

/// Name servers: `State:/Network/Global/DNS`.
pub fn resolvers(global: &Value) -> Vec<IpAddr> {
    let servers = global.as_dictionary().map(|list| texts(list, "ServerAddresses"));
    let addresses = servers.unwrap_or_default();
    addresses
        .iter()
        .filter_map(|text| text.split('%').next()?.parse().ok())
        .take(MAX_RESOLVERS)
        .collect()
}

/// `State:/Network/Global/Proxies`. Looking for a script by itself hardly ever finds one, so it says nothing.
pub fn proxy(global: &Value) -> Proxy {
    let Some(list) = global.as_dictionary() else {
        return Proxy::NotTold;
    };
    let number = |key: &str| list.get(key).and_then(Value::as_unsigned_integer);
    let is_on = |key: &str| number(key) == Some(1);
    if is_on("ProxyAutoConfigEnable") {
        return Proxy::Script;
    }
    // Test apps talk HTTPS.
    if !is_on("HTTPSEnable") {
        return Proxy::Direct;
    }
    let host = list.get("HTTPSProxy").and_then(Value::as_string);
    let named = host.map(|host| format!("{host}:{}", number("HTTPSPort").unwrap_or(443)));
    named
        .and_then(|named| HostPort::parse(&named).ok())
        .map_or(Proxy::NotTold, Proxy::Fixed)
}

/// By the type that the system gives an interface; tunnels of VPN programs have none and are known by their names.
pub fn kind(interface: &str, system_type: Option<&str>) -> LinkKind {
    const TUNNELS: [&str; 4] = ["utun", "ipsec", "ppp", "tun"];
    match system_type {
        Some("IEEE80211") => LinkKind::Wireless,
        Some("Ethernet" | "Bond" | "VLAN") => LinkKind::Wired,
        Some("WWAN") => LinkKind::Mobile,
        Some("PPP" | "IPSec" | "L2TP" | "PPTP" | "6to4") => LinkKind::Tunnel,
        _ if TUNNELS.iter().any(|name| interface.starts_with(name)) => LinkKind::Tunnel,
        _ => LinkKind::Other,
    }
}

fn texts(list: &Dictionary, key: &str) -> Vec<String> {
    let found = list.get(key).and_then(Value::as_array);
    let texts = found.map(|values| values.iter().filter_map(Value::as_string).map(str::to_owned));
    texts.map(Iterator::collect).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(body: &str) -> Value {
        let text = format!("<?xml version=\"1.0\"?><plist version=\"1.0\"><dict>{body}</dict></plist>");
        Value::from_reader(std::io::Cursor::new(text)).expect("a property list")
    }

    fn array(key: &str, items: &[&str]) -> String {
        let items: String = items
            .iter()
            .map(|item| format!("<string>{item}</string>"))
            .collect();
        format!("<key>{key}</key><array>{items}</array>")
    }

    #[test]
    fn the_way_out_and_its_network_are_read() {
        let global =
            list("<key>PrimaryInterface</key><string>en0</string><key>Router</key><string>10.2.4.1</string>");
        let primary = primary(&global).expect("a way out");
        assert_eq!(primary.interface, "en0");
        assert_eq!(primary.gateway, Some("10.2.4.1".parse().expect("an address")));
        let addresses = array("Addresses", &["10.2.7.19"]) + &array("SubnetMasks", &["255.255.252.0"]);
        let network = subnet(&list(&addresses)).map(|subnet| subnet.to_string());
        assert_eq!(network.as_deref(), Some("10.2.4.0/22"));
        let six = array("Addresses", &["fe80::1", "2001:db8::7"])
            + "<key>PrefixLength</key><array><integer>64</integer><integer>56</integer></array>";
        let network = subnet(&list(&six)).map(|subnet| subnet.to_string());
        assert_eq!(network.as_deref(), Some("2001:db8::/56"));
        assert_eq!(subnet(&list("")), None);
    }

    #[test]
    fn name_servers_and_the_proxy_are_read() {
        let servers = resolvers(&list(&array(
            "ServerAddresses",
            &["10.2.0.2", "fe80::1%en0", "odd"],
        )));
        assert_eq!(servers.len(), 2);
        let https = "<key>HTTPSEnable</key><integer>1</integer><key>HTTPSProxy</key><string>10.2.0.9</string>\
                     <key>HTTPSPort</key><integer>8080</integer>";
        let fixed = HostPort::parse("10.2.0.9:8080").expect("a host with port");
        assert_eq!(proxy(&list(https)), Proxy::Fixed(fixed));
        let script = format!("{https}<key>ProxyAutoConfigEnable</key><integer>1</integer>");
        assert_eq!(proxy(&list(&script)), Proxy::Script);
        assert_eq!(proxy(&list("")), Proxy::Direct);
        assert_eq!(proxy(&Value::Boolean(true)), Proxy::NotTold);
    }

    #[test]
    fn wi_fi_a_cable_and_a_filter_s_tunnel_are_told_apart() {
        assert_eq!(kind("en0", Some("IEEE80211")), LinkKind::Wireless);
        assert_eq!(kind("en7", Some("Ethernet")), LinkKind::Wired);
        assert_eq!(kind("utun4", None), LinkKind::Tunnel);
        assert_eq!(kind("awdl0", None), LinkKind::Other);
    }
}
