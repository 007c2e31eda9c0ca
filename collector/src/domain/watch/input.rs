//! What a step is given.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use roomready_shared::facts::{Facts, Reach, Reading};
use roomready_shared::ids::{ClockEpoch, DeviceId, RoomId, StreamId};
use roomready_shared::wire::v1::{AppState, Charge, ExitKind, GoodbyeReason, Live, MAX_PROMISE_MS, NewsBody};
use serde::{Deserialize, Serialize};

use super::Now;
use super::network::InNetwork;
use super::roster::{Place, WatchPlan};
use super::table::{GOING_MS, SHORTEST_PROMISE_MS};
use crate::domain::event_time::{Dated, EventTime};
use crate::domain::incident::{Condition, LOOKS_APART};
use crate::domain::people::Act;

/// One thing that was accepted since the last tick.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "input", rename_all = "snake_case")]
pub enum Input {
    /// The timetable or the roster was edited: the plan from now on.
    Plan(WatchPlan),
    /// One device was enrolled or moved.
    Device {
        /// Which.
        device: DeviceId,
        /// Where it belongs from now on.
        place: Place,
    },
    /// A person in a room, or for a whole school, said or did something. Durable by then.
    Person(Said),
    /// What a device's checks say while students test, beyond what it reports itself.
    Checks(Checks),
    /// The collector looked outside by itself.
    Looked(Looked),
    /// A report was accepted; its news is durable.
    Report(Report),
}

/// What a person said, with its place in the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The room; none for the whole school.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomId>,
    /// The act itself.
    pub act: Act,
}

/// What is wrong with a device by its checks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checks {
    /// Whose.
    pub device: DeviceId,
    /// When they were judged.
    pub at: Timestamp,
    /// Everything that is wrong now, of those conditions that checks can tell. Replaces what was told before.
    pub wrong: BTreeSet<Condition>,
    /// How fast its battery says that it runs down, in tenths of a percent per hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drain_tenths_per_hour: Option<u16>,
}

/// Whether the collector itself reaches the world outside. None where it does not look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Looked {
    /// Any of the vendor's hosts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor: Option<bool>,
    /// A host outside that has nothing to do with the vendor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outside: Option<bool>,
}

/// What of the way outside answered a device.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    /// The way out of its own network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway: Option<bool>,
    /// Looking up names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<bool>,
    /// Any of the vendor's hosts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor: Option<bool>,
    /// A host outside that has nothing to do with the vendor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outside: Option<bool>,
}

impl Reached {
    fn of_live(live: &Live) -> Self {
        let network = live.network.unwrap_or_default();
        Self {
            gateway: network.gateway,
            resolution: network.resolution,
            vendor: live
                .vendor
                .filter(|vendor| vendor.tried > 0)
                .map(|vendor| vendor.answered > 0),
            outside: network.outside,
        }
    }

    /// What is in a record of readings; of a vendor's hosts only those that changed stand in it, so that one that
    /// answers settles it and one that does not is but a hint.
    pub(super) fn of_facts(facts: &Facts) -> Option<Self> {
        let answers =
            |reading: &Option<Reading<Reach>>| reading.as_ref().and_then(Reading::value).map(Reach::answers);
        let hosts: Vec<_> = facts
            .vendor
            .values()
            .filter_map(Reading::value)
            .map(Reach::answers)
            .collect();
        let reached = Self {
            gateway: answers(&facts.gateway),
            resolution: facts
                .resolution
                .as_ref()
                .and_then(Reading::value)
                .map(|looked_up| looked_up.asked == 0 || looked_up.answered > 0),
            vendor: (!hosts.is_empty()).then(|| hosts.contains(&true)),
            outside: answers(&facts.outside),
        };
        (reached != Self::default()).then_some(reached)
    }

    /// What is newly told, over what was told before.
    pub(super) fn overlay(&mut self, newer: Self) {
        self.gateway = newer.gateway.or(self.gateway);
        self.resolution = newer.resolution.or(self.resolution);
        self.vendor = newer.vendor.or(self.vendor);
        self.outside = newer.outside.or(self.outside);
    }
}

/// An accepted report: a beat, the records in it that were new, or both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Whose.
    pub device: DeviceId,
    /// When it was received, by our clocks.
    pub received: Now,
    /// The present state; none for records that are read from the store after a restart.
    pub beat: Option<Beat>,
    /// The numbering of the records.
    pub stream: StreamId,
    /// New records that matter to the watch, in order.
    pub records: Vec<Record>,
    /// It declared records lost: what it does not tell is not known.
    #[serde(default)]
    pub lost: bool,
    /// The network that it stands in, where one of its new records says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<InNetwork>,
}

/// A sign of life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beat {
    /// The device's monotonic clock.
    pub mono_ms: u64,
    /// The run of that clock.
    pub epoch: ClockEpoch,
    /// Promise: heard again within this time.
    pub promise_ms: u32,
    /// The test app.
    pub app: AppState,
    /// The battery and which way it goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charge: Option<Charge>,
    /// What of the way outside answered.
    #[serde(default)]
    pub reached: Reached,
    /// How long ago the vendor's hosts were tried, where the agent says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_age_ms: Option<u32>,
    /// Records that wait on the device after this report: more will come about the past.
    #[serde(default)]
    pub waiting: u32,
}

/// A record that matters to the watch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Its number in its stream.
    pub seq: u64,
    /// When it happened, by our clock. Never later than its receipt.
    pub time: EventTime,
    /// It claimed to be from the future.
    pub ahead: bool,
    /// The device's monotonic clock.
    pub mono_ms: u64,
    /// The run of that clock.
    pub epoch: ClockEpoch,
    /// What happened.
    pub what: What,
    /// It lies between this long before `time`, when nobody had seen it yet, and `time`; where looks are apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within_ms: Option<u32>,
}

impl Record {
    /// The earliest moment at which it can have happened, but for the uncertainty of clocks. An older agent does not say
    /// when it looked before.
    pub(super) fn earliest(&self) -> Timestamp {
        let within = match self.within_ms {
            Some(ms) => SignedDuration::from_millis(i64::from(ms)),
            None => LOOKS_APART,
        };
        self.time.at.checked_sub(within).unwrap_or(self.time.at)
    }
}

/// What can happen on a device that the watch judges by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The agent began.
    Started,
    /// The test app was first seen running.
    AppStarted,
    /// The test app ended normally, or in a way the system does not tell.
    AppClosed,
    /// The test app ended with an error.
    AppCrashed,
    /// The device shuts down.
    ShutsDown,
    /// The device restarts.
    Restarts,
    /// The device goes to sleep.
    Sleeps,
    /// Our agent on it was stopped.
    AgentStops,
    /// Our agent on it says nothing more until the sitting is over, because the district wants it so.
    StandsAside,
    /// The device woke: what it said before is over.
    Woke {
        /// For how long it had slept.
        slept_ms: u64,
    },
    /// The way outside was read, and is not as it was.
    Reached(Reached),
}

impl What {
    fn of(body: &NewsBody) -> Option<Self> {
        Some(match body {
            NewsBody::Started { .. } => Self::Started,
            NewsBody::AppStarted => Self::AppStarted,
            NewsBody::AppEnded {
                exit: ExitKind::Crashed,
            } => Self::AppCrashed,
            NewsBody::AppEnded {
                exit: ExitKind::Normal | ExitKind::Unknown,
            } => Self::AppClosed,
            NewsBody::Goodbye { reason } => match reason {
                GoodbyeReason::Shutdown => Self::ShutsDown,
                GoodbyeReason::Restart => Self::Restarts,
                GoodbyeReason::Sleep => Self::Sleeps,
                GoodbyeReason::AgentStopped => Self::AgentStops,
                GoodbyeReason::StandsAside => Self::StandsAside,
            },
            NewsBody::Woke { slept_ms } => Self::Woke { slept_ms: *slept_ms },
            NewsBody::Facts { facts, .. } => Self::Reached(Reached::of_facts(facts)?),
            NewsBody::Samples { .. } => return None,
        })
    }

    /// The goodbye that it is, if it is one.
    #[must_use]
    pub const fn goodbye(self) -> Option<GoodbyeReason> {
        match self {
            Self::ShutsDown => Some(GoodbyeReason::Shutdown),
            Self::Restarts => Some(GoodbyeReason::Restart),
            Self::Sleeps => Some(GoodbyeReason::Sleep),
            Self::AgentStops => Some(GoodbyeReason::AgentStopped),
            Self::StandsAside => Some(GoodbyeReason::StandsAside),
            Self::Started
            | Self::AppStarted
            | Self::AppClosed
            | Self::AppCrashed
            | Self::Woke { .. }
            | Self::Reached(_) => None,
        }
    }
}

impl Report {
    /// From what travelled: the present state, the promise, and the records that the store took as new.
    #[must_use]
    pub fn new<'a>(
        device: DeviceId,
        received: Now,
        live: &Live,
        next_within_ms: u32,
        stream: StreamId,
        fresh: impl IntoIterator<Item = &'a Dated>,
    ) -> Self {
        let fresh: Vec<_> = fresh.into_iter().collect();
        let told = u32::try_from(fresh.len()).unwrap_or(u32::MAX);
        let beat = Beat {
            mono_ms: live.mono_ms,
            epoch: live.epoch,
            promise_ms: next_within_ms.clamp(SHORTEST_PROMISE_MS, MAX_PROMISE_MS),
            app: live.app,
            charge: live.charge,
            reached: Reached::of_live(live),
            vendor_age_ms: live.vendor.and_then(|vendor| vendor.age_ms),
            waiting: live.waiting.saturating_sub(told),
        };
        Self {
            device,
            received,
            beat: Some(beat),
            stream,
            network: fresh.iter().rev().find_map(|dated| network(dated)),
            records: fresh.into_iter().filter_map(record).collect(),
            lost: false,
        }
    }

    /// A record that was stored before a restart and not judged any more.
    #[must_use]
    pub fn stored(device: DeviceId, received: Now, stream: StreamId, dated: &Dated) -> Self {
        Self {
            device,
            received,
            beat: None,
            stream,
            records: record(dated).into_iter().collect(),
            lost: false,
            network: network(dated),
        }
    }

    /// The goodbye that is the last word of this report, if the device is going.
    pub(super) fn going(&self) -> Option<&Record> {
        let last = self
            .records
            .last()
            .filter(|record| record.what.goodbye().is_some())?;
        let last_word = self.beat.is_none_or(|beat| {
            beat.epoch == last.epoch && beat.mono_ms.saturating_sub(last.mono_ms) <= GOING_MS
        });
        last_word.then_some(last)
    }
}

pub(super) fn record(dated: &Dated) -> Option<Record> {
    let Dated { news, time, ahead } = dated;
    Some(Record {
        seq: news.seq,
        time: *time,
        ahead: *ahead,
        mono_ms: news.mono_ms,
        epoch: news.epoch,
        what: What::of(&news.body)?,
        within_ms: match news.body {
            NewsBody::Facts { vendor_within_ms, .. } => vendor_within_ms,
            _ => None,
        },
    })
}

fn network(dated: &Dated) -> Option<InNetwork> {
    match &dated.news.body {
        NewsBody::Facts { facts, .. } => InNetwork::told(dated.news.seq, facts),
        _ => None,
    }
}

/// Cut to whole milliseconds, which is what the record keeps.
pub(super) fn whole_ms(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}

/// The one order in which inputs are taken, whatever order they were handed over in.
pub(super) fn in_order(a: &Input, b: &Input) -> Ordering {
    match (a, b) {
        (Input::Report(a), Input::Report(b)) => key(a).cmp(&key(b)),
        (Input::Device { device: a, .. }, Input::Device { device: b, .. }) => a.cmp(b),
        (Input::Checks(a), Input::Checks(b)) => (a.device, a.at, &a.wrong).cmp(&(b.device, b.at, &b.wrong)),
        (Input::Person(a), Input::Person(b)) => a.act.seq.cmp(&b.act.seq),
        _ => kind(a).cmp(&kind(b)),
    }
}

const fn kind(input: &Input) -> u8 {
    match input {
        Input::Plan(_) => 0,
        Input::Device { .. } => 1,
        Input::Checks(_) => 2,
        Input::Looked(_) => 3,
        Input::Person(_) => 4,
        Input::Report(_) => 5,
    }
}

/// When, who, then whatever tells two reports of one millisecond apart.
type OrderKey = (u64, DeviceId, StreamId, Option<u64>, Option<(u64, u32, u8)>);

fn key(report: &Report) -> OrderKey {
    (
        report.received.mono_ms,
        report.device,
        report.stream,
        report
            .records
            .first()
            .map(|record| record.seq)
            .or(report.network.map(|network| network.seq)),
        report
            .beat
            .map(|beat| (beat.mono_ms, beat.promise_ms, beat.app as u8)),
    )
}
