//! A request that takes too long is given up, so that its connection and its caller are free again.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::http::Refusal;
use crate::serve::Timeouts;

/// Limits the time to the answer's header; live streams go on after it.
pub(in crate::http) async fn time_limit(
    State(timeouts): State<Timeouts>,
    request: Request,
    next: Next,
) -> Response {
    match tokio::time::timeout(timeouts.request, next.run(request)).await {
        Ok(response) => response,
        Err(_late) => Refusal::unavailable("the collector could not answer in time; try again")
            .because(format!("no answer within {} ms", timeouts.request.as_millis()))
            .into_response(),
    }
}
