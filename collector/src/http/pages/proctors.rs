//! The coordinator's page of a session's proctors, and the sheets.

use axum::extract::{Path, State};
use axum::response::{Html, Redirect};
use http::StatusCode;
use roomready_shared::ids::{ProctorId, ProctorLinkId, RoomRef, SchoolId, SessionId};
use serde::Deserialize;
use uuid::Uuid;

use super::named;
use crate::domain::proctor::{MOST_LINKS_A_SESSION, Proctor, ProctorLink, RoomWord, word_for};
use crate::fleet::Called;
use crate::http::extract::person::Person;
use crate::http::extract::sent::Sent;
use crate::http::{App, Refusal};
use crate::pages;
use crate::pages::view::{Link, SayPage};
use crate::present::proctors::{self, Asked, may_make};
use crate::secret::Secret;

type OfSession = Path<(String, String)>;
type OfLink = Path<(String, String, String)>;

pub(in crate::http) async fn page(
    State(app): State<App>,
    person: Person,
    Path((school, session)): OfSession,
) -> Result<Html<String>, Refusal> {
    let (id, _) = session_named(&app, &school, &session)?;
    let mono = app.clock.mono();
    let tried = app.fleet.read(|fleet| app.desk.tried(fleet.links_of(&id), mono));
    let asked = Asked {
        not_shared: not_shared(&app),
        fresh: &app.desk.known(mono),
        tried: &tried,
    };
    let view = app.stage.show(app.clock.wall(), person.viewer(), |scene| {
        proctors::of_session(scene, &id, asked)
    });
    view.map(|view| Html(pages::proctors::of_session(&view)))
        .ok_or_else(|| Refusal::no_such("a session", &session))
}

/// Makes a link. Its address is kept in memory for a while, so that its sheet can be printed, and nowhere else.
pub(in crate::http) async fn make(
    State(app): State<App>,
    person: Person,
    Path((school, session)): OfSession,
) -> Result<Redirect, Refusal> {
    let (id, room) = session_named(&app, &school, &session)?;
    let back = address(&room.school, &id);
    let _turn = app.desk.turn.lock().await;
    let now = app.clock.wall();
    let shared = not_shared(&app);
    let refused = app.stage.look(now, |scene| {
        let session = scene.district().session(&id)?;
        may_make(scene, session, shared).err()
    });
    if let Some(why) = refused {
        return Err(not_done("No link was made", why, &back));
    }
    let mut random = [0; 4];
    getrandom::fill(&mut random).map_err(Refusal::internal)?;
    let (word, held) = app.fleet.read(|fleet| {
        let links = fleet.links_of(&id);
        let held = links.iter().filter(|link| link.revoked_at.is_none()).count();
        (word_for(links, RoomWord::drawn(random)), held)
    });
    if held >= MOST_LINKS_A_SESSION {
        let why = format!("This session has {MOST_LINKS_A_SESSION} links already. End one that is not used.");
        return Err(not_done("No link was made", why, &back));
    }
    let token = Secret::new().map_err(Refusal::internal)?;
    let link = ProctorLink {
        id: ProctorLinkId::new(Uuid::new_v4()),
        token: token.hash(),
        session: id,
        word,
        made_by: person.actor.who.into(),
        made_at: now,
        revoked_at: None,
    };
    app.store
        .add_proctor_link(link.clone(), link.made_entry(&room))
        .await?;
    app.desk.remember(link.id, token, app.clock.mono());
    let called = Called::of(person.actor.name.clone(), person.actor.role);
    app.fleet.link_made(link, called);
    Ok(Redirect::to(&back))
}

pub(in crate::http) async fn revoke(
    State(app): State<App>,
    person: Person,
    Path((school, session, link)): OfLink,
) -> Result<Redirect, Refusal> {
    let (id, room) = session_named(&app, &school, &session)?;
    let link = link_named(&app, &id, &link)?;
    let now = app.clock.wall();
    let entry = link.revoked_entry(&room, person.actor.who.into(), now);
    app.store.revoke_proctor_link(link.id, now, entry).await?;
    app.fleet.link_revoked(link.id, now);
    app.desk.forget(link.id);
    Ok(Redirect::to(&address(&room.school, &id)))
}

#[derive(Deserialize)]
pub(in crate::http) struct LetGo {
    proctor: ProctorId,
}

pub(in crate::http) async fn release(
    State(app): State<App>,
    person: Person,
    Path((school, session, link)): OfLink,
    Sent(who): Sent<LetGo>,
) -> Result<Redirect, Refusal> {
    let (id, room) = session_named(&app, &school, &session)?;
    let link = link_named(&app, &id, &link)?;
    let found: Option<Proctor> = app.fleet.read(|fleet| {
        let present = fleet.proctor(who.proctor)?;
        (present.proctor.link == link.id).then(|| present.proctor.clone())
    });
    let proctor = found.ok_or_else(|| Refusal::not_found("there is no such browser at this link"))?;
    let now = app.clock.wall();
    let entry = proctor.released_entry(&link, &room, person.actor.who.into(), now);
    app.store.release_proctor(proctor.id, now, entry).await?;
    app.fleet.proctor_released(proctor.id, now);
    Ok(Redirect::to(&address(&room.school, &id)))
}

/// The sheet of a link that was made a while ago at the most.
pub(in crate::http) async fn link_sheet(
    State(app): State<App>,
    person: Person,
    Path((school, session, link)): OfLink,
) -> Result<Html<String>, Refusal> {
    let (id, room) = session_named(&app, &school, &session)?;
    let link = link_named(&app, &id, &link)?;
    let back = address(&room.school, &id);
    let Some(token) = app.desk.token_of(link.id, app.clock.mono()) else {
        let why = "The address of a link is kept nowhere, so its sheet can be printed for half an hour only. Make one \
                   more link; the room word stays the same.";
        return Err(not_done(
            "This sheet can no longer be shown",
            why.to_owned(),
            &back,
        ));
    };
    let base = app.whereabouts().people.clone();
    let view = app.stage.show(app.clock.wall(), person.viewer(), |scene| {
        proctors::link_sheet(scene, &id, &base, token.reveal())
    });
    view.map(|view| Html(pages::proctors::sheet(&view)))
        .ok_or_else(|| Refusal::no_such("a session", &session))
}

/// The card to fill in by hand.
pub(in crate::http) async fn paper_sheet(
    State(app): State<App>,
    person: Person,
    Path((school, session)): OfSession,
) -> Result<Html<String>, Refusal> {
    let (id, _) = session_named(&app, &school, &session)?;
    let view = app.stage.show(app.clock.wall(), person.viewer(), |scene| {
        proctors::paper_sheet(scene, &id)
    });
    view.map(|view| Html(pages::proctors::sheet(&view)))
        .ok_or_else(|| Refusal::no_such("a session", &session))
}

/// A session with the room in which it sits now. Its school must be the one that the address names.
pub(super) fn session_named(app: &App, school: &str, session: &str) -> Result<(SessionId, RoomRef), Refusal> {
    let school: SchoolId = named("a school", school)?;
    let id: SessionId = named("a session", session)?;
    let room = app
        .fleet
        .read(|fleet| fleet.district().session(&id).map(|session| session.room.clone()));
    room.filter(|room| room.school == school)
        .map(|room| (id, room))
        .ok_or_else(|| Refusal::no_such("a session", session))
}

fn link_named(app: &App, session: &SessionId, text: &str) -> Result<ProctorLink, Refusal> {
    let id: ProctorLinkId = named("a link", text)?;
    let link = app.fleet.read(|fleet| fleet.proctor_link(id).cloned());
    link.filter(|link| link.session == *session)
        .ok_or_else(|| Refusal::no_such("a link", text))
}

fn address(school: &SchoolId, session: &SessionId) -> String {
    format!("/schools/{school}/sessions/{session}/proctors")
}

/// Why no link may lead to people's pages.
fn not_shared(app: &App) -> Option<&'static str> {
    app.peoples_trust().may_be_shared().err()
}

fn not_done(headline: &str, why: String, back: &str) -> Refusal {
    let page = SayPage {
        headline: headline.to_owned(),
        words: vec![why],
        next: Some(Link::new("Back to the proctors of this session", back)),
    };
    Refusal::said(StatusCode::CONFLICT, page)
}
