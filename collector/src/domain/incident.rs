//! Incidents: one technical cause with its members, as a fold over entries of the record.
//!
//! Nothing here is changed in place by hand: an incident is opened, amended and ended by notes, and the same notes
//! in the same order always give the same incident.

mod note;
mod words;

#[cfg(test)]
mod tests;

pub use note::{Amended, Blind, Ended, NotANote, Note, Opened, PhaseNote, SeatNote};
pub use words::{WHAT_TO_DO, ending_words, headline, reason_words};

use std::collections::BTreeMap;

use jiff::Timestamp;
use roomready_shared::ids::{DeviceId, DeviceName, IncidentId, RoomId, SeatLabel, SessionId};
use roomready_shared::wire::v1::GoodbyeReason;
use serde::{Deserialize, Serialize};

/// What can be wrong with a device during a test. In this order they are told when several hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// It promised to be heard and was not.
    LostContact,
    /// It said that it shuts down.
    ShutDown,
    /// It said that it restarts.
    Restarted,
    /// It said that it goes to sleep.
    Slept,
    /// Its test app ended in a way no student ends it.
    TestAppCrashed,
}

impl Condition {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::LostContact,
        Self::ShutDown,
        Self::Restarted,
        Self::Slept,
        Self::TestAppCrashed,
    ];

    /// The word in the record and in addresses.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::LostContact => "lost_contact",
            Self::ShutDown => "shut_down",
            Self::Restarted => "restarted",
            Self::Slept => "slept",
            Self::TestAppCrashed => "test_app_crashed",
        }
    }

    /// The condition that an announced absence is; the agent alone stopping is lost contact with a known reason.
    #[must_use]
    pub const fn announced(reason: GoodbyeReason) -> Self {
        match reason {
            GoodbyeReason::Shutdown => Self::ShutDown,
            GoodbyeReason::Restart => Self::Restarted,
            GoodbyeReason::Sleep => Self::Slept,
            GoodbyeReason::AgentStopped | GoodbyeReason::StandsAside => Self::LostContact,
        }
    }

    /// Whether it means that the device is not there: such conditions exclude each other and end when it is heard.
    #[must_use]
    pub const fn is_absence(self) -> bool {
        !matches!(self, Self::TestAppCrashed)
    }
}

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

/// A device in an incident.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Member {
    /// The device.
    pub device: DeviceId,
    /// What people called it then.
    pub name: DeviceName,
    /// Where it sat then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat: Option<SeatLabel>,
}

/// How an incident came to be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detection {
    /// While it happened.
    Live,
    /// Afterwards, from a device's own records.
    Replay,
}

/// How an incident ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum Ending {
    /// The device was heard again, and kept its promise.
    HeardAgain,
    /// The test app ran again, and went on running.
    AppRunsAgain,
    /// The sitting ended first.
    SessionOver {
        /// Devices that were not heard again by then.
        not_heard_again: u32,
    },
    /// The sitting was taken out of the timetable.
    SessionRemoved,
}

/// Whether an incident goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
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

/// One incident as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Incident {
    /// Its id.
    pub id: IncidentId,
    /// The sitting it belongs to.
    pub session: SessionId,
    /// The room.
    pub room: RoomId,
    /// What is wrong.
    pub condition: Condition,
    /// Who is affected. One device in this version; a common cause has many.
    pub members: Vec<Member>,
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
        Self {
            id: note.incident,
            session: note.session,
            room: note.room,
            condition: note.condition,
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

    /// Learns more about why. Gives back whether that was new.
    pub fn amend(&mut self, why: Reason) -> bool {
        let new = self.reasons.len() < MOST_REASONS && !self.reasons.contains(&why);
        if new {
            self.reasons.push(why);
        }
        new
    }

    /// Ends it. Gives back whether it was open; one that ended stays as it ended.
    pub fn end(&mut self, until: Timestamp, how: Ending) -> bool {
        let State::Open { since, .. } = self.state else {
            return false;
        };
        self.state = State::Ended {
            since,
            until: until.max(since),
            how,
        };
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
            .is_some_and(|incident| incident.amend(amended.why)),
        Note::Ended(ended) => incidents
            .get_mut(&ended.incident)
            .is_some_and(|incident| incident.end(ended.until, ended.how)),
        Note::SeatStarted(_) | Note::SeatFinished(_) | Note::Phase(_) | Note::Blind(_) => true,
    }
}
