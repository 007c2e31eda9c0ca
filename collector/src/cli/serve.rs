//! `serve`: binds, opens, prints where to look, runs until a signal.

mod plan;

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use self::plan::{Asked, Plan, Shows};
use super::sign_in_link::Minted;
use super::{Failure, Serve, config_command};
use crate::clock::{Clock, SystemClock};
use crate::config::{Config, first};
use crate::error::RunError;
use crate::recorder::Recorder;
use crate::serve::Proxies;
use crate::store::sqlite::SqliteStore;
use crate::store::{Opens, Store};
use crate::tls::{self, Kept, Name, OwnCertificate, TlsError};
use crate::{DevicesDoor, Doors, PeoplesDoor};

pub(super) fn run(arguments: &Serve) -> Result<(), Failure> {
    // Refused before anything is opened or made.
    let plan = asked(arguments).plan().map_err(Failure::usage)?;
    let config = with_secrets(config(arguments)?);
    let recorder = arguments
        .record
        .as_deref()
        .map(Recorder::into_file)
        .transpose()
        .map_err(Failure::usage)?;
    take_file_handles();
    let store = SqliteStore::open(&arguments.data).map_err(Failure::failed)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|cause| Failure::failed(RunError::starting("starting the runtime")(cause)))?;
    runtime.block_on(async {
        let store: Arc<dyn Store> = Arc::new(store);
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
        let (doors, said) = open(plan, arguments, &*clock).await?;
        let set_up = set_up_link(&*store, &*clock).await?;
        let shutdown = CancellationToken::new();
        let signals = tokio::spawn(cancel_on_signal(shutdown.clone()));
        // Read by programs too: the simulator and the tests look for these lines.
        println!("listening on {}", said.listening);
        if let Some(devices) = said.devices {
            println!("devices report to {devices}");
        }
        if let Some(link) = set_up {
            println!("set up RoomReady (works once): {}", link.address(&said.people));
        }
        let ran = Box::pin(crate::run_recorded(
            config, doors, store, clock, shutdown, recorder,
        ))
        .await;
        signals.abort();
        ran.map_err(Failure::failed)
    })
}

/// What is given; else what set-up has written into the data folder; else a district that set-up may write there.
fn config(arguments: &Serve) -> Result<Config, Failure> {
    let written = arguments.data.join(first::FILE_NAME);
    match &arguments.config {
        Some(given) => config_command::of(Some(given)),
        None if written.exists() => config_command::of(Some(&written)),
        None => Ok(Config::built_in().to_be_set_up_in(arguments.data.clone())),
    }
}

/// Secrets of notices that the environment holds.
#[expect(
    clippy::disallowed_methods,
    reason = "their names stand in the file, so clap cannot know them"
)]
fn with_secrets(mut config: Config) -> Config {
    let names = config.notices.environment_names();
    if !names.is_empty() {
        let held = names
            .into_iter()
            .filter_map(|name| Some((name.clone(), std::env::var(name).ok()?)));
        Arc::make_mut(&mut config.notices).environment = held.collect();
    }
    config
}

/// Where nobody can sign in yet, somebody must be able to begin.
async fn set_up_link(store: &dyn Store, clock: &dyn Clock) -> Result<Option<Minted>, Failure> {
    let accounts = store.accounts().await.map_err(Failure::failed)?;
    if accounts.iter().any(|account| account.closed_at.is_none()) {
        return Ok(None);
    }
    let link = Minted::new(clock, Opens::SetUp).map_err(Failure::failed)?;
    store.add_link(link.kept()).await.map_err(Failure::failed)?;
    Ok(Some(link))
}

/// Each connection is an open file, and service managers start with 1,024 of them unless told otherwise.
#[cfg(unix)]
fn take_file_handles() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut allowed = getrlimit(Resource::Nofile);
    if allowed.current == allowed.maximum {
        return;
    }
    allowed.current = allowed.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, allowed) {
        tracing::warn!(%error, "the system permits no more open files than it gave at the start; fewer devices may connect");
    }
}

#[cfg(not(unix))]
fn take_file_handles() {}

fn asked(arguments: &Serve) -> Asked {
    let certificate = arguments
        .certificate
        .clone()
        .zip(arguments.certificate_key.clone());
    Asked {
        listen: arguments.listen,
        certificate: certificate.map(|(certificate, key)| OwnCertificate { certificate, key }),
        behind_proxy: arguments.behind_proxy.clone(),
        address: arguments.address.clone(),
        devices: arguments.devices,
        devices_names: arguments.devices_name.clone(),
    }
}

/// What is printed.
struct Said {
    listening: String,
    /// What people open.
    people: String,
    devices: Option<String>,
}

/// Binds and reads what the plan asks for.
async fn open(plan: Plan, arguments: &Serve, clock: &dyn Clock) -> Result<(Doors, Said), Failure> {
    let now = clock.wall();
    let listener = bind(plan.people, "--listen").await?;
    let bound = listener.local_addr().map_err(Failure::failed)?;
    let devices_listener = match &plan.devices {
        Some(devices) => Some(bind(devices.listen, "--devices").await?),
        None => None,
    };
    let mut kept = Kept::nothing();
    // The leaf has the names of both listeners; people's own certificate has its own.
    let mut names: Vec<Name> = plan
        .devices
        .as_ref()
        .map(|devices| devices.names.clone())
        .unwrap_or_default();
    if plan.shows == Shows::Leaf {
        if !bound.ip().is_unspecified() {
            names.push(bound.ip().into());
        }
        names.extend(
            arguments
                .address
                .as_ref()
                .and_then(|address| address.host().host().parse().ok()),
        );
    }
    names.sort();
    names.dedup();
    let private = if names.is_empty() {
        None
    } else {
        Some(
            kept.private(arguments.data.clone(), names, now)
                .map_err(Failure::failed)?,
        )
    };
    let leaf = || {
        private
            .as_ref()
            .map(|(shown, _)| tls::server(Arc::clone(shown)))
            .transpose()
    };
    let tls = match plan.shows {
        Shows::Nothing => None,
        Shows::Leaf => leaf().map_err(Failure::failed)?,
        Shows::Own(own) => {
            let shown = kept.own(own, now).map_err(wrong_certificate)?;
            Some(tls::server(shown).map_err(Failure::failed)?)
        }
    };
    let scheme = if tls.is_some() { "https" } else { "http" };
    let people = match &arguments.address {
        Some(address) => address.to_string(),
        None => format!("{scheme}://{bound}"),
    };
    let devices = match (
        plan.devices,
        devices_listener,
        leaf().map_err(Failure::failed)?,
        &private,
    ) {
        (Some(devices), Some(listener), Some(tls), Some((_, bundles))) => {
            let port = listener.local_addr().map_err(Failure::failed)?.port();
            Some(DevicesDoor {
                addresses: devices.addresses(port).map_err(Failure::Usage)?,
                listener,
                tls,
                bundles: bundles.clone(),
            })
        }
        _ => None,
    };
    let said = Said {
        listening: format!("{scheme}://{bound}"),
        people: people.clone(),
        devices: devices.as_ref().map(|door| {
            let addresses: Vec<_> = door.addresses.all().iter().map(ToString::to_string).collect();
            addresses.join(", ")
        }),
    };
    let people = PeoplesDoor {
        listener,
        tls,
        trust: plan.trust,
        address: arguments.address.clone(),
        proxies: Proxies::declared(arguments.behind_proxy.clone(), people),
    };
    let doors = Doors {
        people,
        devices,
        kept,
    };
    Ok((doors, said))
}

/// A certificate is an argument: what is wrong with it is for whoever gave it to mend.
fn wrong_certificate(error: TlsError) -> Failure {
    Failure::usage(error)
}

async fn bind(address: SocketAddr, argument: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|source| {
        let free = SocketAddr::new(address.ip(), 0);
        Failure::failed(RunError::Start {
            doing: format!(
                "listening on {address} (is another program there? {argument} {free} takes a free port)"
            ),
            source: source.into(),
        })
    })
}

async fn cancel_on_signal(shutdown: CancellationToken) {
    let asked = ask_to_stop().await;
    match asked {
        Ok(by) => tracing::info!(by, "asked to stop"),
        Err(error) => {
            tracing::error!(%error, "cannot listen for signals: only a hard kill will stop this collector");
            return;
        }
    }
    shutdown.cancel();
}

#[cfg(unix)]
async fn ask_to_stop() -> std::io::Result<&'static str> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted.map(|()| "interrupt"),
        _ = terminate.recv() => Ok("terminate"),
    }
}

#[cfg(not(unix))]
async fn ask_to_stop() -> std::io::Result<&'static str> {
    tokio::signal::ctrl_c().await.map(|()| "interrupt")
}
