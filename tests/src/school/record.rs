//! What the collector's SQLite file holds, read beside the running collector or after it was killed.

use std::path::Path;

use roomready_shared::ids::StreamId;
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

/// The collector's database in its data folder.
const DATABASE: &str = "roomready.sqlite3";

/// Gives somebody the second factor that their role asks for, as if they had set it up: the pages that do it have
/// stories of their own.
///
/// # Panics
///
/// When the file takes no change.
pub(super) fn give_second_factor(data: &Path, name: &str) {
    let given = Connection::open(data.join(DATABASE)).and_then(|connection| {
        connection.busy_timeout(crate::wait::PATIENCE)?;
        connection.execute(
            "UPDATE accounts SET second_factor = x'07' WHERE name = ?1",
            [name],
        )
    });
    assert_eq!(given, Ok(1), "{name} gets a second factor");
}

/// The file, opened for reading only.
#[derive(Debug)]
pub struct Record(Connection);

/// One stored record of a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewsRow {
    /// Its number in its stream.
    pub seq: u64,
    /// When it happened, in microseconds since 1970.
    pub at: i64,
    /// What happened.
    pub body: Value,
}

/// One entry of the append-only record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryRow {
    /// Its number.
    pub seq: u64,
    /// What kind of happening.
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// The rest.
    pub body: String,
}

impl Record {
    /// Opens the file in a collector's data folder.
    ///
    /// # Panics
    ///
    /// When it is not there or not a database.
    #[must_use]
    pub fn open(data: &Path) -> Self {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let path = data.join(DATABASE);
        let connection = Connection::open_with_flags(&path, flags)
            .unwrap_or_else(|fault| panic!("{} does not open: {fault}", path.display()));
        connection
            .busy_timeout(crate::wait::PATIENCE)
            .expect("a time-out can be set");
        Self(connection)
    }

    /// Notices to the staff: the id of each, and where it stands (`waiting`, `delivered`, `given_up`).
    ///
    /// # Panics
    ///
    /// When the file cannot be read.
    #[must_use]
    pub fn notices(&self) -> Vec<(String, String)> {
        let mut statement = self
            .0
            .prepare("SELECT lower(hex(id)), state FROM notices ORDER BY seq")
            .expect("notices are kept");
        let rows = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .expect("notices can be read");
        rows.map(|row| row.expect("a notice")).collect()
    }

    /// Every stream that has told something.
    ///
    /// # Panics
    ///
    /// When the file cannot be read.
    #[must_use]
    pub fn streams(&self) -> Vec<StreamId> {
        let mut statement = self
            .0
            .prepare("SELECT id FROM streams ORDER BY number")
            .expect("the streams table is as documented");
        let rows = statement.query_map([], |row| {
            let id: [u8; 16] = row.get(0)?;
            Ok(StreamId::new(uuid::Uuid::from_bytes(id)))
        });
        rows.and_then(Iterator::collect).expect("the streams can be read")
    }

    /// Every stored record of a stream, in the order in which they were stored.
    ///
    /// # Panics
    ///
    /// When the file cannot be read.
    #[must_use]
    pub fn news(&self, stream: StreamId) -> Vec<NewsRow> {
        let sql = "SELECT news.seq, news.at, news.body FROM news JOIN streams ON streams.number = news.stream \
                   WHERE streams.id = ?1 ORDER BY news.arrival";
        let mut statement = self.0.prepare(sql).expect("the news table is as documented");
        let rows = statement.query_map([stream.uuid().as_bytes().as_slice()], news_row);
        rows.and_then(Iterator::collect)
            .expect("the stored records can be read")
    }

    /// What happened on all devices, in the order in which it was stored.
    ///
    /// # Panics
    ///
    /// When the file cannot be read.
    #[must_use]
    pub fn all_news(&self) -> Vec<NewsRow> {
        let mut statement = self
            .0
            .prepare("SELECT seq, at, body FROM news ORDER BY arrival")
            .expect("the news table is as documented");
        let rows = statement.query_map([], news_row);
        rows.and_then(Iterator::collect)
            .expect("the stored records can be read")
    }

    /// Every entry, first to last.
    ///
    /// # Panics
    ///
    /// When the file cannot be read.
    #[must_use]
    pub fn entries(&self) -> Vec<EntryRow> {
        let sql = "SELECT seq, kind, subject, body FROM entries ORDER BY seq";
        let mut statement = self.0.prepare(sql).expect("the entries table is as documented");
        let rows = statement.query_map([], |row| {
            Ok(EntryRow {
                seq: row.get::<_, i64>(0)?.unsigned_abs(),
                kind: row.get(1)?,
                subject: row.get(2)?,
                body: row.get(3)?,
            })
        });
        rows.and_then(Iterator::collect).expect("the entries can be read")
    }

    /// The number of the latest entry, 0 when there is none.
    ///
    /// # Panics
    ///
    /// When the file cannot be read.
    #[must_use]
    pub fn latest_entry(&self) -> u64 {
        let latest: Option<i64> = self
            .0
            .query_row("SELECT max(seq) FROM entries", [], |row| row.get(0))
            .expect("the entries can be read");
        latest.unwrap_or_default().unsigned_abs()
    }

    /// What SQLite itself says about its file: `ok`, or what is broken.
    ///
    /// # Panics
    ///
    /// When the check cannot run.
    #[must_use]
    pub fn soundness(&self) -> String {
        self.0
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .expect("the check runs")
    }
}

fn news_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<NewsRow> {
    let body: String = row.get(2)?;
    Ok(NewsRow {
        seq: row.get::<_, i64>(0)?.unsigned_abs(),
        at: row.get(1)?,
        body: serde_json::from_str(&body).expect("a stored record is JSON"),
    })
}
