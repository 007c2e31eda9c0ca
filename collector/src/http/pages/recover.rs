//! A link by which somebody chooses a password: an invitation, or a forgotten one.

use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use http::{Extensions, HeaderMap, StatusCode};
use serde::Deserialize;

use super::account::{WrongPassword, chosen};
use super::sign_in::{Begins, account_of};
use crate::domain::entry::NewEntry;
use crate::http::extract::sent::Sent;
use crate::http::{App, Refusal};
use crate::pages;
use crate::pages::view::RecoverPage;
use crate::present;
use crate::secret::Secret;
use crate::store::{Account, AccountChange, Changed, Opens};

#[derive(Deserialize)]
pub(in crate::http) struct Link {
    token: Option<String>,
}

pub(in crate::http) async fn page(
    State(app): State<App>,
    Query(link): Query<Link>,
) -> Result<Response, Refusal> {
    let Some(token) = link.token else {
        return Ok(Redirect::to("/sign-in").into_response());
    };
    let (token, account) = opened(&app, &token).await?;
    Ok(shown(&token, &account, (None, None), StatusCode::OK))
}

#[derive(Deserialize)]
pub(in crate::http) struct Typed {
    token: String,
    new: String,
    again: String,
}

pub(in crate::http) async fn choose(
    State(app): State<App>,
    extensions: Extensions,
    headers: HeaderMap,
    Sent(typed): Sent<Typed>,
) -> Result<Response, Refusal> {
    let (token, account) = opened(&app, &typed.token).await?;
    let password = match chosen(&app, account.name.as_str(), &typed.new, &typed.again) {
        Ok(password) => password,
        Err(wrong) => return Ok(shown(&token, &account, wrong, StatusCode::BAD_REQUEST)),
    };
    let hash = app.door.hash(password).await?;
    let at = app.clock.wall();
    let change = AccountChange {
        account: account.id,
        changed: Changed::Password {
            hash: hash.as_str().to_owned(),
            keep: None,
        },
        at,
        by_link: Some(token.hash()),
        entries: vec![NewEntry::password_changed(at, account.id, "link")],
    };
    app.store.change_account(change).await?;
    if account.second_factor.is_some() {
        // Whoever got hold of the link has not got hold of the phone.
        return Ok(Redirect::to("/sign-in?done=password").into_response());
    }
    let begins = Begins::new(&app, account, &headers)?;
    begins.write(&app, "link and new password").await?;
    let to = begins.first_page();
    Ok(begins.answer(&app, &extensions, to))
}

async fn opened(app: &App, token: &str) -> Result<(Secret, Account), Refusal> {
    let token = Secret::shown(token).ok_or_else(Refusal::sign_in_needed)?;
    let Opens::Recover(account) = app.store.link(token.hash(), app.clock.wall()).await?.opens else {
        return Err(Refusal::not_found("this link opens something else"));
    };
    let account = account_of(app, account).await?;
    Ok((token, account))
}

fn shown(token: &Secret, account: &Account, (new, again): WrongPassword, status: StatusCode) -> Response {
    let page = RecoverPage {
        token: token.reveal().to_owned(),
        name: account.name.to_string(),
        is_new: account.password.is_none(),
        fields: present::choose_password(new, again),
    };
    (status, Html(pages::account::recover(&page))).into_response()
}
