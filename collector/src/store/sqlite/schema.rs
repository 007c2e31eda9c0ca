//! The layout of the database: numbered migrations, each applied once, all in one transaction at start.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior};
use uuid::Uuid;

use super::fault::Fault;
use super::folder::Folder;
use crate::store::StoreError;

/// Marks a database file as ours ("RRDY"), so that another program's is never migrated.
pub(super) const APPLICATION: i64 = 0x5252_4459;

/// Every migration, in order: the first one makes layout 1.
pub(super) const MIGRATIONS: [&str; 8] = [
    include_str!("../../../migrations/sqlite/0001_first_light.sql"),
    include_str!("../../../migrations/sqlite/0002_event_times.sql"),
    include_str!("../../../migrations/sqlite/0003_keys_and_credentials.sql"),
    include_str!("../../../migrations/sqlite/0004_people.sql"),
    include_str!("../../../migrations/sqlite/0005_access_log.sql"),
    include_str!("../../../migrations/sqlite/0006_proctors.sql"),
    include_str!("../../../migrations/sqlite/0007_notices.sql"),
    include_str!("../../../migrations/sqlite/0008_tokens.sql"),
];

/// Brings the database to this program's layout.
pub(super) fn migrate(connection: &mut Connection, folder: &Folder) -> Result<(), StoreError> {
    let known = i64::try_from(MIGRATIONS.len()).expect("a handful of migrations");
    let doing = "bring the database to this version's layout";
    let sql = |error| Fault::Sql(error).into_error(doing);
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(sql)?;
    let found = pragma(&transaction, "user_version").map_err(sql)?;
    let application = pragma(&transaction, "application_id").map_err(sql)?;
    if found != 0 && application != APPLICATION {
        return Err(StoreError::Damaged {
            what: format!(
                "the database in {} was not made by RoomReady",
                folder.path().display()
            ),
            source: None,
        });
    }
    if found > known {
        return Err(StoreError::Newer {
            folder: folder.path().to_owned(),
            found,
            known,
        });
    }
    if found == known {
        return Ok(());
    }
    let first = usize::try_from(found).map_err(|source| StoreError::Damaged {
        what: format!("the database says that its layout is number {found}"),
        source: Some(Arc::new(source)),
    })?;
    for migration in &MIGRATIONS[first..] {
        transaction.execute_batch(migration).map_err(sql)?;
    }
    transaction
        .pragma_update(None, "application_id", APPLICATION)
        .and_then(|()| transaction.pragma_update(None, "user_version", known))
        .and_then(|()| draw_district(&transaction))
        .and_then(|()| transaction.commit())
        .map_err(sql)
}

/// Makes a database as an older program left it.
#[cfg(test)]
pub(crate) fn make_layout(database: &std::path::Path, layout: usize) -> rusqlite::Result<()> {
    let connection = Connection::open(database)?;
    for migration in &MIGRATIONS[..layout] {
        connection.execute_batch(migration)?;
    }
    connection.pragma_update(None, "application_id", APPLICATION)?;
    connection.pragma_update(
        None,
        "user_version",
        i64::try_from(layout).expect("a handful of migrations"),
    )?;
    connection
        .execute(
            "INSERT INTO meta (key, value) VALUES ('district', ?1)",
            [Uuid::new_v4().to_string()],
        )
        .map(drop)
}

fn pragma(transaction: &Transaction<'_>, name: &str) -> rusqlite::Result<i64> {
    transaction.pragma_query_value(None, name, |row| row.get(0))
}

fn draw_district(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    transaction
        .execute(
            "INSERT INTO meta (key, value) VALUES ('district', ?1) ON CONFLICT DO NOTHING",
            [Uuid::new_v4().to_string()],
        )
        .map(drop)
}

/// The district's identity.
pub(super) fn district(connection: &Connection) -> Result<Uuid, Fault> {
    let text: Option<String> = connection
        .query_row("SELECT value FROM meta WHERE key = 'district'", [], |row| {
            row.get(0)
        })
        .optional()?;
    let text = text.ok_or_else(|| Fault::Damaged {
        what: "the district's identity is missing".to_owned(),
        source: None,
    })?;
    text.parse()
        .map_err(Fault::damaged("the district's identity cannot be read"))
}

/// Writes something that nobody needs.
pub(super) fn write_trial(connection: &Connection) -> Result<(), Fault> {
    // A different value each time, or SQLite would see that nothing changes and write nothing.
    connection
        .prepare_cached(
            "INSERT INTO meta (key, value) VALUES ('trial', '1')
             ON CONFLICT DO UPDATE SET value = CAST(value AS INTEGER) + 1",
        )?
        .execute([])?;
    Ok(())
}

/// Reads what was written.
pub(super) fn read_trial(connection: &Connection) -> Result<(), Fault> {
    connection
        .prepare_cached("SELECT value FROM meta WHERE key = 'trial'")?
        .query_row([], |row| row.get::<_, String>(0))?;
    Ok(())
}
