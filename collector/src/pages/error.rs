//! Pages that say why there is no page.

use askama::Template;

use super::{fragment::written, view::ErrorPage};

#[derive(Template)]
#[template(path = "error.html")]
struct Page<'a> {
    view: &'a ErrorPage,
}

/// The whole page. Its status is [`super::view::ErrorKind::status`].
#[must_use]
pub fn render(view: &ErrorPage) -> String {
    written(&Page { view })
}
