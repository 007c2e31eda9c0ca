//! When the status is written, and what stands in it.

use roomready_shared::ids::RoomRef;
use roomready_shared::timetable::Phase;
use roomready_shared::units::Timestamp;
use roomready_shared::wire::v1::GoodbyeReason;

use super::{Answered, Assigned, Manner, SCHEMA, Stage, Status, Told};
use crate::cycle::Cycle;
use crate::ports::{Moment, StatusBoard};
use crate::uplink::{self, Trouble};

/// Times alone are a reason to write this often: a small file a minute wears out no disk.
pub(super) const REFRESH_MS: u64 = 60_000;
/// Changes that a person would ask about are written at once, but not more often than this: a way that fails in turns
/// must not write without end.
const AT_MOST_EVERY_MS: u64 = 5_000;

type Kind = std::mem::Discriminant<Trouble>;

/// What makes the next writing urgent.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mark {
    stage: Stage,
    phase: Option<Phase>,
    manner: Manner,
    answers: bool,
    trouble: Option<Kind>,
    room: Option<RoomRef>,
    widened: Option<u8>,
}

/// Keeps the status of one run up to date.
pub struct Notice {
    board: Box<dyn StatusBoard>,
    started: Timestamp,
    answered: Option<Answered>,
    /// What stands in the way now, and its kind: the words may differ with each try.
    trouble: Option<(Told, Kind)>,
    past_trouble: Option<Told>,
    shown: Option<(Mark, u64)>,
}

impl Notice {
    /// A run begins.
    #[must_use]
    pub fn new(board: Box<dyn StatusBoard>, now: Moment) -> Self {
        Self {
            board,
            started: now.wall,
            answered: None,
            trouble: None,
            past_trouble: None,
            shown: None,
        }
    }

    /// A request was answered by this address, or not.
    pub fn heard(&mut self, by: Option<&uplink::Answered>, trouble: Option<&Trouble>, now: Moment) {
        let Some(trouble) = trouble else {
            self.answered = Some(Answered {
                address: by.map_or_else(|| "the collector".into(), |by| by.address.to_string()),
                at: now.wall,
            });
            if let Some((told, _)) = self.trouble.take() {
                self.past_trouble = Some(told);
            }
            return;
        };
        let kind = std::mem::discriminant(trouble);
        let since = match &self.trouble {
            Some((told, before)) if *before == kind => told.since,
            Some(_) | None => now.wall,
        };
        let told = Told {
            since,
            words: trouble.to_string(),
            refused: matches!(trouble, Trouble::NotEnrolled { .. }),
        };
        self.trouble = Some((told, kind));
    }

    /// Looks whether anything is to be written.
    pub fn look(&mut self, cycle: &Cycle, now: Moment) {
        let mark = self.mark(cycle, Stage::Watching);
        let due = match &self.shown {
            None => true,
            Some((shown, at)) => {
                let age = now.mono_ms.saturating_sub(*at);
                // Whoever has just installed the agent looks for what comes of its first try.
                let first_try = !shown.answers && shown.trouble.is_none() && mark != *shown;
                age >= REFRESH_MS || first_try || (*shown != mark && age >= AT_MOST_EVERY_MS)
            }
        };
        if due {
            self.show(cycle, mark, cycle.waiting(), now);
        }
    }

    /// The run ends in good order, and so many records are left.
    pub fn ended(&mut self, cycle: &Cycle, reason: GoodbyeReason, waiting: u32, now: Moment) {
        let mark = self.mark(cycle, Stage::Ended(reason));
        self.show(cycle, mark, waiting, now);
    }

    fn mark(&self, cycle: &Cycle, stage: Stage) -> Mark {
        let conduct = cycle.conduct();
        Mark {
            stage,
            phase: conduct.phase,
            manner: conduct.manner.into(),
            answers: self.answered.is_some(),
            trouble: self.trouble.as_ref().map(|(_, kind)| *kind),
            room: cycle.assignment().map(|held| held.room.clone()),
            widened: widened(cycle),
        }
    }

    fn show(&mut self, cycle: &Cycle, mark: Mark, waiting: u32, now: Moment) {
        self.board.show(&Status {
            schema: SCHEMA.into(),
            agent_version: crate::VERSION.into(),
            pid: std::process::id(),
            started: self.started,
            written: now.wall,
            stage: mark.stage,
            phase: mark.phase,
            manner: mark.manner,
            answered: self.answered.clone(),
            trouble: self.trouble.as_ref().map(|(told, _)| told.clone()),
            past_trouble: self.past_trouble.clone(),
            waiting,
            assignment: cycle.assignment().map(|held| Assigned {
                room: held.room.clone(),
                title: held.room_title.clone(),
                valid_until: held.valid_until,
            }),
            widened: mark.widened,
        });
        self.shown = Some((mark, now.mono_ms));
    }
}

/// The status of an agent that waits to be enrolled, with what keeps it.
#[must_use]
pub fn enrolling(started: Timestamp, trouble: Option<Told>, now: Timestamp) -> Status {
    Status {
        schema: SCHEMA.into(),
        agent_version: crate::VERSION.into(),
        pid: std::process::id(),
        started,
        written: now,
        stage: Stage::Enrolling,
        phase: None,
        manner: Manner::Quiet,
        answered: None,
        trouble,
        past_trouble: None,
        waiting: 0,
        assignment: None,
        widened: None,
    }
}

fn widened(cycle: &Cycle) -> Option<u8> {
    let footprint = cycle.facts().footprint.as_ref()?.value()?;
    (footprint.widened > 1).then_some(footprint.widened)
}
