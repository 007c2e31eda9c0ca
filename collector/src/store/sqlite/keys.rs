//! Enrolment keys.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::convert::{Columns, column, micros};
use super::fault::Fault;
use super::record;
use crate::domain::entry::{Actor, NewEntry};
use crate::domain::identity::{EnrolmentKey, KeyId, KeyPlace, KeyRefused};
use crate::secret::SecretHash;
use crate::store::Refusal;

const KEY: &str =
    "SELECT hash, school, room, uses, uses_left, ends, made_at, made_by, revoked_at FROM enrolment_keys";

/// Adds a key, or gives a known one another place, uses and end.
pub(super) fn add(connection: &Connection, key: &EnrolmentKey) -> Result<(), Fault> {
    connection
        .prepare_cached(
            "INSERT INTO enrolment_keys (hash, id, school, room, uses, uses_left, ends, made_at, made_by)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
             ON CONFLICT (hash) DO UPDATE SET school = ?3, room = ?4, uses = ?5, uses_left = ?6, ends = ?7",
        )?
        .execute(params![
            key.hash.as_bytes(),
            key.id().to_string(),
            key.place.school().as_str(),
            key.place.room().map(|room| room.as_str()),
            column(key.uses.into()),
            column(key.uses_left.into()),
            micros(key.ends),
            micros(key.made_at),
            key.made_by.to_string(),
        ])?;
    record::append(connection, &NewEntry::key_made(key))?;
    Ok(())
}

/// Every key, the newest first.
pub(super) fn all(connection: &Connection) -> Result<Vec<EnrolmentKey>, Fault> {
    let mut statement = connection.prepare_cached(&format!("{KEY} ORDER BY made_at DESC, hash"))?;
    let mut rows = statement.query([])?;
    let mut keys = Vec::new();
    while let Some(row) = rows.next()? {
        keys.push(key_of(row)?);
    }
    Ok(keys)
}

/// The key with this hash.
pub(super) fn one(connection: &Connection, hash: &SecretHash) -> Result<Option<EnrolmentKey>, Fault> {
    connection
        .prepare_cached(&format!("{KEY} WHERE hash = ?1"))?
        .query_row([hash.as_bytes()], |row| Ok(key_of(row)))
        .optional()?
        .transpose()
}

/// Gives a key that lets in now.
pub(super) fn usable(
    connection: &Connection,
    hash: &SecretHash,
    at: Timestamp,
) -> Result<EnrolmentKey, Fault> {
    let key = one(connection, hash)?.ok_or(KeyRefused::Unknown)?;
    key.lets_in(at)?;
    Ok(key)
}

/// Counts one use.
pub(super) fn count_use(connection: &Connection, hash: &SecretHash) -> Result<(), Fault> {
    connection
        .prepare_cached("UPDATE enrolment_keys SET uses_left = uses_left - 1 WHERE hash = ?1")?
        .execute([hash.as_bytes()])?;
    Ok(())
}

/// Ends a key; one that has been ended stays as it is.
pub(super) fn revoke(
    connection: &Connection,
    id: KeyId,
    by: Actor,
    at: Timestamp,
) -> Result<EnrolmentKey, Fault> {
    let mut key = connection
        .prepare_cached(&format!("{KEY} WHERE id = ?1"))?
        .query_row([id.to_string()], |row| Ok(key_of(row)))
        .optional()?
        .ok_or(Refusal::NoSuchKey(id))??;
    if key.revoked_at.is_none() {
        key.revoked_at = Some(at);
        connection
            .prepare_cached("UPDATE enrolment_keys SET revoked_at = ?2 WHERE hash = ?1")?
            .execute(params![key.hash.as_bytes(), micros(at)])?;
        record::append(connection, &NewEntry::key_revoked(at, &key, by))?;
    }
    Ok(key)
}

fn key_of(row: &rusqlite::Row<'_>) -> Result<EnrolmentKey, Fault> {
    let columns = Columns::of("an enrolment key", row);
    let room = if columns.is_null(2)? {
        None
    } else {
        Some(columns.parsed(2)?)
    };
    Ok(EnrolmentKey {
        hash: columns.hash(0)?,
        place: KeyPlace::of(columns.parsed(1)?, room),
        uses: columns.small_number(3)?,
        uses_left: columns.small_number(4)?,
        ends: columns.time(5)?,
        made_at: columns.time(6)?,
        made_by: columns.parsed(7)?,
        revoked_at: columns.optional_time(8)?,
    })
}
