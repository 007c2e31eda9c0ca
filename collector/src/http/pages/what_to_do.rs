//! What-to-do texts: shown to the district coordinator, approved, withdrawn.

use axum::extract::{Path, State};
use axum::response::{Html, Redirect};
use http::StatusCode;
use serde::Deserialize;

use super::named;
use crate::domain::advice::{Advice, AdviceId};
use crate::domain::entry::EntryKind;
use crate::fleet::Called;
use crate::http::extract::person::Person;
use crate::http::extract::sent::Sent;
use crate::http::{App, Refusal};
use crate::pages;
use crate::pages::view::{Link, SayPage};
use crate::present;

const PAGE: &str = "/what-to-do";

pub(in crate::http) async fn page(State(app): State<App>, person: Person) -> Html<String> {
    let view = app
        .stage
        .show(app.clock.wall(), person.viewer(), present::what_to_do_page);
    Html(pages::what_to_do::render(&view))
}

#[derive(Deserialize)]
pub(in crate::http) struct Read {
    version: String,
}

/// Approves the text as it was read: one that was changed meanwhile is not approved.
pub(in crate::http) async fn approve(
    State(app): State<App>,
    person: Person,
    Path(text): Path<String>,
    Sent(read): Sent<Read>,
) -> Result<Redirect, Refusal> {
    let advice = text_named(&app, &text)?;
    if advice.proctor.is_none() || advice.digest() != read.version {
        let page = SayPage {
            headline: "Nothing was approved".to_owned(),
            words: vec!["The text is another one than the one you read. Read it again.".to_owned()],
            next: Some(Link::new("Back to the texts", PAGE)),
        };
        return Err(Refusal::said(StatusCode::CONFLICT, page));
    }
    write(&app, &person, &advice, EntryKind::AdviceApproved).await
}

pub(in crate::http) async fn withdraw(
    State(app): State<App>,
    person: Person,
    Path(text): Path<String>,
) -> Result<Redirect, Refusal> {
    let advice = text_named(&app, &text)?;
    write(&app, &person, &advice, EntryKind::AdviceWithdrawn).await
}

async fn write(app: &App, person: &Person, advice: &Advice, kind: EntryKind) -> Result<Redirect, Refusal> {
    let entry = advice.entry(kind, person.actor.who.into(), app.clock.wall());
    app.store.append(vec![entry.clone()], None).await?;
    let by = Called::of(person.actor.name.clone(), person.actor.role);
    app.fleet.advice_changed(&entry, by);
    Ok(Redirect::to(PAGE))
}

fn text_named(app: &App, text: &str) -> Result<Advice, Refusal> {
    let id: AdviceId = named("a text", text)?;
    let found = app.fleet.read(|fleet| fleet.config().advice.get(&id).cloned());
    found.ok_or_else(|| Refusal::no_such("a text", text))
}
