//! Accounts, one-time links, signed-in browsers, and forgetting what has ended.

use std::collections::BTreeSet;

use jiff::Timestamp;
use roomready_shared::ids::{AccountId, BrowserSessionId, ProctorId, SchoolId};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::convert::{Columns, column, micros};
use super::fault::Fault;
use super::record;
use crate::access::Who;
use crate::domain::entry::NewEntry;
use crate::limits;
use crate::secret::SecretHash;
use crate::store::{Account, BrowserSession, OneTimeLink, Opens, Refusal, SecondFactor, SignedIn};

/// What [`account_of`] reads, in its order.
pub(super) const ACCOUNT: &str =
    "accounts.id, accounts.name, accounts.role, accounts.schools, accounts.password,
     accounts.second_factor, accounts.second_factor_step, accounts.created_at, accounts.closed_at";
const ACCOUNT_COLUMNS: usize = 9;
/// What [`session_of`] reads, in its order.
pub(super) const SESSION: &str =
    "sessions.id, sessions.cookie, sessions.account, sessions.proctor, sessions.browser,
     sessions.begun_at, sessions.used_at, sessions.ends";

/// Adds an account and the entry about it.
pub(super) fn add_account(connection: &Connection, account: &Account, entry: &NewEntry) -> Result<(), Fault> {
    let key = Account::name_key(&account.name);
    let taken = connection
        .prepare_cached("SELECT 1 FROM accounts WHERE name_key = ?1")?
        .exists([&key])?;
    if taken {
        return Err(Refusal::NameTaken(account.name.clone()).into());
    }
    let most = i64::try_from(limits::MOST_ACCOUNTS).unwrap_or(i64::MAX);
    let held: i64 = connection
        .prepare_cached("SELECT COUNT(*) FROM accounts WHERE closed_at IS NULL")?
        .query_row([], |row| row.get(0))?;
    if held >= most {
        return Err(Refusal::TooManyAccounts.into());
    }
    let factor = account.second_factor.as_ref();
    connection
        .prepare_cached(
            "INSERT INTO accounts (id, name, name_key, role, schools, password, second_factor, second_factor_step,
                                   created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            account.id.uuid().as_bytes(),
            account.name.as_str(),
            key,
            account.role.word(),
            schools(&account.schools),
            account.password,
            factor.map(|factor| &factor.secret),
            column(factor.map_or(0, |factor| factor.used_step)),
            micros(account.created_at),
        ])?;
    record::append(connection, entry)?;
    Ok(())
}

pub(super) fn schools(of: &BTreeSet<SchoolId>) -> String {
    let schools: Vec<_> = of.iter().map(SchoolId::as_str).collect();
    serde_json::Value::from(schools).to_string()
}

/// Every account, closed ones too.
pub(super) fn accounts(connection: &Connection) -> Result<Vec<Account>, Fault> {
    let text = format!("SELECT {ACCOUNT} FROM accounts ORDER BY name, id");
    let mut statement = connection.prepare_cached(&text)?;
    let mut rows = statement.query([])?;
    let mut accounts = Vec::new();
    while let Some(row) = rows.next()? {
        accounts.push(account_of(row)?);
    }
    Ok(accounts)
}

pub(super) fn account_of(row: &Row<'_>) -> Result<Account, Fault> {
    let columns = Columns::of("an account", row);
    let optional = |at: usize| columns.is_null(at).map(|null| !null);
    Ok(Account {
        id: AccountId::new(columns.uuid(0)?),
        name: columns.parsed(1)?,
        role: columns.parsed(2)?,
        schools: columns.json::<BTreeSet<_>>(3)?,
        password: if optional(4)? {
            Some(columns.text(4)?)
        } else {
            None
        },
        second_factor: if optional(5)? {
            Some(SecondFactor {
                secret: columns.bytes(5)?,
                used_step: columns.number(6)?,
            })
        } else {
            None
        },
        created_at: columns.time(7)?,
        closed_at: if optional(8)? {
            Some(columns.time(8)?)
        } else {
            None
        },
    })
}

/// Adds a link.
pub(super) fn add_link(connection: &Connection, link: &OneTimeLink) -> Result<(), Fault> {
    let (purpose, account) = match link.opens {
        Opens::SetUp => ("set_up", None),
        Opens::SignIn(account) => ("sign_in", Some(account)),
        Opens::Recover(account) => ("recover", Some(account)),
    };
    connection
        .prepare_cached("INSERT INTO sign_in_links (token, purpose, account, ends) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![
            link.token.as_bytes(),
            purpose,
            account.map(|account| *account.uuid().as_bytes()),
            micros(link.ends),
        ])?;
    Ok(())
}

/// What a link opens, while it does.
pub(super) fn link(
    connection: &Connection,
    token: &SecretHash,
    now: Timestamp,
) -> Result<OneTimeLink, Fault> {
    let link = connection
        .prepare_cached("SELECT token, purpose, account, ends FROM sign_in_links WHERE token = ?1")?
        .query_row([token.as_bytes()], |row| Ok(link_of(row)))
        .optional()?
        .ok_or(Refusal::LinkSpent)??;
    if link.ends <= now {
        return Err(Refusal::LinkEnded(link.ends).into());
    }
    Ok(link)
}

fn link_of(row: &Row<'_>) -> Result<OneTimeLink, Fault> {
    let columns = Columns::of("a one-time link", row);
    let account = || columns.uuid(2).map(AccountId::new);
    let word = columns.text(1)?;
    Ok(OneTimeLink {
        token: columns.hash(0)?,
        opens: match word.as_str() {
            "set_up" => Opens::SetUp,
            "sign_in" => Opens::SignIn(account()?),
            "recover" => Opens::Recover(account()?),
            _ => {
                return Err(Fault::Damaged {
                    what: format!("{word:?} is nothing that a link opens"),
                    source: None,
                });
            }
        },
        ends: columns.time(3)?,
    })
}

/// Spends a link: from now on it opens nothing.
pub(super) fn spend_link(
    connection: &Connection,
    token: &SecretHash,
    now: Timestamp,
) -> Result<OneTimeLink, Fault> {
    let link = link(connection, token, now)?;
    connection
        .prepare_cached("DELETE FROM sign_in_links WHERE token = ?1")?
        .execute([token.as_bytes()])?;
    Ok(link)
}

/// Signs a browser in and writes the entry about it. A person's oldest sign-in gives way to one too many.
pub(super) fn begin_session(
    connection: &Connection,
    session: &BrowserSession,
    entry: &NewEntry,
) -> Result<(), Fault> {
    let (account, proctor) = match session.who {
        Who::Account(account) => (Some(account.uuid()), None),
        Who::Proctor(proctor) => (None, Some(proctor.uuid())),
    };
    if let Some(account) = account {
        let open = connection
            .prepare_cached("SELECT 1 FROM accounts WHERE id = ?1 AND closed_at IS NULL")?
            .exists([account.as_bytes()])?;
        if !open {
            return Err(Refusal::AccountUnknown.into());
        }
        connection
            .prepare_cached(
                "DELETE FROM sessions WHERE account = ?1 AND id NOT IN
                     (SELECT id FROM sessions WHERE account = ?1 ORDER BY used_at DESC, id LIMIT ?2)",
            )?
            .execute(params![
                account.as_bytes(),
                column(u64::from(limits::MOST_SIGN_INS_OF_A_PERSON) - 1)
            ])?;
    }
    connection
        .prepare_cached(
            "INSERT INTO sessions (id, cookie, account, proctor, browser, begun_at, used_at, ends)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            session.id.uuid().as_bytes(),
            session.cookie.as_bytes(),
            account.map(|id| *id.as_bytes()),
            proctor.map(|id| *id.as_bytes()),
            session.browser.as_str(),
            micros(session.begun_at),
            micros(session.used_at),
            micros(session.ends),
        ])?;
    record::append(connection, entry)?;
    Ok(())
}

/// The signed-in browser of a cookie with its person, while it holds.
pub(super) fn signed_in(
    connection: &Connection,
    cookie: &SecretHash,
    now: Timestamp,
) -> Result<Option<SignedIn>, Fault> {
    let text = format!(
        "SELECT {ACCOUNT}, {SESSION} FROM sessions JOIN accounts ON accounts.id = sessions.account
         WHERE sessions.cookie = ?1 AND accounts.closed_at IS NULL"
    );
    let found = connection
        .prepare_cached(&text)?
        .query_row([cookie.as_bytes()], |row| {
            Ok(account_of(row).and_then(|account| {
                Ok(SignedIn {
                    session: session_of(row, ACCOUNT_COLUMNS)?,
                    account,
                })
            }))
        })
        .optional()?
        .transpose()?;
    Ok(found.filter(|found| found.session.holds(now)))
}

/// The signed-in browser of a proctor's cookie, while it holds.
pub(super) fn proctor_session(
    connection: &Connection,
    cookie: &SecretHash,
    now: Timestamp,
) -> Result<Option<BrowserSession>, Fault> {
    let text = format!("SELECT {SESSION} FROM sessions WHERE cookie = ?1 AND proctor IS NOT NULL");
    let found = connection
        .prepare_cached(&text)?
        .query_row([cookie.as_bytes()], |row| Ok(session_of(row, 0)))
        .optional()?
        .transpose()?;
    Ok(found.filter(|session| session.holds(now)))
}

pub(super) fn session_of(row: &Row<'_>, first: usize) -> Result<BrowserSession, Fault> {
    let columns = Columns::of("a sign-in", row);
    let at = |place: usize| first + place;
    Ok(BrowserSession {
        id: BrowserSessionId::new(columns.uuid(first)?),
        cookie: columns.hash(at(1))?,
        who: if columns.is_null(at(2))? {
            Who::Proctor(ProctorId::new(columns.uuid(at(3))?))
        } else {
            Who::Account(AccountId::new(columns.uuid(at(2))?))
        },
        browser: columns.parsed(at(4))?,
        begun_at: columns.time(at(5))?,
        used_at: columns.time(at(6))?,
        ends: columns.time(at(7))?,
    })
}

/// Remembers that a sign-in is in use.
pub(super) fn touch_session(
    connection: &Connection,
    session: BrowserSessionId,
    at: Timestamp,
) -> Result<(), Fault> {
    connection
        .prepare_cached("UPDATE sessions SET used_at = MAX(used_at, ?2) WHERE id = ?1")?
        .execute(params![session.uuid().as_bytes(), micros(at)])?;
    Ok(())
}

/// Ends a sign-in, with the entry about it. One that is not there has ended already, and nothing is written.
pub(super) fn end_session(
    connection: &Connection,
    session: BrowserSessionId,
    entry: &NewEntry,
) -> Result<(), Fault> {
    let ended = connection
        .prepare_cached("DELETE FROM sessions WHERE id = ?1")?
        .execute([session.uuid().as_bytes()])?;
    if ended > 0 {
        record::append(connection, entry)?;
    }
    Ok(())
}

/// Forgets ended links, sign-ins and keys; says how many.
pub(super) fn prune(connection: &Connection, now: Timestamp) -> Result<u64, Fault> {
    let mut forgotten = 0;
    for statement in [
        "DELETE FROM sign_in_links WHERE ends <= ?1",
        "DELETE FROM sessions WHERE ends <= ?1",
        "DELETE FROM enrolment_keys WHERE ends <= ?1",
        "DELETE FROM watch_tokens WHERE ends <= ?1",
    ] {
        let gone = connection.prepare_cached(statement)?.execute([micros(now)])?;
        forgotten += u64::try_from(gone).unwrap_or(u64::MAX);
    }
    Ok(forgotten)
}
