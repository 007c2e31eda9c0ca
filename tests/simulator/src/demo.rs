//! The demo: everything is started in order, shown, played and stopped in order.

mod cast;
mod collector;
mod enrol;
mod error;
mod folder;
mod progress;
mod stage;
mod words;

pub use error::DemoError;

use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use self::cast::Cast;
use self::collector::{Desk, Running};
use self::folder::Folder;
use self::progress::Progress;
use crate::script;

/// What the caller may choose.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Port on loopback; none takes [`USUAL_PORT`] or, when that is taken, a free one.
    pub port: Option<u16>,
    /// Where to keep everything; none is a temporary folder.
    pub data: Option<PathBuf>,
    /// How long to play; none until somebody stops it.
    pub lasts: Option<Duration>,
}

/// The collector's own usual port, so that the address in the documents works here too.
pub const USUAL_PORT: u16 = 8480;

/// Runs the demo until it is over or somebody stops it.
///
/// # Errors
/// When it cannot start, or a part of it ends that must not.
pub async fn run(options: Options) -> Result<(), DemoError> {
    let stop = CancellationToken::new();
    let signals = tokio::spawn(stage::cancel_on_signal(stop.clone()));
    let outcome = Box::pin(open_and_play(options, &stop)).await;
    signals.abort();
    outcome
}

async fn open_and_play(options: Options, stop: &CancellationToken) -> Result<(), DemoError> {
    let mut progress = Progress::start();
    progress.says("preparing the data folder");
    let folder = Folder::prepare(options.data.as_deref())?;
    let listener = stage::listen(options.port).await?;
    progress.says("starting the collector");
    let mut collector = Running::start(&folder, listener).await?;
    let desk = collector.desk();
    let mut cast = Cast::new();

    let played = tokio::select! {
        biased;
        () = stop.cancelled() => Ok(()),
        ended = collector.ended() => Err(ended),
        played = play(&options, &folder, &desk, &mut cast, &mut progress) => played,
    };

    progress.says("stopping the devices");
    cast.stop().await;
    progress.says("stopping the collector");
    let stopped = collector.stop().await;
    progress.ends();
    say(&words::stopped(&folder));
    played.and(stopped)
}

async fn play(
    options: &Options,
    folder: &Folder,
    desk: &Desk,
    cast: &mut Cast,
    progress: &mut Progress,
) -> Result<(), DemoError> {
    enrol::everybody(desk, folder, cast, progress).await?;
    progress.says("making a sign-in link");
    let link = desk.sign_in_link().await?;
    progress.ends();
    say(&words::opening(desk.address(), &link, folder, options.lasts));

    let curtain = Instant::now();
    let end = options.lasts.map(|lasts| curtain + lasts);
    for scene in script::scenes() {
        let at = curtain + Duration::from_secs(scene.at_s);
        if let Some(end) = end.filter(|end| *end <= at) {
            return cast.play_until(end).await;
        }
        cast.play_until(at).await?;
        cast.pull(&scene);
        if let Some(line) = words::happens(&scene) {
            say(&line);
        }
    }
    Ok(())
}

/// A reader who has gone (`cargo demo | head`) does not end the demo: it still has to stop in order.
fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    if let Err(error) = writeln!(out, "{text}").and_then(|()| out.flush()) {
        tracing::debug!(%error, "nobody reads standard output");
    }
}
