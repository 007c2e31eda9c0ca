//! The close-out sheet. It does not change by itself.

use askama::Template;

use super::{fragment::written, view::CloseOutPage};

#[derive(Template)]
#[template(path = "close-out.html")]
struct Page<'a> {
    view: &'a CloseOutPage,
}

/// The whole page.
#[must_use]
pub fn render(view: &CloseOutPage) -> String {
    written(&Page { view })
}
