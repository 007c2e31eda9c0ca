//! One thing that a person said or did, and how the record holds it.

use jiff::Timestamp;
use roomready_shared::ids::{IncidentId, RoomId, RoomRef, SessionId};
use serde::{Deserialize, Serialize};

use super::NoteText;
use crate::domain::entry::{Actor, Body, Entry, EntryKind, NewEntry, Subject};

/// What somebody did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Asked for help.
    HandRaised,
    /// Needs it no longer.
    HandLowered,
    /// Is on the way because of an incident.
    Acknowledged(IncidentId),
    /// Wrote something down.
    Noted(NoteText),
    /// Said that the test begins.
    Started,
    /// Said that there is a break.
    BreakBegun,
    /// Said that the break is over.
    BreakEnded,
    /// Said that the test is over.
    Ended,
    /// Took back an earlier act, by its number in the record.
    Undone(u64),
}

/// A deed in its place in the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// The number of its entry.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: Actor,
    /// The sitting of that moment, where there was one.
    pub session: Option<SessionId>,
    /// What.
    pub deed: Deed,
}

/// The body of its entry. The room stands in it, because the subject of an acknowledgement is the incident.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Written {
    room: RoomId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    session: Option<SessionId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<NoteText>,
    /// The number of the entry that is taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    undoes: Option<u64>,
}

/// Why an entry of one of these kinds is no act.
#[derive(Debug, thiserror::Error)]
pub enum NotAnAct {
    /// Its body is of another shape.
    #[error("an entry of kind {kind} cannot be read")]
    Body {
        /// Of which kind.
        kind: EntryKind,
        /// Why.
        source: serde_json::Error,
    },
    /// Something is missing that its kind needs.
    #[error("an entry of kind {0} lacks what it is about")]
    Incomplete(EntryKind),
}

impl Deed {
    const fn kind(&self) -> EntryKind {
        match self {
            Self::HandRaised => EntryKind::HandRaised,
            Self::HandLowered => EntryKind::HandLowered,
            Self::Acknowledged(_) => EntryKind::IncidentAcknowledged,
            Self::Noted(_) => EntryKind::NoteWritten,
            Self::Started => EntryKind::RoomStarted,
            Self::BreakBegun => EntryKind::BreakBegun,
            Self::BreakEnded => EntryKind::BreakEnded,
            Self::Ended => EntryKind::RoomEnded,
            Self::Undone(_) => EntryKind::Undone,
        }
    }

    /// Whether it says where the test of the room stands.
    #[must_use]
    pub const fn moves_the_room(&self) -> bool {
        matches!(
            self,
            Self::Started | Self::BreakBegun | Self::BreakEnded | Self::Ended
        )
    }

    /// Whether it can be taken back. A hand is lowered instead, and what undoes is not undone.
    #[must_use]
    pub const fn can_be_undone(&self) -> bool {
        !matches!(self, Self::HandRaised | Self::HandLowered | Self::Undone(_))
    }

    /// Its entry.
    #[must_use]
    pub fn to_entry(
        &self,
        room: &RoomRef,
        session: Option<&SessionId>,
        by: Actor,
        at: Timestamp,
    ) -> NewEntry {
        let body = Body::of(&Written {
            room: room.room.clone(),
            session: session.cloned(),
            text: match self {
                Self::Noted(text) => Some(text.clone()),
                _ => None,
            },
            undoes: match self {
                Self::Undone(seq) => Some(*seq),
                _ => None,
            },
        });
        let body = body.expect("short texts and the number of an entry are canonical");
        let subject = match self {
            Self::Acknowledged(incident) => Subject::Incident(incident.clone()),
            _ => Subject::Room(room.clone()),
        };
        NewEntry::new(at, Some(room.school.clone()), by, self.kind(), subject, body)
    }
}

impl Act {
    /// The act in an entry with its room; none when the entry is of another kind.
    ///
    /// # Errors
    ///
    /// When the entry is of one of these kinds and cannot be read.
    pub fn of_entry(Entry { seq, entry }: &Entry) -> Option<Result<(RoomRef, Self), NotAnAct>> {
        let kind = entry.kind;
        let known = [
            EntryKind::HandRaised,
            EntryKind::HandLowered,
            EntryKind::IncidentAcknowledged,
            EntryKind::NoteWritten,
            EntryKind::RoomStarted,
            EntryKind::BreakBegun,
            EntryKind::BreakEnded,
            EntryKind::RoomEnded,
            EntryKind::Undone,
        ];
        known.contains(&kind).then(|| {
            let written: Written = entry
                .body
                .read()
                .map_err(|source| NotAnAct::Body { kind, source })?;
            let incomplete = || NotAnAct::Incomplete(kind);
            let deed = match (kind, &entry.subject) {
                (EntryKind::HandRaised, _) => Deed::HandRaised,
                (EntryKind::HandLowered, _) => Deed::HandLowered,
                (EntryKind::IncidentAcknowledged, Subject::Incident(incident)) => {
                    Deed::Acknowledged(incident.clone())
                }
                (EntryKind::NoteWritten, _) => Deed::Noted(written.text.ok_or_else(incomplete)?),
                (EntryKind::RoomStarted, _) => Deed::Started,
                (EntryKind::BreakBegun, _) => Deed::BreakBegun,
                (EntryKind::BreakEnded, _) => Deed::BreakEnded,
                (EntryKind::RoomEnded, _) => Deed::Ended,
                (EntryKind::Undone, _) => Deed::Undone(written.undoes.ok_or_else(incomplete)?),
                _ => return Err(incomplete()),
            };
            let room = RoomRef {
                school: entry.school.clone().ok_or_else(incomplete)?,
                room: written.room,
            };
            let act = Self {
                seq: *seq,
                at: entry.at(),
                by: entry.actor.clone(),
                session: written.session,
                deed,
            };
            Ok((room, act))
        })
    }
}
