//! What came in for each school's watch since its last step.

use std::collections::BTreeMap;

use roomready_shared::ids::SchoolId;

use crate::domain::watch::Input;
use crate::limits;

/// Bounded by [`limits::WATCH_QUEUE`]: beats beyond it are left out, records are not.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    schools: BTreeMap<SchoolId, Vec<Input>>,
    waiting: usize,
}

impl Inbox {
    /// Puts something behind all that waits.
    pub(super) fn put(&mut self, school: &SchoolId, input: Input) {
        let beat_only = matches!(&input, Input::Report(report) if report.records.is_empty());
        if beat_only && self.waiting >= limits::WATCH_QUEUE {
            metrics::counter!("roomready_beats_dropped_total").increment(1);
            return;
        }
        self.waiting += 1;
        match self.schools.get_mut(school) {
            Some(inputs) => inputs.push(input),
            None => {
                self.schools.insert(school.clone(), vec![input]);
            }
        }
    }

    /// Takes all that waits for a school, in order.
    pub(super) fn take(&mut self, school: &SchoolId) -> Vec<Input> {
        let inputs = self
            .schools
            .get_mut(school)
            .map(std::mem::take)
            .unwrap_or_default();
        self.waiting = self.waiting.saturating_sub(inputs.len());
        inputs
    }

    /// Lets go what waits for schools that are no more.
    pub(super) fn keep(&mut self, is_there: impl Fn(&SchoolId) -> bool) {
        let waiting = &mut self.waiting;
        self.schools.retain(|school, inputs| {
            let stays = is_there(school);
            if !stays {
                *waiting = waiting.saturating_sub(inputs.len());
            }
            stays
        });
    }
}
