//! Why the store could not do what it was asked, in words for the person who runs the collector.

use std::path::PathBuf;
use std::sync::Arc;

use roomready_shared::ids::{DeviceId, StreamId, Title};
use roomready_shared::units::Timestamp;

use crate::domain::identity::{AccessRefused, KeyId, KeyRefused, NotAdmitted};
use crate::limits;
use crate::private::Loose;

/// A cause, shared because one failed commit answers many callers.
pub type Cause = Arc<dyn std::error::Error + Send + Sync>;

/// The store could not do it. Whatever the variant: nothing of that call has happened.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// A rule of the store speaks against it; trying again gives the same answer.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Too much is waiting already.
    #[error("too much is waiting to be stored; try again in a moment")]
    Busy,
    /// No space left.
    #[error("the disk that holds the collector's data is full; free some space, it goes on by itself")]
    Full(#[source] Cause),
    /// The disk or file system fails.
    #[error("the disk that holds the collector's data does not work: cannot {doing}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// What the system said.
        source: Cause,
    },
    /// What is stored cannot be what was written.
    #[error("the collector's data is damaged: {what}; set the data folder aside and restore it from a copy")]
    Damaged {
        /// Which thing.
        what: String,
        /// How that was seen.
        source: Option<Cause>,
    },
    /// The store refuses what it should take: our own mistake.
    #[error("cannot {doing}: the store refused it, which is a fault of RoomReady; please report it")]
    Unexpected {
        /// What was being done.
        doing: &'static str,
        /// What SQLite said.
        source: Cause,
    },
    /// The store has been closed.
    #[error("the store is closed because the collector is stopping")]
    Closed,
    /// A newer program has used this data.
    #[error(
        "the data in {folder} was last used by a newer RoomReady (layout {found}, this program knows up to {known}); \
         start that version, or restore a copy made before the update", folder = folder.display()
    )]
    Newer {
        /// The data folder.
        folder: PathBuf,
        /// Layout found.
        found: i64,
        /// Newest layout that this program knows.
        known: i64,
    },
    /// Another collector runs on it.
    #[error(
        "another collector is already running on {folder}; stop it first, or choose another data folder",
        folder = folder.display()
    )]
    InUse {
        /// The data folder.
        folder: PathBuf,
    },
    /// Other accounts of the computer can reach the data.
    #[error(transparent)]
    Loose(#[from] Loose),
    /// The data folder cannot be used.
    #[error("cannot use {folder} as data folder: {doing} failed", folder = folder.display())]
    Folder {
        /// The data folder.
        folder: PathBuf,
        /// What was being done.
        doing: &'static str,
        /// What the system said.
        source: Cause,
    },
}

/// Rules that the store itself keeps.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The enrolment key does not let in.
    #[error(transparent)]
    Key(#[from] KeyRefused),
    /// The key is right, and not for this device.
    #[error(transparent)]
    NotAdmitted(#[from] NotAdmitted),
    /// There is no enrolment key of this name.
    #[error("there is no enrolment key {0}; `enrollment list` shows those there are")]
    NoSuchKey(KeyId),
    /// The credential does not allow it.
    #[error(transparent)]
    Access(#[from] AccessRefused),
    /// No such sign-in link, or it was used before.
    #[error("this link is not known or has been used; ask for a new one")]
    LinkSpent,
    /// The link has ended.
    #[error("this link ended at {0}; ask for a new one")]
    LinkEnded(Timestamp),
    /// No such account, or it is closed.
    #[error("there is no such account, or it was closed")]
    AccountUnknown,
    /// The code's time step was used before.
    #[error("this code was used already; wait for the next one")]
    CodeUsed,
    /// Nobody would be left to look after accounts.
    #[error("this is the only administrator; make somebody else one first")]
    LastAdministrator,
    /// Another open account has the name.
    #[error("there is an account called \"{0}\" already; add a middle initial, or the school")]
    NameTaken(Title),
    /// See [`limits::MOST_ACCOUNTS`].
    #[error(
        "there are {} open accounts, which is the most; close some that are not used",
        limits::MOST_ACCOUNTS
    )]
    TooManyAccounts,
    /// No such proctor link.
    #[error("this proctor link is not known; ask your coordinator for a new one")]
    ProctorLinkUnknown,
    /// The link was ended.
    #[error("this proctor link was ended; ask your coordinator for a new one")]
    ProctorLinkRevoked,
    /// No such device.
    #[error("device {0} is not enrolled")]
    DeviceUnknown(DeviceId),
    /// The stream belongs to somebody else: a copied outbox, or a forged report.
    #[error("record stream {0} belongs to another device; its outbox was copied, begin a new stream")]
    StreamOfAnother(StreamId),
}

macro_rules! refuses {
    ($($rule:ident,)*) => {$(
        impl From<$rule> for StoreError {
            fn from(rule: $rule) -> Self {
                Self::Refused(rule.into())
            }
        }
    )*};
}
refuses!(AccessRefused, KeyRefused, NotAdmitted,);
