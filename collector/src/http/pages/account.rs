//! One's own account.

use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use http::header::SET_COOKIE;
use http::{Extensions, StatusCode};
use roomready_shared::ids::{AccountId, BrowserSessionId, Title};
use serde::Deserialize;

use super::{named, sign_in};
use crate::access::Who;
use crate::account::{Password, password::KnownNames};
use crate::domain::entry::NewEntry;
use crate::http::door::{self, Proof};
use crate::http::extract::person::Person;
use crate::http::extract::sent::Sent;
use crate::http::{App, Refusal};
use crate::pages;
use crate::present::{self, OwnWrong};
use crate::store::{self, Account, AccountChange, Changed, StoreError};

#[derive(Deserialize)]
pub(in crate::http) struct Done {
    done: Option<String>,
}

pub(in crate::http) async fn page(
    State(app): State<App>,
    person: Person,
    Query(Done { done }): Query<Done>,
) -> Result<Response, Refusal> {
    let done = done.and_then(|done| match done.as_str() {
        "name" => Some("Your name is changed."),
        "password" => Some("Your password is changed."),
        "second-factor" => {
            Some("The second step is on. From now on you are asked for a code when you sign in.")
        }
        "session" => Some("That browser is signed out."),
        "computer" => Some("That computer shows no more notices for you."),
        "others" => Some("Every other browser is signed out."),
        _ => None,
    });
    let account = own(&app, &person).await?;
    shown(&app, &person, &account, done, OwnWrong::default(), StatusCode::OK).await
}

async fn shown(
    app: &App,
    person: &Person,
    account: &Account,
    done: Option<&'static str>,
    wrong: OwnWrong,
    status: StatusCode,
) -> Result<Response, Refusal> {
    let now = app.clock.wall();
    let sessions = app.store.sessions(Some(account.id), now).await?;
    let computers = app.store.watch_tokens(account.id, now).await?;
    let here = person.actor.session;
    let page = app.stage.show(now, person.viewer(), |scene| {
        present::own_account(scene, account, &sessions, &computers, here, done, wrong)
    });
    Ok((status, Html(pages::account::own(&page))).into_response())
}

/// The account of who asks.
pub(super) async fn own(app: &App, person: &Person) -> Result<Account, Refusal> {
    let Who::Account(id) = person.actor.who else {
        return Err(Refusal::forbidden("you came by a link and have no account"));
    };
    sign_in::account_of(app, id).await
}

#[derive(Deserialize)]
pub(in crate::http) struct NewName {
    name: String,
}

pub(in crate::http) async fn rename(
    State(app): State<App>,
    person: Person,
    Sent(NewName { name }): Sent<NewName>,
) -> Result<Response, Refusal> {
    let account = own(&app, &person).await?;
    let refused = |sentence: &str| OwnWrong {
        name: Some(sentence.to_owned()),
        ..OwnWrong::default()
    };
    let Ok(name) = Title::parse(name.trim()) else {
        let wrong = refused("Write your name, in at most 80 characters.");
        return shown(&app, &person, &account, None, wrong, StatusCode::BAD_REQUEST).await;
    };
    let at = app.clock.wall();
    let schools = account.school_words();
    let by = person.actor.who.into();
    let change = AccountChange {
        account: account.id,
        changed: Changed::Details {
            name,
            role: account.role,
            schools: account.schools.clone(),
        },
        at,
        by_link: None,
        entries: vec![NewEntry::account_changed(
            at,
            by,
            account.id,
            true,
            account.role,
            &schools,
        )],
    };
    match app.store.change_account(change).await {
        Ok(()) => Ok(Redirect::to("/account?done=name").into_response()),
        Err(StoreError::Refused(store::Refusal::NameTaken(_))) => {
            let wrong = refused("Somebody else has this name. Add a middle initial, or your school.");
            shown(&app, &person, &account, None, wrong, StatusCode::CONFLICT).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Two fields that say the same new password.
#[derive(Deserialize)]
pub(in crate::http) struct NewPassword {
    pub(super) new: String,
    pub(super) again: String,
    #[serde(default)]
    present: String,
}

/// What was wrong with the first field, or with the second.
pub(super) type WrongPassword = (Option<String>, Option<String>);

/// A new password as somebody chose it.
pub(super) fn chosen(app: &App, person: &str, new: &str, again: &str) -> Result<Password, WrongPassword> {
    let district = app.fleet.read(|fleet| fleet.district().name().to_string());
    let names = KnownNames {
        person,
        district: &district,
    };
    let password = Password::chosen(new, names).map_err(|unfit| (Some(unfit.to_string()), None))?;
    if new == again {
        Ok(password)
    } else {
        let sentence = "This is not the same. Type the new password twice.";
        Err((None, Some(sentence.to_owned())))
    }
}

pub(in crate::http) async fn change_password(
    State(app): State<App>,
    person: Person,
    extensions: Extensions,
    Sent(typed): Sent<NewPassword>,
) -> Result<Response, Refusal> {
    let account = own(&app, &person).await?;
    let bad = StatusCode::BAD_REQUEST;
    let password = match chosen(&app, account.name.as_str(), &typed.new, &typed.again) {
        Ok(password) => password,
        Err((new, again)) => {
            let wrong = OwnWrong {
                new,
                again,
                ..OwnWrong::default()
            };
            return shown(&app, &person, &account, None, wrong, bad).await;
        }
    };
    if let Some(sentence) = still_them(&app, &account, &typed.present, &extensions).await? {
        let wrong = OwnWrong {
            present: Some(sentence),
            ..OwnWrong::default()
        };
        return shown(&app, &person, &account, None, wrong, bad).await;
    }
    let hash = app.door.hash(password).await?;
    let at = app.clock.wall();
    let change = AccountChange {
        account: account.id,
        changed: Changed::Password {
            hash: hash.as_str().to_owned(),
            keep: Some(person.actor.session),
        },
        at,
        by_link: None,
        entries: vec![NewEntry::password_changed(at, account.id, "own page")],
    };
    app.store.change_account(change).await?;
    Ok(Redirect::to("/account?done=password").into_response())
}

/// Whether the present password was typed, where there is one: a browser that was left open must not be enough to
/// take an account over. What is wrong, if it was not.
pub(super) async fn still_them(
    app: &App,
    account: &Account,
    typed: &str,
    extensions: &Extensions,
) -> Result<Option<String>, Refusal> {
    if account.password.is_none() {
        return Ok(None);
    }
    let address = door::address(extensions);
    let name = account.name.as_str();
    let proof = app.door.prove(app, name, Some(account), typed, address).await?;
    Ok(match proof {
        Proof::Right { attempt, .. } => {
            app.door.forgive(app, [attempt]);
            None
        }
        Proof::Wrong => Some("This is not your present password.".to_owned()),
        Proof::TooEarly(wait) => Some(format!(
            "Several tries were wrong. Try again in {} seconds.",
            wait.whole_seconds()
        )),
    })
}

pub(in crate::http) async fn end_session(
    State(app): State<App>,
    person: Person,
    Path(browser): Path<String>,
) -> Result<Redirect, Refusal> {
    let id: BrowserSessionId = named("a sign-in", &browser)?;
    let own: AccountId = own(&app, &person).await?.id;
    let now = app.clock.wall();
    let theirs = app.store.sessions(Some(own), now).await?;
    if theirs.iter().any(|session| session.id == id) {
        let entry = NewEntry::session_ended(now, own, &id.to_string());
        app.store.end_session(id, entry).await?;
    }
    Ok(Redirect::to("/account?done=session"))
}

pub(in crate::http) async fn end_others(State(app): State<App>, person: Person) -> Result<Redirect, Refusal> {
    let own = own(&app, &person).await?.id;
    let now = app.clock.wall();
    let theirs = app.store.sessions(Some(own), now).await?;
    let here = theirs
        .into_iter()
        .find(|session| session.id == person.actor.session);
    if let Some(here) = here {
        let entry = NewEntry::session_ended(now, own, "others");
        app.store.end_other_sessions(here, entry).await?;
    }
    Ok(Redirect::to("/account?done=others"))
}

/// Signs out here.
pub(in crate::http) async fn sign_out(
    State(app): State<App>,
    person: Person,
    extensions: Extensions,
) -> Result<Response, Refusal> {
    let session = person.actor.session;
    let entry = NewEntry::signed_out(app.clock.wall(), &person.actor, &session.to_string());
    app.store.end_session(session, entry).await?;
    let cookie = sign_in::no_cookie(&extensions, app.port);
    Ok(([(SET_COOKIE, cookie)], Redirect::to("/sign-in?done=out")).into_response())
}
