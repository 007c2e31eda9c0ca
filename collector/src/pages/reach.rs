//! The page that says whether a network reaches the collector.

use askama::Template;

use super::{
    fragment::written,
    view::{ReachCertificate, ReachPage, Standing},
};

#[derive(Template)]
#[template(path = "reach.html")]
struct Page<'a> {
    view: &'a ReachPage,
}

/// The whole page.
#[must_use]
pub fn render(view: &ReachPage) -> String {
    written(&Page { view })
}
