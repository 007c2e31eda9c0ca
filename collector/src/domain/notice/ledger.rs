//! Who was told what: a fold over the notices of the outbox.

use std::collections::{BTreeMap, VecDeque};

use jiff::{SignedDuration, Timestamp};
use roomready_shared::ids::TargetId;

use super::message::{Kind, Notice, What};
use super::{CaseKey, MOST_AN_HOUR};

/// A case that nobody was told of for this long is forgotten, with its "over": a target that left the settings never
/// hears it. As long as incidents are looked for after a restart.
pub const FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_hours(4 * 24);

/// What a target was told of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heard {
    /// When last, of its opening or by a reminder.
    pub(super) last: Timestamp,
    /// Whether it was told that it is over.
    pub(super) over: bool,
    /// Whether a notice of it arrived there.
    pub(super) arrived: bool,
}

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    cases: BTreeMap<CaseKey, BTreeMap<TargetId, Heard>>,
    /// The latest notices of each target, oldest first.
    lately: BTreeMap<TargetId, VecDeque<Timestamp>>,
}

impl Ledger {
    /// Takes a notice that is in the outbox.
    pub fn take(&mut self, notice: &Notice) {
        if notice.kind == Kind::Test {
            return;
        }
        let lately = self.lately.entry(notice.target.clone()).or_default();
        lately.push_back(notice.at);
        while lately.len() > MOST_AN_HOUR {
            lately.pop_front();
        }
        for (key, what) in &notice.tells {
            let heard = self.cases.entry(key.clone()).or_default();
            let heard = heard.entry(notice.target.clone()).or_insert(Heard {
                last: notice.at,
                over: false,
                arrived: false,
            });
            match what {
                What::Opened | What::Reminder => heard.last = heard.last.max(notice.at),
                What::Over => heard.over = true,
            }
        }
    }

    /// A notice was delivered.
    pub fn delivered(&mut self, notice: &Notice) {
        for (key, _) in &notice.tells {
            let heard = self
                .cases
                .get_mut(key)
                .and_then(|heard| heard.get_mut(&notice.target));
            if let Some(heard) = heard {
                heard.arrived = true;
            }
        }
    }

    /// Forgets what is too old to matter.
    pub fn forget(&mut self, now: Timestamp) {
        let old = |heard: &Heard| now.duration_since(heard.last) > FORGOTTEN_AFTER;
        self.cases.retain(|_, heard| !heard.values().all(old));
    }

    /// Cases that somebody was told of and not yet that they are over.
    pub fn told(&self) -> impl Iterator<Item = &CaseKey> {
        let waiting = |heard: &BTreeMap<_, Heard>| heard.values().any(|heard: &Heard| !heard.over);
        self.cases
            .iter()
            .filter(move |(_, heard)| waiting(heard))
            .map(|(key, _)| key)
    }

    /// Whether a notice of this case arrived with somebody.
    #[must_use]
    pub fn has_arrived(&self, key: &CaseKey) -> bool {
        let heard = self.cases.get(key);
        heard.is_some_and(|heard| heard.values().any(|heard| heard.arrived))
    }

    pub(super) fn heard(&self, key: &CaseKey, target: &TargetId) -> Option<&Heard> {
        self.cases.get(key)?.get(target)
    }

    /// How many notices a target got within the last hour, and when the latest of all.
    pub(super) fn lately(&self, target: &TargetId, now: Timestamp) -> (usize, Option<Timestamp>) {
        let Some(lately) = self.lately.get(target) else {
            return (0, None);
        };
        let hour = SignedDuration::from_hours(1);
        let within = lately.iter().filter(|at| now.duration_since(**at) < hour).count();
        (within, lately.back().copied())
    }
}
