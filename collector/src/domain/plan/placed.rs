//! Where the roster places a device that wants to be let in.

use roomready_shared::ids::DeviceName;
use roomready_shared::units::ShortText;

use super::{District, draft};
use crate::domain::identity::{MatchedBy, RosterPlace};

impl District {
    /// Where the roster places a device, and by what it was found there: its serial number, else its name.
    #[must_use]
    pub fn roster_place(&self, name: &DeviceName, serial: Option<&ShortText>) -> Option<RosterPlace> {
        let by_serial = serial.and_then(|serial| self.by_serial.get(serial));
        let (place, by) = match by_serial {
            Some(place) => (place, MatchedBy::Serial),
            None => (self.by_name.get(&draft::key(name))?, MatchedBy::Name),
        };
        let room = self.roster.get(*place)?.room.clone();
        Some(RosterPlace { room, by })
    }
}
