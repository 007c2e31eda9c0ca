//! A short visit to a data folder in which a collector may be running: adds a sign-in link or an enrolment key, ends a
//! key or a credential, so that all of it can be asked for at the collector's computer without stopping it.
//!
//! It does not claim the folder. SQLite keeps the two apart: a visit holds the writer's lock for one small commit,
//! and the collector's own writer waits that long. The collector keeps neither links nor keys in memory; for changed
//! credentials it looks each second.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use roomready_shared::ids::DeviceId;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::fault::Fault;
use super::folder::{DATABASE, PATIENCE_WITH_LOCKS};
use super::{access, devices, keys, schema, staff};
use crate::domain::entry::Actor;
use crate::domain::identity::{AccessStep, EnrolmentKey, KeyId};
use crate::store::{AccessNow, KnownDevice, SignInLink, StoreError};

/// Somebody at the collector's computer.
#[derive(Debug)]
pub struct Visitor {
    connection: Connection,
}

impl Visitor {
    /// Opens a data folder that a collector of this very version has made.
    ///
    /// # Errors
    /// When there is no such folder, or when its data is of another version: a visit never changes the layout.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let database = folder.join(DATABASE);
        database.metadata().map_err(|source| StoreError::Folder {
            folder: folder.to_owned(),
            doing: "finding a collector's data in it",
            source: Arc::new(source),
        })?;
        let sql = |error| Fault::Sql(error).into_error("open the database");
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(database, flags).map_err(sql)?;
        connection.busy_timeout(PATIENCE_WITH_LOCKS).map_err(sql)?;
        connection
            .pragma_update(None, "synchronous", "FULL")
            .map_err(sql)?;
        connection
            .pragma_update(None, "trusted_schema", false)
            .map_err(sql)?;
        connection
            .pragma_update(None, "foreign_keys", true)
            .map_err(sql)?;
        let pragma = |name| {
            connection
                .pragma_query_value(None, name, |row| row.get::<_, i64>(0))
                .map_err(sql)
        };
        let (application, found) = (pragma("application_id")?, pragma("user_version")?);
        let known = i64::try_from(schema::MIGRATIONS.len()).expect("a handful of migrations");
        if application == schema::APPLICATION && found > known {
            return Err(StoreError::Newer {
                folder: folder.to_owned(),
                found,
                known,
            });
        }
        if application != schema::APPLICATION || found < known {
            return Err(StoreError::Damaged {
                what: format!(
                    "the database in {} is not one that this version of RoomReady has used; start its collector once",
                    folder.display()
                ),
                source: None,
            });
        }
        Ok(Self { connection })
    }

    /// Adds a sign-in link.
    ///
    /// # Errors
    /// When it cannot be stored.
    pub fn add_link(&self, link: &SignInLink) -> Result<(), StoreError> {
        staff::add_link(&self.connection, link).map_err(|fault| fault.into_error("add a sign-in link"))
    }

    /// Adds an enrolment key.
    ///
    /// # Errors
    /// When it cannot be stored.
    pub fn add_key(&mut self, key: &EnrolmentKey) -> Result<(), StoreError> {
        self.write("add an enrolment key", |connection| keys::add(connection, key))
    }

    /// Every enrolment key, the newest first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn keys(&self) -> Result<Vec<EnrolmentKey>, StoreError> {
        keys::all(&self.connection).map_err(|fault| fault.into_error("list the enrolment keys"))
    }

    /// Ends an enrolment key.
    ///
    /// # Errors
    /// When there is none of this id, or it cannot be stored.
    pub fn revoke_key(&mut self, id: KeyId, at: Timestamp) -> Result<EnrolmentKey, StoreError> {
        self.write("end an enrolment key", |connection| {
            keys::revoke(connection, id, Actor::Console, at)
        })
    }

    /// Every device.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn devices(&self) -> Result<Vec<KnownDevice>, StoreError> {
        devices::all(&self.connection).map_err(|fault| fault.into_error("list the devices"))
    }

    /// Takes a step with a device's credential.
    ///
    /// # Errors
    /// When it cannot be taken or stored.
    pub fn change_access(
        &mut self,
        device: DeviceId,
        step: AccessStep,
        at: Timestamp,
    ) -> Result<AccessNow, StoreError> {
        self.write("change a device's credential", |connection| {
            access::step(connection, device, step, Actor::Console, at)
        })
    }

    /// A change and its entry in the record are one.
    fn write<T>(
        &mut self,
        doing: &'static str,
        work: impl FnOnce(&Connection) -> Result<T, Fault>,
    ) -> Result<T, StoreError> {
        let sql = |error| Fault::Sql(error).into_error(doing);
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(sql)?;
        let done = work(&transaction).map_err(|fault| fault.into_error(doing))?;
        transaction.commit().map_err(sql)?;
        Ok(done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::SecretHash;
    use crate::store::sqlite::SqliteStore;
    use crate::store::{StaffSession, Store as _};

    #[tokio::test]
    async fn a_link_that_a_visitor_leaves_works_in_the_running_collector() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path()).unwrap();
        let now: Timestamp = "2026-10-06T08:00:00Z".parse().unwrap();
        let ends = "2026-10-06T09:00:00Z".parse().unwrap();
        let token = SecretHash::from_bytes([7; 32]);
        Visitor::open(folder.path())
            .unwrap()
            .add_link(&SignInLink { token, ends })
            .unwrap();
        let cookie = SecretHash::from_bytes([8; 32]);
        store
            .spend_link(
                token,
                StaffSession {
                    cookie,
                    name: None,
                    ends,
                },
                now,
            )
            .await
            .unwrap();
        store.close().await.unwrap();
    }

    #[test]
    fn a_folder_without_a_collectors_data_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let error = Visitor::open(folder.path()).unwrap_err().to_string();
        assert!(error.contains("finding a collector's data in it"), "{error}");
    }
}
