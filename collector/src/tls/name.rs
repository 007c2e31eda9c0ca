//! A name or an address by which devices and browsers find the collector, as it stands in a certificate.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use roomready_shared::address::CollectorAddress;

/// `collector.example` or `10.2.0.5`; an IPv6 address without brackets.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name(String);

/// Why a text is no name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{given:?} is not a name or an address that devices could look for: write it like collector.example or 10.2.0.5, without a port"
)]
pub struct NotAName {
    given: String,
}

impl Name {
    /// The name as certificates hold it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where a listener on this port is found under this name.
    #[must_use]
    pub fn at(&self, port: u16) -> String {
        match self.0.parse::<IpAddr>() {
            Ok(IpAddr::V6(address)) => format!("https://[{address}]:{port}"),
            _ => format!("https://{}:{port}", self.0),
        }
    }
}

impl FromStr for Name {
    type Err = NotAName;

    fn from_str(text: &str) -> Result<Self, NotAName> {
        let refuse = || NotAName {
            given: text.chars().take(120).collect(),
        };
        if let Ok(address) = text.trim_matches(['[', ']']).parse::<IpAddr>() {
            return Ok(Self::from(address));
        }
        if text.contains([':', '[', ']']) || !text.is_ascii() {
            return Err(refuse());
        }
        let address = CollectorAddress::parse(&format!("https://{text}:1")).map_err(|_| refuse())?;
        Ok(Self(address.host().host().to_owned()))
    }
}

impl From<IpAddr> for Name {
    fn from(address: IpAddr) -> Self {
        Self(address.to_canonical().to_string())
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses_are_read_as_people_write_them_and_found_again_by_devices() {
        for (given, name, found) in [
            (
                "Collector.example",
                "collector.example",
                "https://collector.example:8443",
            ),
            ("10.2.0.5", "10.2.0.5", "https://10.2.0.5:8443"),
            ("[fd00::1]", "fd00::1", "https://[fd00::1]:8443"),
            ("fd00::1", "fd00::1", "https://[fd00::1]:8443"),
        ] {
            let read: Name = given.parse().unwrap();
            assert_eq!((read.as_str(), read.at(8443)), (name, found.to_owned()));
        }
        for bad in ["", "a b", "https://a", "collector:8443", "schön.example", "a/b"] {
            assert!(bad.parse::<Name>().is_err(), "{bad}");
        }
    }
}
