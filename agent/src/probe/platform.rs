//! What differs by system, behind one surface. `cfg(target_os)` and `unsafe` live here and nowhere else.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;
pub mod own;

#[cfg(target_os = "linux")]
use linux as here;
#[cfg(not(target_os = "linux"))]
use other as here;

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use roomready_shared::facts::{Disk, Display, Os, Outcome, Platform};
use roomready_shared::units::Version;

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

/// Whether a charger feeds this device; `None` where the system does not tell of chargers.
#[must_use]
pub fn charger() -> Option<bool> {
    here::charger()
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
        None => here::expand_variables(place).into_iter().collect(),
    }
}

/// Version of an installed app, where that can be told cheaply.
#[must_use]
pub fn app_version(path: &Path) -> Option<Version> {
    here::app_version(path)
}

/// Running programs with one of these names. Names that do not match never leave this function.
///
/// # Errors
/// When the system does not list its programs.
pub fn matching_processes(names: &[&str]) -> std::io::Result<Vec<Match>> {
    here::matching_processes(names)
}
