//! The person at a browser, found by its cookie.

use axum::extract::FromRequestParts;
use http::HeaderMap;
use http::header::{COOKIE, USER_AGENT};
use http::request::Parts;
use roomready_shared::units::ShortText;

use crate::access::Actor;
use crate::http::{App, Refusal};
use crate::pages::view::Viewer;
use crate::secret::{Secret, SecretHash};
use crate::serve::Peer;

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
        let now = app.clock.wall();
        let signed_in = app.store.signed_in(cookie.hash(), now).await?;
        let signed_in = signed_in.ok_or_else(Refusal::sign_in_needed)?;
        if signed_in.session.wants_touch(now) {
            // A full disk must not sign anybody out: the sign-in only seems less used than it is.
            let touched = app.store.touch_session(signed_in.session.id, now).await;
            if let Err(error) = touched {
                tracing::debug!(
                    "a sign-in's use was not remembered: {}",
                    crate::error::with_causes(&error)
                );
            }
        }
        Ok(Self {
            actor: signed_in.actor(),
            csrf: cookie.derived("roomready form"),
            cookie: cookie.hash(),
        })
    }
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
