//! What is kept of one enrolled device.

use jiff::Timestamp;
use roomready_shared::facts::Facts;
use roomready_shared::ids::StreamId;
use roomready_shared::timetable::Phase;
use roomready_shared::units::ShortText;
use roomready_shared::wire::v1::{Live, News, NewsBody, Report};

use super::checks::Checks;
use super::wrong::Wrong;
use crate::domain::event_time::{DeviceClocks, EventTime, Exchange};
use crate::domain::identity::{Access, Presence};
use crate::domain::plan::{District, Home};
use crate::store::{Accepted, KnownDevice, StreamPosition};

/// One enrolled device as it is now.
#[derive(Debug, Clone)]
pub struct DeviceNow {
    /// Where it belongs.
    pub home: Home,
    /// Its merged facts; none before its first.
    pub facts: Option<Box<Facts>>,
    /// Its present state as it last said it, in this run.
    pub live: Option<Box<Live>>,
    /// When it was last heard: a beat in this run, else the news that the store remembers.
    pub heard: Option<Timestamp>,
    /// Its credential.
    pub access: Access,
    /// The number of that credential's latest change.
    pub(super) access_change: u64,
    /// When it was let in.
    pub enrolled_at: Timestamp,
    /// Version of its agent, as it last said.
    pub agent_version: Option<ShortText>,
    /// Digest of the requirement that it judges itself by.
    pub judged_by: Option<ShortText>,
    /// Its checks in short; none while nothing was read or nothing is required.
    pub checks: Option<Checks>,
    /// Which machines speak as it.
    pub(super) presence: Presence,
    /// The tag of its assignment, when and in which phase it was drawn.
    pub(super) tag: Option<(ShortText, Timestamp, Phase)>,
    /// What is known of its clocks.
    pub(super) clocks: DeviceClocks,
    /// What its watch was told of it in its present sitting.
    pub(super) wrong: Wrong,
    stream: Option<StreamPosition>,
    /// Its phase, for as long as its timetable lets it be.
    steady: Option<Steady>,
    /// Nothing was required of it in this phase when it was last looked at.
    nothing_required_in: Option<Phase>,
}

/// A phase, from one moment on and before another.
#[derive(Debug, Clone, Copy)]
struct Steady {
    from: Timestamp,
    until: Timestamp,
    phase: Phase,
}

impl DeviceNow {
    /// From what the store knows; what this run heard before stays.
    pub(super) fn new(home: Home, known: KnownDevice, earlier: Option<Self>) -> Self {
        // The store may have been asked before the latest change was heard of.
        let (access, access_change) = match &earlier {
            Some(earlier) if earlier.access_change > known.change => (earlier.access, earlier.access_change),
            _ => (known.access, known.change),
        };
        let (live, heard, stream, facts, agent_version, judged_by, clocks, wrong) = match earlier {
            Some(earlier) => (
                earlier.live,
                earlier.heard,
                earlier.stream,
                earlier.facts,
                earlier.agent_version,
                earlier.judged_by,
                earlier.clocks,
                earlier.wrong,
            ),
            None => (
                None,
                known.last_news_at,
                known.stream,
                known.facts,
                None,
                None,
                known.clocks,
                Wrong::default(),
            ),
        };
        Self {
            home,
            facts,
            live,
            heard,
            access,
            access_change,
            enrolled_at: known.enrolled_at,
            agent_version,
            judged_by,
            checks: None,
            presence: Presence::default(),
            tag: None,
            clocks,
            wrong,
            stream,
            steady: None,
            nothing_required_in: None,
        }
    }

    /// It belongs elsewhere, or the district is another one.
    pub(super) fn moves_to(&mut self, home: Home) {
        self.home = home;
        self.steady = None;
    }

    /// Its phase, which is asked with each of its reports and in each second.
    pub(super) fn phase_at(&mut self, district: &District, now: Timestamp) -> Phase {
        if let Some(steady) = self.steady
            && steady.from <= now
            && now < steady.until
        {
            return steady.phase;
        }
        let (from, until) = district.steady_around(&self.home, now);
        let phase = district.phase_of(&self.home, now);
        self.steady = Some(Steady { from, until, phase });
        phase
    }

    pub(super) fn next_wanted(&self, stream: StreamId) -> Option<u64> {
        self.stream
            .filter(|position| position.stream == stream)
            .map(|position| position.next_wanted)
    }

    /// When the latest record of a stream happened, where this run knows.
    pub(super) fn latest(&self, stream: StreamId) -> Option<EventTime> {
        self.stream
            .filter(|position| position.stream == stream)
            .and_then(|position| position.latest)
    }

    /// When the latest record happened that is stored of its present stream.
    #[must_use]
    pub fn latest_record(&self) -> Option<Timestamp> {
        Some(self.stream?.latest?.at)
    }

    /// It speaks: what a report says beside its records.
    pub(super) fn hear(&mut self, report: &Report, at: Timestamp) {
        self.clocks.learn(&Exchange {
            live: &report.live,
            received: at,
        });
        match &mut self.live {
            Some(live) => **live = report.live.clone(),
            None => self.live = Some(Box::new(report.live.clone())),
        }
        self.heard = Some(at);
        // Both are the same for weeks.
        if self.agent_version.as_ref() != Some(&report.agent_version) {
            self.agent_version = Some(report.agent_version.clone());
        }
        if self.judged_by != report.requirement_digest {
            self.judged_by.clone_from(&report.requirement_digest);
        }
    }

    /// Up to where its records are stored now.
    pub(super) fn goes_on_at(&mut self, stream: StreamId, accepted: &Accepted) {
        let latest = accepted.fresh.last().map(|fresh| fresh.dated.time);
        let latest = latest.or_else(|| self.latest(stream));
        self.stream = Some(StreamPosition {
            stream,
            next_wanted: accepted.acked_through.saturating_add(1),
            latest,
        });
    }

    /// Merges the facts of a record, as the store did with the same record.
    pub(super) fn learn(&mut self, news: &News) {
        let NewsBody::Facts { facts, .. } = &news.body else {
            return;
        };
        match &mut self.facts {
            Some(held) => held.merge((**facts).clone()),
            None => self.facts = Some(facts.clone()),
        }
    }

    /// Judges it again.
    pub(super) fn judge(&mut self, district: &District, now: Timestamp) {
        self.checks = self
            .facts
            .as_ref()
            .and_then(|facts| Checks::draw(district, &self.home, facts, now));
        self.nothing_required_in = self.checks.is_none().then(|| district.phase_of(&self.home, now));
    }

    /// Whether it has never been judged in this phase.
    pub(super) fn unjudged_in(&self, phase: Phase) -> bool {
        self.checks.is_none() && self.facts.is_some() && self.nothing_required_in != Some(phase)
    }
}
