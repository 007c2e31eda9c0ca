//! The page for somebody who is not signed in.

use askama::Template;

use super::{
    fragment::written,
    view::{SignInLinkPage, SignInPage, SignInReason},
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

#[derive(Template)]
#[template(path = "sign-in-link.html")]
struct LinkPage<'a> {
    view: &'a SignInLinkPage,
}

/// What a link shows before it is used.
#[must_use]
pub fn render_link(view: &SignInLinkPage) -> String {
    written(&LinkPage { view })
}
