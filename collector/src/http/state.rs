//! What handlers may reach.

use std::sync::Arc;

use axum::extract::FromRef;

use super::credentials::Credentials;
use crate::clock::Clock;
use crate::config::Config;
use crate::error::RunError;
use crate::serve::{Stop, Timeouts};
use crate::store::Store;
use crate::telemetry::Metrics;

/// The collector as its handlers see it. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What an [`App`] is made of.
pub struct Parts {
    /// Schools, rooms, roster, sittings.
    pub(super) config: Config,
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
    /// The port that is listened on: two collectors on one computer must not share a cookie.
    pub(super) port: u16,
}

impl App {
    /// Joins the parts and rebuilds from the store what is kept in memory.
    ///
    /// # Errors
    ///
    /// When the store cannot tell what it knows.
    pub async fn start(
        config: Config,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        metrics: Metrics,
        stop: Stop,
        port: u16,
        timeouts: Timeouts,
    ) -> Result<Self, RunError> {
        let devices = store
            .devices()
            .await
            .map_err(RunError::starting("reading the devices"))?;
        let credentials = Credentials::of(devices.iter().map(|device| (device.id, device.credential)));
        Ok(Self(Arc::new(Parts {
            config,
            clock,
            store,
            credentials,
            metrics,
            timeouts,
            stop,
            port,
        })))
    }
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
