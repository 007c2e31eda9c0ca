//! The streams behind open pages. Each has the address of its page after `/live`.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};

use super::boards::room_named;
use super::named;
use crate::http::extract::staff::Staff;
use crate::http::{App, Refusal, sse};
use crate::present::Topic;

fn open(app: &App, topic: Topic) -> Result<Response, Refusal> {
    Ok(sse::open(&app.hub, topic, std::sync::Arc::clone(&app.clock))?.into_response())
}

pub(in crate::http) async fn district(State(app): State<App>, _staff: Staff) -> Result<Response, Refusal> {
    open(&app, Topic::District)
}

pub(in crate::http) async fn school(
    State(app): State<App>,
    _staff: Staff,
    Path(school): Path<String>,
) -> Result<Response, Refusal> {
    open(&app, Topic::School(named("a school", &school)?))
}

pub(in crate::http) async fn room(
    State(app): State<App>,
    _staff: Staff,
    Path((school, room)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    open(&app, Topic::Room(room_named(&school, &room)?))
}

pub(in crate::http) async fn device(
    State(app): State<App>,
    _staff: Staff,
    Path(device): Path<String>,
) -> Result<Response, Refusal> {
    open(&app, Topic::Device(named("a device", &device)?))
}

pub(in crate::http) async fn roster_device(
    State(app): State<App>,
    _staff: Staff,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    open(&app, Topic::RosterDevice(named("a device", &name)?))
}

pub(in crate::http) async fn district_log(
    State(app): State<App>,
    _staff: Staff,
) -> Result<Response, Refusal> {
    open(&app, Topic::Log(None))
}

pub(in crate::http) async fn school_log(
    State(app): State<App>,
    _staff: Staff,
    Path(school): Path<String>,
) -> Result<Response, Refusal> {
    open(&app, Topic::Log(Some(named("a school", &school)?)))
}

pub(in crate::http) async fn incident(
    State(app): State<App>,
    _staff: Staff,
    Path(incident): Path<String>,
) -> Result<Response, Refusal> {
    open(&app, Topic::Incident(named("an incident", &incident)?))
}
