//! A device asks to be known.

use axum::Json;
use axum::extract::State;
use roomready_shared::ids::DeviceId;
use roomready_shared::wire::v1::{EnrollReply, EnrollRequest, ErrorBody};
use uuid::Uuid;

use crate::domain::event_time::DeviceClocks;
use crate::http::extract::message::Message;
use crate::http::{App, Refusal};
use crate::secret::Secret;
use crate::store::{AccessNow, Admission, Enrolled, KnownDevice, NewDevice};

/// Lets a device in by an enrolment key of its room or school.
///
/// The device gets an id and a credential of its own. One with a known serial number, or a known name in the same
/// room, is the device it was: it keeps its id, and its earlier credential ends. A key reaches no further than its
/// school: a device of another one comes here only when the roster places it here.
#[utoipa::path(
    post,
    path = "/api/v1/enroll",
    tag = "device",
    security(()),
    request_body = EnrollRequest,
    responses(
        (status = 200, description = "The device is known. The credential is said this once", body = EnrollReply),
        (status = 400, description = "The body is not whole JSON", body = ErrorBody),
        (status = 403, description = "The enrolment key is unknown, used up or has ended, or it is not for this device", body = ErrorBody),
        (status = 408, description = "The body did not arrive in time", body = ErrorBody),
        (status = 413, description = "Over a limit of size, depth or length", body = ErrorBody),
        (status = 415, description = "Not sent as application/json", body = ErrorBody),
        (status = 422, description = "JSON, but not this message", body = ErrorBody),
        (status = 500, description = "A fault of the collector", body = ErrorBody),
        (status = 503, description = "Cannot store now: nothing was taken, come back later", body = ErrorBody),
    )
)]
pub(in crate::http) async fn enroll(
    State(app): State<App>,
    Message(request): Message<EnrollRequest>,
) -> Result<Json<EnrollReply>, Refusal> {
    let key = Secret::shown(&request.key)
        .ok_or_else(|| Refusal::bad_key("this is not an enrolment key; copy the whole key again"))?;
    // A task of its own: a device that hangs up halfway would else be enrolled in the store and nowhere else.
    let work = tokio::spawn(async move { let_in(&app, &key, request).await });
    work.await.map_err(Refusal::internal)?.map(Json)
}

async fn let_in(app: &App, key: &Secret, request: EnrollRequest) -> Result<EnrollReply, Refusal> {
    let credential = Secret::new().map_err(Refusal::internal)?;
    let (name, platform, now) = (request.name, request.platform, app.clock.wall());
    let id = DeviceId::new(Uuid::new_v4());
    let device = NewDevice::new(id, name.clone(), platform, request.serial, credential.hash());
    let roster = app
        .fleet
        .read(|state| state.district().roster_place(&name, device.serial()));
    let key = key.hash();
    let Enrolled {
        device,
        room,
        known_before,
        serial,
        access,
        change,
    } = app
        .store
        .enrol(Admission::Key { key, roster }, device, now)
        .await?;
    tracing::info!(%device, %room, known_before, "device enrolled");
    app.fleet.enrolled(KnownDevice {
        id: device,
        name,
        platform,
        room,
        serial,
        access,
        change,
        enrolled_at: now,
        facts: None,
        stream: None,
        last_news_at: None,
        clocks: DeviceClocks::default(),
    });
    app.access_changed(AccessNow {
        device,
        access,
        change,
    });
    Ok(EnrollReply {
        device,
        credential: credential.reveal().to_owned(),
    })
}
