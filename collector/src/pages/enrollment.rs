//! Keys that let a school's devices in. This page does not change by itself.

use askama::Template;

use super::{
    fragment::written,
    view::{EnrollmentPage, KeyState},
};

#[derive(Template)]
#[template(path = "enrollment.html")]
struct Page<'a> {
    view: &'a EnrollmentPage,
}

/// The whole page.
#[must_use]
pub fn render(view: &EnrollmentPage) -> String {
    written(&Page { view })
}
