//! A collector that stands elsewhere and finds, some seconds after it told of a silence, that it is its own line.

use super::Devices;
use super::evidence::cut_off;
use crate::domain::incident::{Cause, CauseKind, Change, Condition, Confidence};
use crate::domain::watch::book::Book;
use crate::domain::watch::contact::Contact;
use crate::domain::watch::input::Looked;
use crate::domain::watch::roster::WatchPlan;
use crate::domain::watch::table::GATHERS_FOR;

/// Corrects what was told of a silence lately. Its own look comes each quarter of a minute, and a silence is told sooner.
pub(super) fn look(devices: &Devices, plan: &WatchPlan, looked: Looked, book: &mut Book<'_>) {
    if !cut_off(plan.site, looked) {
        return;
    }
    let mut found = Vec::new();
    for id in book.open_common_of(Condition::LostContact) {
        let Some(incident) = book.incidents.get(&id) else {
            continue;
        };
        let guessed = incident.cause.confidence == Confidence::Inferred
            && incident.cause.kind != CauseKind::CollectorPath
            && book.now.wall.duration_since(incident.detected) <= GATHERS_FOR;
        // Whoever was heard since came over that line.
        let heard = || {
            devices
                .values()
                .any(|device| matches!(device.contact, Contact::Heard(run) if run.last > incident.broken))
        };
        if guessed && !heard() {
            let to = Cause {
                kind: CauseKind::CollectorPath,
                named: None,
                ..incident.cause.clone()
            };
            found.push((id, incident.cause.kind, to));
        }
    }
    for (id, from, to) in found {
        let from = Some(from);
        book.learn(
            &id,
            Change::Corrected {
                from,
                to,
                began: None,
            },
        );
    }
}
