//! What the running agent says of itself, in one small file of its data folder, so that `status` needs no open door.
//!
//! The file is written when something changes that a person would ask about, and otherwise once a minute. It is never
//! made durable: after a power cut nobody runs, and a torn file says the same.

mod board;
mod judge;
mod notice;
pub mod page;

use roomready_shared::ids::{RoomRef, Title};
use roomready_shared::timetable::Phase;
use roomready_shared::units::Timestamp;
use roomready_shared::wire::v1::GoodbyeReason;
use serde::{Deserialize, Serialize};

pub use board::{FILE, FileBoard, load};
pub use judge::{Judged, Standing, judge};
pub use notice::{Notice, enrolling};

/// Name of this format. It changes when a field changes its meaning or goes away; new fields may come.
pub const SCHEMA: &str = "roomready-status-1";

/// What the agent says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// Version of the agent that wrote it.
    pub agent_version: String,
    /// Number of its process.
    pub pid: u32,
    /// When it started.
    pub started: Timestamp,
    /// When this was written.
    pub written: Timestamp,
    /// What it does.
    pub stage: Stage,
    /// The phase, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<Phase>,
    /// How it behaves.
    pub manner: Manner,
    /// The last answer of the collector.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<Answered>,
    /// What stands in the way now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<Told>,
    /// The last trouble that is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub past_trouble: Option<Told>,
    /// Records that wait for the collector.
    pub waiting: u32,
    /// What the device is expected for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignment: Option<Assigned>,
    /// So many times as long are the intervals now, because the agent cost this device too much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub widened: Option<u8>,
}

/// What the agent does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// It asks to be known to its collector.
    Enrolling,
    /// It watches this device.
    Watching,
    /// It has ended in good order, for this reason.
    Ended(GoodbyeReason),
}

/// How the agent behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Manner {
    /// Nobody tests: full readings.
    Free,
    /// Students test, or nobody knows.
    Quiet,
    /// Nothing at all until the sitting is over.
    Off,
}

impl From<crate::conduct::Manner> for Manner {
    fn from(manner: crate::conduct::Manner) -> Self {
        match manner {
            crate::conduct::Manner::Free => Self::Free,
            crate::conduct::Manner::Quiet => Self::Quiet,
            crate::conduct::Manner::Off => Self::Off,
        }
    }
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// Who answered.
    pub address: String,
    /// When.
    pub at: Timestamp,
}

/// A trouble, in words for a technician.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// When it came up first.
    pub since: Timestamp,
    /// What it was.
    pub words: String,
    /// The collector itself refuses this device's credential.
    pub refused: bool,
}

/// What the device is expected for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assigned {
    /// Its room.
    pub room: RoomRef,
    /// The room's name for people.
    pub title: Title,
    /// Until when this holds.
    pub valid_until: Timestamp,
}
