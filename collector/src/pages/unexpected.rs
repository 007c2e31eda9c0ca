//! Where somebody decides about devices at a test that no session expects.

use askama::Template;

use super::fragment::{Fragment, written};
use super::view::{ChooseSeatPage, Unexpected, UnexpectedPage};

#[derive(Template)]
#[template(path = "unexpected.html")]
struct Page<'a> {
    view: &'a UnexpectedPage,
}

#[derive(Template)]
#[template(path = "parts/unexpected.html")]
struct Now<'a> {
    now: &'a Unexpected,
}

#[derive(Template)]
#[template(path = "choose-seat.html")]
struct ChooseSeat<'a> {
    view: &'a ChooseSeatPage,
}

/// The whole page.
#[must_use]
pub fn render(view: &UnexpectedPage) -> String {
    written(&Page { view })
}

/// Element `unexpected`: what is to be decided.
#[must_use]
pub fn now(now: &Unexpected) -> Fragment {
    Fragment::standing("unexpected", &Now { now })
}

/// The page that asks at which seat a device stands.
#[must_use]
pub fn choose_seat(view: &ChooseSeatPage) -> String {
    written(&ChooseSeat { view })
}
