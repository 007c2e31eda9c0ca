//! Windows. What each answer means is understood in `told::windows`; here are the calls.

mod app;
mod disk;
mod display;
mod folders;
mod followed;
mod network;
mod power;
mod process;
mod proxy;
mod registry;
mod system;

use roomready_shared::facts::Platform;

pub(super) use app::{app_version, registered};
pub(super) use disk::users_volume;
pub(super) use display::display;
pub(super) use folders::{expand_variables, homes};
pub use followed::Followed;
pub(super) use network::{gateways, link, zone};
pub(super) use power::{battery_at_a_glance, charger, power_unknown, sleep_settings};
pub(super) use process::matching_processes;
pub(super) use system::{os, updates};

pub(super) const PLATFORM: Platform = Platform::Windows;

/// A text as Windows' calls take it: 16-bit units with a zero at the end.
fn wide(text: &std::ffi::OsStr) -> Vec<u16> {
    use std::os::windows::ffi::OsStrExt as _;
    text.encode_wide().chain([0]).collect()
}
