//! `serve`: binds, opens, prints where to look, runs until a signal.

use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::sign_in_link::Minted;
use super::{Failure, Serve, config_command};
use crate::clock::{Clock, SystemClock};
use crate::error::RunError;
use crate::store::sqlite::SqliteStore;
use crate::store::{Opens, Store};

pub(super) fn run(arguments: &Serve) -> Result<(), Failure> {
    // Refused before anything is opened or made.
    if !arguments.listen.ip().is_loopback() {
        return Err(Failure::usage(RunError::NotLoopback {
            address: arguments.listen,
        }));
    }
    let config = config_command::of(arguments.config.as_deref())?;
    let store = SqliteStore::open(&arguments.data).map_err(Failure::failed)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|cause| Failure::failed(RunError::starting("starting the runtime")(cause)))?;
    runtime.block_on(async {
        let store: Arc<dyn Store> = Arc::new(store);
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
        let listener = TcpListener::bind(arguments.listen)
            .await
            .map_err(|cause| Failure::failed(listening(arguments, cause)))?;
        let address = listener.local_addr().map_err(Failure::failed)?;
        let set_up = set_up_link(&*store, &*clock).await?;
        let shutdown = CancellationToken::new();
        let signals = tokio::spawn(cancel_on_signal(shutdown.clone()));
        // Read by programs too: the simulator and the tests look for these two lines.
        println!("listening on http://{address}");
        if let Some(link) = set_up {
            println!("set up RoomReady (works once): {}", link.address(address));
        }
        let ran = Box::pin(crate::run(config, listener, store, clock, shutdown)).await;
        signals.abort();
        ran.map_err(Failure::failed)
    })
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

fn listening(arguments: &Serve, source: std::io::Error) -> RunError {
    let doing = format!(
        "listening on {} (is another program there? --listen 127.0.0.1:0 takes a free port)",
        arguments.listen
    );
    RunError::Start {
        doing,
        source: source.into(),
    }
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
