//! What speaks for and against a cause.

use std::collections::BTreeSet;

use jiff::Timestamp;
use roomready_shared::facts::Subnet;
use roomready_shared::ids::{DeviceId, RoomId};
use roomready_shared::units::ShortText;

use super::level::{Level, Place};
use super::{Devices, Item};
use crate::domain::incident::{Cause, CauseKind, Condition, Confidence};
use crate::domain::plan::Site;
use crate::domain::watch::contact::Contact;
use crate::domain::watch::device::DeviceWatch;
use crate::domain::watch::input::{Looked, Reached};
use crate::domain::watch::table::HEARD_WITHIN;

/// The devices of a school at the moment of an onset.
pub(super) struct Evidence<'a> {
    /// Everybody that was heard in the two minutes before it, or has the condition.
    pub(super) heard: Vec<(DeviceId, &'a RoomId, &'a DeviceWatch)>,
    looked: Looked,
}

impl<'a> Evidence<'a> {
    pub(super) fn of(condition: Condition, devices: &'a Devices, items: &[Item], looked: Looked) -> Self {
        let hit: BTreeSet<_> = items.iter().map(|item| item.device).collect();
        let onset = items.iter().map(|item| item.since).min();
        let of_silence = condition == Condition::LostContact;
        let silent_by = silent_by(items);
        let heard = devices.iter().filter_map(|(id, device)| {
            let room = match &device.current {
                Some(current) => &current.room,
                // Whatever it is there for: who is heard is not cut off.
                None if of_silence => &device.place.room,
                None => return None,
            };
            let counts = match device.contact {
                Contact::Heard(run) => !of_silence || device.testing() || run.last > silent_by,
                Contact::Silent { since, .. } => {
                    let missed = !of_silence || device.pending.contains_key(&condition);
                    missed && onset.is_some_and(|onset| onset.duration_since(since).abs() <= HEARD_WITHIN)
                }
                _ => false,
            };
            let counts = hit.contains(id) || (counts && device.absence().is_none());
            counts.then_some((*id, room, device))
        });
        Self {
            heard: heard.collect(),
            looked,
        }
    }

    /// The room of each device that a share is drawn from.
    pub(super) fn rooms_of_counted(&self, condition: Condition) -> impl Iterator<Item = &'a RoomId> {
        let app = matches!(
            condition,
            Condition::TestAppCrashed | Condition::TestAppNotRunning
        );
        self.heard
            .iter()
            .filter(move |(_, _, device)| !app || (!device.place.sentinel && device.test.started().is_some()))
            .map(|(_, room, _)| *room)
    }

    /// Who is counted for and against a network that it stands in, with its room. Of the vendor only who has looked is a
    /// witness.
    pub(super) fn subnets_of_counted(
        &self,
        condition: Condition,
    ) -> impl Iterator<Item = (DeviceId, &'a RoomId, Subnet)> {
        let of_vendor = condition == Condition::VendorUnreachable;
        self.heard
            .iter()
            .filter(move |(_, _, device)| !of_vendor || device.reached.vendor.is_some())
            .filter_map(|(id, room, device)| Some((*id, *room, device.subnet?)))
    }

    /// The network that a device stands in.
    pub(super) fn subnet_of(&self, id: DeviceId) -> Option<Subnet> {
        // Drawn from a map of devices, so they are in its order.
        let at = self.heard.binary_search_by_key(&id, |(id, _, _)| *id).ok()?;
        self.heard[at].2.subnet
    }

    /// The cause of what these have in common, by all that is known.
    pub(super) fn cause(&self, condition: Condition, items: &[Item], place: Place, site: Site) -> Cause {
        let (kind, confidence) = match condition {
            Condition::TestAppCrashed | Condition::TestAppNotRunning => {
                (CauseKind::TestApp, Confidence::Inferred)
            }
            Condition::VendorUnreachable => self.of_the_way_out(items, &place.level, site),
            Condition::NetworkSlow => (slowness(&place.level), Confidence::Inferred),
            Condition::LostContact if self.is_collector_cut(items, site) => {
                (CauseKind::CollectorPath, Confidence::Inferred)
            }
            Condition::LostContact | Condition::Unstable | Condition::NetworkChanged => {
                (silence(&place.level, site), Confidence::Inferred)
            }
            _ => (CauseKind::Together, Confidence::Inferred),
        };
        let named = match &place.level {
            Level::AccessPoint(name) if kind == CauseKind::AccessPoint => Some(name.clone()),
            Level::Subnet(subnet) if kind == CauseKind::Subnet => Some(ShortText::fit(&subnet.to_string())),
            _ => None,
        };
        let ruled_out = self.ruled_out(condition, kind, items, &place.rooms);
        Cause {
            kind,
            confidence,
            rooms: place.rooms.into_iter().collect(),
            named,
            ruled_out,
        }
    }

    /// Devices are heard and the vendor does not answer them: where does it end?
    fn of_the_way_out(&self, items: &[Item], level: &Level, site: Site) -> (CauseKind, Confidence) {
        use Confidence::{Inferred, Measured};
        let (mut gateway_down, mut outside_up, mut outside_down, mut names_down) = (0, 0, 0, 0);
        for (_, _, device) in self.members(items) {
            let Reached {
                gateway,
                resolution,
                outside,
                ..
            } = device.reached;
            gateway_down += usize::from(gateway == Some(false));
            outside_up += usize::from(outside == Some(true));
            outside_down += usize::from(outside == Some(false));
            names_down += usize::from(resolution == Some(false));
        }
        let most = |count: usize| count * 2 > items.len();
        if most(gateway_down) {
            return (
                local(level),
                // Who is in a room is known, and each device tells its own network; the map of access points is not theirs.
                if matches!(level, Level::Room | Level::Subnet(_)) {
                    Measured
                } else {
                    Inferred
                },
            );
        }
        // From elsewhere the collector's own look says nothing of this school's way out.
        let collector_cut = site == Site::OnPremises && self.looked.outside == Some(false);
        let out = most(outside_down) || (outside_up == 0 && (most(names_down) || collector_cut));
        if out {
            return match level {
                Level::School => (
                    CauseKind::SchoolUplink,
                    if most(outside_down) { Measured } else { Inferred },
                ),
                _ => (local(level), Inferred),
            };
        }
        let sure =
            most(outside_up) || (self.looked.outside == Some(true) && self.looked.vendor == Some(false));
        let confidence = if sure { Measured } else { Inferred };
        match level {
            // The collector reaches the vendor and no device does: it ends between them.
            Level::School if self.looked.vendor == Some(true) => (CauseKind::VendorPath, confidence),
            Level::School => (CauseKind::Vendor, confidence),
            _ => (CauseKind::VendorPath, confidence),
        }
    }

    /// The collector stands elsewhere, reaches nothing outside itself, and hears nobody of the school: its own line is
    /// what they have in common.
    fn is_collector_cut(&self, items: &[Item], site: Site) -> bool {
        let hit = |id: &DeviceId| items.iter().any(|item| item.device == *id);
        cut_off(site, self.looked)
            && !self
                .heard
                .iter()
                .any(|(id, _, device)| !hit(id) && device.is_heard())
    }

    fn members<'s>(
        &'s self,
        items: &'s [Item],
    ) -> impl Iterator<Item = &'s (DeviceId, &'a RoomId, &'a DeviceWatch)> {
        self.heard
            .iter()
            .filter(|(id, _, _)| items.iter().any(|item| item.device == *id))
    }
}

/// Whether a collector that stands elsewhere finds itself cut off. From inside of the school its own look says nothing of
/// a silence.
pub(super) fn cut_off(site: Site, looked: Looked) -> bool {
    site == Site::Remote && looked.outside == Some(false)
}

/// Who was heard after this moment is not cut off by what silenced these: the last of them was still heard then, and
/// the first of them owed its next beat. A device that beats once a minute is silent for as long without being missed.
fn silent_by(items: &[Item]) -> Timestamp {
    // A silence is found after two promises.
    let owed = items
        .iter()
        .filter_map(|item| {
            let promise = item.broken.duration_since(item.since) / 2;
            item.since.checked_add(promise).ok()
        })
        .min();
    let last = items.iter().map(|item| item.since).max();
    last.max(owed).unwrap_or(Timestamp::MAX)
}

/// Silence alone: where it lies follows from who is silent and who is not.
const fn silence(level: &Level, site: Site) -> CauseKind {
    match (level, site) {
        (Level::School, Site::OnPremises) => CauseKind::SchoolNetwork,
        (Level::School, Site::Remote) => CauseKind::SchoolUplink,
        _ => local(level),
    }
}

/// Slow everywhere is slow where everybody's way is one.
const fn slowness(level: &Level) -> CauseKind {
    match level {
        Level::School => CauseKind::SchoolUplink,
        _ => local(level),
    }
}

/// A fault inside the school.
const fn local(level: &Level) -> CauseKind {
    match level {
        Level::Room => CauseKind::RoomNetwork,
        Level::AccessPoint(_) => CauseKind::AccessPoint,
        Level::Subnet(_) => CauseKind::Subnet,
        Level::Part | Level::School => CauseKind::SchoolNetwork,
    }
}
