//! What the device knows of the true time: the collector's, carried on by the monotonic clock.

use jiff::SignedDuration;
use roomready_shared::ids::ClockEpoch;
use roomready_shared::units::Timestamp;
use roomready_shared::wire::v1::ClockAnchor;

use crate::chance::Chance;
use crate::ports::{ClockRun, DRIFT_PPM, Moment};

/// What is known is kept on disk at most this often: it changes with every answer, and over this time two clocks drift
/// 75 ms apart.
pub(super) const KEEP_EVERY_MS: u64 = 5 * 60 * 1_000;
/// An answer that contradicts the anchor by more than both their ± and this: the monotonic clock stood still, as that
/// of a virtual machine put back to a snapshot does, or the collector's clock was set. A time server moves a clock by
/// less at once.
const CONTRADICTION_MS: u64 = 2_000;

/// The time, and by whose word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TimeNow {
    /// The collector's, in this epoch.
    Confirmed(Timestamp),
    /// The wall clock's alone: it may be years off.
    Claimed(Timestamp),
}

impl TimeNow {
    pub(super) const fn at(self) -> Timestamp {
        match self {
            Self::Confirmed(at) | Self::Claimed(at) => at,
        }
    }
}

/// As it lies on the disk.
#[derive(Debug, Clone, Copy)]
struct Kept {
    run: ClockRun,
    at: Moment,
}

/// The run of the monotonic clock and the anchor in it. The wall clock has no part in it, so that setting it moves
/// nothing.
#[derive(Debug, Clone, Copy)]
pub(super) struct TrueTime {
    run: ClockRun,
    kept: Kept,
}

impl TrueTime {
    /// From what was kept of this run, or with nothing.
    pub(super) const fn resume(run: ClockRun, now: Moment) -> Self {
        Self {
            run,
            kept: Kept { run, at: now },
        }
    }

    pub(super) const fn epoch(&self) -> ClockEpoch {
        self.run.epoch
    }

    pub(super) const fn anchor(&self) -> Option<ClockAnchor> {
        self.run.anchor
    }

    pub(super) fn now(&self, now: Moment) -> TimeNow {
        match self.run.anchor.and_then(|anchor| carried(anchor, now.mono_ms)) {
            Some(at) => TimeNow::Confirmed(at),
            None => TimeNow::Claimed(now.wall),
        }
    }

    /// A report sent at one moment was answered at another. True when the run was found to be broken and a new epoch
    /// has begun.
    pub(super) fn answered(
        &mut self,
        sent: Moment,
        now: Moment,
        server: Timestamp,
        chance: &mut Chance,
    ) -> bool {
        let round_trip = now.mono_ms.saturating_sub(sent.mono_ms);
        let new = ClockAnchor {
            mono_ms: sent.mono_ms + round_trip / 2,
            at: server,
            // One for what the clock cuts off.
            plus_minus_ms: u32::try_from(round_trip.div_ceil(2) + 1).unwrap_or(u32::MAX),
        };
        let Some(held) = self.run.anchor else {
            self.run.anchor = Some(new);
            return false;
        };
        let held_to_within = plus_minus_at(held, new.mono_ms);
        if contradict(held, held_to_within, new) {
            self.run = ClockRun {
                epoch: ClockEpoch::new(uuid::Builder::from_random_bytes(chance.bytes()).into_uuid()),
                anchor: Some(new),
            };
            return true;
        }
        // A slow exchange, or one that the device slept through, says less than the one before it.
        if u64::from(new.plus_minus_ms) <= held_to_within {
            self.run.anchor = Some(new);
        }
        false
    }

    /// What is to be kept on disk now, if anything.
    pub(super) fn keep_due(&mut self, now: Moment) -> Option<ClockRun> {
        let Kept { run: kept, at } = self.kept;
        let at_once = kept.epoch != self.run.epoch || kept.anchor.is_none() != self.run.anchor.is_none();
        let due = at_once
            || (now.mono_ms.saturating_sub(at.mono_ms) >= KEEP_EVERY_MS
                && (kept != self.run || wall_was_set(at, now)));
        due.then(|| {
            self.kept = Kept {
                run: self.run,
                at: now,
            };
            self.run
        })
    }
}

fn carried(anchor: ClockAnchor, mono_ms: u64) -> Option<Timestamp> {
    let since = i128::from(mono_ms) - i128::from(anchor.mono_ms);
    let since = SignedDuration::from_millis(i64::try_from(since).ok()?);
    anchor.at.checked_add(since).ok()
}

fn plus_minus_at(anchor: ClockAnchor, mono_ms: u64) -> u64 {
    let distance = u128::from(mono_ms.abs_diff(anchor.mono_ms));
    let drift = (distance * u128::from(DRIFT_PPM)).div_ceil(1_000_000);
    u64::from(anchor.plus_minus_ms).saturating_add(u64::try_from(drift).unwrap_or(u64::MAX))
}

fn contradict(held: ClockAnchor, held_to_within: u64, new: ClockAnchor) -> bool {
    let Some(expected) = carried(held, new.mono_ms) else {
        return true;
    };
    let apart = expected.as_millisecond().abs_diff(new.at.as_millisecond());
    apart
        > held_to_within
            .saturating_add(new.plus_minus_ms.into())
            .saturating_add(CONTRADICTION_MS)
}

/// Where a boot has no name, it is told by where the wall clock stands against the monotonic one.
fn wall_was_set(then: Moment, now: Moment) -> bool {
    let stands = |moment: Moment| i128::from(moment.wall.as_millisecond()) - i128::from(moment.mono_ms);
    stands(then).abs_diff(stands(now)) > u128::from(CONTRADICTION_MS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cycle::tests::at_minute;

    fn moment(second: i64) -> Moment {
        let mono_ms = u64::try_from(second * 1_000).expect("after boot");
        Moment {
            wall: at_minute(0) + SignedDuration::from_secs(second),
            mono_ms,
            awake_ms: mono_ms,
        }
    }

    fn epoch(number: u128) -> ClockEpoch {
        ClockEpoch::new(uuid::Uuid::from_u128(number))
    }

    struct Rig {
        time: TrueTime,
        chance: Chance,
    }

    impl Rig {
        fn start() -> Self {
            Self {
                time: TrueTime::resume(ClockRun::begin(epoch(1)), moment(0)),
                chance: Chance::from_seed(1),
            }
        }

        /// An exchange of so many seconds, whose answer says a time in seconds.
        fn answer(&mut self, sent: i64, took: i64, says: i64) -> bool {
            let server = moment(says).wall;
            self.time
                .answered(moment(sent), moment(sent + took), server, &mut self.chance)
        }
    }

    #[test]
    fn the_wall_clock_is_a_claim_until_an_answer_confirms_the_time() {
        let mut rig = Rig::start();
        assert_eq!(rig.time.now(moment(5)), TimeNow::Claimed(moment(5).wall));
        assert!(!rig.answer(10, 2, 1_011));
        assert_eq!(
            rig.time.now(moment(20)),
            TimeNow::Confirmed(moment(1_020).wall),
            "the answer was made in the middle of the exchange"
        );
        assert_eq!(rig.time.anchor().map(|anchor| anchor.plus_minus_ms), Some(1_001));
    }

    #[test]
    fn an_exchange_that_the_device_slept_through_does_not_replace_a_good_anchor() {
        let mut rig = Rig::start();
        rig.answer(10, 0, 10);
        assert!(
            !rig.answer(20, 3_600, 21),
            "it may have been answered at any time in that hour"
        );
        assert_eq!(rig.time.anchor().map(|anchor| anchor.mono_ms), Some(10_000));
    }

    #[test]
    fn a_clock_that_stood_still_begins_a_new_epoch_at_the_first_answer() {
        let mut rig = Rig::start();
        rig.answer(10, 0, 10);
        assert!(!rig.answer(100, 0, 101), "a second is what a time server may do");
        assert!(rig.answer(110, 0, 4_000));
        assert_ne!(rig.time.epoch(), epoch(1));
        assert_eq!(rig.time.now(moment(111)), TimeNow::Confirmed(moment(4_001).wall));
    }

    #[test]
    fn what_is_known_is_kept_at_once_the_first_time_and_then_every_few_minutes() {
        let mut rig = Rig::start();
        assert_eq!(rig.time.keep_due(moment(1)), None, "nothing is known");
        let mut writes = 0;
        for second in (2..3_602).step_by(5) {
            rig.answer(second, 0, second);
            writes += usize::from(rig.time.keep_due(moment(second)).is_some());
        }
        assert_eq!(writes, 12, "in an hour of an answer each 5 s");
        // Another epoch must not wait.
        rig.answer(3_603, 0, 99_999);
        assert!(rig.time.keep_due(moment(3_604)).is_some());
    }

    #[test]
    fn a_device_without_a_network_writes_nothing_unless_its_clock_is_set() {
        let mut rig = Rig::start();
        rig.answer(2, 0, 2);
        assert!(rig.time.keep_due(moment(2)).is_some());
        assert_eq!(rig.time.keep_due(moment(7_200)), None);
        let set = Moment {
            wall: at_minute(9_999),
            ..moment(7_201)
        };
        assert!(rig.time.keep_due(set).is_some());
        assert_eq!(rig.time.keep_due(set), None);
    }
}
