//! Which place explains all of them: a room, an access point, a network, the school.

use std::collections::{BTreeMap, BTreeSet};

use roomready_shared::facts::Subnet;
use roomready_shared::ids::RoomId;
use roomready_shared::units::ShortText;

use super::Item;
use super::evidence::Evidence;
use super::subnet::Subnets;
use crate::domain::incident::Condition;
use crate::domain::watch::roster::WatchPlan;
use crate::domain::watch::table::{GROUP_DEVICES, GROUP_PERCENT};

/// A place that a cause can lie in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Level {
    /// One room.
    Room,
    /// Rooms that share an access point by the district's map.
    AccessPoint(ShortText),
    /// A network that devices of several rooms stand in, as they tell.
    Subnet(Subnet),
    /// Several rooms, and others are well: a part of the school.
    Part,
    /// Every room that anybody is heard in.
    School,
}

/// A place with its rooms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) level: Level,
    pub(super) rooms: BTreeSet<RoomId>,
}

/// Devices with a cause in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) items: Vec<Item>,
    pub(super) place: Place,
}

/// How many of a room are hit, of those heard there.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::domain::watch) struct Share {
    pub(super) hit: usize,
    pub(super) of: usize,
}

impl Share {
    /// One more.
    pub(in crate::domain::watch) const fn count(&mut self, is_hit: bool) {
        self.hit += is_hit as usize;
        self.of += 1;
    }

    pub(in crate::domain::watch) fn is_hit(self) -> bool {
        self.hit > 0 && self.hit * 100 >= self.of * GROUP_PERCENT
    }

    pub(super) fn is_group(self) -> bool {
        self.hit >= GROUP_DEVICES && self.is_hit()
    }
}

/// Splits those with one onset into groups with a place in common, widest first, and those who have none.
///
/// A level is eligible with three devices and 30 % of those heard there in the last two minutes. The widest eligible one
/// wins only if at least two of its rooms are hit and no room of it that is well speaks against it; else the narrowest.
/// Against the school a network that is well speaks too, where another one explains what failed.
pub(super) fn groups(
    condition: Condition,
    items: Vec<Item>,
    evidence: &Evidence<'_>,
    plan: &WatchPlan,
) -> (Vec<Group>, Vec<Item>) {
    let mut shares: BTreeMap<RoomId, Share> = BTreeMap::new();
    for room in evidence.rooms_of_counted(condition) {
        shares.entry(room.clone()).or_default().of += 1;
    }
    for item in &items {
        shares.entry(item.room.clone()).or_default().hit += 1;
    }
    let mut left = items;
    let mut found = Vec::new();
    let subnets = Subnets::of(condition, &left, evidence);
    let failed = subnets.failed(condition, &left);
    let against_school = !failed.is_empty() && subnets.is_one_well();
    if explains(&shares, shares.keys()) && !against_school {
        let rooms = hit(&shares);
        return (vec![group(left, Level::School, rooms)], Vec::new());
    }
    let mut points: BTreeMap<&ShortText, BTreeSet<RoomId>> = BTreeMap::new();
    for (room, point) in &plan.access_points {
        points.entry(point).or_default().insert(room.clone());
    }
    for subnet in failed {
        // All of its rooms on one access point that failed: only one of what it reaches over is hit.
        let narrower =
            |rooms: &BTreeSet<RoomId>| subnets.lies_within(subnet, rooms) && explains(&shares, rooms.iter());
        if points.values().any(narrower) {
            continue;
        }
        let (here, others): (Vec<Item>, _) = left.into_iter().partition(|item| subnets.holds(subnet, item));
        left = others;
        subnets.take_out(subnet, &here, &mut shares);
        let rooms = here.iter().map(|item| item.room.clone()).collect();
        found.push(group(here, Level::Subnet(subnet), rooms));
    }
    for (point, rooms) in points {
        if explains(&shares, rooms.iter()) {
            let (here, others) = left.into_iter().partition(|item| rooms.contains(&item.room));
            left = others;
            let of: Vec<Item> = here;
            let rooms = of.iter().map(|item| item.room.clone()).collect();
            found.push(group(of, Level::AccessPoint(point.clone()), rooms));
        }
    }
    if spares_rooms(condition) {
        let rooms: BTreeSet<_> = left.iter().map(|item| item.room.clone()).collect();
        let hit_rooms: BTreeSet<_> = rooms
            .iter()
            .filter(|room| shares.get(*room).is_some_and(|share| share.is_hit()))
            .cloned()
            .collect();
        let (here, others): (Vec<Item>, _) =
            left.into_iter().partition(|item| hit_rooms.contains(&item.room));
        if hit_rooms.len() >= 2 && here.len() >= GROUP_DEVICES {
            found.push(group(here, Level::Part, hit_rooms));
            return (found, others);
        }
        left = here.into_iter().chain(others).collect();
    }
    for (room, share) in &shares {
        if share.is_group() && left.iter().any(|item| item.room == *room) {
            let (here, others) = left.into_iter().partition(|item| item.room == *room);
            left = others;
            found.push(group(here, Level::Room, BTreeSet::from([room.clone()])));
        }
    }
    // One of the networks in a room, while the others in it are well.
    for (subnet, room) in subnets.groups_in_one_room() {
        let (here, others): (Vec<Item>, _) = left
            .into_iter()
            .partition(|item| item.room == *room && evidence.subnet_of(item.device) == Some(subnet));
        left = others;
        if !here.is_empty() {
            found.push(group(here, Level::Room, BTreeSet::from([room.clone()])));
        }
    }
    (found, left)
}

/// Whether one cause hits several rooms and leaves others well. The vendor fails where it fails: that others reach it
/// says that it is not everybody, not that it is nobody. And an update, or an alarm in one wing, reaches whom it reaches.
const fn spares_rooms(condition: Condition) -> bool {
    matches!(
        condition,
        Condition::VendorUnreachable | Condition::ShutDown | Condition::Restarted | Condition::Slept
    )
}

/// Whether one cause for all of these rooms is what the evidence says: at least two of them hit, enough devices in
/// all, and no healthy one among them.
fn explains<'a>(shares: &BTreeMap<RoomId, Share>, rooms: impl Iterator<Item = &'a RoomId>) -> bool {
    explain(rooms.filter_map(|room| shares.get(room)).copied())
}

/// The same, of the shares of such a place.
pub(super) fn explain(shares: impl Iterator<Item = Share>) -> bool {
    let heard: Vec<_> = shares.filter(|share| share.of > 0).collect();
    let hit = heard.iter().filter(|share| share.is_hit()).count();
    let devices: usize = heard.iter().map(|share| share.hit).sum();
    hit >= 2 && hit == heard.len() && devices >= GROUP_DEVICES
}

fn hit(shares: &BTreeMap<RoomId, Share>) -> BTreeSet<RoomId> {
    shares
        .iter()
        .filter(|(_, share)| share.hit > 0)
        .map(|(room, _)| room.clone())
        .collect()
}

fn group(items: Vec<Item>, level: Level, rooms: BTreeSet<RoomId>) -> Group {
    Group {
        items,
        place: Place { level, rooms },
    }
}
