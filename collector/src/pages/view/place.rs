//! District and school: places below as rows, worst first.

use super::{
    frame::{EmptyState, Frame, Link},
    incident::IncidentPanel,
    people::{Said, SchoolPause},
    standing::{Standing, Tone},
    tally::Tally,
    unexpected::Elsewhere,
    verdict::{Verdict, VerdictTone, still_waiting},
};

/// A district page (rows are schools) or a school page (rows are rooms).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceBoard {
    /// What surrounds it.
    pub frame: Frame,
    /// What its rows are.
    pub kind: PlaceKind,
    /// `Cedar Valley schools`, `Lincoln Middle School`.
    pub name: String,
    /// All devices below, by standing.
    pub tally: Tally,
    /// The rows, in any order: the page sorts them worst first.
    pub rows: Vec<PlaceRow>,
    /// What to read while there are no rows.
    pub empty: EmptyState,
    /// Since when everybody in this school is paused.
    pub paused: Option<Said>,
    /// Pausing everybody in this school, for whoever may.
    pub pause: Option<SchoolPause>,
    /// Where devices are let in, for whoever may.
    pub enrollment: Option<Link>,
    /// Close-out sheets of sessions that have begun, newest first.
    pub close_outs: Vec<Link>,
    /// Open incidents below.
    pub incidents: IncidentPanel,
}

/// What the rows of a [`PlaceBoard`] are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceKind {
    /// The rows are schools.
    District,
    /// The rows are rooms.
    School,
}

/// One school or room. It looks the same to every viewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceRow {
    /// Stable key, for the element id: letters, digits, `-`, `_`.
    pub key: String,
    /// Name and page.
    pub link: Link,
    /// Place in name order, from 0: decides between equally bad rows.
    pub place: usize,
    /// Its devices by standing. Give each count its address.
    pub tally: Tally,
    /// Open incidents.
    pub open_incidents: usize,
    /// Where those are listed.
    pub log_url: String,
    /// Session of the moment.
    pub now: Option<SessionLine>,
    /// The next one: `Grade 8 Math, 12:30`.
    pub next: Option<String>,
    /// `Proctor here since 07:58`.
    pub proctor: Option<String>,
    /// `Hand raised 09:41`.
    pub hand: Option<String>,
    /// Its devices at a test that no session expects.
    pub elsewhere: Option<Elsewhere>,
}

/// A session in one line. A school with several says so in `name`: `3 sessions`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionLine {
    /// `Grade 7 Math`.
    pub name: String,
    /// `Testing, 1 h 12 min left`.
    pub state: String,
}

impl PlaceKind {
    /// Heading of the rows.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::District => "Schools",
            Self::School => "Rooms",
        }
    }

    /// `1 school`, `4 rooms`.
    fn counted(self, number: usize) -> String {
        match (self, number) {
            (Self::District, 1) => "1 school".to_owned(),
            (Self::District, many) => format!("{many} schools"),
            (Self::School, 1) => "1 room".to_owned(),
            (Self::School, many) => format!("{many} rooms"),
        }
    }
}

/// "Worst first" is one number per row, so its parts are capped: incidents here, devices below.
const INCIDENTS_AT_MOST: usize = 999;
/// More devices than any room or school has.
const DEVICES_AT_MOST: usize = 99_999;

impl PlaceRow {
    /// Sort key for "worst first", smaller is worse: open incidents and a raised hand, then the worst standing, then how many have it.
    #[must_use]
    pub fn rank(&self) -> usize {
        let calls = self.open_incidents + usize::from(self.hand.is_some());
        let calm = INCIDENTS_AT_MOST - calls.min(INCIDENTS_AT_MOST);
        let worst = self.tally.worst();
        let standing = worst.map_or(99, Standing::rank);
        let fewer = DEVICES_AT_MOST
            - worst
                .map_or(0, |standing| self.tally.devices(standing))
                .min(DEVICES_AT_MOST);
        (calm * 100 + standing) * (DEVICES_AT_MOST + 1) + fewer
    }

    /// How loudly this row speaks.
    #[must_use]
    pub fn tone(&self) -> Tone {
        if self.open_incidents > 0 || self.hand.is_some() {
            Tone::Urgent
        } else {
            self.tally.worst().map_or(Tone::Quiet, Standing::tone)
        }
    }
}

impl PlaceBoard {
    /// The rows, worst first.
    #[must_use]
    pub fn sorted_rows(&self) -> Vec<&PlaceRow> {
        let mut rows: Vec<_> = self.rows.iter().collect();
        rows.sort_by_key(|row| (row.rank(), row.place));
        rows
    }

    fn quiet_ones(&self) -> String {
        match still_waiting(&self.tally, "the test app") {
            Some(devices) => format!("Not heard from all: {devices}."),
            None => "Every device that can be watched is fine.".to_owned(),
        }
    }

    /// What is taken to be the cause of all that needs help, where that is one incident. Then no row comes first.
    fn one_cause(&self, rows: &[&PlaceRow]) -> Option<&str> {
        let [only] = self.incidents.open.as_slice() else {
            return None;
        };
        let mut urgent = rows.iter().filter(|row| row.tone() == Tone::Urgent);
        let all_of_it = urgent.all(|row| row.open_incidents == 1 && row.hand.is_none());
        only.cause.as_deref().filter(|_| all_of_it)
    }

    /// The large sentence over the rows.
    #[must_use]
    pub fn summary(&self) -> Verdict {
        let rows = self.sorted_rows();
        let with = |tone: Tone| rows.iter().filter(|row| row.tone() == tone).count();
        let all = self.kind.counted(rows.len());
        let first = rows.first().map(|row| row.link.text.as_str()).unwrap_or_default();
        let (tone, words, next) = match (with(Tone::Urgent), with(Tone::Caution)) {
            _ if self.tally.total() == 0 => (
                VerdictTone::Quiet,
                "No device has reported yet".to_owned(),
                "Open a room to see how to enrol one.".to_owned(),
            ),
            (0, 0) => (
                VerdictTone::Fine,
                format!("Nothing to do in {all}"),
                self.quiet_ones(),
            ),
            (0, some) => (
                VerdictTone::Caution,
                format!("{some} of {all} to look at"),
                format!("Look at {first} first."),
            ),
            (1, _) => (
                VerdictTone::Urgent,
                format!("1 of {all} needs help"),
                format!("Look at {first}."),
            ),
            (some, _) => (
                VerdictTone::Urgent,
                format!("{some} of {all} need help"),
                self.one_cause(&rows)
                    .map_or_else(|| format!("Look at {first} first."), str::to_owned),
            ),
        };
        Verdict { tone, words, next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::view::Standing;

    fn row(name: &str, place: usize, open_incidents: usize, standings: &[Standing]) -> PlaceRow {
        PlaceRow {
            key: name.to_owned(),
            link: Link::new(name, "/"),
            place,
            tally: Tally::of(standings.iter().copied(), |_| None),
            open_incidents,
            log_url: "/".to_owned(),
            now: None,
            next: None,
            proctor: None,
            hand: None,
            elsewhere: None,
        }
    }

    #[test]
    fn rows_stand_worst_first() {
        use Standing::{Attention, Lost, Ready};
        let mut rows = [
            row("fine", 0, 0, &[Ready, Ready]),
            row("empty", 1, 0, &[]),
            row("one lost", 2, 0, &[Lost, Ready]),
            row("two lost", 3, 0, &[Lost, Lost]),
            row("incident", 4, 1, &[Ready]),
            row("also fine", 5, 0, &[Ready, Ready]),
            row("attention", 6, 0, &[Attention]),
        ];
        rows.sort_by_key(|row| (row.rank(), row.place));
        let names: Vec<_> = rows.iter().map(|row| row.link.text.as_str()).collect();
        assert_eq!(
            names,
            [
                "incident",
                "two lost",
                "one lost",
                "attention",
                "fine",
                "also fine",
                "empty"
            ]
        );
    }
}
