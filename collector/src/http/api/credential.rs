//! A device asks for a new credential.

use axum::Json;
use axum::extract::State;
use roomready_shared::wire::v1::{CredentialReply, ErrorBody};

use crate::domain::entry::Actor;
use crate::domain::identity::AccessStep;
use crate::http::extract::device::Device;
use crate::http::{App, Refusal};
use crate::secret::Secret;

/// Gives the device a new credential, when one was ordered for it.
///
/// The one that asked holds until the new one is used for the first time, so a lost answer costs nothing: ask again and
/// be given another.
#[utoipa::path(
    post,
    path = "/api/v1/credential",
    tag = "device",
    security(("device" = [])),
    responses(
        (status = 200, description = "The new credential, said this once. Keep it before using it", body = CredentialReply),
        (status = 401, description = "No credential, or one that is not known", body = ErrorBody),
        (status = 409, description = "No new credential was ordered: keep the one you have", body = ErrorBody),
        (status = 429, description = "Asked too often: wait", body = ErrorBody,
            headers(("Retry-After" = u32, description = "Seconds after which to try again"))),
        (status = 500, description = "A fault of the collector", body = ErrorBody),
        (status = 503, description = "Cannot store now: nothing changed, come back later", body = ErrorBody,
            headers(("Retry-After" = u32, description = "Seconds after which to try again"))),
    )
)]
pub(in crate::http) async fn credential(
    State(app): State<App>,
    Device { device, shown }: Device,
) -> Result<Json<CredentialReply>, Refusal> {
    // Each asking is a write: held to the pace of reports, which none is sent beside.
    app.ingest.may_ask(device)?;
    let credential = Secret::new().map_err(Refusal::internal)?;
    let next = credential.hash();
    // A task of its own, as for enrolment: what the store knows, those who ask for it must know too.
    let work = tokio::spawn(async move {
        let step = AccessStep::OfferNext { shown, next };
        let by = Actor::Device(device);
        let now = app
            .store
            .change_access(device, step, by, app.clock.wall())
            .await?;
        app.access_changed(now);
        Ok(CredentialReply {
            credential: credential.reveal().to_owned(),
        })
    });
    work.await.map_err(Refusal::internal)?.map(Json)
}
