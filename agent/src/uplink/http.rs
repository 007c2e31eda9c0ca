//! The real uplink: requests over HTTP to whichever of the collector's addresses is the present one.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use reqwest::header::{ETAG, IF_NONE_MATCH};
use reqwest::{RequestBuilder, Response, StatusCode};
use roomready_shared::address::CollectorAddress;
use roomready_shared::facts::HostPort;
use roomready_shared::units::Timestamp;
use roomready_shared::wire::v1::{
    Assignment, CredentialReply, EnrollReply, EnrollRequest, Report, ReportReply,
};
use serde::de::DeserializeOwned;

use super::answer::{refusal, understand};
use super::choice::Choice;
use super::contact::{Answered, Contact, Told};
use super::credential::{Credential, CredentialShelf, Credentials, Held};
use super::door::Door;
use super::fault;
use super::trouble::Trouble;
use crate::chance::Chance;
use crate::ports::{Enroll, Fetched, NotRotated, Uplink};

/// An earlier address has this long to answer when it is tried again: a collector of this school answers in
/// milliseconds, and the report must still reach the present address within its promise.
const EARLIER_TRY_LIMIT: Duration = Duration::from_millis(1_000);

/// What an exchange takes beside its two bodies: heads, packets, their acknowledgements, TLS records. Measured on
/// loopback without TLS: 700 (docs/footprint.md).
const EXCHANGE_BYTES: u64 = 800;

/// The way of one device to its collector. The caller sends one request at a time; an earlier address that is tried
/// again has answered, or has been given up, before the present one is spoken to.
pub struct HttpUplink {
    /// Replaced as a whole when the collector names a new CA.
    doors: Mutex<Arc<[Door]>>,
    learn: Option<LearnCa>,
    credential: Option<Held>,
    /// Sent and received so far.
    bytes: AtomicU64,
    state: Mutex<State>,
}

/// Keeps the CA that the collector names, and opens the ways anew; none where nothing changes.
pub type LearnCa = Box<dyn Fn(&str, Timestamp) -> Option<Vec<Door>> + Send + Sync>;

struct State {
    choice: Choice,
    chance: Chance,
    contact: Contact,
}

impl HttpUplink {
    /// An enrolled device's way, through one door or more.
    #[must_use]
    pub fn new(doors: Vec<Door>, credential: Credential) -> Self {
        Self::start(doors, Some(Held::new(Credentials::one(credential), None)))
    }

    /// The same with a place where a new credential outlives the program.
    #[must_use]
    pub fn kept(doors: Vec<Door>, credentials: Credentials, shelf: Box<dyn CredentialShelf>) -> Self {
        Self::start(doors, Some(Held::new(credentials, Some(shelf))))
    }

    /// The way of a device that is not known yet: it can only enrol.
    #[must_use]
    pub fn unknown(doors: Vec<Door>) -> Self {
        Self::start(doors, None)
    }

    fn start(doors: Vec<Door>, credential: Option<Held>) -> Self {
        let choice = Choice::start(doors.len().max(1));
        Self {
            doors: Mutex::new(doors.into()),
            learn: None,
            credential,
            bytes: AtomicU64::new(0),
            state: Mutex::new(State {
                choice,
                chance: Chance::from_system(),
                contact: Contact::default(),
            }),
        }
    }

    /// The same way, which learns new CAs.
    #[must_use]
    pub fn learning(mut self, learn: LearnCa) -> Self {
        self.learn = Some(learn);
        self
    }

    fn doors(&self) -> Arc<[Door]> {
        Arc::clone(&self.doors.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn authorised(&self, request: RequestBuilder) -> RequestBuilder {
        match &self.credential {
            Some(held) => request.bearer_auth(held.present().reveal()),
            None => request,
        }
    }

    /// One request and the head of its answer, counted.
    async fn exchange(&self, door: &Door, request: RequestBuilder) -> Result<Response, Trouble> {
        let trouble = |error: reqwest::Error| fault::trouble(&error, door);
        let request = self.authorised(request).build().map_err(trouble)?;
        let sent = request
            .body()
            .and_then(|body| body.as_bytes())
            .map_or(0, <[u8]>::len);
        let sent = u64::try_from(sent)
            .unwrap_or(u64::MAX)
            .saturating_add(EXCHANGE_BYTES);
        self.bytes.fetch_add(sent, Ordering::Relaxed);
        let response = door.client.execute(request).await.map_err(trouble)?;
        let received = response.content_length().unwrap_or(0);
        self.bytes.fetch_add(received, Ordering::Relaxed);
        Ok(response)
    }

    async fn send<T: DeserializeOwned>(&self, door: &Door, request: RequestBuilder) -> Result<T, Trouble> {
        let response = self.exchange(door, request).await?;
        if response.status().is_success() {
            understand(response, door).await
        } else {
            Err(refusal(response, door).await)
        }
    }

    async fn report_to(&self, which: usize, report: &Report) -> Result<ReportReply, Trouble> {
        let door = &self.doors()[which];
        let request = door.client.post(door.address.at("/api/v1/reports")).json(report);
        let shown = self.credential.as_ref().map(Held::present);
        let outcome = self.send(door, request).await;
        if let (Err(Trouble::NotEnrolled { .. }), Some(held), Some(shown)) =
            (&outcome, &self.credential, &shown)
        {
            held.refused(shown);
        }
        self.state()
            .contact
            .heard(&door.address, report.live.at, &outcome);
        outcome
    }

    /// The choice learns from an answer, and the log hears of a change.
    fn answered(&self, which: usize, now_ms: u64) {
        let mut state = self.state();
        let State { choice, chance, .. } = &mut *state;
        let before = choice.kept();
        choice.answered(which, now_ms, chance);
        drop(state);
        let doors = self.doors();
        if doors.len() > 1 && before != Some(which) {
            tracing::info!(collector = %doors[which].address, "the collector answers at this address");
        }
    }

    /// The earlier address first, when its turn has come. None when it did not answer in its time.
    async fn try_earlier(&self, which: usize, report: &Report) -> Option<ReportReply> {
        let now_ms = report.live.mono_ms;
        let tried = tokio::time::timeout(EARLIER_TRY_LIMIT, self.report_to(which, report)).await;
        if let Ok(Ok(reply)) = tried {
            self.answered(which, now_ms);
            return Some(reply);
        }
        let mut state = self.state();
        let State { choice, chance, .. } = &mut *state;
        choice.earlier_failed(now_ms, chance);
        None
    }
}

impl Uplink for HttpUplink {
    fn contact(&self) -> Contact {
        self.state().contact.clone()
    }

    fn report<'a>(&'a self, report: &'a Report) -> BoxFuture<'a, Result<ReportReply, Trouble>> {
        Box::pin(async move {
            let now_ms = report.live.mono_ms;
            let turn = self.state().choice.turn(now_ms);
            if let Some(earlier) = turn.earlier
                && let Some(reply) = self.try_earlier(earlier, report).await
            {
                return Ok(reply);
            }
            let outcome = self.report_to(turn.present, report).await;
            match &outcome {
                Ok(_) => self.answered(turn.present, now_ms),
                Err(trouble) if trouble.is_its_own_word() => {}
                Err(_) => self.state().choice.failed(),
            }
            outcome
        })
    }

    fn assignment<'a>(&'a self, held: Option<&'a str>) -> BoxFuture<'a, Result<Fetched, Trouble>> {
        Box::pin(async move {
            // It is fetched after a report was answered, from whoever answered it. Whether that one fails now, the next
            // report will tell.
            let door = &self.doors()[self.state().choice.present()];
            let mut request = door.client.get(door.address.at("/api/v1/assignment"));
            if let Some(tag) = held {
                request = request.header(IF_NONE_MATCH, format!("\"{tag}\""));
            }
            let response = self.exchange(door, request).await?;
            if response.status() == StatusCode::NOT_MODIFIED {
                return Ok(Fetched::Unchanged);
            }
            if !response.status().is_success() {
                return Err(refusal(response, door).await);
            }
            tracing::trace!(etag = ?response.headers().get(ETAG), "assignment fetched");
            understand::<Assignment>(response, door)
                .await
                .map(|assignment| Fetched::New(Box::new(assignment)))
        })
    }

    fn named_ca(&self, ca: &str, now: Timestamp) {
        let Some(doors) = self.learn.as_ref().and_then(|learn| learn(ca, now)) else {
            return;
        };
        // As many as before, in the same order: the choice among them goes on.
        *self.doors.lock().unwrap_or_else(PoisonError::into_inner) = doors.into();
    }

    fn rotate(&self) -> BoxFuture<'_, Result<(), NotRotated>> {
        Box::pin(async move {
            // Ordered by whoever answered the last report, and asked there.
            let door = &self.doors()[self.state().choice.present()];
            let asking = door.client.post(door.address.at("/api/v1/credential"));
            let reply: CredentialReply = self.send(door, asking).await?;
            match &self.credential {
                Some(held) => held
                    .replace(Credential::new(reply.credential))
                    .map_err(NotRotated::NotKept),
                None => Ok(()),
            }
        })
    }

    fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    fn speaks_to(&self) -> Option<HostPort> {
        let door = &self.doors()[self.state().choice.present()];
        // Behind a proxy nothing is learnt from knocking at the address itself.
        door.hop.is_none().then(|| door.address.host().clone())
    }
}

impl Enroll for HttpUplink {
    /// Goes through the addresses once, in order, until one answers as ours, with yes or no.
    fn enroll<'a>(&'a self, request: &'a EnrollRequest) -> BoxFuture<'a, Result<EnrollReply, Trouble>> {
        Box::pin(async move {
            let mut last = None;
            let doors = self.doors();
            for door in doors.iter() {
                let asking = door.client.post(door.address.at("/api/v1/enroll")).json(request);
                match self.send(door, asking).await {
                    Err(trouble) if !trouble.is_its_own_word() => {
                        if doors.len() > 1 {
                            tracing::warn!(collector = %door.address, %trouble, "not at this address");
                        }
                        last = Some(trouble);
                    }
                    decided => return decided,
                }
            }
            Err(last.unwrap_or_else(|| Trouble::Unreachable {
                why: "no address is known".into(),
            }))
        })
    }
}

impl Contact {
    fn heard<T>(&mut self, address: &CollectorAddress, at: Timestamp, outcome: &Result<T, Trouble>) {
        let address = address.clone();
        match outcome {
            Ok(_) => self.answered = Some(Answered { address, at }),
            Err(trouble) => {
                let words = trouble.to_string();
                self.trouble = Some(Told { address, at, words });
            }
        }
    }
}
