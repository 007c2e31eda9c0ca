//! One device, and the devices behind a number.

use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use roomready_shared::ids::{DeviceId, DeviceName, RoomRef, SchoolId};
use serde::Deserialize;

use super::boards::room_named;
use super::named;
use crate::http::extract::person::Person;
use crate::http::{App, Refusal};
use crate::pages;
use crate::pages::view::Standing;
use crate::present;

pub(in crate::http) async fn device(
    State(app): State<App>,
    person: Person,
    Path(device): Path<String>,
) -> Result<Html<String>, Refusal> {
    let id: DeviceId = named("a device", &device)?;
    let view = app.stage.show(app.clock.wall(), person.viewer(), |scene| {
        present::known_device(scene, id)
    });
    view.map(|view| Html(pages::device::render(&view)))
        .ok_or_else(|| Refusal::no_such("a device", &device))
}

/// A device that the district owns; once it has enrolled, its page is that of the enrolled device.
pub(in crate::http) async fn roster_device(
    State(app): State<App>,
    person: Person,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    let known: DeviceName = named("a device", &name)?;
    if let Some(id) = app
        .fleet
        .read(|fleet| fleet.device_named(&known).map(|(id, _)| id))
    {
        return Ok(Redirect::to(&format!("/devices/{id}")).into_response());
    }
    let view = app.stage.show(app.clock.wall(), person.viewer(), |scene| {
        present::roster_device(scene, &known)
    });
    let view = view.ok_or_else(|| Refusal::no_such("a device", &name))?;
    Ok(Html(pages::device::render(&view)).into_response())
}

#[derive(Deserialize)]
pub(in crate::http) struct Show {
    show: Option<String>,
}

pub(in crate::http) async fn of_district(
    State(app): State<App>,
    person: Person,
    Query(show): Query<Show>,
) -> Result<Html<String>, Refusal> {
    list(&app, &person, None, None, &show)
}

pub(in crate::http) async fn of_school(
    State(app): State<App>,
    person: Person,
    Path(school): Path<String>,
    Query(show): Query<Show>,
) -> Result<Html<String>, Refusal> {
    let id = named("a school", &school)?;
    list(&app, &person, Some(&id), None, &show)
}

pub(in crate::http) async fn of_room(
    State(app): State<App>,
    person: Person,
    Path((school, room)): Path<(String, String)>,
    Query(show): Query<Show>,
) -> Result<Html<String>, Refusal> {
    let id = room_named(&school, &room)?;
    list(&app, &person, None, Some(&id), &show)
}

fn list(
    app: &App,
    person: &Person,
    school: Option<&SchoolId>,
    room: Option<&RoomRef>,
    show: &Show,
) -> Result<Html<String>, Refusal> {
    let only = match show.show.as_deref() {
        None => None,
        Some(word) => Some(Standing::from_slug(word).ok_or_else(|| Refusal::no_such("a status", word))?),
    };
    let view = app.stage.show(app.clock.wall(), person.viewer(), |scene| {
        present::list(scene, &person.actor.scope, school, room, only)
    });
    let named = room
        .map(ToString::to_string)
        .or(school.map(ToString::to_string))
        .unwrap_or_default();
    view.map(|view| Html(pages::devices::render(&view)))
        .ok_or_else(|| Refusal::no_such("a place", &named))
}
