//! Networks by the word of their devices: wider than an access point, narrower than the school.
//!
//! A network reaches into several rooms, and a room may hold devices of several networks. The part of a network in one
//! room is judged as a room is elsewhere: it is hit when enough of it is. Who tells no network belongs to none, and speaks
//! neither for one nor against it.

use std::collections::{BTreeMap, BTreeSet};

use roomready_shared::facts::Subnet;
use roomready_shared::ids::RoomId;

use super::Item;
use super::evidence::Evidence;
use super::level::{Share, explain};
use crate::domain::incident::Condition;

/// How many are hit, of each network in each room.
pub(super) struct Subnets<'e, 'a> {
    evidence: &'e Evidence<'a>,
    parts: BTreeMap<Subnet, BTreeMap<&'a RoomId, Share>>,
}

impl<'e, 'a> Subnets<'e, 'a> {
    /// None for what is not a matter of networks. Who is on another network than before tells the one it is in now, and
    /// the trouble lies with the one that it left.
    pub(super) fn of(condition: Condition, items: &[Item], evidence: &'e Evidence<'a>) -> Self {
        let mut parts: BTreeMap<_, BTreeMap<_, Share>> = BTreeMap::new();
        if matches!(
            condition,
            Condition::LostContact
                | Condition::VendorUnreachable
                | Condition::Unstable
                | Condition::NetworkSlow
        ) {
            let hit: BTreeSet<_> = items.iter().map(|item| item.device).collect();
            for (device, room, subnet) in evidence.subnets_of_counted(condition) {
                let part = parts.entry(subnet).or_default().entry(room).or_default();
                part.of += 1;
                part.hit += usize::from(hit.contains(&device));
            }
        }
        Self { evidence, parts }
    }

    /// Those that failed as a whole: hit in at least two rooms, and well in none. The vendor fails where it fails, so of
    /// its trouble a network is the place only where nobody else has it.
    pub(super) fn failed(&self, condition: Condition, items: &[Item]) -> Vec<Subnet> {
        let failed = self
            .parts
            .iter()
            .filter(|(_, rooms)| explain(rooms.values().copied()));
        let failed = failed.map(|(subnet, _)| *subnet).filter(|subnet| {
            condition != Condition::VendorUnreachable || items.iter().all(|item| self.holds(*subnet, item))
        });
        failed.collect()
    }

    /// Whether one is well, which speaks against the school.
    pub(super) fn is_one_well(&self) -> bool {
        self.parts.values().any(|rooms| {
            let whole = rooms.values().fold(Share::default(), |whole, part| Share {
                hit: whole.hit + part.hit,
                of: whole.of + part.of,
            });
            !whole.is_hit()
        })
    }

    /// Whether all of its rooms are among these.
    pub(super) fn lies_within(&self, subnet: Subnet, rooms: &BTreeSet<RoomId>) -> bool {
        let mut parts = self.parts.get(&subnet).into_iter().flatten();
        parts.all(|(room, _)| rooms.contains(*room))
    }

    /// Whether one that is hit is hit with this network: it stands in it, or it does not tell where it stands and sits
    /// among those who do.
    pub(super) fn holds(&self, subnet: Subnet, item: &Item) -> bool {
        match self.evidence.subnet_of(item.device) {
            Some(own) => own == subnet,
            None => self
                .parts
                .get(&subnet)
                .is_some_and(|rooms| rooms.contains_key(&item.room)),
        }
    }

    /// Takes a network that was found out of the shares of rooms: what is left of them is judged by itself.
    pub(super) fn take_out(&self, subnet: Subnet, found: &[Item], shares: &mut BTreeMap<RoomId, Share>) {
        for (room, part) in self.parts.get(&subnet).into_iter().flatten() {
            if let Some(share) = shares.get_mut(*room) {
                share.hit = share.hit.saturating_sub(part.hit);
                share.of = share.of.saturating_sub(part.of);
            }
        }
        for item in found {
            if self.evidence.subnet_of(item.device).is_none()
                && let Some(share) = shares.get_mut(&item.room)
            {
                share.hit = share.hit.saturating_sub(1);
                share.of = share.of.saturating_sub(1);
            }
        }
    }

    /// Networks with the room that enough of them is hit in, where the room as a whole may be well.
    pub(super) fn groups_in_one_room(&self) -> impl Iterator<Item = (Subnet, &'a RoomId)> {
        let each = self.parts.iter();
        each.flat_map(|(subnet, rooms)| rooms.iter().map(move |(room, part)| (*subnet, *room, *part)))
            .filter(|(_, _, part)| part.is_group())
            .map(|(subnet, room, _)| (subnet, room))
    }
}
