//! District, school, room.

use axum::extract::{Path, Query, State};
use axum::response::{AppendHeaders, Html, IntoResponse as _, Redirect, Response};
use http::HeaderMap;
use http::header::SET_COOKIE;
use roomready_shared::ids::{RoomRef, SchoolId};
use serde::Deserialize;

use super::named;
use crate::access::Scope;
use crate::http::extract::person::{Person, cookie};
use crate::http::{App, Refusal};
use crate::pages;
use crate::pages::view::SeatOrder;
use crate::present;

/// Remembers in which order this browser wants its tiles. Says nothing about anybody.
const ORDER_COOKIE: &str = "roomready_order";
const ORDER_REMEMBERED_SECONDS: u32 = 180 * 24 * 60 * 60;

pub(in crate::http) async fn district(State(app): State<App>, person: Person) -> Response {
    let scope = &person.actor.scope;
    if let Scope::Room(room) = scope {
        // Whoever has one room has no overview.
        return Redirect::to(&format!("/schools/{}/rooms/{}", room.school, room.room)).into_response();
    }
    let view = app.stage.show(app.clock.wall(), person.viewer(), |scene| {
        present::district(scene, scope)
    });
    Html(pages::place::render(&view)).into_response()
}

pub(in crate::http) async fn school(
    State(app): State<App>,
    person: Person,
    Path(school): Path<String>,
) -> Result<Html<String>, Refusal> {
    let id: SchoolId = named("a school", &school)?;
    let view = app.stage.show(app.clock.wall(), person.viewer(), |scene| {
        present::school(scene, &id)
    });
    view.map(|view| Html(pages::place::render(&view)))
        .ok_or_else(|| Refusal::no_such("a school", &school))
}

#[derive(Deserialize)]
pub(in crate::http) struct Order {
    order: Option<String>,
}

pub(in crate::http) async fn room(
    State(app): State<App>,
    person: Person,
    Path((school, room)): Path<(String, String)>,
    Query(wanted): Query<Order>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let id = room_named(&school, &room)?;
    let chosen = wanted.order.as_deref().and_then(SeatOrder::from_slug);
    let order = chosen
        .or_else(|| cookie(&headers, ORDER_COOKIE).and_then(SeatOrder::from_slug))
        .unwrap_or_default();
    let view = app.stage.show(app.clock.wall(), person.viewer(), |scene| {
        present::board(scene, &id, order)
    });
    let view = view.ok_or_else(|| Refusal::no_such("a room", &room))?;
    let remembered = chosen.map(|order| {
        let value = format!(
            "{ORDER_COOKIE}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={ORDER_REMEMBERED_SECONDS}",
            order.slug()
        );
        AppendHeaders([(SET_COOKIE, value)])
    });
    Ok((remembered, Html(pages::room::render(&view))).into_response())
}

pub(in crate::http) fn room_named(school: &str, room: &str) -> Result<RoomRef, Refusal> {
    Ok(RoomRef {
        school: named("a school", school)?,
        room: named("a room", room)?,
    })
}
