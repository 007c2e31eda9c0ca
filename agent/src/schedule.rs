//! What is read when: one table of intervals by manner and phase. Pure.

use roomready_shared::timetable::Phase;

use crate::chance::Chance;
use crate::conduct::{Conduct, Manner};
use crate::probe::{Kind, Kinds};

const SECOND: u64 = 1_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;

/// A reading comes up to this share of its interval early, so that devices and probes drift apart.
const EARLY_PERCENT: u64 = 10;

/// These two are always read at one time. A vendor that does not answer is told from a way out that is cut off by the
/// host outside, and an answer of it from a minute ago would say that the way out is well when it is not any more.
const TOGETHER: [Kind; 2] = [Kind::Vendor, Kind::Outside];

/// How often a kind is read; `None` means not at all in this manner.
#[must_use]
pub const fn interval_ms(kind: Kind, conduct: Conduct) -> Option<u64> {
    let (free, sweep, quiet) = match kind {
        // Identity and hardware do not change while a machine runs; looked at again for an update or a dock.
        Kind::Os | Kind::Uptime => (6 * HOUR, 30 * MINUTE, 6 * HOUR),
        Kind::Memory | Kind::Display => (HOUR, 5 * MINUTE, HOUR),
        Kind::App => (HOUR, 5 * MINUTE, HOUR),
        Kind::Disk => (HOUR, 5 * MINUTE, 10 * MINUTE),
        // What runs down or drops out during a test is looked at more often then.
        Kind::Power => (5 * MINUTE, MINUTE, 30 * SECOND),
        Kind::Gateway => (10 * MINUTE, 2 * MINUTE, 30 * SECOND),
        // A whole district leaves through one address: outside of sessions, half an hour spares the vendor's servers
        // some hundred hellos a second, which a filter there would take for an attack. In testing likewise: 1,800 devices
        // with one try a minute are 30 connections a second and host. An outage is seen sooner than by one device's
        // minute, since a room's devices look at different times, and a first failure is looked at again within
        // seconds (`cycle::way_out`).
        // The host outside is looked at in the same breath (`TOGETHER`).
        Kind::Vendor | Kind::Outside => (30 * MINUTE, 2 * MINUTE, MINUTE),
        Kind::Collector => (10 * MINUTE, 2 * MINUTE, 5 * MINUTE),
        Kind::Resolution => (10 * MINUTE, 2 * MINUTE, 5 * MINUTE),
        // How soon its start is seen; its end is seen by handle within a second.
        Kind::AppRun => (MINUTE, 15 * SECOND, 5 * SECOND),
        // The school's own test server is as near as the gateway and as important as the vendor.
        Kind::Local => (30 * MINUTE, 2 * MINUTE, 30 * SECOND),
        // Certificates change with the network, not within a sitting.
        Kind::Certificates => (6 * HOUR, 10 * MINUTE, HOUR),
        Kind::Link => (10 * MINUTE, 2 * MINUTE, MINUTE),
        Kind::Updates => (HOUR, 5 * MINUTE, 30 * MINUTE),
        Kind::Sleep => (6 * HOUR, 30 * MINUTE, 6 * HOUR),
        // A walk through all programs is the dearest reading: once a minute is soon enough for a window that pops up.
        Kind::Intruders => (10 * MINUTE, MINUTE, MINUTE),
        Kind::SavedResponses => (HOUR, 5 * MINUTE, 10 * MINUTE),
    };
    match (conduct.manner, conduct.phase) {
        (Manner::Off, _) => None,
        // Nobody knows whether students test: light and seldom.
        (Manner::Quiet, None) => Some(if free > MINUTE { free } else { MINUTE }),
        (Manner::Quiet, Some(_)) => Some(quiet),
        (Manner::Free, Some(Phase::Sweep)) => Some(sweep),
        (Manner::Free, _) => Some(free),
    }
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    due: u64,
    under_way: bool,
    /// What is under way is not what is wanted any more: read once more when it is back.
    again: bool,
}

/// When each kind of reading is due. Times are milliseconds of the monotonic clock.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// One for each kind, in the order of [`Kind::ALL`].
    entries: [Entry; Kind::ALL.len()],
    /// What every interval is multiplied by.
    widened: u64,
}

impl Schedule {
    /// Everything is due at once: a device that has just been opened must be judged within 30 s.
    #[must_use]
    pub fn start(now: u64) -> Self {
        Self {
            entries: [Entry {
                due: now,
                under_way: false,
                again: false,
            }; _],
            widened: 1,
        }
    }

    /// Takes what is due and can be asked; it is under way until [`Self::done`].
    pub fn take(&mut self, now: u64, conduct: Conduct, possible: Kinds) -> Kinds {
        let mut due = Kinds::NONE;
        let is_due = |entry: &Entry| !entry.under_way && entry.due <= now;
        if !self.entries.iter().any(is_due) {
            return due;
        }
        let together = TOGETHER
            .into_iter()
            .any(|kind| possible.contains(kind) && is_due(self.of(kind)));
        for kind in possible
            .iter()
            .filter(|kind| interval_ms(*kind, conduct).is_some())
        {
            let entry = self.of_mut(kind);
            let with_another = together && !entry.under_way && TOGETHER.contains(&kind);
            if is_due(entry) || with_another {
                entry.under_way = true;
                due.insert(kind);
            }
        }
        due
    }

    /// Readings came back.
    pub fn done(&mut self, kinds: Kinds, now: u64, conduct: Conduct, chance: &mut Chance) {
        for kind in kinds.iter() {
            let due = now + self.jittered(kind, conduct, chance);
            let entry = self.of_mut(kind);
            entry.under_way = false;
            entry.due = if std::mem::take(&mut entry.again) {
                now
            } else {
                due
            };
        }
    }

    fn jittered(&self, kind: Kind, conduct: Conduct, chance: &mut Chance) -> u64 {
        // A kind that this manner does not read is planned as if idle; a change of manner plans anew.
        let interval = interval_ms(kind, conduct).unwrap_or(HOUR) * self.widened;
        chance.between(interval - interval * EARLY_PERCENT / 100, interval)
    }

    /// Another phase or manner: nothing waits longer than its new interval.
    pub fn conduct_changed(&mut self, now: u64, conduct: Conduct, chance: &mut Chance) {
        for kind in Kind::ALL {
            let due = now + self.jittered(kind, conduct, chance);
            self.not_later_than(kind, due);
        }
    }

    /// Every interval is multiplied by this from now on. What is due already, stays so.
    pub fn widen(&mut self, factor: u64, now: u64, conduct: Conduct, chance: &mut Chance) {
        self.widened = factor;
        self.conduct_changed(now, conduct, chance);
    }

    /// Everything anew: a recheck, or other requirements.
    pub fn all_now(&mut self, now: u64) {
        for entry in &mut self.entries {
            entry.due = now;
        }
    }

    /// One kind not before a moment: it is watched in another way until then.
    pub fn not_before(&mut self, kind: Kind, at: u64) {
        let entry = self.of_mut(kind);
        entry.due = entry.due.max(at);
    }

    /// One kind at this moment at the latest.
    pub fn not_later_than(&mut self, kind: Kind, at: u64) {
        let entry = self.of_mut(kind);
        entry.due = entry.due.min(at);
    }

    /// One kind once more, from now on: a reading of it that is under way does not count.
    pub fn once_more(&mut self, kind: Kind, now: u64) {
        let entry = self.of_mut(kind);
        entry.again = entry.under_way;
        entry.due = now;
    }

    /// One kind at once.
    pub fn now(&mut self, kind: Kind, now: u64) {
        self.of_mut(kind).due = now;
    }

    /// The earliest moment at which something can be taken.
    #[must_use]
    pub fn next_due(&self, conduct: Conduct, possible: Kinds) -> u64 {
        possible
            .iter()
            .map(|kind| (kind, self.of(kind)))
            .filter(|(kind, entry)| !entry.under_way && interval_ms(*kind, conduct).is_some())
            .map(|(_, entry)| entry.due)
            .min()
            .unwrap_or(u64::MAX)
    }

    const fn of(&self, kind: Kind) -> &Entry {
        &self.entries[kind as usize]
    }

    const fn of_mut(&mut self, kind: Kind) -> &mut Entry {
        &mut self.entries[kind as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use roomready_shared::wire::v1::DuringTest;

    fn conduct(phase: Option<Phase>) -> Conduct {
        Conduct::of(phase, DuringTest::Quiet)
    }

    fn all() -> Kinds {
        Kind::ALL.into_iter().collect()
    }

    #[test]
    fn a_device_just_opened_reads_everything_at_once_and_nothing_twice() {
        let idle = conduct(Some(Phase::Scheduled));
        let mut schedule = Schedule::start(1_000);
        assert_eq!(schedule.take(1_000, idle, all()), all());
        assert!(schedule.take(1_000, idle, all()).is_empty());
        assert_eq!(schedule.next_due(idle, all()), u64::MAX);
    }

    #[test]
    fn readings_repeat_within_the_bounds_of_their_interval() {
        let testing = conduct(Some(Phase::Testing));
        let mut chance = Chance::from_seed(9);
        let mut schedule = Schedule::start(0);
        let power = Kinds::from([Kind::Power]);
        for round in 0..500_u64 {
            let now = round * 100_000;
            schedule.now(Kind::Power, now);
            schedule.take(now, testing, power);
            schedule.done(power, now, testing, &mut chance);
            let next = schedule.next_due(testing, power) - now;
            assert!((27_000..=30_000).contains(&next), "{next}");
        }
    }

    #[test]
    fn a_quiet_device_never_reads_more_than_its_test_asks_and_one_that_is_off_reads_nothing() {
        let unknown = conduct(None);
        let idle = conduct(Some(Phase::Scheduled));
        let off = Conduct::of(Some(Phase::Testing), DuringTest::Off);
        for kind in Kind::ALL {
            assert!(interval_ms(kind, unknown) >= interval_ms(kind, idle), "{kind:?}");
            assert_eq!(interval_ms(kind, off), None, "{kind:?}");
        }
        assert!(Schedule::start(0).take(0, off, all()).is_empty());
    }

    #[test]
    fn what_waits_for_an_hour_is_brought_forward_when_the_sweep_begins() {
        let mut chance = Chance::from_seed(10);
        let (idle, sweep) = (conduct(Some(Phase::Scheduled)), conduct(Some(Phase::Sweep)));
        let mut schedule = Schedule::start(0);
        schedule.take(0, idle, all());
        schedule.done(all(), 0, idle, &mut chance);
        schedule.conduct_changed(0, sweep, &mut chance);
        let memory = Kinds::from([Kind::Memory]);
        assert!(schedule.next_due(sweep, memory) <= 5 * MINUTE);
    }

    #[test]
    fn readings_that_are_widened_come_as_many_times_further_apart_and_narrow_again_at_once() {
        let testing = conduct(Some(Phase::Testing));
        let mut chance = Chance::from_seed(11);
        let mut schedule = Schedule::start(0);
        let power = Kinds::from([Kind::Power]);
        schedule.widen(8, 0, testing, &mut chance);
        schedule.take(0, testing, power);
        schedule.done(power, 0, testing, &mut chance);
        let next = schedule.next_due(testing, power);
        assert!((216_000..=240_000).contains(&next), "{next}");
        schedule.widen(1, 1_000, testing, &mut chance);
        assert!(schedule.next_due(testing, power) <= 31_000);
    }

    #[test]
    fn the_host_outside_is_looked_at_in_the_same_breath_as_the_vendors() {
        let testing = conduct(Some(Phase::Testing));
        let both = Kinds::from(TOGETHER);
        let mut schedule = Schedule::start(0);
        schedule.take(0, testing, both);
        schedule.done(both, 0, testing, &mut Chance::from_seed(12));
        assert!(schedule.take(10_000, testing, both).is_empty());
        schedule.not_later_than(Kind::Vendor, 11_000);
        assert_eq!(schedule.take(11_000, testing, both), both);
        let vendor_alone = Kinds::from([Kind::Vendor]);
        schedule.done(both, 11_000, testing, &mut Chance::from_seed(13));
        assert_eq!(schedule.take(100_000, testing, vendor_alone), vendor_alone);
    }

    #[test]
    fn what_cannot_be_asked_is_not_taken() {
        let idle = conduct(Some(Phase::Scheduled));
        let possible = Kinds::from([Kind::Os]);
        assert_eq!(Schedule::start(0).take(0, idle, possible), possible);
    }
}
