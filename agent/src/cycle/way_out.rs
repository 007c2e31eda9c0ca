//! When the way to the vendor's hosts is looked at out of turn, and what is known between two looks.
//!
//! They are tried once a minute while students test ([`crate::schedule`]). A failure begins and ends at some moment
//! between two looks, and the district counts minutes: so each report says how old its look is, each change how long
//! before it the look before was, and where something may just have changed the next look comes sooner.

use roomready_shared::facts::{Facts, Reach, Reading};

use super::Cycle;
use crate::chance::Chance;
use crate::conduct::Manner;
use crate::pace::Pace;
use crate::ports::Moment;
use crate::probe::Kind;
use crate::schedule::Schedule;
use crate::uplink::Trouble;

/// Hosts that have just stopped answering are looked at again this soon, once: a board must not wait a minute to learn
/// whether it was one lost packet.
pub(super) const CONFIRM_MS: (u64, u64) = (8_000, 12_000);
/// While none of them answers they are looked at so often: the end of an outage is known to within half of it. 1,800
/// devices of a district with one try each are some 65 connections a second and host, twice those of a quiet morning.
pub(super) const WHILE_CUT_OFF_MS: (u64, u64) = (24_000, 30_000);
/// After so many reports in a row that nobody answered …
const FAILED_REPORTS: u32 = 2;
/// … the way out is looked at within this time. One failure may be a collector that starts again, and then 1,800 devices
/// would knock at the vendor's door for nothing.
pub(super) const AFTER_FAILED_MS: (u64, u64) = (1_000, 10_000);
/// When the collector answers again after that, hosts that did not answer are looked at within this time.
pub(super) const BACK_MS: (u64, u64) = (1_000, 10_000);

/// When the vendor's hosts were tried, in milliseconds of the monotonic clock.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Looks {
    latest: Option<u64>,
    before: Option<u64>,
}

impl Looks {
    fn add(&mut self, at: u64) {
        self.before = self.latest.replace(at);
    }

    /// How old the latest is.
    pub(super) fn age_ms(self, now: u64) -> Option<u32> {
        self.latest.map(|at| short(now.saturating_sub(at)))
    }

    /// How long before now the look before the latest was.
    pub(super) fn within_ms(self, now: u64) -> Option<u32> {
        self.before.map(|at| short(now.saturating_sub(at)))
    }
}

fn short(ms: u64) -> u32 {
    u32::try_from(ms).unwrap_or(u32::MAX)
}

impl Cycle {
    /// Readings came back; they are not yet laid over what was known before.
    pub(super) fn looked(&mut self, newer: &Facts, now: Moment) {
        if newer.vendor.is_empty() {
            return;
        }
        self.looks.add(now.mono_ms);
        if self.conduct.manner != Manner::Quiet {
            return;
        }
        if self.has_stopped_answering(newer) {
            look_within(&mut self.schedule, &mut self.chance, CONFIRM_MS, now);
        } else if is_cut_off(newer) {
            look_within(&mut self.schedule, &mut self.chance, WHILE_CUT_OFF_MS, now);
        }
    }

    /// A report was not answered.
    pub(super) fn missed_answer(&mut self, trouble: &Trouble, now: Moment) {
        let nobody_there = matches!(
            trouble,
            Trouble::Unreachable { .. } | Trouble::Proxy { .. } | Trouble::NotOurs { .. }
        );
        let quiet = self.conduct.manner == Manner::Quiet;
        if quiet && nobody_there && self.pace.failures() == FAILED_REPORTS {
            look_within(&mut self.schedule, &mut self.chance, AFTER_FAILED_MS, now);
        }
    }

    /// A report is answered; the pace has not heard of it yet.
    pub(super) fn answered_again(&mut self, now: Moment) {
        if was_away(&self.pace) && is_cut_off(&self.facts) && self.conduct.manner == Manner::Quiet {
            look_within(&mut self.schedule, &mut self.chance, BACK_MS, now);
        }
    }

    /// Whether a host of the vendor's that answered before, or was not tried yet, does not answer now.
    fn has_stopped_answering(&self, newer: &Facts) -> bool {
        newer.vendor.iter().any(|(host, reading)| {
            answers(reading) == Some(false) && self.facts.vendor.get(host).and_then(answers) != Some(false)
        })
    }
}

const fn was_away(pace: &Pace) -> bool {
    pace.failures() >= FAILED_REPORTS
}

/// Whether hosts of the vendor's were tried and none of them answers.
fn is_cut_off(facts: &Facts) -> bool {
    let mut told = facts.vendor.values().filter_map(answers).peekable();
    told.peek().is_some() && told.all(|answers| !answers)
}

fn answers(reading: &Reading<Reach>) -> Option<bool> {
    reading.value().map(Reach::answers)
}

/// The gateway with them: what of the way out fails is told by both.
fn look_within(schedule: &mut Schedule, chance: &mut Chance, within: (u64, u64), now: Moment) {
    let at = now.mono_ms + chance.between(within.0, within.1);
    for kind in [Kind::Gateway, Kind::Vendor] {
        schedule.not_later_than(kind, at);
    }
}
