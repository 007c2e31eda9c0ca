//! What handlers may reach.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::extract::FromRef;
use tokio::sync::Semaphore;

use super::api::watchers::Watchers;
use super::credentials::Credentials;
use super::desk::Desk;
use super::door::Door;
use super::enrol_gate::{EnrolGate, KeyRing};
use super::guard::Pace;
use super::health::Readiness;
use crate::clock::Clock;
use crate::fleet::Fleet;
use crate::ingest::Ingest;
use crate::limits;
use crate::live::Hub;
use crate::present::{Stage, Topic};
use crate::serve::{Stop, Timeouts};
use crate::store::{AccessNow, Store, StoreError, Whereabouts};
use crate::telemetry::Metrics;

/// The collector as its handlers see it. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What an [`App`] is made of.
pub struct Parts {
    /// What every device last said.
    pub(super) fleet: Fleet,
    /// Takes reports.
    pub(super) ingest: Ingest,
    /// Fills pages.
    pub(super) stage: Arc<Stage>,
    /// Keeps open pages current.
    pub(super) hub: Hub<Topic>,
    /// The time.
    pub(super) clock: Arc<dyn Clock>,
    /// What is durable.
    pub(super) store: Arc<dyn Store>,
    /// Who holds which device credential.
    pub(super) credentials: Credentials,
    /// What is counted.
    pub(super) metrics: Metrics,
    /// How long anything may take.
    pub(super) timeouts: Timeouts,
    /// What is stopping.
    pub(super) stop: Stop,
    /// Who knocks.
    pub(super) door: Door,
    /// How fast each sign-in asks.
    pub(super) pace: Pace,
    /// How many enrolments are let through.
    pub(super) enrol_gate: Mutex<EnrolGate>,
    /// Keys that let in, for addresses that wait.
    pub(super) key_ring: Mutex<KeyRing>,
    /// What is remembered of proctors between requests.
    pub(super) desk: Desk,
    /// What is remembered of staff computers between requests.
    pub(super) watchers: Watchers,
    /// What the store said last of itself.
    pub(super) readiness: Readiness,
    /// The port that is listened on: two collectors on one computer must not share a cookie.
    pub(super) port: u16,
    /// Places for networks that are tried.
    pub(super) reach: Arc<Semaphore>,
    /// How far browsers trust people's pages.
    pub(super) trust: PeoplesTrust,
    /// Where people and devices find the collector.
    pub(super) whereabouts: Whereabouts,
}

/// How far browsers trust people's pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeoplesTrust {
    /// Nothing leaves this computer.
    Loopback,
    /// The district's own certificate.
    Trusted,
    /// A declared proxy has the certificate.
    Proxy,
    /// A certificate of our own CA, which browsers warn of. Nobody should learn to click such warnings away, so no link is
    /// given out that leads there.
    Untrusted,
}

impl PeoplesTrust {
    /// Whether links and QR codes may lead people here; else, why not, and what helps.
    ///
    /// # Errors
    /// The reason, for a page.
    pub const fn may_be_shared(self) -> Result<(), &'static str> {
        match self {
            Self::Loopback | Self::Trusted | Self::Proxy => Ok(()),
            Self::Untrusted => Err(
                "Browsers do not trust this collector's certificate yet, and nobody should learn to click such a warning \
                 away. Give the collector a certificate (--certificate), or put it behind your web proxy (--behind-proxy).",
            ),
        }
    }
}

impl App {
    /// Joins the parts.
    #[must_use]
    pub fn new(joined: Joined) -> Self {
        let Joined {
            fleet,
            store,
            clock,
            metrics,
            stop,
            address,
            timeouts,
            trust,
            whereabouts,
        } = joined;
        let base = whereabouts.devices.first().cloned().unwrap_or_default();
        let stage = Arc::new(Stage::new(fleet.clone(), base));
        let hub = Hub::new(Arc::clone(&stage), limits::MOST_LIVE_STREAMS, stop.live.clone());
        let credentials = fleet.read(|state| Credentials::of(state.access()));
        Self(Arc::new(Parts {
            ingest: Ingest::new(Arc::clone(&store), fleet.clone(), Arc::clone(&clock)),
            fleet,
            stage,
            hub,
            clock,
            store,
            credentials,
            metrics,
            timeouts,
            stop,
            door: Door::default(),
            pace: Pace::default(),
            enrol_gate: Mutex::default(),
            key_ring: Mutex::default(),
            desk: Desk::default(),
            watchers: Watchers::default(),
            readiness: Readiness::default(),
            port: address.port(),
            reach: Arc::new(Semaphore::new(limits::MOST_REACH_STREAMS)),
            trust,
            whereabouts,
        }))
    }

    /// A device's credential is now this.
    pub fn access_changed(&self, now: AccessNow) {
        self.credentials.learn(now);
        self.fleet.access_changed(now);
    }

    /// Looks for what another process did to devices' credentials.
    ///
    /// # Errors
    /// When the store cannot tell; the next look sees it.
    pub async fn follow_access(&self) -> Result<(), StoreError> {
        let changes = self.store.access_changes(self.credentials.followed()).await?;
        for now in &changes {
            self.fleet.access_changed(*now);
        }
        self.credentials.follow(changes);
        Ok(())
    }

    /// How far browsers trust people's pages.
    #[must_use]
    pub fn peoples_trust(&self) -> PeoplesTrust {
        self.trust
    }

    /// Where people and devices find the collector.
    #[must_use]
    pub fn whereabouts(&self) -> &Whereabouts {
        &self.whereabouts
    }

    /// Writes failed sign-ins down that were counted together. Call now and then.
    pub async fn write_failed_sign_ins(&self) {
        self.door.write_counted(self).await;
    }

    /// For the watch, which feeds it.
    #[must_use]
    pub fn hub(&self) -> Hub<Topic> {
        self.hub.clone()
    }
}

/// What an [`App`] is joined from.
pub struct Joined {
    /// The fleet, rebuilt from the store.
    pub fleet: Fleet,
    /// The store.
    pub store: Arc<dyn Store>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The metrics.
    pub metrics: Metrics,
    /// What stops when.
    pub stop: Stop,
    /// Where the collector listens.
    pub address: SocketAddr,
    /// How long anything may take.
    pub timeouts: Timeouts,
    /// How far browsers trust people's pages.
    pub trust: PeoplesTrust,
    /// Where people and devices find the collector.
    pub whereabouts: Whereabouts,
}

impl std::ops::Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App")
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

impl FromRef<App> for Timeouts {
    fn from_ref(app: &App) -> Self {
        app.timeouts
    }
}
