//! The incident log, and one incident.

use axum::extract::{Path, State};
use axum::response::Html;
use roomready_shared::ids::{IncidentId, SchoolId};

use super::named;
use crate::domain::entry::Subject;
use crate::domain::incident::Note;
use crate::fleet::Told;
use crate::http::extract::staff::Staff;
use crate::http::{App, Refusal};
use crate::pages;
use crate::present;
use crate::store::{EntryQuery, MOST_ENTRIES_A_PAGE};

pub(in crate::http) async fn of_district(
    State(app): State<App>,
    _staff: Staff,
) -> Result<Html<String>, Refusal> {
    log(&app, None)
}

pub(in crate::http) async fn of_school(
    State(app): State<App>,
    _staff: Staff,
    Path(school): Path<String>,
) -> Result<Html<String>, Refusal> {
    let id = named("a school", &school)?;
    log(&app, Some(&id))
}

fn log(app: &App, school: Option<&SchoolId>) -> Result<Html<String>, Refusal> {
    let view = app
        .stage
        .look(app.clock.wall(), |scene| present::log(scene, school));
    view.map(|view| Html(pages::log::render(&view)))
        .ok_or_else(|| Refusal::no_such("a school", school.map_or("", SchoolId::as_str)))
}

pub(in crate::http) async fn incident(
    State(app): State<App>,
    _staff: Staff,
    Path(incident): Path<String>,
) -> Result<Html<String>, Refusal> {
    let id: IncidentId = named("an incident", &incident)?;
    let now = app.clock.wall();
    if let Some(view) = app.stage.look(now, |scene| present::incident_page(scene, &id)) {
        return Ok(Html(pages::incident::render(&view)));
    }
    let (school, told) = of_record(&app, id)
        .await?
        .ok_or_else(|| Refusal::no_such("an incident", &incident))?;
    let view = app.stage.look(now, |scene| {
        present::incident_page_of(scene, &school, &told, None)
    });
    Ok(Html(pages::incident::render(&view)))
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
