//! Several addresses of one collector, in the order in which they are tried.

use std::fmt;

use super::CollectorAddress;
use crate::strict::Value;

/// Most addresses of one collector: its own, a second line, a standby. A longer list is a mistake, and a device would
/// take minutes to go through it.
pub const MAX_COLLECTORS: usize = 8;

/// One address or more, each once, in the order in which a device tries them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collectors(Vec<CollectorAddress>);

/// Why addresses make no list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoList {
    /// There is none.
    #[error("no address is given")]
    Empty,
    /// There are too many.
    #[error("{0} addresses are given; a device tries at most {MAX_COLLECTORS}")]
    TooMany(usize),
    /// One is given twice.
    #[error("{0} is given twice")]
    Twice(CollectorAddress),
}

impl Collectors {
    /// # Errors
    /// When there is none, one is there twice, or there are too many.
    pub fn new(addresses: Vec<CollectorAddress>) -> Result<Self, NoList> {
        if addresses.is_empty() {
            return Err(NoList::Empty);
        }
        if addresses.len() > MAX_COLLECTORS {
            return Err(NoList::TooMany(addresses.len()));
        }
        for (at, address) in addresses.iter().enumerate() {
            if addresses[..at].contains(address) {
                return Err(NoList::Twice(address.clone()));
            }
        }
        Ok(Self(addresses))
    }

    /// A list of one.
    #[must_use]
    pub fn one(address: CollectorAddress) -> Self {
        Self(vec![address])
    }

    /// Reads a list from a file. What was written is not repeated in a fault: a key that stands in the wrong place must
    /// not end in a log.
    #[must_use]
    pub fn read(value: Value<'_>) -> Option<Self> {
        let place = value.place();
        let addresses = value.list(MAX_COLLECTORS, |item| Some(address(item)))?;
        let whole: Option<Vec<_>> = addresses.into_iter().collect();
        match Self::new(whole?) {
            Ok(collectors) => Some(collectors),
            Err(error) => {
                place.fault(&error.to_string(), "write [\"https://collector.example:8443\"]");
                None
            }
        }
    }

    /// The first: where a device that knows nothing else begins.
    #[must_use]
    pub fn first(&self) -> &CollectorAddress {
        &self.0[0]
    }

    /// All of them, in order.
    #[must_use]
    pub fn all(&self) -> &[CollectorAddress] {
        &self.0
    }

    /// Whether both lists name the same collector: one address in common is enough, because no two collectors answer
    /// at one address.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        self.0.iter().any(|address| other.0.contains(address))
    }
}

fn address(value: Value<'_>) -> Option<CollectorAddress> {
    let place = value.place();
    let read = CollectorAddress::parse(value.text()?);
    if read.is_err() {
        place.fault(
            "this is not a collector's address",
            "write it like https://collector.example:8443",
        );
    }
    read.ok()
}

/// As it stands in a file: `["https://a:8443", "https://b:8443"]`.
impl fmt::Display for Collectors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted: Vec<String> = self.0.iter().map(|address| format!("\"{address}\"")).collect();
        write!(f, "[{}]", quoted.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> CollectorAddress {
        CollectorAddress::parse(text).expect("an address")
    }

    #[test]
    fn a_list_has_each_address_once_and_is_never_empty_or_endless() {
        let (a, b) = (address("https://a:1"), address("https://b:1"));
        let both = Collectors::new(vec![a.clone(), b.clone()]).expect("a list");
        assert_eq!(both.first(), &a);
        assert_eq!(both.to_string(), r#"["https://a:1", "https://b:1"]"#);
        assert_eq!(Collectors::new(vec![]), Err(NoList::Empty));
        assert_eq!(
            Collectors::new(vec![b.clone(), a.clone(), b.clone()]),
            Err(NoList::Twice(b.clone()))
        );
        let many = (1..=9).map(|n| address(&format!("https://a:{n}"))).collect();
        assert_eq!(Collectors::new(many), Err(NoList::TooMany(9)));
        assert!(both.meets(&Collectors::one(b)));
        assert!(!both.meets(&Collectors::one(address("https://c:1"))));
    }
}
