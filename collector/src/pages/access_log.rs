//! Who did and saw what. This page does not change by itself.

use askama::Template;

use super::{fragment::written, view::AccessLog};

#[derive(Template)]
#[template(path = "access-log.html")]
struct Page<'a> {
    view: &'a AccessLog,
}

/// The whole page.
#[must_use]
pub fn render(view: &AccessLog) -> String {
    written(&Page { view })
}
