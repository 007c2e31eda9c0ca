//! Letting a staff computer show notices.

use super::form::Field;
use super::frame::Frame;
use crate::pages::time::LocalTime;

/// The page that asks for a code, or whether this computer is one's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectPage {
    /// What surrounds it.
    pub frame: Frame,
    /// What was just done.
    pub done: Option<&'static str>,
    /// The field for the code.
    pub code: Field,
    /// The computer that waits with the code that was given.
    pub offer: Option<OfferedComputer>,
    /// Of what it would tell: `Lincoln Middle School`.
    pub reach: String,
    /// For how many days.
    pub days: u32,
}

/// A computer that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedComputer {
    /// `BCDF-GHJK`.
    pub code: String,
    /// What it calls itself.
    pub computer: String,
    /// The address from which it asked.
    pub address: String,
}

/// A staff computer that shows notices for somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComputerRow {
    /// Its token's id.
    pub id: String,
    /// What it calls itself.
    pub computer: String,
    /// When it was let.
    pub made: LocalTime,
    /// When it was last used.
    pub used: LocalTime,
    /// When it ends.
    pub ends: LocalTime,
}
