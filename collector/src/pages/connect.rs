//! Letting a staff computer show notices.

use askama::Template;

use super::fragment::written;
use super::view::ConnectPage;

#[derive(Template)]
#[template(path = "connect.html")]
struct Page<'a> {
    view: &'a ConnectPage,
}

/// The whole page.
#[must_use]
pub fn render(view: &ConnectPage) -> String {
    written(&Page { view })
}
