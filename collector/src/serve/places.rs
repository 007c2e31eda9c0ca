//! How many connections a door lets in: in all, and from one address.

use std::collections::HashMap;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The limits of one door.
#[derive(Debug, Clone, Copy)]
pub struct Most {
    /// Connections in all.
    pub in_all: usize,
    /// Connections from one address; from one network of IPv6, of which one computer may use every address.
    pub an_address: usize,
}

/// Which limit was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    InAll,
    Address,
}

impl Full {
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::InAll => "in_all",
            Self::Address => "address",
        }
    }
}

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InAll => "all places are taken",
            Self::Address => "its address has taken all that one address may take",
        })
    }
}

#[derive(Debug)]
pub(super) struct Places {
    most: Most,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    in_all: usize,
    by: HashMap<IpAddr, usize>,
}

/// One taken place, until it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    places: Arc<Places>,
    /// Who took it; none where its address does not count.
    from: Option<IpAddr>,
}

impl Places {
    pub(super) fn new(most: Most) -> Arc<Self> {
        Arc::new(Self {
            most,
            taken: Mutex::default(),
        })
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a place. What comes from a proxy comes from many, and counts only in all.
    pub(super) fn take(self: &Arc<Self>, from: IpAddr, is_proxy: bool) -> Result<Place, Full> {
        let from = (!is_proxy).then(|| counted(from));
        let mut taken = self.taken();
        if taken.in_all >= self.most.in_all {
            return Err(Full::InAll);
        }
        if let Some(from) = from {
            let held = taken.by.entry(from).or_default();
            // An entry of zero cannot stay behind here: a limit of none would let nobody in.
            if *held >= self.most.an_address {
                return Err(Full::Address);
            }
            *held += 1;
        }
        taken.in_all += 1;
        drop(taken);
        Ok(Place {
            places: Arc::clone(self),
            from,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        taken.in_all = taken.in_all.saturating_sub(1);
        let Some(from) = self.from else { return };
        if let Some(held) = taken.by.get_mut(&from) {
            *held = held.saturating_sub(1);
            if *held == 0 {
                taken.by.remove(&from);
            }
        }
    }
}

fn counted(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) if !address.is_loopback() => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(in_all: usize, an_address: usize) -> Arc<Places> {
        Places::new(Most { in_all, an_address })
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_address_cannot_take_what_others_need() {
        let places = places(4, 2);
        let held: Vec<_> = (0..2)
            .map(|_| places.take(ip("10.0.0.1"), false).unwrap())
            .collect();
        assert_eq!(places.take(ip("10.0.0.1"), false).unwrap_err(), Full::Address);
        let _other = places.take(ip("10.0.0.2"), false).unwrap();
        drop(held);
        let _again = places.take(ip("10.0.0.1"), false).unwrap();
        assert_eq!(places.taken().in_all, 2);
    }

    #[test]
    fn a_network_of_ipv6_is_one_address_and_a_mapped_one_is_what_it_maps() {
        let places = places(9, 1);
        let _one = places.take(ip("2001:db8:1:2::1"), false).unwrap();
        assert_eq!(
            places.take(ip("2001:db8:1:2:ffff::2"), false).unwrap_err(),
            Full::Address
        );
        let _next = places.take(ip("2001:db8:1:3::1"), false).unwrap();
        let _four = places.take(ip("10.0.0.1"), false).unwrap();
        assert_eq!(
            places.take(ip("::ffff:10.0.0.1"), false).unwrap_err(),
            Full::Address
        );
    }

    #[test]
    fn a_declared_proxy_brings_many_and_all_places_are_all_places() {
        let places = places(3, 1);
        let held: Vec<_> = (0..3)
            .map(|_| places.take(ip("10.0.0.1"), true).unwrap())
            .collect();
        assert_eq!(places.take(ip("10.0.0.1"), true).unwrap_err(), Full::InAll);
        assert_eq!(places.take(ip("10.0.0.2"), false).unwrap_err(), Full::InAll);
        drop(held);
        assert!(places.taken().by.is_empty());
    }
}
