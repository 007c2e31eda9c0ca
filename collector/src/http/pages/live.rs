//! The streams behind open pages. Each has the address of its page after `/live`, and ends with its sign-in.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};

use super::boards::room_named;
use super::named;
use crate::http::extract::staff::Staff;
use crate::http::{App, Refusal, sse};
use crate::present::Topic;

fn open(app: &App, staff: &Staff, topic: Topic) -> Result<Response, Refusal> {
    let clock = std::sync::Arc::clone(&app.clock);
    Ok(sse::open(&app.hub, topic, clock, staff.ends())?.into_response())
}

pub(in crate::http) async fn district(State(app): State<App>, staff: Staff) -> Result<Response, Refusal> {
    open(&app, &staff, Topic::District)
}

pub(in crate::http) async fn school(
    State(app): State<App>,
    staff: Staff,
    Path(school): Path<String>,
) -> Result<Response, Refusal> {
    open(&app, &staff, Topic::School(named("a school", &school)?))
}

pub(in crate::http) async fn room(
    State(app): State<App>,
    staff: Staff,
    Path((school, room)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    open(&app, &staff, Topic::Room(room_named(&school, &room)?))
}

pub(in crate::http) async fn device(
    State(app): State<App>,
    staff: Staff,
    Path(device): Path<String>,
) -> Result<Response, Refusal> {
    open(&app, &staff, Topic::Device(named("a device", &device)?))
}

pub(in crate::http) async fn roster_device(
    State(app): State<App>,
    staff: Staff,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    open(&app, &staff, Topic::RosterDevice(named("a device", &name)?))
}

pub(in crate::http) async fn district_log(State(app): State<App>, staff: Staff) -> Result<Response, Refusal> {
    open(&app, &staff, Topic::Log(None))
}

pub(in crate::http) async fn school_log(
    State(app): State<App>,
    staff: Staff,
    Path(school): Path<String>,
) -> Result<Response, Refusal> {
    open(&app, &staff, Topic::Log(Some(named("a school", &school)?)))
}

pub(in crate::http) async fn incident(
    State(app): State<App>,
    staff: Staff,
    Path(incident): Path<String>,
) -> Result<Response, Refusal> {
    open(&app, &staff, Topic::Incident(named("an incident", &incident)?))
}
