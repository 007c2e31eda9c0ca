//! The person at a browser, found by its cookie.

use axum::extract::FromRequestParts;
use http::header::{COOKIE, USER_AGENT};
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use roomready_shared::units::ShortText;

use crate::access::{Actor, Role, Scope, Who};
use crate::http::{App, Refusal};
use crate::pages::view::{SayPage, Viewer};
use crate::present::proctors::shut;
use crate::secret::{Secret, SecretHash};
use crate::serve::Peer;
use crate::store::{BrowserSession, StoreError};

/// Somebody who is signed in. The guard finds them; handlers behind it are handed the same.
#[derive(Debug, Clone)]
pub(in crate::http) struct Person {
    /// Who, and what they may.
    pub(in crate::http) actor: Actor,
    /// What their forms must carry.
    pub(in crate::http) csrf: Secret,
    /// Under which their sign-in is found again.
    pub(in crate::http) cookie: SecretHash,
}

impl Person {
    /// As pages know them.
    pub(in crate::http) fn viewer(&self) -> Viewer {
        Viewer {
            name: self.actor.name.to_string(),
            role: self.actor.role,
            may: if self.actor.lacks_second_factor {
                &[crate::access::Permission::OwnAccount]
            } else {
                self.actor.role.permissions()
            },
            csrf: self.csrf.reveal().to_owned(),
        }
    }
}

impl FromRequestParts<App> for Person {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        if let Some(found) = parts.extensions.get::<Self>() {
            return Ok(found.clone());
        }
        let name = cookie_name(&parts.extensions, app.port);
        let cookie = cookie(&parts.headers, &name)
            .and_then(Secret::shown)
            .ok_or_else(Refusal::sign_in_needed)?;
        let actor = match of_cookie(app, cookie.hash()).await? {
            Found::Signed(actor) => actor,
            Found::Shut(page) => return Err(Refusal::said(StatusCode::FORBIDDEN, *page)),
            Found::Nobody => return Err(Refusal::sign_in_needed()),
        };
        Ok(Self {
            actor,
            csrf: cookie.derived("roomready form"),
            cookie: cookie.hash(),
        })
    }
}

/// Who is behind a cookie.
pub(in crate::http) enum Found {
    /// Somebody who is signed in.
    Signed(Actor),
    /// A proctor whose link does not open now; what they read instead of a page.
    Shut(Box<SayPage>),
    /// Nobody.
    Nobody,
}

/// Finds who is behind a cookie, and remembers that their sign-in is in use.
pub(in crate::http) async fn of_cookie(app: &App, cookie: SecretHash) -> Result<Found, StoreError> {
    let now = app.clock.wall();
    let (found, session) = match app.store.signed_in(cookie, now).await? {
        Some(signed_in) => (Found::Signed(signed_in.actor()), signed_in.session),
        None => match app.store.proctor_session(cookie, now).await? {
            Some(session) => (of_proctor(app, &session, now), session),
            None => return Ok(Found::Nobody),
        },
    };
    if session.wants_touch(now) {
        // A full disk must not sign anybody out: the sign-in only seems less used than it is.
        let touched = app.store.touch_session(session.id, now).await;
        if let Err(error) = touched {
            tracing::debug!(
                "a sign-in's use was not remembered: {}",
                crate::error::with_causes(&error)
            );
        }
    }
    Ok(found)
}

/// A proctor reaches the room of their sitting as the timetable stands now, while their link opens.
fn of_proctor(app: &App, session: &BrowserSession, now: Timestamp) -> Found {
    let Who::Proctor(id) = session.who else {
        return Found::Nobody;
    };
    let found = app.stage.look(now, |scene| {
        let Some((proctor, state)) = scene.proctor_and_link(id) else {
            return Found::Nobody;
        };
        match state.open() {
            Some((sitting, _)) => Found::Signed(Actor {
                who: session.who,
                name: proctor.name.clone(),
                role: Role::Proctor,
                scope: Scope::Room(sitting.room.clone()),
                session: session.id,
                ends: session.ends,
                lacks_second_factor: false,
            }),
            None => Found::Shut(Box::new(shut(scene, state))),
        }
    });
    if matches!(found, Found::Signed(_)) {
        app.fleet.proctor_seen(id, now);
    }
    found
}

/// Who is signed in on a browser, where somebody is.
pub(in crate::http) async fn of_browser(
    app: &App,
    extensions: &http::Extensions,
    headers: &HeaderMap,
) -> Result<Option<Actor>, StoreError> {
    let name = cookie_name(extensions, app.port);
    let Some(cookie) = cookie(headers, &name).and_then(Secret::shown) else {
        return Ok(None);
    };
    Ok(match of_cookie(app, cookie.hash()).await? {
        Found::Signed(actor) => Some(actor),
        Found::Shut(_) | Found::Nobody => None,
    })
}

/// The name of the sign-in's cookie. Over TLS a name that browsers give to nobody else's page; on loopback browsers
/// share cookies between all ports of a host, so the name carries the port.
pub(in crate::http) fn cookie_name(extensions: &http::Extensions, port: u16) -> String {
    if extensions.get::<Peer>().is_some_and(|peer| peer.secure) {
        "__Host-roomready".to_owned()
    } else {
        format!("roomready_staff_{port}")
    }
}

/// What a browser calls itself, for its owner's list of sign-ins.
pub(in crate::http) fn browser(headers: &HeaderMap) -> ShortText {
    let said = headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
    ShortText::fit(said.unwrap_or("a browser without a name"))
}

/// The value of a cookie.
pub(in crate::http) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(known, value)| (known == name).then_some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_cookie_is_found_among_others_and_only_under_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.insert(
            COOKIE,
            "theme=dark; roomready_staff_80=old;roomready_staff_8480=abc"
                .parse()
                .unwrap(),
        );
        assert_eq!(cookie(&headers, "roomready_staff_8480"), Some("abc"));
        assert_eq!(cookie(&headers, "roomready_staff"), None);
    }
}
