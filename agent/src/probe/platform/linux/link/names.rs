//! Whom the device asks for names, and whom programs are told to go through.

use std::fs;
use std::io::Read as _;
use std::net::IpAddr;
use std::path::Path;

use roomready_shared::facts::{HostPort, MAX_RESOLVERS, Proxy};

/// Settings of this kind are a few lines; what is larger is no such file.
const MAX_BYTES: u64 = 64 * 1024;

/// Where the servers stand that a resolver on the device itself asks in its turn: systemd's, then NetworkManager's.
const BEHIND_THE_DEVICE_S_OWN: [&str; 2] = [
    "run/systemd/resolve/resolv.conf",
    "run/NetworkManager/no-stub-resolv.conf",
];

/// Name servers, in the order in which they are asked.
pub(super) fn resolvers(root: &Path) -> Vec<IpAddr> {
    let named = servers(&text(root, "etc/resolv.conf"));
    if named.iter().all(IpAddr::is_loopback) {
        let behind = BEHIND_THE_DEVICE_S_OWN
            .iter()
            .map(|file| servers(&text(root, file)))
            .find(|servers| servers.iter().any(|server| !server.is_loopback()));
        return behind.unwrap_or(named);
    }
    named
}

fn servers(text: &str) -> Vec<IpAddr> {
    text.lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            if words.next()? != "nameserver" {
                return None;
            }
            // The interface of a link-local address stands after a percent sign.
            words.next()?.split('%').next()?.parse().ok()
        })
        .take(MAX_RESOLVERS)
        .collect()
}

/// The proxy of every session of this machine, as `/etc/environment` sets it. What each user's desktop sets besides is
/// not told to a service, so without an entry there nothing is known.
pub(super) fn proxy(root: &Path) -> Proxy {
    let text = text(root, "etc/environment");
    let of = |wanted: &str| {
        text.lines()
            .filter_map(|line| {
                let line = line.trim();
                line.strip_prefix("export ").unwrap_or(line).split_once('=')
            })
            // The last line counts.
            .rfind(|(key, _)| key.trim().eq_ignore_ascii_case(wanted))
            .and_then(|(_, value)| host_of(value.trim().trim_matches(['"', '\''])))
    };
    ["https_proxy", "all_proxy", "http_proxy"]
        .iter()
        .find_map(|key| of(key))
        .map_or(Proxy::NotTold, Proxy::Fixed)
}

/// Host and port of `http://name:secret@proxy.school.example:3128/`. What stands before the `@` is a person's, and left.
fn host_of(value: &str) -> Option<HostPort> {
    let (scheme, rest) = value.split_once("://").unwrap_or(("http", value));
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    HostPort::parse(host)
        .or_else(|_| {
            // What programs take where no port is named.
            let port = match scheme {
                "https" => 443,
                "socks" | "socks4" | "socks4a" | "socks5" | "socks5h" => 1080,
                _ => 80,
            };
            HostPort::parse(&format!("{host}:{port}"))
        })
        .ok()
}

fn text(root: &Path, file: &str) -> String {
    let read = || {
        let mut text = String::new();
        let file = fs::File::open(root.join(file)).ok()?;
        file.take(MAX_BYTES).read_to_string(&mut text).ok()?;
        Some(text)
    };
    read().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(root: &Path, file: &str, text: &str) {
        let path = root.join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    fn texts(addresses: &[IpAddr]) -> Vec<String> {
        addresses.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_school_s_name_servers_are_told_also_where_the_device_asks_itself_first() {
        let root = tempfile::tempdir().expect("a folder");
        let root = root.path();
        assert_eq!(texts(&resolvers(root)), [""; 0]);
        put(
            root,
            "etc/resolv.conf",
            "# made by hand\nsearch school.example\nnameserver 10.2.4.2\nnameserver fe80::1%wlan0\n nameserver  ::1 \n\
             nameserver nonsense\noptions timeout:1\n",
        );
        assert_eq!(texts(&resolvers(root)), ["10.2.4.2", "fe80::1", "::1"]);
        put(root, "etc/resolv.conf", "nameserver 127.0.0.53\n");
        assert_eq!(texts(&resolvers(root)), ["127.0.0.53"], "nothing more is known");
        put(root, "run/systemd/resolve/resolv.conf", "nameserver 10.2.4.3\n");
        assert_eq!(texts(&resolvers(root)), ["10.2.4.3"]);
        let many: String = (1..9).map(|last| format!("nameserver 10.0.0.{last}\n")).collect();
        put(root, "etc/resolv.conf", &many);
        assert_eq!(resolvers(root).len(), MAX_RESOLVERS);
    }

    #[test]
    fn a_proxy_is_told_without_the_account_that_it_is_used_with() {
        let root = tempfile::tempdir().expect("a folder");
        let root = root.path();
        assert_eq!(proxy(root), Proxy::NotTold);
        let fixed = |text: &str| Proxy::Fixed(HostPort::parse(text).expect("a host"));
        put(
            root,
            "etc/environment",
            "PATH=\"/usr/bin\"\nHTTP_PROXY=http://other.example:1\nhttps_proxy=\"http://ann:secret@proxy.school.example:3128/\"\n",
        );
        assert_eq!(proxy(root), fixed("proxy.school.example:3128"));
        put(root, "etc/environment", "export all_proxy=socks5://10.2.4.9\n");
        assert_eq!(proxy(root), fixed("10.2.4.9:1080"));
        put(root, "etc/environment", "https_proxy=\n");
        assert_eq!(proxy(root), Proxy::NotTold);
    }
}
