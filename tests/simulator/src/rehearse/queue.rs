//! What comes next: events in the order of their times, and of two at one time the one that was planned first.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use roomready_agent::ports::Fetched;
use roomready_agent::probe::Kinds;
use roomready_agent::uplink::Trouble;
use roomready_shared::facts::Facts;
use roomready_shared::wire::v1::{Report, ReportReply};

/// One thing that will happen.
pub(super) enum Next {
    /// The collector's second.
    Tick,
    /// A line of the script, by its place.
    Cue(usize),
    /// Something of one run of a device's agent.
    Agent(usize, u32, AgentNext),
}

/// Something of one run of a device's agent.
pub(super) enum AgentNext {
    /// It looks what is due.
    Wake,
    /// Readings are back.
    Read(Box<(Kinds, Facts)>),
    /// Its report arrives at the collector.
    Arrives(Box<Report>),
    /// Its report is answered, or given up.
    Answered(Box<Result<ReportReply, Trouble>>),
    /// Its question for the assignment is answered, or given up.
    Fetched(Box<Result<Fetched, Trouble>>),
    /// It has a new credential.
    Rotated,
}

struct Planned {
    at_ms: u64,
    number: u64,
    next: Next,
}

impl PartialEq for Planned {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Planned {}

impl PartialOrd for Planned {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Planned {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at_ms, self.number).cmp(&(other.at_ms, other.number))
    }
}

/// All that will happen.
#[derive(Default)]
pub(super) struct Queue {
    planned: BinaryHeap<Reverse<Planned>>,
    number: u64,
}

impl Queue {
    pub(super) fn plan(&mut self, at_ms: u64, next: Next) {
        self.number += 1;
        self.planned.push(Reverse(Planned {
            at_ms,
            number: self.number,
            next,
        }));
    }

    pub(super) fn next(&mut self) -> Option<(u64, Next)> {
        self.planned
            .pop()
            .map(|Reverse(planned)| (planned.at_ms, planned.next))
    }
}
