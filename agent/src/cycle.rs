//! What an agent does next: one state machine over readings, answers and time. Pure: it neither waits nor sends.
//!
//! The loop around it ([`crate::run`]) asks [`Cycle::tick`] what is due, does it, and hands back what came of it.
//! A rehearsal moves the same machine without a socket.

mod belief;
mod live;
#[cfg(test)]
pub(crate) mod tests;

use std::collections::BTreeSet;

use roomready_shared::facts::{AppRun, ClockOffset, Facts, HostPort, Outcome, Platform, Reading, Source};
use roomready_shared::ids::{ClockEpoch, DeviceId};
use roomready_shared::units::{ShortText, Timestamp};
use roomready_shared::wire::v1::{
    Assignment, Command, DuringTest, ExitKind, GoodbyeReason, MAX_NEWS, NewsBody, Report, ReportReply,
};

use crate::chance::Chance;
use crate::conduct::{Conduct, Manner, derive};
use crate::pace::Pace;
use crate::ports::{Fetched, Moment, Outbox};
use crate::probe::{Ask, Effort, Kind, Targets};
use crate::samples::Samples;
use crate::schedule::Schedule;
use crate::threshold;
use crate::uplink::Trouble;

use belief::Belief;

/// A device that slept for less did not sleep as far as a test is concerned; clocks are read a few ms apart.
const SLEPT_AT_LEAST_MS: u64 = 5_000;
/// An assignment that could not be fetched is asked for again after this.
const FETCH_AGAIN_MS: u64 = 20_000;
/// After a report was refused as a whole, its records wait this long while the device still says that it is alive.
const ALIVE_ONLY_MS: u64 = 5 * 60 * 1_000;
/// The state is looked at again at least this often, so that a sleep or a new phase is seen soon.
const LOOK_AGAIN_MS: u64 = 5_000;
/// Gap between two reports of a backlog: 64 records each, so an hour's backlog is told within seconds.
const BACKLOG_GAP_MS: (u64, u64) = (250, 1_000);

/// What a device brings to its cycle.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The id that enrolment gave.
    pub device: DeviceId,
    /// The system family.
    pub platform: Platform,
    /// The collector, for the probe of the way to it.
    pub collector: Option<HostPort>,
    /// The stricter of this and the assignment's holds.
    pub during_test: DuringTest,
    /// Version of the agent, as reports carry it.
    pub agent_version: ShortText,
}

/// What is due now.
#[derive(Debug, Default)]
pub struct Todo {
    /// Readings to take, each its own piece of work, so that a slow network holds up nothing else.
    pub asks: Vec<Ask>,
    /// The report to send.
    pub report: Option<Report>,
    /// The assignment is to be fetched, unless it still has the tag held.
    pub fetch: Option<Option<String>>,
    /// When to come again, in milliseconds of the monotonic clock.
    pub wake_at: u64,
}

struct Flight {
    sent: Moment,
    stream: roomready_shared::ids::StreamId,
    last: Option<u64>,
}

/// The state of one device's agent.
pub struct Cycle {
    settings: Settings,
    epoch: ClockEpoch,
    outbox: Box<dyn Outbox>,
    chance: Chance,
    schedule: Schedule,
    pace: Pace,
    facts: Facts,
    /// What the collector has been told of them.
    told: Facts,
    assignment: Option<Assignment>,
    belief: Belief,
    conduct: Conduct,
    app_running: Option<bool>,
    samples: Samples,
    flight: Option<Flight>,
    fetching: bool,
    fetch_wanted: Option<u64>,
    batch_limit: usize,
    alive_only_until: Option<u64>,
    last_tick: Moment,
}

impl Cycle {
    /// A program has started: that is its first news.
    #[must_use]
    pub fn start(
        settings: Settings,
        assignment: Option<Assignment>,
        outbox: Box<dyn Outbox>,
        epoch: ClockEpoch,
        mut chance: Chance,
        now: Moment,
    ) -> Self {
        let pace = Pace::start(now.mono_ms, &mut chance);
        let mut cycle = Self {
            facts: Facts::none(settings.platform),
            told: Facts::none(settings.platform),
            assignment: assignment.filter(|held| held.device == settings.device),
            belief: Belief::default(),
            conduct: Conduct::of(None, settings.during_test),
            settings,
            epoch,
            outbox,
            chance,
            schedule: Schedule::start(now.mono_ms),
            pace,
            app_running: None,
            samples: Samples::default(),
            flight: None,
            fetching: false,
            fetch_wanted: None,
            batch_limit: MAX_NEWS,
            alive_only_until: None,
            last_tick: now,
        };
        cycle.conduct = cycle.conduct_at(now);
        let uptime = jiff::SignedDuration::from_millis(i64::try_from(now.mono_ms).unwrap_or(i64::MAX));
        cycle.tell(
            &NewsBody::Started {
                agent_version: cycle.settings.agent_version.clone(),
                booted_at: now.wall.checked_sub(uptime).ok(),
            },
            now,
        );
        cycle
    }

    /// What is due now.
    pub fn tick(&mut self, now: Moment) -> Todo {
        self.notice_sleep(now);
        self.settle_conduct(now);
        if let Some(body) = self
            .samples
            .take(now.wall, now.mono_ms, self.conduct.testing(), &self.facts)
        {
            self.tell(&body, now);
        }
        if self.conduct.testing() {
            self.samples.testing(now.wall, now.mono_ms);
        }
        let possible = self.possible();
        let due = self.schedule.take(now.mono_ms, self.conduct, &possible);
        let todo = Todo {
            asks: self.asks(&due),
            report: self.report_due(now),
            fetch: self.fetch_due(now),
            wake_at: 0,
        };
        let wake_at = self
            .schedule
            .next_due(self.conduct, &possible)
            .min(self.next_report())
            .min(self.samples.due().unwrap_or(u64::MAX))
            .min(now.mono_ms + LOOK_AGAIN_MS);
        Todo { wake_at, ..todo }
    }

    /// Readings came back for these kinds.
    pub fn read(&mut self, kinds: &BTreeSet<Kind>, facts: Facts, now: Moment) {
        self.schedule
            .done(kinds, now.mono_ms, self.conduct, &mut self.chance);
        self.samples.add(&facts);
        let run = facts.app_run.as_ref().and_then(|reading| reading.value());
        if let Some(run) = run {
            self.app_seen(matches!(run, AppRun::Running { .. }), ExitKind::Unknown, now);
        }
        live::overlay(&mut self.facts, facts);
        self.tell_changes(now);
    }

    /// The test app's handle says that it has ended.
    pub fn app_ended(&mut self, exit: ExitKind, now: Moment) {
        self.app_seen(false, exit, now);
        self.facts.app_run = Some(self.reading(AppRun::NotRunning, now));
        // Another copy of it may still run.
        self.schedule.now(Kind::AppRun, now.mono_ms);
        self.tell_changes(now);
    }

    /// The report was answered.
    pub fn replied(&mut self, reply: &ReportReply, now: Moment) {
        let Some(flight) = self.flight.take() else {
            return;
        };
        self.outbox.acknowledge(flight.stream, reply.acked_through);
        if let Some(expected) = reply.expected {
            self.outbox.expect(flight.stream, expected);
        }
        for refused in &reply.refused {
            tracing::warn!(seq = refused.seq, why = %refused.why, "the collector could not use a record");
        }
        self.learn_offset(flight.sent, now, reply.server_time);
        let derived = derive(self.assignment.as_ref(), self.corrected(now)).0;
        self.belief.told(reply.phase, derived, now.mono_ms);
        for command in &reply.commands {
            self.obey(*command, now);
        }
        let held = self.assignment.as_ref().map(|held| &held.tag);
        if held != Some(&reply.assignment_tag) && self.fetch_wanted.is_none() {
            self.fetch_wanted = Some(now.mono_ms);
        }
        self.batch_limit = (self.batch_limit.max(1) * 2).min(MAX_NEWS);
        let phase = self.conduct_at(now).told();
        self.pace
            .answered(now.mono_ms, reply.next_ms, phase, &mut self.chance);
        let progressed = flight.last.is_none_or(|last| reply.acked_through >= last);
        if self.outbox.waiting() > 0 && (progressed || reply.expected.is_some()) {
            let gap = self.chance.between(BACKLOG_GAP_MS.0, BACKLOG_GAP_MS.1);
            self.pace.not_later_than(now.mono_ms + gap);
        }
    }

    /// The report was not answered. What it carried stays in the outbox.
    pub fn failed(&mut self, trouble: &Trouble, now: Moment) {
        let Some(flight) = self.flight.take() else {
            return;
        };
        if matches!(trouble, Trouble::TooLarge | Trouble::Refused { .. }) && flight.last.is_some() {
            self.batch_limit /= 2;
            if self.batch_limit == 0 {
                self.alive_only_until = Some(now.mono_ms + ALIVE_ONLY_MS);
            }
        }
        let phase = self.conduct.told();
        self.pace.failed(now.mono_ms, trouble, phase, &mut self.chance);
    }

    /// The assignment was asked for. Gives the new one, to be kept on disk.
    pub fn fetched(&mut self, fetched: Result<Fetched, &Trouble>, now: Moment) -> Option<&Assignment> {
        self.fetching = false;
        match fetched {
            Ok(Fetched::New(new)) if new.device == self.settings.device => {
                self.fetch_wanted = None;
                let before = self.requirement_digest();
                self.assignment = Some(*new);
                if before != self.requirement_digest() {
                    self.schedule.all_now(now.mono_ms);
                }
                // Whatever the last answer said, it was said with the older assignment.
                self.belief = Belief::default();
                self.settle_conduct(now);
                self.assignment.as_ref()
            }
            Ok(Fetched::New(other)) => {
                tracing::error!(device = %other.device, "the collector sent another device's assignment; not used");
                self.fetch_wanted = Some(now.mono_ms + FETCH_AGAIN_MS);
                None
            }
            Ok(Fetched::Unchanged) => {
                self.fetch_wanted = None;
                None
            }
            Err(_) => {
                self.fetch_wanted = Some(now.mono_ms + FETCH_AGAIN_MS);
                None
            }
        }
    }

    /// Says goodbye: the last report, whatever is under way. The caller sends it once, briefly.
    pub fn goodbye(&mut self, reason: GoodbyeReason, now: Moment) -> Report {
        self.tell(&NewsBody::Goodbye { reason }, now);
        self.report(now)
    }

    /// The report as it would be sent now; nothing is marked as sent.
    #[must_use]
    pub fn report(&self, now: Moment) -> Report {
        let batch = self.outbox.batch(self.batch_limit);
        Report {
            agent_version: self.settings.agent_version.clone(),
            requirement_digest: self.requirement_digest(),
            live: live::live(self, now),
            stream: batch.stream,
            first_seq: batch.first_seq,
            news: batch.news,
            lost: batch.lost,
            next_within_ms: self.pace.promise(self.conduct.told()),
        }
    }

    /// What is known of the device.
    #[must_use]
    pub const fn facts(&self) -> &Facts {
        &self.facts
    }

    /// How it behaves now.
    #[must_use]
    pub const fn conduct(&self) -> Conduct {
        self.conduct
    }

    /// Failures in a row on the way to the collector.
    #[must_use]
    pub const fn failures(&self) -> u32 {
        self.pace.failures()
    }

    /// Records that wait.
    #[must_use]
    pub fn waiting(&self) -> u32 {
        self.outbox.waiting()
    }

    /// The device's best guess of the true time.
    fn corrected(&self, now: Moment) -> Timestamp {
        let ahead = self
            .facts
            .clock
            .as_ref()
            .and_then(|reading| reading.value())
            .map_or(0, |offset| offset.ahead_ms);
        now.wall
            .checked_sub(jiff::SignedDuration::from_millis(ahead))
            .unwrap_or(now.wall)
    }

    fn reading<T>(&self, value: T, now: Moment) -> Reading<T> {
        Reading {
            outcome: Outcome::Measured(value),
            source: Source::Agent,
            at: now.wall,
        }
    }

    fn requirement_digest(&self) -> Option<ShortText> {
        let requirement = self.assignment.as_ref()?.requirement.as_ref()?;
        Some(requirement.digest())
    }

    fn during_test(&self) -> DuringTest {
        match self.assignment.as_ref().map(|held| held.during_test) {
            Some(DuringTest::Off) => DuringTest::Off,
            Some(DuringTest::Quiet) | None => self.settings.during_test,
        }
    }

    fn conduct_at(&self, now: Moment) -> Conduct {
        let derived = derive(self.assignment.as_ref(), self.corrected(now)).0;
        Conduct::of(self.belief.phase(derived, now.mono_ms), self.during_test())
    }

    fn settle_conduct(&mut self, now: Moment) {
        let conduct = self.conduct_at(now);
        if conduct == self.conduct {
            return;
        }
        tracing::info!(from = ?self.conduct, to = ?conduct, "conduct changes");
        let went_off = conduct.manner == Manner::Off && self.conduct.manner != Manner::Off;
        self.conduct = conduct;
        self.pace
            .phase_changed(now.mono_ms, conduct.told(), &mut self.chance);
        self.schedule
            .conduct_changed(now.mono_ms, conduct, &mut self.chance);
        if went_off {
            // Said once, so that the silence that follows is no surprise to anybody.
            self.tell(
                &NewsBody::Goodbye {
                    reason: GoodbyeReason::AgentStopped,
                },
                now,
            );
        }
    }

    fn notice_sleep(&mut self, now: Moment) {
        let mono = now.mono_ms.saturating_sub(self.last_tick.mono_ms);
        let awake = now.awake_ms.saturating_sub(self.last_tick.awake_ms);
        self.last_tick = now;
        let slept_ms = mono.saturating_sub(awake);
        if slept_ms >= SLEPT_AT_LEAST_MS {
            self.tell(&NewsBody::Woke { slept_ms }, now);
            // Another network, another charge: everything is looked at again.
            self.schedule.all_now(now.mono_ms);
        }
    }

    /// Keeps a piece of news and asks for a report soon.
    fn tell(&mut self, body: &NewsBody, now: Moment) {
        match self.outbox.push(now, self.epoch, body) {
            Ok(seq) => {
                tracing::debug!(seq, ?body, "news");
                self.pace.hurry(now.mono_ms);
            }
            Err(error) => tracing::error!(%error, ?body, "news could not be kept"),
        }
    }

    fn tell_changes(&mut self, now: Moment) {
        if let Some(changed) = threshold::news(&self.told, &self.facts, now.wall) {
            live::overlay(&mut self.told, changed.clone());
            let facts = Box::new(changed);
            self.tell(&NewsBody::Facts { facts }, now);
        }
    }

    fn app_seen(&mut self, running: bool, exit: ExitKind, now: Moment) {
        let before = self.app_running.replace(running);
        match (before, running) {
            (None | Some(false), true) => self.tell(&NewsBody::AppStarted, now),
            (Some(true), false) => self.tell(&NewsBody::AppEnded { exit }, now),
            (Some(true), true) | (None | Some(false), false) => {}
        }
    }

    /// Half of the round trip is the uncertainty; the collector's clock was read somewhere inside it.
    fn learn_offset(&mut self, sent: Moment, now: Moment, server: Timestamp) {
        let round_trip = now.mono_ms.saturating_sub(sent.mono_ms);
        let half = i64::try_from(round_trip / 2).unwrap_or(i64::MAX);
        let ahead_ms = i64::try_from(now.wall.duration_since(server).as_millis())
            .unwrap_or(i64::MAX)
            .saturating_sub(half);
        let offset = ClockOffset {
            ahead_ms,
            uncertainty_ms: u32::try_from(round_trip / 2).unwrap_or(u32::MAX),
        };
        self.facts.clock = Some(self.reading(offset, now));
        self.tell_changes(now);
    }

    fn obey(&mut self, command: Command, now: Moment) {
        match command {
            Command::Recheck => {
                self.told = Facts::none(self.settings.platform);
                self.schedule.all_now(now.mono_ms);
            }
            Command::Pace { interval_ms } => self.pace.order(interval_ms),
            Command::RotateCredential => {
                tracing::warn!("asked for a new credential, which this version cannot fetch: enrol again");
            }
            Command::TooNew => tracing::warn!("asked for something that this version does not know; ignored"),
        }
    }

    /// What can be asked at all: without a requirement nobody has said which hosts and which app.
    fn possible(&self) -> BTreeSet<Kind> {
        let targets = self.targets();
        Kind::ALL
            .into_iter()
            .filter(|kind| targets.allow(*kind))
            .collect()
    }

    fn targets(&self) -> Targets {
        let requirement = self
            .assignment
            .as_ref()
            .and_then(|held| held.requirement.as_ref());
        Targets::of(
            requirement,
            self.settings.platform,
            self.settings.collector.clone(),
        )
    }

    fn asks(&self, due: &BTreeSet<Kind>) -> Vec<Ask> {
        let effort = match self.conduct.manner {
            Manner::Free => Effort::Full,
            Manner::Quiet | Manner::Off => Effort::Light,
        };
        let mut asks: Vec<Ask> = vec![];
        for group in Kind::GROUPS {
            let kinds: BTreeSet<Kind> = group.iter().copied().filter(|kind| due.contains(kind)).collect();
            if !kinds.is_empty() {
                asks.push(Ask {
                    kinds,
                    targets: self.targets(),
                    effort,
                });
            }
        }
        asks
    }

    /// While off, only a waiting goodbye is still sent.
    fn may_report(&self) -> bool {
        self.flight.is_none()
            && (self.conduct.manner != Manner::Off
                || (self.outbox.waiting() > 0 && self.pace.failures() == 0))
    }

    fn next_report(&self) -> u64 {
        if self.may_report() {
            self.pace.due()
        } else {
            u64::MAX
        }
    }

    fn report_due(&mut self, now: Moment) -> Option<Report> {
        if self.next_report() > now.mono_ms {
            return None;
        }
        if self.alive_only_until.is_some_and(|until| until <= now.mono_ms) {
            self.alive_only_until = None;
            self.batch_limit = 1;
        }
        let report = self.report(now);
        self.flight = Some(Flight {
            sent: now,
            stream: report.stream,
            last: report.news.last().map(|news| news.seq),
        });
        self.pace.sent(now.mono_ms, report.next_within_ms);
        Some(report)
    }

    fn fetch_due(&mut self, now: Moment) -> Option<Option<String>> {
        if self.fetching || self.fetch_wanted.is_none_or(|at| at > now.mono_ms) {
            return None;
        }
        self.fetching = true;
        Some(self.assignment.as_ref().map(|held| held.tag.to_string()))
    }
}
