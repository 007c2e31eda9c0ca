//! Linux.

mod display;
mod os_release;
mod pidfd;
mod process;

use std::path::{Path, PathBuf};

use roomready_shared::facts::{Disk, Display, Os, Outcome, Platform};
use roomready_shared::units::{Bytes, ShortText, Version};

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

pub(super) fn users_volume() -> Outcome<Disk> {
    let volume = if Path::new(USERS).is_dir() { USERS } else { "/" };
    match rustix::fs::statvfs(volume) {
        Ok(stat) => Outcome::Measured(Disk {
            total: Bytes(stat.f_blocks.saturating_mul(stat.f_frsize)),
            // What is left to an ordinary user, which is less than what is free.
            free: Bytes(stat.f_bavail.saturating_mul(stat.f_frsize)),
        }),
        Err(rustix::io::Errno::ACCESS) => {
            Outcome::Denied(ShortText::fit(&format!("{volume} may not be looked at")))
        }
        Err(error) => Outcome::Failed(ShortText::fit(&format!("{volume} could not be read: {error}"))),
    }
}

pub(super) fn homes() -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(USERS) else {
        return vec![];
    };
    // A shared laptop holds tens of users; a file server is no testing device.
    const MAX_HOMES: usize = 256;
    entries
        .flatten()
        .map(|entry| entry.path())
        .take(MAX_HOMES)
        .collect()
}

pub(super) fn expand_variables(place: &str) -> Option<PathBuf> {
    place.starts_with('/').then(|| PathBuf::from(place))
}

/// No packager of a test app publishes where its Linux version could be read without running it.
pub(super) const fn app_version(_: &Path) -> Option<Version> {
    None
}
