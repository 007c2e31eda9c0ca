//! A device reports.

use axum::Json;
use axum::extract::State;
use roomready_shared::wire::v1::{ErrorBody, Report, ReportReply};

use crate::http::extract::device::Device;
use crate::http::extract::message::Message;
use crate::http::{App, Refusal};

/// Takes one report: the present state, and news that must not be lost.
///
/// By the time of the answer every acknowledged record is durable. One report is in flight at a time. After any other
/// answer nothing was taken: the device keeps its records and sends them again.
#[utoipa::path(
    post,
    path = "/api/v1/reports",
    tag = "device",
    security(("device" = [])),
    request_body = Report,
    responses(
        (status = 200, description = "Taken; what is acknowledged is durable", body = ReportReply),
        (status = 400, description = "The body is not whole JSON", body = ErrorBody),
        (status = 401, description = "No credential, or one that is not known: keep the outbox", body = ErrorBody),
        (status = 408, description = "The body did not arrive in time", body = ErrorBody),
        (status = 409, description = "The stream belongs to another device: begin a new one", body = ErrorBody),
        (status = 413, description = "Over a limit of size, depth or length", body = ErrorBody),
        (status = 415, description = "Not sent as application/json", body = ErrorBody),
        (status = 422, description = "JSON, but not this message, or one that contradicts itself", body = ErrorBody),
        (status = 429, description = "Too many reports of this device: wait", body = ErrorBody,
            headers(("Retry-After" = u32, description = "Seconds after which to try again"))),
        (status = 500, description = "A fault of the collector", body = ErrorBody),
        (status = 503, description = "Cannot store now: nothing was taken, come back later", body = ErrorBody,
            headers(("Retry-After" = u32, description = "Seconds after which to try again"))),
    )
)]
pub(in crate::http) async fn reports(
    State(app): State<App>,
    Device { device, .. }: Device,
    Message(report): Message<Report>,
) -> Result<Json<ReportReply>, Refusal> {
    Ok(Json(app.ingest.take(device, report).await?))
}
