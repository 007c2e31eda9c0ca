//! What is remembered of one device's clocks.

use jiff::Timestamp;
use roomready_shared::ids::ClockEpoch;
use serde::{Deserialize, Serialize};

use super::dating::Exchange;

/// Two clocks drift apart by at most this: cheap crystals are good to 100 parts in a million each, and a quarter more
/// is for a cold cart and a warm server.
pub const DRIFT_PPM: u64 = 250;
/// A report that has not been answered yet was under way for at most this: agents try an earlier address for a second,
/// and give up the present one after 5 s.
pub const LONGEST_EXCHANGE_MS: u64 = 6_000;
/// One anchor is kept for each such stretch of a device's clock: over half of it two clocks drift 40 ms apart.
const STRETCH_MS: u64 = 5 * 60 * 1_000;
/// Most anchors of a device. Records come at the first exchange after they happened, so what is needed is the last
/// anchor before an outage and the first after it, for a few boots; eight take half a kilobyte a device.
pub const MOST_ANCHORS: usize = 8;

/// One moment on both clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// The run of the device's monotonic clock.
    pub epoch: ClockEpoch,
    /// That clock.
    pub mono_ms: u64,
    /// Ours.
    pub wall: Timestamp,
    /// How far the two may be apart.
    pub plus_minus_ms: u64,
}

impl Anchor {
    /// How far off a time at this distance from the anchor may be.
    pub(super) fn plus_minus_at(&self, mono_ms: u64) -> u64 {
        let distance = u128::from(self.mono_ms.abs_diff(mono_ms));
        let drift = (distance * u128::from(DRIFT_PPM)).div_ceil(1_000_000);
        self.plus_minus_ms
            .saturating_add(u64::try_from(drift).unwrap_or(u64::MAX))
    }

    /// From a report that nobody has answered yet: it came after it was sent, and that is all.
    const fn is_weak(&self) -> bool {
        self.plus_minus_ms >= LONGEST_EXCHANGE_MS
    }

    const fn stretch(&self) -> u64 {
        self.mono_ms / STRETCH_MS
    }
}

/// All that is remembered of one device's clocks, bounded by [`MOST_ANCHORS`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceClocks {
    /// In the order in which they were learnt.
    anchors: Vec<Anchor>,
    /// How far its wall clock ran ahead when it was last heard.
    ahead_ms: Option<i64>,
}

impl DeviceClocks {
    /// An exchange is under way: what it says of the device's clocks.
    pub fn learn(&mut self, exchange: &Exchange<'_>) {
        if let Some(anchor) = exchange.answered() {
            self.keep(anchor);
        }
        self.keep(exchange.under_way());
        self.ahead_ms = Some(exchange.ahead_ms());
    }

    /// The anchors, oldest first.
    #[must_use]
    pub fn anchors(&self) -> &[Anchor] {
        &self.anchors
    }

    /// How far its wall clock ran ahead of ours when it was last heard, in milliseconds; none before that.
    #[must_use]
    pub const fn ahead_ms(&self) -> Option<i64> {
        self.ahead_ms
    }

    /// The anchor that dates this moment best: the nearest one, unless its exchange was slow.
    pub(super) fn best(&self, epoch: ClockEpoch, mono_ms: u64) -> Option<&Anchor> {
        self.anchors
            .iter()
            .filter(|anchor| anchor.epoch == epoch)
            .min_by_key(|anchor| anchor.plus_minus_at(mono_ms))
    }

    fn keep(&mut self, new: Anchor) {
        let same_epoch = |held: &&Anchor| held.epoch == new.epoch;
        if new.is_weak() && self.anchors.iter().filter(same_epoch).any(|held| !held.is_weak()) {
            return;
        }
        let better = |held: &Anchor| held.plus_minus_ms < new.plus_minus_ms;
        let mut stretch = self
            .anchors
            .iter()
            .filter(same_epoch)
            .filter(|held| held.stretch() == new.stretch());
        if stretch.any(better) {
            return;
        }
        self.anchors.retain(|held| {
            let replaced = held.stretch() == new.stretch() || (held.is_weak() && !new.is_weak());
            held.epoch != new.epoch || !replaced
        });
        if self.anchors.len() >= MOST_ANCHORS {
            self.anchors.remove(0);
        }
        self.anchors.push(new);
    }
}
