//! Records of devices on their way into the store and out of it.

use jiff::Timestamp;
use roomready_shared::ids::{ClockEpoch, DeviceId, StreamId};
use roomready_shared::units::ShortText;
use roomready_shared::wire::v1::{Lost, News, RawNews, Refused};

use crate::domain::event_time::{Dated, DeviceClocks, EventTime};

/// Largest number in a stream: whole numbers up to it mean the same in every JSON reader.
pub const LARGEST_SEQ: u64 = (1 << 53) - 1;

/// The place of a stored record in the order of arrival at this collector: 1, 2, 3 …
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Arrival(pub u64);

/// A record as a report offers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Offered {
    /// It was understood.
    Understood(Dated),
    /// It was not: kept aside, and done all the same.
    NotUnderstood {
        /// As it came.
        raw: RawNews,
        /// Why.
        why: ShortText,
    },
}

impl Offered {
    /// Where it stands on its device's clock.
    #[must_use]
    pub const fn stands(&self) -> (ClockEpoch, u64) {
        match self {
            Self::Understood(dated) => (dated.news.epoch, dated.news.mono_ms),
            Self::NotUnderstood { raw, .. } => (raw.epoch, raw.mono_ms),
        }
    }

    /// Its number in the stream.
    #[must_use]
    pub const fn seq(&self) -> u64 {
        match self {
            Self::Understood(dated) => dated.news.seq,
            Self::NotUnderstood { raw, .. } => raw.seq,
        }
    }
}

/// What one report offers of one stream. Numbers are at most [`LARGEST_SEQ`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Who speaks.
    pub device: DeviceId,
    /// In which stream.
    pub stream: StreamId,
    /// Number of the first record; without one, of the next there will be.
    pub first_seq: u64,
    /// The records, in order, without gaps.
    pub news: Vec<Offered>,
    /// Numbers that will never come.
    pub lost: Vec<Lost>,
    /// When the report came.
    pub received_at: Timestamp,
    /// What is known of the device's clocks with this report: kept with the records that it dates.
    pub clocks: DeviceClocks,
}

/// A record that was stored just now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fresh {
    /// Its place in the order of arrival.
    pub arrival: Arrival,
    /// The record.
    pub dated: Dated,
}

/// What became of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Records up to this number are done.
    pub acked_through: u64,
    /// There is a gap: this number must come next.
    pub expected: Option<u64>,
    /// Records of the batch that were new, in order.
    pub fresh: Vec<Fresh>,
    /// Records of the batch that were not understood; new ones and repeated ones alike.
    pub refused: Vec<Refused>,
    /// Losses that moved the stream on, cut to what was not done before.
    pub lost: Vec<Lost>,
    /// A record came under a number under which another one is stored: its outbox was copied, or put back.
    pub contradicted: bool,
}

impl Accepted {
    /// Of a report without records, which begins at `first_seq` in a stream that wants `next_wanted`.
    #[must_use]
    pub const fn nothing_new(next_wanted: u64, first_seq: u64) -> Self {
        Self {
            acked_through: next_wanted.saturating_sub(1),
            expected: if first_seq > next_wanted {
                Some(next_wanted)
            } else {
                None
            },
            fresh: Vec::new(),
            refused: Vec::new(),
            lost: Vec::new(),
            contradicted: false,
        }
    }
}

/// A record as it lies in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredNews {
    /// Its place in the order of arrival.
    pub arrival: Arrival,
    /// Whose it is.
    pub device: DeviceId,
    /// In which stream.
    pub stream: StreamId,
    /// When it came.
    pub received_at: Timestamp,
    /// The record.
    pub news: News,
    /// When it happened.
    pub time: EventTime,
}

/// A record that was not understood, kept aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptRefusal {
    /// Whose it is.
    pub device: DeviceId,
    /// In which stream.
    pub stream: StreamId,
    /// When it came.
    pub received_at: Timestamp,
    /// As it came.
    pub raw: RawNews,
    /// Why it was not taken.
    pub why: ShortText,
}
