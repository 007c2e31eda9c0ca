//! Small tasks that keep an eye on things.

use std::sync::Arc;

use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::error::with_causes;
use crate::http::App;
use crate::limits;
use crate::store::{Store, StoreError};
use crate::supervise::TaskError;
use crate::telemetry::Metrics;

/// Questions in a row that the store may leave unanswered before it counts as dead.
const MISSES_ALLOWED: u32 = 2;

/// Asks the store whether it lives. Ends with an error when it does not: a collector that cannot remember must not
/// look alive. A full or failing disk is an illness, not death: readiness says so, and it may pass.
pub(super) async fn watch_store(store: Arc<dyn Store>, stop: CancellationToken) -> Result<(), TaskError> {
    let mut tick = interval(limits::STORE_PULSE);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut misses = 0;
    let mut ill = false;
    loop {
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            _ = tick.tick() => {}
        }
        match timeout(limits::STORE_PULSE_PATIENCE, store.ready()).await {
            Ok(Ok(())) => {
                if std::mem::take(&mut ill) {
                    tracing::info!("the store is well again");
                }
                misses = 0;
            }
            Ok(Err(error @ StoreError::Closed)) => return Err(error.into()),
            Ok(Err(error)) => {
                misses = 0;
                if !std::mem::replace(&mut ill, true) {
                    tracing::error!("the store is ill: {}", with_causes(&error));
                }
            }
            Err(_late) => {
                misses += 1;
                tracing::error!(misses, "the store does not answer");
                if misses >= MISSES_ALLOWED {
                    let seconds = limits::STORE_PULSE_PATIENCE.as_secs();
                    return Err(
                        format!("has not answered {misses} questions in a row, {seconds} s each").into(),
                    );
                }
            }
        }
    }
}

/// Folds histograms, or they would grow until somebody scrapes.
pub(super) async fn keep_metrics(metrics: Metrics, stop: CancellationToken) -> Result<(), TaskError> {
    let mut tick = interval(limits::METRICS_UPKEEP);
    loop {
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            _ = tick.tick() => metrics.upkeep(),
        }
    }
}

/// Forgets what may be forgotten, at the start and then each hour.
pub(super) async fn prune(
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    stop: CancellationToken,
) -> Result<(), TaskError> {
    let mut tick = interval(limits::PRUNE_EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            _ = tick.tick() => {}
        }
        match store.prune(clock.wall()).await {
            Ok(0) => {}
            Ok(forgotten) => tracing::info!(forgotten, "pruned what may be forgotten"),
            Err(error) => tracing::warn!("pruning failed; tried again in an hour: {}", with_causes(&error)),
        }
    }
}

/// Follows what commands of another process did to devices' credentials: a revoked one must not be believed for longer
/// than seconds. What this process did itself is heard of at once and seen here again, which changes nothing.
pub(super) async fn follow_access(app: App, stop: CancellationToken) -> Result<(), TaskError> {
    let mut tick = interval(limits::ACCESS_LOOK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            _ = tick.tick() => {}
        }
        if let Err(error) = app.follow_access().await {
            tracing::debug!("changed credentials are not seen: {}", with_causes(&error));
        }
    }
}

/// Writes failed sign-ins down that were counted together.
pub(super) async fn count_failed_sign_ins(app: App, stop: CancellationToken) -> Result<(), TaskError> {
    let mut tick = interval(limits::FAILED_SIGN_INS_COUNTED);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            _ = tick.tick() => app.write_failed_sign_ins().await,
        }
    }
}
