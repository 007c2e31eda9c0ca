//! Tokens of staff computers as the store keeps them.

use jiff::Timestamp;
use roomready_shared::ids::{AccountId, WatchTokenId};
use roomready_shared::units::ShortText;

use super::Account;
use crate::limits;
use crate::secret::SecretHash;

/// Leave for one staff computer to show notices for one person. It permits looking, nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchToken {
    /// Its id, for lists and the record.
    pub id: WatchTokenId,
    /// Hash of what the computer shows.
    pub token: SecretHash,
    /// Whose scope it has.
    pub account: AccountId,
    /// What the computer calls itself.
    pub computer: ShortText,
    /// When its owner confirmed it.
    pub made_at: Timestamp,
    /// When it was last used, to [`limits::WATCH_TOKEN_TOUCHED_EVERY`].
    pub used_at: Timestamp,
    /// First moment at which it no longer holds, however much it is used.
    pub ends: Timestamp,
}

impl WatchToken {
    /// Whether it is time to remember that it is in use.
    #[must_use]
    pub fn wants_touch(&self, now: Timestamp) -> bool {
        self.used_at
            .saturating_add(limits::WATCH_TOKEN_TOUCHED_EVERY)
            .is_ok_and(|due| due <= now)
    }
}

/// A staff computer's token with its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watcher {
    /// The token.
    pub token: WatchToken,
    /// Its owner.
    pub account: Account,
}
