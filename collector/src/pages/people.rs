//! What people in a room say and do, what they may press, and the pages that ask once more.

use askama::Template;

use super::{
    fragment::{Fragment, written},
    view::{
        Actions, AtSeat, ConfirmPage, Frame, Meaning, PeopleStrip, Said, SayPage, SeatPage, Standing,
        SwapPage,
    },
};

#[derive(Template)]
#[template(path = "parts/people.html")]
struct Strip<'a> {
    people: &'a PeopleStrip,
}

#[derive(Template)]
#[template(path = "parts/school-people.html")]
struct OfSchool<'a> {
    paused: Option<&'a Said>,
}

/// What a form of the panel needs of its page.
struct OwnPage<'a> {
    frame: &'a Frame,
}

#[derive(Template)]
#[template(path = "parts/actions.html")]
struct Panel<'a> {
    view: OwnPage<'a>,
    actions: &'a Actions,
}

#[derive(Template)]
#[template(path = "seat.html")]
struct Seat<'a> {
    view: &'a SeatPage,
}

#[derive(Template)]
#[template(path = "parts/at-seat.html")]
struct Now<'a> {
    now: &'a AtSeat,
}

#[derive(Template)]
#[template(path = "parts/at-swap.html")]
struct NowOfSwap<'a> {
    now: &'a AtSeat,
}

#[derive(Template)]
#[template(path = "swap.html")]
struct Swap<'a> {
    view: &'a SwapPage,
}

#[derive(Template)]
#[template(path = "confirm.html")]
struct Confirm<'a> {
    view: &'a ConfirmPage,
}

#[derive(Template)]
#[template(path = "say.html")]
struct Say<'a> {
    view: &'a SayPage,
}

/// Element `people`: the strip under the verdict of a room.
#[must_use]
pub fn strip(people: &PeopleStrip) -> Fragment {
    Fragment::standing("people", &Strip { people })
}

/// Element `school-people`: whether a whole school is paused.
#[must_use]
pub fn of_school(paused: Option<&Said>) -> Fragment {
    Fragment::standing("school-people", &OfSchool { paused })
}

/// The panel of somebody's own page, with the token of their sign-in.
#[must_use]
pub fn panel(frame: &Frame, actions: &Actions) -> String {
    let view = OwnPage { frame };
    written(&Panel { view, actions })
}

/// One seat.
#[must_use]
pub fn seat(view: &SeatPage) -> String {
    written(&Seat { view })
}

/// Element `at-seat`: what is so at a seat now, and what may be pressed because of it.
#[must_use]
pub fn at_seat(now: &AtSeat) -> Fragment {
    Fragment::standing("at-seat", &Now { now })
}

/// Element `at-swap`: the same on the page that asks before a swap.
#[must_use]
pub fn at_swap(now: &AtSeat) -> Fragment {
    Fragment::standing("at-swap", &NowOfSwap { now })
}

/// The page that asks once more before a device is swapped.
#[must_use]
pub fn swap(view: &SwapPage) -> String {
    written(&Swap { view })
}

/// The page that asks once more.
#[must_use]
pub fn confirm(view: &ConfirmPage) -> String {
    written(&Confirm { view })
}

/// The page that says one thing.
#[must_use]
pub fn say(view: &SayPage) -> String {
    written(&Say { view })
}
