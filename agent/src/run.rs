//! The loop that moves the cycle: it waits for whatever comes first, hands it over, and does what is due.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{BoxFuture, OptionFuture};
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use roomready_shared::facts::Facts;
use roomready_shared::wire::v1::{Assignment, ExitKind, ReportReply};
use tokio_util::sync::CancellationToken;

use crate::assignment::oddities;
use crate::chance::Chance;
use crate::cycle::{Cycle, FETCH_LIMIT_MS, Settings, Todo};
use crate::ports::{
    AssignmentShelf, Clock, Fetched, Leaving, Moment, NotRotated, Outbox, Probes, StatusBoard, Uplink,
};
use crate::probe::Kinds;
use crate::status::Notice;
use crate::uplink::Trouble;

/// A goodbye has this long: a system that shuts down waits a few seconds at most.
const GOODBYE_LIMIT: Duration = Duration::from_secs(3);

/// What an agent needs from outside.
pub struct Ports {
    /// Clocks.
    pub clock: Arc<dyn Clock>,
    /// Readings.
    pub probes: Arc<dyn Probes>,
    /// Where news waits.
    pub outbox: Box<dyn Outbox>,
    /// The way to the collector.
    pub uplink: Arc<dyn Uplink>,
    /// Where the assignment outlives a restart.
    pub shelf: Arc<dyn AssignmentShelf>,
    /// Chance, for jitter.
    pub chance: Chance,
    /// Where the agent says how it is.
    pub board: Box<dyn StatusBoard>,
    /// What the system says of its own end.
    pub leaving: Arc<dyn Leaving>,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// The collector has heard the goodbye.
    pub goodbye_heard: bool,
    /// Records that were still waiting.
    pub waiting: u32,
}

type Read = (Kinds, Facts);

/// Work under way: readings, each group at most once; one request, which is a report, a fetch or a rotation; one
/// watched app.
struct Work<'a> {
    readings: FuturesUnordered<BoxFuture<'a, Read>>,
    report: OptionFuture<BoxFuture<'a, Result<ReportReply, Trouble>>>,
    fetch: OptionFuture<BoxFuture<'a, Result<Fetched, Trouble>>>,
    rotation: OptionFuture<BoxFuture<'a, Result<(), NotRotated>>>,
    app: BoxFuture<'a, ExitKind>,
}

/// Runs one device's agent until the token says stop, then says goodbye.
///
/// Nothing that happens outside ends it: a collector that is away, a probe that crashes, a disk that is full are all
/// part of its life.
pub async fn run(settings: Settings, ports: Ports, shutdown: CancellationToken) -> Ended {
    let Ports {
        clock,
        probes,
        outbox,
        uplink,
        shelf,
        chance,
        board,
        leaving,
    } = ports;
    let mut notice = Notice::new(board, clock.now());
    let held = shelf.load();
    if let Some(held) = &held {
        remark(held, clock.as_ref());
    }
    let mut cycle = Cycle::start(settings, held, outbox, clock.run(), chance, clock.now());
    let mut said = Said::default();
    let mut work = Work {
        readings: FuturesUnordered::new(),
        report: None.into(),
        fetch: None.into(),
        rotation: None.into(),
        app: probes.app_ended(),
    };
    let mut sleep = leaving.sleeps();
    loop {
        let now = clock.now();
        let todo = cycle.tick(now);
        let wake_at = todo.wake_at;
        if todo.measure {
            measure(&mut cycle, probes.as_ref(), uplink.as_ref(), now);
        }
        if let Some(run) = &todo.keep {
            clock.keep(run, now);
        }
        notice.look(&cycle, now);
        begin(todo, probes.as_ref(), &uplink, &mut work);
        let nap = Duration::from_millis(wake_at.saturating_sub(now.mono_ms).max(1));
        let woken = tokio::time::Instant::now() + nap;
        tokio::select! {
            biased;
            () = shutdown.cancelled() => break,
            () = &mut sleep => {
                sleep = leaving.sleeps();
                work.report = None.into();
                let report = cycle.sleeps(clock.now());
                let heard = tokio::time::timeout(GOODBYE_LIMIT, uplink.report(&report)).await;
                let goodbye_heard = matches!(heard, Ok(Ok(_)));
                match heard {
                    Ok(Ok(reply)) => cycle.replied(&reply, clock.now()),
                    Ok(Err(trouble)) => cycle.failed(&trouble, clock.now()),
                    Err(_) => {
                        let why = "no answer before the system slept".to_owned();
                        cycle.failed(&Trouble::Unreachable { why }, clock.now());
                    }
                }
                tracing::info!(goodbye_heard, "the system goes to sleep");
            }
            exit = &mut work.app => {
                work.app = probes.app_ended();
                cycle.app_ended(exit, clock.now());
            }
            Some(answer) = &mut work.report => {
                work.report = None.into();
                said.outcome(answer.as_ref().err(), cycle.failures(), cycle.waiting());
                cycle.speaks_to(uplink.speaks_to());
                notice.heard(uplink.contact().answered.as_ref(), answer.as_ref().err(), clock.now());
                match answer {
                    Ok(reply) => cycle.replied(&reply, clock.now()),
                    Err(trouble) => cycle.failed(&trouble, clock.now()),
                }
            }
            Some(answer) = &mut work.fetch => {
                work.fetch = None.into();
                keep(&mut cycle, answer, shelf.as_ref(), clock.as_ref(), uplink.as_ref());
            }
            Some(answer) = &mut work.rotation => {
                work.rotation = None.into();
                cycle.rotated();
                match answer {
                    Ok(()) => tracing::info!("this device has a new credential"),
                    Err(error) => {
                        let because = std::error::Error::source(&error).map(ToString::to_string);
                        tracing::warn!(%error, because, "no new credential; the one held goes on");
                    }
                }
            }
            Some((kinds, facts)) = work.readings.next() => cycle.read(kinds, facts, clock.now()),
            () = tokio::time::sleep_until(woken) => {}
        }
    }
    // What was under way is dropped: its records are still in the outbox and travel with the goodbye.
    drop(work);
    let reason = leaving.why(clock.now().wall).await;
    let report = cycle.goodbye(reason, clock.now());
    let heard = tokio::time::timeout(GOODBYE_LIMIT, uplink.report(&report)).await;
    let goodbye_heard = matches!(heard, Ok(Ok(_)));
    let waiting = if goodbye_heard { 0 } else { cycle.waiting() };
    tracing::info!(?reason, goodbye_heard, waiting, "stopped");
    notice.ended(&cycle, reason, waiting, clock.now());
    Ended {
        goodbye_heard,
        waiting,
    }
}

/// A look at what this program itself costs.
fn measure(cycle: &mut Cycle, probes: &dyn Probes, uplink: &dyn Uplink, now: Moment) {
    if let Some(usage) = probes.own_usage()
        && cycle.measured(usage, uplink.bytes(), now)
    {
        probes.give_memory_back();
    }
}

fn begin<'a>(todo: Todo, probes: &'a dyn Probes, uplink: &Arc<dyn Uplink>, work: &mut Work<'a>) {
    for ask in todo.asks {
        let kinds = ask.kinds;
        work.readings
            .push(Box::pin(async move { (kinds, probes.read(ask).await) }));
    }
    if let Some(report) = todo.report {
        let uplink = Arc::clone(uplink);
        let sending: BoxFuture<'a, _> = Box::pin(async move { uplink.report(&report).await });
        work.report = Some(sending).into();
    }
    if let Some(held) = todo.fetch {
        let uplink = Arc::clone(uplink);
        let fetching: BoxFuture<'a, _> = Box::pin(async move {
            let asked = uplink.assignment(held.as_deref());
            match tokio::time::timeout(Duration::from_millis(FETCH_LIMIT_MS), asked).await {
                Ok(answer) => answer,
                Err(_) => Err(Trouble::Unreachable {
                    why: "no answer in time".into(),
                }),
            }
        });
        work.fetch = Some(fetching).into();
    }
    if todo.rotate {
        let uplink = Arc::clone(uplink);
        let rotating: BoxFuture<'a, _> = Box::pin(async move {
            match tokio::time::timeout(Duration::from_millis(FETCH_LIMIT_MS), uplink.rotate()).await {
                Ok(answer) => answer,
                Err(_) => Err(Trouble::Unreachable {
                    why: "no answer in time".into(),
                }
                .into()),
            }
        });
        work.rotation = Some(rotating).into();
    }
}

/// An odd assignment is followed, and somebody hears of it.
fn remark(assignment: &Assignment, clock: &dyn Clock) {
    for odd in oddities(assignment, clock.now().wall) {
        tracing::warn!(tag = %assignment.tag, "the assignment is odd: {odd}");
    }
}

fn keep(
    cycle: &mut Cycle,
    answer: Result<Fetched, Trouble>,
    shelf: &dyn AssignmentShelf,
    clock: &dyn Clock,
    uplink: &dyn Uplink,
) {
    let now = clock.now();
    match answer {
        Ok(fetched) => {
            if let Some(assignment) = cycle.fetched(Ok(fetched), now) {
                tracing::info!(tag = %assignment.tag, room = %assignment.room, "assigned");
                remark(assignment, clock);
                if let Some(ca) = &assignment.ca {
                    uplink.named_ca(ca, now.wall);
                }
                if let Err(error) = shelf.save(assignment) {
                    tracing::error!(%error, "the assignment could not be kept on disk; a restart without a network forgets it");
                }
            }
        }
        Err(trouble) => {
            tracing::warn!(%trouble, "the assignment could not be fetched");
            cycle.fetched(Err(&trouble), now);
        }
    }
}

/// What the log has been told about the way to the collector: each change once, not each try.
#[derive(Default)]
struct Said {
    trouble: Option<Trouble>,
}

impl Said {
    fn outcome(&mut self, trouble: Option<&Trouble>, failures: u32, waiting: u32) {
        let same = match (trouble, &self.trouble) {
            (Some(now), Some(before)) => now.is_like(before),
            (None, None) => true,
            _ => false,
        };
        if same {
            return;
        }
        match trouble {
            Some(
                trouble @ (Trouble::Unreachable { .. }
                | Trouble::Busy { .. }
                | Trouble::WrongCertificate { .. }
                | Trouble::Proxy { .. }
                | Trouble::NotOurs { .. }),
            ) => {
                tracing::warn!(%trouble, waiting, "nothing is lost, trying again");
            }
            Some(trouble) => tracing::warn!(%trouble, waiting, "the collector took nothing"),
            None => tracing::info!(failures, waiting, "the collector answers again"),
        }
        self.trouble = trouble.cloned();
    }
}

#[cfg(test)]
mod tests;
