//! What handlers may reach.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::FromRef;

use super::credentials::Credentials;
use super::guard::Pace;
use crate::clock::Clock;
use crate::fleet::Fleet;
use crate::ingest::Ingest;
use crate::limits;
use crate::live::Hub;
use crate::present::{Stage, Topic};
use crate::serve::{Stop, Timeouts};
use crate::store::{AccessNow, Store, StoreError};
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
    /// How fast each sign-in asks.
    pub(super) pace: Pace,
    /// The port that is listened on: two collectors on one computer must not share a cookie.
    pub(super) port: u16,
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
        } = joined;
        let stage = Arc::new(Stage::new(fleet.clone(), format!("http://{address}")));
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
            pace: Pace::default(),
            port: address.port(),
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
