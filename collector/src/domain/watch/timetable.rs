//! What the timetable and its edits do to the state.

use std::collections::BTreeMap;

use jiff::Timestamp;
use roomready_shared::ids::{DeviceId, RoomId, SessionId};
use roomready_shared::timetable::Phase;

use super::contact::{Contact, Test};
use super::device::{Current, DeviceWatch};
use super::input::Input;
use super::looks::Looks;
use super::people::{OfDevice, Voices};
use super::roster::{Place, SeatIn, Sitting, WatchPlan};
use super::state::{RoomNow, WatchState};
use super::turns::Turns;
use super::{Now, Transitions};
use crate::domain::incident::{Note, PhaseNote};
use crate::domain::plan::{choose, phase_until};

impl WatchState {
    pub(super) fn edit(&mut self, edit: Input, out: &mut Transitions) {
        match edit {
            Input::Plan(plan) => {
                for (id, place) in &plan.devices {
                    self.put(*id, place.clone(), out);
                }
                // Who is on the new plan no more keeps its story until its incidents are ended, and goes with the next
                // plan after that.
                self.devices.retain(|id, device| {
                    let stays = plan.devices.contains_key(id);
                    if !stays {
                        device.place.seatings.clear();
                        out.rooms.insert(device.place.room.clone());
                    }
                    stays || !device.open.is_empty()
                });
                self.phases
                    .retain(|session, _| plan.sessions.contains_key(session));
                self.plan = plan;
            }
            Input::Device { device, place } => {
                self.put(device, place.clone(), out);
                self.plan.devices.insert(device, place);
            }
            Input::Looked(looked) => self.looked = looked,
            Input::Person(said) => self.voices.take(said),
            Input::Checks(checks) => match self.devices.get_mut(&checks.device) {
                Some(device) => device.health.take_checks(&checks),
                None => self.counts.unknown_device += 1,
            },
            Input::Report(_) => {}
        }
    }

    fn put(&mut self, id: DeviceId, place: Place, out: &mut Transitions) {
        let rooms = &mut out.rooms;
        match self.devices.get_mut(&id) {
            Some(device) if device.place == place => {}
            Some(device) => {
                rooms.insert(device.place.room.clone());
                rooms.insert(place.room.clone());
                device.place = place;
                out.tiles.insert(id);
            }
            None => {
                rooms.insert(place.room.clone());
                out.tiles.insert(id);
                self.devices.insert(id, DeviceWatch::new(place));
            }
        }
    }

    /// What the timetable says now: phases of sittings, of rooms, of each seat.
    ///
    /// `edited` says whether the plan was edited since the tick before. Where it was not, nothing turns between the two
    /// ticks and people's words come to the same, everything sits as it sat.
    pub(super) fn look_at_timetable(&mut self, edited: bool, now: Now, out: &mut Transitions) {
        if edited {
            self.turns = Turns::of(&self.plan);
        }
        let turned = edited
            || self
                .last_tick
                .is_none_or(|last| self.turns.any_between(last.wall, now.wall));
        if turned {
            self.look_at_sittings(now, out);
        }
        let rooms = &self.rooms;
        let session_of = |room: &RoomId| rooms.get(room).map(|here| here.session.clone());
        let heard = self.voices.look(&self.plan, session_of, now.wall);
        if turned || heard {
            for (id, device) in &mut self.devices {
                sit_down(*id, device, &self.plan, &self.voices, now);
            }
        }
    }

    fn look_at_sittings(&mut self, now: Now, out: &mut Transitions) {
        for (id, sitting) in &self.plan.sessions {
            let phase = sitting.phase_at(now.wall);
            let held = self.phases.insert(id.clone(), phase);
            let news = held.map_or(!matches!(phase, Phase::Scheduled | Phase::Finished), |held| {
                held != phase
            });
            if news {
                out.rooms.insert(sitting.room.clone());
                out.notes.push(Note::Phase(PhaseNote {
                    session: id.clone(),
                    phase,
                    at: now.wall,
                }));
            }
        }
        let rooms = rooms_now(&self.plan.sessions, now.wall);
        if rooms != self.rooms {
            let changed = rooms
                .iter()
                .filter(|(room, here)| self.rooms.get(*room) != Some(here));
            let emptied = self.rooms.keys().filter(|room| !rooms.contains_key(*room));
            out.rooms
                .extend(changed.map(|(room, _)| room).chain(emptied).cloned());
            self.rooms = rooms;
        }
    }
}

fn rooms_now(sessions: &BTreeMap<SessionId, Sitting>, now: Timestamp) -> BTreeMap<RoomId, RoomNow> {
    let mut of_room: BTreeMap<&RoomId, Vec<(&SessionId, &Sitting)>> = BTreeMap::new();
    for (id, sitting) in sessions {
        of_room.entry(&sitting.room).or_default().push((id, sitting));
    }
    let chosen = of_room.into_iter().filter_map(|(room, sittings)| {
        let sittings = sittings
            .into_iter()
            .map(|(id, sitting)| (id, &sitting.timetable, sitting.last_end));
        let (session, phase) = choose(sittings, now)?;
        Some((
            room.clone(),
            RoomNow {
                session: session.clone(),
                phase,
            },
        ))
    });
    chosen.collect()
}

/// Finds the device's seat in the sitting of the moment. A new sitting begins with a clean sheet.
fn sit_down(id: DeviceId, device: &mut DeviceWatch, plan: &WatchPlan, voices: &Voices, now: Now) {
    let Some((seat, brought, phase)) = seat_now(id, device, plan, voices, now.wall) else {
        device.current = None;
        device.said = OfDevice::default();
        return;
    };
    let Some(sitting) = plan.sessions.get(&seat.session) else {
        return;
    };
    let phase = voices.phase(sitting, &seat.session, seat.ends, phase);
    device.said = voices.of_device(id, &sitting.room, &seat.session);
    match &mut device.current {
        Some(current) if current.session == seat.session => {
            if current.phase != phase {
                current.phase = phase;
                current.phase_from_ms = now.mono_ms;
            }
            current.ends = seat.ends;
            current.brought = brought;
            current.timing = sitting.timetable.timing();
            if current.seat != seat.seat {
                current.seat.clone_from(&seat.seat);
            }
            if current.room != sitting.room {
                current.room.clone_from(&sitting.room);
            }
        }
        current => {
            *current = Some(Current {
                session: seat.session.clone(),
                room: sitting.room.clone(),
                seat: seat.seat.clone(),
                ends: seat.ends,
                timing: sitting.timetable.timing(),
                phase,
                phase_from_ms: now.mono_ms,
                brought,
            });
        }
    }
    if device.session.as_ref() != Some(&seat.session) {
        device.session = Some(seat.session.clone());
        device.test = Test::NotStarted;
        device.present = false;
        device.closes.clear();
        device.seat_notes = 0;
        device.pending.clear();
        device.health.new_sitting();
        device.looks = Looks::default();
        device.not_heard_again = None;
        // Seen running before the sitting began: the next beat shows it again.
        if !matches!(device.contact, Contact::Heard(_)) {
            device.app = None;
        }
    }
}

/// Where a device sits, since when in another one's place, and the phase of that seat.
///
/// A swap goes before the plan for as long as the test goes on at that seat. Afterwards the device sits where the plan
/// has it, if it has it anywhere now.
fn seat_now(
    id: DeviceId,
    device: &DeviceWatch,
    plan: &WatchPlan,
    voices: &Voices,
    now: Timestamp,
) -> Option<(SeatIn, Option<Timestamp>, Phase)> {
    let brought: Vec<_> = voices
        .stands_in(id)
        .filter_map(|(session, instead)| {
            let sitting = plan.sessions.get(session)?;
            let seat = SeatIn {
                session: session.clone(),
                seat: instead.seat.clone(),
                ends: sitting.ends_for(&instead.of),
            };
            Some((seat, instead.since, sitting))
        })
        .collect();
    let goes_on = brought.iter().filter_map(|(seat, since, sitting)| {
        let phase = phase_until(&sitting.timetable, seat.ends, now);
        let said = voices.phase(sitting, &seat.session, seat.ends, phase);
        (said != Phase::Finished).then_some((seat, *since, phase))
    });
    if let Some((seat, since, phase)) = goes_on.max_by_key(|(_, since, _)| *since) {
        return Some((seat.clone(), Some(since), phase));
    }
    let own = device.place.seatings.iter().filter_map(|seat| {
        let elsewhere = brought.iter().all(|(other, ..)| other.session != seat.session);
        let sitting = plan.sessions.get(&seat.session).filter(|_| elsewhere)?;
        Some(((seat, None), &sitting.timetable, seat.ends))
    });
    let over = brought.iter();
    let over = over.map(|(seat, since, sitting)| ((seat, Some(*since)), &sitting.timetable, seat.ends));
    let next = choose(own.clone(), now).filter(|(_, phase)| *phase != Phase::Finished);
    let ((seat, brought), phase) = next.or_else(|| choose(over.chain(own), now))?;
    Some((seat.clone(), brought, phase))
}
