//! One thing that a person said or did.

use jiff::Timestamp;
use roomready_shared::ids::{IncidentId, RoomRef, SchoolId, SeatLabel, SessionId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{CodeText, Machine, NoteText, Spot};
use crate::domain::entry::{Actor, EntryKind};

/// What somebody did. Times in it are those of the room, not those of the press: a pause may be entered afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "deed", content = "with", rename_all = "snake_case")]
pub enum Deed {
    /// Asked for help, for the room as a whole.
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
    /// Saw something wrong at a seat.
    Symptom {
        /// Where.
        seat: Spot,
        /// What.
        symptom: Symptom,
    },
    /// Raised a hand for one seat.
    SeatNeedsHelp {
        /// Which.
        device: Spot,
    },
    /// Said that the student at a seat goes on: what was wrong there is over.
    SeatHelped {
        /// Which.
        device: Spot,
    },
    /// Said that the student at a seat has finished.
    SeatFinished {
        /// Which.
        device: Spot,
    },
    /// Gave a seat another device. The old one is kept aside until [`Deed::Released`]: it may hold answers.
    Swapped {
        /// The seat; none where seats are not numbered.
        seat: Option<SeatLabel>,
        /// What was taken away.
        old: Machine,
        /// What stands there now.
        new: Machine,
    },
    /// Said that a device which was kept aside may be used again.
    Released {
        /// Which.
        device: Machine,
    },
    /// Said that a device of this room which has the test app open without a session is to be left alone.
    LeftAlone {
        /// Which.
        device: Machine,
    },
    /// Students of a room, or of a whole school, do not test, or did not.
    Paused {
        /// Since when.
        from: Timestamp,
        /// Until when; none while it goes on.
        until: Option<Timestamp>,
    },
    /// A pause that went on is over.
    Resumed {
        /// Since when students work again.
        from: Timestamp,
    },
    /// Answered "Are students still working?" about a room that we cannot see.
    StillWorking(StillWorking),
    /// Took back an earlier act, by its number in the record.
    Undone(u64),
}

/// What somebody sees on a student's screen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "symptom", rename_all = "snake_case")]
pub enum Symptom {
    /// The student cannot sign in.
    CannotSignIn,
    /// The screen does not react.
    Frozen,
    /// The test app shows a message.
    Message {
        /// Its code, or its first words.
        code: CodeText,
    },
}

/// Whether students work in a room that we cannot see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StillWorking {
    /// All of them.
    All,
    /// Some stopped.
    Some,
    /// The answer was taken back: nobody has said anything.
    None,
}

/// What a deed is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// One room.
    Room(RoomRef),
    /// Every room of a school.
    School(SchoolId),
}

/// A deed in its place in the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// The number of its entry.
    pub seq: u64,
    /// When it arrived.
    pub at: Timestamp,
    /// What the browser told of the press, where it told anything.
    pub press: Option<Press>,
    /// By whom.
    pub by: Actor,
    /// The sitting of that moment, where there was one.
    pub session: Option<SessionId>,
    /// What.
    pub deed: Deed,
}

/// What a browser tells of a press that it keeps until it has arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Press {
    /// Drawn by the browser for this press: sent twice, it is one act.
    pub key: Uuid,
    /// When it was pressed, by our clock, as the browser told. Never later than its arrival.
    pub at: Timestamp,
}

impl Act {
    /// When it was done: when it was pressed, which without a network is before it arrived.
    #[must_use]
    pub fn when(&self) -> Timestamp {
        self.press.map_or(self.at, |press| press.at.min(self.at))
    }
}

impl About {
    /// Its school.
    #[must_use]
    pub const fn school(&self) -> &SchoolId {
        match self {
            Self::Room(room) => &room.school,
            Self::School(school) => school,
        }
    }
}

impl Deed {
    /// What its entry is called.
    #[must_use]
    pub const fn kind(&self) -> EntryKind {
        match self {
            Self::HandRaised => EntryKind::HandRaised,
            Self::HandLowered => EntryKind::HandLowered,
            Self::Acknowledged(_) => EntryKind::IncidentAcknowledged,
            Self::Noted(_) => EntryKind::NoteWritten,
            Self::Started => EntryKind::RoomStarted,
            Self::BreakBegun => EntryKind::BreakBegun,
            Self::BreakEnded => EntryKind::BreakEnded,
            Self::Ended => EntryKind::RoomEnded,
            Self::Symptom { .. } => EntryKind::SymptomSeen,
            Self::SeatNeedsHelp { .. } => EntryKind::SeatNeedsHelp,
            Self::SeatHelped { .. } => EntryKind::SeatHelped,
            Self::SeatFinished { .. } => EntryKind::SeatDone,
            Self::Swapped { .. } => EntryKind::DeviceSwapped,
            Self::Released { .. } => EntryKind::DeviceReleased,
            Self::LeftAlone { .. } => EntryKind::DeviceLeftAlone,
            Self::Paused { .. } => EntryKind::PauseBegun,
            Self::Resumed { .. } => EntryKind::PauseEnded,
            Self::StillWorking(_) => EntryKind::StillWorking,
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

    /// Whether it can be said of a whole school.
    #[must_use]
    pub const fn may_be_of_a_school(&self) -> bool {
        matches!(
            self,
            Self::Paused { .. } | Self::Resumed { .. } | Self::Acknowledged(_) | Self::Undone(_)
        )
    }

    /// Whether it only makes sense in a sitting.
    #[must_use]
    pub const fn needs_a_session(&self) -> bool {
        self.moves_the_room()
            || matches!(
                self,
                Self::Paused { .. }
                    | Self::Resumed { .. }
                    | Self::StillWorking(_)
                    | Self::SeatFinished { .. }
            )
    }

    /// Whether what comes later depends on it for as long as the sitting is remembered: minutes are counted by it,
    /// or a device is kept aside or left alone for it.
    pub(super) const fn is_lasting(&self) -> bool {
        self.moves_the_room()
            || matches!(
                self,
                Self::Paused { .. }
                    | Self::Resumed { .. }
                    | Self::Swapped { .. }
                    | Self::Released { .. }
                    | Self::LeftAlone { .. }
            )
    }

    /// Whether it can be taken back. A hand is lowered instead, and what undoes is not undone.
    #[must_use]
    pub const fn can_be_undone(&self) -> bool {
        !matches!(self, Self::HandRaised | Self::HandLowered | Self::Undone(_))
    }

    /// The seat that it is about, where it is about one.
    #[must_use]
    pub const fn spot(&self) -> Option<&Spot> {
        match self {
            Self::Symptom { seat: spot, .. }
            | Self::SeatNeedsHelp { device: spot }
            | Self::SeatHelped { device: spot }
            | Self::SeatFinished { device: spot } => Some(spot),
            _ => None,
        }
    }
}
