//! A short visit to a data folder in which a collector may be running: adds a one-time link, an account or an
//! enrolment key, ends a key or a credential, copies everything, so that all of it can be asked for at the collector's computer without
//! stopping it.
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
use super::{access, accounts, devices, keys, people, record, schema};
use crate::domain::entry::{Actor, NewEntry};
use crate::domain::identity::{AccessStep, EnrolmentKey, KeyId};
use crate::store::{AccessNow, Account, AccountChange, KnownDevice, OneTimeLink, StoreError, Whereabouts};

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
        let visitor = Self::open_any_layout(folder)?;
        let (application, found) = (visitor.pragma("application_id")?, visitor.pragma("user_version")?);
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
        Ok(visitor)
    }

    /// Opens a data folder whoever has made it: only for [`Self::copy_into`] and [`Self::append`], and only together
    /// with a look at what it is ([`super::inspect`]). The record has had one layout from the first version on.
    ///
    /// # Errors
    /// When there is no database.
    pub fn open_any_layout(folder: &Path) -> Result<Self, StoreError> {
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
        Ok(Self { connection })
    }

    fn pragma(&self, name: &str) -> Result<i64, StoreError> {
        self.connection
            .pragma_query_value(None, name, |row| row.get(0))
            .map_err(|error| Fault::Sql(error).into_error("open the database"))
    }

    /// Adds a one-time link.
    ///
    /// # Errors
    /// When it cannot be stored.
    pub fn add_link(&self, link: &OneTimeLink) -> Result<(), StoreError> {
        people::add_link(&self.connection, link).map_err(|fault| fault.into_error("add a one-time link"))
    }

    /// Adds an account and the entry about it.
    ///
    /// # Errors
    /// When its name is taken, or when it cannot be stored.
    pub fn add_account(&mut self, account: &Account, entry: &NewEntry) -> Result<(), StoreError> {
        self.in_one_unit("add an account", |connection| {
            people::add_account(connection, account, entry)
        })
    }

    /// Changes an open account and writes the entries about it.
    ///
    /// # Errors
    /// When it is closed, when it may not be changed so, or when it cannot be stored.
    pub fn change_account(&mut self, change: &AccountChange) -> Result<(), StoreError> {
        self.in_one_unit("change an account", |connection| {
            accounts::change(connection, change)
        })
    }

    /// Adds a link by which an account's owner chooses a password, and the entry about it.
    ///
    /// # Errors
    /// When the account is closed, or when it cannot be stored.
    pub fn add_recovery(&mut self, link: &OneTimeLink, entry: &NewEntry) -> Result<(), StoreError> {
        self.in_one_unit("add a recovery link", |connection| {
            accounts::add_recovery(connection, link, entry)
        })
    }

    /// Every account, closed ones too, by name.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        people::accounts(&self.connection).map_err(|fault| fault.into_error("list the accounts"))
    }

    /// All of it, or nothing.
    fn in_one_unit<T>(
        &mut self,
        doing: &'static str,
        work: impl FnOnce(&Connection) -> Result<T, Fault>,
    ) -> Result<T, StoreError> {
        let unit = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|error| Fault::Sql(error).into_error(doing))?;
        let done = work(&unit).map_err(|fault| fault.into_error(doing))?;
        unit.commit()
            .map_err(|error| Fault::Sql(error).into_error(doing))?;
        Ok(done)
    }

    /// Where the collector was found at its latest start.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn whereabouts(&self) -> Result<Option<Whereabouts>, StoreError> {
        record::whereabouts(&self.connection).map_err(|fault| fault.into_error("look up where it is found"))
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

    /// Adds one line to the record, and gives its number.
    ///
    /// # Errors
    /// When it cannot be stored.
    pub fn append(&self, entry: &NewEntry) -> Result<u64, StoreError> {
        record::append(&self.connection, entry).map_err(|fault| fault.into_error("append to the record"))
    }

    /// Copies the whole database, as it is at one moment, into an empty file. A running collector goes on writing
    /// meanwhile; its log file grows until the copy is done. What was deleted does not come along.
    ///
    /// # Errors
    /// When the database cannot be read, or the copy cannot be written.
    pub fn copy_into(&self, file: &Path) -> Result<(), StoreError> {
        let doing = "copy the database";
        let name = file.to_str().ok_or_else(|| StoreError::Folder {
            folder: file.to_owned(),
            doing: "writing its name as text",
            source: Arc::new(std::io::Error::from(std::io::ErrorKind::InvalidFilename)),
        })?;
        self.connection
            .execute("VACUUM INTO ?1", [name])
            .map(drop)
            .map_err(|error| Fault::Sql(error).into_error(doing))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store as _;
    use crate::store::contract::story;
    use crate::store::sqlite::SqliteStore;

    #[tokio::test]
    async fn an_account_and_a_link_that_a_visitor_leaves_work_in_the_running_collector() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path()).unwrap();
        let mut visitor = Visitor::open(folder.path()).unwrap();
        let account = story::account(1, "Ada Byron");
        visitor
            .add_account(&account, &story::entry_about(&account))
            .unwrap();
        visitor.add_link(&story::sign_in_link(7, &account)).unwrap();
        let session = story::session(8, &account);
        store
            .spend_link(story::hash(7), session.clone(), story::entry_about(&account))
            .await
            .unwrap();
        let here = store.signed_in(session.cookie, story::at(2)).await.unwrap();
        assert_eq!(here.map(|signed_in| signed_in.account), Some(account));
        store.close().await.unwrap();
    }

    #[test]
    fn a_folder_without_a_collectors_data_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let error = Visitor::open(folder.path()).unwrap_err().to_string();
        assert!(error.contains("finding a collector's data in it"), "{error}");
    }
}
