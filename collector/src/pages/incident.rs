//! One incident's page and its live element.

use askama::Template;

use super::{
    fragment::{Fragment, written},
    view::{IncidentPage, IncidentState},
};

#[derive(Template)]
#[template(path = "incident.html")]
struct Page<'a> {
    view: &'a IncidentPage,
}

#[derive(Template)]
#[template(path = "parts/incident-story.html")]
struct Story<'a> {
    view: &'a IncidentPage,
}

/// The whole page.
#[must_use]
pub fn render(view: &IncidentPage) -> String {
    written(&Page { view })
}

/// Element `incident-story`: state, devices and everything written about it.
#[must_use]
pub fn story(view: &IncidentPage) -> Fragment {
    Fragment::standing("incident-story", &Story { view })
}
