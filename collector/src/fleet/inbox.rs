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

#[cfg(test)]
mod tests {
    use roomready_shared::ids::{DeviceId, StreamId};

    use super::*;
    use crate::domain::event_time::EventTime;
    use crate::domain::watch::{Looked, Now, Record, Report, What};

    fn report(records: Vec<Record>) -> Input {
        Input::Report(Report {
            device: DeviceId::new(uuid::Uuid::nil()),
            received: Now {
                wall: jiff::Timestamp::UNIX_EPOCH,
                mono_ms: 0,
            },
            beat: None,
            stream: StreamId::new(uuid::Uuid::nil()),
            records,
            lost: false,
            network: None,
        })
    }

    fn crash() -> Record {
        Record {
            seq: 1,
            time: EventTime::measured(jiff::Timestamp::UNIX_EPOCH, 0),
            ahead: false,
            mono_ms: 0,
            epoch: roomready_shared::ids::ClockEpoch::new(uuid::Uuid::nil()),
            what: What::AppCrashed,
            within_ms: None,
        }
    }

    #[test]
    fn a_watch_that_stands_still_is_spared_beats_and_no_record() {
        let [lincoln, maple] = ["lincoln-ms", "maple-es"].map(|school| SchoolId::parse(school).unwrap());
        let mut inbox = Inbox::default();
        for _ in 0..limits::WATCH_QUEUE {
            inbox.put(&lincoln, report(Vec::new()));
        }
        inbox.put(&maple, report(Vec::new()));
        assert!(inbox.take(&maple).is_empty(), "one beat too many");
        inbox.put(&maple, report(vec![crash()]));
        inbox.put(&maple, Input::Looked(Looked::default()));
        assert_eq!(inbox.take(&maple).len(), 2);

        inbox.keep(|school| *school == maple);
        assert!(inbox.take(&lincoln).is_empty(), "a school that is no more");
        inbox.put(&maple, report(Vec::new()));
        assert_eq!(inbox.take(&maple).len(), 1, "there is room again");
    }
}
