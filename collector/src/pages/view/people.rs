//! What people in a room say and do, as its board shows it, and what somebody may do about it.

use super::frame::{Frame, Link};
use crate::pages::time::LocalTime;

/// The calm strip under the verdict. It looks the same to every viewer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PeopleStrip {
    /// Who asks for help.
    pub hand: Option<Said>,
    /// Where the test stands, as people said: `Started`, `Break`.
    pub run: Option<Said>,
    /// Who is on the way, newest first.
    pub on_the_way: Vec<Said>,
    /// Who is in the room by a link: `Proctor here since 07:58: A. Jones, substitute`.
    pub proctors: Option<String>,
    /// What was written down, newest first.
    pub notes: Vec<Said>,
}

/// One thing that somebody said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// What, in a few words; a note as it was written.
    pub words: String,
    /// When.
    pub at: LocalTime,
    /// By whom: `A. Jones, substitute`.
    pub by: String,
}

impl PeopleStrip {
    /// Whether there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What the viewer of a room board may do. Only on the page of somebody who may, never in a live element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actions {
    /// Address of the room, under which the forms are.
    pub url: String,
    /// Whether a hand is up, which is then lowered.
    pub hand_is_up: bool,
    /// Where the test may go from here, each with a page that asks once more.
    pub steps: Vec<Link>,
    /// What can be taken back for a moment, newest first.
    pub undo: Vec<Undo>,
}

/// Something that can be taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undo {
    /// Its number in the record.
    pub seq: u64,
    /// What it is: `Started 09:02`.
    pub words: String,
    /// Until when: `09:04`.
    pub until: String,
}

/// Asks once more before something is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmPage {
    /// What surrounds it.
    pub frame: Frame,
    /// `Start the test in Room 101?`
    pub question: String,
    /// What it means and what it does not.
    pub meaning: String,
    /// Where the answer goes.
    pub action: String,
    /// The button: `Yes, start`.
    pub yes: String,
    /// The way back.
    pub back: Link,
}

/// One thing to read, and where to go from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SayPage {
    /// The heading.
    pub headline: String,
    /// What it means, a paragraph each.
    pub words: Vec<String>,
    /// Where to go.
    pub next: Option<Link>,
}
