//! A sign-in link: works once, turns into a cookie.

use axum::extract::{Query, State};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use http::header::SET_COOKIE;
use http::{HeaderMap, Method};
use serde::Deserialize;

use crate::http::extract::staff::cookie_name;
use crate::http::{App, Refusal};
use crate::limits;
use crate::secret::Secret;
use crate::store::StaffSession;

#[derive(Deserialize)]
pub(in crate::http) struct Link {
    token: Option<String>,
}

/// Spends the link. What only looks ahead (a HEAD, a browser that loads in advance what is being typed) must not.
pub(in crate::http) async fn sign_in(
    State(app): State<App>,
    method: Method,
    headers: HeaderMap,
    Query(link): Query<Link>,
) -> Result<Response, Refusal> {
    let looks_ahead = headers
        .get("sec-purpose")
        .is_some_and(|purpose| purpose.as_bytes().starts_with(b"prefetch"));
    if method == Method::HEAD || looks_ahead {
        return Err(Refusal::unavailable(
            "a sign-in link works once; open it yourself",
        ));
    }
    let token = link
        .token
        .as_deref()
        .and_then(Secret::shown)
        .ok_or_else(Refusal::sign_in_needed)?;
    let cookie = Secret::new().map_err(Refusal::internal)?;
    let now = app.clock.wall();
    let ends = now
        .saturating_add(limits::STAFF_SESSION_LIFE)
        .map_err(Refusal::internal)?;
    let session = StaffSession {
        cookie: cookie.hash(),
        name: None,
        ends,
    };
    app.store.spend_link(token.hash(), session, now).await?;
    // Strict: no other site's link or form ever carries it. The redirect takes the token out of the address bar. Not
    // `Secure` while only loopback is served, without TLS.
    let value = format!(
        "{}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}",
        cookie_name(app.port),
        cookie.reveal(),
        limits::STAFF_SESSION_LIFE.as_secs(),
    );
    Ok((AppendHeaders([(SET_COOKIE, value)]), Redirect::to("/")).into_response())
}
