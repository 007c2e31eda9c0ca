//! Notices to the staff as the store keeps them, with what became of each.

use std::time::Duration;

use jiff::Timestamp;
use roomready_shared::units::ShortText;

use crate::domain::notice::Notice;

/// How long a notice is kept that was delivered or given up: longer than incidents are looked for after a restart, which
/// is what must not be told twice.
pub const NOTICES_KEPT: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// Most notices in one page of [`Store::notices`](super::Store::notices).
pub const MOST_NOTICES_A_PAGE: u32 = 500;

/// A notice in the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Its place: later ones have higher numbers.
    pub seq: u64,
    /// The notice.
    pub notice: Notice,
    /// Where it stands.
    pub delivery: Delivery,
    /// How often it failed.
    pub failures: u32,
    /// When last, and what happened.
    pub failed: Option<(Timestamp, ShortText)>,
}

/// Where a notice stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// It is tried at this time, or was never tried.
    Waiting {
        /// When.
        next: Timestamp,
    },
    /// It arrived.
    Delivered {
        /// When.
        at: Timestamp,
    },
    /// It was tried for too long.
    GivenUp {
        /// When.
        at: Timestamp,
    },
}

impl Delivery {
    /// Its word in the store and the time that belongs to it.
    pub(super) const fn parts(self) -> (&'static str, Timestamp) {
        match self {
            Self::Waiting { next } => ("waiting", next),
            Self::Delivered { at } => ("delivered", at),
            Self::GivenUp { at } => ("given_up", at),
        }
    }

    /// Whether nothing more is to be done.
    #[must_use]
    pub const fn is_done(self) -> bool {
        !matches!(self, Self::Waiting { .. })
    }
}

/// What came of one try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tried {
    /// It arrived.
    Delivered,
    /// It did not.
    Failed {
        /// What happened.
        why: ShortText,
        /// When to try again; none: it is given up.
        next: Option<Timestamp>,
    },
}

impl Outgoing {
    /// A notice that was just put there.
    pub(crate) fn fresh(seq: u64, notice: Notice) -> Self {
        Self {
            seq,
            delivery: Delivery::Waiting { next: notice.at },
            notice,
            failures: 0,
            failed: None,
        }
    }

    /// What a try makes of one that waits; one that is done stays as it is.
    pub(crate) fn take(&mut self, tried: Tried, at: Timestamp) {
        if self.delivery.is_done() {
            return;
        }
        match tried {
            Tried::Delivered => self.delivery = Delivery::Delivered { at },
            Tried::Failed { why, next } => {
                self.failures = self.failures.saturating_add(1);
                self.failed = Some((at, why));
                self.delivery = match next {
                    Some(next) => Delivery::Waiting { next },
                    None => Delivery::GivenUp { at },
                };
            }
        }
    }
}
