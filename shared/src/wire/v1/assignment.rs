//! What a device is expected for. Kept on its disk, so that it knows the phase without the collector.

use serde::{Deserialize, Serialize};

use crate::facts::HostPort;
use crate::ids::{DeviceId, RoomRef, SeatLabel, SessionId, Title};
use crate::requirement::Requirement;
use crate::timetable::Timetable;
use crate::units::{ShortText, Timestamp};

/// Sittings up to this many hours ahead are sent: a weekend without a network is bridged.
pub const SITTING_HORIZON_HOURS: i64 = 96;

/// Room, requirement and timetable of one device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Assignment {
    /// Tag of this assignment; the same text as its ETag, without quotes.
    pub tag: ShortText,
    /// The device it is for.
    pub device: DeviceId,
    /// Its room.
    pub room: RoomRef,
    /// The room's name for people.
    pub room_title: Title,
    /// Its seat, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat: Option<SeatLabel>,
    /// What it must meet; none until the district has chosen a profile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requirement: Option<Requirement>,
    /// Sittings ahead and under way, soonest first.
    #[serde(default)]
    pub sittings: Vec<Sitting>,
    /// What the agent does while students test.
    pub during_test: DuringTest,
    /// After this moment the assignment says nothing any more, and the agent is quiet.
    pub valid_until: Timestamp,
    /// Certificates in PEM: from now on the device believes a collector with these alone, if it was enrolled with such
    /// ones. For a month after a change of the CA the old one and the new one stand here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca: Option<String>,
    /// A host outside that has nothing to do with the vendor, where the district has named one: devices look at it with
    /// the vendor's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outside: Option<HostPort>,
}

/// One sitting of this device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Sitting {
    /// The session.
    pub session: SessionId,
    /// Its times.
    pub timetable: Timetable,
    /// When this seat's test ends. Why it is later than others' is never stored or shown.
    pub seat_ends: Timestamp,
}

/// What the agent does while students test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DuringTest {
    /// Watches without a sign of itself.
    Quiet,
    /// Does nothing at all until the sitting is over.
    Off,
}
