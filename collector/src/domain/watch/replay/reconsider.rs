//! A cause is looked at again, by what its devices told when they were back.

use std::collections::BTreeSet;

use roomready_shared::ids::IncidentId;

use super::Explained;
use crate::domain::incident::{Cause, CauseKind, Change, Condition, Confidence, Counted};
use crate::domain::watch::book::Book;
use crate::domain::watch::cause::Devices;

/// Looks at the causes of these incidents again, by what their devices told.
pub(in crate::domain::watch) fn reconsider(
    incidents: &BTreeSet<IncidentId>,
    devices: &Devices,
    book: &mut Book<'_>,
) {
    for id in incidents {
        let Some(incident) = book.incidents.get(id) else {
            continue;
        };
        if incident.condition != Condition::LostContact {
            continue;
        }
        let told: Vec<&Explained> = incident
            .members
            .iter()
            .filter_map(|member| devices.get(&member.device)?.past.explained.as_ref())
            .filter(|explained| explained.incident == *id)
            .collect();
        let members = incident.members.len();
        let most = |count: usize| count * 2 > members;
        let count = |worst: Counted| told.iter().filter(|explained| explained.worst == worst).count();
        let gateways = told.iter().filter(|explained| explained.gateway_down).count();
        let held = &incident.cause;
        let alone = held.kind == CauseKind::Device;
        let watches_for_all = alone
            && incident.members.iter().any(|member| {
                devices
                    .get(&member.device)
                    .is_some_and(|device| device.place.sentinel)
            });
        if alone && !watches_for_all {
            continue;
        }
        let local = matches!(
            held.kind,
            CauseKind::RoomNetwork | CauseKind::AccessPoint | CauseKind::Subnet | CauseKind::SchoolNetwork
        );
        let of_subnet = held.kind == CauseKind::Subnet;
        let kind = if most(gateways) {
            if watches_for_all {
                CauseKind::RoomNetwork
            } else if local {
                held.kind
            } else {
                CauseKind::SchoolNetwork
            }
        } else if most(count(Counted::Working)) {
            CauseKind::CollectorPath
        } else if most(count(Counted::CutOff)) && !alone {
            if of_subnet {
                // Its way out failed, and other networks were heard meanwhile: it is not the school's.
                continue;
            }
            CauseKind::SchoolUplink
        } else if most(count(Counted::Stopped)) && (!local || of_subnet) && !alone {
            CauseKind::Together
        } else {
            continue;
        };
        // Which rooms share an access point is the district's word: that is never measured.
        let confidence = if kind == CauseKind::AccessPoint {
            held.confidence
        } else {
            Confidence::Measured
        };
        if kind == held.kind && confidence == held.confidence {
            continue;
        }
        let rooms = incident.members.iter().map(|member| member.room.clone());
        let to = Cause {
            kind,
            confidence,
            rooms: rooms.collect::<BTreeSet<_>>().into_iter().collect(),
            named: held.named.clone().filter(|_| kind == held.kind),
            ruled_out: held.ruled_out.clone(),
        };
        let change = Change::Corrected {
            from: (held.kind != kind).then_some(held.kind),
            to,
            began: told.iter().filter_map(|explained| explained.first_failure).min(),
        };
        book.learn(id, change);
    }
}
