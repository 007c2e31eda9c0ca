//! What goes wrong inside the SQLite store, and what it is called outside.

use std::sync::Arc;

use rusqlite::ErrorCode;

use crate::domain::identity::{AccessRefused, KeyRefused, NotAdmitted};
use crate::store::{Refusal, StoreError};

/// A failure inside a unit of work. Becomes a [`StoreError`] where the work's purpose is known.
#[derive(Debug)]
pub(super) enum Fault {
    /// SQLite said no.
    Sql(rusqlite::Error),
    /// A rule of the store said no.
    Refused(Refusal),
    /// A row holds what was never written there.
    Damaged {
        what: String,
        source: Option<crate::store::error::Cause>,
    },
}

impl Fault {
    /// A row that cannot be read back.
    pub(super) fn damaged<E>(what: impl Into<String>) -> impl FnOnce(E) -> Self
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        let what = what.into();
        move |source| Self::Damaged {
            what,
            source: Some(Arc::new(source)),
        }
    }

    /// The failure as callers see it.
    pub(super) fn into_error(self, doing: &'static str) -> StoreError {
        match self {
            Self::Refused(refusal) => StoreError::Refused(refusal),
            Self::Damaged { what, source } => StoreError::Damaged { what, source },
            Self::Sql(error) => {
                let code = error.sqlite_error_code();
                let source = Arc::new(error);
                match code {
                    Some(ErrorCode::DiskFull) => StoreError::Full(source),
                    Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy,
                    Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Damaged {
                        what: "the database file cannot be read".to_owned(),
                        source: Some(source),
                    },
                    Some(
                        ErrorCode::SystemIoFailure
                        | ErrorCode::CannotOpen
                        | ErrorCode::ReadOnly
                        | ErrorCode::PermissionDenied
                        | ErrorCode::OutOfMemory
                        | ErrorCode::NoLargeFileSupport
                        | ErrorCode::FileLockingProtocolFailed,
                    ) => StoreError::Io { doing, source },
                    _ => StoreError::Unexpected { doing, source },
                }
            }
        }
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

macro_rules! refuses {
    ($($rule:ident,)*) => {$(
        impl From<$rule> for Fault {
            fn from(rule: $rule) -> Self {
                Self::Refused(rule.into())
            }
        }
    )*};
}
refuses!(AccessRefused, KeyRefused, NotAdmitted,);
