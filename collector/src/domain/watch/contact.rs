//! Whether a device is there, whether its test app runs, and where its test stands.

use jiff::Timestamp;
use roomready_shared::wire::v1::GoodbyeReason;
use serde::Serialize;

/// Whether a device is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "contact", rename_all = "snake_case")]
pub enum Contact {
    /// Nothing was ever heard.
    Never,
    /// It keeps its promises.
    Heard(Heard),
    /// We were blind; it has until then to be heard.
    Checking {
        /// End of the blindness: silence counts from here.
        since: Timestamp,
        /// When two promises have passed.
        until_ms: u64,
    },
    /// It missed its promise twice.
    Silent {
        /// Last good sign.
        since: Timestamp,
        /// When we noticed.
        noticed_ms: u64,
    },
    /// It said goodbye.
    Gone {
        /// Why.
        goodbye: GoodbyeReason,
        /// When.
        at: Timestamp,
        /// When we heard it.
        at_ms: u64,
    },
}

/// An unbroken run of beats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Heard {
    /// First beat of the run.
    pub from: Timestamp,
    /// Latest beat.
    pub last: Timestamp,
    /// Latest beat, by our monotonic clock.
    pub last_ms: u64,
    /// Its promise.
    pub promise_ms: u32,
    /// Beats of the run that count, at most 255.
    pub beats: u8,
    /// The latest one that counted.
    pub(super) counted_ms: u64,
}

/// Signs that the test app runs, without a sign of the contrary between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct AppRun {
    /// First sign.
    pub(super) from: Timestamp,
    /// Latest sign.
    pub(super) last: Timestamp,
    /// Beats that showed it running and count.
    pub(super) beats: u8,
    pub(super) counted_ms: u64,
}

/// Whether it may be said of a test app that does not run that the student closed it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum AppDoubt {
    /// It was seen running since we have been hearing of the device without a gap.
    #[default]
    Seen,
    /// The device was away: its records say what happened meanwhile, or nothing does.
    Away,
    /// Our program has begun again and has not seen it since: the app went with what ended our program.
    BeganAgain,
}

/// A seat's test in the present sitting.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(tag = "test", rename_all = "snake_case")]
pub enum Test {
    /// Its test app was not seen in this sitting.
    #[default]
    NotStarted,
    /// Its test app runs, as far as we know.
    Running {
        /// When it was first seen in this sitting.
        started: Timestamp,
    },
    /// Its test app was closed in good order: probably finished.
    Closed {
        /// When it was first seen in this sitting.
        started: Timestamp,
        /// When it was closed.
        at: Timestamp,
    },
    /// Its test app was running before an interruption and does not run now.
    Interrupted {
        /// When it was first seen in this sitting.
        started: Timestamp,
        /// Since when it is known not to run.
        at: Timestamp,
    },
}

impl Test {
    /// When the test app was first seen in this sitting.
    #[must_use]
    pub const fn started(self) -> Option<Timestamp> {
        match self {
            Self::NotStarted => None,
            Self::Running { started } | Self::Closed { started, .. } | Self::Interrupted { started, .. } => {
                Some(started)
            }
        }
    }

    /// Whether the student is thought to be at it: begun and not closed in good order.
    #[must_use]
    pub const fn under_way(self) -> bool {
        matches!(self, Self::Running { .. } | Self::Interrupted { .. })
    }
}
