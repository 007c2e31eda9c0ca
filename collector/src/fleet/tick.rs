//! One second of every school's watch.

use std::sync::Arc;

use super::Fleet;
use crate::domain::entry::NewEntry;
use crate::domain::watch::{Counts, Now, Recorded, Tick, WatchPlan, WatchState, step};
use crate::store::Arrival;

/// What one tick gave, to be made durable before anybody is told.
#[derive(Debug)]
pub struct Ticked {
    /// Lines for the record, in order.
    pub entries: Vec<NewEntry>,
    /// Everything up to this arrival has been judged.
    pub judged: Arrival,
    /// What the watches were given and wrote, where that is recorded.
    pub recorded: Vec<Recorded>,
}

/// Tells the metrics what a tick could not take as it came.
fn count(before: Counts, now: Counts) {
    for (why, before, now) in [
        ("unknown_device", before.unknown_device, now.unknown_device),
        ("duplicate", before.duplicates, now.duplicates),
        ("other_sitting", before.late, now.late),
        ("from_the_future", before.from_future, now.from_future),
        ("after_the_fact", before.after_the_fact, now.after_the_fact),
        ("left_out", before.left_out, now.left_out),
    ] {
        metrics::counter!("roomready_watch_odd_inputs_total", "why" => why)
            .increment(now.saturating_sub(before));
    }
}

impl Fleet {
    /// Steps every school with what came in since the last tick, and judges again what has grown old.
    #[must_use]
    pub fn tick(&self, now: Now) -> Ticked {
        let mut guard = self.state();
        let state = &mut *guard;
        let mut entries = Vec::new();
        let records = state.recording.is_some();
        let mut recorded = state.recording.as_mut().map(std::mem::take).unwrap_or_default();
        for (school, watch) in &mut state.watches {
            let inputs = state.inbox.take(school);
            let given = records.then(|| inputs.clone());
            let empty = WatchState::new(school.clone(), WatchPlan::default());
            let before = watch.counts();
            let (next, transitions) = step(std::mem::replace(watch, empty), inputs, now);
            count(before, next.counts());
            *watch = next;
            if let Some(inputs) = given {
                recorded.push(Recorded::Tick(Tick {
                    school: school.clone(),
                    now,
                    inputs,
                    notes: transitions.notes.clone(),
                }));
            }
            let log = state.logs.entry(school.clone()).or_default();
            transitions.notes.iter().for_each(|note| log.take(note));
            let lines = transitions
                .notes
                .iter()
                .flat_map(crate::domain::incident::Note::lines);
            entries.extend(lines.map(|line| line.to_entry(school)));
        }
        state.stand_ins = state.watches.values().flat_map(WatchState::stand_ins).collect();
        let district = Arc::clone(&state.config.district);
        let mut judged_again = Vec::new();
        for (id, device) in &mut state.devices {
            let phase = device.phase_at(&district, now.wall);
            let due = match &device.checks {
                Some(checks) => checks.is_due(phase, now.wall),
                None => device.unjudged_in(phase),
            };
            if due {
                device.judge(&district, now.wall);
            }
            let under_way = || {
                let watch = state.watches.get(&device.home.room.school);
                let watched = watch.and_then(|watch| watch.device(*id));
                watched.is_some_and(|watched| watched.test().under_way())
            };
            let shared = device.access.shared_at.is_some();
            if due || device.wrong.is_due(phase, shared, under_way) {
                judged_again.push(*id);
            }
        }
        for id in judged_again {
            state.tell_what_is_wrong(id, now.wall);
        }
        // What is being stored right now may get a number below what was handed over already.
        let judged = state.storing.values().copied().fold(state.handed, Arrival::min);
        Ticked {
            entries,
            judged,
            recorded,
        }
    }
}
