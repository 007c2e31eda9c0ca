//! A device asks to be known.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use http::Extensions;
use roomready_shared::ids::DeviceId;
use roomready_shared::wire::v1::{EnrollReply, EnrollRequest, ErrorBody};
use uuid::Uuid;

use crate::domain::event_time::DeviceClocks;
use crate::domain::identity::KeyRefused;
use crate::http::extract::message::Message;
use crate::http::{App, Refusal};
use crate::secret::Secret;
use crate::serve::Peer;
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
        (status = 429, description = "Too many enrolments at once, or too many wrong keys from this address: wait", body = ErrorBody),
        (status = 500, description = "A fault of the collector", body = ErrorBody),
        (status = 503, description = "Cannot store now: nothing was taken, come back later", body = ErrorBody,
            headers(("Retry-After" = u32, description = "Seconds after which to try again"))),
    )
)]
pub(in crate::http) async fn enroll(
    State(app): State<App>,
    extensions: Extensions,
    Message(request): Message<EnrollRequest>,
) -> Result<Json<EnrollReply>, Refusal> {
    let key = admitted(&app, &extensions, &request.key).await?;
    // A task of its own: a device that hangs up halfway would else be enrolled in the store and nowhere else.
    let work = tokio::spawn(async move { let_in(&app, &key, request).await });
    work.await.map_err(Refusal::internal)?.map(Json)
}

/// The key, when it lets in and this is not one enrolment too many. A wrong one costs a look into memory, or one read of
/// the store, and never a write.
async fn admitted(app: &App, extensions: &Extensions, shown: &str) -> Result<Secret, Refusal> {
    let address = extensions
        .get::<Peer>()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.address.ip());
    let now_ms = app.clock.mono().as_millis();
    let key = Secret::shown(shown);
    let waits_ms = lock(&app.enrol_gate).waits_ms(address, now_ms);
    if waits_ms > 0 && !on_the_ring(app, key.as_ref(), now_ms).await? {
        return Err(refused_for_now(
            "wrong_keys",
            "too many wrong keys came from this address",
            waits_ms,
        ));
    }
    let checked = match &key {
        None => Err(Refusal::bad_key(
            "this is not an enrolment key; copy the whole key again",
        )),
        Some(key) => {
            let known = app.store.key(key.hash()).await?;
            let lets_in = known.map_or(Err(KeyRefused::Unknown), |known| known.lets_in(app.clock.wall()));
            lets_in.map_err(|refused| Refusal::bad_key(refused.to_string()))
        }
    };
    if let Err(refusal) = checked {
        metrics::counter!("roomready_enrolments_refused_total", "why" => "wrong_key").increment(1);
        lock(&app.enrol_gate).wrong_key(address, now_ms);
        return Err(refusal);
    }
    lock(&app.enrol_gate)
        .take(now_ms)
        .map_err(|wait_ms| refused_for_now("too_many", "too many devices enrol at once", wait_ms))?;
    key.ok_or_else(|| Refusal::bad_key("this is not an enrolment key; copy the whole key again"))
}

/// Whether the key lets in, by what the store said within the last second.
async fn on_the_ring(app: &App, key: Option<&Secret>, now_ms: u64) -> Result<bool, Refusal> {
    let Some(key) = key else { return Ok(false) };
    let is_old = lock(&app.key_ring).is_old(now_ms);
    if is_old {
        let (keys, now) = (app.store.keys().await?, app.clock.wall());
        let usable = keys.iter().filter(|key| key.lets_in(now).is_ok());
        lock(&app.key_ring).learn(usable.map(|key| key.hash));
    }
    Ok(lock(&app.key_ring).has(&key.hash()))
}

fn refused_for_now(why: &'static str, words: &'static str, wait_ms: u64) -> Refusal {
    metrics::counter!("roomready_enrolments_refused_total", "why" => why).increment(1);
    Refusal::too_often(words, Duration::from_millis(wait_ms))
}

fn lock<T>(held: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing in these can be half-done.
    held.lock().unwrap_or_else(PoisonError::into_inner)
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
