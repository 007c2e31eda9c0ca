//! Joins the parts: starts them in order, notices when one ends that must not, stops them in named phases.

mod pulse;
mod stopping;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::config::Config;
use crate::domain::entry::{Actor, Body, EntryKind, NewEntry, Subject};
use crate::error::RunError;
use crate::fleet;
use crate::http::{self, App, Joined};
use crate::limits;
use crate::serve::{self, Connections, Stop, Timeouts};
use crate::store::Store;
use crate::supervise::{Supervisor, TaskEnded};
use crate::telemetry::Metrics;
use crate::watching;

/// Task names, as logs and errors say them.
const DOOR: &str = "the door";
const PULSE: &str = "the store's pulse";
const UPKEEP: &str = "metrics upkeep";
const WATCH: &str = "the watch";
const PRUNING: &str = "pruning";
const FOLLOWING: &str = "following changed credentials";

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
    let now = clock.wall();
    let fleet = fleet::restore(config, &**store, now)
        .await
        .map_err(RunError::starting("reading what was known"))?;
    store
        .append(vec![begun(now)], None)
        .await
        .map_err(RunError::starting("writing that it starts"))?;
    let app = App::new(Joined {
        fleet: fleet.clone(),
        store: Arc::clone(store),
        clock: Arc::clone(&clock),
        metrics: metrics.clone(),
        stop: stop.clone(),
        address,
        timeouts,
    });
    let watch = watching::keep_watch(
        fleet,
        Arc::clone(store),
        Arc::clone(&clock),
        app.hub(),
        stop.tasks.clone(),
    );

    let following = pulse::follow_access(app.clone(), stop.tasks.clone());
    let connections = Connections::default();
    let mut parts = Supervisor::default();
    let door = serve::accept_until_stopped(
        listener,
        http::router(app, http::Audience::Everybody),
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
    parts.start(WATCH, watch);
    parts.start(FOLLOWING, following);
    parts.start(
        PRUNING,
        pulse::prune(Arc::clone(store), clock, stop.tasks.clone()),
    );
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

/// The first line of each run in the record.
fn begun(now: Timestamp) -> NewEntry {
    let (kind, subject) = (EntryKind::CollectorStarted, Subject::Collector);
    NewEntry::new(now, None, Actor::System, kind, subject, Body::empty())
}
