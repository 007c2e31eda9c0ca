//! The device page and its live elements.

use askama::Template;

use super::{
    fragment::{Fragment, written},
    view::{DeviceHead, DevicePage, IncidentCard, IncidentState, Standing},
};

#[derive(Template)]
#[template(path = "device.html")]
struct Page<'a> {
    view: &'a DevicePage,
}

#[derive(Template)]
#[template(path = "parts/device-head.html")]
struct Head<'a> {
    head: &'a DeviceHead,
}

#[derive(Template)]
#[template(path = "parts/checks.html")]
struct Checks<'a> {
    view: &'a DevicePage,
}

#[derive(Template)]
#[template(path = "parts/device-incidents.html")]
struct Incidents<'a> {
    view: &'a DevicePage,
}

#[derive(Template)]
#[template(path = "parts/device-identity.html")]
struct Identity<'a> {
    view: &'a DevicePage,
}

/// The whole page.
#[must_use]
pub fn render(view: &DevicePage) -> String {
    written(&Page { view })
}

/// Element `device-head`: name, status, last heard.
#[must_use]
pub fn head(head: &DeviceHead) -> Fragment {
    Fragment::standing("device-head", &Head { head })
}

/// Element `device-identity`: that two machines speak as this device, or that it is no longer believed.
#[must_use]
pub fn identity(view: &DevicePage) -> Fragment {
    Fragment::standing("device-identity", &Identity { view })
}

/// Element `device-checks`: every check, what cannot be told, what is known.
#[must_use]
pub fn checks(view: &DevicePage) -> Fragment {
    Fragment::standing("device-checks", &Checks { view })
}

/// Element `device-incidents`: this device's incidents of today.
#[must_use]
pub fn incidents(view: &DevicePage) -> Fragment {
    Fragment::standing("device-incidents", &Incidents { view })
}
