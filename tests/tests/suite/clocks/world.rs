//! True time, and what happens in it.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use roomready_agent::assignment::DiskShelf;
use roomready_agent::cycle::Cycle;
use roomready_agent::ports::{AssignmentShelf as _, Fetched};
use roomready_agent::probe::{Kind, Kinds};
use roomready_agent::uplink::Trouble;
use roomready_collector::domain::event_time::Basis;
use roomready_shared::facts::{AppRun, Facts, Outcome, Platform, Reading, Source};
use roomready_shared::ids::{ClockEpoch, DeviceId};
use roomready_shared::timetable::Phase;
use roomready_shared::wire::v1::{ExitKind, Report};
use tempfile::TempDir;

use super::collector::Collector;
use super::machine::Machine;

/// True milliseconds of a minute.
pub(super) const MINUTE: i64 = 60_000;
/// One way between the machine and the collector.
const THERE_MS: i64 = 20;
const BACK_MS: i64 = 15;

/// A moment in true milliseconds.
pub(super) fn at_ms(ms: i64) -> Timestamp {
    let nine: Timestamp = "2026-10-06T09:00:00Z".parse().expect("a time");
    nine + SignedDuration::from_millis(ms)
}

/// A minute; 0 is when the test begins.
pub(super) fn at(minute: i64) -> Timestamp {
    at_ms(minute * MINUTE)
}

/// A record as the collector has it, beside the truth.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) kind: String,
    pub(super) at_ms: i64,
    pub(super) plus_minus_ms: u64,
    pub(super) basis: Basis,
    pub(super) truly_ms: i64,
    pub(super) epoch: ClockEpoch,
}

pub(super) struct World {
    now: i64,
    folder: TempDir,
    collector: Option<Collector>,
    device: DeviceId,
    machine: Machine,
    /// Each boot's true moment, in order.
    boots: Vec<i64>,
    agent: Option<Cycle>,
    network: bool,
    app: bool,
}

impl World {
    /// Five minutes before the test: a laptop that was booted twenty minutes ago, an agent that has just begun.
    pub(super) async fn start() -> Self {
        let now = -5 * MINUTE;
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("agent")).expect("a data folder");
        let collector = Collector::start(folder.path().join("collector"), at_ms(now)).await;
        let device = collector.enrol().await;
        let machine = Machine::boot(now - 20 * MINUTE);
        let mut world = Self {
            now,
            folder,
            collector: Some(collector),
            device,
            boots: vec![machine.booted()],
            machine,
            agent: None,
            network: true,
            app: false,
        };
        world.agent_starts();
        world
    }

    fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("agent")
    }

    pub(super) fn agent_starts(&mut self) {
        self.agent = Some(self.machine.agent(&self.data(), self.device, self.now));
    }

    /// It ends without a word.
    pub(super) fn agent_is_killed(&mut self) {
        self.agent = None;
    }

    pub(super) fn network_is(&mut self, there: bool) {
        self.network = there;
    }

    pub(super) fn app_opens(&mut self) {
        self.app = true;
    }

    /// Its handle says so at once.
    pub(super) fn app_ends(&mut self, exit: ExitKind) {
        self.app = false;
        let moment = self.machine.moment(self.now);
        self.agent.as_mut().expect("an agent").app_ended(exit, moment);
    }

    pub(super) fn wall_clock_jumps_by(&mut self, minutes: i64) {
        self.machine.set_wall_by(minutes * MINUTE);
    }

    pub(super) async fn sleeps_until(&mut self, minute: i64) {
        let ms = minute * MINUTE - self.now;
        self.machine.sleeps_for(ms);
        self.pass(ms).await;
    }

    /// The agent is not told; it is started again with the machine.
    pub(super) async fn machine_is_rebooted_until(&mut self, minute: i64) {
        self.agent = None;
        self.app = false;
        self.pass(minute * MINUTE - self.now).await;
        self.machine.reboot(self.now - 20_000);
        self.boots.push(self.machine.booted());
        self.agent_starts();
    }

    pub(super) async fn collector_restarts(&mut self) {
        let collector = self.collector.take().expect("a collector");
        self.collector = Some(collector.restarted().await);
    }

    /// The phase that the agent acts by.
    pub(super) fn phase(&self) -> Option<Phase> {
        self.agent.as_ref().expect("an agent").conduct().phase
    }

    pub(super) fn waiting(&self) -> u32 {
        self.agent.as_ref().expect("an agent").waiting()
    }

    async fn pass(&mut self, ms: i64) {
        self.now += ms;
        let ms = u64::try_from(ms).expect("time goes on");
        self.collector.as_mut().expect("a collector").passes(ms).await;
    }

    /// Everything that is due until this minute.
    pub(super) async fn until(&mut self, minute: i64) {
        let end = minute * MINUTE;
        while self.now < end {
            let nap = self.work().await.unwrap_or(i64::MAX).min(end - self.now);
            self.pass(nap.max(1)).await;
        }
    }

    /// What the agent's loop does: whatever is due now. Gives how long it may rest.
    async fn work(&mut self) -> Option<i64> {
        let moment = self.machine.moment(self.now);
        let todo = self.agent.as_mut()?.tick(moment);
        if let Some(run) = &todo.keep {
            let shelf = self.machine.clock_shelf(&self.data());
            shelf.keep(run, moment).expect("kept");
        }
        for ask in todo.asks {
            self.read(ask.kinds);
        }
        if let Some(report) = todo.report {
            self.send(report).await;
        }
        if todo.fetch.is_some() {
            self.fetch();
        }
        let rest = todo.wake_at.saturating_sub(self.machine.moment(self.now).mono_ms);
        Some(i64::try_from(rest).unwrap_or(i64::MAX))
    }

    fn read(&mut self, kinds: Kinds) {
        let moment = self.machine.moment(self.now);
        let run = if self.app {
            AppRun::Running { since: None }
        } else {
            AppRun::NotRunning
        };
        let mut facts = Facts::none(Platform::Linux);
        facts.app_run = kinds.contains(Kind::AppRun).then_some(Reading {
            outcome: Outcome::Measured(run),
            source: Source::Agent,
            at: moment.wall,
        });
        let agent = self.agent.as_mut().expect("an agent");
        agent.read(kinds, facts, moment);
    }

    async fn send(&mut self, report: Report) {
        if !self.network {
            let trouble = Trouble::Unreachable {
                why: "the network is unreachable".to_owned(),
            };
            let moment = self.machine.moment(self.now);
            self.agent.as_mut().expect("an agent").failed(&trouble, moment);
            return;
        }
        self.pass(THERE_MS).await;
        let collector = self.collector.as_ref().expect("a collector");
        let reply = collector.take(self.device, report).await;
        self.pass(BACK_MS).await;
        let moment = self.machine.moment(self.now);
        self.agent.as_mut().expect("an agent").replied(&reply, moment);
    }

    fn fetch(&mut self) {
        let moment = self.machine.moment(self.now);
        let agent = self.agent.as_mut().expect("an agent");
        let collector = self.collector.as_ref().expect("a collector");
        let fetched = Fetched::New(Box::new(collector.assignment(self.device)));
        if let Some(assignment) = agent.fetched(Ok(fetched), moment) {
            let shelf = DiskShelf::new(&self.folder.path().join("agent"));
            shelf.save(assignment).expect("kept");
        }
    }

    /// All records that the collector has, in the order of their one stream; each is there once.
    pub(super) async fn told(&self) -> Vec<Told> {
        let news = self.collector.as_ref().expect("a collector").news().await;
        let streams: BTreeSet<_> = news.iter().map(|stored| stored.stream).collect();
        assert_eq!(streams.len(), 1, "one outbox");
        let numbers: Vec<u64> = news.iter().map(|stored| stored.news.seq).collect();
        let last = u64::try_from(news.len()).expect("a few records");
        assert_eq!(numbers, (1..=last).collect::<Vec<_>>(), "every record, once");
        assert!(
            news.windows(2).all(|pair| pair[0].time.at <= pair[1].time.at),
            "in their order"
        );
        let mut epochs: Vec<ClockEpoch> = Vec::new();
        news.into_iter()
            .map(|stored| {
                let epoch = stored.news.epoch;
                if epochs.last() != Some(&epoch) {
                    epochs.push(epoch);
                }
                let booted = self.boots[epochs.len() - 1];
                let raw = stored.news.to_raw();
                Told {
                    kind: raw.body["kind"].as_str().expect("a kind").to_owned(),
                    at_ms: stored.time.at.as_millisecond() - at_ms(0).as_millisecond(),
                    plus_minus_ms: stored.time.plus_minus_ms,
                    basis: stored.time.basis,
                    truly_ms: Machine::truly(booted, stored.news.mono_ms),
                    epoch,
                }
            })
            .collect()
    }
}
