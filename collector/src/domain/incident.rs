//! Incidents: one technical cause with its members, as a fold over entries of the record.
//!
//! Nothing here is changed in place by hand: an incident is opened, amended and ended by notes, and the same notes
//! in the same order always give the same incident.

mod cause;
mod condition;
mod note;
mod span;
mod words;

#[cfg(test)]
mod tests;

pub use cause::{Cause, CauseKind, Confidence, MOST_RULED_OUT, RuledOut, Suspect};
pub use condition::{Condition, LOOKS_APART};
pub use note::{Amended, Blind, Change, Ended, NotANote, Note, Opened, PhaseNote, SeatNote};
pub use span::{Basis, Counted, MOST_SPANS, Span, between};
pub use words::{
    WHAT_TO_DO, WHAT_TO_DO_TOLD, amended_words, cause_name, cause_words, ending_words, headline,
    reason_words, ruled_out_words, suspect_words, what_to_do,
};

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use roomready_shared::ids::{DeviceId, DeviceName, IncidentId, RoomId, SeatLabel, SessionId};
use roomready_shared::wire::v1::GoodbyeReason;
use serde::{Deserialize, Serialize};

/// What is known about why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Reason {
    /// The device said so itself.
    Announced {
        /// What it said.
        goodbye: GoodbyeReason,
        /// When it said it.
        at: Timestamp,
    },
    /// The test app ended with an error or by a signal.
    Crashed,
    /// The test app was closed three times within a minute.
    KeptClosing,
}

/// A device in an incident, as it was called and where it sat when it came into it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Member {
    /// The device.
    pub device: DeviceId,
    /// What people called it then.
    pub name: DeviceName,
    /// Where it sat then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat: Option<SeatLabel>,
    /// In which room.
    pub room: RoomId,
    /// In which sitting.
    pub session: SessionId,
    /// Its own last good sign.
    pub since: Timestamp,
    /// The first look that found it, where looks are apart: it began between the two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken: Option<Timestamp>,
}

/// How an incident came to be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detection {
    /// While it happened.
    Live,
    /// Afterwards, from a device's own records.
    Replay,
    /// By what people said.
    Stated,
}

/// How an incident ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum Ending {
    /// The device was heard again, and kept its promise.
    HeardAgain,
    /// The test app ran again, and went on running.
    AppRunsAgain,
    /// What was wrong was no longer so.
    Cleared,
    /// It proved to be part of another incident.
    PartOf {
        /// Of which. Not `incident`: that is the note's own, and both stand in one object of the record.
        other: IncidentId,
    },
    /// The sitting ended first.
    SessionOver {
        /// Devices that were not heard again by then.
        not_heard_again: u32,
    },
    /// The sitting was taken out of the timetable.
    SessionRemoved,
}

/// Whether an incident goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// It goes on.
    Open {
        /// Last good sign before it.
        since: Timestamp,
        /// When we knew.
        detected: Timestamp,
    },
    /// It is over.
    Ended {
        /// Last good sign before it.
        since: Timestamp,
        /// First good sign after it, or the end of the sitting.
        until: Timestamp,
        /// How.
        how: Ending,
    },
}

/// Most reasons kept with one incident; the same one is kept once, and there are only a handful.
const MOST_REASONS: usize = 8;
/// Most symptoms kept with one incident: three for each device of a school.
const MOST_SYMPTOMS: usize = 6_000;

/// One incident as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Incident {
    /// Its id.
    pub id: IncidentId,
    /// The sitting of its first member.
    pub session: SessionId,
    /// The room of its first member; [`Incident::rooms`] gives all.
    pub room: RoomId,
    /// What is wrong.
    pub condition: Condition,
    /// What is taken to be the cause.
    pub cause: Cause,
    /// Causes it was taken for before, the first one first.
    pub taken_for: Vec<CauseKind>,
    /// Who is affected, in the order they came into it.
    pub members: Vec<Member>,
    /// When each was affected and what that was, by device. The last stretch of a member has no end while it goes on.
    pub spans: BTreeMap<DeviceId, Vec<Span>>,
    /// What followed from it on its members: when, on which, what.
    pub symptoms: BTreeSet<(Timestamp, DeviceId, Condition)>,
    /// It began in a pause that people entered, by the number of that entry: nobody tested, so nothing was missed.
    pub under: Option<u64>,
    /// First broken promise or broken app: the onset lies between `since` and here.
    pub broken: Timestamp,
    /// When we knew.
    pub detected: Timestamp,
    /// How we knew.
    pub seen: Detection,
    /// What is known about why, in the order it became known.
    pub reasons: Vec<Reason>,
    /// Whether it goes on.
    pub state: State,
}

impl Incident {
    /// The incident that a note opens.
    #[must_use]
    pub fn open(note: Opened) -> Self {
        let spans = note.members.iter().map(|member| {
            let span = note.condition.span_from(member.since, member.broken);
            (member.device, vec![span])
        });
        Self {
            id: note.incident,
            session: note.session,
            room: note.room,
            condition: note.condition,
            cause: note.cause,
            taken_for: Vec::new(),
            spans: spans.collect(),
            symptoms: BTreeSet::new(),
            under: None,
            members: note.members,
            broken: note.broken,
            detected: note.detected,
            seen: note.seen,
            reasons: note.why.into_iter().collect(),
            state: State::Open {
                since: note.since,
                detected: note.detected,
            },
        }
    }

    /// Rooms that it reaches, sorted: those of its members, and those that people spoke for.
    #[must_use]
    pub fn rooms(&self) -> BTreeSet<&RoomId> {
        let members = self.members.iter().map(|member| &member.room);
        members.chain(&self.cause.rooms).collect()
    }

    /// Whether a room has a part in it.
    #[must_use]
    pub fn reaches(&self, room: &RoomId) -> bool {
        self.members.iter().any(|member| member.room == *room) || self.cause.rooms.contains(room)
    }

    /// One of its members.
    #[must_use]
    pub fn member(&self, device: DeviceId) -> Option<&Member> {
        self.members.iter().find(|member| member.device == device)
    }

    /// Members that it goes on for.
    pub fn still(&self) -> impl Iterator<Item = &Member> {
        self.members
            .iter()
            .filter(|member| self.goes_on_for(member.device))
    }

    /// Whether it goes on for a device.
    #[must_use]
    pub fn goes_on_for(&self, device: DeviceId) -> bool {
        let last = self.spans.get(&device).and_then(|spans| spans.last());
        self.is_open() && last.is_some_and(|span| span.until.is_none())
    }

    /// When a device was in it, each stay apart, in the order of time. The last has no end while it goes on.
    #[must_use]
    pub fn times(&self, device: DeviceId) -> Vec<(Timestamp, Option<Timestamp>)> {
        self.spans
            .get(&device)
            .map(|spans| span::in_one(spans))
            .unwrap_or_default()
    }

    /// Last good sign before it.
    #[must_use]
    pub const fn since(&self) -> Timestamp {
        match self.state {
            State::Open { since, .. } | State::Ended { since, .. } => since,
        }
    }

    /// First good sign after it; none while it goes on.
    #[must_use]
    pub const fn until(&self) -> Option<Timestamp> {
        match self.state {
            State::Open { .. } => None,
            State::Ended { until, .. } => Some(until),
        }
    }

    /// Whether it goes on.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self.state, State::Open { .. })
    }

    /// The incident that it proved to be part of.
    #[must_use]
    pub const fn part_of(&self) -> Option<&IncidentId> {
        match &self.state {
            State::Ended {
                how: Ending::PartOf { other },
                ..
            } => Some(other),
            _ => None,
        }
    }

    /// Learns something. Gives back whether that was new.
    pub fn amend(&mut self, change: &Change) -> bool {
        match change {
            Change::Why(why) => {
                let new = self.reasons.len() < MOST_REASONS && !self.reasons.contains(why);
                if new {
                    self.reasons.push(*why);
                }
                new
            }
            Change::Joined(member) => self.join(member),
            Change::Returned { device, until } => self.close_span(*device, *until),
            Change::Exact { device, spans } => {
                let (Some(first), Some(last)) = (spans.first(), spans.last()) else {
                    return false;
                };
                let Some(held) = self.spans.get_mut(device) else {
                    return false;
                };
                // Of several absences in one incident, only the one that is told of is told anew. What goes on, and
                // costs nothing by itself, goes on around the gaps in it.
                let apart = |span: &Span| {
                    span.until.is_some_and(|until| until <= first.from)
                        || last.until.is_some_and(|until| span.from >= until)
                        || (span.until.is_none() && span.counted == Counted::Working)
                };
                let before = held.clone();
                held.retain(apart);
                held.extend(spans.iter().copied());
                held.sort_by_key(|span| (span.until.is_none(), span.from));
                if held.len() > MOST_SPANS {
                    held.drain(MOST_SPANS - 1..held.len() - 1);
                }
                *held != before
            }
            Change::Corrected { from, to, .. } => {
                let new = self.cause != *to;
                if new && from.is_some_and(|from| from != to.kind) && self.taken_for.len() < MOST_REASONS {
                    self.taken_for.extend(*from);
                }
                self.cause = to.clone();
                new
            }
            Change::Refiled { act } => {
                let new = self.under != *act;
                self.under = *act;
                new
            }
            Change::Symptom {
                device,
                condition,
                at,
            } => self.symptoms.len() < MOST_SYMPTOMS && self.symptoms.insert((*at, *device, *condition)),
        }
    }

    /// Learns several things. Gives back whether any of it was new.
    pub fn amend_all(&mut self, changes: &[Change]) -> bool {
        let mut new = false;
        for change in changes {
            new |= self.amend(change);
        }
        new
    }

    /// A device comes into it, or comes into it again.
    fn join(&mut self, member: &Member) -> bool {
        if self.goes_on_for(member.device) {
            return false;
        }
        let spans = self.spans.entry(member.device).or_default();
        if spans.len() >= MOST_SPANS {
            return false;
        }
        spans.push(self.condition.span_from(member.since, member.broken));
        if !self.members.iter().any(|known| known.device == member.device) {
            self.members.push(member.clone());
        }
        true
    }

    fn close_span(&mut self, device: DeviceId, until: Timestamp) -> bool {
        let last = self.spans.get_mut(&device).and_then(|spans| spans.last_mut());
        let Some(open) = last.filter(|span| span.until.is_none()) else {
            return false;
        };
        open.until = Some(until.max(open.from));
        true
    }

    /// Ends it. Gives back whether it was open; one that ended stays as it ended.
    pub fn end(&mut self, until: Timestamp, how: Ending) -> bool {
        let State::Open { since, .. } = self.state else {
            return false;
        };
        let until = until.max(since);
        for span in self.spans.values_mut().flatten() {
            if span.until.is_none() {
                span.until = Some(until.max(span.from));
            }
        }
        self.state = State::Ended { since, until, how };
        true
    }
}

/// Incidents by id.
pub type Incidents = BTreeMap<IncidentId, Incident>;

/// Applies one note. Gives back whether it fitted: an amendment of an unknown incident, or a second opening, changes
/// nothing.
pub fn fold(incidents: &mut Incidents, note: &Note) -> bool {
    match note {
        Note::Opened(opened) => {
            let new = !incidents.contains_key(&opened.incident);
            if new {
                incidents.insert(opened.incident.clone(), Incident::open(opened.clone()));
            }
            new
        }
        Note::Amended(amended) => incidents
            .get_mut(&amended.incident)
            .is_some_and(|incident| incident.amend_all(&amended.changes)),
        Note::Ended(ended) => incidents
            .get_mut(&ended.incident)
            .is_some_and(|incident| incident.end(ended.until, ended.how.clone())),
        Note::SeatStarted(_) | Note::SeatFinished(_) | Note::Phase(_) | Note::Blind(_) => true,
    }
}
