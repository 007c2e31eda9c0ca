//! What an agent does next: one state machine over readings, answers and time. Pure: it neither waits nor sends.
//!
//! The loop around it ([`crate::run`]) asks [`Cycle::tick`] what is due, does it, and hands back what came of it.
//! A rehearsal moves the same machine without a socket.

mod answers;
mod asking;
mod belief;
mod cost;
mod derived;
mod live;
mod required;
mod sending;
#[cfg(test)]
pub(crate) mod tests;
mod true_time;
mod way_out;

use roomready_shared::facts::{AppRun, Facts, HostPort, Outcome, Platform, Reading, Source};
use roomready_shared::ids::DeviceId;
use roomready_shared::units::{ShortText, Timestamp};
use roomready_shared::wire::v1::{
    Assignment, DuringTest, ExitKind, GoodbyeReason, MAX_NEWS, NewsBody, Report,
};

use crate::chance::Chance;
use crate::conduct::{Conduct, Manner, careful};
use crate::footprint::{Watcher, traffic};
use crate::pace::Pace;
use crate::ports::{ClockRun, Moment, Outbox, OutboxError};
use crate::probe::{Ask, Kind, Kinds};
use crate::samples::Samples;
use crate::schedule::Schedule;
use crate::threshold::{self, Quiet};

use belief::Belief;
use derived::Derived;
use required::Required;
use true_time::{TimeNow, TrueTime};
use way_out::Looks;

/// A device that slept for less did not sleep as far as a test is concerned; clocks are read a few ms apart.
const SLEPT_AT_LEAST_MS: u64 = 5_000;
/// An assignment that could not be fetched is asked for again at most this much later, and only once a report has been
/// answered: a collector that is away is looked for by reports alone.
const FETCH_AGAIN_MS: u64 = 20_000;
/// A fetch of the assignment that takes longer is given up: it has to be over before the next report of a device that is
/// watched, which is due at the earliest 4.25 s after the last.
pub const FETCH_LIMIT_MS: u64 = 3_000;
/// After a report was refused as a whole, its records wait this long while the device still says that it is alive.
const ALIVE_ONLY_MS: u64 = 5 * 60 * 1_000;
/// The state is looked at again at least this often, so that a sleep or a new phase is seen soon.
const LOOK_AGAIN_MS: u64 = 5_000;
/// A test app that runs is followed by handle; going through all programs is the dearest thing that the agent does, and
/// then only looks for a second copy.
const FOLLOWED_LOOK_MS: u64 = 60_000;
/// Readings that cost the network less while students test, and tell less.
const LIGHT_WHEN_QUIET: [Kind; 5] = [
    Kind::Gateway,
    Kind::Vendor,
    Kind::Outside,
    Kind::Local,
    Kind::Collector,
];
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
    /// A new credential is to be fetched: see [`Cycle::rotated`].
    pub rotate: bool,
    /// What this program itself uses is to be looked at: see [`Cycle::measured`].
    pub measure: bool,
    /// What is known of the true time, to be kept for the next start.
    pub keep: Option<ClockRun>,
    /// When to come again, in milliseconds of the monotonic clock.
    pub wake_at: u64,
}

struct Flight {
    sent: Moment,
    stream: roomready_shared::ids::StreamId,
    last: Option<u64>,
}

impl Flight {
    fn of(report: &Report, sent: Moment) -> Self {
        Self {
            sent,
            stream: report.stream,
            last: report.news.last().map(|news| news.seq),
        }
    }
}

/// The state of one device's agent.
pub struct Cycle {
    settings: Settings,
    time: TrueTime,
    outbox: Box<dyn Outbox>,
    chance: Chance,
    schedule: Schedule,
    pace: Pace,
    facts: Facts,
    /// What the collector has been told of them.
    told: Facts,
    /// Until when nothing is told again for its age alone; none while something is still to be told.
    quiet: Option<Quiet>,
    assignment: Option<Assignment>,
    /// What follows from the assignment's requirement and is asked with every report.
    required: Required,
    /// What its timetable says; none while that was not asked of the assignment held.
    derived: Option<Derived>,
    belief: Belief,
    conduct: Conduct,
    app_running: Option<bool>,
    samples: Samples,
    looks: Looks,
    footprint: Watcher,
    /// Bytes that readings of the network have cost so far, estimated.
    probed_bytes: u64,
    flight: Option<Flight>,
    /// A request beside reports is under way: for the assignment, or for a new credential.
    fetching: bool,
    /// Another credential is wanted of this device.
    rotation_wanted: bool,
    /// A report was answered just now.
    fetch_turn: bool,
    fetch_wanted: Option<u64>,
    batch_limit: usize,
    alive_only_until: Option<u64>,
    last_tick: Moment,
    /// News that the outbox refused, since the latest that it kept.
    not_kept: u32,
}

impl Cycle {
    /// A program has started: that is its first news.
    #[must_use]
    pub fn start(
        settings: Settings,
        assignment: Option<Assignment>,
        outbox: Box<dyn Outbox>,
        run: ClockRun,
        mut chance: Chance,
        now: Moment,
    ) -> Self {
        let pace = Pace::start(now.mono_ms, &mut chance);
        let mut cycle = Self {
            facts: Facts::none(settings.platform),
            told: Facts::none(settings.platform),
            quiet: None,
            assignment: assignment.filter(|held| held.device == settings.device),
            required: Required::default(),
            derived: None,
            belief: Belief::default(),
            conduct: Conduct::of(None, settings.during_test),
            settings,
            time: TrueTime::resume(run, now),
            outbox,
            chance,
            schedule: Schedule::start(now.mono_ms),
            pace,
            app_running: None,
            samples: Samples::default(),
            looks: Looks::default(),
            footprint: Watcher::default(),
            probed_bytes: 0,
            flight: None,
            fetching: false,
            rotation_wanted: false,
            fetch_turn: false,
            fetch_wanted: None,
            batch_limit: MAX_NEWS,
            alive_only_until: None,
            last_tick: now,
            not_kept: 0,
        };
        cycle.draw_required();
        cycle.conduct = cycle.conduct_at(now);
        tracing::info!(conduct = ?cycle.conduct, "begins");
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
        let due = self
            .schedule
            .take(now.mono_ms, self.conduct, self.required.possible);
        let asks = self.asks(due);
        for ask in &asks {
            tracing::debug!(kinds = ?ask.kinds, effort = ?ask.effort, "reads");
        }
        let bytes: u64 = asks.iter().map(traffic::of).sum();
        self.probed_bytes = self.probed_bytes.saturating_add(bytes);
        // In this order: a wanted assignment goes before the next report of a backlog.
        let fetch = self.fetch_due(now);
        let rotate = self.rotation_due(now);
        let todo = Todo {
            asks,
            report: self.report_due(now),
            fetch,
            rotate,
            measure: self.measure_due(now),
            keep: self.time.keep_due(now),
            wake_at: 0,
        };
        let wake_at = self
            .schedule
            .next_due(self.conduct, self.required.possible)
            .min(self.next_report())
            .min(self.samples.due().unwrap_or(u64::MAX))
            .min(now.mono_ms + LOOK_AGAIN_MS);
        Todo { wake_at, ..todo }
    }

    /// Readings came back for these kinds.
    pub fn read(&mut self, kinds: Kinds, facts: Facts, now: Moment) {
        self.schedule
            .done(kinds, now.mono_ms, self.conduct, &mut self.chance);
        self.samples.add(&facts);
        let run = facts.app_run.as_ref().and_then(|reading| reading.value());
        if let Some(run) = run {
            let running = matches!(run, AppRun::Running { .. });
            self.app_seen(running, ExitKind::Unknown, now);
            if running {
                self.schedule
                    .not_before(Kind::AppRun, now.mono_ms + FOLLOWED_LOOK_MS);
            }
        }
        self.looked(&facts, now);
        let no_news = self.are_no_news(&facts, now);
        live::overlay(&mut self.facts, facts);
        if !no_news {
            self.tell_changes(now);
        }
    }

    /// The test app's handle says that it has ended.
    pub fn app_ended(&mut self, exit: ExitKind, now: Moment) {
        self.app_seen(false, exit, now);
        self.facts.app_run = Some(self.reading(AppRun::NotRunning, now));
        // Another copy of it may still run.
        self.schedule.now(Kind::AppRun, now.mono_ms);
        self.tell_changes(now);
    }

    /// Says goodbye: the last report, whatever is under way. The caller sends it once, briefly.
    pub fn goodbye(&mut self, reason: GoodbyeReason, now: Moment) -> Report {
        self.tell(&NewsBody::Goodbye { reason }, now);
        self.report(now)
    }

    /// The collector is spoken to at this place now: that is where its way is looked at.
    pub fn speaks_to(&mut self, place: Option<HostPort>) {
        if place.is_some() && place != self.settings.collector {
            self.settings.collector = place;
            self.draw_required();
        }
    }

    /// The system is about to sleep: the last report before it. A request under way is given up; its records are sent again.
    pub fn sleeps(&mut self, now: Moment) -> Report {
        let report = self.goodbye(GoodbyeReason::Sleep, now);
        self.flight = Some(Flight::of(&report, now));
        report
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

    /// What it is expected for.
    #[must_use]
    pub const fn assignment(&self) -> Option<&Assignment> {
        self.assignment.as_ref()
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

    /// The device's best guess of the true time: the collector's, carried on; its own until one has answered.
    fn corrected(&self, now: Moment) -> Timestamp {
        self.time.now(now).at()
    }

    fn reading<T>(&self, value: T, now: Moment) -> Reading<T> {
        Reading {
            outcome: Outcome::Measured(value),
            source: Source::Agent,
            at: now.wall,
        }
    }

    fn requirement_digest(&self) -> Option<ShortText> {
        self.required.digest.clone()
    }

    fn during_test(&self) -> DuringTest {
        match self.assignment.as_ref().map(|held| held.during_test) {
            Some(DuringTest::Off) => DuringTest::Off,
            Some(DuringTest::Quiet) | None => self.settings.during_test,
        }
    }

    fn conduct_at(&self, now: Moment) -> Conduct {
        let derived = match self.time.now(now) {
            TimeNow::Confirmed(at) => self.derived(at).phase,
            TimeNow::Claimed(at) => careful(self.derived(at).phase),
        };
        Conduct::of(self.belief.phase(derived, now.mono_ms), self.during_test())
    }

    fn settle_conduct(&mut self, now: Moment) {
        self.keep_derived(self.corrected(now));
        let conduct = self.conduct_at(now);
        if conduct == self.conduct {
            return;
        }
        tracing::info!(from = ?self.conduct, to = ?conduct, "conduct changes");
        if self.conduct.phase.is_none() && conduct.manner == Manner::Free {
            // Nobody knew whether students test, so the network was looked at lightly.
            for kind in LIGHT_WHEN_QUIET {
                self.schedule.once_more(kind, now.mono_ms);
            }
        }
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
                    reason: GoodbyeReason::StandsAside,
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

    /// Keeps a piece of news and asks for a report soon. False when the disk refused: its loss is declared, and what
    /// can be told again is to be.
    fn tell(&mut self, body: &NewsBody, now: Moment) -> bool {
        match self.outbox.push(now, self.time.epoch(), body) {
            Ok(seq) => {
                tracing::debug!(seq, ?body, "news");
                let not_kept = std::mem::take(&mut self.not_kept);
                if not_kept > 0 {
                    tracing::warn!(
                        not_kept,
                        "news can be kept again; what could not be is declared lost"
                    );
                }
                self.pace.hurry(now.mono_ms);
                true
            }
            Err(error) => {
                let because = std::error::Error::source(&error).map(ToString::to_string);
                // Said once: a full disk refuses every few seconds, and the log may lie on it.
                if self.not_kept == 0 {
                    tracing::error!(%error, because, ?body, "news could not be kept, and more may follow");
                }
                self.not_kept = self.not_kept.saturating_add(1);
                // What is too large today is too large tomorrow.
                matches!(error, OutboxError::TooLarge { .. })
            }
        }
    }

    fn tell_changes(&mut self, now: Moment) {
        if let Some(changed) = threshold::news(&self.told, &self.facts, now.wall) {
            let within_ms = self.looks.within_ms(now.mono_ms);
            let body = NewsBody::Facts {
                vendor_within_ms: within_ms.filter(|_| !changed.vendor.is_empty()),
                facts: Box::new(changed.clone()),
            };
            if !self.tell(&body, now) {
                // Still to be told.
                self.quiet = None;
                return;
            }
            live::overlay(&mut self.told, changed);
        }
        self.quiet = Some(Quiet::of(&self.told));
    }

    /// Whether these readings, about to be laid over what is held, are no news, and nothing else is: everything was told
    /// when it was last looked through, and nothing has grown old since. Mostly that is so, and few readings are looked at.
    fn are_no_news(&self, newer: &Facts, now: Moment) -> bool {
        let quiet = self.quiet.is_some_and(|quiet| quiet.holds(now.wall));
        let no_news = quiet && threshold::news(&self.told, newer, now.wall).is_none();
        debug_assert!(!no_news || threshold::news(&self.told, &self.facts, now.wall).is_none());
        no_news
    }

    fn app_seen(&mut self, running: bool, exit: ExitKind, now: Moment) {
        let before = self.app_running.replace(running);
        let kept = match (before, running) {
            (None | Some(false), true) => self.tell(&NewsBody::AppStarted, now),
            (Some(true), false) => self.tell(&NewsBody::AppEnded { exit }, now),
            (Some(true), true) | (None | Some(false), false) => true,
        };
        if !kept {
            // Told late, at the next look, rather than never.
            self.app_running = before;
        }
    }
}
