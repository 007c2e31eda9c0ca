//! Reports and their answers.

use serde::{Deserialize, Serialize};

use crate::facts::Flow;
use crate::ids::{ClockEpoch, StreamId};
use crate::timetable::Phase;
use crate::units::{Percent, ShortText, Timestamp};
use crate::verdict::Readiness;

use super::{Lost, RawNews};

/// One report of one device. One is in flight at a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Report {
    /// Version of the agent.
    pub agent_version: ShortText,
    /// Digest of the requirement that the agent judged by; the collector's own verdict wins, a difference is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requirement_digest: Option<ShortText>,
    /// The present state.
    pub live: Live,
    /// The numbering of `news`.
    pub stream: StreamId,
    /// Number of the first record in `news`; without news, the number that the next record will have.
    pub first_seq: u64,
    /// Records, in order, without gaps.
    #[serde(default)]
    pub news: Vec<RawNews>,
    /// Numbers of this stream that will never come.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lost: Vec<Lost>,
    /// Promise: the next report comes within this many milliseconds.
    pub next_within_ms: u32,
}

/// The present state of a device: replaceable, never stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Live {
    /// Device's wall clock.
    pub at: Timestamp,
    /// Device's suspend-aware monotonic clock in milliseconds.
    pub mono_ms: u64,
    /// The run of that clock.
    pub epoch: ClockEpoch,
    /// The phase that the device acts by.
    pub phase: Phase,
    /// The device's own verdict, when it has a requirement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub readiness: Option<Readiness>,
    /// The test app.
    pub app: AppState,
    /// Battery, when there is one and it could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charge: Option<Charge>,
    /// The vendor's hosts at the latest look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor: Option<VendorAnswers>,
    /// The rest of the way at the latest look. None from agents that do not tell it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<NetworkAnswers>,
    /// Records that wait in the outbox, these included.
    #[serde(default)]
    pub waiting: u32,
    /// What an answered exchange of this epoch said of the true time. None before the first one, and from agents that
    /// do not tell it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor: Option<ClockAnchor>,
}

/// One moment on both clocks: when the device's monotonic clock showed `mono_ms`, the collector's wall clock showed `at`.
///
/// The device draws it from an answer's `server_time`, halfway between sending and receiving: the collector read its
/// clock somewhere in between, so that half of the round trip is the uncertainty. Told back, it lets the collector date
/// a record with a true ±: from the receipt alone it cannot know how long a report was under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClockAnchor {
    /// The device's monotonic clock in milliseconds, in the epoch of its `live`.
    pub mono_ms: u64,
    /// The collector's wall clock.
    pub at: Timestamp,
    /// How far the two may be apart: half of the round trip, rounded up.
    pub plus_minus_ms: u32,
}

/// The test app right now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AppState {
    /// Running.
    Running,
    /// Not running.
    NotRunning,
    /// Not known: not looked for, or not readable.
    Unknown,
}

/// Charge and its direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Charge {
    /// What is left.
    pub percent: Percent,
    /// Which way it goes.
    pub flow: Flow,
}

/// How many of the vendor's hosts answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VendorAnswers {
    /// Hosts tried.
    pub tried: u8,
    /// Hosts that answered.
    pub answered: u8,
    /// How long ago they were tried, in milliseconds. From a reading to the next something may have begun or ended
    /// without a word: the collector says of an outage only what it knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_ms: Option<u32>,
}

/// What else answered, from near to far; none where it was not tried or could not be read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NetworkAnswers {
    /// The way out of the device's own network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway: Option<bool>,
    /// Looking up names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<bool>,
    /// A host outside that has nothing to do with the vendor, where the district names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outside: Option<bool>,
}

/// The collector's answer to a report. By the time it is sent, every acknowledged record is durable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReportReply {
    /// Records up to this number of the stream are done: stored, refused or declared lost. 0: none yet.
    pub acked_through: u64,
    /// There was a gap: the number that must come next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<u64>,
    /// Records that were not understood. They count as acknowledged and are kept aside for seven days.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<Refused>,
    /// The collector's wall clock.
    pub server_time: Timestamp,
    /// The phase of the device's session.
    pub phase: Phase,
    /// Wanted time to the next report.
    pub next_ms: u32,
    /// Tag of the device's present assignment: when it differs from the one held, fetch it.
    pub assignment_tag: ShortText,
    /// What the device is asked to do, from a closed list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<Command>,
}

/// A record that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Refused {
    /// Its number.
    pub seq: u64,
    /// Why.
    pub why: ShortText,
}

/// All that a collector can make a device do. Closed: an unknown command is ignored, never guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Command {
    /// Read every fact again and send them all.
    Recheck,
    /// Report at this interval until told otherwise.
    Pace {
        /// The interval in milliseconds.
        interval_ms: u32,
    },
    /// Fetch a new credential.
    RotateCredential,
    /// A command that this program is too old to know.
    #[serde(other)]
    TooNew,
}

/// Any refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErrorBody {
    /// For programs.
    pub error: ErrorCode,
    /// For people: what happened, to which thing, what to do.
    pub message: String,
    /// When to try again, where trying again helps. Milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u32>,
}

/// Kinds of refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The message is not JSON, or not this message.
    Malformed,
    /// Over a named limit.
    TooLarge,
    /// No credential, or one that is not known. The outbox is kept.
    NotEnrolled,
    /// The enrolment key is unknown, used up or expired.
    BadKey,
    /// No such thing.
    NotFound,
    /// Too many requests: wait.
    Busy,
    /// The collector cannot store now (full disk, shutting down): wait, nothing was taken.
    Unavailable,
    /// A fault of the collector.
    Internal,
}
