//! Who did and saw what.

use super::frame::{EmptyState, Frame};
use crate::pages::time::LocalTime;

/// A page of the access log, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessLog {
    /// What surrounds it.
    pub frame: Frame,
    /// Its lines.
    pub lines: Vec<AccessLine>,
    /// Address of the older lines, if there are any.
    pub older: Option<String>,
    /// Whether these are the newest ones.
    pub is_newest: bool,
    /// What to read while there are none.
    pub empty: EmptyState,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessLine {
    /// Its number in the record.
    pub number: u64,
    /// When.
    pub at: LocalTime,
    /// Who: a name, or who else it was.
    pub who: String,
    /// What happened, in the record's own words.
    pub what: String,
    /// To what.
    pub to: String,
    /// The rest, as it stands in the record.
    pub details: String,
}
