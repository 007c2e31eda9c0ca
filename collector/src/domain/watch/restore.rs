//! The state after a restart, as a fold over the record.
//!
//! Liveness is not kept: between the last alive mark and the first tick we were blind. Devices that were lost stay
//! lost, everybody else gets two promises to be heard again.

mod story;

pub use story::{StoredRecord, Story, absences};

use jiff::Timestamp;
use roomready_shared::facts::{Facts, Subnet};
use roomready_shared::ids::{DeviceId, SchoolId, SessionId};
use roomready_shared::timetable::Phase;
use serde::{Deserialize, Serialize};

use super::contact::{Contact, Test};
use super::device::{DeviceWatch, OpenRef};
use super::input::{Reached, Said};
use super::network;
use super::roster::{Place, WatchPlan};
use super::state::WatchState;
use crate::domain::incident::{self, Condition, Note, SeatNote};

/// What a restart finds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restored {
    /// The school.
    pub school: SchoolId,
    /// Its sittings.
    pub plan: WatchPlan,
    /// Devices that were heard at least once, with the time of their latest stored record if there is one.
    pub heard: Vec<RestoredDevice>,
    /// The watch's notes of this school, oldest first. Those of the last days are enough: sittings last hours.
    pub notes: Vec<Note>,
    /// What people said since then, oldest first.
    pub said: Vec<Said>,
    /// The latest alive mark.
    pub last_alive: Option<Timestamp>,
}

/// A device that was heard before the restart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestoredDevice {
    /// Which.
    pub device: DeviceId,
    /// Its latest sign of life that is known.
    pub last: Timestamp,
    /// The network that it stands in, as it told last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subnet: Option<Subnet>,
    /// What of the way outside answered it, by its latest stored word.
    #[serde(default)]
    pub reached: Reached,
    /// What it told around its latest absence, if the watch remembers one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub story: Option<Story>,
}

impl RestoredDevice {
    /// From what the store knows of it.
    #[must_use]
    pub fn of(device: DeviceId, last: Timestamp, facts: Option<&Facts>, story: Option<Story>) -> Self {
        let link = facts.and_then(|facts| facts.link.as_ref());
        Self {
            device,
            last,
            subnet: link.and_then(network::subnet),
            reached: facts.and_then(Reached::of_facts).unwrap_or_default(),
            story,
        }
    }
}

impl Restored {
    /// A school that was never watched before.
    #[must_use]
    pub const fn new(school: SchoolId, plan: WatchPlan) -> Self {
        Self {
            school,
            plan,
            heard: Vec::new(),
            notes: Vec::new(),
            said: Vec::new(),
            last_alive: None,
        }
    }
}

impl WatchState {
    /// Rebuilds the state.
    #[must_use]
    pub fn restore(restored: Restored) -> Self {
        let Restored {
            school,
            plan,
            heard,
            notes,
            said,
            last_alive,
        } = restored;
        let mut state = Self::new(school, plan);
        let mut stories = Vec::new();
        for heard in heard {
            let (id, last) = (heard.device, heard.last);
            stories.extend(heard.story.map(|story| (id, story)));
            if let Some(device) = state.devices.get_mut(&id) {
                device.subnet = heard.subnet;
                device.reached = heard.reached;
                device.contact = Contact::Silent {
                    since: last,
                    noticed_ms: 0,
                };
                // It was there while its sitting tested, so its silence means something, whatever ran on it.
                if let Some((seat, Phase::Testing)) = device.place.seating_at(&state.plan.sessions, last) {
                    let session = seat.session.clone();
                    take_seat(device, &session);
                    device.present = true;
                }
            }
        }
        for note in &notes {
            state.remember(note);
        }
        said.into_iter().for_each(|said| state.voices.take(said));
        state.reopen();
        state.take_up(&stories, &notes);
        state.last_alive = last_alive;
        state
    }

    fn remember(&mut self, note: &Note) {
        match note {
            Note::Opened(_) | Note::Amended(_) | Note::Ended(_) => {
                incident::fold(&mut self.incidents, note);
            }
            Note::SeatStarted(seat) => self.remember_seat(seat, true),
            Note::SeatFinished(seat) => self.remember_seat(seat, false),
            Note::Phase(phase) => {
                if self.plan.sessions.contains_key(&phase.session) {
                    self.phases.insert(phase.session.clone(), phase.phase);
                }
            }
            Note::Blind(_) => {}
        }
    }

    fn remember_seat(&mut self, note: &SeatNote, runs: bool) {
        let Some(device) = self.devices.get_mut(&note.device) else {
            return;
        };
        take_seat(device, &note.session);
        device.seat_notes = device.seat_notes.saturating_add(1);
        let started = device.test.started().unwrap_or(note.at);
        device.test = if runs {
            device.app_begins(note.at);
            Test::Running { started }
        } else {
            Test::Closed { started, at: note.at }
        };
        device.present = true;
    }

    /// Open incidents belong to their devices again. A device that is on the plan no more gets its place back from the
    /// incident, so that what is open can still end.
    fn reopen(&mut self) {
        for incident in self.incidents.values() {
            for member in &incident.members {
                if incident.goes_on_for(member.device) && !self.devices.contains_key(&member.device) {
                    let place = Place {
                        name: member.name.clone(),
                        room: member.room.clone(),
                        seat: member.seat.clone(),
                        sentinel: false,
                        seatings: Vec::new(),
                    };
                    self.devices.insert(member.device, DeviceWatch::new(place));
                }
                let Some(device) = self.devices.get_mut(&member.device) else {
                    continue;
                };
                if !incident.goes_on_for(member.device) {
                    continue;
                }
                take_seat(device, &member.session);
                device.present = true;
                if incident.condition.is_absence() {
                    device.contact = Contact::Silent {
                        since: member.since,
                        noticed_ms: 0,
                    };
                    // What it will tell of the time before our restart is part of its story as well.
                    device.remember_before(incident.condition != Condition::LostContact);
                }
                if matches!(
                    incident.condition,
                    Condition::TestAppCrashed | Condition::TestAppNotRunning
                ) {
                    let started = device.test.started().unwrap_or(incident.since());
                    device.test = Test::Interrupted {
                        started,
                        at: incident.since(),
                    };
                }
                let since = match incident.spans[&member.device].as_slice() {
                    [_, .., last] => last.from,
                    _ => member.since,
                };
                let open = OpenRef {
                    incident: incident.id.clone(),
                    since,
                    why: incident.reasons.last().copied(),
                };
                device.open.insert(incident.condition, open);
            }
        }
    }
}

impl WatchState {
    /// Absences whose story was under way, and what was made of those that are told.
    fn take_up(&mut self, stories: &[(DeviceId, Story)], notes: &[Note]) {
        let absences = story::latest_absences(&self.incidents);
        for (id, absence) in &absences {
            if let Some(device) = self.devices.get_mut(id) {
                device.last_absence = Some(absence.incident.id.clone());
            }
        }
        for (id, story) in stories {
            if let (Some(device), Some(absence)) = (self.devices.get_mut(id), absences.get(id)) {
                device.take_up(*id, *absence, story, notes, &self.incidents);
            }
        }
    }
}

/// Notes of an earlier sitting are overwritten by those of a later one.
fn take_seat(device: &mut DeviceWatch, session: &SessionId) {
    if device.session.as_ref() != Some(session) {
        device.session = Some(session.clone());
        device.test = Test::NotStarted;
        device.present = false;
        device.seat_notes = 0;
    }
}
