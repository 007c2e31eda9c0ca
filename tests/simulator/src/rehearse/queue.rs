//! What comes next: events in the order of their times, and of two at one time the one that was planned first.

use std::collections::BTreeMap;

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

/// Times so near that each millisecond has a place of its own. An agent looks at its state each five seconds, so nearly
/// everything that is planned lies within.
const NEAR_MS: u64 = 8_192;

/// All that will happen: a place for each near millisecond, which is taken in the order in which it was filled, and a
/// tree of what lies further ahead.
pub(super) struct Queue {
    now_ms: u64,
    near: Vec<Place>,
    /// What lies in the places, each with the number of the one behind it. All places share one list, in which a freed
    /// line is filled again first: as many lines as events wait, which stay in the processor's nearest memory.
    lines: Vec<Line>,
    /// The lines that are free, the one freed last at the end.
    free: Vec<u32>,
    far: BTreeMap<u64, Vec<Next>>,
    waiting: usize,
}

/// The first and the last line of one millisecond.
type Place = Option<(u32, u32)>;

struct Line {
    /// None while the line is free.
    next: Option<Next>,
    behind: Option<u32>,
}

impl Default for Queue {
    fn default() -> Self {
        Self {
            now_ms: 0,
            near: (0..NEAR_MS).map(|_| None).collect(),
            lines: Vec::new(),
            free: Vec::new(),
            far: BTreeMap::new(),
            waiting: 0,
        }
    }
}

impl Queue {
    /// Plans something; what should have happened already happens next.
    pub(super) fn plan(&mut self, at_ms: u64, next: Next) {
        let at_ms = at_ms.max(self.now_ms);
        self.waiting += 1;
        if at_ms < self.now_ms + NEAR_MS {
            self.put(at_ms, next);
        } else {
            self.far.entry(at_ms).or_default().push(next);
        }
    }

    pub(super) fn next(&mut self) -> Option<(u64, Next)> {
        if self.waiting == 0 {
            return None;
        }
        loop {
            if let Some(next) = self.take(self.now_ms) {
                self.waiting -= 1;
                return Some((self.now_ms, next));
            }
            self.now_ms += 1;
            // What comes near now was planned before anything that is put beside it from now on.
            let comes_near = self.now_ms + NEAR_MS - 1;
            if let Some(mut first) = self.far.first_entry()
                && *first.key() == comes_near
            {
                let planned = std::mem::take(first.get_mut());
                first.remove();
                for next in planned {
                    self.put(comes_near, next);
                }
            }
        }
    }

    /// Puts something behind all that is planned for a near millisecond.
    fn put(&mut self, at_ms: u64, next: Next) {
        let line = Line {
            next: Some(next),
            behind: None,
        };
        let number = match self.free.pop() {
            Some(number) => {
                self.lines[index(number)] = line;
                number
            }
            None => {
                self.lines.push(line);
                u32::try_from(self.lines.len() - 1).expect("fewer events wait than a u32 counts")
            }
        };
        let place = &mut self.near[place(at_ms)];
        match place {
            Some((_, last)) => {
                self.lines[index(*last)].behind = Some(number);
                *last = number;
            }
            None => *place = Some((number, number)),
        }
    }

    /// Takes the first that is planned for a near millisecond.
    fn take(&mut self, at_ms: u64) -> Option<Next> {
        let place = &mut self.near[place(at_ms)];
        let (first, last) = (*place)?;
        let line = &mut self.lines[index(first)];
        *place = line.behind.take().map(|behind| (behind, last));
        self.free.push(first);
        line.next.take()
    }
}

fn place(at_ms: u64) -> usize {
    usize::try_from(at_ms % NEAR_MS).unwrap_or(0)
}

const fn index(number: u32) -> usize {
    number as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_planned_comes_in_the_order_of_its_times_and_of_two_at_one_time_the_first_planned_first() {
        let mut queue = Queue::default();
        let mut chance = roomready_agent::chance::Chance::from_seed(3);
        let mut expected = Vec::new();
        let mut came = Vec::new();
        let mut now = 0;
        for number in 0..20_000 {
            let ahead = match chance.between(0, 9) {
                0 => 0,
                1..=6 => chance.between(0, 5_000),
                7 => chance.between(NEAR_MS - 2, NEAR_MS + 2),
                _ => chance.between(0, 100_000),
            };
            queue.plan(now + ahead, Next::Cue(number));
            expected.push((now + ahead, number));
            if chance.between(0, 1) == 0
                && let Some((at_ms, Next::Cue(number))) = queue.next()
            {
                now = at_ms;
                came.push((at_ms, number));
            }
        }
        while let Some((at_ms, Next::Cue(number))) = queue.next() {
            came.push((at_ms, number));
        }
        expected.sort_unstable();
        assert_eq!(came, expected);
    }
}
