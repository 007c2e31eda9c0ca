//! A session's inputs as they were, and the watch over them again: the same bytes come out.

use std::collections::BTreeMap;

use roomready_shared::ids::SchoolId;
use serde::{Deserialize, Serialize};

use super::input::Input;
use super::restore::Restored;
use super::state::WatchState;
use super::{Now, step};
use crate::domain::incident::Note;

/// One line of a recording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "snake_case")]
pub enum Recorded {
    /// The watch of a school begins with this.
    Begins(Restored),
    /// One tick of a school.
    Tick(Tick),
    /// Nothing more was recorded: the limit was reached, or the disk could not follow.
    Full,
}

/// One tick: what the watch was given, and what it wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tick {
    /// The school.
    pub school: SchoolId,
    /// When.
    pub now: Now,
    /// Everything that was accepted since the tick before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<Input>,
    /// What was written then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
}

/// A tick of a school whose beginning stands nowhere before it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the watch of school {0} has no beginning in this recording; a recording is read from its first line on"
)]
pub struct NotBegun(SchoolId);

/// The watches of a recording, as far as it was read.
#[derive(Debug, Default)]
pub struct Replay {
    watches: BTreeMap<SchoolId, WatchState>,
}

impl Replay {
    /// Takes the next line. For a tick it gives what the watch writes now.
    ///
    /// # Errors
    /// When the watch of its school has not begun.
    pub fn take(&mut self, line: &Recorded) -> Result<Option<Vec<Note>>, NotBegun> {
        match line {
            Recorded::Begins(restored) => {
                let school = restored.school.clone();
                self.watches.insert(school, WatchState::restore(restored.clone()));
                Ok(None)
            }
            Recorded::Tick(tick) => {
                let state = self
                    .watches
                    .remove(&tick.school)
                    .ok_or_else(|| NotBegun(tick.school.clone()))?;
                let (state, out) = step(state, tick.inputs.clone(), tick.now);
                self.watches.insert(tick.school.clone(), state);
                Ok(Some(out.notes))
            }
            Recorded::Full => Ok(None),
        }
    }
}
