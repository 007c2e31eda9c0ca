//! Whom of the staff RoomReady tells.

use askama::Template;

use super::{
    fragment::{Fragment, written},
    view::NoticesPage,
};

#[derive(Template)]
#[template(path = "notices.html")]
struct Page<'a> {
    view: &'a NoticesPage,
}

#[derive(Template)]
#[template(path = "parts/told.html")]
struct Now<'a> {
    view: &'a NoticesPage,
}

/// Element `told`: targets and what became of notices.
#[must_use]
pub fn now(view: &NoticesPage) -> Fragment {
    Fragment::standing("told", &Now { view })
}

/// The whole page.
#[must_use]
pub fn render(view: &NoticesPage) -> String {
    written(&Page { view })
}
