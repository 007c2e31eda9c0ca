//! Sign-in links and staff sessions, until there are accounts.

use jiff::Timestamp;
use roomready_shared::ids::Title;

use crate::secret::SecretHash;

/// A link that signs one person in, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInLink {
    /// Hash of its token.
    pub token: SecretHash,
    /// First moment at which it no longer works.
    pub ends: Timestamp,
}

/// A person who is signed in on one browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffSession {
    /// Hash of the cookie.
    pub cookie: SecretHash,
    /// The person's name, where known.
    pub name: Option<Title>,
    /// First moment at which it no longer holds.
    pub ends: Timestamp,
}
