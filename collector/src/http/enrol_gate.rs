//! How many enrolments are let through, and how long an address waits that shows wrong keys. Pure; time is an argument.
//!
//! Two budgets that do not touch each other. **In all** counts right keys only, since only those cost the disk: no flood of
//! wrong ones uses it up. **By address** counts wrong keys only: a cart with a right key, behind one address with whoever
//! floods, is let in as if nothing were. How a right key is told without asking the store is [`KeyRing`]'s part.

use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, Ipv6Addr};

use crate::limits;
use crate::secret::SecretHash;

/// What is remembered.
#[derive(Debug, Default)]
pub(super) struct EnrolGate {
    /// Up to when the enrolments of all are spent, in milliseconds of the monotonic clock.
    spent_until_ms: u64,
    addresses: HashMap<IpAddr, Wrong>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Wrong {
    keys: u32,
    last_ms: u64,
    waits_until_ms: u64,
}

impl EnrolGate {
    /// How long an address still has to wait, in milliseconds; 0 when it does not.
    pub(super) fn waits_ms(&self, address: IpAddr, now_ms: u64) -> u64 {
        let wrong = self.addresses.get(&network(address));
        wrong.map_or(0, |wrong| wrong.waits_until_ms.saturating_sub(now_ms))
    }

    /// It showed a wrong key.
    pub(super) fn wrong_key(&mut self, address: IpAddr, now_ms: u64) {
        let address = network(address);
        if !self.addresses.contains_key(&address) {
            self.make_room();
        }
        let wrong = self.addresses.entry(address).or_default();
        if now_ms.saturating_sub(wrong.last_ms) >= millis(limits::WRONG_KEYS_FORGOTTEN) {
            wrong.keys = 0;
        }
        wrong.keys = wrong.keys.saturating_add(1);
        wrong.last_ms = now_ms;
        if let Some(over) = wrong.keys.checked_sub(limits::FREE_WRONG_KEYS + 1) {
            let wait = millis(limits::FIRST_WRONG_KEY_WAIT).saturating_mul(1 << over.min(16));
            wrong.waits_until_ms = now_ms + wait.min(millis(limits::LONGEST_WRONG_KEY_WAIT));
        }
    }

    /// Takes one of the enrolments of all.
    ///
    /// # Errors
    /// In how many milliseconds there is one again.
    pub(super) fn take(&mut self, now_ms: u64) -> Result<(), u64> {
        let most = 60_000;
        let each = most / u64::from(limits::MOST_ENROLMENTS_A_MINUTE);
        let spent_until = self.spent_until_ms.max(now_ms) + each;
        let too_much = spent_until.saturating_sub(now_ms + most);
        if too_much > 0 {
            return Err(too_much);
        }
        self.spent_until_ms = spent_until;
        Ok(())
    }

    /// The one that was wrong longest ago goes: it waits no longer, at the most.
    fn make_room(&mut self) {
        if self.addresses.len() < limits::MOST_THROTTLED_ADDRESSES {
            return;
        }
        let oldest = self.addresses.iter().min_by_key(|(_, wrong)| wrong.last_ms);
        if let Some(oldest) = oldest.map(|(address, _)| *address) {
            self.addresses.remove(&oldest);
        }
    }
}

/// Keys that let in, as the store said a moment ago: for addresses that must wait unless they show one of these.
#[derive(Debug, Default)]
pub(super) struct KeyRing {
    keys: HashSet<SecretHash>,
    /// When the store was asked.
    read_ms: Option<u64>,
}

impl KeyRing {
    /// Whether the store is to be asked again. Says so once: whoever heard it asks.
    pub(super) fn is_old(&mut self, now_ms: u64) -> bool {
        let every = millis(limits::KEYS_LOOK);
        let old = self
            .read_ms
            .is_none_or(|read| now_ms.saturating_sub(read) >= every);
        if old {
            self.read_ms = Some(now_ms);
        }
        old
    }

    /// The store said that these let in.
    pub(super) fn learn(&mut self, keys: impl IntoIterator<Item = SecretHash>) {
        self.keys = keys.into_iter().collect();
    }

    /// Whether this one does.
    pub(super) fn has(&self, key: &SecretHash) -> bool {
        self.keys.contains(key)
    }
}

/// One network of IPv6 belongs to one household or school: its addresses are free to choose.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

fn millis(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn wrong_keys_cost_an_address_longer_and_longer_waits_and_are_forgotten() {
        let mut gate = EnrolGate::default();
        let here = address("10.0.0.7");
        for _ in 0..limits::FREE_WRONG_KEYS {
            gate.wrong_key(here, 1_000);
        }
        assert_eq!(gate.waits_ms(here, 1_000), 0, "a cart with a mistyped key");
        let waits: Vec<u64> = (0..10)
            .map(|_| {
                gate.wrong_key(here, 1_000);
                gate.waits_ms(here, 1_000)
            })
            .collect();
        assert!(waits.is_sorted() && waits[0] == 5_000, "{waits:?}");
        assert_eq!(waits[9], millis(limits::LONGEST_WRONG_KEY_WAIT));
        assert_eq!(
            gate.waits_ms(address("10.0.0.8"), 1_000),
            0,
            "its neighbour is free"
        );
        let later = 1_000 + millis(limits::WRONG_KEYS_FORGOTTEN);
        gate.wrong_key(here, later);
        assert_eq!(gate.waits_ms(here, later), 0);
    }

    #[test]
    fn addresses_of_one_network_are_one() {
        let mut gate = EnrolGate::default();
        for host in 0..=limits::FREE_WRONG_KEYS {
            gate.wrong_key(address(&format!("2001:db8::{host:x}")), 0);
        }
        assert!(gate.waits_ms(address("2001:db8::ffff"), 0) > 0);
        assert_eq!(gate.waits_ms(address("2001:db8:0:1::1"), 0), 0);
    }

    #[test]
    fn wrong_keys_use_up_nothing_of_what_right_ones_have() {
        let mut gate = EnrolGate::default();
        for _ in 0..10_000 {
            gate.wrong_key(address("10.0.0.7"), 0);
        }
        for _ in 0..limits::MOST_ENROLMENTS_A_MINUTE {
            assert_eq!(gate.take(0), Ok(()));
        }
        let wait = gate.take(0).unwrap_err();
        assert_eq!(gate.take(wait), Ok(()));
    }

    #[test]
    fn memory_is_bounded() {
        let mut gate = EnrolGate::default();
        for host in 0..2 * u32::try_from(limits::MOST_THROTTLED_ADDRESSES).unwrap() {
            gate.wrong_key(IpAddr::V4(host.into()), host.into());
        }
        assert_eq!(gate.addresses.len(), limits::MOST_THROTTLED_ADDRESSES);
    }
}
