//! The first set-up, page by page.

use askama::Template;

use super::fragment::written;
use super::view::{SetUpDevicePage, SetUpDistrictPage, SetUpStartPage};

#[derive(Template)]
#[template(path = "set-up-start.html")]
struct SetUpStart<'a> {
    view: &'a SetUpStartPage,
}

/// The first account.
#[must_use]
pub fn start(view: &SetUpStartPage) -> String {
    written(&SetUpStart { view })
}

#[derive(Template)]
#[template(path = "set-up-district.html")]
struct SetUpDistrict<'a> {
    view: &'a SetUpDistrictPage,
}

/// The district, its first school and rooms.
#[must_use]
pub fn district(view: &SetUpDistrictPage) -> String {
    written(&SetUpDistrict { view })
}

#[derive(Template)]
#[template(path = "set-up-device.html")]
struct SetUpDevice<'a> {
    view: &'a SetUpDevicePage,
}

/// The first device.
#[must_use]
pub fn device(view: &SetUpDevicePage) -> String {
    written(&SetUpDevice { view })
}
