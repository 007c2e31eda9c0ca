//! Changes of accounts, each with all that belongs to it.

use jiff::Timestamp;
use roomready_shared::ids::{AccountId, BrowserSessionId};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::convert::{column, micros};
use super::fault::Fault;
use super::people::{self, ACCOUNT, SESSION, account_of, session_of};
use super::{record, watchers};
use crate::access::{Role, Who};
use crate::domain::entry::NewEntry;
use crate::secret::SecretHash;
use crate::store::{Account, AccountChange, BrowserSession, Changed, OneTimeLink, Opens, Refusal};

/// One account, closed ones too.
pub(super) fn by_id(connection: &Connection, id: AccountId) -> Result<Option<Account>, Fault> {
    let text = format!("SELECT {ACCOUNT} FROM accounts WHERE id = ?1");
    connection
        .prepare_cached(&text)?
        .query_row([id.uuid().as_bytes()], |row| Ok(account_of(row)))
        .optional()?
        .transpose()
}

/// The open account of a name in lower case.
pub(super) fn by_name(connection: &Connection, key: &str) -> Result<Option<Account>, Fault> {
    let text = format!("SELECT {ACCOUNT} FROM accounts WHERE name_key = ?1");
    connection
        .prepare_cached(&text)?
        .query_row([key], |row| Ok(account_of(row)))
        .optional()?
        .transpose()
}

/// The first account, by the link that opens set-up.
pub(super) fn add_first(
    connection: &Connection,
    token: &SecretHash,
    account: &Account,
    session: &BrowserSession,
    entries: &[NewEntry],
) -> Result<(), Fault> {
    let taken = connection
        .prepare_cached("SELECT 1 FROM accounts WHERE closed_at IS NULL")?
        .exists([])?;
    let link = people::spend_link(connection, token, session.begun_at)?;
    if link.opens != Opens::SetUp || taken {
        return Err(Refusal::LinkSpent.into());
    }
    // Each start while nobody had an account made one.
    connection
        .prepare_cached("DELETE FROM sign_in_links WHERE purpose = 'set_up'")?
        .execute([])?;
    let [created, signed_in] = entries else {
        return Err(Fault::Damaged {
            what: "a first account comes with the entry about it and the one about its sign-in".to_owned(),
            source: None,
        });
    };
    people::add_account(connection, account, created)?;
    people::begin_session(connection, session, signed_in)
}

/// Changes an open account.
pub(super) fn change(connection: &Connection, change: &AccountChange) -> Result<(), Fault> {
    let id = change.account;
    let account = open_account(connection, id)?;
    if let Some(token) = &change.by_link
        && people::spend_link(connection, token, change.at)?.opens != Opens::Recover(id)
    {
        return Err(Refusal::LinkSpent.into());
    }
    let id_bytes = *id.uuid().as_bytes();
    match &change.changed {
        Changed::Details { name, role, schools } => {
            let key = Account::name_key(name);
            let taken = connection
                .prepare_cached("SELECT 1 FROM accounts WHERE name_key = ?1 AND id <> ?2")?
                .exists(params![key, id_bytes])?;
            if taken {
                return Err(Refusal::NameTaken(name.clone()).into());
            }
            if *role != Role::Administrator {
                one_administrator_without(connection, &account)?;
            }
            connection
                .prepare_cached(
                    "UPDATE accounts SET name = ?2, name_key = ?3, role = ?4, schools = ?5 WHERE id = ?1",
                )?
                .execute(params![
                    id_bytes,
                    name.as_str(),
                    key,
                    role.word(),
                    people::schools(schools)
                ])?;
        }
        Changed::Password { hash, keep } => {
            keep_password(connection, id, hash)?;
            end_all_but(connection, id, *keep)?;
            end_links(connection, id)?;
        }
        Changed::PasswordRenewed(hash) => keep_password(connection, id, hash)?,
        Changed::SecondFactor(factor) => {
            connection
                .prepare_cached(
                    "UPDATE accounts SET second_factor = ?2, second_factor_step = ?3 WHERE id = ?1",
                )?
                .execute(params![
                    id_bytes,
                    factor.as_ref().map(|factor| &factor.secret),
                    column(factor.as_ref().map_or(0, |factor| factor.used_step)),
                ])?;
        }
        Changed::CodeUsed(step) => {
            let fresh = connection
                .prepare_cached(
                    "UPDATE accounts SET second_factor_step = ?2
                     WHERE id = ?1 AND second_factor IS NOT NULL AND second_factor_step < ?2",
                )?
                .execute(params![id_bytes, column(*step)])?;
            if fresh == 0 {
                return Err(Refusal::CodeUsed.into());
            }
        }
        Changed::Closed => {
            one_administrator_without(connection, &account)?;
            connection
                .prepare_cached("UPDATE accounts SET closed_at = ?2, name_key = NULL WHERE id = ?1")?
                .execute(params![id_bytes, micros(change.at)])?;
            end_all_but(connection, id, None)?;
            end_links(connection, id)?;
        }
    }
    for entry in &change.entries {
        record::append(connection, entry)?;
    }
    Ok(())
}

pub(super) fn open_account(connection: &Connection, id: AccountId) -> Result<Account, Fault> {
    by_id(connection, id)?
        .filter(|account| account.closed_at.is_none())
        .ok_or(Refusal::AccountUnknown.into())
}

fn one_administrator_without(connection: &Connection, account: &Account) -> Result<(), Fault> {
    if account.role != Role::Administrator {
        return Ok(());
    }
    let another = connection
        .prepare_cached("SELECT 1 FROM accounts WHERE role = ?1 AND closed_at IS NULL AND id <> ?2")?
        .exists(params![Role::Administrator.word(), account.id.uuid().as_bytes()])?;
    if another {
        Ok(())
    } else {
        Err(Refusal::LastAdministrator.into())
    }
}

fn keep_password(connection: &Connection, id: AccountId, hash: &str) -> Result<(), Fault> {
    connection
        .prepare_cached("UPDATE accounts SET password = ?2 WHERE id = ?1")?
        .execute(params![id.uuid().as_bytes(), hash])?;
    Ok(())
}

fn end_all_but(
    connection: &Connection,
    account: AccountId,
    keep: Option<BrowserSessionId>,
) -> Result<usize, Fault> {
    let ended = connection
        .prepare_cached("DELETE FROM sessions WHERE account = ?1 AND id IS NOT ?2")?
        .execute(params![
            account.uuid().as_bytes(),
            keep.map(|session| *session.uuid().as_bytes())
        ])?;
    Ok(ended)
}

/// Ends what lets somebody in as this person, links and staff computers alike.
fn end_links(connection: &Connection, account: AccountId) -> Result<(), Fault> {
    watchers::end_of(connection, account)?;
    connection
        .prepare_cached("DELETE FROM sign_in_links WHERE account = ?1")?
        .execute([account.uuid().as_bytes()])?;
    Ok(())
}

/// Signed-in browsers of people with accounts, the latest used first.
pub(super) fn sessions(
    connection: &Connection,
    of: Option<AccountId>,
    now: Timestamp,
) -> Result<Vec<BrowserSession>, Fault> {
    let text = format!(
        "SELECT {SESSION} FROM sessions WHERE account IS NOT NULL AND (?1 IS NULL OR account = ?1)
         ORDER BY used_at DESC, id"
    );
    let mut statement = connection.prepare_cached(&text)?;
    let mut rows = statement.query([of.map(|account| *account.uuid().as_bytes())])?;
    let mut sessions = Vec::new();
    while let Some(row) = rows.next()? {
        let session = session_of(row, 0)?;
        if session.holds(now) {
            sessions.push(session);
        }
    }
    Ok(sessions)
}

/// Ends every sign-in of a person but this one.
pub(super) fn end_others(
    connection: &Connection,
    keep: &BrowserSession,
    entry: &NewEntry,
) -> Result<(), Fault> {
    let Who::Account(account) = keep.who else {
        return Ok(());
    };
    if end_all_but(connection, account, Some(keep.id))? > 0 {
        record::append(connection, entry)?;
    }
    Ok(())
}

/// Adds a link that lets an account's owner choose a password.
pub(super) fn add_recovery(
    connection: &Connection,
    link: &OneTimeLink,
    entry: &NewEntry,
) -> Result<(), Fault> {
    let account = link.opens.account().ok_or(Refusal::AccountUnknown)?;
    open_account(connection, account)?;
    connection
        .prepare_cached("DELETE FROM sign_in_links WHERE account = ?1 AND purpose = 'recover'")?
        .execute([account.uuid().as_bytes()])?;
    people::add_link(connection, link)?;
    record::append(connection, entry)?;
    Ok(())
}
