//! The room board and its live elements.

use askama::Template;

use crate::access::Permission;

use super::{
    fragment::{Fragment, written},
    view::{
        IncidentCard, IncidentPanel, IncidentState, Meaning, PhaseWords, RoomBoard, RoomHead, SeatOrder,
        SeatTile, SessionState, Standing, Tally, Verdict,
    },
};

#[derive(Template)]
#[template(path = "room.html")]
struct Page<'a> {
    view: &'a RoomBoard,
}

#[derive(Template)]
#[template(path = "parts/room-head.html")]
struct Head<'a> {
    head: &'a RoomHead,
}

#[derive(Template)]
#[template(path = "parts/verdict.html")]
struct Sentence<'a> {
    verdict: &'a Verdict,
}

#[derive(Template)]
#[template(path = "parts/total.html")]
struct Total<'a> {
    tally: &'a Tally,
}

#[derive(Template)]
#[template(path = "parts/seat.html")]
struct Seat<'a> {
    seat: &'a SeatTile,
}

#[derive(Template)]
#[template(path = "parts/incidents.html")]
struct Panel<'a> {
    panel: &'a IncidentPanel,
}

/// The whole page.
#[must_use]
pub fn render(view: &RoomBoard) -> String {
    written(&Page { view })
}

/// Element `room-head`: room, session, phase, time left, who watches.
#[must_use]
pub fn head(head: &RoomHead) -> Fragment {
    Fragment::standing("room-head", &Head { head })
}

/// Element `verdict`: the large sentence and the one thing to do.
#[must_use]
pub fn verdict(verdict: &Verdict) -> Fragment {
    Fragment::standing("verdict", &Sentence { verdict })
}

/// Element `tally`: the bar and its numbers. Also on school and district pages.
#[must_use]
pub fn tally(tally: &Tally) -> Fragment {
    Fragment::standing("tally", &Total { tally })
}

/// Element `seat-<key>`. A page that does not have the seat yet takes it in.
#[must_use]
pub fn seat(seat: &SeatTile) -> Fragment {
    Fragment::listed(format!("seat-{}", seat.key), "seats", &Seat { seat })
}

/// Element `incidents`: the open incidents beside a board. Also on school and district pages.
#[must_use]
pub fn incidents(panel: &IncidentPanel) -> Fragment {
    Fragment::standing("incidents", &Panel { panel })
}
