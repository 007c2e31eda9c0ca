//! The loop: hears the collector, lets [`notices`](crate::notices) decide, shows. Decides nothing itself.

use std::time::Duration;

use jiff::tz::TimeZone;
use roomready_agent::chance::Chance;
use roomready_agent::ports::Clock;
use roomready_agent::supervise::contained_blocking;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout_at};

use crate::collector::{Collector, Stream, Trouble};
use crate::desktop;
use crate::line::Said;
use crate::notices::{Heard, Notice, State};
use crate::words::{self, Shown};

/// The first wait before the collector is asked again; doubled up to [`LONGEST_WAIT_MS`], each with as much again by chance:
/// after a collector's restart a district's computers do not come in step.
const FIRST_WAIT_MS: u64 = 500;
/// See [`FIRST_WAIT_MS`].
const LONGEST_WAIT_MS: u64 = 15_000;
/// A desktop that has not taken a notice by then hangs.
const SHOW_LIMIT: Duration = Duration::from_secs(5);
const TICK: Duration = Duration::from_secs(1);

/// Why it ended.
#[derive(Debug)]
pub enum Over {
    /// Somebody stopped it.
    Stopped,
    /// The collector says that it must not go on.
    Refused(Trouble),
}

struct Watch<'a> {
    state: State,
    clock: &'a dyn Clock,
    collector: &'a Collector,
    zone: TimeZone,
}

/// Runs until somebody stops it, or the collector says that it must not go on.
pub async fn run(
    collector: &Collector,
    token: &str,
    clock: &dyn Clock,
    stop: impl Future<Output = ()>,
) -> Over {
    let watch = Watch {
        state: State::default(),
        clock,
        collector,
        zone: TimeZone::system(),
    };
    tokio::select! {
        over = watch.go_on(token) => Over::Refused(over),
        () = stop => Over::Stopped,
    }
}

impl Watch<'_> {
    async fn go_on(mut self, token: &str) -> Trouble {
        let mut chance = Chance::from_system();
        let mut wait_ms = FIRST_WAIT_MS;
        loop {
            let trouble = match self.connect(token).await {
                Ok(stream) => {
                    wait_ms = FIRST_WAIT_MS;
                    self.listen(stream).await
                }
                Err(trouble) => trouble,
            };
            if !trouble.passes() {
                if self.state.may_show() && matches!(trouble, Trouble::SignedOut(_)) {
                    show(words::ended(&self.collector.address().to_string())).await;
                }
                return trouble;
            }
            tracing::info!("{}", with_causes(&trouble));
            self.hear(&Heard::Gone).await;
            let until = Instant::now() + Duration::from_millis(wait_ms + chance.between(0, wait_ms));
            self.pass_time(until).await;
            wait_ms = (wait_ms * 2).min(LONGEST_WAIT_MS);
        }
    }

    /// Opens the stream while time passes: a collector that does not answer must not keep a notice back.
    async fn connect(&mut self, token: &str) -> Result<Stream, Trouble> {
        let collector = self.collector;
        let mut opening = std::pin::pin!(collector.open(token));
        let mut ticks = ticks();
        loop {
            tokio::select! {
                opened = &mut opening => return opened,
                _ = ticks.tick() => self.hear(&Heard::Tick).await,
            }
        }
    }

    /// Hears one stream to its end.
    async fn listen(&mut self, mut stream: Stream) -> Trouble {
        tracing::info!(collector = %self.collector.address(), "connected");
        let mut ticks = ticks();
        // A piece that is on its way is never thrown away: the tick waits beside it.
        loop {
            let heard = {
                let mut next = std::pin::pin!(stream.next());
                loop {
                    tokio::select! {
                        heard = &mut next => break heard,
                        _ = ticks.tick() => self.hear(&Heard::Tick).await,
                    }
                }
            };
            let all = match heard {
                Ok(all) => all,
                Err(trouble) => return trouble,
            };
            for said in all {
                match said {
                    Said::Sight(sight) => self.hear(&Heard::Sight(&sight)).await,
                    Said::Alive => self.hear(&Heard::Alive).await,
                }
            }
        }
    }

    async fn pass_time(&mut self, until: Instant) {
        let mut ticks = ticks();
        while timeout_at(until, ticks.tick()).await.is_ok() {
            self.hear(&Heard::Tick).await;
        }
    }

    async fn hear(&mut self, heard: &Heard<'_>) {
        for notice in self.state.step(heard, self.clock.now().mono_ms) {
            tell(&notice);
            let collector = self.collector.address().to_string();
            show(words::shown(&notice, &collector, &self.zone)).await;
        }
    }
}

fn ticks() -> tokio::time::Interval {
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

fn tell(notice: &Notice) {
    match notice {
        Notice::Open { matters, again, .. } => {
            tracing::info!(things = matters.len(), again, "notice");
        }
        Notice::Lost => tracing::warn!("notice: the connection is lost"),
        Notice::Back => tracing::info!("notice: the connection is back"),
    }
}

/// One that cannot be shown is said in the log; what is still open is told again with its reminder.
async fn show(shown: Shown) {
    match contained_blocking(SHOW_LIMIT, move || desktop::show(&shown)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::error!("{error}"),
        Err(mishap) => tracing::error!("the notice could not be shown: {mishap}"),
    }
}

/// A trouble with what is behind it, in one line.
#[must_use]
pub fn with_causes(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        words.push_str(": ");
        words.push_str(&deeper.to_string());
        cause = deeper.source();
    }
    words
}
