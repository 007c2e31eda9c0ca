//! Everybody's accounts, for administrators.

use super::form::{Choice, Field};
use super::frame::{Frame, Link};
use crate::pages::time::LocalTime;

/// All open accounts, and a form for a new one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountsPage {
    /// Surroundings.
    pub frame: Frame,
    /// What was just done, in a sentence.
    pub done: Option<&'static str>,
    /// By name.
    pub rows: Vec<AccountRow>,
    /// Closed ones that are not listed.
    pub closed: usize,
    /// The form for a new one.
    pub form: AccountForm,
}

/// One account in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// Name and page.
    pub account: Link,
    /// "Technician of Lincoln Middle School".
    pub role: String,
    /// "Has not signed in yet", "Second step not set up"; nothing where all is as it should be.
    pub open_point: Option<&'static str>,
    /// When it was last used, where somebody is signed in.
    pub used: Option<LocalTime>,
}

/// What an account is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountForm {
    /// The person's name.
    pub name: Field,
    /// Roles to choose from.
    pub roles: Vec<Choice>,
    /// What was wrong with the role.
    pub wrong_role: Option<String>,
    /// Schools to choose from.
    pub schools: Vec<Choice>,
    /// What was wrong with the schools.
    pub wrong_schools: Option<String>,
}

/// One account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneAccountPage {
    /// Surroundings.
    pub frame: Frame,
    /// What was just done, in a sentence.
    pub done: Option<&'static str>,
    /// Its id.
    pub id: String,
    /// Whose.
    pub name: String,
    /// It was closed then; a closed one can only be looked at.
    pub closed: Option<LocalTime>,
    /// When it was made.
    pub created: LocalTime,
    /// Whether its owner has chosen a password.
    pub has_password: bool,
    /// Whether codes of an app are asked for.
    pub has_second_factor: bool,
    /// Browsers that are signed in.
    pub signed_in_on: usize,
    /// It is the one of who looks.
    pub is_own: bool,
    /// What it is, to change.
    pub form: AccountForm,
}

/// A link that is shown once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkMadePage {
    /// Surroundings.
    pub frame: Frame,
    /// For whom.
    pub name: String,
    /// They have never had a password.
    pub is_new: bool,
    /// The link.
    pub address: String,
    /// Until when it works.
    pub ends: LocalTime,
    /// Back to the account.
    pub account: Link,
}
