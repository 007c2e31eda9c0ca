//! The sign-in of this computer, in one small file that its owner alone may read.

use std::io;
use std::path::{Path, PathBuf};

use roomready_agent::keep;
use roomready_shared::address::CollectorAddress;
use roomready_shared::units::Timestamp;
use serde::{Deserialize, Serialize};

const FILE: &str = "watch.json";
/// Largest file that is read.
const MAX_BYTES: u64 = 16 * 1024;

/// What is kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    collector: String,
    /// What the collector gave. Secret.
    pub token: String,
    /// First moment at which it no longer holds.
    pub ends: Timestamp,
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignIn")
            .field("collector", &self.collector)
            .finish_non_exhaustive()
    }
}

/// The file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    /// Others can read it.
    #[error(
        "other accounts of this computer can read {}, which holds your sign-in; run `chmod 600` on it, or sign in again",
        .0.display()
    )]
    Open(PathBuf),
    /// It is not what was written.
    #[error("{} is damaged; sign in again", .0.display())]
    Damaged(PathBuf),
    /// It cannot be read or written.
    #[error("{} cannot be used", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl SignIn {
    /// A new one.
    #[must_use]
    pub fn new(collector: &CollectorAddress, token: String, ends: Timestamp) -> Self {
        Self {
            collector: collector.to_string(),
            token,
            ends,
        }
    }

    /// Whose.
    ///
    /// # Errors
    /// When the file was changed by hand.
    pub fn collector(&self) -> Result<CollectorAddress, roomready_shared::address::NotAnAddress> {
        self.collector.parse()
    }
}

/// The file of a folder.
#[derive(Debug)]
pub struct Shelf(PathBuf);

impl Shelf {
    /// In this folder.
    #[must_use]
    pub fn of(folder: &Path) -> Self {
        Self(folder.join(FILE))
    }

    fn io(&self) -> impl FnOnce(io::Error) -> ShelfError + use<> {
        let path = self.0.clone();
        move |source| ShelfError::Io { path, source }
    }

    /// What is kept, if anything is.
    ///
    /// # Errors
    /// When others can read it, or it cannot be read, or it is damaged.
    pub fn load(&self) -> Result<Option<SignIn>, ShelfError> {
        let Some(text) = keep::read(&self.0, MAX_BYTES).map_err(self.io())? else {
            return Ok(None);
        };
        if is_open_to_others(&self.0).map_err(self.io())? {
            return Err(ShelfError::Open(self.0.clone()));
        }
        let read = serde_json::from_str(&text);
        read.map(Some).map_err(|_| ShelfError::Damaged(self.0.clone()))
    }

    /// Keeps a sign-in in place of the one before.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep(&self, sign_in: &SignIn) -> Result<(), ShelfError> {
        let folder = self.0.parent().unwrap_or(Path::new("."));
        make_folder(folder).map_err(self.io())?;
        let text = serde_json::to_vec_pretty(sign_in).map_err(|error| self.io()(error.into()))?;
        keep::replace(&self.0, &text).map_err(self.io())
    }

    /// Forgets it.
    ///
    /// # Errors
    /// When it is there and cannot be removed.
    pub fn forget(&self) -> Result<(), ShelfError> {
        match std::fs::remove_file(&self.0) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(self.io()(error)),
            _ => Ok(()),
        }
    }
}

#[cfg(unix)]
fn make_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

/// On Windows the folder lies in the account's profile, which is closed to others.
#[cfg(not(unix))]
fn make_folder(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)
}

#[cfg(unix)]
fn is_open_to_others(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(std::fs::metadata(path)?.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_: &Path) -> io::Result<bool> {
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sign_in() -> SignIn {
        let ends = "2027-02-24T15:00:00Z".parse().expect("a time");
        SignIn::new(
            &"https://rooms.example.org".parse().expect("an address"),
            "5ec2e7".to_owned(),
            ends,
        )
    }

    #[test]
    fn a_sign_in_outlives_the_program_and_is_forgotten_when_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let shelf = Shelf::of(&folder.path().join("roomready"));
        assert_eq!(shelf.load().expect("none is no fault"), None);
        shelf.keep(&sign_in()).expect("kept");
        assert_eq!(shelf.load().expect("read"), Some(sign_in()));
        assert!(
            !format!("{:?}", sign_in()).contains("5ec2e7"),
            "it is never printed"
        );
        shelf.forget().expect("forgotten");
        shelf.forget().expect("twice is no fault");
        assert_eq!(shelf.load().expect("none"), None);
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_reads_it_and_one_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let shelf = Shelf::of(folder.path());
        shelf.keep(&sign_in()).expect("kept");
        let path = folder.path().join(FILE);
        let mode = std::fs::metadata(&path).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).expect("opened");
        assert!(matches!(shelf.load(), Err(ShelfError::Open(_))));
    }

    #[test]
    fn a_damaged_one_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let shelf = Shelf::of(folder.path());
        keep::replace(&folder.path().join(FILE), b"{").expect("written");
        assert!(matches!(shelf.load(), Err(ShelfError::Damaged(_))));
    }
}
