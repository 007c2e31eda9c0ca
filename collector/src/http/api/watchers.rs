//! Staff computers: one asks to be confirmed, fetches its token, looks, signs out. Its messages are those of
//! [`roomready_shared::wire::v1`], "watcher".

pub(in crate::http) mod live;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{Extensions, StatusCode};
use roomready_shared::ids::{DeviceName, WatchTokenId};
use roomready_shared::units::ShortText;
use roomready_shared::wire::v1::{ErrorBody, WatchAsk, WatchGrant, WatchOffer, WatchPending, WatchRequest};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::domain::entry::NewEntry;
use crate::domain::proctor::Origin;
use crate::domain::watcher::{Asked, Offer, Offers, WatchCode, may_show_here};
use crate::http::extract::message::Message;
use crate::http::extract::watching::Watching;
use crate::http::{App, Refusal, door};
use crate::limits;
use crate::secret::{Secret, fill};
use crate::store::WatchToken;

/// Where somebody confirms a computer.
pub(in crate::http) const PAGE: &str = "/connect";
/// Random bytes for one code: twice as many as it has letters.
const RANDOM_FOR_A_CODE: usize = 16;

/// What is remembered of staff computers between their requests, in memory alone.
#[derive(Debug)]
pub(in crate::http) struct Watchers {
    offers: Mutex<Offers>,
    /// The stream of each token: a newer one ends the one before it, which may be half dead.
    streams: Mutex<BTreeMap<WatchTokenId, (u64, CancellationToken)>>,
    places: Arc<Semaphore>,
}

impl Default for Watchers {
    fn default() -> Self {
        Self {
            offers: Mutex::default(),
            streams: Mutex::default(),
            places: Arc::new(Semaphore::new(limits::MOST_WATCHER_STREAMS)),
        }
    }
}

impl Watchers {
    /// Computers that wait for somebody.
    pub(in crate::http) fn offers(&self) -> MutexGuard<'_, Offers> {
        held(&self.offers)
    }
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    // Every change under these locks is complete before anything can panic.
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

fn seconds(of: std::time::Duration) -> u32 {
    u32::try_from(of.as_secs()).unwrap_or(u32::MAX)
}

/// Whether notices may show on a computer at all.
pub(in crate::http) fn allowed_here(app: &App, computer: &str, agent_here: bool) -> Result<(), Refusal> {
    let allowed = app.fleet.read(|fleet| {
        let enrolled = |name: &DeviceName| fleet.device_named(name).map(|(_, device)| device.home.watched);
        may_show_here(fleet.district(), enrolled, computer, agent_here)
    });
    allowed.map_err(|why| Refusal::forbidden(why.to_string()))
}

/// A computer asks to be confirmed by somebody.
#[utoipa::path(
    post,
    path = "/api/v1/watchers",
    tag = "staff computer",
    security(()),
    request_body = WatchRequest,
    responses(
        (status = 200, description = "Somebody may confirm it now", body = WatchOffer),
        (status = 403, description = "It is a testing device, or may be one, or another site asked", body = ErrorBody),
        (status = 409, description = "Browsers do not trust this collector's certificate yet", body = ErrorBody),
        (status = 400, description = "The body is not whole JSON", body = ErrorBody),
        (status = 408, description = "The body did not arrive in time", body = ErrorBody),
        (status = 413, description = "Over a limit of size, depth or length", body = ErrorBody),
        (status = 415, description = "Not sent as application/json", body = ErrorBody),
        (status = 422, description = "JSON, but not this message", body = ErrorBody),
        (status = 500, description = "A fault of the collector", body = ErrorBody),
        (status = 503, description = "Too many computers wait for somebody: come back later", body = ErrorBody,
            headers(("Retry-After" = u32, description = "Seconds after which to try again"))),
    )
)]
pub(in crate::http) async fn ask(
    State(app): State<App>,
    extensions: Extensions,
    Message(asks): Message<WatchRequest>,
) -> Result<Json<WatchOffer>, Refusal> {
    allowed_here(&app, asks.computer.as_str(), asks.agent_here)?;
    app.peoples_trust().may_be_shared().map_err(Refusal::conflict)?;
    let request = Secret::new().map_err(Refusal::internal)?;
    let mut random = [0; RANDOM_FOR_A_CODE];
    fill(&mut random).map_err(Refusal::internal)?;
    let code = WatchCode::drawn(&random).ok_or_else(|| Refusal::busy("try again"))?;
    let address = door::address(&extensions);
    let offer = Offer {
        code,
        request: request.hash(),
        computer: asks.computer,
        origin: Origin::of(address),
        address: ShortText::fit(&address.to_string()),
        made_ms: app.clock.mono().as_millis(),
        confirmed: None,
    };
    let made = app.watchers.offers().make(offer);
    made.map_err(|too_many| Refusal::busy(too_many.to_string()))?;
    Ok(Json(WatchOffer {
        request: request.reveal().to_owned(),
        code: code.to_string(),
        page: format!("{PAGE}?code={code}"),
        ends_in_s: seconds(limits::WATCH_OFFER_LIFE),
        ask_every_s: seconds(limits::WATCH_OFFER_ASKED_EVERY),
    }))
}

/// It asks whether somebody has, and is given its token once.
#[utoipa::path(
    post,
    path = "/api/v1/watchers/token",
    tag = "staff computer",
    security(()),
    request_body = WatchAsk,
    responses(
        (status = 200, description = "Somebody has. The token is said this once", body = WatchGrant),
        (status = 202, description = "Nobody has yet", body = WatchPending),
        (status = 403, description = "Another site asked", body = ErrorBody),
        (status = 404, description = "Nobody will any more: begin again", body = ErrorBody),
        (status = 400, description = "The body is not whole JSON", body = ErrorBody),
        (status = 408, description = "The body did not arrive in time", body = ErrorBody),
        (status = 413, description = "Over a limit of size, depth or length", body = ErrorBody),
        (status = 415, description = "Not sent as application/json", body = ErrorBody),
        (status = 422, description = "JSON, but not this message", body = ErrorBody),
        (status = 500, description = "A fault of the collector", body = ErrorBody),
        (status = 503, description = "Cannot store now: come back later", body = ErrorBody,
            headers(("Retry-After" = u32, description = "Seconds after which to try again"))),
    )
)]
pub(in crate::http) async fn token(
    State(app): State<App>,
    Message(asks): Message<WatchAsk>,
) -> Result<Response, Refusal> {
    let gone = || {
        Refusal::not_found("nobody confirmed this computer in time, or somebody refused it; sign in again")
    };
    let request = Secret::shown(&asks.request).ok_or_else(gone)?;
    let asked = app
        .watchers
        .offers()
        .ask(request.hash(), app.clock.mono().as_millis());
    let (offer, account) = match asked {
        Asked::Gone => return Err(gone()),
        Asked::Pending(ms) => {
            let pending = WatchPending {
                ends_in_s: u32::try_from(ms / 1_000).unwrap_or(u32::MAX),
            };
            return Ok((StatusCode::ACCEPTED, Json(pending)).into_response());
        }
        Asked::Confirmed(offer, account) => (offer, account),
    };
    let secret = Secret::new().map_err(Refusal::internal)?;
    let now = app.clock.wall();
    let ends = now
        .checked_add(limits::WATCH_TOKEN_LIFE)
        .map_err(Refusal::internal)?;
    let token = WatchToken {
        id: WatchTokenId::new(Uuid::new_v4()),
        token: secret.hash(),
        account,
        computer: offer.computer,
        made_at: now,
        used_at: now,
        ends,
    };
    let entry = NewEntry::watch_token_made(now, account, token.id, token.computer.as_str());
    app.store.add_watch_token(token, entry).await?;
    let grant = WatchGrant {
        token: secret.reveal().to_owned(),
        ends,
    };
    Ok(Json(grant).into_response())
}

/// It signs out.
#[utoipa::path(
    delete,
    path = "/api/v1/watchers/token",
    tag = "staff computer",
    security(("watcher" = [])),
    responses(
        (status = 204, description = "The token has ended"),
        (status = 401, description = "No token, or one that has ended", body = ErrorBody),
        (status = 403, description = "Not for its owner's role", body = ErrorBody),
        (status = 429, description = "Asked too often: wait", body = ErrorBody),
        (status = 500, description = "A fault of the collector", body = ErrorBody),
        (status = 503, description = "Cannot store now: the token holds, come back later", body = ErrorBody,
            headers(("Retry-After" = u32, description = "Seconds after which to try again"))),
    )
)]
pub(in crate::http) async fn end(State(app): State<App>, watching: Watching) -> Result<StatusCode, Refusal> {
    if let crate::access::Who::Account(account) = watching.actor.who {
        let now = app.clock.wall();
        let entry = NewEntry::watch_token_ended(now, account, watching.token, "the computer");
        app.store.end_watch_token(watching.token, entry).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
