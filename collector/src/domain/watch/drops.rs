//! Devices that come and go.
//!
//! A drop is an absence that ended: the promise was broken, or a goodbye said, and then the device was heard again.
//! Roaming from one access point to the next takes seconds, breaks no promise and is no drop.

use jiff::Timestamp;
use serde::Serialize;

use super::table::{DROPS, DROPS_WITHIN_MS};

/// The latest drops of one device, oldest first; at most [`DROPS`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Drops(Vec<Drop>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
struct Drop {
    since: Timestamp,
    back_ms: u64,
}

impl Drops {
    /// It is back, and was last heard at `since`.
    pub(super) fn add(&mut self, since: Timestamp, back_ms: u64) {
        if self.0.len() >= DROPS {
            self.0.remove(0);
        }
        self.0.push(Drop { since, back_ms });
    }

    /// When the first of so many drops began that the connection is not to be relied on; none while they are fewer, or
    /// further apart.
    pub(super) fn unstable_since(&self, now_ms: u64) -> Option<Timestamp> {
        let first = self.0.first().filter(|_| self.0.len() >= DROPS)?;
        (now_ms.saturating_sub(first.back_ms) <= DROPS_WITHIN_MS).then_some(first.since)
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    #[test]
    fn three_drops_in_ten_minutes_are_unstable_and_two_are_not() {
        let mut drops = Drops::default();
        drops.add(at(0), 20_000);
        drops.add(at(100), 120_000);
        assert_eq!(drops.unstable_since(120_000), None);
        drops.add(at(580), 600_000);
        assert_eq!(drops.unstable_since(600_000), Some(at(0)));
        assert_eq!(drops.unstable_since(620_001), None, "the first is forgotten");
    }

    #[test]
    fn three_drops_in_an_hour_are_not_and_a_thousand_cost_no_more_than_three() {
        let mut drops = Drops::default();
        for nth in 0..1_000 {
            drops.add(at(nth * 1_200), u64::try_from(nth).unwrap() * 1_200_000);
            assert_eq!(
                drops.unstable_since(u64::try_from(nth).unwrap() * 1_200_000),
                None
            );
        }
        assert_eq!(drops.0.len(), DROPS);
    }
}
