//! What is pressed about one seat: something wrong, finished, another device.

use axum::extract::{Query, State};
use axum::response::Html;
use roomready_shared::ids::RoomRef;
use serde::Deserialize;

use super::press::{Fields, Pressed, not_our_form};
use super::{Form, InRoom, in_room, room};
use crate::domain::people::{CodeText, Deed, Machine, Spot, Symptom};
use crate::http::extract::person::Person;
use crate::http::extract::sent::Sent;
use crate::http::{App, Refusal};
use crate::pages;
use crate::present;

/// Which seat a page is about.
#[derive(Deserialize)]
pub(in crate::http) struct Asked {
    #[serde(default)]
    pub(in crate::http::pages) device: String,
    #[serde(default)]
    tag: String,
}

/// One seat with all that can be said of it.
pub(in crate::http) async fn page(
    State(app): State<App>,
    person: Person,
    at: InRoom,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, Refusal> {
    let room = room(&app, &at)?;
    let view = app.stage.show(app.clock.wall(), person.viewer(), |scene| {
        present::seat_page(scene, &room, &asked.device)
    });
    view.map(|view| Html(pages::people::seat(&view)))
        .ok_or_else(|| Refusal::no_such("a device in this room", &asked.device))
}

/// Asks once more before a device is swapped.
pub(in crate::http) async fn ask_swap(
    State(app): State<App>,
    person: Person,
    at: InRoom,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, Refusal> {
    let room = room(&app, &at)?;
    if asked.device.is_empty() {
        return choose_seat(&app, &person, &room, &asked.tag);
    }
    let view = app.stage.show(app.clock.wall(), person.viewer(), |scene| {
        present::swap_page(scene, &room, &asked.device, &asked.tag)
    });
    view.map(|view| Html(pages::people::swap(&view)))
        .ok_or_else(|| Refusal::no_such("a device in this room", &asked.device))
}

/// The seat is not known yet: of a device that no session expects only its tag is.
fn choose_seat(app: &App, person: &Person, room: &RoomRef, tag: &str) -> Result<Html<String>, Refusal> {
    let view = app.stage.show(app.clock.wall(), person.viewer(), |scene| {
        present::choose_seat_page(scene, room, tag)
    });
    view.map(|view| Html(pages::unexpected::choose_seat(&view)))
        .ok_or_else(|| Refusal::no_such("a device of this school", tag))
}

/// Says something of a seat.
pub(in crate::http) async fn say(
    State(app): State<App>,
    person: Person,
    at: InRoom,
    Sent(fields): Form,
) -> Pressed {
    let room = room(&app, &at)?;
    let pressing = in_room(&app, &person, &at, &fields)?;
    let (device, what) = said_of(&fields);
    let Some(device) = spot(&app, &room, device) else {
        return pressing.not_taken(NO_SUCH_SEAT);
    };
    let deed = match what {
        "cannot-sign-in" => Deed::Symptom {
            seat: device,
            symptom: Symptom::CannotSignIn,
        },
        "frozen" => Deed::Symptom {
            seat: device,
            symptom: Symptom::Frozen,
        },
        "message" => match fields.get("code").parse::<CodeText>() {
            Ok(code) => Deed::Symptom {
                seat: device,
                symptom: Symptom::Message { code },
            },
            Err(wrong) => return pressing.not_taken(&wrong.to_string()),
        },
        "needs-help" => Deed::SeatNeedsHelp { device },
        "helped" => Deed::SeatHelped { device },
        "finished" => Deed::SeatFinished { device },
        _ => return Err(not_our_form()),
    };
    pressing.press(deed).await
}

/// Which device, and what of it. A list of seats is one form, whose buttons carry both.
fn said_of(fields: &Fields) -> (&str, &str) {
    ["helped", "finished", "needs-help"]
        .into_iter()
        .map(|what| (fields.get(what), what))
        .find(|(device, _)| !device.is_empty())
        .unwrap_or((fields.get("device"), fields.get("what")))
}

const NO_SUCH_SEAT: &str =
    "this device is not at a seat of this room now; reload the page and choose the seat again";

/// Gives a seat another device: the one that was chosen, or the only one whose tag ends as was typed.
pub(in crate::http) async fn swap(
    State(app): State<App>,
    person: Person,
    at: InRoom,
    Sent(fields): Form,
) -> Pressed {
    let room = room(&app, &at)?;
    let pressing = in_room(&app, &person, &at, &fields)?;
    let Some(Spot { seat, device: old }) = spot(&app, &room, fields.get("device")) else {
        return pressing.not_taken(NO_SUCH_SEAT);
    };
    let typed = match fields.get("new") {
        "" => fields.get("tag"),
        chosen => chosen,
    };
    let found = app.stage.look(app.clock.wall(), |scene| {
        present::tagged(scene, &room, &old, typed)
    });
    let [new] = found.as_slice() else {
        let why = if found.is_empty() {
            "no other device of this school has a tag that ends like this; look at the tag again"
        } else {
            "several devices have a tag that ends like this; type all of the tag"
        };
        return pressing.not_taken(why);
    };
    let new = new.clone();
    pressing.press(Deed::Swapped { seat, old, new }).await
}

/// A device that was kept aside may be used again.
pub(in crate::http) async fn release(
    State(app): State<App>,
    person: Person,
    at: InRoom,
    Sent(fields): Form,
) -> Pressed {
    let pressing = in_room(&app, &person, &at, &fields)?;
    let device = machine(&app, &fields)?;
    pressing.press(Deed::Released { device }).await
}

/// Devices of a room at a test that no session expects.
pub(in crate::http) async fn unexpected(
    State(app): State<App>,
    person: Person,
    at: InRoom,
) -> Result<Html<String>, Refusal> {
    let room = room(&app, &at)?;
    let view = app.stage.show(app.clock.wall(), person.viewer(), |scene| {
        present::unexpected(scene, &room)
    });
    view.map(|view| Html(pages::unexpected::render(&view)))
        .ok_or_else(|| Refusal::no_such("a room", room.room.as_str()))
}

/// One of them is not at a test that anybody has to look after.
pub(in crate::http) async fn leave(
    State(app): State<App>,
    person: Person,
    at: InRoom,
    Sent(fields): Form,
) -> Pressed {
    let (room, device) = (room(&app, &at)?, machine(&app, &fields)?);
    let pressing = in_room(&app, &person, &at, &fields)?;
    let is_of_room = app.fleet.read(|fleet| {
        let (_, known) = fleet.device_named(&device.name)?;
        Some(known.home.room == room)
    });
    if is_of_room != Some(true) {
        return pressing.not_taken("this device is not one of this room; reload the page");
    }
    pressing.press(Deed::LeftAlone { device }).await
}

fn machine(app: &App, fields: &Fields) -> Result<Machine, Refusal> {
    let name = fields.get("device").parse().map_err(|_| not_our_form())?;
    let device = app
        .fleet
        .read(|fleet| fleet.device_named(&name).map(|(id, _)| id));
    Ok(Machine { name, device })
}

fn spot(app: &App, room: &RoomRef, device: &str) -> Option<Spot> {
    app.stage
        .look(app.clock.wall(), |scene| present::spot_of(scene, room, device))
}
