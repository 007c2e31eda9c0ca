//! Whom of the staff RoomReady tells, and what became of each notice.

use super::frame::{EmptyState, Frame};
use crate::pages::time::LocalTime;

/// Targets and the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticesPage {
    /// What surrounds it.
    pub frame: Frame,
    /// Whom RoomReady tells, in the order of the steps.
    pub targets: Vec<TargetRow>,
    /// Notices that wait to be sent, oldest first.
    pub waiting: Vec<NoticeRow>,
    /// Notices that were given up, newest first.
    pub given_up: Vec<NoticeRow>,
    /// What to read while nobody is to be told.
    pub empty: EmptyState,
}

/// Somebody who is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetRow {
    /// Its id in the settings.
    pub id: String,
    /// `Technician on call`.
    pub name: String,
    /// `Told at once`.
    pub when: String,
    /// `By mail to tech@example.org`.
    pub how: String,
    /// `All schools`, or their names.
    pub schools: String,
    /// The latest that arrived.
    pub arrived: Option<LocalTime>,
    /// The latest try that failed after that, and what happened.
    pub failed: Option<(LocalTime, String)>,
    /// Notices that wait for it.
    pub waiting: usize,
    /// A test is on its way.
    pub test_waits: bool,
    /// What came of the latest test.
    pub tested: Option<Tested>,
}

/// What came of a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tested {
    /// When it was asked for.
    pub at: LocalTime,
    /// Whether it arrived.
    pub arrived: bool,
}

/// A notice in the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeRow {
    /// What it says first.
    pub subject: String,
    /// To whom.
    pub target: String,
    /// When it was made.
    pub at: LocalTime,
    /// What happened so far, in a sentence; empty when it was not tried yet.
    pub story: String,
}
