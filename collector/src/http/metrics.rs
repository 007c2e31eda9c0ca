//! Numbers for monitoring. They carry routes and counts, no names; still they tell when a school tests, so they are
//! for people who may see them and for programs on this very computer.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;

use super::App;

pub(super) async fn metrics(State(app): State<App>) -> Response {
    let content_type = [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (content_type, app.metrics.render()).into_response()
}
