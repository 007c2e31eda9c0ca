//! The append-only record, and the marks that belong to it.

use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, params, params_from_iter};

use super::convert::{Columns, column, micros};
use super::fault::Fault;
use crate::domain::entry::{Body, Entry, NewEntry};
use crate::store::{Arrival, EntryQuery, MOST_ENTRIES_A_PAGE, Page, Whereabouts};

/// The access log: every kind but those that the watch, devices and the collector write of themselves. Word for word
/// the condition of its index, or the index is not used.
pub(super) const ONLY_ACCESS: &str = " AND kind NOT IN ('collector_started', 'blind_interval', 'device_enrolled', \
     'credential_rotated', 'credential_shared', 'session_phase', 'seat_started', 'seat_finished', \
     'incident_opened', 'incident_amended', 'incident_cleared')";

/// Appends one entry and gives its number.
pub(super) fn append(connection: &Connection, entry: &NewEntry) -> Result<u64, Fault> {
    connection
        .prepare_cached(
            "INSERT INTO entries (seq, at, school, actor, kind, subject, body)
             VALUES ((SELECT COALESCE(MAX(seq), 0) + 1 FROM entries), ?1, ?2, ?3, ?4, ?5, ?6)
             RETURNING seq",
        )?
        .query_row(
            params![
                entry.at().as_millisecond(),
                entry.school.as_ref().map_or("", |school| school.as_str()),
                entry.actor.to_string(),
                entry.kind.word(),
                entry.subject.to_string(),
                entry.body.as_str(),
            ],
            |row| Ok(Columns::of("an entry", row).number(0)),
        )?
}

/// Appends entries and moves the watch's mark.
pub(super) fn append_all(
    connection: &Connection,
    entries: Vec<NewEntry>,
    judged: Option<Arrival>,
) -> Result<Vec<Entry>, Fault> {
    let appended = entries
        .into_iter()
        .map(|entry| {
            let seq = append(connection, &entry)?;
            Ok(Entry { seq, entry })
        })
        .collect::<Result<_, Fault>>()?;
    if let Some(Arrival(arrival)) = judged {
        connection
            .prepare_cached(
                "INSERT INTO judged (one, arrival) VALUES (1, ?1)
                 ON CONFLICT DO UPDATE SET arrival = MAX(arrival, ?1)",
            )?
            .execute([column(arrival)])?;
    }
    Ok(appended)
}

/// How far the watch has judged.
pub(super) fn judged(connection: &Connection) -> Result<Arrival, Fault> {
    let arrival = connection
        .prepare_cached("SELECT arrival FROM judged")?
        .query_row([], |row| Ok(Columns::of("the watch's mark", row).number(0)))
        .optional()?
        .transpose()?;
    Ok(Arrival(arrival.unwrap_or(0)))
}

/// Reads a page.
pub(super) fn entries(connection: &Connection, query: &EntryQuery) -> Result<Vec<Entry>, Fault> {
    let mut text =
        String::from("SELECT seq, at, school, actor, kind, subject, body FROM entries WHERE 1 = 1");
    let mut values: Vec<Value> = Vec::new();
    if query.access {
        text.push_str(ONLY_ACCESS);
    }
    let mut only = |condition: &str, value: Value| {
        values.push(value);
        text.push_str(condition);
    };
    if let Some(school) = &query.school {
        only(" AND school = ?", Value::Text(school.to_string()));
    }
    if let Some(subject) = &query.subject {
        only(" AND subject = ?", Value::Text(subject.to_string()));
    }
    if let Some(since) = query.since {
        only(" AND at >= ?", Value::Integer(whole_milliseconds_from(since)));
    }
    if let Some(until) = query.until {
        only(" AND at < ?", Value::Integer(whole_milliseconds_from(until)));
    }
    match query.page {
        Page::First | Page::Last => {}
        Page::After(seq) => only(" AND seq > ?", Value::Integer(column(seq))),
        Page::Before(seq) => only(" AND seq < ?", Value::Integer(column(seq))),
    }
    text.push_str(match query.page {
        Page::First | Page::After(_) => " ORDER BY seq LIMIT ?",
        Page::Last | Page::Before(_) => " ORDER BY seq DESC LIMIT ?",
    });
    values.push(Value::Integer(page_size(query.limit, MOST_ENTRIES_A_PAGE).into()));

    let mut statement = connection.prepare_cached(&text)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(entry_of(row)?);
    }
    Ok(found)
}

/// The first whole millisecond that is not before a time: entries stand on whole milliseconds.
fn whole_milliseconds_from(at: Timestamp) -> i64 {
    let below = at.as_nanosecond().div_euclid(1_000_000);
    let first = below + i128::from(at.as_nanosecond().rem_euclid(1_000_000) != 0);
    i64::try_from(first).unwrap_or(i64::MAX)
}

/// 0 and everything above the most mean the most.
pub(super) const fn page_size(asked: u32, most: u32) -> u32 {
    if asked == 0 || asked > most { most } else { asked }
}

fn entry_of(row: &rusqlite::Row<'_>) -> Result<Entry, Fault> {
    let columns = Columns::of("an entry", row);
    let school = columns.text(2)?;
    let school = if school.is_empty() {
        None
    } else {
        Some(columns.parsed(2)?)
    };
    Ok(Entry {
        seq: columns.number(0)?,
        entry: NewEntry::new(
            columns.time_in_milliseconds(1)?,
            school,
            columns.parsed(3)?,
            columns.parsed(4)?,
            columns.parsed(5)?,
            Body::kept(columns.text(6)?),
        ),
    })
}

/// Remembers that the collector was alive.
pub(super) fn mark_alive(connection: &Connection, at: Timestamp) -> Result<(), Fault> {
    connection
        .prepare_cached("INSERT INTO alive (one, at) VALUES (1, ?1) ON CONFLICT DO UPDATE SET at = ?1")?
        .execute([micros(at)])?;
    Ok(())
}

/// When it last was.
pub(super) fn last_alive(connection: &Connection) -> Result<Option<Timestamp>, Fault> {
    connection
        .prepare_cached("SELECT at FROM alive")?
        .query_row([], |row| Ok(Columns::of("the alive mark", row).time(0)))
        .optional()?
        .transpose()
}

/// Remembers where the collector is found.
pub(super) fn keep_whereabouts(connection: &Connection, whereabouts: &Whereabouts) -> Result<(), Fault> {
    let text = serde_json::to_string(whereabouts).expect("texts can be written");
    connection
        .prepare_cached(
            "INSERT INTO meta (key, value) VALUES ('whereabouts', ?1) ON CONFLICT DO UPDATE SET value = ?1",
        )?
        .execute([text])?;
    Ok(())
}

/// Where it was found last.
pub(super) fn whereabouts(connection: &Connection) -> Result<Option<Whereabouts>, Fault> {
    let text: Option<String> = connection
        .prepare_cached("SELECT value FROM meta WHERE key = 'whereabouts'")?
        .query_row([], |row| row.get(0))
        .optional()?;
    text.map(|text| {
        serde_json::from_str(&text).map_err(Fault::damaged("where the collector is found cannot be read"))
    })
    .transpose()
}
