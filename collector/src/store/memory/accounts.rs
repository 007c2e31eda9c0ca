//! Changes of accounts in memory.

use jiff::Timestamp;
use roomready_shared::ids::{AccountId, BrowserSessionId};

use super::people::People;
use crate::access::{Role, Who};
use crate::secret::SecretHash;
use crate::store::{
    Account, AccountChange, BrowserSession, Changed, OneTimeLink, Opens, Refusal, StoreError,
};

impl People {
    pub(super) fn account_named(&self, key: &str) -> Option<Account> {
        let mut open = self.accounts.values().filter(|held| held.closed_at.is_none());
        open.find(|held| Account::name_key(&held.name) == key).cloned()
    }

    pub(super) fn add_first_account(
        &mut self,
        token: SecretHash,
        account: Account,
        session: BrowserSession,
    ) -> Result<(), StoreError> {
        let link = self.link(token, session.begun_at)?;
        let taken = self.accounts.values().any(|held| held.closed_at.is_none());
        if link.opens != Opens::SetUp || taken {
            return Err(Refusal::LinkSpent.into());
        }
        self.add_account(account)?;
        self.begin_session(session)?;
        self.links.retain(|_, held| held.opens != Opens::SetUp);
        Ok(())
    }

    pub(super) fn change_account(&mut self, change: &AccountChange) -> Result<(), StoreError> {
        let id = change.account;
        let account = self.open_account(id)?.clone();
        if let Some(token) = change.by_link
            && self.link(token, change.at)?.opens != Opens::Recover(id)
        {
            return Err(Refusal::LinkSpent.into());
        }
        let changed = self.changed(account, change)?;
        match &change.changed {
            Changed::Password { keep, .. } => {
                self.end_other_sessions(Who::Account(id), *keep);
                self.end_links(id);
            }
            Changed::Closed => {
                self.end_other_sessions(Who::Account(id), None);
                self.end_links(id);
            }
            _ => {}
        }
        self.accounts.insert(id, changed);
        Ok(())
    }

    /// The account as it will be.
    fn changed(&self, mut account: Account, change: &AccountChange) -> Result<Account, StoreError> {
        match &change.changed {
            Changed::Details { name, role, schools } => {
                let key = Account::name_key(name);
                let mut others = self.accounts.values().filter(|held| held.id != account.id);
                if others.any(|held| held.closed_at.is_none() && Account::name_key(&held.name) == key) {
                    return Err(Refusal::NameTaken(name.clone()).into());
                }
                if *role != Role::Administrator {
                    self.one_administrator_without(&account)?;
                }
                account.name = name.clone();
                account.role = *role;
                account.schools.clone_from(schools);
            }
            Changed::Password { hash, .. } | Changed::PasswordRenewed(hash) => {
                account.password = Some(hash.clone());
            }
            Changed::SecondFactor(factor) => account.second_factor.clone_from(factor),
            Changed::CodeUsed(step) => match &mut account.second_factor {
                Some(factor) if factor.used_step < *step => factor.used_step = *step,
                _ => return Err(Refusal::CodeUsed.into()),
            },
            Changed::Closed => {
                self.one_administrator_without(&account)?;
                account.closed_at = Some(change.at);
            }
        }
        Ok(account)
    }

    pub(super) fn open_account(&self, id: AccountId) -> Result<&Account, StoreError> {
        self.accounts
            .get(&id)
            .filter(|account| account.closed_at.is_none())
            .ok_or(Refusal::AccountUnknown.into())
    }

    fn one_administrator_without(&self, account: &Account) -> Result<(), StoreError> {
        let is_other = |held: &&Account| {
            held.id != account.id && held.role == Role::Administrator && held.closed_at.is_none()
        };
        if account.role == Role::Administrator && !self.accounts.values().any(|held| is_other(&held)) {
            return Err(Refusal::LastAdministrator.into());
        }
        Ok(())
    }

    pub(super) fn sessions(&self, of: Option<AccountId>, now: Timestamp) -> Vec<BrowserSession> {
        let mut sessions: Vec<_> = self
            .sessions
            .values()
            .filter(|session| match (session.who, of) {
                (Who::Account(_), None) => true,
                (who, Some(of)) => who == Who::Account(of),
                (Who::Proctor(_), None) => false,
            })
            .filter(|session| session.holds(now))
            .cloned()
            .collect();
        sessions.sort_by(|a, b| b.used_at.cmp(&a.used_at).then(a.id.cmp(&b.id)));
        sessions
    }

    /// Whether there was any.
    pub(super) fn end_other_sessions(&mut self, who: Who, keep: Option<BrowserSessionId>) -> bool {
        let before = self.sessions.len();
        self.sessions
            .retain(|id, session| session.who != who || Some(*id) == keep);
        self.sessions.len() < before
    }

    fn end_links(&mut self, account: AccountId) {
        self.links.retain(|_, link| link.opens.account() != Some(account));
    }

    pub(super) fn add_recovery(&mut self, link: OneTimeLink) -> Result<(), StoreError> {
        let account = link.opens.account().ok_or(Refusal::AccountUnknown)?;
        self.open_account(account)?;
        self.links.retain(|_, held| held.opens != Opens::Recover(account));
        self.add_link(link);
        Ok(())
    }
}
