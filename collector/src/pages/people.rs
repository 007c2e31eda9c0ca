//! What people in a room say and do, and the pages that ask once more.

use askama::Template;

use super::{
    fragment::{Fragment, written},
    view::{ConfirmPage, PeopleStrip, SayPage, Standing},
};

#[derive(Template)]
#[template(path = "parts/people.html")]
struct Strip<'a> {
    people: &'a PeopleStrip,
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
