//! Joins the parts: starts them in order, notices when one ends that must not, stops them in named phases.

mod doors;
mod pulse;
mod stopping;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::config::Config;
use crate::domain::entry::{Actor, Body, EntryKind, NewEntry, Subject};
use crate::error::RunError;
use crate::fleet;
use crate::http::{self, App, Joined};
use crate::looking::{self, SystemVantage};
use crate::notify::{self, Telling};
use crate::recorder::Recorder;
use crate::serve::{self, Connections, Stop, Timeouts};
use crate::store::{Store, Whereabouts};
use crate::supervise::{Supervisor, TaskEnded, TaskError};
use crate::telemetry::Metrics;
use crate::tls;
use crate::watching;

pub use self::doors::{DevicesDoor, Doors, PeoplesDoor};

/// Task names, as logs and errors say them.
const PEOPLES_DOOR: &str = "people's door";
const DEVICES_DOOR: &str = "devices' door";
const CERTIFICATES: &str = "the certificates";
const DEVICES_CA: &str = "telling devices of the CA";
const PULSE: &str = "the store's pulse";
const UPKEEP: &str = "metrics upkeep";
const WATCH: &str = "the watch";
const LOOKING: &str = "looking outside";
const PRUNING: &str = "pruning";
const FOLLOWING: &str = "following changed credentials";
const TELLING: &str = "telling the staff";
const COUNTING: &str = "counting failed sign-ins";

/// Runs a collector until `shutdown` is cancelled or a part of it ends that must not. Tests and the simulator call it
/// with a listener on port 0, as `serve` does with real ones. The store is closed when this returns.
///
/// # Errors
///
/// When pages would go over the network unencrypted, when something cannot start, or when a part ends by itself.
pub async fn run(
    config: Config,
    doors: impl Into<Doors> + Send,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    shutdown: CancellationToken,
) -> Result<(), RunError> {
    run_recorded(config, doors, store, clock, shutdown, None).await
}

/// The same, and a recorder keeps what the watches are given and write.
///
/// # Errors
///
/// See [`run`].
pub async fn run_recorded(
    config: Config,
    doors: impl Into<Doors> + Send,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    shutdown: CancellationToken,
    recorder: Option<Recorder>,
) -> Result<(), RunError> {
    let ran = Box::pin(run_parts(config, doors.into(), &store, clock, shutdown, recorder)).await;
    // Closed whatever happened: what was acknowledged is durable already, this only ends the store in good order.
    stopping::close_store(&*store).await;
    ran
}

async fn run_parts(
    config: Config,
    doors: Doors,
    store: &Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    shutdown: CancellationToken,
    recorder: Option<Recorder>,
) -> Result<(), RunError> {
    let address = doors.peoples_address()?;
    let whereabouts = Whereabouts {
        people: doors.people_open(address),
        devices: doors.devices_try(address),
        by_private_ca: doors.devices.is_some(),
    };
    let stop = Stop::default();
    let metrics = Metrics::start();
    let timeouts = Timeouts::default();
    let now = clock.wall();
    let restored = match &recorder {
        Some(_) => fleet::restore_recorded(config, &**store, now).await,
        None => fleet::restore(config, &**store, now).await,
    };
    let fleet = restored.map_err(RunError::starting("reading what was known"))?;
    store
        .append(vec![begun(now)], None)
        .await
        .map_err(RunError::starting("writing that it starts"))?;
    store
        .keep_whereabouts(whereabouts.clone())
        .await
        .map_err(RunError::starting("writing where it is found"))?;
    let app = App::new(Joined {
        fleet: fleet.clone(),
        store: Arc::clone(store),
        clock: Arc::clone(&clock),
        metrics: metrics.clone(),
        stop: stop.clone(),
        address,
        timeouts,
        trust: doors.people.trust,
        whereabouts,
    });
    let watch = watching::keep_watch(
        fleet.clone(),
        Arc::clone(store),
        Arc::clone(&clock),
        app.hub(),
        recorder,
        stop.tasks.clone(),
    );

    let notices = fleet.read(|state| Arc::clone(&state.config().notices));
    let telling = Telling {
        base: notices.base.as_ref().map(ToString::to_string).or_else(|| {
            let shared = app.peoples_trust().may_be_shared().is_ok();
            shared.then(|| app.whereabouts().people.clone())
        }),
        settings: notices,
        store: Arc::clone(store),
        fleet: fleet.clone(),
        clock: Arc::clone(&clock),
    };
    let telling = notify::keep_telling(telling, stop.tasks.clone());
    let looking = looking::keep_looking(
        fleet.clone(),
        Arc::new(SystemVantage::default()),
        Arc::clone(&clock),
        doors.networked(address),
        stop.tasks.clone(),
    );
    let following = pulse::follow_access(app.clone(), stop.tasks.clone());
    let counting = pulse::count_failed_sign_ins(app.clone(), stop.tasks.clone());
    let connections = Connections::default();
    let mut parts = Supervisor::default();
    if let Some(devices) = &doors.devices {
        let bundles = devices.bundles.clone();
        parts.start(DEVICES_CA, tell_devices(fleet, bundles, stop.tasks.clone()));
    }
    let (doors, kept) = doors.open(|set| http::router(app.clone(), set));
    for (door, name) in doors.into_iter().zip([PEOPLES_DOOR, DEVICES_DOOR]) {
        let opened = serve::accept_until_stopped(door, timeouts, connections.clone(), stop.clone());
        parts.start(name, async move {
            opened.await;
            Ok(())
        });
    }
    parts.start(
        CERTIFICATES,
        tls::keep(kept, Arc::clone(&clock), stop.tasks.clone()),
    );
    parts.start(PULSE, pulse::watch_store(Arc::clone(store), stop.tasks.clone()));
    parts.start(UPKEEP, pulse::keep_metrics(metrics, stop.tasks.clone()));
    parts.start(WATCH, watch);
    parts.start(LOOKING, looking);
    parts.start(FOLLOWING, following);
    parts.start(COUNTING, counting);
    parts.start(TELLING, telling);
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

/// Devices hear of the CA with their assignment, at the start and whenever it changes.
async fn tell_devices(
    fleet: fleet::Fleet,
    mut bundles: watch::Receiver<Arc<str>>,
    stop: CancellationToken,
) -> Result<(), TaskError> {
    loop {
        fleet.give_devices_ca(bundles.borrow_and_update().clone());
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            changed = bundles.changed() => if changed.is_err() {
                // Whoever keeps the certificates has ended, which is told by its own name.
                stop.cancelled().await;
                return Ok(());
            }
        }
    }
}

/// The first line of each run in the record.
fn begun(now: Timestamp) -> NewEntry {
    let (kind, subject) = (EntryKind::CollectorStarted, Subject::Collector);
    NewEntry::new(now, None, Actor::System, kind, subject, Body::empty())
}
