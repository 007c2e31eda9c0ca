//! Staff pages: who may see them, what their address means, which view model fills them.

pub(super) mod access_log;
pub(super) mod account;
pub(super) mod accounts;
pub(super) mod acts;
pub(super) mod assets;
pub(super) mod boards;
pub(super) mod close_out;
pub(super) mod connect;
pub(super) mod credential;
pub(super) mod devices;
pub(super) mod enrollment;
pub(super) mod entering;
pub(super) mod incidents;
pub(super) mod live;
pub(super) mod mine;
pub(super) mod notices;
pub(super) mod proctors;
pub(super) mod reach;
pub(super) mod recover;
pub(super) mod second_factor;
pub(super) mod set_up;
pub(super) mod sign_in;
pub(super) mod what_to_do;

use std::str::FromStr;

use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;
use http::header::CONTENT_TYPE;

use super::Refusal;
use crate::pages::view::{ErrorKind, ErrorPage, SignInPage};

/// The thing that a part of an address names; what cannot be a name names nothing.
pub(super) fn named<T: FromStr>(what: &str, text: &str) -> Result<T, Refusal> {
    text.parse().map_err(|_| Refusal::no_such(what, text))
}

/// What a person sees in place of the page that is refused, with the refusal's own status. `asked` is the page's path.
pub(super) fn refusal_page(refusal: &Refusal, number: &str, asked: &str) -> Response {
    if let Some(reason) = refusal.sign_in() {
        let page = SignInPage {
            to: sign_in::own_path(asked).to_owned(),
            ..SignInPage::because(reason)
        };
        return (refusal.status(), Html(crate::pages::sign_in::render(&page))).into_response();
    }
    if let Some(page) = refusal.page() {
        return (refusal.status(), Html(crate::pages::people::say(page))).into_response();
    }
    let kind = match refusal.status() {
        _ if refusal.second_factor() => ErrorKind::SecondFactor,
        StatusCode::NOT_FOUND => ErrorKind::NotFound,
        StatusCode::FORBIDDEN => ErrorKind::Forbidden,
        StatusCode::INTERNAL_SERVER_ERROR => ErrorKind::Failed,
        StatusCode::SERVICE_UNAVAILABLE => ErrorKind::Unavailable,
        // Seen by programs only: a browser never sends these by following our pages.
        status => {
            let plain = [(CONTENT_TYPE, "text/plain; charset=utf-8")];
            return (status, plain, format!("{}\n", refusal.message())).into_response();
        }
    };
    let page = ErrorPage {
        kind,
        subject: refusal.subject().map(str::to_owned),
        reference: refusal.status().is_server_error().then(|| number.to_owned()),
    };
    (refusal.status(), Html(crate::pages::error::render(&page))).into_response()
}
