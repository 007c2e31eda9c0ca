//! What the agent can and cannot read here, why, what would help, and whether its own house is in order. Pure: it is
//! handed what was seen ([`Seen`]) and gives items; [`page`] shows them.

mod advice;
mod house;
pub mod page;

use serde::Serialize;

pub use advice::reads;
pub use house::{Enrolled, Folder, House, Outbox, own};

/// Name of the format of `doctor --json`. It changes when a field changes its meaning or goes away; new fields may come.
pub const SCHEMA: &str = "roomready-doctor-1";

/// How a thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// As it should be, or read.
    Well,
    /// Somebody can do something about it.
    Look,
    /// It is not to be had here, and nobody needs to do anything.
    NotHere,
}

/// What a thing belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// The agent's own house.
    Agent,
    /// The device.
    Device,
    /// The network.
    Network,
}

/// One thing looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// What it belongs to.
    pub group: Group,
    /// What it is.
    pub what: String,
    /// How it is.
    pub state: State,
    /// What was seen, or why nothing was.
    pub seen: String,
    /// What would help.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

impl Item {
    fn new(group: Group, what: &str, state: State, seen: impl Into<String>) -> Self {
        Self {
            group,
            what: what.into(),
            state,
            seen: seen.into(),
            help: None,
        }
    }

    fn helped_by(self, help: impl Into<String>) -> Self {
        Self {
            help: Some(help.into()),
            ..self
        }
    }
}

/// 0 all well, 10 something worth a look.
#[must_use]
pub fn exit_code(items: &[Item]) -> u8 {
    if worth_a_look(items) == 0 { 0 } else { 10 }
}

/// How many things somebody can do something about.
#[must_use]
pub fn worth_a_look(items: &[Item]) -> usize {
    items.iter().filter(|item| item.state == State::Look).count()
}

#[cfg(test)]
mod tests;
