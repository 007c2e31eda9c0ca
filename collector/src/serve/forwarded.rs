//! What a request's forwarding headers are worth: everything from a declared proxy, nothing from anybody else.

use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, HeaderName};

use super::peer::{Peer, Wire};

const FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
/// Others of their kind. None is believed; no handler may see one and be tempted.
const OTHERS: [HeaderName; 5] = [
    HeaderName::from_static("via"),
    HeaderName::from_static("forwarded"),
    HeaderName::from_static("x-forwarded-host"),
    HeaderName::from_static("x-forwarded-port"),
    HeaderName::from_static("x-real-ip"),
];

/// Who asks. Forwarding headers are gone afterwards.
pub(super) fn settle(headers: &mut HeaderMap, wire: &Wire) -> Peer {
    let client = client(headers, wire);
    let proto = last(headers, &PROTO);
    let is_proxy = wire.is_proxy();
    // An undeclared proxy is not believed, but it is not taken for this computer's own program either.
    let relayed = is_proxy
        || OTHERS
            .iter()
            .chain([&FOR, &PROTO])
            .any(|name| headers.contains_key(name));
    let peer = Peer {
        address: match client {
            Some(client) if is_proxy => SocketAddr::new(client, 0),
            _ => wire.peer,
        },
        // A proxy that does not say how it was asked may have been asked in the open.
        secure: if is_proxy {
            proto.is_some_and(|proto| proto.eq_ignore_ascii_case("https"))
        } else {
            wire.secure
        },
        relayed,
    };
    for name in OTHERS.iter().chain([&FOR, &PROTO]) {
        headers.remove(name);
    }
    peer
}

/// Each proxy adds whom it heard to the right: from there on, the first that is no proxy of ours is the client. What
/// stands further left is the client's own invention.
fn client(headers: &HeaderMap, wire: &Wire) -> Option<IpAddr> {
    let lines: Vec<&str> = headers
        .get_all(&FOR)
        .iter()
        .map(|line| line.to_str().unwrap_or_default())
        .collect();
    for text in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        let address = address(text.trim())?;
        if !wire.proxies.have(address) {
            return Some(address);
        }
    }
    None
}

/// `10.0.0.1`, `10.0.0.1:4711`, `2001:db8::1`, `[2001:db8::1]:4711`.
fn address(text: &str) -> Option<IpAddr> {
    let plain = text.trim_matches(['[', ']']).parse().ok();
    plain.or_else(|| text.parse::<SocketAddr>().ok().map(|with_port| with_port.ip()))
}

fn last<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let line = headers.get_all(name).iter().next_back()?.to_str().ok()?;
    line.rsplit(',').next().map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::Proxies;

    fn wire(peer: &str) -> Wire {
        let declared = vec!["10.0.0.5".parse().unwrap(), "10.0.0.6".parse().unwrap()];
        let proxies = Proxies::declared(declared, "https://rooms.example".into());
        Wire::new(format!("{peer}:4711").parse().unwrap(), false, proxies)
    }

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    fn client_of(peer: &str, lines: &[(&'static str, &str)]) -> (String, bool) {
        let mut headers = headers(lines);
        let peer = settle(&mut headers, &wire(peer));
        assert!(headers.is_empty(), "no handler sees them: {headers:?}");
        (peer.address.ip().to_string(), peer.secure)
    }

    #[test]
    fn only_a_declared_proxy_may_say_who_asks() {
        let said = [("x-forwarded-for", "10.9.9.9"), ("x-forwarded-proto", "https")];
        assert_eq!(client_of("10.0.0.5", &said), ("10.9.9.9".into(), true));
        assert_eq!(client_of("10.0.0.7", &said), ("10.0.0.7".into(), false));
        assert_eq!(client_of("127.0.0.1", &said), ("127.0.0.1".into(), false));
    }

    #[test]
    fn what_a_client_invents_stands_left_of_what_the_proxy_saw() {
        let invented = [
            ("x-forwarded-for", "127.0.0.1, 10.9.9.9"),
            ("x-forwarded-proto", "https, http"),
        ];
        assert_eq!(client_of("10.0.0.5", &invented), ("10.9.9.9".into(), false));
        let two_lines = [
            ("x-forwarded-for", "127.0.0.1"),
            ("x-forwarded-for", "10.9.9.9, 10.0.0.6"),
        ];
        assert_eq!(client_of("10.0.0.5", &two_lines), ("10.9.9.9".into(), false));
    }

    #[test]
    fn addresses_come_in_every_shape_and_nonsense_makes_nobody_local() {
        for (said, meant) in [
            ("10.9.9.9:52000", "10.9.9.9"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]:52000", "2001:db8::1"),
            ("unknown", "10.0.0.5"),
            ("127.0.0.1, unknown", "10.0.0.5"),
        ] {
            assert_eq!(
                client_of("10.0.0.5", &[("x-forwarded-for", said)]).0,
                meant,
                "{said}"
            );
        }
        let mut none = HeaderMap::new();
        let silent = settle(&mut none, &wire("10.0.0.5"));
        assert!(silent.relayed && !silent.is_this_computer() && !silent.secure);
        let undeclared = settle(&mut headers(&[("via", "1.1 web")]), &wire("127.0.0.1"));
        assert!(!undeclared.is_this_computer(), "{undeclared:?}");
        let on_this_computer = Proxies::declared(vec!["127.0.0.1".parse().unwrap()], String::new());
        let wire = Wire::new("127.0.0.1:4711".parse().unwrap(), false, on_this_computer);
        let through = settle(&mut headers(&[("x-forwarded-for", "127.0.0.1")]), &wire);
        assert!(!through.is_this_computer(), "{through:?}");
    }

    #[test]
    fn whoever_goes_past_the_proxy_is_sent_to_its_address() {
        assert_eq!(
            wire("10.0.0.7").passes_the_proxy_by(),
            Some("https://rooms.example")
        );
        assert_eq!(wire("10.0.0.5").passes_the_proxy_by(), None);
        assert_eq!(wire("127.0.0.1").passes_the_proxy_by(), None);
    }
}
