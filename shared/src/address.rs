//! The collector's address as people write it, and a list of them.

mod list;
mod proxy;

use std::fmt;

use crate::facts::HostPort;

pub use list::{Collectors, MAX_COLLECTORS, NoList};
pub use proxy::{ProxyAddress, ProxyChoice};

/// `http://host:port` or `https://host:port`, without a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectorAddress {
    secure: bool,
    host: HostPort,
}

/// Why a text is no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is not a collector's address: write it like https://collector.example:8443")]
pub struct NotAnAddress {
    given: String,
}

impl CollectorAddress {
    /// # Errors
    /// When the text is not such an address.
    pub fn parse(text: &str) -> Result<Self, NotAnAddress> {
        let refuse = || NotAnAddress {
            given: text.chars().take(120).collect(),
        };
        let (secure, rest) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
            (Some(rest), _) => (true, rest),
            (None, Some(rest)) => (false, rest),
            (None, None) => return Err(refuse()),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let port = if secure { 443 } else { 80 };
        // An address in brackets ends with one when it has no port.
        let has_port = rest
            .rsplit_once(':')
            .is_some_and(|(_, end)| !end.is_empty() && end.bytes().all(|b| b.is_ascii_digit()));
        let host = if has_port {
            HostPort::parse(rest)
        } else {
            HostPort::parse(&format!("{rest}:{port}"))
        };
        host.map(|host| Self { secure, host }).map_err(|_| refuse())
    }

    /// Host and port, for the probe of the way to it.
    #[must_use]
    pub const fn host(&self) -> &HostPort {
        &self.host
    }

    /// Whether it is spoken to over TLS.
    #[must_use]
    pub const fn is_secure(&self) -> bool {
        self.secure
    }

    /// Whether it is this very machine: no proxy stands between, and nobody listens on the way.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let host = self.host.host();
        host == "localhost"
            || host
                .parse::<std::net::IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    }

    /// Whether what is said to it can be read on the way: neither encrypted nor within this machine.
    #[must_use]
    pub fn is_overheard(&self) -> bool {
        !self.secure && !self.is_loopback()
    }

    /// The address of one of its resources.
    #[must_use]
    pub fn at(&self, path: &str) -> String {
        format!("{self}{path}")
    }
}

impl fmt::Display for CollectorAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.secure { "https" } else { "http" };
        write!(f, "{scheme}://{}", self.host)
    }
}

impl std::str::FromStr for CollectorAddress {
    type Err = NotAnAddress;
    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_people_write_it() {
        for (given, meant) in [
            ("http://127.0.0.1:7700", "http://127.0.0.1:7700"),
            ("http://127.0.0.1:7700/", "http://127.0.0.1:7700"),
            ("https://Collector.example", "https://collector.example:443"),
            ("http://[::1]:80", "http://[::1]:80"),
            ("http://[::1]", "http://[::1]:80"),
        ] {
            let address = CollectorAddress::parse(given).expect(given);
            assert_eq!(address.to_string(), meant);
        }
        assert_eq!(
            CollectorAddress::parse("http://h:1")
                .expect("valid")
                .at("/api/v1/reports"),
            "http://h:1/api/v1/reports"
        );
    }

    #[test]
    fn a_way_without_encryption_is_known_unless_it_stays_within_the_machine() {
        for (address, overheard) in [
            ("http://127.0.0.1:7700", false),
            ("http://[::1]:7700", false),
            ("http://localhost:7700", false),
            ("http://10.2.0.5:7700", true),
            ("http://collector.example:7700", true),
            ("https://collector.example:7700", false),
        ] {
            let parsed = CollectorAddress::parse(address).expect(address);
            assert_eq!(parsed.is_overheard(), overheard, "{address}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_with_an_example() {
        for bad in ["collector", "ftp://x", "http://", "http://a/b", "http://user@x:1"] {
            let error = CollectorAddress::parse(bad).expect_err(bad).to_string();
            assert!(error.contains("https://collector.example"), "{error}");
        }
    }
}
