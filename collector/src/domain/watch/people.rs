//! What people say, as the watch judges by it.
//!
//! Nothing is done at the press: each tick looks at what holds by then. So a press that is taken back, one that comes
//! late from a browser without a network, and one that a restart reads again come to the same.

mod stated;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use roomready_shared::ids::{DeviceId, RoomId, SeatLabel, SessionId};
use roomready_shared::timetable::Phase;
use roomready_shared::wire::v1::AppState;
use serde::Serialize;

use super::book::Book;
use super::cause::Devices;
use super::contact::{Contact, Test};
use super::device::DeviceWatch;
use super::input::Said;
use super::roster::{Sitting, WatchPlan};
use crate::domain::incident::{Cause, CauseKind, Change, Condition, Confidence, Ending, Incident};
use crate::domain::people::{self, Acts, Deed, Run, StillWorking};
use stated::Seen;

/// Everything that people said in a school.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Voices {
    rooms: BTreeMap<RoomId, Acts>,
    school: Acts,
    /// What it comes to in each room, at the present tick.
    now: BTreeMap<RoomId, InRoom>,
}

/// What was said of a room's present sitting.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct InRoom {
    session: Option<SessionId>,
    started: Option<Timestamp>,
    stands_still: bool,
    over: bool,
    finished: BTreeMap<DeviceId, Timestamp>,
    aside: BTreeMap<DeviceId, Timestamp>,
    /// Devices that took the place of others.
    instead: BTreeMap<DeviceId, Instead>,
    /// What was answered last, and when.
    still: Option<(Timestamp, StillWorking)>,
    /// Symptoms that stand: what, and since when.
    symptoms: Vec<(Seen, Timestamp)>,
    /// Past pauses that were entered: from, until, the number of their entry.
    pauses: Vec<(Timestamp, Timestamp, u64)>,
}

/// A device took the place of another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Instead {
    pub(super) seat: Option<SeatLabel>,
    /// The tag of the device whose seat it is by the plan.
    pub(super) of: String,
    pub(super) since: Timestamp,
}

/// What was said of a device in its present sitting.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(super) struct OfDevice {
    /// Another one stands in its place since then: its silence means nothing.
    pub(super) aside: Option<Timestamp>,
    /// Its student has finished.
    pub(super) finished: Option<Timestamp>,
}

impl Voices {
    pub(super) fn take(&mut self, said: Said) {
        match said.room {
            Some(room) => self.rooms.entry(room).or_default().take(said.act),
            None => self.school.take(said.act),
        }
    }

    /// What all of it comes to now. Gives whether that is another thing than before.
    pub(super) fn look(
        &mut self,
        plan: &WatchPlan,
        session_of: impl Fn(&RoomId) -> Option<SessionId>,
        now: Timestamp,
    ) -> bool {
        let before = std::mem::take(&mut self.now);
        let school = self.school.now(None, now);
        let everywhere = !school.pauses.is_empty();
        let mut school_pauses = Vec::new();
        past_pauses(&self.school, None, &mut school_pauses);
        let nothing = Acts::default();
        let mut rooms: BTreeSet<&RoomId> = self.rooms.keys().collect();
        if everywhere || !school_pauses.is_empty() {
            rooms.extend(plan.sessions.values().map(|sitting| &sitting.room));
        }
        for room in rooms {
            let session = session_of(room);
            let acts = self.rooms.get(room).unwrap_or(&nothing);
            let mut here = in_room(acts, session, now);
            here.stands_still |= everywhere;
            here.pauses.extend(school_pauses.iter().copied());
            self.now.insert(room.clone(), here);
        }
        self.now != before
    }

    pub(super) fn is_empty(&self) -> bool {
        self.now.is_empty()
    }

    fn of(&self, room: &RoomId, session: &SessionId) -> Option<&InRoom> {
        self.now
            .get(room)
            .filter(|here| here.session.as_ref() == Some(session))
    }

    /// The phase of a seat with that end, by the timetable and by what people said. Whoever has more time than the
    /// sitting goes on when the room as a whole is over.
    pub(super) fn phase(
        &self,
        sitting: &Sitting,
        session: &SessionId,
        ends: Timestamp,
        phase: Phase,
    ) -> Phase {
        let with_the_room = ends <= sitting.timetable.ends();
        match (self.of(&sitting.room, session), phase) {
            (Some(here), Phase::Testing | Phase::Break) if here.over && with_the_room => Phase::Finished,
            (Some(here), Phase::Testing) if here.stands_still => Phase::Break,
            (_, phase) => phase,
        }
    }

    /// What was said of a device that sits there.
    pub(super) fn of_device(&self, id: DeviceId, room: &RoomId, session: &SessionId) -> OfDevice {
        let here = self.of(room, session);
        here.map_or_else(OfDevice::default, |here| OfDevice {
            aside: here.aside.get(&id).copied(),
            finished: here.finished.get(&id).copied(),
        })
    }

    /// The rooms' present sittings in which this device took another one's place.
    pub(super) fn stands_in(&self, device: DeviceId) -> impl Iterator<Item = (&SessionId, &Instead)> {
        self.now.values().filter_map(move |here| {
            let instead = here.instead.get(&device)?;
            Some((here.session.as_ref()?, instead))
        })
    }

    /// All devices that took another one's place.
    pub(super) fn stand_ins(&self) -> impl Iterator<Item = DeviceId> {
        self.now.values().flat_map(|here| here.instead.keys().copied())
    }
}

fn in_room(acts: &Acts, session: Option<SessionId>, now: Timestamp) -> InRoom {
    let seen = acts.now(session.as_ref(), now);
    let device = |machine: &people::Machine| machine.device;
    let started = acts
        .standing(session.as_ref())
        .find(|act| act.deed == Deed::Started)
        .map(people::Act::when);
    let finished = seen.finished.iter().filter_map(|act| {
        let spot = act.deed.spot()?;
        Some((device(&spot.device)?, act.when()))
    });
    let mut here = InRoom {
        started,
        stands_still: !seen.pauses.is_empty() || matches!(seen.run, Run::OnBreak(_)),
        over: matches!(seen.run, Run::Over(_)),
        finished: finished.collect(),
        still: seen.still.map(|(act, still)| (act.when(), still)),
        ..InRoom::default()
    };
    for act in &seen.aside {
        if let Deed::Swapped { old, .. } = &act.deed
            && let Some(old) = old.device
        {
            here.aside.insert(old, act.when());
        }
    }
    swapped(&seen.swaps, &mut here);
    for trouble in &seen.troubles {
        if let Deed::Symptom { symptom, .. } = &trouble.act.deed {
            here.symptoms.push((Seen::of(symptom), trouble.since()));
        }
    }
    past_pauses(acts, session.as_ref(), &mut here.pauses);
    here.session = session;
    here
}

/// A device that was taken away is no seat of this sitting any more, also once it is released, unless it is brought to
/// another seat.
fn swapped(swaps: &[&people::Act], here: &mut InRoom) {
    let mut seat_of: BTreeMap<String, String> = BTreeMap::new();
    for act in swaps {
        let Deed::Swapped { seat, old, new } = &act.deed else {
            continue;
        };
        if let Some(old) = old.device {
            here.aside.insert(old, act.when());
        }
        let of = seat_of.get(&old.key()).cloned().unwrap_or_else(|| old.key());
        seat_of.insert(new.key(), of.clone());
        if let Some(new) = new.device {
            here.aside.remove(&new);
            let instead = Instead {
                seat: seat.clone(),
                of,
                since: act.when(),
            };
            here.instead.insert(new, instead);
        }
    }
}

/// Pauses that are over, however they were entered.
fn past_pauses(acts: &Acts, session: Option<&SessionId>, into: &mut Vec<(Timestamp, Timestamp, u64)>) {
    let mut open = None;
    for act in acts.standing(session) {
        match act.deed {
            Deed::Paused {
                from,
                until: Some(until),
            } => into.push((from, until, act.seq)),
            Deed::Paused { from, until: None } => open = Some((from, act.seq)),
            Deed::Resumed { from: until } => into.extend(open.take().map(|(from, seq)| (from, until, seq))),
            _ => {}
        }
    }
}

/// What was said of each device.
pub(super) fn of_devices(devices: &mut Devices, voices: &Voices, book: &mut Book<'_>) {
    if voices.is_empty() {
        return;
    }
    for (id, device) in devices {
        let Some(current) = &device.current else { continue };
        let brought = current.brought;
        let Some(here) = voices.of(&current.room, &current.session) else {
            continue;
        };
        if let Some(at) = device.said.aside {
            end_all(*id, device, at, book);
        }
        if let Some(at) = device.said_finished()
            && let Test::Running { started } | Test::Interrupted { started, .. } = device.test
        {
            device.test = Test::Closed { started, at };
            book.seat_finished(*id, device, at);
            end_all(*id, device, at, book);
        }
        let started = here.started.map(|at| brought.map_or(at, |since| at.max(since)));
        if let Some(at) = started
            && device.test == Test::NotStarted
            && device.testing()
            && !device.place.sentinel
            && device.told_app == AppState::Unknown
            && matches!(device.contact, Contact::Heard(_))
        {
            // Its app cannot be read: that the room began is all there is.
            device.test = Test::Running { started: at };
            book.seat_started(*id, device, at);
        }
    }
}

/// Whatever is open of a device is over: another one stands in its place, or its student has finished.
fn end_all(id: DeviceId, device: &mut DeviceWatch, at: Timestamp, book: &mut Book<'_>) {
    device.pending.clear();
    for condition in Condition::ALL {
        book.end(id, device, condition, at, Ending::Cleared);
    }
}

/// What was said of incidents: that students go on although nothing is heard, that nobody tested meanwhile, and trouble
/// that several rooms tell of.
pub(super) fn of_incidents(voices: &Voices, plan: &WatchPlan, book: &mut Book<'_>) {
    if voices.is_empty() {
        return;
    }
    refile(voices, book);
    still_working(voices, book);
    stated::look(voices, plan, book);
}

/// What began in a pause that was entered afterwards belongs to the pause.
fn refile(voices: &Voices, book: &mut Book<'_>) {
    let mut found = Vec::new();
    for incident in book.incidents.values() {
        let under = |room: &RoomId| {
            let here = voices.now.get(room)?;
            here.pauses
                .iter()
                .find(|(from, until, _)| *from <= incident.broken && incident.broken < *until)
                .map(|(_, _, seq)| *seq)
        };
        let rooms = incident.rooms();
        let acts: Vec<_> = rooms.into_iter().filter_map(under).collect();
        let all = incident.rooms().len() == acts.len() && !acts.is_empty();
        let act = if all { acts.first().copied() } else { None };
        if act != incident.under {
            found.push((incident.id.clone(), act));
        }
    }
    for (id, act) in found {
        book.learn(&id, Change::Refiled { act });
    }
}

/// An answer speaks of the silence in which it was given. What fell silent after it, nobody has said anything about.
fn still_working(voices: &Voices, book: &mut Book<'_>) {
    let silent = |incident: &&Incident| incident.is_open() && incident.condition == Condition::LostContact;
    let mut found = Vec::new();
    for incident in book.incidents.values().filter(silent) {
        let rooms = incident.rooms();
        let all = !rooms.is_empty()
            && rooms.iter().all(|room| {
                let still = voices.now.get(*room).and_then(|here| here.still);
                still.is_some_and(|(at, said)| said == StillWorking::All && at >= incident.since())
            });
        let stated = incident.cause.kind == CauseKind::CollectorPath
            && incident.cause.confidence == Confidence::Stated;
        let kind = match (all, stated) {
            (true, false) if incident.cause.confidence != Confidence::Measured => CauseKind::CollectorPath,
            // The answer was taken back, or is another one now.
            (false, true) => incident.taken_for.last().copied().unwrap_or_default(),
            _ => continue,
        };
        let cause = Cause {
            kind,
            confidence: if all {
                Confidence::Stated
            } else {
                Confidence::Inferred
            },
            ..incident.cause.clone()
        };
        found.push((incident.id.clone(), incident.cause.kind, cause));
    }
    for (id, from, to) in found {
        book.learn(
            &id,
            Change::Corrected {
                from: (from != to.kind).then_some(from),
                to,
                began: None,
            },
        );
    }
}
