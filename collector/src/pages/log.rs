//! The incident log of a school or district and its live element.

use askama::Template;

use super::{
    fragment::{Fragment, written},
    view::{IncidentCard, IncidentLog, IncidentState, Standing},
};

#[derive(Template)]
#[template(path = "log.html")]
struct Page<'a> {
    view: &'a IncidentLog,
}

#[derive(Template)]
#[template(path = "parts/log.html")]
struct Log<'a> {
    view: &'a IncidentLog,
}

/// The whole page.
#[must_use]
pub fn render(view: &IncidentLog) -> String {
    written(&Page { view })
}

/// Element `log`: open and ended incidents.
#[must_use]
pub fn log(view: &IncidentLog) -> Fragment {
    Fragment::standing("log", &Log { view })
}
