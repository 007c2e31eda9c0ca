//! The state of a school's watch, and what pages may ask of it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use roomready_shared::ids::{DeviceId, IncidentId, RoomId, SchoolId, SessionId};
use roomready_shared::timetable::Phase;
use serde::Serialize;

use super::device::DeviceWatch;
use super::input::{Looked, whole_ms};
use super::people::Voices;
use super::roster::WatchPlan;
use super::table::{BLIND_GAP_MS, BLIND_NOTED_MS, IDLE_PROMISE_MS, KEPT_AFTER_END, RECONNECT_MS};
use super::turns::Turns;
use super::{Now, Transitions};
use crate::domain::incident::{Blind, Incident, Incidents, Note};

/// What came in and could not be used as it was. None of it is an error.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Reports of devices that this school's plan does not know.
    pub unknown_device: u64,
    /// Records or events told twice.
    pub duplicates: u64,
    /// Records that belong to another sitting than the present one.
    pub late: u64,
    /// Records that claimed to be from the future; their receipt stands for their time.
    pub from_future: u64,
    /// Events that nobody noticed while they happened and that were told when they were over.
    pub after_the_fact: u64,
    /// Lines left out of the record because there were too many of their kind.
    pub left_out: u64,
}

/// What is going on in a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoomNow {
    /// The sitting.
    pub session: SessionId,
    /// Its phase.
    pub phase: Phase,
}

/// "12 of 30 have opened TestNav".
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Opened {
    /// Devices whose test app was seen in this sitting.
    pub opened: usize,
    /// Watched students' devices of this sitting.
    pub of: usize,
}

/// All that the watch of a school remembers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WatchState {
    pub(super) school: SchoolId,
    pub(super) plan: WatchPlan,
    pub(super) devices: BTreeMap<DeviceId, DeviceWatch>,
    pub(super) incidents: Incidents,
    pub(super) rooms: BTreeMap<RoomId, RoomNow>,
    pub(super) phases: BTreeMap<SessionId, Phase>,
    pub(super) last_tick: Option<Now>,
    /// The latest alive mark of the run before; none once the first tick has been taken.
    pub(super) last_alive: Option<Timestamp>,
    pub(super) counts: Counts,
    /// What the collector itself reached at its latest look.
    pub(super) looked: Looked,
    /// What people said.
    pub(super) voices: Voices,
    /// Drawn from the plan, so it is no part of what is remembered.
    #[serde(skip)]
    pub(super) turns: Turns,
}

impl WatchState {
    /// A school that was never watched before.
    #[must_use]
    pub fn new(school: SchoolId, plan: WatchPlan) -> Self {
        let devices = plan
            .devices
            .iter()
            .map(|(id, place)| (*id, DeviceWatch::new(place.clone())))
            .collect();
        Self {
            school,
            turns: Turns::of(&plan),
            plan,
            devices,
            incidents: BTreeMap::new(),
            rooms: BTreeMap::new(),
            phases: BTreeMap::new(),
            last_tick: None,
            last_alive: None,
            counts: Counts::default(),
            looked: Looked::default(),
            voices: Voices::default(),
        }
    }

    /// The school.
    #[must_use]
    pub const fn school(&self) -> &SchoolId {
        &self.school
    }

    /// One device.
    #[must_use]
    pub fn device(&self, id: DeviceId) -> Option<&DeviceWatch> {
        self.devices.get(&id)
    }

    /// Every device.
    pub fn devices(&self) -> impl Iterator<Item = (DeviceId, &DeviceWatch)> {
        self.devices.iter().map(|(id, device)| (*id, device))
    }

    /// What is going on in a room; none when no sitting is near.
    #[must_use]
    pub fn room(&self, room: &RoomId) -> Option<&RoomNow> {
        self.rooms.get(room)
    }

    /// Open incidents and those that ended within a day, by id.
    #[must_use]
    pub const fn incidents(&self) -> &Incidents {
        &self.incidents
    }

    /// One incident.
    #[must_use]
    pub fn incident(&self, id: &IncidentId) -> Option<&Incident> {
        self.incidents.get(id)
    }

    /// Open incidents of a room, newest first.
    #[must_use]
    pub fn open_in(&self, room: &RoomId) -> Vec<&Incident> {
        let open = self
            .incidents
            .values()
            .filter(|incident| incident.is_open() && incident.reaches(room));
        let mut open: Vec<_> = open.collect();
        open.sort_by(|a, b| (b.detected, &b.id).cmp(&(a.detected, &a.id)));
        open
    }

    /// How many of a room's watched students' devices have opened their test app in the present sitting.
    #[must_use]
    pub fn opened(&self, room: &RoomId) -> Opened {
        let Some(here) = self.rooms.get(room) else {
            return Opened::default();
        };
        let seats = self.devices.values().filter(|device| {
            !device.place.sentinel
                && device
                    .current
                    .as_ref()
                    .is_some_and(|current| current.session == here.session)
        });
        seats.fold(Opened::default(), |count, device| Opened {
            opened: count.opened + usize::from(device.test.started().is_some()),
            of: count.of + 1,
        })
    }

    /// Devices that stand in for another one while a test is near there, with the phase of that seat. No plan says so of
    /// them.
    pub fn stand_ins(&self) -> impl Iterator<Item = (DeviceId, Phase)> {
        self.voices.stand_ins().filter_map(|device| {
            let current = self.devices.get(&device)?.current.as_ref()?;
            let is_near = matches!(current.phase, Phase::Sweep | Phase::Testing | Phase::Break);
            (current.brought.is_some() && is_near).then_some((device, current.phase))
        })
    }

    /// What came in and could not be used as it was.
    #[must_use]
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// At the first tick, and whenever the collector itself stood still, nobody's silence means anything.
    pub(super) fn mark_blindness(&mut self, now: Now, out: &mut Transitions) {
        let from = match self.last_tick {
            Some(last) if now.mono_ms - last.mono_ms <= BLIND_GAP_MS => return,
            Some(last) => Some(last.wall),
            None => self.last_alive.take().map(whole_ms),
        };
        let noted = from.filter(|from| now.wall.as_millisecond() - from.as_millisecond() >= BLIND_NOTED_MS);
        if let Some(from) = noted {
            out.notes.push(Note::Blind(Blind {
                from,
                until: now.wall,
            }));
        }
        for device in self.devices.values_mut() {
            let own = device.place.seating_at(&self.plan.sessions, now.wall);
            // It may sit in a sitting that does not list it.
            let held = device.session.as_ref();
            let held = held.and_then(|session| self.plan.sessions.get(session));
            let phases = [
                own.map(|(_, phase)| phase),
                held.map(|sitting| sitting.phase_at(now.wall)),
            ];
            let near = |phase: &Phase| matches!(phase, Phase::Testing | Phase::Break | Phase::Sweep);
            let assumed = if phases.iter().flatten().any(near) {
                RECONNECT_MS
            } else {
                IDLE_PROMISE_MS
            };
            device.was_not_seen(now, assumed);
        }
    }

    /// Ended incidents leave memory after a day; the record keeps them.
    pub(super) fn forget_old(&mut self, now: Now) {
        self.incidents.retain(|_, incident| {
            incident
                .until()
                .is_none_or(|until| now.wall.duration_since(until) < KEPT_AFTER_END)
        });
    }
}
