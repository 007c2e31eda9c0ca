//! One line of the append-only record: what happened, to what, by whom, when.
//!
//! Incidents, people's actions, decisions and the collector's own blindness are entries; present state is a fold
//! over them. An entry is never changed: what was wrong is put right by a further entry.

mod access;
mod accounts;
mod body;
mod devices;
mod kind;

pub use accounts::FailedSignIns;
pub use body::{Body, MOST_BODY_BYTES, NotCanonical};
pub use kind::EntryKind;

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use roomready_shared::ids::{
    AccountId, DeviceId, IncidentId, NotA, ProctorId, RoomRef, SchoolId, SessionId, Title,
};
use serde::{Deserialize, Serialize};

use super::advice::AdviceId;
use super::identity::KeyId;
use crate::access::Who;

/// Who made an entry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Actor {
    /// The watch, judging by what it saw.
    Machine,
    /// A device, speaking for itself.
    Device(DeviceId),
    /// Somebody who came by a sign-in link before there were accounts. Written no more, and still read.
    Staff(Option<Title>),
    /// A person with an account. Names stand with the accounts: the record keeps the id, so that a name can be
    /// corrected, and erased when its time has come.
    Account(AccountId),
    /// A person who came by a proctor link.
    Proctor(ProctorId),
    /// Somebody at the collector's own computer, by a command.
    Console,
    /// The collector about itself: its start, its blindness.
    System,
}

/// What an entry is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// The collector itself, or the district as a whole.
    Collector,
    /// A school.
    School(SchoolId),
    /// A room.
    Room(RoomRef),
    /// A device.
    Device(DeviceId),
    /// A session.
    Session(SessionId),
    /// An incident.
    Incident(IncidentId),
    /// An enrolment key.
    Key(KeyId),
    /// A person's account.
    Account(AccountId),
    /// A text of what to do.
    Advice(AdviceId),
}

/// An entry before it has its place in the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// When it happened, to the millisecond, by the collector's clock.
    at: Timestamp,
    /// The school it belongs to; none for what concerns the whole district.
    pub school: Option<SchoolId>,
    /// Who.
    pub actor: Actor,
    /// What kind of happening.
    pub kind: EntryKind,
    /// About what.
    pub subject: Subject,
    /// The rest, as canonical JSON.
    pub body: Body,
}

/// An entry in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place: 1, 2, 3 … without a gap.
    pub seq: u64,
    /// What it says.
    pub entry: NewEntry,
}

impl NewEntry {
    /// An entry; its time is cut to whole milliseconds, which is what the record keeps.
    #[must_use]
    pub fn new(
        at: Timestamp,
        school: Option<SchoolId>,
        actor: Actor,
        kind: EntryKind,
        subject: Subject,
        body: Body,
    ) -> Self {
        Self {
            at: whole_milliseconds(at),
            school,
            actor,
            kind,
            subject,
            body,
        }
    }

    /// When it happened.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        self.at
    }
}

impl From<Who> for Actor {
    fn from(who: Who) -> Self {
        match who {
            Who::Account(account) => Self::Account(account),
            Who::Proctor(proctor) => Self::Proctor(proctor),
        }
    }
}

/// Cut, never rounded: an entry must not lie in the future of its cause.
fn whole_milliseconds(at: Timestamp) -> Timestamp {
    // Euclidean, so that times before 1970 are cut downwards too. Every cut value is a valid time.
    let nanos = at.as_nanosecond();
    Timestamp::from_nanosecond(nanos - nanos.rem_euclid(1_000_000)).unwrap_or(at)
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Machine => f.write_str("machine"),
            Self::Device(device) => write!(f, "device:{device}"),
            Self::Staff(None) => f.write_str("staff"),
            Self::Staff(Some(name)) => write!(f, "staff:{name}"),
            Self::Account(account) => write!(f, "account:{account}"),
            Self::Proctor(proctor) => write!(f, "proctor:{proctor}"),
            Self::Console => f.write_str("console"),
            Self::System => f.write_str("system"),
        }
    }
}

impl From<Actor> for String {
    fn from(actor: Actor) -> Self {
        actor.to_string()
    }
}

impl TryFrom<String> for Actor {
    type Error = NotAnEntryWord;
    fn try_from(text: String) -> Result<Self, NotAnEntryWord> {
        text.parse()
    }
}

impl FromStr for Actor {
    type Err = NotAnEntryWord;
    fn from_str(text: &str) -> Result<Self, NotAnEntryWord> {
        match text.split_once(':') {
            None if text == "machine" => Ok(Self::Machine),
            None if text == "console" => Ok(Self::Console),
            None if text == "system" => Ok(Self::System),
            None if text == "staff" => Ok(Self::Staff(None)),
            Some(("device", id)) => Ok(Self::Device(id.parse()?)),
            Some(("account", id)) => Ok(Self::Account(id.parse()?)),
            Some(("proctor", id)) => Ok(Self::Proctor(id.parse()?)),
            Some(("staff", name)) => Ok(Self::Staff(Some(name.parse()?))),
            _ => Err(NotAnEntryWord::unknown("an actor", text)),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Collector => f.write_str("collector"),
            Self::School(school) => write!(f, "school:{school}"),
            Self::Room(room) => write!(f, "room:{room}"),
            Self::Device(device) => write!(f, "device:{device}"),
            Self::Session(session) => write!(f, "session:{session}"),
            Self::Incident(incident) => write!(f, "incident:{incident}"),
            Self::Key(key) => write!(f, "key:{key}"),
            Self::Account(account) => write!(f, "account:{account}"),
            Self::Advice(text) => write!(f, "advice:{text}"),
        }
    }
}

impl FromStr for Subject {
    type Err = NotAnEntryWord;
    fn from_str(text: &str) -> Result<Self, NotAnEntryWord> {
        let unknown = || NotAnEntryWord::unknown("a subject", text);
        match text.split_once(':') {
            None if text == "collector" => Ok(Self::Collector),
            Some(("room", room)) => {
                let (school, room) = room.split_once('/').ok_or_else(unknown)?;
                Ok(Self::Room(RoomRef {
                    school: school.parse()?,
                    room: room.parse()?,
                }))
            }
            Some(("school", id)) => Ok(Self::School(id.parse()?)),
            Some(("account", id)) => Ok(Self::Account(id.parse()?)),
            Some(("advice", id)) => Ok(Self::Advice(id.parse().map_err(|_| unknown())?)),
            Some(("device", id)) => Ok(Self::Device(id.parse()?)),
            Some(("session", id)) => Ok(Self::Session(id.parse()?)),
            Some(("incident", id)) => Ok(Self::Incident(id.parse()?)),
            Some(("key", id)) => Ok(Self::Key(id.parse().map_err(|_| unknown())?)),
            _ => Err(unknown()),
        }
    }
}

/// A text in the record that this program does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAnEntryWord {
    /// None of the words there are.
    #[error("{given:?} is not {what} of the record")]
    Unknown {
        /// What it was offered as.
        what: &'static str,
        /// The text.
        given: String,
    },
    /// The word is known, what it names is malformed.
    #[error(transparent)]
    Name(#[from] NotA),
}

impl NotAnEntryWord {
    fn unknown(what: &'static str, given: &str) -> Self {
        Self::Unknown {
            what,
            given: given.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests;
