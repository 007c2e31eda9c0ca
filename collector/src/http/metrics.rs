//! Numbers for monitoring. They carry routes and counts, no names; still they tell when a school tests, so they are
//! for signed-in staff and for programs on this very computer.

use axum::extract::{Extension, FromRequestParts as _, State};
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::request::Parts;

use super::extract::staff::Staff;
use super::{App, Refusal};
use crate::serve::Peer;

pub(super) async fn metrics(
    State(app): State<App>,
    peer: Option<Extension<Peer>>,
    mut parts: Parts,
) -> Result<Response, Refusal> {
    let from_here = peer.is_some_and(|Extension(Peer(address))| address.ip().is_loopback());
    if !from_here {
        Staff::from_request_parts(&mut parts, &app).await?;
    }
    let content_type = [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    Ok((content_type, app.metrics.render()).into_response())
}
