//! How the record holds an act: the body of its entry, and the way back.

use jiff::Timestamp;
use roomready_shared::ids::{DeviceId, DeviceName, RoomId, RoomRef, SeatLabel, SessionId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{About, Act, CodeText, Deed, Machine, NoteText, Press, Spot, StillWorking, Symptom};
use crate::domain::entry::{Actor, Body, Entry, EntryKind, NewEntry, Subject};

/// The body of an entry. The room stands in it, because the subject of an acknowledgement is the incident. It is
/// flat, so that the access log can show it as it is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Written {
    #[serde(skip_serializing_if = "Option::is_none")]
    room: Option<RoomId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<SessionId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<NoteText>,
    /// The number of the entry that is taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    undoes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seat: Option<SeatLabel>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<DeviceName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_id: Option<DeviceId>,
    /// What took its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    new_device: Option<DeviceName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new_device_id: Option<DeviceId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    symptom: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<CodeText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<StillWorking>,
    /// When it was pressed, as the browser told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pressed: Option<Timestamp>,
    /// The browser's key of the press.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<Uuid>,
}

/// A symptom without its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    CannotSignIn,
    Frozen,
    Message,
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

impl Written {
    fn at(mut self, spot: &Spot) -> Self {
        self.seat.clone_from(&spot.seat);
        self.with(&spot.device)
    }

    fn with(mut self, machine: &Machine) -> Self {
        self.device = Some(machine.name.clone());
        self.device_id = machine.device;
        self
    }

    fn saying(self, deed: &Deed) -> Self {
        match deed {
            Deed::HandRaised
            | Deed::HandLowered
            | Deed::Acknowledged(_)
            | Deed::Started
            | Deed::BreakBegun
            | Deed::BreakEnded
            | Deed::Ended => self,
            Deed::Noted(text) => Self {
                text: Some(text.clone()),
                ..self
            },
            Deed::Symptom { seat, symptom } => {
                let (word, code) = match symptom {
                    Symptom::CannotSignIn => (Word::CannotSignIn, None),
                    Symptom::Frozen => (Word::Frozen, None),
                    Symptom::Message { code } => (Word::Message, Some(code.clone())),
                };
                Self {
                    symptom: Some(word),
                    code,
                    ..self.at(seat)
                }
            }
            Deed::SeatNeedsHelp { device } | Deed::SeatHelped { device } | Deed::SeatFinished { device } => {
                self.at(device)
            }
            Deed::Swapped { seat, old, new } => Self {
                seat: seat.clone(),
                new_device: Some(new.name.clone()),
                new_device_id: new.device,
                ..self.with(old)
            },
            Deed::Released { device } | Deed::LeftAlone { device } => self.with(device),
            Deed::Paused { from, until } => Self {
                from: Some(*from),
                until: *until,
                ..self
            },
            Deed::Resumed { from } => Self {
                from: Some(*from),
                ..self
            },
            Deed::StillWorking(answer) => Self {
                answer: Some(*answer),
                ..self
            },
            Deed::Undone(seq) => Self {
                undoes: Some(*seq),
                ..self
            },
        }
    }

    fn machine(&self) -> Option<Machine> {
        Some(Machine {
            name: self.device.clone()?,
            device: self.device_id,
        })
    }

    fn spot(&self) -> Option<Spot> {
        Some(Spot {
            seat: self.seat.clone(),
            device: self.machine()?,
        })
    }

    /// The deed of an entry of this kind, where nothing is missing.
    fn deed(self, kind: EntryKind, subject: &Subject) -> Option<Deed> {
        Some(match kind {
            EntryKind::HandRaised => Deed::HandRaised,
            EntryKind::HandLowered => Deed::HandLowered,
            EntryKind::IncidentAcknowledged => match subject {
                Subject::Incident(incident) => Deed::Acknowledged(incident.clone()),
                _ => return None,
            },
            EntryKind::NoteWritten => Deed::Noted(self.text?),
            EntryKind::RoomStarted => Deed::Started,
            EntryKind::BreakBegun => Deed::BreakBegun,
            EntryKind::BreakEnded => Deed::BreakEnded,
            EntryKind::RoomEnded => Deed::Ended,
            EntryKind::SymptomSeen => Deed::Symptom {
                seat: self.spot()?,
                symptom: match self.symptom? {
                    Word::CannotSignIn => Symptom::CannotSignIn,
                    Word::Frozen => Symptom::Frozen,
                    Word::Message => Symptom::Message { code: self.code? },
                },
            },
            EntryKind::SeatNeedsHelp => Deed::SeatNeedsHelp { device: self.spot()? },
            EntryKind::SeatHelped => Deed::SeatHelped { device: self.spot()? },
            EntryKind::SeatDone => Deed::SeatFinished { device: self.spot()? },
            EntryKind::DeviceSwapped => Deed::Swapped {
                old: self.machine()?,
                seat: self.seat,
                new: Machine {
                    name: self.new_device?,
                    device: self.new_device_id,
                },
            },
            EntryKind::DeviceReleased => Deed::Released {
                device: self.machine()?,
            },
            EntryKind::DeviceLeftAlone => Deed::LeftAlone {
                device: self.machine()?,
            },
            EntryKind::PauseBegun => Deed::Paused {
                from: self.from?,
                until: self.until,
            },
            EntryKind::PauseEnded => Deed::Resumed { from: self.from? },
            EntryKind::StillWorking => Deed::StillWorking(self.answer?),
            EntryKind::Undone => Deed::Undone(self.undoes?),
            _ => return None,
        })
    }
}

/// Kinds of entries that are acts.
const KINDS: [EntryKind; 19] = [
    EntryKind::HandRaised,
    EntryKind::HandLowered,
    EntryKind::IncidentAcknowledged,
    EntryKind::NoteWritten,
    EntryKind::RoomStarted,
    EntryKind::BreakBegun,
    EntryKind::BreakEnded,
    EntryKind::RoomEnded,
    EntryKind::SymptomSeen,
    EntryKind::SeatNeedsHelp,
    EntryKind::SeatHelped,
    EntryKind::SeatDone,
    EntryKind::DeviceSwapped,
    EntryKind::DeviceReleased,
    EntryKind::DeviceLeftAlone,
    EntryKind::PauseBegun,
    EntryKind::PauseEnded,
    EntryKind::StillWorking,
    EntryKind::Undone,
];

impl Deed {
    /// Its entry.
    #[must_use]
    pub fn to_entry(
        &self,
        about: &About,
        session: Option<&SessionId>,
        by: Actor,
        at: Timestamp,
        press: Option<Press>,
    ) -> NewEntry {
        let (room, place) = match about {
            About::Room(room) => (Some(room.room.clone()), Subject::Room(room.clone())),
            About::School(school) => (None, Subject::School(school.clone())),
        };
        let written = Written {
            room,
            session: session.cloned(),
            pressed: press.map(|press| press.at),
            key: press.map(|press| press.key),
            ..Written::default()
        };
        let body = Body::of(&written.saying(self));
        let body = body.expect("short texts, times and the number of an entry are canonical");
        let subject = match self {
            Self::Acknowledged(incident) => Subject::Incident(incident.clone()),
            _ => place,
        };
        let school = Some(about.school().clone());
        NewEntry::new(at, school, by, self.kind(), subject, body)
    }
}

impl Act {
    /// The act in an entry with what it is about; none when the entry is of another kind.
    ///
    /// # Errors
    ///
    /// When the entry is of one of these kinds and cannot be read.
    pub fn of_entry(Entry { seq, entry }: &Entry) -> Option<Result<(About, Self), NotAnAct>> {
        let kind = entry.kind;
        KINDS.contains(&kind).then(|| {
            let mut written: Written = entry
                .body
                .read()
                .map_err(|source| NotAnAct::Body { kind, source })?;
            let incomplete = || NotAnAct::Incomplete(kind);
            let school = entry.school.clone().ok_or_else(incomplete)?;
            let about = match written.room.take() {
                Some(room) => About::Room(RoomRef { school, room }),
                None => About::School(school),
            };
            let session = written.session.take();
            let press = written.key.zip(written.pressed);
            let deed = written.deed(kind, &entry.subject).ok_or_else(incomplete)?;
            if matches!(about, About::School(_)) && !deed.may_be_of_a_school() {
                return Err(incomplete());
            }
            let act = Self {
                seq: *seq,
                at: entry.at(),
                press: press.map(|(key, at)| Press { key, at }),
                by: entry.actor.clone(),
                session,
                deed,
            };
            Ok((about, act))
        })
    }
}
