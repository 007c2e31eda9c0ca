//! People's accounts: one's own, and everybody's for administrators.

use askama::Template;

use super::fragment::written;
use super::view::{
    AccountPage, AccountsPage, CodePage, LinkMadePage, OneAccountPage, RecoverPage, SecondFactorPage,
};

#[derive(Template)]
#[template(path = "sign-in-code.html")]
struct Code<'a> {
    view: &'a CodePage,
}

/// The code, after the password.
#[must_use]
pub fn code(view: &CodePage) -> String {
    written(&Code { view })
}

#[derive(Template)]
#[template(path = "recover.html")]
struct Recover<'a> {
    view: &'a RecoverPage,
}

/// A link opened: a password is chosen.
#[must_use]
pub fn recover(view: &RecoverPage) -> String {
    written(&Recover { view })
}

#[derive(Template)]
#[template(path = "account.html")]
struct Account<'a> {
    view: &'a AccountPage,
}

/// One's own account.
#[must_use]
pub fn own(view: &AccountPage) -> String {
    written(&Account { view })
}

#[derive(Template)]
#[template(path = "second-factor.html")]
struct SecondFactor<'a> {
    view: &'a SecondFactorPage,
}

/// Setting up an app for codes.
#[must_use]
pub fn second_factor(view: &SecondFactorPage) -> String {
    written(&SecondFactor { view })
}

#[derive(Template)]
#[template(path = "accounts.html")]
struct Accounts<'a> {
    view: &'a AccountsPage,
}

/// All accounts.
#[must_use]
pub fn all(view: &AccountsPage) -> String {
    written(&Accounts { view })
}

#[derive(Template)]
#[template(path = "account-of.html")]
struct OneAccount<'a> {
    view: &'a OneAccountPage,
}

/// One account.
#[must_use]
pub fn one(view: &OneAccountPage) -> String {
    written(&OneAccount { view })
}

#[derive(Template)]
#[template(path = "link-made.html")]
struct LinkMade<'a> {
    view: &'a LinkMadePage,
}

/// A link, shown once.
#[must_use]
pub fn link_made(view: &LinkMadePage) -> String {
    written(&LinkMade { view })
}
