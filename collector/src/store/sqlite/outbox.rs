//! Notices to the staff: what waits, what arrived, what was given up.

use jiff::Timestamp;
use roomready_shared::ids::TargetId;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::convert::{Columns, column, micros};
use super::fault::Fault;
use super::record::{self, page_size};
use crate::domain::entry::NewEntry;
use crate::domain::notice::{Notice, NoticeId};
use crate::store::{Delivery, MOST_NOTICES_A_PAGE, NOTICES_KEPT, Outgoing, Page, Tried};

const COLUMNS: &str = "seq, body, state, at, failures, failed_at, why";

/// Adds notices that are not there yet, and the entries that belong to them.
pub(super) fn add(connection: &Connection, notices: &[Notice], entries: &[NewEntry]) -> Result<(), Fault> {
    for notice in notices {
        let body = serde_json::to_string(notice).expect("texts, times and lists can be written");
        connection
            .prepare_cached(
                "INSERT INTO notices (id, target, made_at, body, state, at, failures)
                 VALUES (?1, ?2, ?3, ?4, 'waiting', ?3, 0) ON CONFLICT (id) DO NOTHING",
            )?
            .execute(params![
                notice.id.as_bytes(),
                notice.target.as_str(),
                micros(notice.at),
                body,
            ])?;
    }
    for entry in entries {
        record::append(connection, entry)?;
    }
    Ok(())
}

/// The one of a target that is to be tried next.
pub(super) fn next(connection: &Connection, target: &TargetId) -> Result<Option<Outgoing>, Fault> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM notices WHERE target = ?1 AND state = 'waiting' ORDER BY at, seq LIMIT 1"
        ))?
        .query_row([target.as_str()], |row| Ok(of_row(row)))
        .optional()?
        .transpose()
}

/// What came of a try; one that is done stays as it is.
pub(super) fn tried(connection: &Connection, id: NoticeId, tried: Tried, at: Timestamp) -> Result<(), Fault> {
    let found = connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM notices WHERE id = ?1"))?
        .query_row([id.as_bytes()], |row| Ok(of_row(row)))
        .optional()?
        .transpose()?;
    let Some(mut outgoing) = found else {
        return Ok(());
    };
    outgoing.take(tried, at);
    let (state, at) = outgoing.delivery.parts();
    let (failed_at, why) = outgoing.failed.unzip();
    connection
        .prepare_cached(
            "UPDATE notices SET state = ?2, at = ?3, failures = ?4, failed_at = ?5, why = ?6 WHERE id = ?1",
        )?
        .execute(params![
            id.as_bytes(),
            state,
            micros(at),
            outgoing.failures,
            failed_at.map(micros),
            why.as_ref().map(|why| why.as_str()),
        ])?;
    Ok(())
}

/// A page.
pub(super) fn page(connection: &Connection, page: Page, limit: u32) -> Result<Vec<Outgoing>, Fault> {
    let (condition, from) = match page {
        Page::First => ("seq > ?1 ORDER BY seq", 0),
        Page::After(seq) => ("seq > ?1 ORDER BY seq", column(seq)),
        Page::Last => ("seq < ?1 ORDER BY seq DESC", i64::MAX),
        Page::Before(seq) => ("seq < ?1 ORDER BY seq DESC", column(seq)),
    };
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM notices WHERE {condition} LIMIT ?2"
    ))?;
    let mut rows = statement.query(params![from, page_size(limit, MOST_NOTICES_A_PAGE)])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(of_row(row)?);
    }
    Ok(found)
}

/// Forgets what was delivered or given up long ago.
pub(super) fn prune(connection: &Connection, now: Timestamp) -> Result<u64, Fault> {
    let oldest = now.saturating_sub(NOTICES_KEPT).unwrap_or(Timestamp::MIN);
    let gone = connection
        .prepare_cached("DELETE FROM notices WHERE state != 'waiting' AND at < ?1")?
        .execute([micros(oldest)])?;
    Ok(u64::try_from(gone).unwrap_or(u64::MAX))
}

fn of_row(row: &Row<'_>) -> Result<Outgoing, Fault> {
    let columns = Columns::of("a notice", row);
    let at = columns.time(3)?;
    let delivery = match columns.text(2)?.as_str() {
        "waiting" => Delivery::Waiting { next: at },
        "delivered" => Delivery::Delivered { at },
        "given_up" => Delivery::GivenUp { at },
        other => {
            return Err(Fault::Damaged {
                what: format!("{other:?} is no state of a notice"),
                source: None,
            });
        }
    };
    Ok(Outgoing {
        seq: columns.number(0)?,
        notice: columns.json(1)?,
        delivery,
        failures: columns.small_number(4)?,
        failed: columns.optional_time(5)?.zip(columns.optional_short_text(6)?),
    })
}
