//! The first configuration of a new installation, written for a person who answered a few questions.
//!
//! What is written is read back by the same strict reader as any other file before it gets its name: a file that set-up
//! made and that the next start refuses would be the worst of both worlds.

mod answers;
mod file;
#[cfg(test)]
mod tests;
mod zones;

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

pub use answers::{Answers, Platform, Wrong, WrongAnswers};
pub use zones::{Zones, zones};

use super::{BadConfig, Config, load};
use crate::private;

/// Name of the configuration in the data folder, which `serve` uses when it is given none.
pub const FILE_NAME: &str = "collector.toml";
/// Folder of the requirement files beside it.
pub const PROFILES_FOLDER: &str = "profiles";

/// Why no first configuration was made.
#[derive(Debug, thiserror::Error)]
pub enum NotWritten {
    /// There is one. It may have been written by hand.
    #[error("{} is there already; change it in an editor and start the collector again", .0.display())]
    There(PathBuf),
    /// The disk said no.
    #[error("{} cannot be written", path.display())]
    Write {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// What was written cannot be read back; it is not kept.
    #[error("what was written cannot be used")]
    Unusable(#[source] BadConfig),
}

/// Writes `collector.toml` and `profiles/` into the data folder and gives what they say. Either all of it is there
/// afterwards or no `collector.toml`.
///
/// # Errors
///
/// When there is one already, or the disk cannot take it.
pub fn write(data: &Path, answers: &Answers) -> Result<Config, NotWritten> {
    let named = data.join(FILE_NAME);
    if named.exists() {
        return Err(NotWritten::There(named));
    }
    let profiles = data.join(PROFILES_FOLDER);
    private::make_folder(&profiles).map_err(|source| NotWritten::Write {
        path: profiles.clone(),
        source,
    })?;
    for platform in Platform::ALL {
        let path = profiles.join(platform.file());
        // One that is there was put there by a person, or by an earlier try.
        if !path.exists() {
            put(&path, platform.profile())?;
        }
    }
    let beside = data.join(format!("{FILE_NAME}.unfinished"));
    put(&beside, &file::text(answers))?;
    let config = load(&beside).map_err(NotWritten::Unusable).and_then(|config| {
        let kept = fs::rename(&beside, &named).and_then(|()| private::sync_folder(data));
        kept.map_err(|source| NotWritten::Write {
            path: named.clone(),
            source,
        })?;
        Ok(config)
    });
    if config.is_err() {
        let _gone = fs::remove_file(&beside);
    }
    config
}

fn put(path: &Path, text: &str) -> Result<(), NotWritten> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
        .open(path)
        .and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        })
        .map_err(|source| NotWritten::Write {
            path: path.to_owned(),
            source,
        })
}
