//! Tokens of staff computers, in memory.

use std::collections::BTreeMap;

use jiff::Timestamp;
use roomready_shared::ids::{AccountId, WatchTokenId};

use crate::limits;
use crate::secret::SecretHash;
use crate::store::WatchToken;

/// Tokens.
#[derive(Debug, Default)]
pub(super) struct Watchers(BTreeMap<WatchTokenId, WatchToken>);

impl Watchers {
    /// The one that was used longest ago gives way to one too many.
    pub(super) fn add(&mut self, token: WatchToken) {
        let most = usize::try_from(limits::MOST_WATCH_TOKENS_OF_A_PERSON).unwrap_or(usize::MAX);
        let mut theirs = self.all_of(token.account);
        theirs.sort_by(|a, b| b.used_at.cmp(&a.used_at).then(a.id.cmp(&b.id)));
        for one_too_many in theirs.iter().skip(most - 1) {
            self.0.remove(&one_too_many.id);
        }
        self.0.insert(token.id, token);
    }

    fn all_of(&self, account: AccountId) -> Vec<WatchToken> {
        let all = self.0.values().filter(|held| held.account == account);
        all.cloned().collect()
    }

    pub(super) fn of(&self, account: AccountId, now: Timestamp) -> Vec<WatchToken> {
        let mut theirs = self.all_of(account);
        theirs.retain(|token| token.ends > now);
        theirs.sort_by(|a, b| b.used_at.cmp(&a.used_at).then(a.id.cmp(&b.id)));
        theirs
    }

    pub(super) fn find(&self, token: SecretHash, now: Timestamp) -> Option<WatchToken> {
        let found = self.0.values().find(|held| held.token == token)?;
        (found.ends > now).then(|| found.clone())
    }

    pub(super) fn touch(&mut self, id: WatchTokenId, at: Timestamp) {
        if let Some(held) = self.0.get_mut(&id) {
            held.used_at = held.used_at.max(at);
        }
    }

    /// Whether it was there.
    pub(super) fn end(&mut self, id: WatchTokenId) -> bool {
        self.0.remove(&id).is_some()
    }

    pub(super) fn end_of(&mut self, account: AccountId) {
        self.0.retain(|_, held| held.account != account);
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn prune(&mut self, now: Timestamp) {
        self.0.retain(|_, token| token.ends > now);
    }
}
