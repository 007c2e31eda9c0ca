//! Through which proxy a collector is reached.
//!
//! "System" is what the environment says (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`, in either case), and where
//! it says nothing, on Windows the internet settings of the account that the agent runs as, on macOS the network
//! settings. Not covered: proxy scripts (PAC, WPAD), `netsh winhttp`, SOCKS, and sign-ins other than a name and password
//! in the environment's address. Nothing on this very machine is ever reached through a proxy.

use std::fmt;
use std::sync::Arc;

use http::HeaderValue;
use hyper_util::client::proxy::matcher::Matcher;
use roomready_shared::address::{CollectorAddress, ProxyAddress};

/// Which proxy holds for which collector.
#[derive(Debug, Clone)]
pub enum Proxies {
    /// None for any.
    None,
    /// This one for all.
    One(ProxyAddress),
    /// Whatever the system says.
    System(Arc<Matcher>),
}

/// One proxy on the way.
#[derive(Clone, PartialEq, Eq)]
pub struct Hop {
    uri: String,
    name: String,
    secure: bool,
    authorization: Option<HeaderValue>,
}

impl Proxies {
    /// The proxy for a collector, if there is one.
    #[must_use]
    pub fn on_the_way_to(&self, collector: &CollectorAddress) -> Option<Hop> {
        if collector.is_loopback() {
            return None;
        }
        match self {
            Self::None => None,
            Self::One(address) => Some(Hop {
                uri: address.to_string(),
                name: address.host().to_string(),
                secure: false,
                authorization: None,
            }),
            Self::System(matcher) => {
                let found = matcher.intercept(&collector.at("/").parse().ok()?)?;
                let uri = found.uri();
                let secure = uri.scheme_str() == Some("https");
                if !secure && uri.scheme_str() != Some("http") {
                    tracing::warn!(%collector, "the system names a proxy of another kind than HTTP; the collector is tried directly");
                    return None;
                }
                let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
                Some(Hop {
                    uri: uri.to_string(),
                    name: format!("{}:{port}", uri.host()?),
                    secure,
                    authorization: found.basic_auth().cloned(),
                })
            }
        }
    }
}

impl Hop {
    /// Host and port, for people.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the proxy itself is spoken to over TLS.
    pub(super) const fn is_secure(&self) -> bool {
        self.secure
    }

    /// As the HTTP library wants it.
    pub(super) fn to_reqwest(&self) -> Result<reqwest::Proxy, reqwest::Error> {
        let proxy = reqwest::Proxy::all(&self.uri)?;
        Ok(match &self.authorization {
            Some(header) => proxy.custom_http_auth(header.clone()),
            None => proxy,
        })
    }
}

/// A name and password stay out of logs.
impl fmt::Debug for Hop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hop({})", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> CollectorAddress {
        CollectorAddress::parse(text).expect("an address")
    }

    fn way(proxies: &Proxies, to: &str) -> Option<String> {
        proxies.on_the_way_to(&address(to)).map(|hop| hop.name)
    }

    #[test]
    fn the_system_s_proxies_hold_by_kind_of_address_and_leave_out_what_it_excludes() {
        let matcher = Matcher::builder()
            .https("http://web:pass-w0rd@proxy.example:3128")
            .all("other.example")
            .no("inside.example,10.0.0.0/8")
            .build();
        let proxies = Proxies::System(Arc::new(matcher));
        assert_eq!(
            way(&proxies, "https://c.example:8443").as_deref(),
            Some("proxy.example:3128")
        );
        assert_eq!(
            way(&proxies, "http://c.example:8480").as_deref(),
            Some("other.example:80")
        );
        assert_eq!(way(&proxies, "https://c.inside.example:8443"), None);
        assert_eq!(way(&proxies, "https://10.2.0.5:8443"), None);
        let hop = proxies
            .on_the_way_to(&address("https://c.example:8443"))
            .expect("a proxy");
        assert!(hop.authorization.is_some(), "its name and password are used");
        assert!(!format!("{hop:?}").contains("pass-w0rd"));
    }

    #[test]
    fn nothing_on_this_machine_is_reached_through_a_proxy() {
        let everything = Proxies::System(Arc::new(Matcher::builder().all("http://p.example:1").build()));
        let one = Proxies::One(proxy(&address("http://p.example:1")));
        for proxies in [everything, one] {
            for own in [
                "http://127.0.0.1:8480",
                "https://localhost:8443",
                "http://[::1]:1",
            ] {
                assert_eq!(way(&proxies, own), None, "{own}");
            }
            assert_eq!(
                way(&proxies, "https://c.example:1").as_deref(),
                Some("p.example:1")
            );
        }
        assert_eq!(way(&Proxies::None, "https://c.example:1"), None);
    }

    #[test]
    fn a_proxy_that_speaks_no_http_is_left_aside() {
        let socks = Proxies::System(Arc::new(
            Matcher::builder().all("socks5://p.example:1080").build(),
        ));
        assert_eq!(way(&socks, "https://c.example:1"), None);
    }

    fn proxy(address: &CollectorAddress) -> ProxyAddress {
        ProxyAddress::new(address.host().clone())
    }
}
