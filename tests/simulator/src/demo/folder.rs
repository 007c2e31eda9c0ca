//! The demo's data folder: a temporary one that is removed at the end, or the caller's, which is kept.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use roomready_shared::units::Timestamp;
use tempfile::TempDir;

use super::DemoError;
use crate::school::{ACCESS_POINTS, ACCESS_POINTS_FILE, config_text, usable_zone};

/// The requirements that the demo's devices are judged by: the ones that are delivered, unchanged.
const PROFILE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../configs/profiles/testnav-2026-27.toml"
);
/// Their name beside the configuration.
const PROFILE_NAME: &str = "testnav-2026-27.toml";
/// A file that says that a folder is a demo's. Nothing is written into a folder with content but without it.
const MARK: &str = "roomready-demo.txt";
const MARK_TEXT: &str = "This folder belongs to the RoomReady demo. It may be removed when no demo runs.\n";

/// Where everything is.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// Removes the folder when it is dropped.
    temporary: Option<TempDir>,
}

impl Folder {
    /// Takes the caller's folder, or makes a temporary one.
    ///
    /// # Errors
    /// When it cannot be written, or holds something that is not a demo's.
    pub fn prepare(chosen: Option<&Path>) -> Result<Self, DemoError> {
        let folder = match chosen {
            Some(path) => {
                let unusable = |source| DemoError::Folder {
                    path: path.to_owned(),
                    source,
                };
                fs::create_dir_all(path).map_err(unusable)?;
                let path = path.canonicalize().map_err(unusable)?;
                if !is_usable(&path).map_err(unusable)? {
                    return Err(DemoError::NotADemo { path });
                }
                Self {
                    path,
                    temporary: None,
                }
            }
            None => {
                let unusable = |source| DemoError::Folder {
                    path: std::env::temp_dir(),
                    source,
                };
                let temporary = tempfile::Builder::new()
                    .prefix("roomready-demo-")
                    .tempdir()
                    .map_err(unusable)?;
                Self {
                    path: temporary.path().to_owned(),
                    temporary: Some(temporary),
                }
            }
        };
        write(&folder.path.join(MARK), MARK_TEXT)?;
        for inner in [folder.config(), folder.this_computer()] {
            fs::create_dir_all(&inner).map_err(|source| DemoError::Folder { path: inner, source })?;
        }
        Ok(folder)
    }

    /// Writes the configuration for a demo that starts now, beside a copy of the requirements. Gives its path.
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub fn write_config(&self, now: Timestamp) -> Result<PathBuf, DemoError> {
        let profile = fs::read_to_string(PROFILE).map_err(|source| DemoError::Profile {
            path: PROFILE.into(),
            source,
        })?;
        write(&self.config().join(PROFILE_NAME), &profile)?;
        write(&self.config().join(ACCESS_POINTS_FILE), ACCESS_POINTS)?;
        let zone = usable_zone(TimeZone::system(), now);
        let path = self.config().join("collector.toml");
        write(&path, &config_text(now, &zone, PROFILE_NAME))?;
        Ok(path)
    }

    fn config(&self) -> PathBuf {
        self.path.join("config")
    }

    /// The collector's own data folder.
    #[must_use]
    pub fn collector(&self) -> PathBuf {
        self.path.join("collector")
    }

    /// The data folder of the real agent.
    #[must_use]
    pub fn this_computer(&self) -> PathBuf {
        self.path.join("this-computer")
    }

    /// The whole folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it stays when the demo is over.
    #[must_use]
    pub const fn is_kept(&self) -> bool {
        self.temporary.is_none()
    }
}

fn write(path: &Path, text: &str) -> Result<(), DemoError> {
    fs::write(path, text).map_err(|source| DemoError::Folder {
        path: path.to_owned(),
        source,
    })
}

fn is_usable(path: &Path) -> io::Result<bool> {
    Ok(path.join(MARK).try_exists()? || fs::read_dir(path)?.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_temporary_folder_is_removed_and_a_chosen_one_is_kept_and_can_be_used_again() {
        let temporary = Folder::prepare(None).unwrap();
        let path = temporary.path().to_owned();
        assert!(path.join(MARK).exists() && !temporary.is_kept());
        drop(temporary);
        assert!(!path.exists());

        let chosen = tempfile::tempdir().unwrap();
        let path = chosen.path().join("new").join("demo");
        for _ in 0..2 {
            let folder = Folder::prepare(Some(&path)).unwrap();
            assert!(folder.is_kept());
        }
        assert!(path.join(MARK).exists());
    }

    #[test]
    fn a_folder_with_somebodys_files_is_refused_and_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("thesis.txt"), "two years of work").unwrap();
        let error = Folder::prepare(Some(folder.path())).unwrap_err();
        assert!(
            matches!(error, DemoError::NotADemo { .. }) && error.can_be_mended(),
            "{error}"
        );
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_told_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a-file");
        fs::write(&file, "").unwrap();
        let error = Folder::prepare(Some(&file.join("demo"))).unwrap_err();
        assert!(
            error.can_be_mended() && error.to_string().contains("choose another folder with --data"),
            "{error}"
        );
    }

    #[test]
    fn what_the_demo_writes_is_a_configuration_that_the_collector_accepts() {
        let folder = Folder::prepare(None).unwrap();
        let path = folder
            .write_config("2026-10-06T13:40:31Z".parse().unwrap())
            .unwrap();
        let config = roomready_collector::config::load(&path).unwrap_or_else(|bad| panic!("{bad}"));
        assert!(config.district.requirement().is_some());
    }
}
