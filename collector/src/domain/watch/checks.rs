//! What a device's checks say is wrong with it while students test.
//!
//! Checks are about readiness: a device that never met them is "not ready", and that is no incident. What counts in a
//! test is in one table, [`TELLS`]. Two conditions are not about a limit but about a change: another network than at
//! the start, a clock that was moved. For those it is kept how the device was when its test began ([`Began`]), the
//! network as a digest only: it can be told apart from another one, and nothing can be read from it.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use roomready_shared::facts::{Facts, Link, Reach, Reading};
use roomready_shared::ids::SessionId;
use roomready_shared::requirement::{Check, LatencyLimit, Requirement, Target};
use roomready_shared::verdict::{Assessment, Finding, Verdict};
use sha2::{Digest, Sha256};

use crate::domain::incident::Condition;

/// What of a kind of check counts in a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// It is missed. A warning stays a matter of readiness.
    Missed,
    /// Something answers, and takes longer than the limit or loses more. What does not answer at all is another
    /// condition.
    Slow,
}

/// Which kinds of checks tell of which condition, as requirements spell the kinds.
pub const TELLS: [(&str, When, Condition); 3] = [
    ("latency", When::Slow, Condition::NetworkSlow),
    ("no-intruders", When::Missed, Condition::Intruder),
    ("free-disk", When::Missed, Condition::StorageFull),
];

/// A clock that is off by more than this, and was not when the test began, was moved. Far above what a slow exchange
/// looks like, and a minute is what breaks sign-ins.
pub const CLOCK_MOVED_MS: i64 = 60_000;

/// What is wrong by a device's checks.
#[must_use]
pub fn wrong(requirement: &Requirement, facts: &Facts, assessment: &Assessment) -> BTreeSet<Condition> {
    let told = assessment.findings.iter().filter_map(|finding| {
        let rule = requirement.rules.iter().find(|rule| rule.id == finding.rule)?;
        let (_, when, condition) = TELLS.iter().find(|(kind, ..)| *kind == rule.check.kind())?;
        counts(*when, finding, &rule.check, requirement, facts).then_some(*condition)
    });
    told.collect()
}

fn counts(when: When, finding: &Finding, check: &Check, requirement: &Requirement, facts: &Facts) -> bool {
    match (when, check) {
        (When::Missed, _) => finding.verdict == Verdict::Fail,
        (When::Slow, Check::Latency(limit)) => {
            matches!(finding.verdict, Verdict::Warn | Verdict::Fail) && is_slow(limit, requirement, facts)
        }
        (When::Slow, _) => false,
    }
}

/// Loss has one limit only, so that one counts; of the two limits on time the one that is called missed.
fn is_slow(limit: &LatencyLimit, requirement: &Requirement, facts: &Facts) -> bool {
    let over = |reading: Option<&Reading<Reach>>| {
        let reach = reading.and_then(Reading::value);
        let answers = reach.and_then(|reach| Some((reach, reach.latency()?)));
        answers.is_some_and(|(reach, latency)| {
            u64::from(latency.median_us) > u64::from(limit.fail_ms) * 1_000 || reach.loss() > limit.warn_loss
        })
    };
    match limit.target {
        Target::Gateway => over(facts.gateway.as_ref()),
        Target::Collector => over(facts.collector.as_ref()),
        Target::Vendor => requirement.hosts.iter().any(|host| over(facts.vendor.get(host))),
        Target::Local => {
            let mut hosts = requirement.local.iter().flat_map(|local| &local.hosts);
            hosts.any(|host| over(facts.local.get(host)))
        }
    }
}

/// A network, told apart from others and told to nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NetworkMark([u8; 8]);

impl NetworkMark {
    /// Of a device's connection; none where the system tells neither network nor way out. Cable or Wi-Fi, and which of
    /// a building's access points, makes no difference as long as it is the same network.
    #[must_use]
    pub fn of(link: &Link) -> Option<Self> {
        if link.subnet.is_none() && link.gateway.is_none() {
            return None;
        }
        let digest = Sha256::digest(format!("{:?}\n{:?}", link.subnet, link.gateway));
        let mut mark = [0; 8];
        mark.copy_from_slice(&digest[..8]);
        Some(Self(mark))
    }
}

/// How a device is now, as far as a change of it means something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Present {
    /// Its network; none where it is not known.
    pub network: Option<NetworkMark>,
    /// How far its clock runs ahead of ours, in milliseconds; none where it was not heard.
    pub ahead_ms: Option<i64>,
}

/// How a device was when its test began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Began {
    session: SessionId,
    fixed: bool,
    network: Network,
    ahead_ms: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Network {
    NotKnown,
    Is(NetworkMark),
    /// After a restart into an incident: this one is known not to be the one of the beginning.
    IsNot(NetworkMark),
}

impl Began {
    /// A device that comes into a sitting, or that is found in one by a collector that was restarted. `already` are
    /// its open incidents: what they say was changed is changed, although how it was before is forgotten.
    #[must_use]
    pub fn new(session: SessionId, now: Present, already: &BTreeSet<Condition>) -> Self {
        let network = match now.network {
            Some(mark) if already.contains(&Condition::NetworkChanged) => Network::IsNot(mark),
            Some(mark) => Network::Is(mark),
            None => Network::NotKnown,
        };
        let moved = already.contains(&Condition::ClockJumped);
        Self {
            session,
            fixed: !already.is_empty(),
            network,
            ahead_ms: if moved { Some(0) } else { now.ahead_ms },
        }
    }

    /// The sitting.
    #[must_use]
    pub const fn session(&self) -> &SessionId {
        &self.session
    }

    /// Whether its test was under way: then what it was is kept.
    #[must_use]
    pub const fn is_fixed(&self) -> bool {
        self.fixed
    }

    /// Until its test is under way a device may be carried about and set right; what it is then is how it began.
    pub fn follow(&mut self, now: Present, under_way: bool) {
        if !self.fixed || self.network == Network::NotKnown {
            self.network = now.network.map_or(self.network, Network::Is);
        }
        if !self.fixed || self.ahead_ms.is_none() {
            self.ahead_ms = now.ahead_ms.or(self.ahead_ms);
        }
        self.fixed |= under_way;
    }

    /// What is not any more as it was.
    #[must_use]
    pub fn changed(&self, now: Present) -> BTreeSet<Condition> {
        let mut changed = BTreeSet::new();
        if !self.fixed {
            return changed;
        }
        let elsewhere = now.network.is_some_and(|now| match self.network {
            Network::NotKnown => false,
            Network::Is(began) => now != began,
            Network::IsNot(other) => now == other,
        });
        if elsewhere {
            changed.insert(Condition::NetworkChanged);
        }
        if self.clock_moved(now.ahead_ms) {
            changed.insert(Condition::ClockJumped);
        }
        changed
    }

    /// Whether its clock was moved. One that was wrong from the beginning was not, and one that was set right is right.
    #[must_use]
    pub fn clock_moved(&self, ahead_ms: Option<i64>) -> bool {
        let (Some(began), Some(now)) = (self.ahead_ms, ahead_ms) else {
            return false;
        };
        let limit = CLOCK_MOVED_MS.unsigned_abs();
        self.fixed && now.unsigned_abs() > limit && now.abs_diff(began) > limit
    }
}
