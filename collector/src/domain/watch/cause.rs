//! One cause, one incident: what begins on several devices at once is gathered before it is told.
//!
//! Each tick, for each condition that devices can have in common: those that have it, told or not told yet, are put
//! together by their onsets ([`together`]); then the narrowest place that explains all of them is looked for
//! ([`level`]), and what can be said about the cause by the evidence ([`evidence`]). What has held for its time opens
//! as one incident, or joins the one that is there; what has nothing in common opens alone.

mod apply;
mod collector;
mod evidence;
mod level;
mod ruled_out;
mod subnet;

use std::collections::BTreeMap;

use jiff::Timestamp;
use roomready_shared::ids::{DeviceId, IncidentId, RoomId};

use super::book::Book;
use super::device::DeviceWatch;
use super::input::Looked;
use super::roster::WatchPlan;
use super::signs::{follows, trouble_around};
use super::table::{
    EVERYBODY_HOLD_MS, FOLLOWS_WITHIN, GATHERS_FOR, LATE_HOLD_MS, ONSETS_APART, at_once, begins,
};
use crate::domain::incident::{CauseKind, Condition, Detection, Incident};
use evidence::Evidence;
pub(super) use level::Share;
use level::{Group, Level};

/// Conditions that devices can have in common. In this order they are looked at: what follows from a silence is found
/// after it.
const IN_COMMON: [Condition; 10] = [
    Condition::LostContact,
    Condition::ShutDown,
    Condition::Restarted,
    Condition::Slept,
    Condition::VendorUnreachable,
    Condition::TestAppCrashed,
    Condition::TestAppNotRunning,
    Condition::Unstable,
    Condition::NetworkSlow,
    Condition::NetworkChanged,
];

/// A device that has the condition.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Item {
    device: DeviceId,
    room: RoomId,
    since: Timestamp,
    broken: Timestamp,
    /// The incident it is in already.
    incident: Option<IncidentId>,
    /// It has held for its confirm time.
    confirmed: bool,
    /// It has held for long enough to be told of everybody at once.
    early: bool,
    /// It has held for its hold as well.
    matured: bool,
    seen: Detection,
}

impl Item {
    /// When it showed: of what looks find the first that found it, since the look before may lie before the trouble that
    /// it follows from.
    const fn began(&self, condition: Condition) -> Timestamp {
        match condition {
            Condition::VendorUnreachable => self.broken,
            _ => self.since,
        }
    }
}

pub(super) type Devices = BTreeMap<DeviceId, DeviceWatch>;

/// Tells what has held long enough.
pub(super) fn gather(devices: &mut Devices, plan: &WatchPlan, looked: Looked, book: &mut Book<'_>) {
    collector::look(devices, plan, looked, book);
    let due = std::mem::take(&mut book.gather);
    if due.is_empty() {
        return;
    }
    for condition in due {
        gather_one(condition, devices, plan, looked, book);
    }
    // What is told at once waits for nothing.
    for device in devices.values_mut() {
        let late = &device.late_end;
        device
            .pending
            .retain(|condition, _| !at_once(*condition) || late.contains_key(condition));
    }
}

fn gather_one(
    condition: Condition,
    devices: &mut Devices,
    plan: &WatchPlan,
    looked: Looked,
    book: &mut Book<'_>,
) {
    let items = items(condition, devices, book);
    if !items.iter().any(|item| item.matured || item.early) {
        return;
    }
    if !IN_COMMON.contains(&condition) {
        for item in items.iter().filter(|item| item.matured) {
            apply::alone(condition, item, devices, book);
        }
        return;
    }
    let items = without_symptoms(condition, items, devices, book);
    for cluster in together(items) {
        let (matured, early) = cluster.iter().fold((false, false), |(matured, early), item| {
            (matured || item.matured, early || item.early)
        });
        if !matured && !early {
            continue;
        }
        let evidence = Evidence::of(condition, devices, &cluster, looked);
        let (groups, mut rest) = level::groups(condition, cluster, &evidence, plan);
        let everybody = groups.iter().all(|group| group.place.level == Level::School) && rest.is_empty();
        if !matured && !everybody {
            continue;
        }
        let causes: Vec<_> = groups
            .into_iter()
            .map(|Group { items, place }| {
                let cause = evidence.cause(condition, &items, place, plan.site);
                (items, cause)
            })
            .collect();
        for (items, cause) in causes {
            apply::group(condition, &items, cause, devices, book);
        }
        rest.retain(|item| item.incident.is_none() && item.confirmed);
        for item in rest {
            if apply::joins(condition, &item, devices, book) || !item.matured {
                continue;
            }
            apply::alone(condition, &item, devices, book);
        }
    }
}

/// What follows from another trouble of the same device is noted there, while that goes on and shortly after.
fn without_symptoms(
    condition: Condition,
    items: Vec<Item>,
    devices: &Devices,
    book: &mut Book<'_>,
) -> Vec<Item> {
    let mut left = Vec::new();
    for item in items {
        let trouble = devices
            .get(&item.device)
            .filter(|_| item.incident.is_none())
            .and_then(|device| trouble_around(device, condition, item.began(condition), book))
            .filter(|trouble| {
                let until = book.incidents.get(trouble).and_then(Incident::until);
                until.is_none_or(|until| book.now.wall.duration_since(until) <= FOLLOWS_WITHIN)
            });
        match trouble {
            Some(trouble) if item.confirmed => {
                follows(item.device, &trouble, condition, item.began(condition), book);
            }
            Some(_) => {}
            None => left.push(item),
        }
    }
    left
}

/// Who has the condition: told lately, or not yet.
fn items(condition: Condition, devices: &Devices, book: &Book<'_>) -> Vec<Item> {
    let mut items = Vec::new();
    for (id, device) in devices {
        let Some(current) = &device.current else { continue };
        if let Some(pending) = device.pending.get(&condition) {
            let held = book.now.mono_ms.saturating_sub(pending.from_ms);
            let timing = begins(condition, current.phase);
            let (confirm_ms, opens_ms) = match timing {
                // It is over already, so the present phase says nothing.
                _ if device.late_end.contains_key(&condition) => (LATE_HOLD_MS, LATE_HOLD_MS),
                Some(timing) => (timing.confirm_ms, timing.opens_after_ms()),
                None => continue,
            };
            items.push(Item {
                device: *id,
                room: current.room.clone(),
                since: pending.since,
                broken: pending.broken,
                incident: None,
                confirmed: held >= confirm_ms,
                early: held >= confirm_ms + EVERYBODY_HOLD_MS,
                matured: held >= opens_ms,
                seen: pending.seen,
            });
        } else if let Some(open) = device.open.get(&condition)
            && let Some(incident) = book.incidents.get(&open.incident)
            && book.now.wall.duration_since(incident.detected) <= GATHERS_FOR
        {
            items.push(Item {
                device: *id,
                room: current.room.clone(),
                since: open.since,
                broken: open.since.max(incident.broken.min(incident.detected)),
                incident: Some(open.incident.clone()),
                confirmed: true,
                early: false,
                // One that was opened alone may turn out to be the first of many.
                matured: incident.cause.kind == CauseKind::Device && incident.detected == book.now.wall,
                seen: incident.seen,
            });
        }
    }
    items
}

/// Those whose onsets overlap, or follow each other closely.
fn together(mut items: Vec<Item>) -> Vec<Vec<Item>> {
    items.sort_by_key(|item| (item.since, item.device));
    let mut clusters: Vec<Vec<Item>> = Vec::new();
    let mut until = Timestamp::MIN;
    for item in items {
        let near = item.since.duration_since(until) <= ONSETS_APART;
        until = until.max(item.broken);
        match clusters.last_mut() {
            Some(cluster) if near => cluster.push(item),
            _ => {
                until = item.broken;
                clusters.push(vec![item]);
            }
        }
    }
    clusters
}
