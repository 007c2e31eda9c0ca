//! Keys that let a school's devices in.

use super::frame::{EmptyState, Frame};
use crate::pages::time::LocalTime;

/// A school's keys, and what makes a new one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrollmentPage {
    /// What surrounds it.
    pub frame: Frame,
    /// `Lincoln Middle School`.
    pub school: String,
    /// Where its forms go: `/schools/lincoln-ms/enrollment`.
    pub address: String,
    /// Its rooms: id and name.
    pub rooms: Vec<(String, String)>,
    /// The key that was made just now. Its secret is shown this once.
    pub made: Option<MadeKey>,
    /// Every key that is known, the newest first.
    pub keys: Vec<KeyRow>,
    /// Devices need a file: they must be told whom to believe.
    pub by_file_only: bool,
    /// Devices that a new key lets in, unless said otherwise.
    pub uses: u32,
    /// Days that it works, unless said otherwise.
    pub days: u32,
    /// What to read while there is none.
    pub empty: EmptyState,
}

/// A key that was made just now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeKey {
    /// `Room 101`, or `the whole school`.
    pub place: String,
    /// How many devices it lets in.
    pub uses: u32,
    /// Until when.
    pub ends: LocalTime,
    /// The one line to run on each device.
    pub command: String,
}

/// One key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// What commands call it.
    pub id: String,
    /// `Room 101`, or `the whole school`.
    pub place: String,
    /// `12 of 40`: devices that it let in.
    pub used: String,
    /// Who made it.
    pub made_by: String,
    /// When; not known of keys from before that was written down.
    pub made_at: Option<LocalTime>,
    /// How it stands.
    pub state: KeyState,
}

/// How a key stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyState {
    /// It lets in, until then.
    Works(LocalTime),
    /// It let in as many as it may.
    UsedUp,
    /// Its time was over then.
    Ended(LocalTime),
    /// Somebody ended it then.
    Revoked(LocalTime),
}
