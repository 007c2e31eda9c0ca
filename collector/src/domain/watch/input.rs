//! What a step is given.

use std::cmp::Ordering;

use jiff::Timestamp;
use roomready_shared::ids::{ClockEpoch, DeviceId, StreamId};
use roomready_shared::wire::v1::{AppState, ExitKind, GoodbyeReason, Live, MAX_PROMISE_MS, NewsBody};
use serde::{Deserialize, Serialize};

use super::Now;
use super::roster::{Place, WatchPlan};
use super::table::{GOING_MS, SHORTEST_PROMISE_MS};
use crate::domain::event_time::{Dated, EventTime};

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
    /// A report was accepted; its news is durable.
    Report(Report),
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
}

/// What can happen on a device that the watch judges by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
    Woke,
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
            NewsBody::Woke { .. } => Self::Woke,
            NewsBody::Facts { .. } | NewsBody::Samples { .. } => return None,
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
            Self::Started | Self::AppStarted | Self::AppClosed | Self::AppCrashed | Self::Woke => None,
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
        let beat = Beat {
            mono_ms: live.mono_ms,
            epoch: live.epoch,
            promise_ms: next_within_ms.clamp(SHORTEST_PROMISE_MS, MAX_PROMISE_MS),
            app: live.app,
        };
        Self {
            device,
            received,
            beat: Some(beat),
            stream,
            records: fresh.into_iter().filter_map(record).collect(),
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

fn record(dated: &Dated) -> Option<Record> {
    let Dated { news, time, ahead } = dated;
    Some(Record {
        seq: news.seq,
        time: *time,
        ahead: *ahead,
        mono_ms: news.mono_ms,
        epoch: news.epoch,
        what: What::of(&news.body)?,
    })
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
        _ => kind(a).cmp(&kind(b)),
    }
}

const fn kind(input: &Input) -> u8 {
    match input {
        Input::Plan(_) => 0,
        Input::Device { .. } => 1,
        Input::Report(_) => 2,
    }
}

/// When, who, then whatever tells two reports of one millisecond apart.
type OrderKey = (u64, DeviceId, StreamId, Option<u64>, Option<(u64, u32, u8)>);

fn key(report: &Report) -> OrderKey {
    (
        report.received.mono_ms,
        report.device,
        report.stream,
        report.records.first().map(|record| record.seq),
        report
            .beat
            .map(|beat| (beat.mono_ms, beat.promise_ms, beat.app as u8)),
    )
}
