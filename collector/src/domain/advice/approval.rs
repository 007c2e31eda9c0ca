//! Which texts for proctors a district has approved: a fold over entries of the record.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;

use super::{Advice, AdviceId};
use crate::domain::entry::{Actor, Body, EntryKind, NewEntry, Subject};

/// Somebody approved a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// Fingerprint of what they approved.
    pub digest: String,
    /// Who.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

/// Approvals that hold, by text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Approvals(BTreeMap<AdviceId, Approval>);

#[derive(Deserialize)]
struct Written {
    digest: String,
}

impl Approvals {
    /// Takes an entry; one that is about something else passes by.
    pub fn take(&mut self, entry: &NewEntry) {
        let Subject::Advice(id) = &entry.subject else {
            return;
        };
        match (entry.kind, entry.body.read::<Written>()) {
            (EntryKind::AdviceApproved, Ok(Written { digest })) => {
                let approval = Approval {
                    digest,
                    by: entry.actor.clone(),
                    at: entry.at(),
                };
                self.0.insert(id.clone(), approval);
            }
            (EntryKind::AdviceWithdrawn, _) => drop(self.0.remove(id)),
            // What cannot be read approves nothing.
            _ => {}
        }
    }

    /// The approval of this very text, if it holds.
    #[must_use]
    pub fn of(&self, text: &Advice) -> Option<&Approval> {
        self.0
            .get(&text.id)
            .filter(|approval| approval.digest == text.digest())
    }

    /// Whether an earlier wording of it was approved.
    #[must_use]
    pub fn was_of_another_wording(&self, text: &Advice) -> bool {
        self.0.contains_key(&text.id) && self.of(text).is_none()
    }
}

impl Advice {
    /// The entry about its approval, or about the end of it.
    #[must_use]
    pub fn entry(&self, kind: EntryKind, by: Actor, at: Timestamp) -> NewEntry {
        let body = Body::of_fields([("digest", self.digest().into())]);
        NewEntry::new(at, None, by, kind, Subject::Advice(self.id.clone()), body)
    }
}
