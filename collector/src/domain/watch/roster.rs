//! What the watch needs of the district's plan: a school's sittings and where each device belongs.

use std::collections::BTreeMap;

use jiff::Timestamp;
use roomready_shared::ids::{DeviceId, DeviceName, RoomId, SchoolId, SeatLabel, SessionId};
use roomready_shared::timetable::{Phase, Timetable};
use roomready_shared::units::ShortText;
use serde::{Deserialize, Serialize};

use crate::domain::plan::{District, Home, Site, Watched, choose, phase_until};

/// A school's sittings and devices. A new one replaces the old one: a timetable edit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchPlan {
    /// Sittings.
    pub sessions: BTreeMap<SessionId, Sitting>,
    /// Enrolled devices.
    pub devices: BTreeMap<DeviceId, Place>,
    /// Where the collector stands, seen from the school.
    #[serde(default)]
    pub site: Site,
    /// Which access point each room uses, by the district's map. Empty without a map.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub access_points: BTreeMap<RoomId, ShortText>,
}

/// A sitting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sitting {
    /// Its room.
    pub room: RoomId,
    /// Its times.
    pub timetable: Timetable,
    /// When its last seat ends.
    pub last_end: Timestamp,
    /// When seats end that do not end with the sitting, by their devices' tags ([`crate::domain::people::Machine::key`]).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub own_ends: BTreeMap<String, Timestamp>,
}

/// Where a device belongs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// What people call it.
    pub name: DeviceName,
    /// Its home room.
    pub room: RoomId,
    /// Its home seat.
    pub seat: Option<SeatLabel>,
    /// A staff machine that watches the room's network.
    pub sentinel: bool,
    /// Sittings it is expected in.
    pub seatings: Vec<SeatIn>,
}

/// A device's part in a sitting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatIn {
    /// The sitting.
    pub session: SessionId,
    /// Its seat there.
    pub seat: Option<SeatLabel>,
    /// When its test ends.
    pub ends: Timestamp,
}

impl WatchPlan {
    /// A school's part of the district's plan.
    #[must_use]
    pub fn of<'a>(
        district: &District,
        school: &SchoolId,
        devices: impl IntoIterator<Item = (DeviceId, &'a Home)>,
    ) -> Self {
        let sessions = district
            .sessions()
            .values()
            .filter(|session| session.room.school == *school);
        let sessions = sessions.map(|session| {
            let sitting = Sitting {
                room: session.room.room.clone(),
                timetable: session.timetable.clone(),
                last_end: session.last_end(),
                own_ends: session.own_ends().collect(),
            };
            (session.id.clone(), sitting)
        });
        let devices = devices
            .into_iter()
            .filter(|(_, home)| home.room.school == *school);
        let known = district.schools().get(school);
        Self {
            sessions: sessions.collect(),
            devices: devices
                .map(|(device, home)| (device, Place::of(district, home)))
                .collect(),
            site: known.map(|school| school.site).unwrap_or_default(),
            access_points: known
                .map(|school| school.access_points.clone())
                .unwrap_or_default(),
        }
    }
}

impl Sitting {
    /// The phase of the sitting as a whole.
    #[must_use]
    pub fn phase_at(&self, now: Timestamp) -> Phase {
        phase_until(&self.timetable, self.last_end, now)
    }

    /// When the test ends at the seat of the device with this tag.
    pub(super) fn ends_for(&self, tag: &str) -> Timestamp {
        let own = self.own_ends.get(tag).copied();
        own.unwrap_or(self.timetable.ends())
    }
}

impl Place {
    /// Where a device belongs, by the district's plan.
    #[must_use]
    pub fn of(district: &District, home: &Home) -> Self {
        // A sitting in another school is watched there, once devices can be lent across schools.
        let here = district
            .seatings(home)
            .filter(|seating| seating.session.room.school == home.room.school);
        Self {
            name: home.name.clone(),
            room: home.room.room.clone(),
            seat: home.seat.clone(),
            sentinel: home.watched == Watched::Sentinel,
            seatings: here
                .map(|seating| SeatIn {
                    session: seating.session.id.clone(),
                    seat: seating.seat.cloned(),
                    ends: seating.ends,
                })
                .collect(),
        }
    }

    /// Its sitting at a moment, with the phase for its seat.
    pub(super) fn seating_at<'a>(
        &'a self,
        sessions: &'a BTreeMap<SessionId, Sitting>,
        at: Timestamp,
    ) -> Option<(&'a SeatIn, Phase)> {
        let known = self.seatings.iter().filter_map(|seat| {
            let sitting = sessions.get(&seat.session)?;
            Some((seat, &sitting.timetable, seat.ends))
        });
        choose(known, at)
    }
}
