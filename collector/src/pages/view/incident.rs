//! Incidents: beside a board, in the log, and one on its own page.

use super::frame::{EmptyState, Frame, Link};
use crate::pages::time::LocalTime;

/// Open incidents beside a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncidentPanel {
    /// Open ones, newest first.
    pub open: Vec<IncidentCard>,
    /// How many ended today.
    pub ended_today: usize,
    /// The whole log of this place; none for somebody who sees one room only.
    pub log_url: Option<String>,
}

/// Whether an incident goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IncidentState {
    /// It goes on.
    Open,
    /// It is over.
    Ended {
        /// Since when.
        at: LocalTime,
        /// How long it lasted, from [`crate::pages::time::lasted`].
        lasted: String,
        /// How it ended, in a few words: `heard again`, `session over, not heard again`.
        how: String,
    },
}

/// One incident in plain words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncidentCard {
    /// Stable key, for the element id: letters, digits, `-`, `_`.
    pub key: String,
    /// What happened: `Seat 12 is not answering`.
    pub headline: String,
    /// Since when.
    pub since: LocalTime,
    /// Whether it goes on.
    pub state: IncidentState,
    /// Where: `Room 101`, `Lincoln Middle School`.
    pub place: String,
    /// How many: `1 device`, `14 devices in 3 rooms`.
    pub how_many: String,
    /// What is taken to be the cause: `Most likely this room's Wi-Fi or power.` None for a single device.
    pub cause: Option<String>,
    /// What is ruled out, with numbers: `212 of 214 other devices here reach TestNav's servers`.
    pub ruled_out: Vec<String>,
    /// What to do; [`crate::domain::incident::WHAT_TO_DO`] unless the district approved other words. None once ended.
    pub what_to_do: Option<String>,
    /// What a technician looks at first; none for somebody who sees one room only.
    pub technician: Option<String>,
    /// Who is on the way, once somebody said so.
    pub acknowledged: Option<String>,
    /// Who saw it: `Seen by RoomReady`, `Entered by a person`.
    pub seen_by: String,
    /// The page that asks whether one is on the way; shown to those who may say so, while it is open.
    pub on_my_way_url: Option<String>,
    /// Its own page; none for somebody who sees one room only.
    pub url: Option<String>,
}

/// The incident log of a school or a district.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncidentLog {
    /// What surrounds it.
    pub frame: Frame,
    /// Whose log: `Lincoln Middle School`.
    pub place: String,
    /// Open ones, newest first.
    pub open: Vec<IncidentCard>,
    /// Ended ones, newest first.
    pub ended: Vec<IncidentCard>,
    /// What to read while there are none.
    pub empty: EmptyState,
    /// Set when older ones were left out of `ended`: `The 200 newest are shown.`
    pub left_out: Option<String>,
}

/// One incident with its members and its story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncidentPage {
    /// What surrounds it.
    pub frame: Frame,
    /// The incident itself.
    pub card: IncidentCard,
    /// Devices in it.
    pub members: Vec<Member>,
    /// What was written about it, oldest first.
    pub story: Vec<StoryLine>,
    /// Inner words for technicians: shown only behind "Details".
    pub details: Vec<super::Detail>,
}

/// One device in an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Device and its page.
    pub device: Link,
    /// `Seat 12`; empty where it has none.
    pub seat: String,
    /// Since when it is in it.
    pub since: LocalTime,
    /// Since when it is out of it again.
    pub until: Option<LocalTime>,
    /// `2 times: 13:00:00 to 13:01:05, since 13:02:00`; none for one that was in it once.
    pub apart: Option<String>,
}

/// One line of an incident's story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoryLine {
    /// When, to the second.
    pub at: LocalTime,
    /// What, in plain words.
    pub words: String,
    /// Who wrote it: `RoomReady`, or a role and name.
    pub by: String,
}

impl IncidentCard {
    /// What to do, where it is the same for all of these: it is then said once, not on each card.
    #[must_use]
    pub fn shared_advice(cards: &[Self]) -> Option<&str> {
        let mut said = cards.iter().filter_map(|card| card.what_to_do.as_deref());
        let first = said.next()?;
        said.all(|other| other == first).then_some(first)
    }

    /// Whether it goes on.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.state == IncidentState::Open
    }
}
