//! A cause is looked at again, by what its devices told when they were back.

use std::collections::BTreeSet;

use jiff::Timestamp;
use roomready_shared::ids::IncidentId;

use super::Explained;
use super::meanwhile::Others;
use crate::domain::incident::{Cause, CauseKind, Change, Condition, Confidence, Counted, RuledOut, Suspect};
use crate::domain::plan::Site;
use crate::domain::watch::book::Book;
use crate::domain::watch::cause::Devices;

/// Looks at the causes of these incidents again, by what their devices told.
pub(in crate::domain::watch) fn reconsider(
    incidents: &BTreeSet<IncidentId>,
    devices: &Devices,
    site: Site,
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
            let others = Others::of(incident, &told, devices, site, book);
            match way_out(held, &told, others) {
                WayOut::Failed => CauseKind::SchoolUplink,
                WayOut::Carried(ruled_out) => {
                    let to = Cause {
                        ruled_out: held.ruled_out.iter().copied().chain([ruled_out]).collect(),
                        ..held.clone()
                    };
                    let began = first_failure(&told);
                    book.learn(
                        id,
                        Change::Corrected {
                            from: None,
                            to,
                            began,
                        },
                    );
                    continue;
                }
                WayOut::Unknown => continue,
            }
        } else if most(count(Counted::Stopped)) && (!local || of_subnet) && !alone {
            CauseKind::Together
        } else {
            continue;
        };
        // Which rooms share an access point is the district's word: that is never measured.
        let stands_beside = |out: &RuledOut| kind != CauseKind::SchoolUplink || !is_of_the_way_out(out.what);
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
            ruled_out: held.ruled_out.iter().copied().filter(stands_beside).collect(),
        };
        let change = Change::Corrected {
            from: (held.kind != kind).then_some(held.kind),
            to,
            began: first_failure(&told),
        };
        book.learn(id, change);
    }
}

/// What is known of the school's way out, of which devices that were cut off tell.
enum WayOut {
    /// Nothing speaks against it.
    Failed,
    /// It carried others meanwhile: what failed lies between these devices and it.
    Carried(RuledOut),
    /// It is not the cause, or may not be, and no more can be said than was.
    Unknown,
}

fn way_out(held: &Cause, told: &[&Explained], others: Others) -> WayOut {
    let most = |which: fn(&Explained) -> bool| {
        told.iter().filter(|explained| which(explained)).count() * 2 > told.len()
    };
    let speaks_against = |what| held.ruled_out.iter().any(|out| out.what == what);
    if most(|explained| explained.outside_answered) {
        return WayOut::Unknown;
    }
    if others.any_well {
        let behind_gateway = most(|explained| explained.gateway_answered);
        let new = held.kind != CauseKind::SchoolUplink && !speaks_against(Suspect::SchoolUplink);
        return others
            .rule_out_the_way_out()
            .filter(|_| behind_gateway && new)
            .map_or(WayOut::Unknown, WayOut::Carried);
    }
    // Nobody remembers what became of the others that were heard when it began.
    let others_were_heard = speaks_against(Suspect::SchoolNetwork) || speaks_against(Suspect::OtherNetworks);
    if others.of == 0 && others_were_heard {
        return WayOut::Unknown;
    }
    WayOut::Failed
}

/// Whether it cannot be ruled out where the way out of the whole school failed.
const fn is_of_the_way_out(what: Suspect) -> bool {
    matches!(
        what,
        Suspect::OtherNetworks | Suspect::SchoolNetwork | Suspect::SchoolUplink | Suspect::Vendor
    )
}

fn first_failure(told: &[&Explained]) -> Option<Timestamp> {
    told.iter().filter_map(|explained| explained.first_failure).min()
}
