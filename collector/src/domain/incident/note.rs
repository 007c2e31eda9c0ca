//! What the watch writes into the record: the bodies of its entries.
//!
//! Only texts, whole numbers, lists and objects, so that the canonical JSON of an entry is one for all readers.

mod lines;
mod written;

use jiff::Timestamp;
use roomready_shared::ids::{DeviceId, IncidentId, RoomId, SchoolId, SessionId};
use roomready_shared::timetable::Phase;
use serde::{Deserialize, Serialize};

use super::{Cause, CauseKind, Condition, Detection, Ending, Member, Reason, Span};
use crate::domain::entry::{Actor, Body, EntryKind, NewEntry, Subject};

/// An incident opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "written::Opened")]
pub struct Opened {
    /// Its id.
    pub incident: IncidentId,
    /// The sitting it belongs to.
    pub session: SessionId,
    /// The room.
    pub room: RoomId,
    /// What is wrong.
    pub condition: Condition,
    /// Who is affected.
    pub members: Vec<Member>,
    /// Last good sign before it.
    pub since: Timestamp,
    /// First broken promise, or when the app broke.
    pub broken: Timestamp,
    /// When we knew.
    pub detected: Timestamp,
    /// How we knew.
    pub seen: Detection,
    /// What is known about why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Reason>,
    /// What is taken to be the cause.
    pub cause: Cause,
}

/// More became known about an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "written::Amended")]
pub struct Amended {
    /// Which.
    pub incident: IncidentId,
    /// When we learned it.
    pub at: Timestamp,
    /// What, in order.
    pub changes: Vec<Change>,
}

/// One thing that became known about an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// More about why.
    Why(Reason),
    /// A device came into it.
    Joined(Member),
    /// It is over for a device, and goes on for others.
    Returned {
        /// Which.
        device: DeviceId,
        /// First good sign.
        until: Timestamp,
    },
    /// A device's own records tell what it was.
    Exact {
        /// Which.
        device: DeviceId,
        /// Its stretches, in order.
        spans: Vec<Span>,
    },
    /// The cause is another one than was thought, or is known more surely.
    Corrected {
        /// What it was taken for; none when only how surely it is known, or how far it reaches, has changed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<CauseKind>,
        /// What it is.
        to: Cause,
        /// When it began by what is known now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        began: Option<Timestamp>,
    },
    /// It began in a pause that people entered afterwards, or does no longer because they took it back.
    Refiled {
        /// The number of the pause's entry.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        act: Option<u64>,
    },
    /// Something followed from it on a member.
    Symptom {
        /// On which.
        device: DeviceId,
        /// What.
        condition: Condition,
        /// When.
        at: Timestamp,
    },
}

/// An incident ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// Which.
    pub incident: IncidentId,
    /// When we knew.
    pub at: Timestamp,
    /// First good sign, or the end of the sitting.
    pub until: Timestamp,
    /// How.
    #[serde(flatten)]
    pub how: Ending,
}

/// A seat's test began or was closed in good order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatNote {
    /// The sitting.
    pub session: SessionId,
    /// The device.
    pub device: DeviceId,
    /// When.
    pub at: Timestamp,
}

/// A session went into another phase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhaseNote {
    /// The sitting.
    pub session: SessionId,
    /// Its phase from then on.
    pub phase: Phase,
    /// When we saw it.
    pub at: Timestamp,
}

/// The watch could see nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blind {
    /// The last moment it saw.
    pub from: Timestamp,
    /// The first moment it saw again.
    pub until: Timestamp,
}

/// Anything the watch writes into the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "note", rename_all = "snake_case")]
pub enum Note {
    /// An incident opened.
    Opened(Opened),
    /// More became known about an incident.
    Amended(Amended),
    /// An incident ended.
    Ended(Ended),
    /// A seat's test began, or went on after it was thought finished.
    SeatStarted(SeatNote),
    /// A seat's test app was closed in good order.
    SeatFinished(SeatNote),
    /// A session went into another phase.
    Phase(PhaseNote),
    /// The watch could see nothing.
    Blind(Blind),
}

/// Why an entry is no note of the watch.
#[derive(Debug, thiserror::Error)]
#[error("an entry of kind {kind} cannot be read")]
pub struct NotANote {
    kind: EntryKind,
    source: serde_json::Error,
}

impl Note {
    /// When it was written.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        match self {
            Self::Opened(note) => note.detected,
            Self::Amended(note) => note.at,
            Self::Ended(note) => note.at,
            Self::SeatStarted(note) | Self::SeatFinished(note) => note.at,
            Self::Phase(note) => note.at,
            Self::Blind(note) => note.until,
        }
    }

    /// As an entry of the record.
    #[must_use]
    pub fn to_entry(&self, school: &SchoolId) -> NewEntry {
        let (actor, kind, subject, body) = match self {
            Self::Opened(note) => (
                Actor::Machine,
                EntryKind::IncidentOpened,
                Subject::Incident(note.incident.clone()),
                Body::of(note),
            ),
            Self::Amended(note) => (
                Actor::Machine,
                EntryKind::IncidentAmended,
                Subject::Incident(note.incident.clone()),
                Body::of(note),
            ),
            Self::Ended(note) => (
                Actor::Machine,
                EntryKind::IncidentCleared,
                Subject::Incident(note.incident.clone()),
                Body::of(note),
            ),
            Self::SeatStarted(note) => (
                Actor::Machine,
                EntryKind::SeatStarted,
                Subject::Device(note.device),
                Body::of(note),
            ),
            Self::SeatFinished(note) => (
                Actor::Machine,
                EntryKind::SeatFinished,
                Subject::Device(note.device),
                Body::of(note),
            ),
            Self::Phase(note) => (
                Actor::Machine,
                EntryKind::SessionPhase,
                Subject::Session(note.session.clone()),
                Body::of(note),
            ),
            Self::Blind(note) => (
                Actor::System,
                EntryKind::BlindInterval,
                Subject::Collector,
                Body::of(note),
            ),
        };
        let body = body.expect("notes are objects of texts and small whole numbers");
        NewEntry::new(self.at(), Some(school.clone()), actor, kind, subject, body)
    }

    /// The note in an entry; none when the entry is of another kind.
    ///
    /// # Errors
    /// When the entry is of a kind of ours and its body is not of that kind's shape.
    pub fn of_entry(entry: &NewEntry) -> Option<Result<Self, NotANote>> {
        let body = &entry.body;
        let note = match entry.kind {
            EntryKind::IncidentOpened => body.read().map(Self::Opened),
            EntryKind::IncidentAmended => body.read().map(Self::Amended),
            EntryKind::IncidentCleared => body.read().map(Self::Ended),
            EntryKind::SeatStarted => body.read().map(Self::SeatStarted),
            EntryKind::SeatFinished => body.read().map(Self::SeatFinished),
            EntryKind::SessionPhase => body.read().map(Self::Phase),
            EntryKind::BlindInterval => body.read().map(Self::Blind),
            // What people and the collector itself write.
            _ => return None,
        };
        Some(note.map_err(|source| NotANote {
            kind: entry.kind,
            source,
        }))
    }
}
