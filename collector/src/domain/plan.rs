//! The district as configured: schools, rooms, who sits where and when. Checked once, at construction.
//!
//! A [`Home`] is where an enrolled device belongs; a session lists its own devices or takes those of its room. From
//! the two follows everything a device is told ([`District::assignment`]) and what a room expects.

mod assignment;
mod choose;
mod district;
mod draft;
mod pace;
mod placed;
mod site;
mod watchers;

#[cfg(test)]
pub(in crate::domain) mod tests;

pub use choose::{SHOWN_AFTER_END, choose};
pub(crate) use choose::{phase_until, turns};
pub use district::District;
pub use draft::{Draft, Fault, Part};
pub use pace::Paces;
pub use site::Site;
pub use watchers::WhoWatches;

use std::collections::BTreeMap;
use std::sync::Arc;

use roomready_shared::facts::Platform;
use roomready_shared::ids::{DeviceName, RoomId, RoomRef, SeatLabel, SessionId, Title};
use roomready_shared::requirement::Requirement;
use roomready_shared::timetable::{Phase, Timetable};
use roomready_shared::units::{ShortText, Timestamp};

/// A school.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct School {
    /// Its name for people.
    pub title: Title,
    /// Its rooms with their names, in the order pages list them.
    pub rooms: Vec<(RoomId, Title)>,
    /// Where the collector stands, seen from this school.
    pub site: Site,
    /// Which access point each room's devices use, where the district has drawn a map. Rooms of one name share one.
    pub access_points: BTreeMap<RoomId, ShortText>,
}

/// A device that the district owns, heard or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterEntry {
    /// Asset tag or host name, unique in the district whatever the case of its letters.
    pub name: DeviceName,
    /// Its system family.
    pub platform: Platform,
    /// Its home room.
    pub room: RoomRef,
    /// Its seat there.
    pub seat: Option<SeatLabel>,
    /// Serial number, for matching only.
    pub serial: Option<ShortText>,
    /// How it is watched.
    pub watched: Watched,
}

/// How a device is watched while students test (design section 7, "Who is watched").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Watched {
    /// Our agent on it: a student's device.
    ByAgent,
    /// Nothing of ours can run on it.
    NotOneByOne,
    /// It is itself a watcher: a staff machine with our agent, on the students' network.
    Sentinel,
}

impl Watched {
    /// How a student's device of this platform is watched.
    #[must_use]
    pub const fn student_on(platform: Platform) -> Self {
        if platform.can_run_agent() {
            Self::ByAgent
        } else {
            Self::NotOneByOne
        }
    }
}

/// A sitting.
#[derive(Debug, Clone)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Its name for people.
    pub title: Title,
    /// Where it sits.
    pub room: RoomRef,
    /// Its times.
    pub timetable: Timetable,
    /// What its devices must meet; none means what the district asks outside of sessions.
    pub requirement: Option<Arc<Requirement>>,
    /// Seats expected to be taken; none means as many as devices are expected.
    pub seats_expected: Option<u16>,
    /// Its own devices; none listed means those of its room.
    pub seats: Vec<SeatPlan>,
}

/// One device that a sitting lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatPlan {
    /// The device.
    pub device: DeviceName,
    /// Its seat in this sitting.
    pub seat: Option<SeatLabel>,
    /// When this seat's test ends, where it is not the sitting's end. Why is never stored.
    pub ends: Option<Timestamp>,
}

impl Session {
    /// The phase of the sitting as a whole: it lasts until its last seat ends.
    #[must_use]
    pub fn phase_at(&self, now: Timestamp) -> Phase {
        phase_until(&self.timetable, self.last_end(), now)
    }

    /// When its last seat ends.
    #[must_use]
    pub fn last_end(&self) -> Timestamp {
        let seats = self.seats.iter().filter_map(|seat| seat.ends);
        seats.fold(self.timetable.ends(), Timestamp::max)
    }

    /// When seats end that have an end of their own, by their devices' tags without regard to capitals.
    pub fn own_ends(&self) -> impl Iterator<Item = (String, Timestamp)> {
        let seats = self.seats.iter();
        seats.filter_map(|seat| Some((draft::key(&seat.device), seat.ends?)))
    }
}

/// A device of a sitting, as the roster and the sitting tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected<'a> {
    /// The device.
    pub device: &'a RosterEntry,
    /// Its seat in this sitting.
    pub seat: Option<&'a SeatLabel>,
    /// When its test ends.
    pub ends: Timestamp,
}

/// Where an enrolled device belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// What people call it: the roster's spelling where it is on the roster.
    pub name: DeviceName,
    /// Its system family.
    pub platform: Platform,
    /// Its home room.
    pub room: RoomRef,
    /// Its seat there.
    pub seat: Option<SeatLabel>,
    /// How it is watched.
    pub watched: Watched,
    /// Whether the roster knows it.
    pub on_roster: bool,
    key: String,
}

impl Home {
    /// Whether a sitting that writes this name means this device.
    fn is(&self, name: &DeviceName) -> bool {
        *name == self.name || draft::key(name) == self.key
    }
}

/// An enrolled device as it calls itself.
#[derive(Debug, Clone, Copy)]
pub struct Enrolled<'a> {
    /// What it calls itself.
    pub name: &'a DeviceName,
    /// Serial number, where it told one.
    pub serial: Option<&'a ShortText>,
    /// Its system family.
    pub platform: Platform,
    /// The room of the key it enrolled with.
    pub room: &'a RoomRef,
}

/// A device's part in a sitting.
#[derive(Debug, Clone, Copy)]
pub struct Seating<'a> {
    /// The sitting.
    pub session: &'a Session,
    /// Its seat in it.
    pub seat: Option<&'a SeatLabel>,
    /// When its test ends.
    pub ends: Timestamp,
}

impl Seating<'_> {
    /// The phase for this seat: its test may end at another time than the sitting.
    #[must_use]
    pub fn phase_at(&self, now: Timestamp) -> Phase {
        phase_until(&self.session.timetable, self.ends, now)
    }
}
