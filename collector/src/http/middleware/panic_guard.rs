//! A panic in one request costs that request only.

use std::panic::AssertUnwindSafe;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures_util::FutureExt as _;

use crate::http::Refusal;
use crate::supervise::panic_message;

pub(in crate::http) async fn panic_guard(request: Request, next: Next) -> Response {
    // Nothing of the request outlives it; what handlers share is guarded by locks that recover.
    AssertUnwindSafe(next.run(request))
        .catch_unwind()
        .await
        .unwrap_or_else(|panic| {
            metrics::counter!("roomready_panics_total").increment(1);
            Refusal::internal(format!("a handler panicked: {}", panic_message(&*panic))).into_response()
        })
}
