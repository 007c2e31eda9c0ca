//! The devices behind a number. This page does not change by itself.

use askama::Template;

use super::{fragment::written, view::DeviceList};

#[derive(Template)]
#[template(path = "devices.html")]
struct Page<'a> {
    view: &'a DeviceList,
}

/// The whole page.
#[must_use]
pub fn render(view: &DeviceList) -> String {
    written(&Page { view })
}
