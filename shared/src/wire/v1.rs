//! Wire v1: JSON over HTTP(S).
//!
//! | request | answer |
//! |---|---|
//! | `POST /api/v1/enroll` [`EnrollRequest`] | [`EnrollReply`] |
//! | `POST /api/v1/reports` [`Report`] | [`ReportReply`] |
//! | `GET /api/v1/assignment` (ETag) | [`Assignment`] or 304 |
//! | `POST /api/v1/credential` (no body) | [`CredentialReply`] |
//!
//! Any refusal is an [`ErrorBody`]. What staff computers ask stands beside their messages ([`Sight`], [`WatchOffer`]).
//!
//! **Streams.** A device numbers its news 1, 2, 3 … per [`StreamId`](crate::ids::StreamId), which it mints when its outbox is created or
//! healed. The collector keeps one number per stream (the next it wants) and takes only that one next. A lower number
//! was done before and is acknowledged again; a higher one leaves a gap, which the reply answers with `expected`.
//! What a device had to drop it declares in `lost`, and the collector moves past it.
//!
//! **Live and news.** `live` is the present state: unnumbered, replaceable, sent ahead of any backlog. News is what
//! must not be lost: acknowledged means it was durable before the reply was sent.
//!
//! **Time.** Each record carries the device's wall clock, which may be wrong, its suspend-aware monotonic clock, which
//! never jumps, and the [`ClockEpoch`](crate::ids::ClockEpoch) that this clock belongs to: one for each boot, or for each
//! loss of continuity. `live` carries both clocks at the moment of the report and, once there was an answer, a
//! [`ClockAnchor`]. From these the collector says when a record happened, and within how much.
//!
//! **Credentials.** Asked to ([`Command::RotateCredential`]), a device fetches a new credential with the one it has, keeps
//! it, and uses it from then on. The one before ends with that first use, so a lost answer costs nothing: the device asks
//! again and is given another.
//!
//! **Promises.** With `next_within_ms` a device says when it will be heard next. Silence is a missed promise, so
//! widening intervals, jitter and Retry-After are never mistaken for it.

mod assignment;
mod news;
mod report;
mod watcher;

pub use assignment::{Assignment, DuringTest, SITTING_HORIZON_HOURS, Sitting};
pub use news::{ExitKind, GoodbyeReason, Lost, LostReason, News, NewsBody, RawNews};
pub use report::{
    AppState, Charge, ClockAnchor, Command, ErrorBody, ErrorCode, Live, NetworkAnswers, Refused, Report,
    ReportReply, VendorAnswers,
};
pub use watcher::{
    AGENT_HEADER, COMPUTER_HEADER, MAX_MATTERS, MAX_SIGHT_BYTES, Matter, MatterKind, Sight, WatchAsk,
    WatchGrant, WatchOffer, WatchPending, WatchRequest,
};

use serde::{Deserialize, Serialize};

use crate::facts::Platform;
use crate::ids::{DeviceId, DeviceName};
use crate::units::ShortText;

/// Largest report body: 64 records of 4 KB are far more than a batch of real ones.
pub const MAX_REPORT_BYTES: usize = 256 * 1024;
/// Most records in one report: a replay goes in batches, so that one device never holds the writer.
pub const MAX_NEWS: usize = 64;
/// Largest single record, as JSON: a full set of facts stays under 6 KB.
pub const MAX_NEWS_BYTES: usize = 16 * 1024;
/// Most declared losses in one report.
pub const MAX_LOST: usize = 16;
/// Deepest nesting of any message; real ones stay under 10.
pub const MAX_DEPTH: usize = 24;
/// Longest promise: a device that cannot be heard within 15 minutes is not being watched.
pub const MAX_PROMISE_MS: u32 = 15 * 60 * 1000;

/// A device asks to be known.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EnrollRequest {
    /// The enrolment key of the device's room or school, from the enrolment file.
    pub key: String,
    /// What people call the device.
    pub name: DeviceName,
    /// Its system family.
    pub platform: Platform,
    /// Serial number, for matching with the roster only; a district may leave it out and match by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<ShortText>,
    /// Version of the agent.
    pub agent_version: ShortText,
}

impl std::fmt::Debug for EnrollRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EnrollRequest")
            .field("key", &"(secret)")
            .field("name", &self.name)
            .field("platform", &self.platform)
            .finish_non_exhaustive()
    }
}

/// The device is known.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EnrollReply {
    /// Its id from now on.
    pub device: DeviceId,
    /// Its own credential, said this once: the collector keeps only a hash.
    pub credential: String,
}

impl std::fmt::Debug for EnrollReply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EnrollReply")
            .field("device", &self.device)
            .field("credential", &"(secret)")
            .finish()
    }
}

/// A new credential in place of the one that asked.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CredentialReply {
    /// The device's own from its first use on, said this once.
    pub credential: String,
}

impl std::fmt::Debug for CredentialReply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CredentialReply")
            .field("credential", &"(secret)")
            .finish()
    }
}
