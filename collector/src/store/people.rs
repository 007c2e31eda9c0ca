//! People as the store keeps them: accounts, the links that open something once, signed-in browsers.

use std::collections::BTreeSet;

use jiff::Timestamp;
use roomready_shared::ids::{AccountId, BrowserSessionId, SchoolId, Title};
use roomready_shared::units::ShortText;

use crate::access::{Actor, Role, Who};
use crate::domain::entry::NewEntry;
use crate::limits;
use crate::secret::SecretHash;

/// A person's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id, under which the record knows it for ever.
    pub id: AccountId,
    /// The person's name, which is also what they sign in with. Unique among open accounts, whatever its capitals.
    pub name: Title,
    /// What they are.
    pub role: Role,
    /// Their schools, for a role that is of schools.
    pub schools: BTreeSet<SchoolId>,
    /// Hash of the password, as PHC string; none until they have chosen one.
    pub password: Option<String>,
    /// What their codes are made from; none until they have set one up.
    pub second_factor: Option<SecondFactor>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was closed. A closed account signs nobody in, and its name in the record stays.
    pub closed_at: Option<Timestamp>,
}

/// What time-based codes are made from.
#[derive(Clone, PartialEq, Eq)]
pub struct SecondFactor {
    /// The shared secret.
    pub secret: Vec<u8>,
    /// The latest time step whose code was used.
    pub used_step: u64,
}

impl std::fmt::Debug for SecondFactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecondFactor")
            .field("used_step", &self.used_step)
            .finish_non_exhaustive()
    }
}

impl Account {
    /// How names are compared.
    #[must_use]
    pub fn name_key(name: &Title) -> String {
        name.as_str().to_lowercase()
    }

    /// Its schools in one line.
    #[must_use]
    pub fn school_words(&self) -> String {
        let schools: Vec<_> = self.schools.iter().map(SchoolId::as_str).collect();
        schools.join(" ")
    }

    /// Whether a role asks for a second factor that is not set up.
    #[must_use]
    pub fn lacks_second_factor(&self) -> bool {
        self.role.needs_second_factor() && self.second_factor.is_none()
    }
}

/// A change of one account, with all that belongs to it in the same unit.
#[derive(Debug, Clone)]
pub struct AccountChange {
    /// Which account.
    pub account: AccountId,
    /// What becomes of it.
    pub changed: Changed,
    /// When.
    pub at: Timestamp,
    /// The recovery link that permits it, where one does; it is spent.
    pub by_link: Option<SecretHash>,
    /// The entries about it.
    pub entries: Vec<NewEntry>,
}

/// What becomes of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed {
    /// It has another name, role, schools.
    Details {
        /// The name.
        name: Title,
        /// The role.
        role: Role,
        /// The schools.
        schools: BTreeSet<SchoolId>,
    },
    /// It has a new password. Every sign-in but this one ends, and so does every link that would let somebody in as
    /// its owner.
    Password {
        /// The new one's hash.
        hash: String,
        /// The sign-in that stays.
        keep: Option<BrowserSessionId>,
    },
    /// The same password is kept with more work.
    PasswordRenewed(String),
    /// It has a second factor from now on, or none any more.
    SecondFactor(Option<SecondFactor>),
    /// The code of a step was used; no step before it, and not it again, can be used any more.
    CodeUsed(u64),
    /// It is closed: its sign-ins and links end.
    Closed,
}

/// What a link opens, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opens {
    /// The first set-up of a collector that has no account.
    SetUp,
    /// A sign-in as this account. Made at the collector's own computer only.
    SignIn(AccountId),
    /// A new password and second factor for this account.
    Recover(AccountId),
}

impl Opens {
    /// Whose it is, where it is somebody's.
    #[must_use]
    pub const fn account(self) -> Option<AccountId> {
        match self {
            Self::SetUp => None,
            Self::SignIn(account) | Self::Recover(account) => Some(account),
        }
    }

    /// Whether it signs this person in.
    #[must_use]
    pub fn sign_in_of(self, who: Who) -> bool {
        matches!((self, who), (Self::SignIn(account), Who::Account(person)) if account == person)
    }
}

/// A link that works once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneTimeLink {
    /// Hash of its token.
    pub token: SecretHash,
    /// What it opens.
    pub opens: Opens,
    /// First moment at which it no longer works.
    pub ends: Timestamp,
}

/// A browser that is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrowserSession {
    /// Its id, for lists and the record.
    pub id: BrowserSessionId,
    /// Hash of its cookie.
    pub cookie: SecretHash,
    /// Whose.
    pub who: Who,
    /// What the browser calls itself, for its owner to tell one from another.
    pub browser: ShortText,
    /// When it signed in.
    pub begun_at: Timestamp,
    /// When it was last used, to the minute.
    pub used_at: Timestamp,
    /// First moment at which it no longer holds, however much it is used.
    pub ends: Timestamp,
}

impl BrowserSession {
    /// Whether it still holds: not ended, and used within [`limits::SIGN_IN_IDLE`].
    #[must_use]
    pub fn holds(&self, now: Timestamp) -> bool {
        let idle_until = self
            .used_at
            .saturating_add(limits::SIGN_IN_IDLE)
            .unwrap_or(Timestamp::MAX);
        now < self.ends && now < idle_until
    }

    /// Whether it is time to remember that it is in use.
    #[must_use]
    pub fn wants_touch(&self, now: Timestamp) -> bool {
        self.used_at
            .saturating_add(limits::SIGN_IN_TOUCHED_EVERY)
            .is_ok_and(|due| due <= now)
    }
}

/// A signed-in browser with its person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The browser.
    pub session: BrowserSession,
    /// The person.
    pub account: Account,
}

impl SignedIn {
    /// The person as everything behind the guard knows them.
    #[must_use]
    pub fn actor(&self) -> Actor {
        let Self { session, account } = self;
        Actor {
            who: session.who,
            name: account.name.clone(),
            role: account.role,
            scope: account.role.scope(&account.schools),
            session: session.id,
            ends: session.ends,
            lacks_second_factor: account.lacks_second_factor(),
        }
    }
}
