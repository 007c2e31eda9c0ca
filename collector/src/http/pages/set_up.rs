//! The first set-up: from an empty data folder to the first device on a board.

mod device;
mod district;

pub(in crate::http) use device::{file, make_key, page as device_page};
pub(in crate::http) use district::{page as district_page, set_up as set_up_district};

use std::collections::BTreeSet;

use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use http::{Extensions, HeaderMap, StatusCode};
use roomready_shared::ids::{AccountId, Title};
use serde::Deserialize;
use uuid::Uuid;

use super::account::chosen;
use super::sign_in::Begins;
use crate::access::Role;
use crate::domain::entry::{Actor, NewEntry};
use crate::http::extract::sent::Sent;
use crate::http::{App, Refusal};
use crate::pages;
use crate::pages::view::{Field, FieldKind, SetUpStartPage, Way};
use crate::present;
use crate::secret::Secret;
use crate::store::{Account, Opens};

/// Where set-up goes on after this account's second factor, while there is something to set up.
pub(super) fn next_page(app: &App, account: &Account) -> Option<&'static str> {
    match Left::of(app, account)? {
        Left::District => Some("/set-up/district"),
        // The district came with the configuration that the collector was started with.
        Left::FirstDevice => Some("/set-up/device?district=given"),
    }
}

/// The way that set-up shows on a page of it.
pub(super) fn way_at(app: &App, account: &Account, at: usize) -> Option<Way> {
    Left::of(app, account).map(|_| Way { at })
}

/// What is left to set up.
enum Left {
    District,
    FirstDevice,
}

impl Left {
    fn of(app: &App, account: &Account) -> Option<Self> {
        if account.role != Role::Administrator {
            return None;
        }
        app.fleet.read(|fleet| {
            if fleet.config().set_up_in.is_some() {
                Some(Self::District)
            } else {
                let is_new = fleet.devices().next().is_none() && device::first_room(fleet).is_some();
                is_new.then_some(Self::FirstDevice)
            }
        })
    }
}

#[derive(Deserialize)]
pub(in crate::http) struct Link {
    token: Option<String>,
}

pub(in crate::http) async fn start(
    State(app): State<App>,
    Query(link): Query<Link>,
) -> Result<Response, Refusal> {
    let Some(token) = link.token else {
        return Ok(Redirect::to("/sign-in").into_response());
    };
    let token = opened(&app, &token).await?;
    Ok(shown(&token, "", None, (None, None), StatusCode::OK))
}

#[derive(Deserialize)]
pub(in crate::http) struct Typed {
    token: String,
    name: String,
    new: String,
    again: String,
}

pub(in crate::http) async fn first_account(
    State(app): State<App>,
    extensions: Extensions,
    headers: HeaderMap,
    Sent(typed): Sent<Typed>,
) -> Result<Response, Refusal> {
    let token = opened(&app, &typed.token).await?;
    let name = Title::parse(typed.name.trim()).ok();
    let wrong_name = name
        .is_none()
        .then(|| "Write your name, in at most 80 characters.".to_owned());
    let password = chosen(&app, typed.name.trim(), &typed.new, &typed.again);
    let (name, password) = match (name, password) {
        (Some(name), Ok(password)) => (name, password),
        (_, password) => {
            let wrong = password.err().unwrap_or_default();
            let status = StatusCode::BAD_REQUEST;
            return Ok(shown(&token, &typed.name, wrong_name, wrong, status));
        }
    };
    let hash = app.door.hash(password).await?;
    let at = app.clock.wall();
    let account = Account {
        id: AccountId::new(Uuid::new_v4()),
        name,
        role: Role::Administrator,
        schools: BTreeSet::new(),
        password: Some(hash.as_str().to_owned()),
        second_factor: None,
        created_at: at,
        closed_at: None,
    };
    let by = Actor::Account(account.id);
    let created = NewEntry::account_created(at, by, account.id, account.role, "");
    let begins = Begins::new(&app, account.clone(), &headers)?;
    let session = begins.signed_in.session.clone();
    let signed_in = NewEntry::signed_in(at, &begins.signed_in.actor(), "set-up link");
    app.store
        .add_first_account(token.hash(), account, session, vec![created, signed_in])
        .await?;
    Ok(begins.answer(&app, &extensions, "/account/second-factor"))
}

async fn opened(app: &App, token: &str) -> Result<Secret, Refusal> {
    let token = Secret::shown(token).ok_or_else(Refusal::sign_in_needed)?;
    match app.store.link(token.hash(), app.clock.wall()).await?.opens {
        Opens::SetUp => Ok(token),
        Opens::SignIn(_) | Opens::Recover(_) => Err(Refusal::not_found("this link opens something else")),
    }
}

fn shown(
    token: &Secret,
    name: &str,
    wrong_name: Option<String>,
    (new, again): super::account::WrongPassword,
    status: StatusCode,
) -> Response {
    let name = Field::new(FieldKind::UserName, "name", "Your name")
        .holding(name.chars().take(80).collect::<String>())
        .hinting("As colleagues know you. You sign in with it.")
        .wrong(wrong_name);
    let fields = [name].into_iter().chain(present::choose_password(new, again));
    let page = SetUpStartPage {
        way: Way { at: 0 },
        token: token.reveal().to_owned(),
        fields: fields.collect(),
    };
    (status, Html(pages::set_up::start(&page))).into_response()
}
