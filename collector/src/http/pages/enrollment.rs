//! Keys that let a school's devices in: shown, made, ended.

use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use jiff::{Timestamp, Unit};
use roomready_shared::address::{CollectorAddress, Collectors};
use roomready_shared::enrolment::Enrolment;
use roomready_shared::ids::{RoomId, SchoolId};
use serde::Deserialize;

use super::access_log::names;
use super::named;
use crate::domain::identity::{EnrolmentKey, KeyId, KeyPlace};
use crate::http::extract::person::Person;
use crate::http::extract::sent::Sent;
use crate::http::{App, Refusal};
use crate::limits;
use crate::pages;
use crate::present;
use crate::secret::Secret;

pub(in crate::http) async fn page(
    State(app): State<App>,
    person: Person,
    Path(school): Path<String>,
) -> Result<Html<String>, Refusal> {
    let id: SchoolId = named("a school", &school)?;
    shown(&app, &person, &id, None).await
}

async fn shown(
    app: &App,
    person: &Person,
    school: &SchoolId,
    made: Option<(&EnrolmentKey, String)>,
) -> Result<Html<String>, Refusal> {
    let (keys, names) = (app.store.keys().await?, names(app).await?);
    let by_file_only = app.whereabouts().by_private_ca;
    let view = app.stage.show(app.clock.wall(), person.viewer(), |scene| {
        let view = present::enrollment(scene, school, &keys, &names, by_file_only)?;
        let made = made.map(|(key, command)| present::made_key(scene, key, command));
        Some(pages::view::EnrollmentPage { made, ..view })
    });
    view.map(|view| Html(pages::enrollment::render(&view)))
        .ok_or_else(|| Refusal::no_such("a school", school.as_str()))
}

#[derive(Deserialize)]
pub(in crate::http) struct Make {
    #[serde(default)]
    room: String,
    uses: u32,
    days: u32,
    #[serde(default)]
    give: String,
}

/// Makes a key. It is told this once: on the page, or in the file that this answers with.
pub(in crate::http) async fn make(
    State(app): State<App>,
    person: Person,
    Path(school): Path<String>,
    Sent(wanted): Sent<Make>,
) -> Result<Response, Refusal> {
    let school: SchoolId = named("a school", &school)?;
    let key = Secret::new().map_err(Refusal::internal)?;
    let kept = wanted.key(&app, &person, &school, &key)?;
    // First, so that what is wrong with it costs no key.
    let file = wants_file(&app, &wanted)
        .then(|| enrolment(&app, &key))
        .transpose()?;
    app.store.add_key(kept.clone()).await?;
    if let Some(enrolment) = file {
        let text = format!(
            "# Made on the page of {school}. The key lets devices in: whoever has this file can enrol.\n{enrolment}"
        );
        let head = [
            (CONTENT_TYPE, "application/toml; charset=utf-8"),
            (CONTENT_DISPOSITION, "attachment; filename=\"enrolment.toml\""),
        ];
        return Ok((head, text).into_response());
    }
    let address = app.whereabouts().devices.first().cloned().unwrap_or_default();
    let command = format!(
        "roomready-agent enroll --collector {address} --key {}",
        key.reveal()
    );
    let page = shown(&app, &person, &school, Some((&kept, command))).await?;
    Ok(page.into_response())
}

fn wants_file(app: &App, wanted: &Make) -> bool {
    wanted.give == "file" || app.whereabouts().by_private_ca
}

impl Make {
    fn key(
        &self,
        app: &App,
        person: &Person,
        school: &SchoolId,
        key: &Secret,
    ) -> Result<EnrolmentKey, Refusal> {
        if !(1..=limits::MOST_KEY_USES).contains(&self.uses)
            || !(1..=limits::MOST_KEY_DAYS).contains(&self.days)
        {
            return Err(Refusal::not_this_message(format!(
                "a key is for 1 to {} devices and 1 to {} days; go back and correct the numbers",
                limits::MOST_KEY_USES,
                limits::MOST_KEY_DAYS
            )));
        }
        let room: Option<RoomId> = match self.room.as_str() {
            "" => None,
            room => Some(named("a room", room)?),
        };
        let place = KeyPlace::of(school.clone(), room);
        let known = app.fleet.read(|fleet| match &place {
            KeyPlace::School(school) => fleet.district().schools().contains_key(school),
            KeyPlace::Room(room) => fleet.district().room_title(room).is_some(),
        });
        if !known {
            return Err(Refusal::no_such("a place", &place.to_string()));
        }
        let now = app.clock.wall();
        let ends = now
            .saturating_add(limits::days(self.days))
            .and_then(|ends| ends.round(Unit::Second))
            .unwrap_or(Timestamp::MAX);
        let by = person.actor.who.into();
        Ok(EnrolmentKey::new(key.hash(), place, self.uses, ends, now, by))
    }
}

/// What a device joins by: where the collector is found, whom to believe there, and the key.
fn enrolment(app: &App, key: &Secret) -> Result<Enrolment, Refusal> {
    let found = app.whereabouts();
    let addresses: Result<Vec<_>, _> = found
        .devices
        .iter()
        .map(|address| CollectorAddress::parse(address))
        .collect();
    let addresses = addresses.map_err(Refusal::internal)?;
    let ca = app
        .fleet
        .read(|fleet| fleet.devices_ca().map(ToString::to_string));
    Ok(Enrolment {
        collectors: Collectors::new(addresses).map_err(Refusal::internal)?,
        key: key.reveal().to_owned(),
        ca: ca.filter(|_| found.by_private_ca),
        proxy: None,
    })
}

#[derive(Deserialize)]
pub(in crate::http) struct Revoke {
    key: String,
}

pub(in crate::http) async fn revoke(
    State(app): State<App>,
    person: Person,
    Path(school): Path<String>,
    Sent(ended): Sent<Revoke>,
) -> Result<Redirect, Refusal> {
    let school: SchoolId = named("a school", &school)?;
    let id: KeyId = named("a key", &ended.key)?;
    // The guard has looked at the school of the address: the key must be one of that school.
    let keys = app.store.keys().await?;
    let is_of_school = |key: &&EnrolmentKey| key.id() == id && *key.place.school() == school;
    keys.iter()
        .find(is_of_school)
        .ok_or_else(|| Refusal::no_such("a key", &ended.key))?;
    app.store
        .revoke_key(id, person.actor.who.into(), app.clock.wall())
        .await?;
    Ok(Redirect::to(&format!("/schools/{school}/enrollment")))
}
