//! Everybody's accounts, for administrators.

use std::collections::BTreeSet;

use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use http::StatusCode;
use roomready_shared::ids::{AccountId, SchoolId, Title};
use serde::Deserialize;
use uuid::Uuid;

use super::named;
use crate::access::{Role, Who};
use crate::domain::entry::NewEntry;
use crate::http::extract::person::Person;
use crate::http::extract::sent::Sent;
use crate::http::{App, Refusal};
use crate::limits;
use crate::pages;
use crate::pages::view::{Link, LinkMadePage};
use crate::present::{self, AccountWritten};
use crate::secret::Secret;
use crate::store::{self, Account, AccountChange, Changed, OneTimeLink, Opens, StoreError};

#[derive(Deserialize)]
pub(in crate::http) struct Done {
    done: Option<String>,
}

pub(in crate::http) async fn page(
    State(app): State<App>,
    person: Person,
    Query(Done { done }): Query<Done>,
) -> Result<Response, Refusal> {
    let done = (done.as_deref() == Some("closed")).then_some("The account is closed.");
    list(&app, &person, done, &AccountWritten::default(), StatusCode::OK).await
}

async fn list(
    app: &App,
    person: &Person,
    done: Option<&'static str>,
    written: &AccountWritten,
    status: StatusCode,
) -> Result<Response, Refusal> {
    let now = app.clock.wall();
    let accounts = app.store.accounts().await?;
    let sessions = app.store.sessions(None, now).await?;
    let page = app.stage.show(now, person.viewer(), |scene| {
        present::all_accounts(scene, &accounts, &sessions, done, written)
    });
    Ok((status, Html(pages::account::all(&page))).into_response())
}

/// Fields of the form; schools come as many times as there are.
type Fields = Vec<(String, String)>;

pub(in crate::http) async fn create(
    State(app): State<App>,
    person: Person,
    Sent(fields): Sent<Fields>,
) -> Result<Response, Refusal> {
    let (name, role, schools) = match read(&app, &fields) {
        Ok(read) => read,
        Err(written) => return list(&app, &person, None, &written, StatusCode::BAD_REQUEST).await,
    };
    let at = app.clock.wall();
    let account = Account {
        id: AccountId::new(Uuid::new_v4()),
        name,
        role,
        schools,
        password: None,
        second_factor: None,
        created_at: at,
        closed_at: None,
    };
    let by = person.actor.who.into();
    let entry = NewEntry::account_created(at, by, account.id, role, &account.school_words());
    match app.store.add_account(account.clone(), entry).await {
        Ok(()) => hand_out_link(&app, &person, &account).await,
        Err(StoreError::Refused(rule @ (store::Refusal::NameTaken(_) | store::Refusal::TooManyAccounts))) => {
            let written = AccountWritten {
                wrong_name: Some(sentence(&rule)),
                ..AccountWritten::of(&account)
            };
            list(&app, &person, None, &written, StatusCode::CONFLICT).await
        }
        Err(error) => Err(error.into()),
    }
}

/// A refusal of the store as a sentence.
fn sentence(rule: &store::Refusal) -> String {
    let text = rule.to_string();
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}

/// What the form says, or it with what is wrong.
fn read(app: &App, fields: &Fields) -> Result<(Title, Role, BTreeSet<SchoolId>), Box<AccountWritten>> {
    let all = |wanted: &'static str| {
        fields
            .iter()
            .filter(move |(name, _)| name == wanted)
            .map(|(_, value)| value)
    };
    let mut written = AccountWritten {
        name: all("name")
            .next()
            .map(|name| name.trim().to_owned())
            .unwrap_or_default(),
        role: all("role").next().cloned().unwrap_or_default(),
        schools: all("school").take(limits::MOST_FORM_FIELDS).cloned().collect(),
        ..AccountWritten::default()
    };
    let name = Title::parse(&written.name).ok();
    if name.is_none() {
        written.wrong_name = Some("Write a name, in at most 80 characters.".to_owned());
    }
    let role: Option<Role> = written.role.parse().ok();
    if role.is_none() {
        written.wrong_role = Some("Choose what they do.".to_owned());
    }
    let known = app.fleet.read(|fleet| {
        let schools = fleet.district().schools();
        let known = written.schools.iter().filter_map(|id| SchoolId::parse(id).ok());
        known
            .filter(|id| schools.contains_key(id))
            .collect::<BTreeSet<_>>()
    });
    let schools = match role {
        Some(role) if role.is_of_schools() => known,
        // Ticked beside a role of the whole district: it means nothing there.
        _ => BTreeSet::new(),
    };
    written.wrong_schools = match role {
        Some(role) if role.is_of_schools() && schools.is_empty() => Some("Choose their school."),
        Some(Role::SchoolCoordinator) if schools.len() > 1 => {
            Some("A school coordinator belongs to one school. Choose one.")
        }
        _ => None,
    }
    .map(str::to_owned);
    match (name, role) {
        (Some(name), Some(role)) if written.wrong_schools.is_none() => Ok((name, role, schools)),
        _ => Err(Box::new(written)),
    }
}

async fn hand_out_link(app: &App, person: &Person, account: &Account) -> Result<Response, Refusal> {
    let token = Secret::new().map_err(Refusal::internal)?;
    let now = app.clock.wall();
    let ends = now
        .saturating_add(limits::RECOVERY_LINK_LIFE)
        .map_err(Refusal::internal)?;
    let link = OneTimeLink {
        token: token.hash(),
        opens: Opens::Recover(account.id),
        ends,
    };
    let is_new = account.password.is_none();
    let entry = NewEntry::recovery_link_made(now, person.actor.who.into(), account.id, is_new);
    app.store.add_recovery(link, entry).await?;
    let (frame, ends) = app
        .stage
        .show(now, person.viewer(), |scene| present::link_frame(scene, ends));
    let page = LinkMadePage {
        frame,
        name: account.name.to_string(),
        is_new,
        address: format!("{}/recover?token={}", app.whereabouts.people, token.reveal()),
        ends,
        account: Link::new(
            format!("To the account of {}", account.name),
            format!("/accounts/{}", account.id),
        ),
    };
    Ok(Html(pages::account::link_made(&page)).into_response())
}

pub(in crate::http) async fn one(
    State(app): State<App>,
    person: Person,
    Path(account): Path<String>,
    Query(Done { done }): Query<Done>,
) -> Result<Response, Refusal> {
    let account = of_any(&app, &account).await?;
    let done = done.and_then(|done| match done.as_str() {
        "changed" => Some("Changed."),
        "second-factor" => Some("The second step is reset. They set it up anew at their next sign-in."),
        _ => None,
    });
    let written = AccountWritten::of(&account);
    show_one(&app, &person, &account, done, &written, StatusCode::OK).await
}

async fn show_one(
    app: &App,
    person: &Person,
    account: &Account,
    done: Option<&'static str>,
    written: &AccountWritten,
    status: StatusCode,
) -> Result<Response, Refusal> {
    let now = app.clock.wall();
    let signed_in_on = app.store.sessions(Some(account.id), now).await?.len();
    let own = person.actor.who == Who::Account(account.id);
    let page = app.stage.show(now, person.viewer(), |scene| {
        present::one_account(scene, account, signed_in_on, own, done, written)
    });
    Ok((status, Html(pages::account::one(&page))).into_response())
}

async fn of_any(app: &App, text: &str) -> Result<Account, Refusal> {
    let id: AccountId = named("an account", text)?;
    let account = app.store.account(id).await?;
    account.ok_or_else(|| Refusal::no_such("an account", text))
}

pub(in crate::http) async fn change(
    State(app): State<App>,
    person: Person,
    Path(account): Path<String>,
    Sent(fields): Sent<Fields>,
) -> Result<Response, Refusal> {
    let account = of_any(&app, &account).await?;
    let (name, role, schools) = match read(&app, &fields) {
        Ok(read) => read,
        Err(written) => {
            return show_one(&app, &person, &account, None, &written, StatusCode::BAD_REQUEST).await;
        }
    };
    let at = app.clock.wall();
    let changed = Account {
        name,
        role,
        schools,
        ..account.clone()
    };
    let entry = NewEntry::account_changed(
        at,
        person.actor.who.into(),
        account.id,
        changed.name != account.name,
        role,
        &changed.school_words(),
    );
    let change = AccountChange {
        account: account.id,
        changed: Changed::Details {
            name: changed.name.clone(),
            role,
            schools: changed.schools.clone(),
        },
        at,
        by_link: None,
        entries: vec![entry],
    };
    let mut written = AccountWritten::of(&changed);
    match app.store.change_account(change).await {
        Ok(()) => return Ok(to_page_of(&account, "?done=changed")),
        Err(StoreError::Refused(rule @ store::Refusal::NameTaken(_))) => {
            written.wrong_name = Some(sentence(&rule));
        }
        Err(StoreError::Refused(rule @ store::Refusal::LastAdministrator)) => {
            written.wrong_role = Some(sentence(&rule));
        }
        Err(error) => return Err(error.into()),
    }
    show_one(&app, &person, &account, None, &written, StatusCode::CONFLICT).await
}

fn to_page_of(account: &Account, query: &str) -> Response {
    Redirect::to(&format!("/accounts/{}{query}", account.id)).into_response()
}

pub(in crate::http) async fn make_link(
    State(app): State<App>,
    person: Person,
    Path(account): Path<String>,
) -> Result<Response, Refusal> {
    let account = of_any(&app, &account).await?;
    hand_out_link(&app, &person, &account).await
}

pub(in crate::http) async fn reset_second_factor(
    State(app): State<App>,
    person: Person,
    Path(account): Path<String>,
) -> Result<Response, Refusal> {
    let account = of_any(&app, &account).await?;
    not_own(&person, &account)?;
    let at = app.clock.wall();
    let change = AccountChange {
        account: account.id,
        changed: Changed::SecondFactor(None),
        at,
        by_link: None,
        entries: vec![NewEntry::second_factor_reset(
            at,
            person.actor.who.into(),
            account.id,
        )],
    };
    app.store.change_account(change).await?;
    Ok(to_page_of(&account, "?done=second-factor"))
}

pub(in crate::http) async fn close(
    State(app): State<App>,
    person: Person,
    Path(account): Path<String>,
) -> Result<Redirect, Refusal> {
    let account = of_any(&app, &account).await?;
    not_own(&person, &account)?;
    let at = app.clock.wall();
    let change = AccountChange {
        account: account.id,
        changed: Changed::Closed,
        at,
        by_link: None,
        entries: vec![NewEntry::account_closed(at, person.actor.who.into(), account.id)],
    };
    app.store.change_account(change).await?;
    Ok(Redirect::to("/accounts?done=closed"))
}

/// Nobody takes their own second factor away, nor closes the door behind which they stand.
fn not_own(person: &Person, account: &Account) -> Result<(), Refusal> {
    if person.actor.who == Who::Account(account.id) {
        return Err(Refusal::forbidden(
            "this is your own account; another administrator can do that",
        ));
    }
    Ok(())
}
