//! Whether a database that comes from elsewhere is one of ours, whole and unaltered in its rules.
//!
//! The layout is compared text by text with the one that our own migrations make: so the triggers that keep the
//! record append-only are there, and nothing is there that was not made by us, such as a trigger that runs a
//! stranger's statements.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::Timestamp;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _};
use uuid::Uuid;

use super::schema::{APPLICATION, MIGRATIONS};

/// Faults that SQLite lists before it stops: the first ones tell enough.
const MOST_FAULTS: i64 = 10;

/// What a sound database holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// Which layout it has.
    pub layout: i64,
    /// Whose it is.
    pub district: Uuid,
    /// Entries of the record: numbered 1 to this, without a gap.
    pub entries: u64,
    /// When the last of them was made.
    pub last_entry: Option<Timestamp>,
    /// Devices.
    pub devices: u64,
    /// Devices' records.
    pub news: u64,
}

/// Why a database is not to be used.
#[derive(Debug, thiserror::Error)]
pub enum Unsound {
    /// SQLite cannot read it, or stopped halfway.
    #[error("the database cannot be read")]
    Unreadable(#[from] rusqlite::Error),
    /// SQLite's own check found something.
    #[error("the database is damaged: {0}")]
    Damaged(String),
    /// Some other program's.
    #[error("the database was not made by RoomReady")]
    NotOurs,
    /// Of a program to come.
    #[error("the database has layout {found}, and this program knows up to {known}; use a newer RoomReady")]
    Newer {
        /// Its layout.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// Tables, indexes or triggers differ from those that we make.
    #[error("the database's layout was altered: {0}")]
    Altered(String),
    /// A row points to nothing.
    #[error("the database is damaged: a row of {0} belongs to something that is not there")]
    Dangling(String),
    /// The record is not whole.
    #[error("the record is not whole: it has {count} entries, numbered from {first} to {last}")]
    Gap {
        /// How many there are.
        count: i64,
        /// The lowest number.
        first: i64,
        /// The highest.
        last: i64,
    },
    /// Something that must be there is not, or not readable.
    #[error("the database is damaged: its {0} cannot be read")]
    Missing(&'static str),
}

/// Looks at a database file that nobody else uses, and changes nothing in it.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn inspect(database: &Path) -> Result<Contents, Unsound> {
    // Not read-only: a database in WAL mode needs its log beside it to be read at all.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(database, flags)?;
    // It may come from somebody who wishes us ill.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "query_only", true)?;
    let layout = layout(&connection)?;
    let faults = faults(&connection)?;
    if let Some(fault) = faults {
        return Err(Unsound::Damaged(fault));
    }
    let dangling: Option<String> = connection
        .query_row("PRAGMA foreign_key_check", [], |row| row.get(0))
        .optional()?;
    if let Some(table) = dangling {
        return Err(Unsound::Dangling(table));
    }
    let (entries, last_entry) = record(&connection)?;
    let count = |table: &str| -> Result<u64, Unsound> {
        let count: i64 =
            connection.query_row(&format!("SELECT COUNT(*) FROM {table}"), [], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    };
    let district: String =
        connection.query_row("SELECT value FROM meta WHERE key = 'district'", [], |row| {
            row.get(0)
        })?;
    Ok(Contents {
        layout,
        district: district.parse().map_err(|_| Unsound::Missing("district"))?,
        entries,
        last_entry,
        devices: count("devices")?,
        news: count("news")?,
    })
}

fn layout(connection: &Connection) -> Result<i64, Unsound> {
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    if pragma("application_id")? != APPLICATION {
        return Err(Unsound::NotOurs);
    }
    let found = pragma("user_version")?;
    let known = i64::try_from(MIGRATIONS.len()).expect("a handful of migrations");
    if found > known {
        return Err(Unsound::Newer { found, known });
    }
    let made = usize::try_from(found)
        .ok()
        .filter(|made| *made > 0)
        .ok_or(Unsound::NotOurs)?;
    let ours = Connection::open_in_memory()?;
    for migration in &MIGRATIONS[..made] {
        ours.execute_batch(migration)?;
    }
    let (ours, theirs) = (objects(&ours)?, objects(connection)?);
    if let Some(missing) = ours.difference(&theirs).next() {
        return Err(Unsound::Altered(format!(
            "{missing} is missing or not as it was made"
        )));
    }
    if let Some(foreign) = theirs.difference(&ours).next() {
        return Err(Unsound::Altered(format!("{foreign} was not made by RoomReady")));
    }
    Ok(found)
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Object {
    kind: String,
    name: String,
    sql: String,
}

impl std::fmt::Display for Object {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.kind, self.name)
    }
}

/// Tables, indexes, triggers and views, but those that SQLite makes by itself.
fn objects(connection: &Connection) -> Result<BTreeSet<Object>, Unsound> {
    let mut statement = connection
        .prepare("SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite~_%' ESCAPE '~'")?;
    let rows = statement.query_map([], |row| {
        Ok(Object {
            kind: row.get(0)?,
            name: row.get(1)?,
            sql: row.get(2)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn faults(connection: &Connection) -> Result<Option<String>, Unsound> {
    let mut statement = connection.prepare(&format!("PRAGMA integrity_check({MOST_FAULTS})"))?;
    let lines: Vec<String> = statement
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok((lines != ["ok"]).then(|| lines.join("; ")))
}

fn record(connection: &Connection) -> Result<(u64, Option<Timestamp>), Unsound> {
    let (count, first, last): (i64, i64, i64) = connection.query_row(
        "SELECT COUNT(*), COALESCE(MIN(seq), 1), COALESCE(MAX(seq), 0) FROM entries",
        [],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    if first != 1 || last != count {
        return Err(Unsound::Gap { count, first, last });
    }
    let at: Option<i64> = connection
        .query_row("SELECT at FROM entries ORDER BY seq DESC LIMIT 1", [], |row| {
            row.get(0)
        })
        .optional()?;
    let at = at
        .map(Timestamp::from_millisecond)
        .transpose()
        .map_err(|_| Unsound::Missing("last entry's time"))?;
    Ok((count.unsigned_abs(), at))
}

#[cfg(test)]
mod tests;
