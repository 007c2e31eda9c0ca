//! What somebody has to come for.

use jiff::{SignedDuration, Timestamp};
use roomready_shared::ids::{IncidentId, RoomId};
use serde::{Deserialize, Serialize};

use super::plan::Step;
use crate::domain::incident::{CauseKind, Condition, Incident};
use crate::domain::people::ON_THE_WAY_FOR;

/// What a case is found by, for ever.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseKey {
    /// An incident.
    Incident(IncidentId),
    /// A raised hand: its room, and the number of its entry.
    Hand {
        /// The room.
        room: RoomId,
        /// The number of the entry by which it was raised.
        entry: u64,
    },
}

/// A case as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Which.
    pub key: CaseKey,
    /// When it was known first.
    pub known: Timestamp,
    /// When it was over, where it is.
    pub over: Option<Timestamp>,
    /// Each time that somebody said to be on the way, in any order.
    pub on_the_way: Vec<Timestamp>,
    /// The highest step that hears of it: a charger that was pulled is nothing for a district's coordinator.
    pub highest: Step,
}

impl Case {
    /// Whether somebody is on the way now.
    #[must_use]
    pub fn is_answered(&self, now: Timestamp) -> bool {
        self.on_the_way
            .iter()
            .any(|said| *said <= now && now < runs_out(*said))
    }

    /// When the latest "on my way" ran out, where it has and nobody is on the way.
    #[must_use]
    pub fn ran_out(&self, now: Timestamp) -> Option<Timestamp> {
        let latest = self
            .on_the_way
            .iter()
            .copied()
            .filter(|said| *said <= now)
            .max()?;
        Some(runs_out(latest)).filter(|end| *end <= now)
    }

    /// How long nobody was on the way, from when it was known.
    #[must_use]
    pub fn unanswered_for(&self, now: Timestamp) -> SignedDuration {
        let mut said: Vec<_> = self.on_the_way.clone();
        said.sort_unstable();
        let (mut alone, mut from) = (SignedDuration::ZERO, self.known);
        for said in said {
            let until = said.min(now);
            if until > from {
                alone += until.duration_since(from);
            }
            from = from.max(runs_out(said));
        }
        if now > from {
            alone += now.duration_since(from);
        }
        alone
    }
}

/// How far up the ladder an incident goes. What stops a test, or several at once, goes all the way; what the technician
/// can mend in peace stays with the first step.
#[must_use]
pub fn highest_step(incident: &Incident) -> Step {
    match incident.condition {
        // Students go on.
        _ if incident.cause.kind == CauseKind::CollectorPath => Step::Second,
        Condition::LostContact
        | Condition::ShutDown
        | Condition::Restarted
        | Condition::Slept
        | Condition::TestAppCrashed
        | Condition::VendorUnreachable => Step::Third,
        Condition::TestAppNotRunning
        | Condition::BatteryCritical
        | Condition::Unstable
        | Condition::Intruder
        | Condition::CredentialShared => Step::Second,
        Condition::BatteryWontLast
        | Condition::ChargerUnplugged
        | Condition::NetworkSlow
        | Condition::NetworkChanged
        | Condition::ClockJumped
        | Condition::StorageFull => Step::First,
    }
}

fn runs_out(said: Timestamp) -> Timestamp {
    said.saturating_add(ON_THE_WAY_FOR).unwrap_or(Timestamp::MAX)
}
