//! What the assignment's timetable says now, kept for as long as the timetable lets it be: it is asked several times with
//! every report, and turns a few times a day.

use roomready_shared::evaluate::Occasion;
use roomready_shared::timetable::Phase;
use roomready_shared::units::Timestamp;
use roomready_shared::wire::v1::Assignment;

use super::Cycle;
use crate::check::occasion;
use crate::conduct::{derive, steady_around};

/// What it says from one moment on and before another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Derived {
    from: Timestamp,
    until: Timestamp,
    pub(super) phase: Option<Phase>,
    /// What the device is judged for.
    pub(super) occasion: Occasion,
}

impl Derived {
    fn of(assignment: Option<&Assignment>, at: Timestamp) -> Self {
        let (phase, sitting) = derive(assignment, at);
        let (from, until) = steady_around(assignment, at);
        Self {
            from,
            until,
            phase,
            occasion: occasion(sitting),
        }
    }

    fn holds(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }
}

impl Cycle {
    /// What the assignment held says at a moment.
    pub(super) fn derived(&self, at: Timestamp) -> Derived {
        match self.derived {
            Some(derived) if derived.holds(at) => derived,
            _ => Derived::of(self.assignment.as_ref(), at),
        }
    }

    /// Keeps what it says now.
    pub(super) fn keep_derived(&mut self, at: Timestamp) {
        self.derived = Some(self.derived(at));
    }
}
