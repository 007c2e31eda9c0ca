//! Notes as they may stand in a record: those of before a cause could have many devices are read as well.

use jiff::Timestamp;
use roomready_shared::ids::{DeviceId, DeviceName, IncidentId, RoomId, SeatLabel, SessionId};
use serde::Deserialize;

use super::super::{Cause, Condition, Detection, Member as MemberNow, Reason};
use super::Change;

/// A member; without room, sitting and time it has those of its incident.
#[derive(Deserialize)]
pub(super) struct Member {
    device: DeviceId,
    name: DeviceName,
    seat: Option<SeatLabel>,
    room: Option<RoomId>,
    session: Option<SessionId>,
    since: Option<Timestamp>,
    broken: Option<Timestamp>,
}

#[derive(Deserialize)]
pub(super) struct Opened {
    incident: IncidentId,
    session: SessionId,
    room: RoomId,
    condition: Condition,
    members: Vec<Member>,
    since: Timestamp,
    broken: Timestamp,
    detected: Timestamp,
    seen: Detection,
    why: Option<Reason>,
    #[serde(default)]
    cause: Cause,
}

impl From<Opened> for super::Opened {
    fn from(written: Opened) -> Self {
        let members = written.members.into_iter().map(|member| MemberNow {
            device: member.device,
            name: member.name,
            seat: member.seat,
            room: member.room.unwrap_or_else(|| written.room.clone()),
            session: member.session.unwrap_or_else(|| written.session.clone()),
            since: member.since.unwrap_or(written.since),
            broken: member.broken,
        });
        Self {
            members: members.collect(),
            incident: written.incident,
            session: written.session,
            room: written.room,
            condition: written.condition,
            since: written.since,
            broken: written.broken,
            detected: written.detected,
            seen: written.seen,
            why: written.why,
            cause: written.cause,
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Amended {
    incident: IncidentId,
    at: Timestamp,
    #[serde(default)]
    changes: Vec<Change>,
    /// The one change that there was before there were others.
    why: Option<Reason>,
}

impl From<Amended> for super::Amended {
    fn from(written: Amended) -> Self {
        let why = written.why.map(Change::Why);
        Self {
            incident: written.incident,
            at: written.at,
            changes: why.into_iter().chain(written.changes).collect(),
        }
    }
}
