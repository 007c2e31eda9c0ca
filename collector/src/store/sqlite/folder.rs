//! The data folder: made for its owner alone, used by one collector at a time.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::fault::Fault;
use crate::private;
use crate::store::StoreError;

/// The database in the folder.
pub const DATABASE: &str = "roomready.sqlite3";
/// The file whose lock says that a collector runs here. Never removed: removing it would let two in.
const LOCK: &str = "collector.lock";
/// How long a connection waits for another one's lock. Ours never collide; a copy tool may hold one for a moment.
pub(super) const PATIENCE_WITH_LOCKS: Duration = Duration::from_secs(5);
/// What the log may keep on disk after a checkpoint: a busy minute, not the biggest one ever.
const LOG_KEPT_BYTES: i64 = 16 * 1024 * 1024;
/// Prepared statements that a connection keeps; there are about fifty.
const STATEMENTS_KEPT: usize = 64;

/// A data folder that is ours until this is dropped.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// The lock lives as long as this handle, and ends with the process however that ends.
    _lock: File,
}

impl Folder {
    /// Makes the folder if needed and takes it.
    pub(super) fn claim(path: &Path) -> Result<Self, StoreError> {
        let failed = |doing: &'static str| {
            move |source: io::Error| StoreError::Folder {
                folder: path.to_owned(),
                doing,
                source: Arc::new(source),
            }
        };
        private::make_folder(path).map_err(failed("making it"))?;
        private::check_data_folder(path)?;
        let lock = private::open_or_make_file(&path.join(LOCK)).map_err(failed("making its lock file"))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::InUse {
                    folder: path.to_owned(),
                });
            }
            Err(TryLockError::Error(source)) => return Err(failed("locking it")(source)),
        }
        // Made before SQLite does, for its permissions; the log files that SQLite adds inherit them.
        private::open_or_make_file(&path.join(DATABASE)).map_err(failed("making its database file"))?;
        private::sync_folder(path).map_err(failed("making its files durable"))?;
        Ok(Self {
            path: path.to_owned(),
            _lock: lock,
        })
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The one connection that may change anything.
    pub(super) fn open_for_writing(&self) -> Result<Connection, StoreError> {
        self.open(OpenFlags::SQLITE_OPEN_READ_WRITE)
            .and_then(|connection| {
                connection.pragma_update(None, "journal_mode", "WAL")?;
                connection.pragma_update(None, "synchronous", "FULL")?;
                // macOS: without it a sync stops at the drive's cache, which a power cut empties.
                connection.pragma_update(None, "fullfsync", true)?;
                connection.pragma_update(None, "journal_size_limit", LOG_KEPT_BYTES)?;
                connection.pragma_update(None, "foreign_keys", true)?;
                Ok(connection)
            })
            .map_err(|error| Fault::Sql(error).into_error("open the database"))
    }

    /// A connection that cannot change anything.
    pub(super) fn open_for_reading(&self) -> Result<Connection, StoreError> {
        self.open(OpenFlags::SQLITE_OPEN_READ_ONLY)
            .map_err(|error| Fault::Sql(error).into_error("open the database for reading"))
    }

    fn open(&self, access: OpenFlags) -> rusqlite::Result<Connection> {
        // Each connection stays on its one thread, so SQLite's own mutexes would protect nothing.
        let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(self.path.join(DATABASE), flags)?;
        connection.busy_timeout(PATIENCE_WITH_LOCKS)?;
        connection.pragma_update(None, "trusted_schema", false)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
        Ok(connection)
    }
}
