//! Sign-in links, staff sessions, and forgetting what has ended.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::convert::{Columns, micros};
use super::fault::Fault;
use super::record;
use crate::domain::entry::NewEntry;
use crate::secret::SecretHash;
use crate::store::{Refusal, SignInLink, StaffSession};

/// Adds a link.
pub(super) fn add_link(connection: &Connection, link: &SignInLink) -> Result<(), Fault> {
    connection
        .prepare_cached(
            "INSERT INTO sign_in_links (token, ends) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET ends = ?2",
        )?
        .execute(params![link.token.as_bytes(), micros(link.ends)])?;
    Ok(())
}

/// Spends a link and begins a session.
pub(super) fn spend_link(
    connection: &Connection,
    link: &SecretHash,
    session: &StaffSession,
    at: Timestamp,
) -> Result<(), Fault> {
    let ends = connection
        .prepare_cached("SELECT ends FROM sign_in_links WHERE token = ?1")?
        .query_row([link.as_bytes()], |row| {
            Ok(Columns::of("a sign-in link", row).time(0))
        })
        .optional()?
        .ok_or(Refusal::LinkSpent)??;
    if ends <= at {
        return Err(Refusal::LinkEnded(ends).into());
    }
    connection
        .prepare_cached("DELETE FROM sign_in_links WHERE token = ?1")?
        .execute([link.as_bytes()])?;
    connection
        .prepare_cached("INSERT INTO staff_sessions (cookie, name, ends) VALUES (?1, ?2, ?3)")?
        .execute(params![
            session.cookie.as_bytes(),
            session.name.as_ref().map(|name| name.as_str()),
            micros(session.ends),
        ])?;
    record::append(connection, &NewEntry::staff_signed_in(at, session.name.clone()))?;
    Ok(())
}

/// The session of a cookie, unless it has ended.
pub(super) fn session(
    connection: &Connection,
    cookie: &SecretHash,
    now: Timestamp,
) -> Result<Option<StaffSession>, Fault> {
    connection
        .prepare_cached("SELECT cookie, name, ends FROM staff_sessions WHERE cookie = ?1 AND ends > ?2")?
        .query_row(params![cookie.as_bytes(), micros(now)], |row| Ok(session_of(row)))
        .optional()?
        .transpose()
}

fn session_of(row: &rusqlite::Row<'_>) -> Result<StaffSession, Fault> {
    let columns = Columns::of("a staff session", row);
    Ok(StaffSession {
        cookie: columns.hash(0)?,
        name: if columns.is_null(1)? {
            None
        } else {
            Some(columns.parsed(1)?)
        },
        ends: columns.time(2)?,
    })
}

/// Ends a session.
pub(super) fn end_session(connection: &Connection, cookie: &SecretHash) -> Result<(), Fault> {
    connection
        .prepare_cached("DELETE FROM staff_sessions WHERE cookie = ?1")?
        .execute([cookie.as_bytes()])?;
    Ok(())
}

/// Forgets ended links, sessions and keys; says how many.
pub(super) fn prune(connection: &Connection, now: Timestamp) -> Result<u64, Fault> {
    let mut forgotten = 0;
    for statement in [
        "DELETE FROM sign_in_links WHERE ends <= ?1",
        "DELETE FROM staff_sessions WHERE ends <= ?1",
        "DELETE FROM enrolment_keys WHERE ends <= ?1",
    ] {
        let gone = connection.prepare_cached(statement)?.execute([micros(now)])?;
        forgotten += u64::try_from(gone).unwrap_or(u64::MAX);
    }
    Ok(forgotten)
}
