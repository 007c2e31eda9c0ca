//! Which device speaks. A handler has no other way to name one, so no device can speak for another.

use axum::extract::FromRequestParts;
use http::header::AUTHORIZATION;
use http::request::Parts;
use roomready_shared::ids::DeviceId;

use crate::http::{App, Refusal};
use crate::secret::Secret;

/// A device that has shown its credential.
#[derive(Debug, Clone, Copy)]
pub(in crate::http) struct Device(pub(in crate::http) DeviceId);

impl FromRequestParts<App> for Device {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let shown = parts.headers.get(AUTHORIZATION).ok_or_else(|| {
            Refusal::not_enrolled("no credential; enrol this device, then send what enrolment gave")
        })?;
        let credential = shown
            .to_str()
            .ok()
            .and_then(|text| text.strip_prefix("Bearer "))
            .and_then(Secret::shown)
            .ok_or_else(|| {
                Refusal::not_enrolled("the credential must be sent as \"authorization: Bearer …\"")
            })?;
        // Looked up by hash: see `crate::secret` for why the time this takes tells nothing.
        app.credentials
            .holder(&credential.hash())
            .map(Self)
            .ok_or_else(|| {
                Refusal::not_enrolled("this credential is not known here; enrol this device again")
            })
    }
}
