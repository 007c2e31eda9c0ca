//! What the record tells of one sitting, as a fold over its entries, whenever they are read.

mod seats;

pub use seats::{Expected, SeatCount, SeatPast};

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use roomready_shared::ids::{DeviceId, IncidentId, RoomId, SeatLabel, SessionId};

use super::Answer;
use crate::domain::entry::Entry;
use crate::domain::incident::{self, Blind, Change, Confidence, Detection, Incident, Incidents, Note};
use crate::domain::people::{About, Act, Acts, Deed, Machine, Run, StillWorking, Stretch, Why, pauses};
use crate::domain::plan::Session;

/// One sitting as the record tells it.
#[derive(Debug, Clone)]
pub struct Past {
    session: SessionId,
    room: RoomId,
    last_end: Timestamp,
    /// Every incident of the school that was read: a device may come into one that began elsewhere.
    incidents: Incidents,
    /// Starts (true) and finishes of each seat, in the order of the record.
    seats: BTreeMap<DeviceId, Vec<(Timestamp, bool)>>,
    blind: Vec<Blind>,
    acts: Acts,
    school: Acts,
    /// When people of this sitting first told of something wrong on a screen, taken back or not.
    told_of_trouble: Option<Timestamp>,
    /// Incidents that opened before what was read.
    unknown: BTreeSet<IncidentId>,
    unreadable: u32,
}

/// A seat was given another device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Swap {
    /// The seat.
    pub seat: Option<SeatLabel>,
    /// What was taken away.
    pub old: Machine,
    /// What stands there now.
    pub new: Machine,
    /// When.
    pub at: Timestamp,
    /// When the old one was released; none while it is kept aside.
    pub released: Option<Timestamp>,
}

impl Past {
    /// Nothing read yet.
    #[must_use]
    pub fn new(session: &Session) -> Self {
        Self {
            session: session.id.clone(),
            room: session.room.room.clone(),
            last_end: session.last_end(),
            incidents: Incidents::new(),
            seats: BTreeMap::new(),
            blind: Vec::new(),
            acts: Acts::default(),
            school: Acts::default(),
            told_of_trouble: None,
            unknown: BTreeSet::new(),
            unreadable: 0,
        }
    }

    /// Takes an entry of the sitting's school, in the order of the record.
    pub fn take(&mut self, entry: &Entry) {
        match Note::of_entry(&entry.entry) {
            Some(Ok(note)) => return self.take_note(note),
            Some(Err(_)) => self.unreadable += 1,
            None => {}
        }
        match Act::of_entry(entry) {
            Some(Ok((about, act))) => self.take_act(&about, act),
            Some(Err(_)) => self.unreadable += 1,
            None => {}
        }
    }

    fn take_note(&mut self, note: Note) {
        match note {
            Note::SeatStarted(seat) if seat.session == self.session => {
                self.seats.entry(seat.device).or_default().push((seat.at, true));
            }
            Note::SeatFinished(seat) if seat.session == self.session => {
                self.seats.entry(seat.device).or_default().push((seat.at, false));
            }
            Note::Blind(blind) => self.blind.push(blind),
            Note::Amended(amended) if !self.incidents.contains_key(&amended.incident) => {
                let here = |change: &Change| match change {
                    Change::Joined(member) => member.session == self.session,
                    Change::Corrected { to, .. } => {
                        to.confidence == Confidence::Stated && to.rooms.contains(&self.room)
                    }
                    _ => false,
                };
                if amended.changes.iter().any(here) {
                    self.unknown.insert(amended.incident);
                }
            }
            note @ (Note::Opened(_) | Note::Amended(_) | Note::Ended(_)) => {
                incident::fold(&mut self.incidents, &note);
            }
            Note::SeatStarted(_) | Note::SeatFinished(_) | Note::Phase(_) => {}
        }
    }

    fn take_act(&mut self, about: &About, act: Act) {
        match about {
            About::School(_) => self.school.take(act),
            // A device that was kept aside may be released days later, in whatever sitting.
            About::Room(_)
                if act.session.as_ref() == Some(&self.session)
                    || matches!(act.deed, Deed::Released { .. } | Deed::Undone(_)) =>
            {
                if matches!(act.deed, Deed::Symptom { .. }) {
                    let told = act.when();
                    self.told_of_trouble = Some(self.told_of_trouble.map_or(told, |first| first.min(told)));
                }
                self.acts.take(act);
            }
            About::Room(_) => {}
        }
    }

    /// Incidents that may have reached this sitting and that opened before what was read.
    pub fn unknown(&self) -> impl Iterator<Item = &IncidentId> {
        self.unknown.iter()
    }

    /// Takes the whole story of one of them.
    pub fn take_story(&mut self, story: Incident) {
        self.unknown.remove(&story.id);
        self.incidents.insert(story.id.clone(), story);
    }

    /// Lines that could not be read; the record keeps them.
    #[must_use]
    pub const fn unreadable(&self) -> u32 {
        self.unreadable
    }

    /// Incidents with a device of this sitting, and those that its people told of; the earliest first.
    #[must_use]
    pub fn incidents(&self) -> Vec<&Incident> {
        let here = self.incidents.values().filter(|incident| {
            let mut members = incident.members.iter();
            members.any(|member| member.session == self.session) || self.is_told_of(incident)
        });
        let mut here: Vec<_> = here.collect();
        here.sort_by(|a, b| (a.since(), &a.id).cmp(&(b.since(), &b.id)));
        here
    }

    /// Whether people told of it in this sitting: in its room, before it was over. Another sitting of the same room on the
    /// same day has not.
    fn is_told_of(&self, incident: &Incident) -> bool {
        let told = self.told_of_trouble.is_some_and(|told| {
            incident.until().is_none_or(|until| told <= until) && incident.since() <= self.last_end
        });
        incident.seen == Detection::Stated
            && (incident.session == self.session || told && incident.cause.rooms.contains(&self.room))
    }

    /// When the collector could see nothing.
    #[must_use]
    pub fn blind(&self) -> &[Blind] {
        &self.blind
    }

    /// What people did in it.
    #[must_use]
    pub const fn acts(&self) -> &Acts {
        &self.acts
    }

    /// When a person said that the test began, and that it was over.
    #[must_use]
    pub fn pressed(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        let mut standing = self.acts.standing(Some(&self.session));
        let started = standing.find(|act| act.deed == Deed::Started).map(Act::when);
        let over = match self.acts.now(Some(&self.session), Timestamp::MAX).run {
            Run::Over(act) => Some(act.when()),
            _ => None,
        };
        (started, over)
    }

    /// When students did not test because people said so, each with the act that told it.
    #[must_use]
    pub fn pauses(&self, session: &Session) -> Vec<(Stretch, Option<&Act>)> {
        let all = pauses(&self.acts, Some(&self.school), session);
        let told = |stretch: &Stretch| {
            let room = self.acts.standing(Some(&self.session));
            let school = self.school.standing(None);
            let mut acts = room.chain(school).filter(|act| match (&act.deed, stretch.why) {
                (Deed::BreakBegun, Why::Break) => act.when() <= stretch.from,
                (Deed::Paused { from, .. }, Why::Pause | Why::SchoolPause) => *from <= stretch.from,
                _ => false,
            });
            acts.next_back()
        };
        all.into_iter().map(|stretch| (stretch, told(&stretch))).collect()
    }

    /// Answers to "Are students still working?" that hold, in the order of time.
    #[must_use]
    pub fn answers(&self) -> Vec<Answer> {
        let mut answers: Vec<Answer> = Vec::new();
        for act in self.acts.standing(Some(&self.session)) {
            match act.deed {
                Deed::StillWorking(StillWorking::None) => drop(answers.pop()),
                Deed::StillWorking(said) => answers.push(Answer { at: act.when(), said }),
                _ => {}
            }
        }
        answers.sort_by_key(|answer| answer.at);
        answers
    }

    /// Devices that were swapped in this sitting, the earliest first.
    #[must_use]
    pub fn swaps(&self) -> Vec<Swap> {
        let swaps = self
            .acts
            .standing(Some(&self.session))
            .filter_map(|act| match &act.deed {
                Deed::Swapped { seat, old, new } => Some(Swap {
                    seat: seat.clone(),
                    old: old.clone(),
                    new: new.clone(),
                    at: act.when(),
                    released: self.released(old, act.seq),
                }),
                _ => None,
            });
        let mut swaps: Vec<_> = swaps.collect();
        swaps.sort_by_key(|swap| swap.at);
        swaps
    }

    fn released(&self, old: &Machine, after: u64) -> Option<Timestamp> {
        let undone = |seq: u64| self.acts.all().iter().any(|act| act.deed == Deed::Undone(seq));
        let later = self.acts.all().iter().filter(|act| act.seq > after);
        later
            .filter(|act| matches!(&act.deed, Deed::Released { device } if device.is(old)))
            .find(|act| !undone(act.seq))
            .map(Act::when)
    }
}
