//! Proctor links, and who entered by them.

use jiff::Timestamp;
use roomready_shared::ids::{ProctorId, ProctorLinkId};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::convert::{Columns, micros};
use super::fault::Fault;
use super::record;
use crate::domain::entry::NewEntry;
use crate::domain::proctor::{Proctor, ProctorLink};
use crate::store::Refusal;

/// Adds a link and the entry about it.
pub(super) fn add_link(connection: &Connection, link: &ProctorLink, entry: &NewEntry) -> Result<(), Fault> {
    connection
        .prepare_cached(
            "INSERT INTO proctor_links (id, token, session, word, made_by, made_at, revoked_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            link.id.uuid().as_bytes(),
            link.token.as_bytes(),
            link.session.as_str(),
            link.word.reveal(),
            link.made_by.to_string(),
            micros(link.made_at),
            link.revoked_at.map(micros),
        ])?;
    record::append(connection, entry)?;
    Ok(())
}

/// Ends a link and lets go everybody who entered by it. One that has ended already stays as it is.
pub(super) fn revoke_link(
    connection: &Connection,
    link: ProctorLinkId,
    at: Timestamp,
    entry: &NewEntry,
) -> Result<(), Fault> {
    if held_link(connection, link)?.revoked_at.is_some() {
        return Ok(());
    }
    connection
        .prepare_cached("UPDATE proctor_links SET revoked_at = ?2 WHERE id = ?1")?
        .execute(params![link.uuid().as_bytes(), micros(at)])?;
    connection
        .prepare_cached("DELETE FROM sessions WHERE proctor IN (SELECT id FROM proctors WHERE link = ?1)")?
        .execute([link.uuid().as_bytes()])?;
    connection
        .prepare_cached("UPDATE proctors SET released_at = ?2 WHERE link = ?1 AND released_at IS NULL")?
        .execute(params![link.uuid().as_bytes(), micros(at)])?;
    record::append(connection, entry)?;
    Ok(())
}

fn held_link(connection: &Connection, link: ProctorLinkId) -> Result<ProctorLink, Fault> {
    connection
        .prepare_cached(
            "SELECT id, token, session, word, made_by, made_at, revoked_at FROM proctor_links WHERE id = ?1",
        )?
        .query_row([link.uuid().as_bytes()], |row| Ok(link_of(row)))
        .optional()?
        .ok_or(Refusal::ProctorLinkUnknown)?
}

/// Every link, ended ones too, oldest first.
pub(super) fn links(connection: &Connection) -> Result<Vec<ProctorLink>, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT id, token, session, word, made_by, made_at, revoked_at FROM proctor_links ORDER BY made_at, id",
    )?;
    let mut rows = statement.query([])?;
    let mut links = Vec::new();
    while let Some(row) = rows.next()? {
        links.push(link_of(row)?);
    }
    Ok(links)
}

fn link_of(row: &Row<'_>) -> Result<ProctorLink, Fault> {
    let columns = Columns::of("a proctor link", row);
    Ok(ProctorLink {
        id: ProctorLinkId::new(columns.uuid(0)?),
        token: columns.hash(1)?,
        session: columns.parsed(2)?,
        word: columns.parsed(3)?,
        made_by: columns.parsed(4)?,
        made_at: columns.time(5)?,
        revoked_at: optional_time(&columns, 6)?,
    })
}

/// Lets somebody in by a link that holds.
pub(super) fn admit(connection: &Connection, proctor: &Proctor) -> Result<(), Fault> {
    if held_link(connection, proctor.link)?.revoked_at.is_some() {
        return Err(Refusal::ProctorLinkRevoked.into());
    }
    connection
        .prepare_cached(
            "INSERT INTO proctors (id, link, name, capacity, entered_at, released_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            proctor.id.uuid().as_bytes(),
            proctor.link.uuid().as_bytes(),
            proctor.name.as_str(),
            proctor.capacity.word(),
            micros(proctor.entered_at),
            proctor.released_at.map(micros),
        ])?;
    Ok(())
}

/// Lets a proctor's browser go. One that is gone already stays as it is.
pub(super) fn release(
    connection: &Connection,
    proctor: ProctorId,
    at: Timestamp,
    entry: &NewEntry,
) -> Result<(), Fault> {
    let released = connection
        .prepare_cached("UPDATE proctors SET released_at = ?2 WHERE id = ?1 AND released_at IS NULL")?
        .execute(params![proctor.uuid().as_bytes(), micros(at)])?;
    connection
        .prepare_cached("DELETE FROM sessions WHERE proctor = ?1")?
        .execute([proctor.uuid().as_bytes()])?;
    if released > 0 {
        record::append(connection, entry)?;
    }
    Ok(())
}

/// Everybody who entered, in that order.
pub(super) fn proctors(connection: &Connection) -> Result<Vec<Proctor>, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT id, link, name, capacity, entered_at, released_at FROM proctors ORDER BY entered_at, id",
    )?;
    let mut rows = statement.query([])?;
    let mut proctors = Vec::new();
    while let Some(row) = rows.next()? {
        let columns = Columns::of("a proctor", row);
        proctors.push(Proctor {
            id: ProctorId::new(columns.uuid(0)?),
            link: ProctorLinkId::new(columns.uuid(1)?),
            name: columns.parsed(2)?,
            capacity: columns.parsed(3)?,
            entered_at: columns.time(4)?,
            released_at: optional_time(&columns, 5)?,
        });
    }
    Ok(proctors)
}

fn optional_time(columns: &Columns<'_, '_>, at: usize) -> Result<Option<Timestamp>, Fault> {
    if columns.is_null(at)? {
        Ok(None)
    } else {
        columns.time(at).map(Some)
    }
}
