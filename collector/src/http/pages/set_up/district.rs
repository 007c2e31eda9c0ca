//! The district, its first school and rooms.

use axum::extract::State;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;

use crate::config::Config;
use crate::config::first::{self, Answers, NotWritten, WrongAnswers};
use crate::domain::entry::NewEntry;
use crate::http::extract::person::Person;
use crate::http::extract::sent::Sent;
use crate::http::{App, Refusal};
use crate::pages;
use crate::present;

/// What was written into the form.
#[derive(Debug, Default, Deserialize)]
pub(in crate::http) struct Typed {
    district: String,
    zone: String,
    school: String,
    rooms: String,
    #[serde(default)]
    platform: String,
}

pub(in crate::http) async fn page(State(app): State<App>, person: Person) -> Result<Response, Refusal> {
    if folder(&app).is_none() {
        return Ok(Redirect::to("/set-up/device").into_response());
    }
    Ok(shown(
        &app,
        &person,
        &Typed::default(),
        &Vec::new(),
        StatusCode::OK,
    ))
}

pub(in crate::http) async fn set_up(
    State(app): State<App>,
    person: Person,
    Sent(typed): Sent<Typed>,
) -> Result<Response, Refusal> {
    let Some(folder) = folder(&app) else {
        return Ok(Redirect::to("/set-up/device").into_response());
    };
    let answers = Answers::new(
        &typed.district,
        &typed.zone,
        &typed.school,
        &typed.rooms,
        &typed.platform,
    );
    let answers = match answers {
        Ok(answers) => answers,
        Err(wrong) => return Ok(shown(&app, &person, &typed, &wrong, StatusCode::BAD_REQUEST)),
    };
    let written = tokio::task::spawn_blocking(move || first::write(&folder, &answers)).await;
    match written.map_err(Refusal::internal)? {
        Ok(config) => adopt(&app, &person, config).await?,
        // Written by another one at the same time, or by hand since the start.
        Err(error @ NotWritten::There(_)) => {
            return Err(Refusal::conflict(error.to_string()));
        }
        Err(error) => return Err(Refusal::internal(error)),
    }
    Ok(Redirect::to("/set-up/device").into_response())
}

/// The running collector takes it over. Were it to end right here, the next start would read the same from the file.
async fn adopt(app: &App, person: &Person, config: Config) -> Result<(), Refusal> {
    let known = app.store.devices().await?;
    app.fleet.adopt(config, known, app.clock.wall());
    let entry = NewEntry::district_set_up(app.clock.wall(), person.actor.who.into());
    app.store.append(vec![entry], None).await?;
    Ok(())
}

/// Where the first configuration belongs, while there is none.
fn folder(app: &App) -> Option<std::path::PathBuf> {
    app.fleet.read(|fleet| fleet.config().set_up_in.clone())
}

fn shown(app: &App, person: &Person, typed: &Typed, wrong: &WrongAnswers, status: StatusCode) -> Response {
    let zones = first::zones();
    let written = present::DistrictWritten {
        district: &typed.district,
        zone: &typed.zone,
        school: &typed.school,
        rooms: &typed.rooms,
        platform: &typed.platform,
    };
    let page = app.stage.show(app.clock.wall(), person.viewer(), |scene| {
        present::set_up_district(scene, &zones, &written, wrong)
    });
    (status, Html(pages::set_up::district(&page))).into_response()
}
