//! What goes out now: a report, or the question for the assignment.

use roomready_shared::wire::v1::Report;

use super::{Cycle, FETCH_LIMIT_MS, Flight};
use crate::conduct::Manner;
use crate::ports::Moment;

impl Cycle {
    /// While off, only a waiting goodbye is still sent.
    fn may_report(&self) -> bool {
        self.flight.is_none()
            && !self.fetching
            && (self.conduct.manner != Manner::Off
                || (self.outbox.waiting() > 0 && self.pace.failures() == 0))
    }

    pub(super) fn next_report(&self) -> u64 {
        if self.may_report() {
            self.pace.due()
        } else {
            u64::MAX
        }
    }

    pub(super) fn report_due(&mut self, now: Moment) -> Option<Report> {
        if self.next_report() > now.mono_ms {
            return None;
        }
        self.fetch_turn = false;
        if self.alive_only_until.is_some_and(|until| until <= now.mono_ms) {
            self.alive_only_until = None;
            self.batch_limit = 1;
        }
        let report = self.report(now);
        self.flight = Some(Flight::of(&report, now));
        self.pace.sent(now.mono_ms, report.next_within_ms);
        Some(report)
    }

    pub(super) fn fetch_due(&mut self, now: Moment) -> Option<Option<String>> {
        let wanted = self.fetch_wanted.is_some_and(|at| at <= now.mono_ms);
        let due = wanted && self.takes_turn(now);
        due.then(|| self.assignment.as_ref().map(|held| held.tag.to_string()))
    }

    pub(super) fn rotation_due(&mut self, now: Moment) -> bool {
        self.rotation_wanted && self.takes_turn(now)
    }

    /// One request at a time: one beside the reports that hangs must not hold up the report that was promised. Right after
    /// an answer there is time for it; later, only where the next report is far enough.
    fn takes_turn(&mut self, now: Moment) -> bool {
        let nobody_there = self.pace.failures() > 0 || self.conduct.manner == Manner::Off;
        let in_flight = self.fetching || self.flight.is_some();
        let in_time = self.fetch_turn || self.pace.due() >= now.mono_ms + FETCH_LIMIT_MS;
        if nobody_there || in_flight || !in_time {
            return false;
        }
        self.fetch_turn = false;
        self.fetching = true;
        true
    }
}
