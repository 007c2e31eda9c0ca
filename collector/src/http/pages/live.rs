//! The streams behind open pages. Each has the address of its page after `/live`, and ends with its sign-in.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Response};
use http::HeaderMap;

use super::acts::seats::Asked;
use super::boards::room_named;
use super::named;
use crate::access::Scope;
use crate::http::extract::person::Person;
use crate::http::sse::{self, Holds};
use crate::http::{App, Refusal};
use crate::present::Topic;

fn open(app: &App, person: &Person, topic: Topic) -> Result<Response, Refusal> {
    let holds = Holds {
        app: app.clone(),
        cookie: person.cookie,
        scope: person.actor.scope.clone(),
    };
    Ok(sse::open(&app.hub, topic, holds)?.into_response())
}

pub(in crate::http) async fn district(State(app): State<App>, person: Person) -> Result<Response, Refusal> {
    open(&app, &person, Topic::District(person.actor.scope.clone()))
}

pub(in crate::http) async fn school(
    State(app): State<App>,
    person: Person,
    Path(school): Path<String>,
) -> Result<Response, Refusal> {
    open(&app, &person, Topic::School(named("a school", &school)?))
}

pub(in crate::http) async fn room(
    State(app): State<App>,
    person: Person,
    Path((school, room)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let room = room_named(&school, &room)?;
    let topic = match person.actor.scope {
        Scope::Room(_) => Topic::OnlyRoom(room),
        Scope::Schools(_) | Scope::District => Topic::Room(room),
    };
    open(&app, &person, topic)
}

pub(in crate::http) async fn device(
    State(app): State<App>,
    person: Person,
    Path(device): Path<String>,
) -> Result<Response, Refusal> {
    open(&app, &person, Topic::Device(named("a device", &device)?))
}

pub(in crate::http) async fn roster_device(
    State(app): State<App>,
    person: Person,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    open(&app, &person, Topic::RosterDevice(named("a device", &name)?))
}

pub(in crate::http) async fn district_log(
    State(app): State<App>,
    person: Person,
) -> Result<Response, Refusal> {
    open(&app, &person, Topic::AllLogs(person.actor.scope.clone()))
}

pub(in crate::http) async fn school_log(
    State(app): State<App>,
    person: Person,
    Path(school): Path<String>,
) -> Result<Response, Refusal> {
    open(&app, &person, Topic::SchoolLog(named("a school", &school)?))
}

pub(in crate::http) async fn incident(
    State(app): State<App>,
    person: Person,
    Path(incident): Path<String>,
) -> Result<Response, Refusal> {
    open(&app, &person, Topic::Incident(named("an incident", &incident)?))
}

pub(in crate::http) async fn unexpected(
    State(app): State<App>,
    person: Person,
    Path((school, room)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    open(&app, &person, Topic::Unexpected(room_named(&school, &room)?))
}

pub(in crate::http) async fn notices(State(app): State<App>, person: Person) -> Result<Response, Refusal> {
    open(&app, &person, Topic::Notices(person.actor.scope.clone()))
}

pub(in crate::http) async fn seat(
    State(app): State<App>,
    person: Person,
    Path((school, room)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let room = room_named(&school, &room)?;
    let device = named("a device in this room", &asked.device)?;
    open(&app, &person, Topic::Seat(room, device))
}

pub(in crate::http) async fn my_rooms(
    State(app): State<App>,
    person: Person,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let topic = Topic::Mine(person.actor.scope.clone(), super::mine::chosen(&headers));
    open(&app, &person, topic)
}
