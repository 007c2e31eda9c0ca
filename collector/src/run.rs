//! Joins the parts: starts them in order, notices when one ends that must not, stops them in named phases.

mod pulse;
mod stopping;

use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::config::Config;
use crate::error::RunError;
use crate::http::{self, App};
use crate::limits;
use crate::serve::{self, Connections, Stop, Timeouts};
use crate::store::Store;
use crate::supervise::{Supervisor, TaskEnded};
use crate::telemetry::Metrics;

/// Task names, as logs and errors say them.
const DOOR: &str = "the door";
const PULSE: &str = "the store's pulse";
const UPKEEP: &str = "metrics upkeep";

/// Runs a collector until `shutdown` is cancelled or a part of it ends that must not. Tests and the simulator call it
/// with a listener on port 0, as `serve` does with a real one. The store is closed when this returns.
///
/// # Errors
///
/// When the listener is not on loopback, when something cannot start, or when a part ends by itself.
pub async fn run(
    config: Config,
    listener: TcpListener,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    shutdown: CancellationToken,
) -> Result<(), RunError> {
    let ran = Box::pin(run_parts(config, listener, &store, clock, shutdown)).await;
    // Closed whatever happened: what was acknowledged is durable already, this only ends the store in good order.
    stopping::close_store(&*store).await;
    ran
}

async fn run_parts(
    config: Config,
    listener: TcpListener,
    store: &Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    shutdown: CancellationToken,
) -> Result<(), RunError> {
    let address = listener
        .local_addr()
        .map_err(RunError::starting("asking where it listens"))?;
    // The listener itself is asked, not the argument: whoever calls, no page is ever open to the network.
    if !address.ip().is_loopback() {
        return Err(RunError::NotLoopback { address });
    }
    let stop = Stop::default();
    let metrics = Metrics::start();
    let timeouts = Timeouts::default();
    let app = App::start(
        config,
        Arc::clone(store),
        clock,
        metrics.clone(),
        stop.clone(),
        address.port(),
        timeouts,
    )
    .await?;

    let connections = Connections::default();
    let mut parts = Supervisor::default();
    let door = serve::accept_until_stopped(
        listener,
        http::router(app),
        timeouts,
        limits::MOST_CONNECTIONS,
        connections.clone(),
        stop.clone(),
    );
    parts.start(DOOR, async move {
        door.await;
        Ok(())
    });
    parts.start(PULSE, pulse::watch_store(Arc::clone(store), stop.tasks.clone()));
    parts.start(UPKEEP, pulse::keep_metrics(metrics, stop.tasks.clone()));
    tracing::info!(%address, "collector is up");

    let ended = tokio::select! {
        () = shutdown.cancelled() => None,
        ended = parts.next_ended() => ended,
    };
    let outcome = match ended {
        None => Ok(()),
        Some(TaskEnded { name: PULSE, ending }) => Err(RunError::StoreDied {
            why: ending.to_string(),
        }),
        Some(TaskEnded { name, ending }) => Err(RunError::PartEnded {
            name,
            ending: ending.to_string(),
        }),
    };
    if let Err(error) = &outcome {
        tracing::error!("{error}");
    }
    stopping::stop(&stop, parts, &connections).await;
    outcome
}
