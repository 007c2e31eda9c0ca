//! `run`: watches this device and reports until stopped.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use roomready_shared::ids::StreamId;
use roomready_shared::units::ShortText;
use tokio_util::sync::CancellationToken;

use super::args::RunArguments;
use super::way::{self, Said};
use super::{Failure, join};
use crate::assignment::DiskShelf;
use crate::chance::Chance;
use crate::clock::SystemClock;
use crate::config::{self, Config, Overrides};
use crate::cycle::Settings;
use crate::doorway;
use crate::enrolment;
use crate::identity::{Identity, IdentityShelf};
use crate::outbox::{DiskOutbox, MemoryOutbox, OpenError};
use crate::ports::{Clock, Leaving, Outbox, Uplink as _};
use crate::probe::platform::service::Control;
use crate::probe::{SystemProbes, platform};
use crate::run::Ports;
use crate::status::FileBoard;
use crate::telemetry;
use crate::uplink::{Door, HttpUplink, LearnCa};

/// The folder of outboxes in the data folder.
pub(super) const OUTBOX: &str = "outbox";

/// What tells this program to stop, and why.
struct Outside {
    stop: BoxFuture<'static, ()>,
    leaving: Arc<dyn Leaving>,
}

/// As a program of a terminal, or of a service manager that sends signals.
pub(super) async fn run(arguments: RunArguments) -> Result<u8, Failure> {
    let outside = Outside {
        stop: Box::pin(doorway::asked_to_stop()?),
        leaving: platform::leaving::system(),
    };
    until_stopped(arguments, outside).await
}

/// As a service of Windows.
pub(super) fn as_service(arguments: RunArguments) -> ExitCode {
    let body = |control: Arc<Control>| {
        let stop = control.stop();
        let outside = Outside {
            stop: Box::pin(async move { stop.cancelled().await }),
            leaving: control,
        };
        let ended = doorway::in_runtime(async move || until_stopped(arguments, outside).await);
        ended.unwrap_or_else(|error| {
            super::complain(error.as_ref());
            super::exit::USAGE
        })
    };
    match platform::service::dispatch(Box::new(body)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => super::finish(Err(error.into())),
    }
}

async fn until_stopped(arguments: RunArguments, outside: Outside) -> Result<u8, Failure> {
    let settings = &arguments.settings;
    let overrides = Overrides {
        enrolment: arguments.enrolment.clone(),
        ..settings.overrides()
    };
    let config = config::load(settings.file().as_deref())?.overridden(overrides);
    telemetry::start(&config.log);
    step_back();
    let shutdown = CancellationToken::new();
    let Outside { mut stop, leaving } = outside;
    let waiting: Arc<dyn Clock> = Arc::new(SystemClock::start());
    let Some(identity) = join::identity(&config, &waiting, &mut stop).await? else {
        tracing::info!("asked to stop before this device was enrolled");
        return Ok(0);
    };
    let (settings, ports) = compose(&config, &identity, leaving)?;
    tracing::info!(name = %identity.name, device = %identity.device, data = %config.data.display(), "watching");
    let running = crate::run::run(settings, ports, shutdown.clone());
    tokio::pin!(running);
    tokio::select! {
        _ended = &mut running => {}
        () = &mut stop => {
            tracing::info!("asked to stop");
            shutdown.cancel();
            running.await;
        }
    }
    Ok(0)
}

/// The test app comes first. Done before anything makes a thread.
fn step_back() {
    let refused = platform::own::lower_priority();
    if !refused.is_empty() {
        tracing::warn!(
            refused = refused.join("; "),
            "this program could not step behind others everywhere; it goes on"
        );
    }
}

fn compose(
    config: &Config,
    identity: &Identity,
    leaving: Arc<dyn Leaving>,
) -> Result<(Settings, Ports), Failure> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::in_folder(&config.data));
    let doors = way::doors(config, &Said::by(identity), clock.now().wall)?;
    way::warn_if_overheard(&doors, "reports and this device's credential");
    let shelf = Box::new(IdentityShelf::new(&config.data));
    let uplink =
        HttpUplink::kept(doors, identity.credentials.clone(), shelf).learning(learn_ca(config.clone()));
    let settings = Settings {
        device: identity.device,
        platform: SystemProbes::platform(),
        collector: uplink.speaks_to(),
        during_test: config.during_test,
        agent_version: ShortText::fit(crate::VERSION),
    };
    let ports = Ports {
        probes: Arc::new(SystemProbes::new(Arc::clone(&clock))),
        clock,
        // One for each identity: a device that is enrolled anew is another to its collector, which refuses the other's
        // stream for good. So does a copy of a whole disk once it is enrolled.
        outbox: open_outbox(&config.data.join(OUTBOX).join(identity.device.to_string()))?,
        uplink: Arc::new(uplink),
        shelf: Arc::new(DiskShelf::new(&config.data)),
        chance: Chance::from_system(),
        board: Box::new(FileBoard::new(&config.data)),
        leaving,
    };
    Ok((settings, ports))
}

/// What the collector names is kept with the identity, which is read anew: its credential may have changed meanwhile.
fn learn_ca(config: Config) -> LearnCa {
    Box::new(move |named, now| {
        let learnt = || -> Result<Option<Vec<Door>>, Failure> {
            let mut identity = Identity::load(&config.data)?;
            if !enrolment::learn_ca(&mut identity, named, now, &config.data)? {
                return Ok(None);
            }
            Ok(Some(way::doors(&config, &Said::by(&identity), now)?))
        };
        match learnt() {
            Ok(Some(doors)) => {
                tracing::info!("the collector named the CA by which it is believed from now on");
                Some(doors)
            }
            Ok(None) => None,
            Err(error) => {
                tracing::error!(%error, "the CA that the collector names is not taken over; the present one goes on");
                None
            }
        }
    })
}

/// Opens the outbox. A second agent on it is refused; a disk that cannot be used is lived with.
fn open_outbox(folder: &Path) -> Result<Box<dyn Outbox>, OpenError> {
    let mint = || StreamId::new(uuid::Uuid::new_v4());
    match DiskOutbox::in_folder(folder, Box::new(mint)) {
        Ok(outbox) => Ok(Box::new(outbox)),
        Err(OpenError::Io { place, source }) => {
            tracing::error!(
                outbox = place, because = %source,
                "the outbox on disk cannot be used; what is not delivered when the agent ends is lost"
            );
            Ok(Box::new(MemoryOutbox::new(mint())))
        }
        Err(in_use @ OpenError::InUse { .. }) => Err(in_use),
    }
}
