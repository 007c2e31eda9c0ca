//! The close-out sheet of a session: what happened in its room, what it cost each seat, and what nobody could see.

use super::frame::{Frame, Link};
use crate::pages::time::LocalTime;

/// The sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloseOutPage {
    /// What surrounds it.
    pub frame: Frame,
    /// `Grade 7 Math`.
    pub session: String,
    /// `Room 101, Lincoln Middle School`.
    pub place: String,
    /// `Tue 6 Oct, 08:30 to 10:00`.
    pub planned: String,
    /// As it was: `Started 08:46, 16 minutes late`.
    pub times: Vec<String>,
    /// `Provisional`, `Final`, `The session goes on`.
    pub state: String,
    /// Why: `3 devices have not yet sent what they recorded. Final at the latest Wed 7 Oct, 10:00.`
    pub state_why: String,
    /// `As of Tue 6 Oct, 10:41:07`: with its day, because paper outlives it.
    pub as_of: String,
    /// Who watched.
    pub watched_by: String,
    /// Who entered by a link.
    pub proctors: Vec<ProctorWasHere>,
    /// Incidents, the earliest first.
    pub incidents: Vec<ClosedIncident>,
    /// Seats with something to tell.
    pub seats: Vec<SeatLine>,
    /// `27 seats with nothing to tell`; none when there is no such seat.
    pub nothing: Option<Listed>,
    /// `2 devices did not start TestNav`; none when all did.
    pub not_started: Option<Listed>,
    /// `26 Chromebooks were not watched one by one: nothing is known about them`.
    pub not_watched: Option<String>,
    /// Breaks and pauses.
    pub pauses: Vec<PauseLine>,
    /// `LIN-4 from seat 4, since 09:12: may hold answers`.
    pub aside: Vec<String>,
    /// Devices that were not heard again: `Seat 4 (LIN-4), last heard 09:41`.
    pub not_heard_again: Vec<String>,
    /// What could be seen and what not.
    pub limits: Vec<String>,
    /// Where the files are made.
    pub csv_url: String,
    /// Its room's board.
    pub back: Link,
}

/// Somebody who entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProctorWasHere {
    /// Their name, as they gave it.
    pub name: String,
    /// What they are, as they said.
    pub role: String,
    /// Since when.
    pub since: LocalTime,
    /// `let go 10:05`, where that was so.
    pub until: Option<LocalTime>,
}

/// An incident on the sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosedIncident {
    /// What happened.
    pub headline: String,
    /// Its own page.
    pub url: String,
    /// `09:41:07 to 09:52:30, 11 min, heard again`; `since 09:41:07`.
    pub when: String,
    /// What is taken to be the cause.
    pub cause: Option<String>,
    /// `First taken for an access-point fault`.
    pub first_taken_for: Option<String>,
    /// What is ruled out, with numbers.
    pub ruled_out: Vec<String>,
    /// `14 devices here: seat 4, seat 9`.
    pub members: String,
    /// `Seen by RoomReady`, `Told by the device afterwards`.
    pub seen_by: &'static str,
}

/// One seat. Each number is empty where there is nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatLine {
    /// `Seat 12`, else the device's name.
    pub seat: String,
    /// The device.
    pub device: String,
    /// `6 min ± 2 s, measured`.
    pub stopped: String,
    /// The same of cut off.
    pub cut_off: String,
    /// The same of unheard.
    pub unheard: String,
    /// `20 min not heard, all working as people said`; `a person said that some had stopped`.
    pub said: Vec<String>,
    /// `108 of 110 min`.
    pub heard: String,
}

/// What is told in one line, with all whom it is about: the sheet is printed and signed, so nothing of it is folded away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The line.
    pub words: String,
    /// `Seats 1, 2, 3`.
    pub list: String,
}

/// A stretch in which students did not test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PauseLine {
    /// `Break`, `Pause of the room`, `Pause of the school`, `Break by the timetable`.
    pub what: &'static str,
    /// `09:30 to 09:45`.
    pub when: String,
    /// `entered by A. Jones, substitute, 09:55`; empty for the timetable's own.
    pub by: String,
}
