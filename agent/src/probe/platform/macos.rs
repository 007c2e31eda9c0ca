//! macOS. What each answer means is understood in `told::macos`; here are files and calls. Nothing here asks for a
//! permission: no location, no accessibility, no screen recording, no name of a wireless network.

mod app;
mod display;
mod followed;
mod network;
mod process;
mod property_list;

use std::path::{Path, PathBuf};

use roomready_shared::facts::{Battery, Disk, Os, Outcome, Platform, SleepSettings, Updates};
use roomready_shared::units::{Bytes, ShortText};

use super::told::macos as told;

pub(super) use app::{app_version, registered};
pub(super) use display::display;
pub use followed::Followed;
pub(super) use network::{gateways, link, zone};
pub(super) use process::matching_processes;

pub(super) const PLATFORM: Platform = Platform::Macos;

const SYSTEM_VERSION: &str = "/System/Library/CoreServices/SystemVersion.plist";
const PREFERENCES: &str = "/Library/Preferences";
const SOFTWARE_UPDATE: &str = "/Library/Preferences/com.apple.SoftwareUpdate.plist";
const POWER_MANAGEMENT: &str = "com.apple.PowerManagement";
/// The volume of users' files since macOS 10.15; before, the root held them.
const VOLUMES: [&str; 2] = ["/System/Volumes/Data", "/"];
const USERS: &str = "/Users";
/// A shared laptop holds tens of users; a file server is no testing device.
const MAX_HOMES: usize = 256;

pub(super) fn os() -> Outcome<Os> {
    match property_list::file(Path::new(SYSTEM_VERSION)) {
        Err(why) => Outcome::Failed(ShortText::fit(&format!(
            "{SYSTEM_VERSION} could not be read: {why}"
        ))),
        Ok(list) => told::system::os(&list, &sysinfo::System::cpu_arch()).map_or_else(
            || Outcome::Failed(ShortText::fit(&format!("{SYSTEM_VERSION} tells no version"))),
            Outcome::Measured,
        ),
    }
}

pub(super) fn updates() -> Outcome<Updates> {
    match property_list::file(Path::new(SOFTWARE_UPDATE)) {
        Ok(list) => Outcome::Measured(told::system::updates(&list)),
        Err(why) => Outcome::Unsupported(ShortText::fit(&format!(
            "macOS keeps no list of found updates here ({SOFTWARE_UPDATE}: {why})"
        ))),
    }
}

/// The file bears the Mac's own number since macOS 10.15; an older one without it may have been left behind.
pub(super) fn sleep_settings() -> Outcome<SleepSettings> {
    let entries = std::fs::read_dir(PREFERENCES).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name.starts_with(POWER_MANAGEMENT) && name.ends_with(".plist"))
        .collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    match names
        .iter()
        .find_map(|name| property_list::file(&Path::new(PREFERENCES).join(name)).ok())
    {
        Some(list) => Outcome::Measured(told::power::sleep(&list)),
        None => Outcome::Unsupported(ShortText::fit(
            "macOS has no power settings of this Mac on file; it runs with those it was made with",
        )),
    }
}

pub(super) fn users_volume() -> Outcome<Disk> {
    let mut trouble = None;
    for volume in VOLUMES {
        match rustix::fs::statvfs(volume) {
            Ok(stat) => {
                let of = |blocks: u64| Bytes(blocks.saturating_mul(stat.f_frsize));
                return Outcome::Measured(Disk {
                    total: of(stat.f_blocks),
                    free: of(stat.f_bavail.min(stat.f_blocks)),
                });
            }
            Err(error) => trouble = Some(error),
        }
    }
    let why = trouble.map_or_else(String::new, |error| error.to_string());
    Outcome::Failed(ShortText::fit(&format!(
        "the volume of users' files could not be read: {why}"
    )))
}

/// The battery's own word is all that is asked.
pub(super) const fn charger() -> Option<bool> {
    None
}

/// The system lists every pack.
pub(super) const fn battery_at_a_glance() -> Option<Battery> {
    None
}

pub(super) const fn power_unknown() -> Option<&'static str> {
    None
}

pub(super) fn homes() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(USERS).into_iter().flatten().flatten();
    let is_person = |path: &PathBuf| {
        path.is_dir()
            && path
                .file_name()
                .is_some_and(|name| name != "Shared" && !name.as_encoded_bytes().starts_with(b"."))
    };
    entries
        .map(|entry| entry.path())
        .filter(is_person)
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
