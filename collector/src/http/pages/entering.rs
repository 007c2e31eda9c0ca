//! Somebody opens a proctor link.

use std::net::IpAddr;

use axum::extract::{Query, State};
use axum::response::{AppendHeaders, Html, IntoResponse as _, Redirect, Response};
use http::header::{RETRY_AFTER, SET_COOKIE};
use http::{Extensions, HeaderMap, StatusCode};
use roomready_shared::ids::{BrowserSessionId, ProctorId, RoomRef, Title};
use serde::Deserialize;
use uuid::Uuid;

use super::acts::sentence;
use super::sign_in::sign_in_cookie;
use crate::access::Who;
use crate::domain::entry::Actor;
use crate::domain::plan::Session;
use crate::domain::proctor::{Capacity, Entrant, NotEntered, Origin, Proctor, ProctorLink};
use crate::http::extract::person::{self, browser};
use crate::http::extract::sent::Sent;
use crate::http::{App, Refusal};
use crate::limits;
use crate::pages;
use crate::pages::view::{EnterPage, Link, SayPage};
use crate::present::proctors::{shut, unknown};
use crate::secret::Secret;
use crate::serve::Peer;
use crate::store::BrowserSession;

#[derive(Deserialize)]
pub(in crate::http) struct Opened {
    #[serde(default)]
    token: String,
}

/// The page of a link. It binds nothing: programs that look ahead open links too.
pub(in crate::http) async fn page(
    State(app): State<App>,
    extensions: Extensions,
    headers: HeaderMap,
    Query(opened): Query<Opened>,
) -> Result<Response, Refusal> {
    let (link, room) = open_link(&app, &opened.token)?;
    if let Some(inside) = already(&app, &extensions, &headers, &link, &room).await? {
        return Ok(inside);
    }
    let view = form(&app, &opened.token, &link, None, "", None);
    Ok(Html(pages::proctors::enter(&view)).into_response())
}

#[derive(Deserialize)]
pub(in crate::http) struct Entering {
    token: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    word: String,
}

/// Name, role and room word: a right word binds this browser to the link's room.
pub(in crate::http) async fn enter(
    State(app): State<App>,
    extensions: Extensions,
    headers: HeaderMap,
    Sent(entering): Sent<Entering>,
) -> Result<Response, Refusal> {
    let (link, room) = open_link(&app, &entering.token)?;
    if let Some(inside) = already(&app, &extensions, &headers, &link, &room).await? {
        return Ok(inside);
    }
    let refill = |status: StatusCode, problem: String| {
        let role = entering.role.parse().ok();
        let view = form(&app, &entering.token, &link, Some(problem), &entering.name, role);
        (status, Html(pages::proctors::enter(&view))).into_response()
    };
    let entrant = match entrant(&entering) {
        Ok(entrant) => entrant,
        Err(problem) => return Ok(refill(StatusCode::UNPROCESSABLE_ENTITY, problem)),
    };
    // One after another: a thousand tries at once are a thousand tries.
    let _turn = app.desk.turn.lock().await;
    let inside = app.fleet.read(|fleet| {
        let all = fleet.entered_by(link.id);
        all.iter()
            .filter(|present| present.proctor.released_at.is_none())
            .count()
    });
    let (origin, given) = (origin(&extensions), entering.word.parse().ok());
    let judged = app.desk.enter(&link, given, inside, origin, app.clock.mono());
    if let Err(refused) = judged {
        return Ok(match refused {
            NotEntered::WrongWord { wait } => {
                metrics::counter!("roomready_room_words_wrong_total").increment(1);
                app.store
                    .append(vec![link.refused_entry(&room, app.clock.wall())], None)
                    .await?;
                let mut problem = sentence(&refused.to_string());
                if !wait.is_zero() {
                    problem = format!("{problem} Wait {} s before you try again.", wait.as_secs().max(1));
                }
                refill(StatusCode::FORBIDDEN, problem)
            }
            NotEntered::Wait { wait } => {
                let mut response = refill(StatusCode::TOO_MANY_REQUESTS, sentence(&refused.to_string()));
                let seconds = http::HeaderValue::from(wait.as_secs().max(1));
                response.headers_mut().insert(RETRY_AFTER, seconds);
                response
            }
            NotEntered::Full => refill(StatusCode::CONFLICT, sentence(&refused.to_string())),
        });
    }
    bind(&app, &extensions, &headers, &link, &room, entrant).await
}

/// This browser is a proctor's from now on. The redirect takes the link's secret out of the address bar.
async fn bind(
    app: &App,
    extensions: &Extensions,
    headers: &HeaderMap,
    link: &ProctorLink,
    room: &RoomRef,
    entrant: Entrant,
) -> Result<Response, Refusal> {
    let cookie = Secret::new().map_err(Refusal::internal)?;
    let now = app.clock.wall();
    let proctor = Proctor {
        id: ProctorId::new(Uuid::new_v4()),
        link: link.id,
        name: entrant.name,
        capacity: entrant.capacity,
        entered_at: now,
        released_at: None,
    };
    let session = BrowserSession {
        id: BrowserSessionId::new(Uuid::new_v4()),
        cookie: cookie.hash(),
        who: Who::Proctor(proctor.id),
        browser: browser(headers),
        begun_at: now,
        used_at: now,
        // At the latest. Each request asks the link, which follows its sitting.
        ends: now
            .saturating_add(limits::STAFF_SESSION_LIFE)
            .map_err(Refusal::internal)?,
    };
    let entry = proctor.entered_entry(link, room, Actor::Proctor(proctor.id));
    app.store.admit_proctor(proctor.clone(), session, entry).await?;
    app.fleet.proctor_entered(proctor);
    let value = sign_in_cookie(extensions, app.port, &cookie);
    Ok((AppendHeaders([(SET_COOKIE, value)]), Redirect::to(&address(room))).into_response())
}

/// The link of a token with the room that it leads to now.
fn open_link(app: &App, token: &str) -> Result<(ProctorLink, RoomRef), Refusal> {
    // As printed on the sheet, in pieces.
    let token: String = token
        .chars()
        .filter(|c| *c != '-' && !c.is_whitespace())
        .collect();
    let not_known = || Refusal::said(StatusCode::NOT_FOUND, unknown());
    let hash = Secret::shown(&token).ok_or_else(not_known)?.hash();
    let found = app
        .fleet
        .read(|fleet| fleet.proctor_links().find(|link| link.token == hash).cloned());
    let link = found.ok_or_else(not_known)?;
    let now = app.clock.wall();
    let looked = app.stage.look(now, |scene| {
        let state = link.state(scene.district(), now);
        match state.open() {
            Some((session, _)) => Ok(session.room.clone()),
            None => Err(shut(scene, state)),
        }
    });
    match looked {
        Ok(room) => Ok((link, room)),
        Err(page) => Err(Refusal::said(StatusCode::FORBIDDEN, page)),
    }
}

/// Where somebody goes who is somebody already on this browser.
async fn already(
    app: &App,
    extensions: &Extensions,
    headers: &HeaderMap,
    link: &ProctorLink,
    room: &RoomRef,
) -> Result<Option<Response>, Refusal> {
    let Some(actor) = person::of_browser(app, extensions, headers).await? else {
        return Ok(None);
    };
    match actor.who {
        Who::Proctor(id) => {
            let of_this = app
                .fleet
                .read(|fleet| fleet.proctor(id).is_some_and(|present| present.proctor.link == link.id));
            Ok(of_this.then(|| Redirect::to(&address(room)).into_response()))
        }
        Who::Account(_) => Err(Refusal::said(
            StatusCode::CONFLICT,
            SayPage {
                headline: format!("You are signed in as {}", actor.name),
                words: vec![
                    "A proctor link makes a browser a proctor's. You do not need it: your own pages show this room."
                        .to_owned(),
                    "To try the link, open it in another browser or in a private window.".to_owned(),
                ],
                next: Some(Link::new("To the room", address(room))),
            },
        )),
    }
}

fn address(room: &RoomRef) -> String {
    format!("/schools/{}/rooms/{}", room.school, room.room)
}

fn entrant(entering: &Entering) -> Result<Entrant, String> {
    let name = entering.name.split_whitespace().collect::<Vec<_>>().join(" ");
    let name: Title = name
        .parse()
        .map_err(|_| "Write your name, in at most 80 characters.".to_owned())?;
    let capacity = entering
        .role
        .parse::<Capacity>()
        .map_err(|wrong| sentence(&wrong.to_string()))?;
    Ok(Entrant { name, capacity })
}

fn origin(extensions: &Extensions) -> Origin {
    let peer = extensions.get::<Peer>().map(|peer| peer.address.ip());
    Origin::of(peer.unwrap_or(IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED)))
}

fn form(
    app: &App,
    token: &str,
    link: &ProctorLink,
    problem: Option<String>,
    name: &str,
    role: Option<Capacity>,
) -> EnterPage {
    app.stage.look(app.clock.wall(), |scene| {
        let session: Option<&Session> = scene.district().session(&link.session);
        EnterPage {
            room: session.map_or_else(String::new, |session| scene.room_title(&session.room)),
            session: session.map_or_else(String::new, |session| scene.session_and_start(session)),
            token: token.to_owned(),
            problem,
            name: name.to_owned(),
            roles: Capacity::ALL
                .map(|capacity| (capacity.word(), role == Some(capacity)))
                .into(),
        }
    })
}
