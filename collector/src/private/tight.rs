//! Whether a data folder is closed to other accounts. The rule is pure; looking at the files is beside it.

use std::path::{Path, PathBuf};

/// The private CA's folder: its keys let anybody pretend to be the collector.
const CA: &str = "ca";
/// Settings that set-up writes. They hold no secret, but who can change them can change what is "ready".
const PROFILES: &str = "profiles";
/// See [`PROFILES`].
const SETTINGS: &str = "collector.toml";

/// Something in a data folder that other accounts of the computer can reach.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Loose {
    /// Its mode lets them in.
    #[error(
        "{path} can be {how} by other accounts of this computer (its mode is {mode:03o}), and the collector's data \
         speaks about children's test rooms; close it with: chmod {fix:03o} {path}",
        path = path.display(), how = how.words()
    )]
    Open {
        /// The file or folder.
        path: PathBuf,
        /// What others can do with it.
        how: Reach,
        /// Its mode.
        mode: u32,
        /// The mode that it should have.
        fix: u32,
    },
    /// It belongs to another account, which could open it again.
    #[error(
        "{path} belongs to another account (number {owner}; this program runs as number {runs_as}), which can read and \
         change it; run the collector as that account, or give it all to this one: chown -R {runs_as} {path}",
        path = path.display()
    )]
    OfAnother {
        /// The file or folder.
        path: PathBuf,
        /// Whose it is.
        owner: u32,
        /// Who asks.
        runs_as: u32,
    },
}

/// What others can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Look into it, at least.
    Read,
    /// Change it.
    Changed,
}

impl Reach {
    const fn words(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Changed => "read or changed",
        }
    }
}

/// How much others may do with a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    /// Nothing: it is a secret, or leads to one.
    Secret,
    /// Read it, as an editor leaves it.
    Settings,
}

/// What the system says of a file or folder.
#[cfg_attr(not(unix), expect(dead_code))]
#[derive(Debug, Clone, Copy)]
struct Found {
    mode: u32,
    owner: u32,
    is_folder: bool,
}

#[cfg_attr(not(unix), expect(dead_code))]
const ROOT: u32 = 0;

#[cfg_attr(not(unix), expect(dead_code))]
fn judge(path: &Path, found: Found, kept: Kept, runs_as: u32) -> Result<(), Loose> {
    // Root can read everything anyway: a file of root's is nobody else's.
    if found.owner != runs_as && found.owner != ROOT {
        return Err(Loose::OfAnother {
            path: path.to_owned(),
            owner: found.owner,
            runs_as,
        });
    }
    let forbidden = match kept {
        Kept::Secret => 0o077,
        Kept::Settings => 0o022,
    };
    if found.mode & forbidden == 0 {
        return Ok(());
    }
    let how = if found.mode & 0o022 == 0 {
        Reach::Read
    } else {
        Reach::Changed
    };
    Err(Loose::Open {
        path: path.to_owned(),
        how,
        mode: found.mode,
        fix: if found.is_folder { 0o700 } else { 0o600 },
    })
}

/// Looks at a data folder and all that the collector keeps in it. What is not there is not loose. An empty folder of
/// ours is closed here: nothing in it could have been read yet.
///
/// # Errors
/// The first thing that other accounts can reach, with how to close it.
pub fn check_data_folder(folder: &Path) -> Result<(), Loose> {
    let within = inside(folder);
    if within.is_empty() {
        close(folder);
    }
    look(folder, Kept::Secret)?;
    for path in within {
        let Some(name) = path.file_name() else { continue };
        let (kept, deeper) = match name.to_str() {
            Some(CA) => (Kept::Secret, true),
            Some(PROFILES) => (Kept::Settings, true),
            Some(SETTINGS) => (Kept::Settings, false),
            // Not ours: a disk's own folder, a note that somebody left.
            _ if path.is_dir() => continue,
            _ => (Kept::Secret, false),
        };
        look(&path, kept)?;
        if deeper {
            for path in inside(&path) {
                look(&path, kept)?;
            }
        }
    }
    Ok(())
}

/// What cannot be listed is told when it is opened, with its own reason.
fn inside(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .collect();
    found.sort();
    found
}

/// One that cannot be closed is told right after.
#[cfg(unix)]
fn close(folder: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let _told = std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700));
}

#[cfg(not(unix))]
fn close(_folder: &Path) {}

#[cfg(unix)]
fn look(path: &Path, kept: Kept) -> Result<(), Loose> {
    use std::os::unix::fs::MetadataExt as _;
    // Through links: what they lead to is what is read.
    let Ok(about) = std::fs::metadata(path) else {
        return Ok(());
    };
    let found = Found {
        mode: about.mode() & 0o777,
        owner: about.uid(),
        is_folder: about.is_dir(),
    };
    judge(path, found, kept, rustix::process::geteuid().as_raw())
}

#[cfg(not(unix))]
fn look(_path: &Path, _kept: Kept) -> Result<(), Loose> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    const ME: u32 = 1000;

    fn folder(mode: u32, owner: u32) -> Found {
        Found {
            mode,
            owner,
            is_folder: true,
        }
    }

    #[test]
    fn only_what_is_closed_to_others_and_ours_or_roots_is_taken() {
        let judge = |found, kept| judge(Path::new("/data"), found, kept, ME);
        assert_eq!(judge(folder(0o700, ME), Kept::Secret), Ok(()));
        assert_eq!(judge(folder(0o700, ROOT), Kept::Secret), Ok(()));
        assert_eq!(judge(folder(0o755, ME), Kept::Settings), Ok(()));
        for mode in [0o750, 0o701, 0o704, 0o710] {
            let told = judge(folder(mode, ME), Kept::Secret).unwrap_err().to_string();
            assert!(
                told.contains("can be read by") && told.contains("chmod 700 /data"),
                "{told}"
            );
        }
        let told = judge(folder(0o770, ME), Kept::Settings).unwrap_err().to_string();
        assert!(told.contains("read or changed"), "{told}");
        let told = judge(folder(0o700, 1001), Kept::Settings)
            .unwrap_err()
            .to_string();
        assert!(
            told.contains("number 1001") && told.contains("chown -R 1000 /data"),
            "{told}"
        );
        // Run as root on an account's folder: that account could change it while the collector reads.
        assert!(super::judge(Path::new("/data"), folder(0o700, ME), Kept::Secret, ROOT).is_err());
    }

    #[test]
    fn the_keys_of_the_private_ca_are_looked_at_and_settings_may_be_as_an_editor_leaves_them() {
        let data = tempfile::tempdir().unwrap();
        assert_eq!(check_data_folder(data.path()), Ok(()), "an empty one is closed");
        let path = |name: &str| data.path().join(name);
        fs::create_dir(path("ca")).unwrap();
        fs::create_dir(path("profiles")).unwrap();
        fs::create_dir(path("lost+found")).unwrap();
        for (name, mode) in [
            ("ca", 0o700),
            ("lost+found", 0o755),
            ("profiles", 0o755),
            ("collector.toml", 0o644),
            ("profiles/testnav.toml", 0o644),
            ("roomready.sqlite3", 0o600),
            ("ca/key.pem", 0o600),
        ] {
            if !path(name).is_dir() {
                fs::write(path(name), "x").unwrap();
            }
            fs::set_permissions(path(name), Permissions::from_mode(mode)).unwrap();
        }
        assert_eq!(check_data_folder(data.path()), Ok(()));
        for (name, loose, tight) in [
            ("ca/key.pem", 0o640, 0o600),
            ("profiles/testnav.toml", 0o664, 0o644),
            ("roomready.sqlite3", 0o604, 0o600),
            ("ca", 0o711, 0o700),
        ] {
            fs::set_permissions(path(name), Permissions::from_mode(loose)).unwrap();
            let told = check_data_folder(data.path()).unwrap_err().to_string();
            assert!(told.starts_with(&path(name).display().to_string()), "{told}");
            assert!(told.contains("chmod "), "{told}");
            fs::set_permissions(path(name), Permissions::from_mode(tight)).unwrap();
        }
    }
}
