//! "My rooms", for a phone.

use askama::Template;

use super::fragment::{Fragment, written};
use super::view::{Matters, MyRoom, MyRoomsPage, Standing};

#[derive(Template)]
#[template(path = "my-rooms.html")]
struct Page<'a> {
    view: &'a MyRoomsPage,
}

#[derive(Template)]
#[template(path = "parts/matters.html")]
struct Open<'a> {
    matters: &'a Matters,
}

#[derive(Template)]
#[template(path = "parts/my-room.html")]
struct Room<'a> {
    room: &'a MyRoom,
}

/// The whole page.
#[must_use]
pub fn render(view: &MyRoomsPage) -> String {
    written(&Page { view })
}

/// Element `matters`: what is open.
#[must_use]
pub fn matters(matters: &Matters) -> Fragment {
    Fragment::standing("matters", &Open { matters })
}

/// Element `mine-<key>`.
#[must_use]
pub fn room(room: &MyRoom) -> Fragment {
    Fragment::listed(format!("mine-{}", room.key), "mine", &Room { room })
}
