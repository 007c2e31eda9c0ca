//! The incident log, and one incident.

use axum::extract::{Path, State};
use axum::response::Html;
use roomready_shared::ids::{IncidentId, RoomRef, SchoolId};

use super::named;
use crate::domain::entry::Subject;
use crate::domain::incident::Note;
use crate::fleet::Told;
use crate::http::extract::person::Person;
use crate::http::{App, Refusal};
use crate::pages;
use crate::present;
use crate::store::{EntryQuery, MOST_ENTRIES_A_PAGE};

pub(in crate::http) async fn of_district(State(app): State<App>, person: Person) -> Html<String> {
    let view = app.stage.show(app.clock.wall(), person.viewer(), |scene| {
        present::all_logs(scene, &person.actor.scope)
    });
    Html(pages::log::render(&view))
}

pub(in crate::http) async fn of_school(
    State(app): State<App>,
    person: Person,
    Path(school): Path<String>,
) -> Result<Html<String>, Refusal> {
    let id = named("a school", &school)?;
    let view = app.stage.show(app.clock.wall(), person.viewer(), |scene| {
        present::school_log(scene, &id)
    });
    view.map(|view| Html(pages::log::render(&view)))
        .ok_or_else(|| Refusal::no_such("a school", &school))
}

pub(in crate::http) async fn incident(
    State(app): State<App>,
    person: Person,
    Path(incident): Path<String>,
) -> Result<Html<String>, Refusal> {
    let id: IncidentId = named("an incident", &incident)?;
    let (now, viewer) = (app.clock.wall(), person.viewer());
    let here = app
        .stage
        .show(now, viewer.clone(), |scene| present::incident_page(scene, &id));
    if let Some(view) = here {
        return Ok(Html(pages::incident::render(&view)));
    }
    let (school, told) = of_record(&app, id)
        .await?
        .ok_or_else(|| Refusal::no_such("an incident", &incident))?;
    let view = app.stage.show(now, viewer, |scene| {
        present::incident_page_of(scene, &school, &told, None)
    });
    Ok(Html(pages::incident::render(&view)))
}

/// Where an incident is, also one that memory has let go.
pub(in crate::http) async fn room_of(app: &App, id: &IncidentId) -> Result<Option<RoomRef>, Refusal> {
    let of = |school: &SchoolId, told: &Told| RoomRef {
        school: school.clone(),
        room: told.incident.room.clone(),
    };
    let here = app
        .fleet
        .read(|fleet| fleet.incident(id).map(|(school, told)| of(school, told)));
    if here.is_some() {
        return Ok(here);
    }
    let found = of_record(app, id.clone()).await?;
    Ok(found.map(|(school, told)| of(&school, &told)))
}

/// An incident that memory has let go.
async fn of_record(app: &App, id: IncidentId) -> Result<Option<(SchoolId, Told)>, Refusal> {
    let query = EntryQuery {
        subject: Some(Subject::Incident(id)),
        limit: MOST_ENTRIES_A_PAGE,
        ..EntryQuery::default()
    };
    let entries = app.store.entries(query).await?;
    let school = entries.iter().find_map(|entry| entry.entry.school.clone());
    let notes = entries
        .iter()
        .filter_map(|entry| Note::of_entry(&entry.entry)?.ok());
    Ok(school.zip(Told::of(notes)))
}
