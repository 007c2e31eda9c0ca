//! A number for each request, one log line and two metrics at its end.
//!
//! What is logged and counted is the *route*, never the address: addresses carry the secret of a sign-in link, and
//! anybody could grow a table of metrics by inventing addresses.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderName, HeaderValue, Method};
use tokio::time::Instant;

/// The number of a request; a page with a fault shows it, and the log has it.
#[derive(Debug, Clone)]
pub(in crate::http) struct RequestNumber(pub(in crate::http) Arc<str>);

static REQUEST_NUMBER: HeaderName = HeaderName::from_static("x-request-id");
/// Label for everything that no route answers.
const UNMATCHED: &str = "unmatched";

pub(in crate::http) async fn observe(mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let number = RequestNumber(next_number());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let method = known_method(request.method());
    request.extensions_mut().insert(number.clone());

    let mut response = next.run(request).await;

    let route = route.as_ref().map_or(UNMATCHED, MatchedPath::as_str).to_owned();
    let status = response.status();
    let took = begun.elapsed();
    tracing::debug!(request = %number.0, method, route, status = status.as_u16(), ms = took.as_millis(), "answered");
    metrics::histogram!("roomready_request_seconds", "route" => route.clone()).record(took.as_secs_f64());
    metrics::counter!(
        "roomready_requests_total",
        "route" => route, "method" => method, "status" => status.as_str().to_owned()
    )
    .increment(1);
    if let Ok(value) = HeaderValue::from_str(&number.0) {
        response.headers_mut().insert(REQUEST_NUMBER.clone(), value);
    }
    response
}

/// Unique in one run of the process, which the log's time makes unique altogether.
fn next_number() -> Arc<str> {
    static LAST: AtomicU64 = AtomicU64::new(0);
    format!("r{}", LAST.fetch_add(1, Ordering::Relaxed) + 1).into()
}

/// A method is the caller's text; only known ones become labels.
fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        _ => "other",
    }
}
