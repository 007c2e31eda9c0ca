//! Tokens of staff computers.

use jiff::Timestamp;
use roomready_shared::ids::{AccountId, WatchTokenId};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::convert::{Columns, micros};
use super::fault::Fault;
use super::{accounts, record};
use crate::domain::entry::NewEntry;
use crate::limits;
use crate::secret::SecretHash;
use crate::store::{WatchToken, Watcher};

const TOKEN: &str = "id, token, account, computer, made_at, used_at, ends";

/// Adds a token of an open account and the entry about it. The one that was used longest ago gives way to one too many.
pub(super) fn add(connection: &Connection, token: &WatchToken, entry: &NewEntry) -> Result<(), Fault> {
    accounts::open_account(connection, token.account)?;
    let account = token.account.uuid();
    connection
        .prepare_cached(
            "DELETE FROM watch_tokens WHERE id IN
                 (SELECT id FROM watch_tokens WHERE account = ?1
                  ORDER BY used_at DESC, id LIMIT -1 OFFSET ?2)",
        )?
        .execute(params![
            account.as_bytes(),
            limits::MOST_WATCH_TOKENS_OF_A_PERSON - 1
        ])?;
    connection
        .prepare_cached(
            "INSERT INTO watch_tokens (id, token, account, computer, made_at, used_at, ends)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            token.id.uuid().as_bytes(),
            token.token.as_bytes(),
            account.as_bytes(),
            token.computer.as_str(),
            micros(token.made_at),
            micros(token.used_at),
            micros(token.ends),
        ])?;
    record::append(connection, entry)?;
    Ok(())
}

/// Those of a person that hold, the latest used first.
pub(super) fn of(
    connection: &Connection,
    account: AccountId,
    now: Timestamp,
) -> Result<Vec<WatchToken>, Fault> {
    let text = format!(
        "SELECT {TOKEN} FROM watch_tokens WHERE account = ?1 AND ends > ?2 ORDER BY used_at DESC, id"
    );
    let mut statement = connection.prepare_cached(&text)?;
    let mut rows = statement.query(params![account.uuid().as_bytes(), micros(now)])?;
    let mut tokens = Vec::new();
    while let Some(row) = rows.next()? {
        tokens.push(token_of(row)?);
    }
    Ok(tokens)
}

/// The one with this hash and its owner, while it holds and the account is open.
pub(super) fn watcher(
    connection: &Connection,
    token: &SecretHash,
    now: Timestamp,
) -> Result<Option<Watcher>, Fault> {
    let text = format!("SELECT {TOKEN} FROM watch_tokens WHERE token = ?1 AND ends > ?2");
    let found = connection
        .prepare_cached(&text)?
        .query_row(params![token.as_bytes(), micros(now)], |row| Ok(token_of(row)))
        .optional()?;
    let Some(token) = found.transpose()? else {
        return Ok(None);
    };
    let account = accounts::by_id(connection, token.account)?;
    let open = account.filter(|account| account.closed_at.is_none());
    Ok(open.map(|account| Watcher { token, account }))
}

/// Remembers that one is in use.
pub(super) fn touch(connection: &Connection, id: WatchTokenId, at: Timestamp) -> Result<(), Fault> {
    connection
        .prepare_cached("UPDATE watch_tokens SET used_at = max(used_at, ?2) WHERE id = ?1")?
        .execute(params![id.uuid().as_bytes(), micros(at)])?;
    Ok(())
}

/// Ends one, with the entry about it. One that is gone already stays so.
pub(super) fn end(connection: &Connection, id: WatchTokenId, entry: &NewEntry) -> Result<(), Fault> {
    let ended = connection
        .prepare_cached("DELETE FROM watch_tokens WHERE id = ?1")?
        .execute([id.uuid().as_bytes()])?;
    if ended > 0 {
        record::append(connection, entry)?;
    }
    Ok(())
}

/// Ends all of an account.
pub(super) fn end_of(connection: &Connection, account: AccountId) -> Result<(), Fault> {
    connection
        .prepare_cached("DELETE FROM watch_tokens WHERE account = ?1")?
        .execute([account.uuid().as_bytes()])?;
    Ok(())
}

fn token_of(row: &Row<'_>) -> Result<WatchToken, Fault> {
    let columns = Columns::of("a watch token", row);
    Ok(WatchToken {
        id: WatchTokenId::new(columns.uuid(0)?),
        token: columns.hash(1)?,
        account: AccountId::new(columns.uuid(2)?),
        computer: columns.parsed(3)?,
        made_at: columns.time(4)?,
        used_at: columns.time(5)?,
        ends: columns.time(6)?,
    })
}
