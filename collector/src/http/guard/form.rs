//! What a page of ours sends when something is to be changed: a form with the token of the sign-in that the page was
//! made for.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use http::header::CONTENT_TYPE;
use http::request::Parts;

use super::origin;
use crate::http::Refusal;
use crate::http::extract::body;
use crate::http::extract::person::Person;
use crate::limits;
use crate::secret::Secret;

/// The field that carries the token.
pub(in crate::http) const CSRF_FIELD: &str = "csrf";

/// The same request, read whole, once its token is seen.
pub(super) async fn checked(
    parts: Parts,
    body: Body,
    person: &Person,
    patience: Duration,
) -> Result<Request, Refusal> {
    origin::ours(&parts.headers)?;
    let is_form = parts
        .headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| {
            let kind = value.split(';').next().unwrap_or_default().trim();
            kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")
        });
    if !is_form {
        return Err(Refusal::not_a_form());
    }
    let sent = body::read(&parts.headers, body, limits::MOST_FORM_BYTES, patience).await?;
    let token = form_urlencoded::parse(&sent)
        .take(limits::MOST_FORM_FIELDS)
        .find_map(|(name, value)| (name == CSRF_FIELD).then_some(value))
        .and_then(|value| Secret::shown(&value));
    // Compared by hash, so that the time it takes tells nothing.
    if token.map(|token| token.hash()) != Some(person.csrf.hash()) {
        return Err(Refusal::stale_page());
    }
    Ok(Request::from_parts(parts, Body::from(sent)))
}
