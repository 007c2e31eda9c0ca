//! People in memory.

use std::collections::BTreeMap;

use jiff::Timestamp;
use roomready_shared::ids::{AccountId, BrowserSessionId, ProctorId};

use crate::access::Who;
use crate::limits;
use crate::secret::SecretHash;
use crate::store::{Account, BrowserSession, OneTimeLink, Refusal, SignedIn, StoreError};

#[derive(Debug, Default)]
pub(super) struct People {
    pub(super) accounts: BTreeMap<AccountId, Account>,
    pub(super) links: BTreeMap<SecretHash, OneTimeLink>,
    pub(super) sessions: BTreeMap<BrowserSessionId, BrowserSession>,
}

impl People {
    pub(super) fn add_account(&mut self, account: Account) -> Result<(), StoreError> {
        let key = Account::name_key(&account.name);
        let mut open = self.accounts.values().filter(|held| held.closed_at.is_none());
        if open.clone().count() >= limits::MOST_ACCOUNTS {
            return Err(Refusal::TooManyAccounts.into());
        }
        if open.any(|held| Account::name_key(&held.name) == key) {
            return Err(Refusal::NameTaken(account.name).into());
        }
        self.accounts.insert(account.id, account);
        Ok(())
    }

    pub(super) fn accounts(&self) -> Vec<Account> {
        let mut accounts: Vec<_> = self.accounts.values().cloned().collect();
        accounts.sort_by(|a, b| a.name.cmp(&b.name));
        accounts
    }

    pub(super) fn add_link(&mut self, link: OneTimeLink) {
        self.links.insert(link.token, link);
    }

    pub(super) fn link(&self, token: SecretHash, now: Timestamp) -> Result<OneTimeLink, StoreError> {
        let link = self.links.get(&token).ok_or(Refusal::LinkSpent)?;
        if link.ends <= now {
            return Err(Refusal::LinkEnded(link.ends).into());
        }
        Ok(link.clone())
    }

    pub(super) fn spend_link(
        &mut self,
        token: SecretHash,
        session: BrowserSession,
    ) -> Result<(), StoreError> {
        let link = self.link(token, session.begun_at)?;
        if !link.opens.sign_in_of(session.who) {
            return Err(Refusal::LinkSpent.into());
        }
        self.begin_session(session)?;
        self.links.remove(&token);
        Ok(())
    }

    pub(super) fn begin_session(&mut self, session: BrowserSession) -> Result<(), StoreError> {
        if let Who::Account(account) = session.who {
            let account = self.accounts.get(&account).ok_or(Refusal::AccountUnknown)?;
            if account.closed_at.is_some() {
                return Err(Refusal::AccountUnknown.into());
            }
            self.make_room_for_one_more(session.who);
        }
        self.sessions.insert(session.id, session);
        Ok(())
    }

    fn make_room_for_one_more(&mut self, who: Who) {
        let most = usize::try_from(limits::MOST_SIGN_INS_OF_A_PERSON).unwrap_or(usize::MAX);
        while self.sessions.values().filter(|held| held.who == who).count() >= most {
            let its = self.sessions.values().filter(|held| held.who == who);
            let Some(oldest) = its.min_by_key(|held| held.used_at).map(|held| held.id) else {
                return;
            };
            self.sessions.remove(&oldest);
        }
    }

    pub(super) fn signed_in(&self, cookie: SecretHash, now: Timestamp) -> Option<SignedIn> {
        let session = self.sessions.values().find(|held| held.cookie == cookie)?;
        let Who::Account(account) = session.who else {
            return None;
        };
        let account = self.accounts.get(&account)?;
        (session.holds(now) && account.closed_at.is_none()).then(|| SignedIn {
            session: session.clone(),
            account: account.clone(),
        })
    }

    pub(super) fn proctor_session(&self, cookie: SecretHash, now: Timestamp) -> Option<BrowserSession> {
        let session = self.sessions.values().find(|held| held.cookie == cookie)?;
        let is_proctor = matches!(session.who, Who::Proctor(_));
        (is_proctor && session.holds(now)).then(|| session.clone())
    }

    pub(super) fn end_sessions_of(&mut self, proctor: ProctorId) {
        self.sessions
            .retain(|_, session| session.who != Who::Proctor(proctor));
    }

    pub(super) fn touch(&mut self, session: BrowserSessionId, at: Timestamp) {
        if let Some(session) = self.sessions.get_mut(&session) {
            session.used_at = session.used_at.max(at);
        }
    }

    /// Whether there was one.
    pub(super) fn end_session(&mut self, session: BrowserSessionId) -> bool {
        self.sessions.remove(&session).is_some()
    }

    /// How many things will end by themselves.
    pub(super) fn that_end(&self) -> usize {
        self.links.len() + self.sessions.len()
    }

    pub(super) fn prune(&mut self, now: Timestamp) {
        self.links.retain(|_, link| link.ends > now);
        self.sessions.retain(|_, session| session.ends > now);
    }
}
