//! What a device is expected for.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::header::{ETAG, IF_NONE_MATCH};
use http::{HeaderMap, StatusCode};
use roomready_shared::wire::v1::{Assignment, ErrorBody};

use crate::http::extract::device::Device;
use crate::http::{App, Refusal};

/// The device's room, requirements and timetable. Fetch it when a reply's `assignment_tag` differs from the tag held.
#[utoipa::path(
    get,
    path = "/api/v1/assignment",
    tag = "device",
    security(("device" = [])),
    params(("If-None-Match" = Option<String>, Header, description = "The tag held, in quotes")),
    responses(
        (status = 200, description = "The assignment; its tag is the ETag", body = Assignment),
        (status = 304, description = "The device holds this one already"),
        (status = 401, description = "No credential, or one that is not known", body = ErrorBody),
        (status = 500, description = "A fault of the collector", body = ErrorBody),
        (status = 503, description = "Come back later", body = ErrorBody,
            headers(("Retry-After" = u32, description = "Seconds after which to try again"))),
    )
)]
pub(in crate::http) async fn assignment(
    State(app): State<App>,
    Device { device, .. }: Device,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let assignment = app
        .fleet
        .assignment(device, app.clock.wall())
        .ok_or_else(|| Refusal::not_enrolled("this device is not enrolled; enrol it again"))?;
    let tag = format!("\"{}\"", assignment.tag);
    let held = headers
        .get(IF_NONE_MATCH)
        .is_some_and(|held| held.as_bytes() == tag.as_bytes());
    if held {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response());
    }
    Ok(([(ETAG, tag)], Json(assignment)).into_response())
}
