//! What `doctor` asks of the system about the agent's own place.

use std::path::Path;

/// Who may use a folder, where the system has such bits.
#[cfg(unix)]
#[must_use]
pub fn mode(path: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    Some(std::fs::metadata(path).ok()?.permissions().mode() & 0o777)
}

/// Windows has lists instead of bits; they are set when the service is installed.
#[cfg(not(unix))]
#[must_use]
pub fn mode(_: &Path) -> Option<u32> {
    None
}

/// Bytes left to an ordinary account on the disk of a folder.
#[cfg(unix)]
#[must_use]
pub fn free(path: &Path) -> Option<u64> {
    let volume = rustix::fs::statvfs(path).ok()?;
    Some(
        volume
            .f_bavail
            .min(volume.f_blocks)
            .saturating_mul(volume.f_frsize),
    )
}

/// Not asked there; the volume of users' files is a reading of its own.
#[cfg(not(unix))]
#[must_use]
pub fn free(_: &Path) -> Option<u64> {
    None
}

/// Whether this account may do everything.
#[cfg(unix)]
#[must_use]
pub fn is_administrator() -> bool {
    rustix::process::geteuid().is_root()
}

/// Not asked there.
#[cfg(not(unix))]
#[must_use]
pub fn is_administrator() -> bool {
    false
}

/// Whether this system tells a stranger how a program ended, where that depends on its version.
#[cfg(target_os = "linux")]
#[must_use]
pub fn tells_exit() -> Option<bool> {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").ok()?;
    let mut numbers = release
        .split(|letter: char| !letter.is_ascii_digit())
        .map(|digits| digits.parse::<u32>().unwrap_or(0));
    Some((numbers.next()?, numbers.next()?) >= (6, 15))
}

/// Does not depend on its version there.
#[cfg(not(target_os = "linux"))]
#[must_use]
pub fn tells_exit() -> Option<bool> {
    None
}
