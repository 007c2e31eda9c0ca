//! Windows and macOS: what the portable crates tell. The rest says that it is not read there yet.

use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use roomready_shared::facts::{Disk, Display, Link, Os, Outcome, Platform, SleepSettings, Updates};
use roomready_shared::requirement::AppIdentity;
use roomready_shared::units::{Bytes, ShortText, Version};
use roomready_shared::wire::v1::ExitKind;

use super::{Match, Named, Registered};

#[cfg(target_os = "windows")]
pub(super) const PLATFORM: Platform = Platform::Windows;
#[cfg(not(target_os = "windows"))]
pub(super) const PLATFORM: Platform = Platform::Macos;

/// How soon an end is seen where no handle is held.
const LOOK_EACH: Duration = Duration::from_secs(1);

pub(super) fn os() -> Outcome<Os> {
    let name = sysinfo::System::long_os_version().unwrap_or_else(|_| PLATFORM.to_string());
    let version = sysinfo::System::os_version()
        .ok()
        .and_then(|text| Version::leading(&text));
    let build = sysinfo::System::kernel_version()
        .ok()
        .and_then(|text| Version::leading(&text));
    Outcome::Measured(Os {
        name: ShortText::fit(&name),
        distribution: None,
        version,
        build: build.filter(|_| PLATFORM == Platform::Windows),
        architecture: ShortText::fit(&sysinfo::System::cpu_arch()),
        edition: None,
        channel: None,
        s_mode: None,
    })
}

pub(super) fn users_volume() -> Outcome<Disk> {
    let users = if PLATFORM == Platform::Windows {
        r"C:\"
    } else {
        "/"
    };
    let Ok(disks) = sysinfo::Disks::new_with_refreshed_list() else {
        return Outcome::Failed(ShortText::fit("volumes could not be listed"));
    };
    match disks.iter().find(|disk| disk.mount_point() == Path::new(users)) {
        Some(disk) => Outcome::Measured(Disk {
            total: Bytes(disk.total_space()),
            free: Bytes(disk.available_space()),
        }),
        None => Outcome::Failed(ShortText::fit(&format!("the volume {users} was not found"))),
    }
}

pub(super) fn display() -> Outcome<Display> {
    Outcome::Unsupported(ShortText::fit("displays are not read on this system yet"))
}

pub(super) fn gateways() -> Result<Vec<IpAddr>, String> {
    let gateway = netdev::get_default_gateway()?;
    let v4 = gateway.ipv4.into_iter().map(IpAddr::V4);
    Ok(v4.chain(gateway.ipv6.into_iter().map(IpAddr::V6)).collect())
}

/// The portable crates tell no interface beside the gateway.
pub(super) const fn zone() -> Option<u32> {
    None
}

/// The battery's own word is all that the portable crates tell.
pub(super) const fn charger() -> Option<bool> {
    None
}

pub(super) const fn power_unknown() -> Option<&'static str> {
    None
}

pub(super) const fn homes() -> Vec<PathBuf> {
    vec![]
}

pub(super) fn expand_variables(place: &str) -> Option<PathBuf> {
    const FOLDERS: [(&str, &str); 2] = [
        ("%ProgramFiles%", r"C:\Program Files"),
        ("%ProgramFiles(x86)%", r"C:\Program Files (x86)"),
    ];
    for (variable, folder) in FOLDERS {
        if let Some(rest) = place.strip_prefix(variable) {
            return Some(PathBuf::from(format!("{folder}{rest}")));
        }
    }
    Some(PathBuf::from(place)).filter(|path| path.is_absolute())
}

pub(super) const fn app_version(_: &Path) -> Option<Version> {
    None
}

pub(super) fn matching_processes(names: &[&str]) -> io::Result<Vec<Named>> {
    let mut system = sysinfo::System::new().map_err(|error| io::Error::other(format!("{error:?}")))?;
    let nothing_more = sysinfo::ProcessRefreshKind::nothing();
    system.refresh_processes_specifics(sysinfo::ProcessesToUpdate::All, true, nothing_more);
    let which = |name: &std::ffi::OsStr| {
        let name = name.to_str()?;
        names.iter().position(|wanted| wanted.eq_ignore_ascii_case(name))
    };
    Ok(system
        .processes()
        .iter()
        .filter_map(|(pid, process)| {
            let name = which(process.name())?;
            let copy = Match {
                pid: i32::try_from(pid.as_u32()).ok()?,
                since: i64::try_from(process.start_time()).ok(),
            };
            Some(Named { name, copy })
        })
        .collect())
}

/// Not read on this system yet.
pub(super) fn link() -> Outcome<Link> {
    Outcome::Unsupported(ShortText::fit("the connection is not read on this system yet"))
}

/// Not read on this system yet.
pub(super) fn updates() -> Outcome<Updates> {
    Outcome::Unsupported(ShortText::fit("updates are not read on this system yet"))
}

/// Not read on this system yet.
pub(super) fn sleep_settings() -> Outcome<SleepSettings> {
    Outcome::Unsupported(ShortText::fit("sleep settings are not read on this system yet"))
}

/// Nothing but paths is known of test apps on this system.
pub(super) const fn registered(_: &AppIdentity) -> Option<Registered> {
    None
}

/// A program that is looked at each second.
#[derive(Debug)]
pub struct Followed {
    copy: Match,
}

impl Followed {
    /// Begins to follow a program.
    ///
    /// # Errors
    /// Never here; systems with handles refuse what has ended.
    pub fn start(copy: Match) -> io::Result<Self> {
        Ok(Self { copy })
    }

    /// Whether this is the program that the match describes.
    #[must_use]
    pub fn is(&self, copy: &Match) -> bool {
        self.copy == *copy
    }

    /// Ends when it has ended.
    pub async fn ended(&self) -> ExitKind {
        let mut ticks = tokio::time::interval(LOOK_EACH);
        loop {
            ticks.tick().await;
            if !self.still_runs() {
                return ExitKind::Unknown;
            }
        }
    }

    fn still_runs(&self) -> bool {
        let Ok(number) = u32::try_from(self.copy.pid) else {
            return false;
        };
        let pid = sysinfo::Pid::from_u32(number);
        let Ok(mut system) = sysinfo::System::new() else {
            return true;
        };
        let nothing_more = sysinfo::ProcessRefreshKind::nothing();
        system.refresh_processes_specifics(sysinfo::ProcessesToUpdate::Some(&[pid]), true, nothing_more);
        system
            .process(pid)
            .is_some_and(|process| i64::try_from(process.start_time()).ok() == self.copy.since)
    }
}
