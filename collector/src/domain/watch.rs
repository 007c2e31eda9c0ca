//! The watch of a school: one pure step a second.
//!
//! [`step`] takes the state by value, everything that was accepted since the last tick, and the time in both senses.
//! It gives the next state and what changed. It is deterministic: inputs are put into one order first, collections
//! are sorted, ids are drawn from content, and there is no float, no random number and no clock in here. So the same
//! inputs give the same bytes, today in a room and in a rehearsal a year later.
//!
//! What it returns is committed before anybody is told: the caller appends [`Transitions::notes`] in one unit, and
//! feeds pages, notices and replies afterwards.
//!
//! A tick in its order: reports are taken (`records`), each device is looked at (`judge`, `signs`), what several have
//! in common is gathered (`cause`), what is over ends (`judge`, `signs`), and `book` writes.

pub mod battery;
mod book;
mod cause;
pub mod checks;
mod contact;
mod device;
mod drops;
mod health;
mod input;
mod judge;
mod looks;
mod network;
mod people;
mod power;
mod recorded;
mod records;
mod replay;
mod restore;
mod roster;
mod signs;
mod state;
pub mod table;
mod timetable;
mod turns;

#[cfg(test)]
mod tests;

pub use contact::{Contact, Heard, Test};
pub use device::{Current, DeviceWatch};
pub use health::Batteries;
pub use input::{Beat, Checks, Input, Looked, Reached, Record, Report, Said, What};
pub use network::{InNetwork, subnet};
pub use recorded::{NotBegun, Recorded, Replay, Tick};
pub use restore::{Restored, RestoredDevice, StoredRecord, Story, absences};
pub use roster::{Place, SeatIn, Sitting, WatchPlan};
pub use state::{Counts, Opened, RoomNow, WatchState};

use std::collections::BTreeSet;

use jiff::Timestamp;
use roomready_shared::ids::{DeviceId, RoomId};
use serde::{Deserialize, Serialize};

use super::incident::Note;
use book::Book;

/// A moment in both senses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Now {
    /// The time of day, which may jump.
    pub wall: Timestamp,
    /// Milliseconds that have passed since the process began, which never jump.
    pub mono_ms: u64,
}

/// What a step changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Transitions {
    /// To be appended to the record, in this order, in one unit.
    pub notes: Vec<Note>,
    /// Devices whose tile looks different now.
    pub tiles: BTreeSet<DeviceId>,
    /// Rooms whose top line or incidents look different now.
    pub rooms: BTreeSet<RoomId>,
}

impl Transitions {
    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.notes.is_empty() && self.tiles.is_empty() && self.rooms.is_empty()
    }
}

/// One tick of one school.
///
/// The order of inputs: edits of the timetable and of places first, then reports as they were received; reports of
/// one millisecond by device, then stream and number. Inside a report, records come before the present state, except
/// that a device that says goodbye is gone after it.
#[must_use]
pub fn step(mut state: WatchState, mut inputs: Vec<Input>, now: Now) -> (WatchState, Transitions) {
    let mut out = Transitions::default();
    let now = state.steady(now);
    state.mark_blindness(now, &mut out);
    inputs.sort_by(input::in_order);
    // Edits sort before reports, and places must be known before a report is judged.
    let reports = inputs.partition_point(|input| !matches!(input, Input::Report(_)));
    let reports = inputs.split_off(reports);
    let edited = inputs
        .iter()
        .any(|input| matches!(input, Input::Plan(_) | Input::Device { .. }));
    for edit in inputs {
        state.edit(edit, &mut out);
    }
    state.look_at_timetable(edited, now, &mut out);
    state.judge(&reports, now, &mut out);
    state.forget_old(now);
    (state, out)
}

impl WatchState {
    /// Monotonic time that never goes back, and wall time in whole milliseconds, as the record keeps it.
    fn steady(&self, now: Now) -> Now {
        Now {
            wall: input::whole_ms(now.wall),
            mono_ms: now.mono_ms.max(self.last_tick.map_or(0, |last| last.mono_ms)),
        }
    }

    /// What came in, then each device, then what they have in common, then what is over.
    fn judge(&mut self, inputs: &[Input], now: Now, out: &mut Transitions) {
        let Self {
            school,
            plan,
            devices,
            incidents,
            counts,
            looked,
            voices,
            ..
        } = self;
        let mut book = Book::new(school, now, incidents, counts, out);
        for input in inputs {
            let Input::Report(report) = input else {
                continue;
            };
            match devices.get_mut(&report.device) {
                Some(device) => records::take(device, report, plan, &mut book),
                None => book.counts.unknown_device += 1,
            }
        }
        people::of_devices(devices, voices, &mut book);
        for device in devices.values_mut() {
            judge::look(device, now);
            book.gather.extend(device.pending.keys());
        }
        cause::gather(devices, plan, *looked, &mut book);
        let mut explained = BTreeSet::new();
        for (id, device) in &mut *devices {
            replay::end_late(*id, device, &mut book);
            judge::settle(*id, device, plan, voices, &mut book);
            explained.extend(replay::settle(*id, device, &mut book));
            let sight = device.sight_now();
            if sight != device.sight {
                device.sight = sight;
                book.tile(*id);
            }
            if device.say_fault(now) {
                book.tile(*id);
            }
        }
        replay::reconsider(&explained, devices, plan.site, &mut book);
        people::of_incidents(voices, plan, &mut book);
        book.close();
        self.last_tick = Some(now);
    }
}
