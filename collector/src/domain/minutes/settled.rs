//! Whether what is told about a sitting can still change.

use jiff::{SignedDuration, Timestamp};

/// So long after its end a sitting is waited for. Who has not sent by then is told as not heard again; what comes later
/// still amends incidents in the open.
pub const FINAL_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// How far a device has told its story. Only devices that were expected and heard are waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stream {
    /// When its own test was over.
    pub end: Timestamp,
    /// When the latest record happened that is stored of it.
    pub latest: Option<Timestamp>,
    /// When it was last heard, and how many records waited on it then.
    pub beat: Option<(Timestamp, u32)>,
}

impl Stream {
    /// Whether all that it recorded up to its end is here.
    #[must_use]
    pub fn is_told(&self) -> bool {
        self.latest.is_some_and(|latest| latest > self.end)
            || self
                .beat
                .is_some_and(|(heard, waiting)| heard > self.end && waiting == 0)
    }
}

/// Where a sitting's sheet stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sheet {
    /// The sitting goes on.
    Early,
    /// It is over, and so many devices have not sent everything.
    Provisional {
        /// So many.
        missing: usize,
        /// Then it is final all the same.
        until: Timestamp,
    },
    /// Nothing more is waited for.
    Final {
        /// So many devices never sent everything.
        missing: usize,
    },
}

/// Where it stands now. `over` is when the last seat of the sitting was over.
#[must_use]
pub fn sheet(streams: &[Stream], over: Timestamp, now: Timestamp) -> Sheet {
    if now < over {
        return Sheet::Early;
    }
    let missing = streams.iter().filter(|stream| !stream.is_told()).count();
    let until = over.saturating_add(FINAL_AFTER).unwrap_or(Timestamp::MAX);
    if missing == 0 || now >= until {
        Sheet::Final { missing }
    } else {
        Sheet::Provisional { missing, until }
    }
}
