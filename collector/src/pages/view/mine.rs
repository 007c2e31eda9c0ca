//! "My rooms": what is open in somebody's scope, and the rooms that they chose.

use super::form::Choice;
use super::frame::{Frame, Link};
use super::place::SessionLine;
use super::verdict::Verdict;
use crate::pages::time::LocalTime;

/// The page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MyRoomsPage {
    /// What surrounds it.
    pub frame: Frame,
    /// What is open, worst first.
    pub matters: Matters,
    /// The chosen rooms, in the order of their school.
    pub rooms: Vec<MyRoom>,
    /// All rooms to choose from, by school.
    pub choose: Vec<SchoolRooms>,
    /// Most rooms that can be chosen.
    pub most: usize,
    /// More were chosen than that.
    pub too_many: bool,
}

/// What is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matters {
    /// Worst first.
    pub lines: Vec<MatterLine>,
    /// How many more there are.
    pub more: usize,
}

impl Matters {
    /// How many, in words.
    #[must_use]
    pub fn headline(&self) -> String {
        match self.lines.len() + self.more {
            0 => "Nothing is open".to_owned(),
            1 => "1 thing is open".to_owned(),
            many => format!("{many} things are open"),
        }
    }
}

/// One thing that somebody should see to. It looks the same to every viewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatterLine {
    /// Stable key, for the element id.
    pub key: String,
    /// Somebody asks for help; else an incident.
    pub is_hand: bool,
    /// The room, or the school where it is about several; its board.
    pub place: Link,
    /// What: `2 devices are not answering`.
    pub what: Link,
    /// Since when.
    pub since: LocalTime,
    /// How many: `2 devices`. None of a raised hand.
    pub how_many: Option<String>,
    /// `On my way: M. Reyes, technician, 09:43`.
    pub on_the_way: Option<String>,
    /// Where one says that one is on the way, where nobody has.
    pub take_url: Option<String>,
    /// Where that is taken back, for a moment, with its number in the record.
    pub undo: Option<(String, u64)>,
}

/// A room that somebody chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MyRoom {
    /// Stable key, for the element id.
    pub key: String,
    /// Its name and board.
    pub link: Link,
    /// Its school.
    pub school: String,
    /// Open incidents that it shares with other rooms: here one says that one goes to this one.
    pub shared: Vec<SharedMatter>,
    /// Its verdict.
    pub verdict: Verdict,
    /// The sitting of the moment.
    pub now: Option<SessionLine>,
}

/// An open incident of several rooms, as one of them shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedMatter {
    /// What happened, and its page.
    pub what: Link,
    /// `On my way: M. Reyes, technician, 09:43, to Room 12`.
    pub on_the_way: Option<String>,
    /// Where one says that one is on the way, where nobody has.
    pub take_url: Option<String>,
}

/// Rooms of a school to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolRooms {
    /// The school's name.
    pub school: String,
    /// Its rooms.
    pub rooms: Vec<Choice>,
}
