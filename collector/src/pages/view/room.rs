//! The room board, heart of the product.

pub use roomready_shared::timetable::Phase;

use super::{
    frame::{EmptyState, Frame},
    incident::IncidentPanel,
    people::{Actions, PeopleStrip},
    seat::{SeatOrder, SeatTile},
    tally::Tally,
    verdict::Verdict,
};

/// Everything a room board shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomBoard {
    /// What surrounds it.
    pub frame: Frame,
    /// Top line: room, session, phase, time left, who watches.
    pub head: RoomHead,
    /// The large sentence.
    pub verdict: Verdict,
    /// What people say and do, under the verdict.
    pub people: PeopleStrip,
    /// What the viewer may do; none for whoever only looks.
    pub actions: Option<Actions>,
    /// The proctors of the session of the moment; shown to those who manage their links.
    pub proctors: Option<String>,
    /// The close-out sheet of the session that is over.
    pub close_out: Option<String>,
    /// Numbers by standing.
    pub tally: Tally,
    /// The order this viewer chose (`?order=`, remembered by a cookie). [`RoomBoard::seats`] already stand in it.
    pub order: SeatOrder,
    /// Address of this board without a query: the page adds `?order=worst` and `?order=seat`.
    pub url: String,
    /// The seats.
    pub seats: Vec<SeatTile>,
    /// What to read while there are no seats.
    pub empty: EmptyState,
    /// Open incidents of this room.
    pub incidents: IncidentPanel,
}

/// The top line of a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomHead {
    /// `Room 101`.
    pub room: String,
    /// What is going on.
    pub session: SessionState,
    /// Who watches, in words; see [`who_watches`].
    pub watch: String,
    /// `11 of 30 will not last until 11:30. Plug in seats 4, 9 and 12.`; none while all will, as far as is known.
    pub batteries: Option<String>,
}

/// What is going on in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionState {
    /// A session is on, or about to be.
    Now(SessionNow),
    /// None now; the next one in words: `Grade 7 Math, today 12:30`.
    Next(String),
    /// None at all; how to schedule one, as one sentence.
    None {
        /// The next step: `Sessions are set in the collector's configuration file.`
        how_to: String,
    },
}

/// The session of the moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionNow {
    /// `Grade 7 Math`.
    pub name: String,
    /// `TestNav 2026-27 requirements`.
    pub requirements: String,
    /// Where it stands.
    pub phase: Phase,
    /// `1 h 12 min left`, from [`crate::pages::time::time_left`]; none when until finished.
    pub time_left: Option<String>,
    /// `08:00 to 11:30`, or `from 08:00 until finished`.
    pub window: String,
    /// `12 of 30 have opened TestNav`, while not all have.
    pub opened: Option<String>,
}

/// How a page says a phase.
pub trait PhaseWords {
    /// The phase in a teacher's words.
    fn word(self) -> &'static str;
    /// Name of its style class.
    fn slug(self) -> &'static str;
}

impl PhaseWords for Phase {
    fn word(self) -> &'static str {
        match self {
            Self::Scheduled => "Not started",
            Self::Sweep => "Checking devices",
            Self::Testing => "Testing",
            Self::Break => "Break",
            Self::Finished => "Finished",
        }
    }

    fn slug(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Sweep => "sweep",
            Self::Testing => "testing",
            Self::Break => "break",
            Self::Finished => "finished",
        }
    }
}

/// Who watches this room, said honestly: `26 Chromebooks not watched one by one; room network watched by LIB-2; 4 laptops watched`.
///
/// `unwatched` and `watched` name devices by kind in the plural (`Chromebooks`, `laptops`) with their number.
#[must_use]
pub fn who_watches(unwatched: &[(usize, &str)], watcher: Option<&str>, watched: &[(usize, &str)]) -> String {
    let mut parts = Vec::new();
    let listed = |devices: &[(usize, &str)]| {
        let known: Vec<_> = devices.iter().filter(|(number, _)| *number > 0).collect();
        known
            .iter()
            .map(|(number, kind)| format!("{number} {}", one_or_many(*number, kind)))
            .collect::<Vec<_>>()
    };
    let (without, with) = (listed(unwatched), listed(watched));
    if !without.is_empty() {
        parts.push(format!("{} not watched one by one", without.join(", ")));
    }
    match watcher {
        Some(name) => parts.push(format!("room network watched by {name}")),
        None if !without.is_empty() => parts.push("nobody watches the room network".to_owned()),
        None => {}
    }
    if !with.is_empty() {
        parts.push(format!("{} watched", with.join(", ")));
    }
    if parts.is_empty() {
        "No device is watched here yet".to_owned()
    } else {
        parts.join("; ")
    }
}

/// `1 laptop`, `4 laptops`: the kind is given in the plural.
#[must_use]
pub fn one_or_many(number: usize, plural: &str) -> &str {
    if number == 1 {
        plural.strip_suffix('s').unwrap_or(plural)
    } else {
        plural
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_watches_is_said_in_one_line() {
        assert_eq!(
            who_watches(&[(26, "Chromebooks")], Some("LIB-2"), &[(4, "laptops")]),
            "26 Chromebooks not watched one by one; room network watched by LIB-2; 4 laptops watched"
        );
        assert_eq!(
            who_watches(&[(0, "Chromebooks")], None, &[(1, "laptops")]),
            "1 laptop watched"
        );
        assert_eq!(
            who_watches(&[(26, "Chromebooks"), (1, "iPads")], None, &[]),
            "26 Chromebooks, 1 iPad not watched one by one; nobody watches the room network"
        );
        assert_eq!(who_watches(&[], None, &[]), "No device is watched here yet");
    }
}
