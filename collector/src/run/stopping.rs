//! The end, in named phases, each with its deadline and its line in the log.

use tokio::time::timeout;

use crate::error::with_causes;
use crate::limits;
use crate::serve::{Connections, Stop};
use crate::store::Store;
use crate::supervise::Supervisor;

/// Stops everything but the store.
pub(super) async fn stop(stop: &Stop, mut parts: Supervisor, connections: &Connections) {
    tracing::info!(open = connections.open(), "stopping: no new connections");
    stop.accepting.cancel();
    for door in [super::PEOPLES_DOOR, super::DEVICES_DOOR] {
        if !parts.ended_within(door, limits::STOP_ACCEPTING).await {
            tracing::warn!("stopping: {door} did not close in time");
        }
    }

    tracing::info!("stopping: live pages say goodbye");
    stop.live.cancel();

    tracing::info!(open = connections.open(), "stopping: requests finish");
    stop.requests.cancel();
    if !connections.closed_within(limits::FINISH_REQUESTS).await {
        tracing::warn!(
            late = connections.open(),
            "stopping: cutting off connections that did not finish in time"
        );
        stop.cut.cancel();
        connections.closed_within(limits::STOP_ACCEPTING).await;
    }

    tracing::info!("stopping: parts finish what they hold");
    stop.tasks.cancel();
    let late = parts.finish(limits::FINISH_TASKS).await;
    if !late.is_empty() {
        tracing::warn!(
            late = late.join(", "),
            "stopping: cut off parts that did not finish in time"
        );
    }
}

/// The last phase.
pub(super) async fn close_store(store: &dyn Store) {
    tracing::info!("stopping: the store closes");
    match timeout(limits::CLOSE_STORE, store.close()).await {
        Ok(Ok(())) => tracing::info!("stopped"),
        Ok(Err(error)) => tracing::error!("the store did not close well: {}", with_causes(&error)),
        Err(_late) => {
            tracing::error!(
                "the store did not close in time; nothing acknowledged is lost, the next start recovers"
            );
        }
    }
}
