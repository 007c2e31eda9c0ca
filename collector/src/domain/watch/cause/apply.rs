//! From what was found to incidents: opening, joining, putting together.

use std::collections::BTreeSet;

use jiff::Timestamp;
use roomready_shared::facts::Subnet;
use roomready_shared::ids::{IncidentId, RoomId};

use super::evidence::Evidence;
use super::{Devices, Item};
use crate::domain::incident::{Cause, CauseKind, Change, Condition, Incident, Reason};
use crate::domain::watch::book::{Book, Case};
use crate::domain::watch::contact::Contact;
use crate::domain::watch::input::Looked;

/// Opens an incident for one device that has nothing in common with others.
pub(super) fn alone(condition: Condition, item: &Item, devices: &mut Devices, book: &mut Book<'_>) {
    if item.incident.is_some() {
        return;
    }
    let here = BTreeSet::from([item.room.clone()]);
    let one = std::slice::from_ref(item);
    let ruled_out = Evidence::of(condition, devices, one, Looked::default()).ruled_out(
        condition,
        CauseKind::Device,
        one,
        &here,
    );
    let cause = Cause {
        ruled_out,
        ..Cause::default()
    };
    if let Some(device) = devices.get_mut(&item.device) {
        let why = device.pending.get(&condition).and_then(|pending| pending.why);
        device.pending.remove(&condition);
        book.open(item.device, device, case(condition, item, why), cause);
    }
}

/// Tells of devices with one cause: as a new incident, or as part of the one that is there.
pub(super) fn group(
    condition: Condition,
    items: &[Item],
    cause: Cause,
    devices: &mut Devices,
    book: &mut Book<'_>,
) {
    let base = base(condition, items, &cause, book);
    let incident = match base {
        Some(base) => {
            correct(&base, cause, book);
            base
        }
        None => {
            let Some(opened) = open(condition, items, cause, devices, book) else {
                return;
            };
            opened
        }
    };
    let mut folded = BTreeSet::new();
    for item in items {
        if item.incident.as_ref() == Some(&incident) {
            continue;
        }
        folded.extend(item.incident.clone());
        join(condition, item, &incident, devices, book);
    }
    for part in folded {
        book.fold_into(&part, &incident);
    }
}

/// The incident that the others become part of: one with a common cause before single ones, then the earliest.
fn base(condition: Condition, items: &[Item], cause: &Cause, book: &Book<'_>) -> Option<IncidentId> {
    let there = items.iter().filter_map(|item| item.incident.clone());
    let same_place = book.open_common_of(condition).into_iter().filter(|id| {
        book.incidents
            .get(id)
            .is_some_and(|incident| incident.cause.same_place(cause))
    });
    there
        .chain(same_place)
        .filter_map(|id| book.incidents.get(&id))
        .min_by_key(|incident| {
            (
                incident.cause.kind == CauseKind::Device,
                incident.detected,
                incident.id.clone(),
            )
        })
        .map(|incident| incident.id.clone())
}

fn correct(id: &IncidentId, cause: Cause, book: &mut Book<'_>) {
    let Some(held) = book.incidents.get(id).map(|incident| incident.cause.clone()) else {
        return;
    };
    // Numbers alone are no news: they change each second.
    let same = held.kind == cause.kind
        && held.rooms == cause.rooms
        && held.named == cause.named
        && held.confidence == cause.confidence;
    if !same {
        let from = (held.kind != cause.kind).then_some(held.kind);
        book.learn(
            id,
            Change::Corrected {
                from,
                to: cause,
                began: None,
            },
        );
    }
}

fn open(
    condition: Condition,
    items: &[Item],
    cause: Cause,
    devices: &mut Devices,
    book: &mut Book<'_>,
) -> Option<IncidentId> {
    let members: Vec<_> = items
        .iter()
        .filter_map(|item| {
            devices
                .get(&item.device)?
                .member(item.device, condition, item.since, item.broken)
        })
        .collect();
    let session = members.first()?.session.clone();
    let first = items.iter().min_by_key(|item| item.since)?;
    let broken = items
        .iter()
        .map(|item| item.broken)
        .fold(Timestamp::MAX, Timestamp::min);
    let onset = Item {
        broken,
        ..first.clone()
    };
    let incident = book.open_common(&session, members, case(condition, &onset, None), cause);
    for item in items {
        become_part(condition, item, &incident, devices, book);
    }
    Some(incident)
}

fn join(
    condition: Condition,
    item: &Item,
    incident: &IncidentId,
    devices: &mut Devices,
    book: &mut Book<'_>,
) {
    let member = devices
        .get(&item.device)
        .and_then(|device| device.member(item.device, condition, item.since, item.broken));
    if let Some(member) = member {
        book.learn(incident, Change::Joined(member));
        become_part(condition, item, incident, devices, book);
    }
}

fn become_part(
    condition: Condition,
    item: &Item,
    incident: &IncidentId,
    devices: &mut Devices,
    book: &mut Book<'_>,
) {
    if let Some(device) = devices.get_mut(&item.device) {
        let pending = device.pending.get(&condition).and_then(|pending| pending.why);
        let why = pending.or_else(|| device.open.get(&condition).and_then(|open| open.why));
        device.is_part_of(incident, case(condition, item, why));
        book.tile(item.device);
    }
}

/// Whether a device becomes part of a common incident that has been there for a while: it was part of it before, or
/// everybody else of its room is in it; of a network, and of what hit one network alone in that room, everybody else of
/// that network there.
pub(super) fn joins(condition: Condition, item: &Item, devices: &mut Devices, book: &mut Book<'_>) -> bool {
    let own = devices.get(&item.device).and_then(|device| device.subnet);
    let others_heard = |of_network: bool| {
        devices.iter().any(|(id, device)| {
            *id != item.device
                && matches!(device.contact, Contact::Heard(_))
                && !device.open.contains_key(&condition)
                && (!of_network || device.subnet == own)
                && device
                    .current
                    .as_ref()
                    .is_some_and(|current| current.room == item.room)
        })
    };
    let follows = |incident: &Incident| match own {
        Some(own) if incident.cause.kind == CauseKind::Subnet => {
            is_named(&incident.cause, own) && !others_heard(true)
        }
        Some(own) if hit_alone(own, incident, &item.room, devices) => !others_heard(true),
        _ => !others_heard(false),
    };
    let found = book.open_common_of(condition).into_iter().find(|id| {
        book.incidents.get(id).is_some_and(|incident| {
            incident.member(item.device).is_some() || (incident.reaches(&item.room) && follows(incident))
        })
    });
    if let Some(incident) = &found {
        join(condition, item, incident, devices, book);
    }
    found.is_some()
}

/// Whether all members in this room that tell their network tell this one, and some do.
fn hit_alone(subnet: Subnet, incident: &Incident, room: &RoomId, devices: &Devices) -> bool {
    let here = incident.members.iter().filter(|member| member.room == *room);
    let mut told = here
        .filter_map(|member| devices.get(&member.device)?.subnet)
        .peekable();
    told.peek().is_some() && told.all(|told| told == subnet)
}

fn is_named(cause: &Cause, subnet: Subnet) -> bool {
    cause
        .named
        .as_ref()
        .is_some_and(|named| named.as_str() == subnet.to_string())
}

fn case(condition: Condition, item: &Item, why: Option<Reason>) -> Case {
    Case {
        condition,
        since: item.since,
        broken: item.broken,
        seen: item.seen,
        why,
    }
}
