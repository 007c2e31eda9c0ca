//! What people in a room press: each press is an entry of the record, and the page is shown anew.

use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use http::StatusCode;
use roomready_shared::ids::{IncidentId, RoomRef};
use serde::Deserialize;

use super::boards::room_named;
use super::named;
use crate::domain::people::{About, Deed, NotANoteText, NotNow, NoteText};
use crate::fleet::Called;
use crate::http::extract::person::Person;
use crate::http::extract::sent::Sent;
use crate::http::{App, Refusal};
use crate::pages;
use crate::pages::view::{Link, SayPage};
use crate::present::{self, RoomStep};

type InRoom = Path<(String, String)>;

pub(in crate::http) async fn raise_hand(State(app): State<App>, person: Person, at: InRoom) -> Pressed {
    press(&app, &person, &room(&app, &at)?, Deed::HandRaised).await
}

pub(in crate::http) async fn lower_hand(State(app): State<App>, person: Person, at: InRoom) -> Pressed {
    press(&app, &person, &room(&app, &at)?, Deed::HandLowered).await
}

#[derive(Deserialize)]
pub(in crate::http) struct Note {
    text: String,
}

pub(in crate::http) async fn note(
    State(app): State<App>,
    person: Person,
    at: InRoom,
    Sent(note): Sent<Note>,
) -> Pressed {
    let room = room(&app, &at)?;
    match note.text.parse::<NoteText>() {
        Ok(text) => press(&app, &person, &room, Deed::Noted(text)).await,
        Err(wrong) => Err(not_done(
            &room,
            "The note was not written down",
            &sentence(&wrong_note(wrong)),
        )),
    }
}

fn wrong_note(wrong: NotANoteText) -> String {
    format!("{wrong}. Go back with your browser: what you wrote is still there")
}

#[derive(Deserialize)]
pub(in crate::http) struct Undo {
    seq: u64,
}

pub(in crate::http) async fn undo(
    State(app): State<App>,
    person: Person,
    at: InRoom,
    Sent(undo): Sent<Undo>,
) -> Pressed {
    press(&app, &person, &room(&app, &at)?, Deed::Undone(undo.seq)).await
}

/// Asks once more.
fn ask(app: &App, person: &Person, at: &InRoom, step: RoomStep) -> Asked {
    let room = room(app, at)?;
    let view = app.stage.show(app.clock.wall(), person.viewer(), |scene| {
        present::confirm(scene, &room, step)
    });
    view.map(|view| Html(pages::people::confirm(&view)))
        .ok_or_else(|| Refusal::no_such("a room", room.room.as_str()))
}

/// For each step the page that asks, and the answer to it.
macro_rules! steps {
    ($($ask:ident, $done:ident: $step:ident;)*) => {$(
        pub(in crate::http) async fn $ask(State(app): State<App>, person: Person, at: InRoom) -> Asked {
            ask(&app, &person, &at, RoomStep::$step)
        }

        pub(in crate::http) async fn $done(State(app): State<App>, person: Person, at: InRoom) -> Pressed {
            press(&app, &person, &room(&app, &at)?, RoomStep::$step.deed()).await
        }
    )*};
}

steps! {
    ask_start, start: Start;
    ask_break, begin_break: Break;
    ask_resume, resume: Resume;
    ask_end, end: End;
}

/// Asks whether somebody is on the way.
pub(in crate::http) async fn ask_on_my_way(
    State(app): State<App>,
    person: Person,
    Path(incident): Path<String>,
) -> Result<Html<String>, Refusal> {
    let id: IncidentId = named("an incident", &incident)?;
    let view = app.stage.show(app.clock.wall(), person.viewer(), |scene| {
        present::confirm_on_my_way(scene, &id)
    });
    view.map(|view| Html(pages::people::confirm(&view)))
        .ok_or_else(|| Refusal::no_such("an open incident", &incident))
}

pub(in crate::http) async fn on_my_way(
    State(app): State<App>,
    person: Person,
    Path(incident): Path<String>,
) -> Pressed {
    let id: IncidentId = named("an incident", &incident)?;
    let room = app.fleet.read(|fleet| {
        let (school, told) = fleet.incident(&id)?;
        told.incident.is_open().then(|| RoomRef {
            school: school.clone(),
            room: told.incident.room.clone(),
        })
    });
    let room = room.ok_or_else(|| Refusal::no_such("an open incident", &incident))?;
    press(&app, &person, &room, Deed::Acknowledged(id)).await
}

/// The page that asks, or why not.
type Asked = Result<Html<String>, Refusal>;
/// Back to the room, or why not.
type Pressed = Result<Response, Refusal>;

fn room(app: &App, Path((school, room)): &InRoom) -> Result<RoomRef, Refusal> {
    let id = room_named(school, room)?;
    let known = app.fleet.read(|fleet| fleet.district().room_title(&id).is_some());
    if known {
        Ok(id)
    } else {
        Err(Refusal::no_such("a room", room))
    }
}

async fn press(app: &App, person: &Person, room: &RoomRef, deed: Deed) -> Pressed {
    let _turn = app.desk.turn.lock().await;
    let now = app.clock.wall();
    let back = || Redirect::to(&address(room)).into_response();
    let about = About::Room(room.clone());
    let checked = app
        .fleet
        .read(|fleet| fleet.check_act(&about, &deed, None, None, now));
    let session = match checked {
        Ok(session) => session,
        // Pressed twice, or by two people: what they wanted is so.
        Err(NotNow::AlreadySo) => return Ok(back()),
        Err(not_now) => {
            return Err(not_done(
                room,
                "This was not done",
                &sentence(&not_now.to_string()),
            ));
        }
    };
    let by = person.actor.who.into();
    let entry = deed.to_entry(&about, session.as_ref(), by, now, None);
    for entry in app.store.append(vec![entry], None).await? {
        let called = Called::of(person.actor.name.clone(), person.actor.role);
        app.fleet.acted(&entry, called);
    }
    // Told at once: the page that is loaded next begins with what the others were last told.
    app.hub.tick(now);
    Ok(back())
}

fn address(room: &RoomRef) -> String {
    format!("/schools/{}/rooms/{}", room.school, room.room)
}

/// With a capital and a full stop, as a page says it.
pub(super) fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}

fn not_done(room: &RoomRef, headline: &str, why: &str) -> Refusal {
    let page = SayPage {
        headline: headline.to_owned(),
        words: vec![why.to_owned()],
        next: Some(Link::new("Back to the room", address(room))),
    };
    Refusal::said(StatusCode::CONFLICT, page)
}
