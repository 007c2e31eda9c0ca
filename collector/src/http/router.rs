//! Every route on one page, and the order of what all requests pass through.

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};

use super::middleware::observe::observe;
use super::middleware::panic_guard::panic_guard;
use super::middleware::security_headers::security_headers;
use super::middleware::show_refusals::show_refusals;
use super::middleware::time_limit::time_limit;
use super::{App, Refusal, api, health, metrics, openapi, pages};

/// The whole surface.
pub fn router(app: App) -> Router {
    let timeouts = app.timeouts;
    Router::new()
        // For service managers and monitors.
        .route("/livez", get(health::livez))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(metrics::metrics))
        // For devices.
        .route("/api/openapi.json", get(openapi::document))
        .route("/api/v1/enroll", post(api::enroll::enroll))
        .route("/api/v1/reports", post(api::reports::reports))
        .route("/api/v1/assignment", get(api::assignment::assignment))
        .route("/api/v1/credential", post(api::credential::credential))
        // For staff.
        .route("/sign-in", get(pages::sign_in::sign_in))
        .route("/assets/{name}", get(pages::assets::asset))
        .route("/", get(pages::boards::district))
        .route("/devices", get(pages::devices::of_district))
        .route("/incidents", get(pages::incidents::of_district))
        .route("/schools/{school}", get(pages::boards::school))
        .route("/schools/{school}/devices", get(pages::devices::of_school))
        .route("/schools/{school}/incidents", get(pages::incidents::of_school))
        .route("/schools/{school}/rooms/{room}", get(pages::boards::room))
        .route(
            "/schools/{school}/rooms/{room}/devices",
            get(pages::devices::of_room),
        )
        .route("/devices/{device}", get(pages::devices::device))
        .route("/roster/{name}", get(pages::devices::roster_device))
        .route("/incidents/{incident}", get(pages::incidents::incident))
        // What keeps those pages live.
        .route("/live/district", get(pages::live::district))
        .route("/live/incidents", get(pages::live::district_log))
        .route("/live/schools/{school}", get(pages::live::school))
        .route("/live/schools/{school}/incidents", get(pages::live::school_log))
        .route("/live/schools/{school}/rooms/{room}", get(pages::live::room))
        .route("/live/devices/{device}", get(pages::live::device))
        .route("/live/roster/{name}", get(pages::live::roster_device))
        .route("/live/incidents/{incident}", get(pages::live::incident))
        .fallback(async || Refusal::not_found("there is nothing at this address"))
        .method_not_allowed_fallback(async || Refusal::no_such_method())
        // Innermost first.
        .layer(from_fn_with_state(timeouts, time_limit))
        .layer(from_fn(panic_guard))
        .layer(from_fn(show_refusals))
        .layer(from_fn(security_headers))
        .layer(from_fn(observe))
        .with_state(app)
}
