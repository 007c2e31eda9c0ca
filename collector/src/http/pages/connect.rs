//! Somebody lets a staff computer show notices for them, and ends it again.

use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use http::StatusCode;
use roomready_shared::ids::WatchTokenId;
use serde::Deserialize;

use super::account::own;
use super::named;
use crate::domain::entry::NewEntry;
use crate::domain::watcher::{Offer, WatchCode};
use crate::http::extract::person::Person;
use crate::http::extract::sent::Sent;
use crate::http::{App, Refusal};
use crate::pages;
use crate::present::{self, CodeWritten};

#[derive(Deserialize)]
pub(in crate::http) struct Asked {
    code: Option<String>,
    done: Option<String>,
}

pub(in crate::http) async fn page(
    State(app): State<App>,
    person: Person,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let done = match asked.done.as_deref() {
        Some("yes") => Some("That computer now shows you notices. You can close this page."),
        Some("no") => Some("That computer was refused. It shows nothing."),
        _ => None,
    };
    let written = asked.code.unwrap_or_default();
    let offer = waiting(&app, &written);
    let status = if offer.is_none() && !written.is_empty() {
        StatusCode::NOT_FOUND
    } else {
        StatusCode::OK
    };
    let written = CodeWritten {
        wrong: (status != StatusCode::OK).then(no_such_code),
        text: written,
    };
    let view = app.stage.show(app.clock.wall(), person.viewer(), |scene| {
        present::connect(scene, &person.actor.scope, offer.as_ref(), done, written)
    });
    Ok((status, Html(pages::connect::render(&view))).into_response())
}

fn no_such_code() -> String {
    "No computer waits with this code. Read it there again; after ten minutes it is a new one.".to_owned()
}

fn waiting(app: &App, code: &str) -> Option<Offer> {
    let code: WatchCode = code.parse().ok()?;
    let now_ms = app.clock.mono().as_millis();
    app.watchers.offers().waiting(code, now_ms).cloned()
}

#[derive(Deserialize)]
pub(in crate::http) struct Answer {
    code: String,
    answer: String,
}

pub(in crate::http) async fn answer(
    State(app): State<App>,
    person: Person,
    Sent(Answer { code, answer }): Sent<Answer>,
) -> Result<Redirect, Refusal> {
    let account = own(&app, &person).await?;
    let again = || {
        Redirect::to(&format!(
            "/connect?code={}",
            if code.is_ascii() { &code } else { "" }
        ))
    };
    let Ok(code) = code.parse::<WatchCode>() else {
        return Ok(Redirect::to("/connect"));
    };
    if answer != "yes" {
        app.watchers.offers().refuse(code);
        return Ok(Redirect::to("/connect?done=no"));
    }
    let now_ms = app.clock.mono().as_millis();
    let confirmed = app.watchers.offers().confirm(code, account.id, now_ms);
    Ok(match confirmed {
        Ok(()) => Redirect::to("/connect?done=yes"),
        // The page says that nobody waits with it any more.
        Err(_gone) => again(),
    })
}

/// Ends one of one's own.
pub(in crate::http) async fn end(
    State(app): State<App>,
    person: Person,
    Path(computer): Path<String>,
) -> Result<Redirect, Refusal> {
    let id: WatchTokenId = named("a computer", &computer)?;
    let own = own(&app, &person).await?.id;
    let now = app.clock.wall();
    let theirs = app.store.watch_tokens(own, now).await?;
    if theirs.iter().any(|token| token.id == id) {
        let entry = NewEntry::watch_token_ended(now, own, id, "account page");
        app.store.end_watch_token(id, entry).await?;
    }
    Ok(Redirect::to("/account?done=computer"))
}
