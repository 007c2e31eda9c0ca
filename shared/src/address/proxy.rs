//! Which proxy stands between a device and its collector, as people write it.

use std::fmt;

use super::CollectorAddress;
use crate::facts::HostPort;
use crate::strict::Value;

/// Where reports leave the school's network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProxyChoice {
    /// What this system says: its environment, and on Windows and macOS its settings.
    System,
    /// None.
    Direct,
    /// This one, for every collector that is not this very machine.
    Through(ProxyAddress),
}

/// `http://host:port`. A proxy is spoken to in the clear; what goes through it to an `https` collector is encrypted all
/// the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProxyAddress(HostPort);

impl ProxyChoice {
    /// Reads `"system"`, `"none"` or `"http://host:port"` from a file.
    #[must_use]
    pub fn read(value: Value<'_>) -> Option<Self> {
        let place = value.place();
        let text = value.text()?;
        let choice = match text {
            "system" => Some(Self::System),
            "none" => Some(Self::Direct),
            // The same shape as a collector's: no name and password, no path.
            other => match CollectorAddress::parse(other) {
                Ok(address) if !address.is_secure() => {
                    Some(Self::Through(ProxyAddress(address.host().clone())))
                }
                _ => None,
            },
        };
        if choice.is_none() {
            place.fault(
                "this is no proxy",
                "write \"system\", \"none\" or \"http://host:port\", without a name and password",
            );
        }
        choice
    }
}

impl ProxyAddress {
    /// The proxy at this host and port.
    #[must_use]
    pub const fn new(host: HostPort) -> Self {
        Self(host)
    }

    /// Host and port.
    #[must_use]
    pub const fn host(&self) -> &HostPort {
        &self.0
    }
}

impl fmt::Display for ProxyAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "http://{}", self.0)
    }
}

/// As it stands in a file, without quotes.
impl fmt::Display for ProxyChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System => f.write_str("system"),
            Self::Direct => f.write_str("none"),
            Self::Through(address) => address.fmt(f),
        }
    }
}
