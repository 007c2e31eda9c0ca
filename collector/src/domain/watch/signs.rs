//! What is wrong with a device by its own latest word, and what is over.
//!
//! Silence has rules of its own ([`super::judge`]); what is told at once is taken where it is told
//! ([`super::records`]). Everything else that a device says of itself while it is heard is looked at here, each tick.

use jiff::Timestamp;
use roomready_shared::ids::{DeviceId, IncidentId};
use serde::Serialize;

use super::Now;
use super::book::Book;
use super::contact::{Contact, Test};
use super::device::{DeviceWatch, Pending};
use super::looks::Over;
use super::table::{BEATS_APART_MS, FOLLOWS_WITHIN, begins};
use crate::domain::incident::{Change, Condition, Detection, Ending};

/// Conditions that are judged by a device's latest word.
const BY_WORD: [Condition; 12] = [
    Condition::TestAppNotRunning,
    Condition::VendorUnreachable,
    Condition::BatteryCritical,
    Condition::BatteryWontLast,
    Condition::ChargerUnplugged,
    Condition::Unstable,
    Condition::NetworkSlow,
    Condition::Intruder,
    Condition::NetworkChanged,
    Condition::ClockJumped,
    Condition::StorageFull,
    Condition::CredentialShared,
];

/// Since when a condition that is open has been well again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Well {
    from: Timestamp,
    from_ms: u64,
    beats: u8,
    counted_ms: u64,
}

impl DeviceWatch {
    /// Whether something is wrong by the device's latest word; none where that says nothing about it.
    pub(super) fn wrong(&self, condition: Condition) -> Option<bool> {
        match condition {
            Condition::VendorUnreachable => Some(self.reached.vendor == Some(false)),
            Condition::TestAppNotRunning => {
                Some(matches!(self.test, Test::Interrupted { .. }) && self.app.is_none())
            }
            _ => self.ails(condition),
        }
    }

    /// False only where [`Self::wrong`] says of nothing that it is wrong: few questions instead of one for each condition.
    fn may_ail(&self) -> bool {
        self.reached.vendor == Some(false)
            || matches!(self.test, Test::Interrupted { .. })
            || self.health.may_ail()
    }

    /// When it was last known to be well.
    fn well_until(&self, condition: Condition, now: Now) -> Timestamp {
        match (condition, self.test) {
            (Condition::VendorUnreachable, _) => self.looks.answered().unwrap_or(now.wall),
            (Condition::TestAppNotRunning, Test::Interrupted { at, .. }) => at,
            _ => self.ails_since(condition, now),
        }
    }

    /// The first sign that it is not well.
    fn broken_at(&self, condition: Condition, now: Now) -> Timestamp {
        let looked = match condition {
            Condition::VendorUnreachable => self.looks.first_failure(),
            _ => None,
        };
        looked.map_or(now.wall, |looked| looked.min(now.wall))
    }

    /// A beat came: whatever is open and no longer so has one good beat more.
    pub(super) fn count_good_beats(&mut self, received: Now) {
        let open: Vec<_> = self.open.keys().copied().collect();
        for condition in open {
            match self.wrong(condition) {
                Some(false) => {}
                Some(true) => {
                    self.well.remove(&condition);
                    continue;
                }
                None => continue,
            }
            let looked = match condition {
                Condition::VendorUnreachable => self.looks.answered(),
                _ => None,
            };
            let well = self.well.entry(condition).or_insert(Well {
                from: looked.unwrap_or(received.wall),
                from_ms: received.mono_ms,
                beats: 0,
                counted_ms: 0,
            });
            if well.beats == 0 || received.mono_ms.saturating_sub(well.counted_ms) >= BEATS_APART_MS {
                well.beats = well.beats.saturating_add(1);
                well.counted_ms = received.mono_ms;
            }
        }
    }
}

/// What is wrong and not yet an incident.
pub(super) fn look(device: &mut DeviceWatch, now: Now) {
    // Nearly every device of every second: nothing is wrong, and nothing was.
    if device.pending.is_empty() && !device.may_ail() {
        debug_assert!(
            BY_WORD
                .iter()
                .all(|condition| device.wrong(*condition) != Some(true))
        );
        return;
    }
    let heard = matches!(device.contact, Contact::Heard(_));
    let finished = matches!(device.test, Test::Closed { .. });
    for condition in BY_WORD {
        let begins = device
            .phase()
            .and_then(|phase| begins(condition, phase))
            .is_some();
        let told =
            condition == Condition::TestAppNotRunning && device.open.contains_key(&Condition::TestAppCrashed);
        if device.late_end.contains_key(&condition) {
            continue;
        }
        // A staff machine sits no test, and sees the room's network as well as anybody.
        let asked = match condition {
            // Who never reached the vendor in this sitting has not lost it; who tests without it has.
            Condition::VendorUnreachable => {
                device.looks.answered().is_some() || device.test.started().is_some()
            }
            Condition::NetworkSlow => true,
            _ => !device.place.sentinel,
        };
        let asked = asked && device.said.aside.is_none();
        let wrong = heard && !told && !finished && begins && asked && device.wrong(condition) == Some(true);
        if !wrong || device.is_in(condition) {
            device.pending.remove(&condition);
        } else if !device.pending.contains_key(&condition) {
            let since = device.well_until(condition, now).min(now.wall);
            device.pending.insert(
                condition,
                Pending {
                    since,
                    broken: device.broken_at(condition, now).max(since),
                    from_ms: now.mono_ms,
                    why: None,
                    seen: Detection::Live,
                },
            );
        }
    }
}

/// Ends what has been well for long enough, of those conditions that a device's word settles.
pub(super) fn clear(id: DeviceId, device: &mut DeviceWatch, book: &mut Book<'_>) {
    if !matches!(device.contact, Contact::Heard(_)) {
        return;
    }
    let open: Vec<_> = device.open.keys().copied().collect();
    for condition in open {
        let by_others = condition.is_absence()
            || matches!(
                condition,
                Condition::TestAppCrashed | Condition::TestAppNotRunning
            );
        let Some(well) = device.well.get(&condition).copied().filter(|_| !by_others) else {
            continue;
        };
        let timing = super::table::clears(condition);
        if well.beats >= timing.clear_beats
            && book.now.mono_ms.saturating_sub(well.from_ms) >= timing.clear_ms
        {
            device.well.remove(&condition);
            let over = match condition {
                Condition::VendorUnreachable => device.looks.over(well.from),
                _ => Over::from(well.from),
            };
            book.end(id, device, condition, over, Ending::Cleared);
        }
    }
}

/// The trouble that something which began at this moment follows from, if there is one: an absence, or a vendor that
/// does not answer, on the same device, going on or over for less than two minutes.
pub(super) fn trouble_around(
    device: &DeviceWatch,
    condition: Condition,
    at: Timestamp,
    book: &Book<'_>,
) -> Option<IncidentId> {
    if !condition.can_follow() {
        return None;
    }
    let going_on = device
        .open
        .iter()
        .find(|(other, open)| **other != condition && is_trouble(**other) && open.since <= at);
    if let Some((_, open)) = going_on {
        return Some(open.incident.clone());
    }
    let last = device.last_absence.as_ref()?;
    let incident = book.incidents.get(last)?;
    let until = incident.until()?;
    let near = incident.since() <= at && at.duration_since(until) <= FOLLOWS_WITHIN;
    near.then(|| last.clone())
}

fn is_trouble(condition: Condition) -> bool {
    condition.is_absence() || condition == Condition::VendorUnreachable
}

/// Notes that something followed from an incident.
pub(super) fn follows(
    id: DeviceId,
    incident: &IncidentId,
    condition: Condition,
    at: Timestamp,
    book: &mut Book<'_>,
) {
    book.learn(
        incident,
        Change::Symptom {
            device: id,
            condition,
            at,
        },
    );
}
