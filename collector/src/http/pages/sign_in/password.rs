//! Name and password.

use axum::extract::State;
use axum::response::{Html, IntoResponse as _, Response};
use http::header::RETRY_AFTER;
use http::{Extensions, HeaderMap, StatusCode};
use serde::Deserialize;

use super::{Begins, own_path};
use crate::account::{Attempt, HalfWay, PasswordHash, Wait};
use crate::domain::entry::NewEntry;
use crate::http::door::{self, Proof};
use crate::http::extract::sent::Sent;
use crate::http::{App, Refusal};
use crate::pages;
use crate::pages::view::{CodePage, Field, FieldKind, SignInPage, SignInReason};
use crate::secret::Secret;
use crate::store::{Account, AccountChange, Changed};

#[derive(Deserialize)]
pub(in crate::http) struct Typed {
    name: String,
    password: String,
    #[serde(default)]
    to: String,
}

pub(in crate::http) async fn by_password(
    State(app): State<App>,
    extensions: Extensions,
    headers: HeaderMap,
    Sent(typed): Sent<Typed>,
) -> Result<Response, Refusal> {
    let address = door::address(&extensions);
    let name = typed.name.trim();
    let account = app.store.account_named(name).await?;
    let proof = app
        .door
        .prove(&app, name, account.as_ref(), &typed.password, address)
        .await?;
    let (attempt, renewed) = match proof {
        Proof::Right { attempt, renewed } => (attempt, renewed),
        Proof::Wrong => return Ok(again(SignInReason::Wrong, &typed, StatusCode::UNAUTHORIZED)),
        Proof::TooEarly(wait) => return Ok(too_early(&typed, wait)),
    };
    // A right password has an account.
    let account = account.ok_or_else(Refusal::sign_in_needed)?;
    keep_renewed(&app, &account, renewed).await;
    let to = own_path(&typed.to);
    if account.second_factor.is_some() {
        return ask_for_code(&app, &account, name, to, attempt);
    }
    let begins = Begins::new(&app, account, &headers)?;
    begins.write(&app, "password").await?;
    app.door.forgive(&app, [attempt]);
    Ok(begins.answer(&app, &extensions, to))
}

fn ask_for_code(
    app: &App,
    account: &Account,
    typed: &str,
    to: &str,
    attempt: Attempt,
) -> Result<Response, Refusal> {
    let token = Secret::new().map_err(Refusal::internal)?;
    let half_way = HalfWay {
        account: account.id,
        to: to.to_owned(),
        attempts: vec![attempt],
        typed: typed.to_owned(),
    };
    let now = app.clock.mono().since(crate::clock::Mono::START);
    app.door.half_ways().add(token.hash(), half_way, now);
    Ok(code_page(&token, None))
}

pub(super) fn code_page(token: &Secret, wrong: Option<String>) -> Response {
    let page = CodePage {
        token: token.reveal().to_owned(),
        code: Field::new(FieldKind::Code, "code", "Code")
            .hinting("Six digits. It changes every half minute.")
            .wrong(wrong),
    };
    Html(pages::account::code(&page)).into_response()
}

/// The same password with more work; a full disk must keep nobody out.
async fn keep_renewed(app: &App, account: &Account, renewed: Option<PasswordHash>) {
    let Some(renewed) = renewed else { return };
    let change = AccountChange {
        account: account.id,
        changed: Changed::PasswordRenewed(renewed.as_str().to_owned()),
        at: app.clock.wall(),
        by_link: None,
        entries: Vec::<NewEntry>::new(),
    };
    if let Err(error) = app.store.change_account(change).await {
        tracing::debug!(
            "a password is kept as it was: {}",
            crate::error::with_causes(&error)
        );
    }
}

fn again(reason: SignInReason, typed: &Typed, status: StatusCode) -> Response {
    let page = SignInPage {
        reason,
        name: typed.name.chars().take(80).collect(),
        to: own_path(&typed.to).to_owned(),
    };
    (status, Html(pages::sign_in::render(&page))).into_response()
}

fn too_early(typed: &Typed, wait: Wait) -> Response {
    let seconds = wait.whole_seconds();
    let mut response = again(
        SignInReason::TooEarly { seconds },
        typed,
        StatusCode::TOO_MANY_REQUESTS,
    );
    response.headers_mut().insert(RETRY_AFTER, seconds.into());
    response
}
