//! Who watches a room, as numbers and names; pages put them into words.

use std::collections::BTreeMap;

use roomready_shared::facts::Platform;
use roomready_shared::ids::{DeviceName, RoomRef};
use roomready_shared::units::Timestamp;

use super::{District, RosterEntry, Watched};

/// "26 Chromebooks not watched one by one; room network watched by LIB-2; 4 laptops watched", as data.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WhoWatches {
    /// Students' devices that nothing of ours can run on.
    pub not_one_by_one: BTreeMap<Platform, usize>,
    /// Staff machines that watch the room's network.
    pub sentinels: Vec<DeviceName>,
    /// Students' devices with our agent.
    pub by_agent: BTreeMap<Platform, usize>,
}

impl WhoWatches {
    /// Counts devices.
    #[must_use]
    pub fn of<'a>(devices: impl IntoIterator<Item = &'a RosterEntry>) -> Self {
        let mut who = Self::default();
        for device in devices {
            match device.watched {
                Watched::ByAgent => *who.by_agent.entry(device.platform).or_default() += 1,
                Watched::NotOneByOne => *who.not_one_by_one.entry(device.platform).or_default() += 1,
                Watched::Sentinel => who.sentinels.push(device.name.clone()),
            }
        }
        who.sentinels.sort();
        who
    }
}

impl District {
    /// Who watches a room: the devices of its sitting, or those at home in it while there is none.
    #[must_use]
    pub fn who_watches(&self, room: &RoomRef, now: Timestamp) -> WhoWatches {
        match self.session_at(room, now) {
            Some((session, _)) => {
                WhoWatches::of(self.expected(session).into_iter().map(|expected| expected.device))
            }
            None => WhoWatches::of(self.roster_of(room)),
        }
    }
}
