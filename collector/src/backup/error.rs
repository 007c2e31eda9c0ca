//! Why a backup could not be made, opened or restored, in words for whoever stands at the collector's computer.

use std::io;
use std::path::{Path, PathBuf};

use crate::limits::BACKUP_MOST_KEYS;
use crate::store::StoreError;
use crate::store::sqlite::Unsound;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Something is there that must not be overwritten.
    #[error("{} is there already; nothing is ever overwritten: choose another name", .0.display())]
    There(PathBuf),
    /// The target of a restore holds something.
    #[error(
        "{} is not empty, and a restore never goes over data: choose a folder that is empty or not there yet",
        .0.display()
    )]
    NotEmpty(PathBuf),
    /// No space left.
    #[error("the disk that holds {} is full: nothing was kept there; free some space and try again", path.display())]
    Full {
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file or folder cannot be used.
    #[error("{} cannot be {doing}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// What was being done.
        doing: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// A file of the data folder that a backup cannot carry.
    #[error("{} cannot be backed up: {why}", path.display())]
    CannotCarry {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// The collector's data.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The machine's random source, or the encryption itself.
    #[error("the backup cannot be encrypted: {0}")]
    Encrypt(String),
    /// Not a public key.
    #[error(
        "{given} is no public key of a backup: it begins with age1 and is printed by `backup key`: {why}"
    )]
    NotARecipient {
        /// What was given.
        given: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Over the limit.
    #[error("a backup can be made for {BACKUP_MOST_KEYS} keys, but {0} were given")]
    ManyKeys(usize),
    /// Not a key file.
    #[error("{} holds no key that opens backups: a line that begins with AGE-SECRET-KEY-1 is missing or damaged", .0.display())]
    NotAKey(PathBuf),
    /// The wrong key.
    #[error("this key does not open the backup: it was made for another one")]
    WrongKey,
    /// Not a backup at all.
    #[error("{} is no backup of RoomReady, or its first bytes are damaged", .0.display())]
    NotABackup(PathBuf),
    /// Changed, cut off, or over a limit.
    #[error("the backup is damaged or incomplete: {0}; nothing of it was used")]
    Damaged(String),
    /// Made by a program to come.
    #[error("the backup was made by a newer RoomReady ({made_by}); use that version or a later one")]
    Newer {
        /// Its version.
        made_by: String,
    },
    /// The database inside.
    #[error("the backup came whole, but its database must not be used")]
    Unsound(
        #[from]
        #[source]
        Unsound,
    ),
    /// The database of the running collector.
    #[error(
        "no backup was made: the collector's own database is not sound, and a copy of it would be no better"
    )]
    OwnUnsound(#[source] Unsound),
    /// The database is sound but not the one that the manifest speaks of.
    #[error(
        "the backup contradicts itself: its list says {listed}, its database {found}; nothing of it was used"
    )]
    Contradiction {
        /// By the manifest.
        listed: String,
        /// By the database.
        found: String,
    },
    /// The target is a disk of its own.
    #[error(
        "{} cannot be put in place in one step, for it is a disk or mount of its own; restore into a folder inside it",
        path.display()
    )]
    Mount {
        /// The target.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl BackupError {
    /// Wraps what the system said of a file or folder.
    pub(super) fn io(path: &Path, doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                Self::Full { path, source }
            }
            io::ErrorKind::AlreadyExists => Self::There(path),
            _ => Self::Io { path, doing, source },
        }
    }

    /// A fault of the backup itself.
    pub(super) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged(what.into())
    }
}
