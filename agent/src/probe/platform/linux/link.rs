//! The device's own connection, by the kernel's files. No address and no name of a wireless network is read.

mod names;

use std::fs;
use std::path::Path;

use roomready_shared::facts::{Link, LinkKind, Outcome};
use roomready_shared::units::ShortText;

use super::route;

/// Bridges on bonds on network cards: deeper than this nobody builds.
const MAX_LAYERS: usize = 4;

/// Link types as the kernel numbers them (`if_arp.h`): one that carries Ethernet frames.
const ETHERNET: u32 = 1;
/// A line of one end to one end: what mobile modems show, and some tunnels.
const POINT_TO_POINT: u32 = 512;
/// Nothing before the packet itself: tunnels.
const BARE: u32 = 65_534;

/// Reads it below a root.
pub(super) fn read(root: &Path) -> Outcome<Link> {
    let routes = match route::all(&root.join("proc/net")) {
        Ok(routes) => routes,
        Err(why) => return Outcome::Failed(ShortText::fit(&format!("the routes could not be read: {why}"))),
    };
    let Some(way) = route::defaults(&routes).into_iter().next() else {
        return Outcome::Failed(ShortText::fit(
            "this device is on no network that leads out: no default route is set",
        ));
    };
    Outcome::Measured(Link {
        kind: kind(&root.join("sys/class/net"), &way.interface, MAX_LAYERS),
        subnet: route::network_of(way, &routes),
        gateway: way.gateway,
        resolvers: names::resolvers(root),
        proxy: names::proxy(root),
    })
}

/// What kind of interface it is; one that lies on another is of that one's kind.
fn kind(interfaces: &Path, name: &str, layers: usize) -> LinkKind {
    // A name with a slash would lead elsewhere; the kernel allows none.
    let folder = interfaces.join(name.replace('/', "_"));
    let has = |file: &str| folder.join(file).exists();
    let kernel_s_word = fs::read_to_string(folder.join("uevent")).unwrap_or_default();
    let type_word = kernel_s_word
        .lines()
        .find_map(|line| line.strip_prefix("DEVTYPE="))
        .unwrap_or_default();
    match type_word {
        "wlan" => return LinkKind::Wireless,
        "wwan" => return LinkKind::Mobile,
        "wireguard" | "gtp" | "ppp" if !has("device") => return LinkKind::Tunnel,
        _ => {}
    }
    if has("wireless") || has("phy80211") {
        return LinkKind::Wireless;
    }
    if has("tun_flags") {
        return LinkKind::Tunnel;
    }
    if let Some(layers) = layers.checked_sub(1)
        && let Some(kind) = lower(&folder)
            .iter()
            .map(|name| kind(interfaces, name, layers))
            .max_by_key(|kind| says_most(*kind))
    {
        return kind;
    }
    let number = fs::read_to_string(folder.join("type"))
        .ok()
        .and_then(|text| text.trim().parse::<u32>().ok());
    match number {
        Some(ETHERNET) if has("device") => LinkKind::Wired,
        Some(POINT_TO_POINT) if has("device") => LinkKind::Mobile,
        Some(BARE) if !has("device") => LinkKind::Tunnel,
        _ => LinkKind::Other,
    }
}

/// Interfaces that this one lies on.
fn lower(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else {
        return vec![];
    };
    entries
        .flatten()
        .filter_map(|entry| Some(entry.file_name().to_str()?.strip_prefix("lower_")?.to_owned()))
        .collect()
}

/// A bridge of a card and the taps of virtual machines is a card; one over Wi-Fi is as shaky as that.
const fn says_most(kind: LinkKind) -> u8 {
    match kind {
        LinkKind::Wireless => 4,
        LinkKind::Mobile => 3,
        LinkKind::Wired => 2,
        LinkKind::Tunnel => 1,
        LinkKind::Other => 0,
    }
}

/// The interface of a gateway whose address holds on its link alone, by its number.
pub(super) fn zone(root: &Path) -> Option<u32> {
    let routes = route::all(&root.join("proc/net")).ok()?;
    let alone = |way: &&route::Route| matches!(way.gateway, Some(std::net::IpAddr::V6(address)) if address.is_unicast_link_local());
    let way = route::defaults(&routes).into_iter().find(alone)?;
    let number = fs::read_to_string(root.join("sys/class/net").join(&way.interface).join("ifindex"));
    number.ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::route::tests::{lists, v4, v6};
    use super::*;

    /// An interface as the kernel shows it: names of empty files, or `file=text`.
    fn interface(root: &Path, name: &str, files: &[&str]) {
        let folder = root.join("sys/class/net").join(name);
        fs::create_dir_all(&folder).expect("a folder");
        for file in files {
            let (file, text) = file.split_once(':').unwrap_or((file, ""));
            fs::write(folder.join(file), text).expect("a file");
        }
    }

    #[test]
    fn each_kind_of_interface_is_known_by_what_the_kernel_says_of_it() {
        let root = tempfile::tempdir().expect("a folder");
        let is = |name: &str, files: &[&str]| {
            interface(root.path(), name, files);
            kind(&root.path().join("sys/class/net"), name, MAX_LAYERS)
        };
        assert_eq!(
            is("eth0", &["type:1\n", "device", "uevent:INTERFACE=eth0\n"]),
            LinkKind::Wired
        );
        let wlan = "uevent:DEVTYPE=wlan\nINTERFACE=wlan0\nIFINDEX=3\n";
        assert_eq!(is("wlan0", &["type:1\n", "device", wlan]), LinkKind::Wireless);
        assert_eq!(
            is("ath0", &["type:1\n", "device", "phy80211"]),
            LinkKind::Wireless
        );
        assert_eq!(
            is("wwan0", &["type:1\n", "device", "uevent:DEVTYPE=wwan\n"]),
            LinkKind::Mobile
        );
        assert_eq!(
            is("wg0", &["type:65534\n", "uevent:DEVTYPE=wireguard\n"]),
            LinkKind::Tunnel
        );
        assert_eq!(
            is("tun0", &["type:65534\n", "tun_flags:0x1001\n"]),
            LinkKind::Tunnel
        );
        assert_eq!(is("veth0", &["type:1\n"]), LinkKind::Other);
        assert_eq!(is("bond0", &["type:1\n", "lower_eth0"]), LinkKind::Wired);
        assert_eq!(
            is("br0", &["type:1\n", "lower_tun0", "lower_bond0"]),
            LinkKind::Wired
        );
        assert_eq!(
            is("br1", &["type:1\n", "lower_eth0", "lower_wlan0"]),
            LinkKind::Wireless
        );
        // A circle, which the kernel does not allow, ends.
        interface(root.path(), "a", &["lower_b"]);
        assert_eq!(is("b", &["type:1\n", "lower_a"]), LinkKind::Other);
        assert_eq!(is("gone", &[]), LinkKind::Other);
    }

    #[test]
    fn a_laptop_on_the_school_s_wi_fi_tells_its_network_and_nothing_of_itself() {
        let lists = lists(
            &[
                v4("wlan0", "0.0.0.0/0", "10.2.4.1", 600),
                v4("wlan0", "10.2.4.0/22", "0.0.0.0", 600),
            ],
            &[],
        );
        let root = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(root.path().join("proc")).expect("a folder");
        std::os::unix::fs::symlink(lists.path(), root.path().join("proc/net")).expect("a link");
        interface(root.path(), "wlan0", &["uevent:DEVTYPE=wlan\n"]);
        let Outcome::Measured(link) = read(root.path()) else {
            panic!("a network");
        };
        assert_eq!(link.kind, LinkKind::Wireless);
        assert_eq!(
            link.subnet.map(|network| network.to_string()).as_deref(),
            Some("10.2.4.0/22")
        );
        assert_eq!(link.gateway, "10.2.4.1".parse().ok());
    }

    #[test]
    fn without_a_way_out_it_says_so() {
        let lists = lists(&[v4("eth0", "10.2.4.0/22", "0.0.0.0", 0)], &[]);
        let root = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(root.path().join("proc")).expect("a folder");
        std::os::unix::fs::symlink(lists.path(), root.path().join("proc/net")).expect("a link");
        assert!(
            matches!(read(root.path()), Outcome::Failed(why) if why.as_str().contains("no default route"))
        );
        assert_eq!(zone(root.path()), None);
    }

    #[test]
    fn a_gateway_that_has_an_address_on_its_link_alone_comes_with_its_interface() {
        let lists = lists(&[], &[v6("wlan0", "::/0", "fe80::1", 0x400, 3)]);
        let root = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(root.path().join("proc")).expect("a folder");
        std::os::unix::fs::symlink(lists.path(), root.path().join("proc/net")).expect("a link");
        interface(root.path(), "wlan0", &["ifindex:7\n"]);
        assert_eq!(zone(root.path()), Some(7));
    }
}
