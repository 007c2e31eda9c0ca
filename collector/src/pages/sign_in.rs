//! The page for somebody who is not signed in.

use askama::Template;

use super::{
    fragment::written,
    view::{SignInPage, SignInReason},
};

#[derive(Template)]
#[template(path = "sign-in.html")]
struct Page<'a> {
    view: &'a SignInPage,
}

/// The whole page. Its status is 401.
#[must_use]
pub fn render(view: &SignInPage) -> String {
    written(&Page { view })
}
