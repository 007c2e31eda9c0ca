//! What differs by system, behind one surface. `cfg(target_os)` and `unsafe` live here and nowhere else.

pub mod alive;
pub mod house;
pub mod leaving;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
pub mod own;
pub mod service;
mod told;
#[cfg(target_os = "windows")]
mod windows;

#[cfg(target_os = "linux")]
use linux as here;
#[cfg(target_os = "macos")]
use macos as here;
#[cfg(target_os = "windows")]
use windows as here;

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use roomready_shared::facts::{Battery, Disk, Display, Link, Os, Outcome, Platform, SleepSettings, Updates};
use roomready_shared::requirement::AppIdentity;
use roomready_shared::units::{ShortText, Version};

pub use here::Followed;

/// The system family of this machine.
pub const PLATFORM: Platform = here::PLATFORM;

/// A running program that has one of the names asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Match {
    /// Its number.
    pub pid: i32,
    /// When it started, in seconds since 1970, where the system tells.
    pub since: Option<i64>,
}

/// A running program and the place of its name in the list that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named {
    /// Which of the names; where several fit, the first.
    pub name: usize,
    /// The program.
    pub copy: Match,
}

/// A test app that the system knows by one of its marks other than a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// Its version, where the system tells.
    pub version: Option<Version>,
    /// The mark of the profile that matched, in the profile's own words.
    pub mark: ShortText,
}

/// The file of this program.
///
/// # Errors
/// When the system does not tell.
pub fn own_program() -> std::io::Result<PathBuf> {
    std::env::current_exe()
}

/// The operating system.
#[must_use]
pub fn os() -> Outcome<Os> {
    here::os()
}

/// Storage of the volume that holds users' files.
#[must_use]
pub fn users_volume() -> Outcome<Disk> {
    here::users_volume()
}

/// The largest connected display.
#[must_use]
pub fn display() -> Outcome<Display> {
    here::display()
}

/// Gateways of the default routes, the one that the system prefers first. Empty without a way out.
///
/// # Errors
/// Why the routes cannot be read.
pub fn gateways() -> Result<Vec<IpAddr>, String> {
    here::gateways()
}

/// Number of the interface that a gateway lies behind whose address holds on its link alone, as gateways of the newer
/// family have it; `None` where there is none, or the system does not tell.
#[must_use]
pub fn zone() -> Option<u32> {
    here::zone()
}

/// Whether a charger feeds this device; `None` where the system does not tell of chargers.
#[must_use]
pub fn charger() -> Option<bool> {
    here::charger()
}

/// The connection that the default route uses.
#[must_use]
pub fn link() -> Outcome<Link> {
    here::link()
}

/// Updates and restarts that wait.
#[must_use]
pub fn updates() -> Outcome<Updates> {
    here::updates()
}

/// When the device sleeps by itself.
#[must_use]
pub fn sleep_settings() -> Outcome<SleepSettings> {
    here::sleep_settings()
}

/// The test app by the marks that this system keeps of installed programs: registry, bundle, team.
#[must_use]
pub fn registered(app: &AppIdentity) -> Option<Registered> {
    here::registered(app)
}

/// The battery by the system's own sum, for packs that the list of packs leaves out; without drain and health.
#[must_use]
pub fn battery_at_a_glance() -> Option<Battery> {
    here::battery_at_a_glance()
}

/// Why this system cannot say whether it has a battery, if it cannot.
#[must_use]
pub fn power_unknown() -> Option<&'static str> {
    here::power_unknown()
}

/// A profile's place as paths of this machine: variables of the system and `{home}` filled in, the latter once for
/// each user's folder.
#[must_use]
pub fn expand(place: &str) -> Vec<PathBuf> {
    match place.strip_prefix("{home}") {
        Some(rest) => here::homes()
            .iter()
            .map(|home| home.join(rest.trim_start_matches(['/', '\\'])))
            .collect(),
        None => here::expand_variables(place),
    }
}

/// Version of an installed app, where that can be told cheaply.
#[must_use]
pub fn app_version(path: &Path) -> Option<Version> {
    here::app_version(path)
}

/// Running programs with one of these names, in one walk however many are asked for, because the walk is the dearest
/// of all readings. Names are compared as the system does, without case on Windows and macOS. A program that none of
/// them fits never leaves this function.
///
/// # Errors
/// When the system does not list its programs.
pub fn matching_processes(names: &[&str]) -> std::io::Result<Vec<Named>> {
    here::matching_processes(names)
}
