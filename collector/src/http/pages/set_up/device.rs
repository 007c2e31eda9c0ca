//! The first device: a key for it, and its room as it arrives.

use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use roomready_shared::address::{CollectorAddress, Collectors};
use roomready_shared::enrolment::Enrolment;
use roomready_shared::ids::RoomRef;
use serde::Deserialize;

use crate::domain::identity::{EnrolmentKey, KeyPlace};
use crate::fleet;
use crate::http::extract::person::Person;
use crate::http::extract::sent::Sent;
use crate::http::{App, Refusal};
use crate::limits;
use crate::pages;
use crate::present::{self, MadeKey};
use crate::secret::Secret;

/// What the downloaded file is called, and the line that uses it.
const FILE_NAME: &str = "roomready-enrolment.toml";

#[derive(Deserialize)]
pub(in crate::http) struct From {
    district: Option<String>,
}

pub(in crate::http) async fn page(
    State(app): State<App>,
    person: Person,
    Query(From { district }): Query<From>,
) -> Result<Response, Refusal> {
    shown(&app, &person, district.is_some(), None)
}

/// Makes a key for the first room and shows it, once.
pub(in crate::http) async fn make_key(State(app): State<App>, person: Person) -> Result<Response, Refusal> {
    let Some(room) = app.fleet.read(first_room) else {
        return Ok(Redirect::to("/").into_response());
    };
    let key = Secret::new().map_err(Refusal::internal)?;
    let now = app.clock.wall();
    let ends = now
        .saturating_add(limits::ENROLMENT_KEY_LIFE)
        .map_err(Refusal::internal)?;
    let (place, uses) = (KeyPlace::Room(room), limits::ENROLMENT_KEY_USES);
    let by = person.actor.who.into();
    let kept = EnrolmentKey::new(key.hash(), place, uses, ends, now, by);
    app.store.add_key(kept).await?;
    let file_only = app.whereabouts.by_private_ca;
    let address = app.whereabouts.devices.first().map_or("", String::as_str);
    let made = MadeKey {
        command: if file_only {
            format!("roomready-agent enroll --file {FILE_NAME}")
        } else {
            format!(
                "roomready-agent enroll --collector {address} --key {}",
                key.reveal()
            )
        },
        file_only,
        key: key.reveal().to_owned(),
        uses,
    };
    shown(&app, &person, false, Some(made))
}

#[derive(Deserialize)]
pub(in crate::http) struct Shown {
    key: String,
}

/// The key that the page shows, in the file that device management brings to many devices.
pub(in crate::http) async fn file(
    State(app): State<App>,
    _person: Person,
    Sent(Shown { key }): Sent<Shown>,
) -> Result<Response, Refusal> {
    let key = Secret::shown(&key).ok_or_else(|| Refusal::malformed("this is no enrolment key"))?;
    let kept = app.store.key(key.hash()).await?;
    if kept.is_none_or(|kept| kept.lets_in(app.clock.wall()).is_err()) {
        return Err(Refusal::not_found(
            "this enrolment key has ended; make another one",
        ));
    }
    let addresses = app.whereabouts.devices.iter();
    let addresses: Vec<_> = addresses
        .filter_map(|address| CollectorAddress::parse(address).ok())
        .collect();
    let enrolment = Enrolment {
        collectors: Collectors::new(addresses).map_err(Refusal::internal)?,
        key: key.reveal().to_owned(),
        ca: app
            .whereabouts
            .by_private_ca
            .then(|| {
                app.fleet
                    .read(|fleet| fleet.devices_ca().map(ToString::to_string))
            })
            .flatten(),
        proxy: None,
    };
    let text = format!("# The key lets devices in: whoever has this file can enrol one.\n{enrolment}");
    let headers = [
        (CONTENT_TYPE, "application/toml"),
        (
            CONTENT_DISPOSITION,
            "attachment; filename=\"roomready-enrolment.toml\"",
        ),
    ];
    Ok((headers, text).into_response())
}

fn shown(
    app: &App,
    person: &Person,
    district_given: bool,
    key: Option<MadeKey>,
) -> Result<Response, Refusal> {
    let Some(room) = app.fleet.read(first_room) else {
        return Ok(Redirect::to("/").into_response());
    };
    let page = app.stage.show(app.clock.wall(), person.viewer(), |scene| {
        present::set_up_device(scene, &room, district_given, key)
    });
    let page = page.ok_or_else(|| Refusal::no_such("a room", &room.to_string()))?;
    Ok(Html(pages::set_up::device(&page)).into_response())
}

/// The first room of the first school.
pub(super) fn first_room(fleet: &fleet::State) -> Option<RoomRef> {
    let schools = fleet.district().schools().iter();
    let mut rooms = schools.filter_map(|(school, of)| {
        of.rooms.first().map(|(room, _)| RoomRef {
            school: school.clone(),
            room: room.clone(),
        })
    });
    rooms.next()
}
