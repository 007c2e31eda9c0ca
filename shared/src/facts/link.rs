//! The device's own connection: what it hangs on, and where its network begins. Network-level only: no address of the
//! device itself, no name of a wireless network, no hardware address.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::HostPort;
use crate::ids::NotA;

/// Most resolvers that are told: systems try three.
pub const MAX_RESOLVERS: usize = 4;

/// The connection that the default route uses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Link {
    /// What kind it is.
    pub kind: LinkKind,
    /// The network it belongs to, where the system tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subnet: Option<Subnet>,
    /// The way out of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub gateway: Option<IpAddr>,
    /// Name servers that the device asks, at most [`MAX_RESOLVERS`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub resolvers: Vec<IpAddr>,
    /// Whether programs are told to go through a proxy.
    pub proxy: Proxy,
}

/// Kinds of connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// A cable.
    Wired,
    /// Wi-Fi.
    Wireless,
    /// A mobile network.
    Mobile,
    /// A tunnel: a VPN, or a filter that works like one.
    Tunnel,
    /// Something else, or the system does not tell.
    Other,
}

/// The system's proxy setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Proxy {
    /// None is set.
    Direct,
    /// This one is set for everything.
    Fixed(HostPort),
    /// A script decides for each address.
    Script,
    /// The system does not tell programs that run as a service.
    NotTold,
}

/// A network by its address and prefix: "10.2.4.0/22". What belongs to one host is cut off at construction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Subnet {
    address: IpAddr,
    prefix: u8,
}

impl Subnet {
    /// The network that an address with a prefix belongs to; `None` when the prefix is longer than the address.
    #[must_use]
    pub fn of(address: IpAddr, prefix: u8) -> Option<Self> {
        let address = match address {
            IpAddr::V4(v4) if prefix <= 32 => {
                let mask = u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0);
                IpAddr::V4(Ipv4Addr::from(u32::from(v4) & mask))
            }
            IpAddr::V6(v6) if prefix <= 128 => {
                let mask = u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0);
                IpAddr::V6(Ipv6Addr::from(u128::from(v6) & mask))
            }
            IpAddr::V4(_) | IpAddr::V6(_) => return None,
        };
        Some(Self { address, prefix })
    }

    /// Whether it is one that every connection gives itself, the same in each place: it does not tell one from another.
    #[must_use]
    pub const fn is_link_local(self) -> bool {
        match self.address {
            IpAddr::V4(v4) => v4.is_link_local(),
            IpAddr::V6(v6) => v6.is_unicast_link_local(),
        }
    }

    /// # Errors
    /// When the text is not `address/prefix`.
    pub fn parse(text: &str) -> Result<Self, NotA> {
        let read = || {
            let (address, prefix) = text.split_once('/')?;
            Self::of(address.parse().ok()?, prefix.parse().ok()?)
        };
        read().ok_or_else(|| NotA::new("a network", "address/prefix, such as 10.2.4.0/22", text))
    }
}

impl fmt::Display for Subnet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

impl FromStr for Subnet {
    type Err = NotA;
    fn from_str(text: &str) -> Result<Self, NotA> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Subnet {
    type Error = NotA;
    fn try_from(text: String) -> Result<Self, NotA> {
        Self::parse(&text)
    }
}

impl From<Subnet> for String {
    fn from(subnet: Subnet) -> Self {
        subnet.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_keeps_nothing_of_the_host_that_told_it() {
        let of = |address: &str, prefix| {
            Subnet::of(address.parse().expect("an address"), prefix).map(|subnet| subnet.to_string())
        };
        assert_eq!(of("10.2.7.19", 22).as_deref(), Some("10.2.4.0/22"));
        assert_eq!(of("2001:db8::abcd:1", 64).as_deref(), Some("2001:db8::/64"));
        assert_eq!(of("10.2.7.19", 0).as_deref(), Some("0.0.0.0/0"));
        assert_eq!(of("10.2.7.19", 33), None);
        assert_eq!(
            Subnet::parse("10.2.7.19/22").expect("valid").to_string(),
            "10.2.4.0/22"
        );
        assert!(Subnet::parse("10.2.7.19").is_err());
    }

    #[test]
    fn a_network_that_every_connection_gives_itself_is_known_as_such() {
        let of_itself = |text: &str| Subnet::parse(text).expect("a network").is_link_local();
        assert!(of_itself("169.254.0.0/16") && of_itself("fe80::/64"));
        assert!(!of_itself("10.2.4.0/22") && !of_itself("2001:db8::/64"));
    }
}
