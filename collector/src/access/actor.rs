//! Somebody who is signed in.

use jiff::Timestamp;
use roomready_shared::ids::{AccountId, BrowserSessionId, ProctorId, Title};

use super::{Permission, Role, Scope};

/// Which person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Who {
    /// One with an account.
    Account(AccountId),
    /// One who came by a proctor link.
    Proctor(ProctorId),
}

/// A person at a browser, as everything behind the guard knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Which person.
    pub who: Who,
    /// What people call them.
    pub name: Title,
    /// What they are.
    pub role: Role,
    /// How far they reach.
    pub scope: Scope,
    /// This browser's sign-in.
    pub session: BrowserSessionId,
    /// When it is over at the latest.
    pub ends: Timestamp,
    /// Their role asks for a second factor, and they have not set one up.
    pub lacks_second_factor: bool,
}

impl Actor {
    /// Whether they may do this anywhere. Without the second factor that their role asks for, they may only see to
    /// their own account.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.role.permits(permission) && (!self.lacks_second_factor || permission == Permission::OwnAccount)
    }
}
