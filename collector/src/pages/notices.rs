//! Whom of the staff RoomReady tells. This page does not change by itself.

use askama::Template;

use super::{fragment::written, view::NoticesPage};

#[derive(Template)]
#[template(path = "notices.html")]
struct Page<'a> {
    view: &'a NoticesPage,
}

/// The whole page.
#[must_use]
pub fn render(view: &NoticesPage) -> String {
    written(&Page { view })
}
