//! Turns a refusal into words: JSON for programs, a page for people.

use axum::Json;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::HeaderValue;
use http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use roomready_shared::wire::v1::ErrorBody;

use super::observe::RequestNumber;
use crate::http::Refusal;
use crate::http::error::Refused;

pub(in crate::http) async fn show_refusals(request: Request, next: Next) -> Response {
    let for_programs = request.uri().path().starts_with("/api/");
    let asked = request
        .method()
        .is_safe()
        .then(|| request.uri().path_and_query().map(ToString::to_string))
        .flatten()
        .unwrap_or_default();
    let number = request.extensions().get::<RequestNumber>().cloned();
    let mut response = next.run(request).await;
    let Some(Refused(refusal)) = response.extensions_mut().remove::<Refused>() else {
        return response;
    };
    let number = number.as_ref().map_or("", |number| &number.0);
    log(&refusal, number);
    let mut shown = if for_programs {
        as_json(&refusal)
    } else {
        crate::http::pages::refusal_page(&refusal, number, &asked)
    };
    if let Some(wait) = refusal.retry_after() {
        // The header knows whole seconds only; too long is right, too short is not.
        let seconds = u64::try_from(wait.as_millis().div_ceil(1_000)).unwrap_or(u64::MAX);
        shown
            .headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    if for_programs && refusal.status() == http::StatusCode::UNAUTHORIZED {
        shown
            .headers_mut()
            .insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    shown
}

fn as_json(refusal: &Refusal) -> Response {
    let body = ErrorBody {
        error: refusal.code(),
        message: refusal.message().to_owned(),
        retry_after_ms: refusal
            .retry_after()
            .map(|wait| u32::try_from(wait.as_millis()).unwrap_or(u32::MAX)),
    };
    (refusal.status(), Json(body)).into_response()
}

/// Logged once, here, where it is handled.
fn log(refusal: &Refusal, number: &str) {
    let (status, message) = (refusal.status().as_u16(), refusal.message());
    let cause = refusal.cause();
    if refusal.status().is_server_error() {
        tracing::error!(request = number, status, cause, "request failed: {message}");
    } else {
        tracing::debug!(request = number, status, cause, "request refused: {message}");
    }
}
