//! "My rooms".

use axum::extract::{Query, State};
use axum::response::{AppendHeaders, Html, IntoResponse as _, Redirect, Response};
use http::HeaderMap;
use http::header::SET_COOKIE;
use roomready_shared::ids::RoomRef;
use serde::Deserialize;

use super::boards::room_named;
use crate::access::Scope;
use crate::http::extract::person::{Person, cookie};
use crate::http::extract::sent::Sent;
use crate::http::{App, Refusal};
use crate::limits::MOST_MY_ROOMS;
use crate::pages;
use crate::present;

/// Remembers which rooms this browser shows. Says nothing about anybody.
const COOKIE: &str = "roomready_rooms";
/// In no id, and allowed in a cookie.
const SEPARATOR: &str = "!";
const REMEMBERED_SECONDS: u32 = 365 * 24 * 60 * 60;
/// Browsers take cookies of 4 KB.
const MOST_COOKIE_BYTES: usize = 3_500;

#[derive(Deserialize)]
pub(in crate::http) struct Asked {
    done: Option<String>,
}

pub(in crate::http) async fn page(
    State(app): State<App>,
    person: Person,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let scope = &person.actor.scope;
    if let Scope::Room(room) = scope {
        // Whoever has one room is in it.
        return Redirect::to(&format!("/schools/{}/rooms/{}", room.school, room.room)).into_response();
    }
    let too_many = asked.done.as_deref() == Some("too-many");
    let chosen = chosen(&headers);
    let view = app.stage.show(app.clock.wall(), person.viewer(), |scene| {
        present::my_rooms(scene, scope, &chosen, too_many)
    });
    Html(pages::mine::render(&view)).into_response()
}

/// The rooms that this browser shows; what cannot be one is left out.
pub(in crate::http) fn chosen(headers: &HeaderMap) -> Vec<RoomRef> {
    let rooms = cookie(headers, COOKIE).unwrap_or_default().split(SEPARATOR);
    rooms.filter_map(room).take(MOST_MY_ROOMS).collect()
}

fn room(text: &str) -> Option<RoomRef> {
    let (school, room) = text.split_once('/')?;
    room_named(school, room).ok()
}

/// Fields of one name, as often as it was marked.
pub(in crate::http) async fn choose(
    person: Person,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, Refusal> {
    let scope = &person.actor.scope;
    let mut rooms: Vec<_> = fields
        .iter()
        .filter(|(name, _)| name == "room")
        .filter_map(|(_, value)| room(value))
        .filter(|room| scope.covers_school(&room.school))
        .collect();
    rooms.sort();
    rooms.dedup();
    let mut kept = String::new();
    let mut number = 0;
    for room in &rooms {
        let text = format!(
            "{}{}/{}",
            if number > 0 { SEPARATOR } else { "" },
            room.school,
            room.room
        );
        if number == MOST_MY_ROOMS || kept.len() + text.len() > MOST_COOKIE_BYTES {
            break;
        }
        kept.push_str(&text);
        number += 1;
    }
    let to = if number < rooms.len() {
        "/my-rooms?done=too-many"
    } else {
        "/my-rooms"
    };
    let value = format!("{COOKIE}={kept}; Path=/; HttpOnly; SameSite=Strict; Max-Age={REMEMBERED_SECONDS}");
    Ok((AppendHeaders([(SET_COOKIE, value)]), Redirect::to(to)).into_response())
}
