//! Is it alive, is it ready: for service managers and monitors. Answers without names, so without sign-in.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;

use super::App;
use crate::error::with_causes;
use crate::limits;

/// The process runs and its loop turns. Says nothing about the store: restarting would not mend a full disk.
pub(super) async fn livez() -> &'static str {
    "alive\n"
}

/// It can do its work: the store itself was asked just now, and nobody has asked the collector to stop.
pub(super) async fn readyz(State(app): State<App>) -> Response {
    if app.stop.accepting.is_cancelled() {
        return ill("stopping");
    }
    match tokio::time::timeout(limits::STORE_PULSE_PATIENCE, app.store.ready()).await {
        Ok(Ok(())) => "ready\n".into_response(),
        // What the system said stays in the log: anybody may ask here.
        Ok(Err(error)) => {
            tracing::debug!("not ready: {}", with_causes(&error));
            ill(&error.to_string())
        }
        Err(_late) => ill(&format!(
            "the store has not answered for {} s",
            limits::STORE_PULSE_PATIENCE.as_secs()
        )),
    }
}

fn ill(why: &str) -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {why}\n")).into_response()
}
