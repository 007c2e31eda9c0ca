//! Which device speaks. A handler has no other way to name one, so no device can speak for another.

use axum::extract::FromRequestParts;
use http::header::AUTHORIZATION;
use http::request::Parts;
use roomready_shared::ids::DeviceId;

use crate::domain::entry::Actor;
use crate::domain::identity::AccessStep;
use crate::error::with_causes;
use crate::http::{App, Refusal};
use crate::secret::{Secret, SecretHash};
use crate::store::StoreError;

/// A device that has shown its credential.
#[derive(Debug, Clone, Copy)]
pub(in crate::http) struct Device {
    /// Which.
    pub(in crate::http) device: DeviceId,
    /// Hash of what it showed.
    pub(in crate::http) shown: SecretHash,
}

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
        let shown = credential.hash();
        let holder = app.credentials.holder(&shown).ok_or_else(|| {
            Refusal::not_enrolled("this credential is not known here; enrol this device again")
        })?;
        let device = holder.device;
        if holder.first_use {
            first_use(app, device, shown).await?;
        }
        Ok(Self { device, shown })
    }
}

/// The device has kept its new credential, or it could not show it: the one before it ends. With a disk that is full
/// that waits for the next request; both hold meanwhile.
async fn first_use(app: &App, device: DeviceId, shown: SecretHash) -> Result<(), Refusal> {
    let step = AccessStep::FirstUse(shown);
    let by = Actor::Device(device);
    match app.store.change_access(device, step, by, app.clock.wall()).await {
        Ok(now) => {
            app.access_changed(now);
            tracing::info!(%device, "credential rotated");
            Ok(())
        }
        Err(refused @ StoreError::Refused(_)) => Err(refused.into()),
        Err(error) => {
            tracing::warn!(%device, "the credential before the new one still holds: {}", with_causes(&error));
            Ok(())
        }
    }
}
