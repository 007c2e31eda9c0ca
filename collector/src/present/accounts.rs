//! People's accounts on pages.

use std::collections::BTreeSet;

use roomready_shared::ids::{BrowserSessionId, SchoolId};

use super::Scene;
use super::browser::browser_words;
use crate::access::{Role, Who};
use crate::pages::view::{
    AccountForm, AccountPage, AccountRow, AccountsPage, Choice, Field, FieldKind, Frame, Link,
    OneAccountPage, SessionRow,
};
use crate::store::{Account, BrowserSession, WatchToken};

/// What somebody wrote into a form about an account, and what was wrong with it.
#[derive(Debug, Clone, Default)]
pub struct AccountWritten {
    /// The name.
    pub name: String,
    /// The role's word.
    pub role: String,
    /// Ids of schools.
    pub schools: Vec<String>,
    /// What was wrong with the name.
    pub wrong_name: Option<String>,
    /// What was wrong with the role.
    pub wrong_role: Option<String>,
    /// What was wrong with the schools.
    pub wrong_schools: Option<String>,
}

impl AccountWritten {
    /// As the account is.
    #[must_use]
    pub fn of(account: &Account) -> Self {
        Self {
            name: account.name.to_string(),
            role: account.role.word().to_owned(),
            schools: account.schools.iter().map(ToString::to_string).collect(),
            ..Self::default()
        }
    }
}

/// What was wrong with the fields of one's own account.
#[derive(Debug, Clone, Default)]
pub struct OwnWrong {
    /// The name.
    pub name: Option<String>,
    /// The present password.
    pub present: Option<String>,
    /// The new password.
    pub new: Option<String>,
    /// The new password again.
    pub again: Option<String>,
}

impl Scene<'_> {
    /// What surrounds a page about people.
    fn people_frame(&self, title: &str, trail: Vec<Link>) -> Frame {
        let trail = [self.district_link()].into_iter().chain(trail).collect();
        Frame {
            log: None,
            ..self.frame(title, trail, "/incidents", None)
        }
    }

    /// "Technician of Lincoln Middle School".
    fn role_words(&self, role: Role, schools: &BTreeSet<SchoolId>) -> String {
        let titles: Vec<_> = schools
            .iter()
            .map(|school| match self.school_title(school) {
                "" => school.as_str(),
                title => title,
            })
            .collect();
        if titles.is_empty() {
            role.title().to_owned()
        } else {
            format!("{} of {}", role.title(), titles.join(", "))
        }
    }

    fn account_form(&self, written: &AccountWritten) -> AccountForm {
        let name = Field::new(FieldKind::Text, "name", "Name")
            .holding(written.name.clone())
            .hinting("As colleagues know them. They sign in with it.")
            .wrong(written.wrong_name.clone());
        let roles = Role::OF_ACCOUNTS.into_iter().map(|role| {
            Choice::new(role.word(), role.title())
                .hinting(duties(role))
                .chosen_in(std::slice::from_ref(&written.role))
        });
        let schools = self.district().schools().iter();
        let schools = schools
            .map(|(id, school)| Choice::new(id.as_str(), school.title.as_str()).chosen_in(&written.schools));
        AccountForm {
            name,
            roles: roles.collect(),
            wrong_role: written.wrong_role.clone(),
            schools: schools.collect(),
            wrong_schools: written.wrong_schools.clone(),
        }
    }
}

const fn duties(role: Role) -> &'static str {
    match role {
        Role::Technician => "Looks after the devices of some schools.",
        Role::SchoolCoordinator => "Answers for testing in one school and makes links for proctors.",
        Role::DistrictCoordinator => "Answers for testing in all schools.",
        Role::Auditor => "Reads everything, changes nothing.",
        Role::Administrator => "Makes accounts and looks after settings; approves nothing.",
        Role::Proctor => "In the room with the students.",
    }
}

/// Fields in which a password is chosen: the new one twice.
#[must_use]
pub fn choose_password(new: Option<String>, again: Option<String>) -> Vec<Field> {
    let least = crate::account::password::LEAST_CHARACTERS;
    vec![
        Field::new(FieldKind::NewPassword, "new", "New password")
            .hinting(format!(
                "At least {least} characters. A short sentence is easy to remember; nothing else is asked of it."
            ))
            .wrong(new),
        Field::new(FieldKind::NewPassword, "again", "The same again").wrong(again),
    ]
}

/// One's own account.
#[must_use]
pub fn own_account(
    scene: &Scene<'_>,
    account: &Account,
    sessions: &[BrowserSession],
    computers: &[WatchToken],
    here: BrowserSessionId,
    done: Option<&'static str>,
    wrong: OwnWrong,
) -> AccountPage {
    let rows = sessions.iter().map(|session| SessionRow {
        id: session.id.to_string(),
        browser: browser_words(session.browser.as_str()),
        is_this: session.id == here,
        begun: scene.time(session.begun_at),
        used: scene.time(session.used_at),
    });
    let present = Field::new(FieldKind::Password, "present", "Present password").wrong(wrong.present);
    let mut password = choose_password(wrong.new, wrong.again);
    if account.password.is_some() {
        password.insert(0, present);
    }
    AccountPage {
        frame: scene.people_frame("Your account", Vec::new()),
        done,
        name: Field::new(FieldKind::UserName, "name", "Your name")
            .holding(account.name.as_str())
            .hinting("You sign in with it.")
            .wrong(wrong.name),
        role: scene.role_words(account.role, &account.schools),
        password,
        has_password: account.password.is_some(),
        has_second_factor: account.second_factor.is_some(),
        needs_second_factor: account.role.needs_second_factor(),
        sessions: rows.collect(),
        computers: super::connect::computers(scene, computers),
    }
}

/// What surrounds the page of one's second factor.
#[must_use]
pub fn second_factor_frame(scene: &Scene<'_>) -> Frame {
    scene.people_frame("Second step", vec![Link::new("Your account", "/account")])
}

/// All accounts.
#[must_use]
pub fn all_accounts(
    scene: &Scene<'_>,
    accounts: &[Account],
    sessions: &[BrowserSession],
    done: Option<&'static str>,
    written: &AccountWritten,
) -> AccountsPage {
    let open = accounts.iter().filter(|account| account.closed_at.is_none());
    let rows = open.map(|account| {
        let used = sessions
            .iter()
            .filter(|session| session.who == Who::Account(account.id))
            .map(|session| session.used_at)
            .max();
        let open_point = match account {
            _ if account.password.is_none() => Some("Has not chosen a password"),
            _ if account.lacks_second_factor() => Some("Second step is not set up"),
            _ => None,
        };
        AccountRow {
            account: Link::new(account.name.as_str(), format!("/accounts/{}", account.id)),
            role: scene.role_words(account.role, &account.schools),
            open_point,
            used: used.map(|used| scene.time(used)),
        }
    });
    AccountsPage {
        frame: scene.people_frame("Accounts", Vec::new()),
        done,
        rows: rows.collect(),
        closed: accounts
            .iter()
            .filter(|account| account.closed_at.is_some())
            .count(),
        form: scene.account_form(written),
    }
}

/// One account, for administrators.
#[must_use]
pub fn one_account(
    scene: &Scene<'_>,
    account: &Account,
    signed_in_on: usize,
    own: bool,
    done: Option<&'static str>,
    written: &AccountWritten,
) -> OneAccountPage {
    OneAccountPage {
        frame: scene.people_frame("Account", vec![Link::new("Accounts", "/accounts")]),
        done,
        id: account.id.to_string(),
        name: account.name.to_string(),
        closed: account.closed_at.map(|closed| scene.time(closed)),
        created: scene.time(account.created_at),
        has_password: account.password.is_some(),
        has_second_factor: account.second_factor.is_some(),
        signed_in_on,
        is_own: own,
        form: scene.account_form(written),
    }
}

/// What surrounds the page of a link that is shown once, and until when that works.
#[must_use]
pub fn link_frame(scene: &Scene<'_>, ends: jiff::Timestamp) -> (Frame, crate::pages::LocalTime) {
    let frame = scene.people_frame("A link", vec![Link::new("Accounts", "/accounts")]);
    (frame, scene.time(ends))
}
