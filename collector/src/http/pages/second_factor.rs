//! Setting up an app for codes.

use axum::extract::State;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use http::{Extensions, StatusCode};
use serde::Deserialize;

use super::account::{own, still_them};
use super::set_up;
use crate::account::{CodeImage, TotpSecret};
use crate::domain::entry::NewEntry;
use crate::http::extract::person::Person;
use crate::http::extract::sent::Sent;
use crate::http::{App, Refusal};
use crate::pages;
use crate::pages::view::{Field, FieldKind, SecondFactorPage};
use crate::present;
use crate::store::{Account, AccountChange, Changed, SecondFactor};

/// A new secret each time the page is asked for: it is nobody's until a code of it was typed.
pub(in crate::http) async fn page(State(app): State<App>, person: Person) -> Result<Response, Refusal> {
    let account = own(&app, &person).await?;
    let secret = TotpSecret::new().map_err(Refusal::internal)?;
    Ok(shown(
        &app,
        &person,
        &account,
        &secret,
        (None, None),
        StatusCode::OK,
    ))
}

#[derive(Deserialize)]
pub(in crate::http) struct Typed {
    /// As the page gave it: to choose another one weakens nobody's account but one's own.
    secret: String,
    code: String,
    #[serde(default)]
    present: String,
}

pub(in crate::http) async fn turn_on(
    State(app): State<App>,
    person: Person,
    extensions: Extensions,
    Sent(typed): Sent<Typed>,
) -> Result<Response, Refusal> {
    let account = own(&app, &person).await?;
    let secret = hex::decode(&typed.secret)
        .ok()
        .and_then(|bytes| TotpSecret::from_bytes(&bytes))
        .ok_or_else(|| Refusal::malformed("the form is not what its page sends; reload the page"))?;
    let refused = |wrong| shown(&app, &person, &account, &secret, wrong, StatusCode::BAD_REQUEST);
    let now = app.clock.wall();
    let Some(step) = secret.accepts(&typed.code, now, None) else {
        let sentence = "This is not the code of now. Wait for the next one and type it. If it fails again, \
                        compare the phone's clock with this computer's.";
        return Ok(refused((Some(sentence.to_owned()), None)));
    };
    if account.second_factor.is_some()
        && let Some(sentence) = still_them(&app, &account, &typed.present, &extensions).await?
    {
        return Ok(refused((None, Some(sentence))));
    }
    let change = AccountChange {
        account: account.id,
        changed: Changed::SecondFactor(Some(SecondFactor {
            secret: secret.as_bytes().to_vec(),
            used_step: step.number(),
        })),
        at: now,
        by_link: None,
        entries: vec![NewEntry::second_factor_set(now, account.id)],
    };
    app.store.change_account(change).await?;
    let to = set_up::next_page(&app, &account).unwrap_or("/account?done=second-factor");
    Ok(Redirect::to(to).into_response())
}

/// What was wrong with the code, and with the present password.
type Wrong = (Option<String>, Option<String>);

fn shown(
    app: &App,
    person: &Person,
    account: &Account,
    secret: &TotpSecret,
    (wrong_code, wrong_password): Wrong,
    status: StatusCode,
) -> Response {
    let frame = app
        .stage
        .show(app.clock.wall(), person.viewer(), present::second_factor_frame);
    let code = Field::new(FieldKind::Code, "code", "Code")
        .hinting("Six digits. They change every half minute.")
        .wrong(wrong_code);
    let mut fields = vec![code];
    if account.second_factor.is_some() && account.password.is_some() {
        let present = Field::new(FieldKind::Password, "present", "Present password").wrong(wrong_password);
        fields.push(present);
    }
    let page = SecondFactorPage {
        frame,
        is_due: account.lacks_second_factor(),
        way: set_up::way_at(app, account, 1),
        image: CodeImage::of(&secret.address(account.name.as_str())),
        grouped: secret.grouped(),
        secret: hex::encode(secret.as_bytes()),
        fields,
    };
    (status, Html(pages::account::second_factor(&page))).into_response()
}
