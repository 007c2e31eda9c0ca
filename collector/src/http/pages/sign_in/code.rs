//! The code, after the password.

use axum::extract::State;
use axum::response::{Html, IntoResponse as _, Response};
use http::header::RETRY_AFTER;
use http::{Extensions, HeaderMap, StatusCode};
use serde::Deserialize;

use super::Begins;
use super::password::code_page;
use crate::account::{Step, TotpSecret, Wait};
use crate::clock::Mono;
use crate::http::door;
use crate::http::extract::sent::Sent;
use crate::http::{App, Refusal};
use crate::pages;
use crate::pages::view::{SignInPage, SignInReason};
use crate::secret::Secret;
use crate::store::{Account, AccountChange, Changed, Refusal as Rule, StoreError};

#[derive(Deserialize)]
pub(in crate::http) struct Typed {
    token: String,
    code: String,
}

pub(in crate::http) async fn by_code(
    State(app): State<App>,
    extensions: Extensions,
    headers: HeaderMap,
    Sent(typed): Sent<Typed>,
) -> Result<Response, Refusal> {
    let address = door::address(&extensions);
    let now = app.clock.mono().since(Mono::START);
    let Some(token) = Secret::shown(&typed.token) else {
        return Ok(too_late());
    };
    let Some((since, mut half_way)) = app.door.half_ways().take(token.hash(), now) else {
        return Ok(too_late());
    };
    let put_back = |half_way| app.door.half_ways().put_back(token.hash(), (since, half_way));
    let attempt = match app.door.begin(&app, &half_way.typed, address) {
        Ok(attempt) => attempt,
        Err(wait) => {
            put_back(half_way);
            return Ok(too_early(&token, wait));
        }
    };
    let account = app.store.account(half_way.account).await?;
    let Some(account) = account.filter(|account| account.closed_at.is_none()) else {
        return Ok(too_late());
    };
    if !use_code(&app, &account, &typed.code).await? {
        put_back(half_way);
        app.door.failed(&app, Some(account.id), address, "code").await;
        let wrong = "This code is not right, or it was used already. Wait for the next one and type it.";
        let mut response = code_page(&token, Some(wrong.to_owned()));
        *response.status_mut() = StatusCode::UNAUTHORIZED;
        return Ok(response);
    }
    let begins = Begins::new(&app, account, &headers)?;
    begins.write(&app, "password and code").await?;
    half_way.attempts.push(attempt);
    app.door.forgive(&app, half_way.attempts);
    Ok(begins.answer(&app, &extensions, &half_way.to))
}

/// Uses a code up, if it is one of now and was not used before.
async fn use_code(app: &App, account: &Account, typed: &str) -> Result<bool, Refusal> {
    let Some(factor) = &account.second_factor else {
        // It was reset in between: the password was right, and a second step is no more asked.
        return Ok(true);
    };
    let secret = TotpSecret::from_bytes(&factor.secret)
        .ok_or_else(|| Refusal::internal("a second factor has not the length of ours"))?;
    let used = Some(Step::new(factor.used_step));
    let Some(step) = secret.accepts(typed, app.clock.wall(), used) else {
        return Ok(false);
    };
    let change = AccountChange {
        account: account.id,
        changed: Changed::CodeUsed(step.number()),
        at: app.clock.wall(),
        by_link: None,
        entries: Vec::new(),
    };
    match app.store.change_account(change).await {
        Ok(()) => Ok(true),
        Err(StoreError::Refused(Rule::CodeUsed)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn too_late() -> Response {
    let page = SignInPage::because(SignInReason::TooLate);
    (StatusCode::UNAUTHORIZED, Html(pages::sign_in::render(&page))).into_response()
}

fn too_early(token: &Secret, wait: Wait) -> Response {
    let seconds = wait.whole_seconds();
    let words = if seconds == 1 { "second" } else { "seconds" };
    let mut response = code_page(
        token,
        Some(format!(
            "Several tries were wrong. Try again in {seconds} {words}."
        )),
    );
    *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    response.headers_mut().insert(RETRY_AFTER, seconds.into());
    response
}
