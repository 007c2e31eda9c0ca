//! What is told, and when: a plain function of what was known, what is heard now, and the time.
//!
//! * Several things within [`GATHER_MS`] are one notice.
//! * What was told stays quiet while somebody is on the way. When nobody has said so for [`REMIND_MS`] it is told again, at
//!   most [`MOST_REMINDERS`] times; what nobody is on the way to any more is told at once.
//! * A lost connection is told once, after [`LOST_MS`], and once when it is back.
//! * Before the collector has said in this run what is open here, nothing is ever told: it refuses students' devices.

use std::collections::{BTreeMap, BTreeSet};

use roomready_shared::wire::v1::{Matter, Sight};

/// Things that begin within so many milliseconds are one notice: what has one cause opens within a few seconds.
pub const GATHER_MS: u64 = 4_000;
/// Nobody is on the way after so long: as long as a proctor waits before they go and look for somebody.
pub const REMIND_MS: u64 = 5 * 60 * 1_000;
/// Reminders of one thing. Whoever did not react to three is not at this computer; the collector has other ways to tell.
pub const MOST_REMINDERS: u32 = 3;
/// A connection that was gone for so long is lost: a collector that is started anew is back before.
pub const LOST_MS: u64 = 15_000;

/// Something to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// These need somebody, worst first; so many more are open that are not listed.
    Open {
        /// Which.
        matters: Vec<Matter>,
        /// All of them were told before.
        again: bool,
        /// Open and not listed by the collector.
        more: u32,
    },
    /// The collector does not answer any more.
    Lost,
    /// It does again.
    Back,
}

/// What is heard.
#[derive(Debug)]
pub enum Heard<'a> {
    /// All that is open.
    Sight(&'a Sight),
    /// Nothing new; the connection lives.
    Alive,
    /// The connection is gone.
    Gone,
    /// Time passes.
    Tick,
}

/// What is known.
#[derive(Debug, Default)]
pub struct State {
    matters: BTreeMap<String, Kept>,
    /// Worst first, as the collector said.
    order: Vec<String>,
    more: u32,
    line: Line,
}

#[derive(Debug)]
struct Kept {
    matter: Matter,
    told: u32,
    /// When it is told next.
    due: Option<u64>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Line {
    /// Nothing was heard in this run.
    #[default]
    Never,
    Up,
    /// Gone since, and perhaps back in a moment.
    Gone(u64),
    Lost,
}

impl State {
    /// Takes what is heard at `now_ms` of a clock that never jumps, and gives what to show.
    pub fn step(&mut self, heard: &Heard<'_>, now_ms: u64) -> Vec<Notice> {
        let mut notices = Vec::new();
        match heard {
            Heard::Sight(sight) => {
                notices.extend(self.up());
                self.take(sight, now_ms);
            }
            Heard::Alive if self.line != Line::Never => notices.extend(self.up()),
            Heard::Gone if self.line == Line::Up => self.line = Line::Gone(now_ms),
            Heard::Alive | Heard::Gone | Heard::Tick => {}
        }
        match self.line {
            Line::Gone(since) if now_ms.saturating_sub(since) >= LOST_MS => {
                self.line = Line::Lost;
                notices.push(Notice::Lost);
            }
            Line::Up => notices.extend(self.due(now_ms)),
            // What is open now nobody knows.
            Line::Never | Line::Gone(_) | Line::Lost => {}
        }
        notices
    }

    /// Whether the collector has said in this run that notices may show here.
    #[must_use]
    pub fn may_show(&self) -> bool {
        self.line != Line::Never
    }

    fn up(&mut self) -> Option<Notice> {
        let was_lost = self.line == Line::Lost;
        self.line = Line::Up;
        was_lost.then_some(Notice::Back)
    }

    fn take(&mut self, sight: &Sight, now_ms: u64) {
        let soon = now_ms.saturating_add(GATHER_MS);
        self.order = sight.matters.iter().map(|matter| matter.id.to_string()).collect();
        self.more = sight.more;
        let here: BTreeSet<&String> = self.order.iter().collect();
        self.matters.retain(|id, _| here.contains(id));
        for matter in &sight.matters {
            let taken = matter.on_the_way;
            match self.matters.get_mut(matter.id.as_str()) {
                Some(kept) => {
                    if taken {
                        kept.due = None;
                    } else if kept.matter.on_the_way && kept.told <= MOST_REMINDERS {
                        // Nobody is on the way any more.
                        kept.due = Some(soon);
                    }
                    kept.matter = matter.clone();
                }
                None => {
                    let kept = Kept {
                        matter: matter.clone(),
                        told: 0,
                        due: (!taken).then_some(soon),
                    };
                    self.matters.insert(matter.id.to_string(), kept);
                }
            }
        }
    }

    /// One notice of all that is due now, and of what would be within the time in which things are gathered.
    fn due(&mut self, now_ms: u64) -> Option<Notice> {
        let is_due = |by: u64| move |kept: &Kept| kept.due.is_some_and(|due| due <= by);
        if !self.matters.values().any(is_due(now_ms)) {
            return None;
        }
        let within = is_due(now_ms.saturating_add(GATHER_MS));
        let mut again = true;
        let mut matters = Vec::new();
        for id in &self.order {
            let Some(kept) = self.matters.get_mut(id).filter(|kept| within(kept)) else {
                continue;
            };
            again &= kept.told > 0;
            kept.told += 1;
            kept.due = (kept.told <= MOST_REMINDERS).then(|| now_ms.saturating_add(REMIND_MS));
            matters.push(kept.matter.clone());
        }
        let more = self.more;
        Some(Notice::Open { matters, again, more })
    }
}

#[cfg(test)]
mod tests;
