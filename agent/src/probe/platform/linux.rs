//! Linux.

mod charger;
mod display;
mod link;
mod os_release;
mod pidfd;
mod process;
mod route;
mod sleep;
mod updates;

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use roomready_shared::facts::{Battery, Disk, Display, Link, Os, Outcome, Platform, SleepSettings, Updates};
use roomready_shared::requirement::AppIdentity;
use roomready_shared::units::{Bytes, ShortText, Version};

use super::Registered;
pub use pidfd::Followed;
pub(super) use process::matching_processes;

pub(super) const PLATFORM: Platform = Platform::Linux;

/// Users' files; where it is no folder of its own, the root holds them.
const USERS: &str = "/home";
/// Where the kernel tells of batteries and chargers.
const POWER_SUPPLIES: &str = "/sys/class/power_supply";

pub(super) fn os() -> Outcome<Os> {
    os_release::read(Path::new("/"))
}

pub(super) fn display() -> Outcome<Display> {
    display::read(Path::new("/sys/class/drm"))
}

pub(super) fn power_unknown() -> Option<&'static str> {
    (!Path::new(POWER_SUPPLIES).is_dir())
        .then_some("this system does not tell of batteries: /sys/class/power_supply is not there")
}

pub(super) fn gateways() -> Result<Vec<IpAddr>, String> {
    route::gateways(Path::new("/proc/net"))
}

pub(super) fn charger() -> Option<bool> {
    charger::connected(Path::new(POWER_SUPPLIES))
}

pub(super) fn users_volume() -> Outcome<Disk> {
    let mut volumes = vec!["/"];
    if Path::new(USERS).is_dir() {
        volumes.push(USERS);
    }
    while let Some(volume) = volumes.pop() {
        match rustix::fs::statvfs(volume) {
            // A folder that is mounted on demand has no blocks of its own until somebody signs in.
            Ok(stat) if stat.f_blocks == 0 => {}
            Ok(stat) => return Outcome::Measured(of_volume(stat.f_blocks, stat.f_bavail, stat.f_frsize)),
            Err(rustix::io::Errno::ACCESS) => {
                return Outcome::Denied(ShortText::fit(&format!("{volume} may not be looked at")));
            }
            Err(error) => {
                return Outcome::Failed(ShortText::fit(&format!("{volume} could not be read: {error}")));
            }
        }
    }
    Outcome::Failed(ShortText::fit(
        "the system does not tell how large its storage is",
    ))
}

/// What is left to an ordinary user, which is less than what is free. A full file system may tell a negative number
/// there, which reads as a huge one.
fn of_volume(blocks: u64, available: u64, block: u64) -> Disk {
    let available = if available > blocks { 0 } else { available };
    Disk {
        total: Bytes(blocks.saturating_mul(block)),
        free: Bytes(available.saturating_mul(block)),
    }
}

pub(super) fn homes() -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(USERS) else {
        return vec![];
    };
    // A shared laptop holds tens of users; a file server is no testing device.
    const MAX_HOMES: usize = 256;
    // A file system's own folders stand beside the users', closed to everybody.
    let is_a_user_s = |name: &std::ffi::OsStr| {
        let name = name.as_encoded_bytes();
        !name.starts_with(b".") && name != b"lost+found"
    };
    entries
        .flatten()
        .filter(|entry| is_a_user_s(&entry.file_name()))
        .map(|entry| entry.path())
        .take(MAX_HOMES)
        .collect()
}

pub(super) fn expand_variables(place: &str) -> Vec<PathBuf> {
    place
        .starts_with('/')
        .then(|| PathBuf::from(place))
        .into_iter()
        .collect()
}

/// The kernel lists every pack.
pub(super) const fn battery_at_a_glance() -> Option<Battery> {
    None
}

/// No packager of a test app publishes where its Linux version could be read without running it.
pub(super) const fn app_version(_: &Path) -> Option<Version> {
    None
}

pub(super) fn link() -> Outcome<Link> {
    link::read(Path::new("/"))
}

pub(super) fn zone() -> Option<u32> {
    link::zone(Path::new("/"))
}

pub(super) fn updates() -> Outcome<Updates> {
    let running = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let started = process::boot_second(Path::new("/proc"))
        .and_then(|second| u64::try_from(second).ok())
        .map(|second| SystemTime::UNIX_EPOCH + Duration::from_secs(second));
    updates::read(Path::new("/"), running.trim(), started)
}

pub(super) fn sleep_settings() -> Outcome<SleepSettings> {
    sleep::read(Path::new("/"))
}

/// Nothing but paths is known of test apps on this system.
pub(super) const fn registered(_: &AppIdentity) -> Option<Registered> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_system_that_is_over_full_has_nothing_free() {
        assert_eq!(of_volume(100, 40, 4_096).free, Bytes(40 * 4_096));
        assert_eq!(of_volume(100, u64::MAX - 5, 4_096).free, Bytes(0));
    }
}
