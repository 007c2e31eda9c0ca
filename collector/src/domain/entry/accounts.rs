//! Lines about accounts: who made, changed and closed them, and who could not get in.

use std::net::IpAddr;

use jiff::Timestamp;
use roomready_shared::ids::{AccountId, WatchTokenId};
use serde::Serialize;

use super::{Actor, Body, EntryKind, NewEntry, Subject};
use crate::access::Role;

/// Sign-ins that failed alike within a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct FailedSignIns {
    /// The account that was tried; none for a name that nobody has, which may be a password in the wrong field and is
    /// never written down.
    #[serde(skip)]
    pub account: Option<AccountId>,
    /// From where; none where many addresses are counted together.
    pub address: Option<IpAddr>,
    /// What was wrong: "password", "code".
    pub what: &'static str,
    /// How many.
    pub times: u32,
}

impl NewEntry {
    /// Somebody could not sign in.
    #[must_use]
    pub fn sign_in_failed(at: Timestamp, failed: &FailedSignIns) -> Self {
        let subject = failed.account.map_or(Subject::Collector, Subject::Account);
        let body = Body::of(failed).unwrap_or_else(|_| Body::empty());
        Self::new(at, None, Actor::System, EntryKind::SignInFailed, subject, body)
    }

    /// An account has another name, role or schools. Names stay out of the record: that it changed is written.
    #[must_use]
    pub fn account_changed(
        at: Timestamp,
        by: Actor,
        account: AccountId,
        renamed: bool,
        role: Role,
        schools: &str,
    ) -> Self {
        let body = Body::of_fields([
            ("renamed", renamed.into()),
            ("role", role.word().into()),
            ("schools", schools.into()),
        ]);
        about(at, by, account, EntryKind::AccountChanged, body)
    }

    /// An account was closed.
    #[must_use]
    pub fn account_closed(at: Timestamp, by: Actor, account: AccountId) -> Self {
        about(at, by, account, EntryKind::AccountClosed, Body::empty())
    }

    /// A link was made by which an account's owner chooses a password.
    #[must_use]
    pub fn recovery_link_made(at: Timestamp, by: Actor, account: AccountId, is_invitation: bool) -> Self {
        let body = Body::of_fields([("invitation", is_invitation.into())]);
        about(at, by, account, EntryKind::RecoveryLinkMade, body)
    }

    /// Somebody has a new password, changed on their own page or by a link.
    #[must_use]
    pub fn password_changed(at: Timestamp, account: AccountId, how: &str) -> Self {
        let body = Body::of_fields([("how", how.into())]);
        about(
            at,
            Actor::Account(account),
            account,
            EntryKind::PasswordChanged,
            body,
        )
    }

    /// Somebody set up a second factor.
    #[must_use]
    pub fn second_factor_set(at: Timestamp, account: AccountId) -> Self {
        let (by, kind) = (Actor::Account(account), EntryKind::SecondFactorSet);
        about(at, by, account, kind, Body::empty())
    }

    /// Somebody's second factor was taken away, for them to set up anew.
    #[must_use]
    pub fn second_factor_reset(at: Timestamp, by: Actor, account: AccountId) -> Self {
        about(at, by, account, EntryKind::SecondFactorReset, Body::empty())
    }

    /// Somebody ended sign-ins of theirs on other browsers: one by its id, or "others".
    #[must_use]
    pub fn session_ended(at: Timestamp, account: AccountId, which: &str) -> Self {
        let body = Body::of_fields([("session", which.into())]);
        about(
            at,
            Actor::Account(account),
            account,
            EntryKind::SessionEnded,
            body,
        )
    }

    /// Somebody let a staff computer show notices for them: what it calls itself.
    #[must_use]
    pub fn watch_token_made(at: Timestamp, account: AccountId, token: WatchTokenId, computer: &str) -> Self {
        let body = Body::of_fields([("token", token.to_string().into()), ("computer", computer.into())]);
        let (by, kind) = (Actor::Account(account), EntryKind::WatchTokenMade);
        about(at, by, account, kind, body)
    }

    /// A staff computer may no longer show notices for somebody, ended on their page or by the computer itself.
    #[must_use]
    pub fn watch_token_ended(at: Timestamp, account: AccountId, token: WatchTokenId, how: &str) -> Self {
        let body = Body::of_fields([("token", token.to_string().into()), ("how", how.into())]);
        let (by, kind) = (Actor::Account(account), EntryKind::WatchTokenEnded);
        about(at, by, account, kind, body)
    }

    /// A new installation was given its district.
    #[must_use]
    pub fn district_set_up(at: Timestamp, by: Actor) -> Self {
        let (kind, subject) = (EntryKind::DistrictSetUp, Subject::Collector);
        Self::new(at, None, by, kind, subject, Body::empty())
    }
}

fn about(at: Timestamp, by: Actor, account: AccountId, kind: EntryKind, body: Body) -> NewEntry {
    NewEntry::new(at, None, by, kind, Subject::Account(account), body)
}
