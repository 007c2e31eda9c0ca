//! What people in a room press: each press is an entry of the record, and the page is shown anew.

pub(in crate::http) mod pauses;
mod press;
pub(in crate::http) mod seats;

use axum::extract::{Path, Query, State};
use axum::http::header::CACHE_CONTROL;
use axum::response::{Html, IntoResponse as _};
use roomready_shared::ids::RoomRef;

use serde::Deserialize;

use super::boards::room_named;
use super::named;
use crate::domain::people::{About, Deed, NoteText, StillWorking};
use crate::http::extract::person::Person;
use crate::http::extract::sent::Sent;
use crate::http::{App, Refusal};
use crate::pages;
use crate::present::{self, RoomStep};
pub(super) use press::sentence;
use press::{Fields, Pressed, Pressing};

type InRoom = Path<(String, String)>;
type Form = Sent<Fields>;

pub(in crate::http) async fn raise_hand(
    State(app): State<App>,
    person: Person,
    at: InRoom,
    Sent(fields): Form,
) -> Pressed {
    in_room(&app, &person, &at, &fields)?
        .press(Deed::HandRaised)
        .await
}

pub(in crate::http) async fn lower_hand(
    State(app): State<App>,
    person: Person,
    at: InRoom,
    Sent(fields): Form,
) -> Pressed {
    in_room(&app, &person, &at, &fields)?
        .press(Deed::HandLowered)
        .await
}

pub(in crate::http) async fn note(
    State(app): State<App>,
    person: Person,
    at: InRoom,
    Sent(fields): Form,
) -> Pressed {
    let pressing = in_room(&app, &person, &at, &fields)?;
    match fields.get("text").parse::<NoteText>() {
        Ok(text) => pressing.press(Deed::Noted(text)).await,
        Err(wrong) => pressing.not_taken(&format!(
            "{wrong}. Go back with your browser: what you wrote is still there"
        )),
    }
}

pub(in crate::http) async fn undo(
    State(app): State<App>,
    person: Person,
    at: InRoom,
    Sent(fields): Form,
) -> Pressed {
    let deed = Deed::Undone(fields.number("seq")?);
    in_room(&app, &person, &at, &fields)?.press(deed).await
}

pub(in crate::http) async fn still_working(
    State(app): State<App>,
    person: Person,
    at: InRoom,
    Sent(fields): Form,
) -> Pressed {
    let answer = match fields.get("answer") {
        "all" => StillWorking::All,
        "some" => StillWorking::Some,
        "none" => StillWorking::None,
        _ => return Err(press::not_our_form()),
    };
    let pressing = in_room(&app, &person, &at, &fields)?;
    pressing.press(Deed::StillWorking(answer)).await
}

/// Each step of a room's test.
macro_rules! steps {
    ($($done:ident: $step:ident;)*) => {$(
        pub(in crate::http) async fn $done(
            State(app): State<App>,
            person: Person,
            at: InRoom,
            Sent(fields): Form,
        ) -> Pressed {
            in_room(&app, &person, &at, &fields)?.press(RoomStep::$step.deed()).await
        }
    )*};
}

steps! {
    start: Start;
    begin_break: Break;
    resume: Resume;
    end: End;
}

/// The panel of somebody's own page: an open page asks for it when what may be pressed has changed.
pub(in crate::http) async fn panel(
    State(app): State<App>,
    person: Person,
    at: InRoom,
) -> Result<axum::response::Response, Refusal> {
    let room = room(&app, &at)?;
    let panel = app.stage.show(app.clock.wall(), person.viewer(), |scene| {
        present::own_panel(scene, &room)
    });
    let panel = panel.ok_or_else(|| Refusal::no_such("a room", room.room.as_str()))?;
    Ok(([(CACHE_CONTROL, "no-store")], Html(panel)).into_response())
}

/// Because of which incident.
#[derive(Deserialize)]
pub(in crate::http) struct Because {
    #[serde(default)]
    incident: String,
}

/// Asks whether somebody is on the way.
pub(in crate::http) async fn ask_on_my_way(
    State(app): State<App>,
    person: Person,
    at: InRoom,
    Query(because): Query<Because>,
) -> Result<Html<String>, Refusal> {
    let (room, id) = (room(&app, &at)?, named("an incident", &because.incident)?);
    let view = app.stage.show(app.clock.wall(), person.viewer(), |scene| {
        present::confirm_on_my_way(scene, &id, &room)
    });
    view.map(|view| Html(pages::people::confirm(&view)))
        .ok_or_else(|| Refusal::no_such("an open incident", &because.incident))
}

/// Of several rooms it is said in the one that the person goes to, and told in each of them.
pub(in crate::http) async fn on_my_way(
    State(app): State<App>,
    person: Person,
    at: InRoom,
    Query(because): Query<Because>,
    Sent(fields): Form,
) -> Pressed {
    let (room, id) = (room(&app, &at)?, named("an incident", &because.incident)?);
    let is_open = app.stage.look(app.clock.wall(), |scene| {
        present::open_in(scene, &id, &room).is_some()
    });
    if !is_open {
        return Err(Refusal::no_such("an open incident", &because.incident));
    }
    let pressing = Pressing::new(&app, &person, About::Room(room), &fields)?;
    pressing.press(Deed::Acknowledged(id)).await
}

fn room(app: &App, Path((school, room)): &InRoom) -> Result<RoomRef, Refusal> {
    let id = room_named(school, room)?;
    let known = app.fleet.read(|fleet| fleet.district().room_title(&id).is_some());
    if known {
        Ok(id)
    } else {
        Err(Refusal::no_such("a room", room))
    }
}

fn in_room<'a>(
    app: &'a App,
    person: &'a Person,
    at: &InRoom,
    fields: &Fields,
) -> Result<Pressing<'a>, Refusal> {
    Pressing::new(app, person, About::Room(room(app, at)?), fields)
}
