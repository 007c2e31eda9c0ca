//! News: numbered records that must not be lost.

use serde::{Deserialize, Serialize};

use crate::facts::{Battery, Facts, Reach};
use crate::ids::ClockEpoch;
use crate::units::{ShortText, Timestamp};

/// A record as it travels: its body is read one by one, so that one unreadable record is refused by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RawNews {
    /// Number in its stream, from 1.
    pub seq: u64,
    /// Device's wall clock when it happened.
    pub at: Timestamp,
    /// Device's suspend-aware monotonic clock in milliseconds when it happened.
    pub mono_ms: u64,
    /// The run of that clock.
    pub epoch: ClockEpoch,
    /// What happened: a [`NewsBody`].
    #[cfg_attr(feature = "openapi", schema(value_type = NewsBody))]
    pub body: serde_json::Value,
}

/// A record that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// Number in its stream.
    pub seq: u64,
    /// Device's wall clock.
    pub at: Timestamp,
    /// Device's monotonic clock in milliseconds.
    pub mono_ms: u64,
    /// The run of that clock.
    pub epoch: ClockEpoch,
    /// What happened.
    pub body: NewsBody,
}

impl RawNews {
    /// Understands the body.
    ///
    /// # Errors
    /// A sentence that says why it cannot be understood; the record is then refused, kept aside and shown.
    pub fn understand(&self) -> Result<News, ShortText> {
        let body = NewsBody::deserialize(&self.body)
            .map_err(|error| ShortText::fit(&format!("record {} cannot be read: {error}", self.seq)))?;
        Ok(News {
            seq: self.seq,
            at: self.at,
            mono_ms: self.mono_ms,
            epoch: self.epoch,
            body,
        })
    }
}

impl News {
    /// The record as it travels.
    #[must_use]
    pub fn to_raw(&self) -> RawNews {
        let body = serde_json::to_value(&self.body).unwrap_or(serde_json::Value::Null);
        RawNews {
            seq: self.seq,
            at: self.at,
            mono_ms: self.mono_ms,
            epoch: self.epoch,
            body,
        }
    }
}

/// What can be news.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum NewsBody {
    /// The agent began, with a new clock epoch after a boot.
    Started {
        /// Version of the agent.
        agent_version: ShortText,
        /// When the system started, as far as it tells.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        booted_at: Option<Timestamp>,
    },
    /// Readings that changed beyond their threshold; fields that did not are left out.
    Facts {
        /// The changed readings.
        facts: Box<Facts>,
        /// How long before this the vendor's hosts had been tried before, in milliseconds: so much earlier at most they
        /// came to answer, or not to. None where they are not among the changed readings, or had not been tried.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        vendor_within_ms: Option<u32>,
    },
    /// The test app was first seen running.
    AppStarted,
    /// The test app is no longer running.
    AppEnded {
        /// How it ended, where the system tells.
        exit: ExitKind,
    },
    /// The device says that it will not be heard, and why.
    Goodbye {
        /// Why.
        reason: GoodbyeReason,
    },
    /// The device woke from sleep.
    Woke {
        /// How long it slept, in milliseconds of its suspend-aware clock.
        slept_ms: u64,
    },
    /// Packed readings of a stretch of testing, for the record.
    Samples {
        /// First moment of the stretch.
        from: Timestamp,
        /// First moment after it.
        until: Timestamp,
        /// The way to the vendor over that stretch.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        vendor: Option<Reach>,
        /// The battery at its end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        battery: Option<Battery>,
    },
}

impl NewsBody {
    /// Changed readings, without a word on when the vendor's hosts had been tried before.
    #[must_use]
    pub fn facts(facts: Facts) -> Self {
        Self::Facts {
            facts: Box::new(facts),
            vendor_within_ms: None,
        }
    }
}

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ExitKind {
    /// By itself, without an error: the student closed it, or it closed itself.
    Normal,
    /// With an error or by a signal.
    Crashed,
    /// The system does not tell.
    Unknown,
}

/// Why a device goes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum GoodbyeReason {
    /// The system shuts down.
    Shutdown,
    /// The system restarts.
    Restart,
    /// The system sleeps.
    Sleep,
    /// The agent alone was stopped, the device goes on.
    AgentStopped,
    /// The district wants nothing of ours while students test: the agent says nothing more until the sitting is over.
    StandsAside,
}

/// Numbers of a stream that will never come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Lost {
    /// First lost number.
    pub from: u64,
    /// Last lost number; never under `from`.
    pub to: u64,
    /// Why.
    pub why: LostReason,
}

/// Why records were dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LostReason {
    /// The outbox was full.
    Full,
    /// A segment of the outbox was damaged.
    Damaged,
    /// The outbox was kept in memory only, and the agent ended.
    NotKept,
}
