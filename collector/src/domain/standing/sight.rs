//! What the watch sees of one device.

use jiff::Timestamp;
use roomready_shared::wire::v1::GoodbyeReason;
use serde::{Deserialize, Serialize};

use crate::domain::incident::Reason;

/// What the watch knows about a device at this moment, the worst first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "sight", rename_all = "snake_case")]
pub enum Sight {
    /// Nothing was ever heard.
    #[default]
    NeverHeard,
    /// Not there during a test. Shown at once, before an incident opens.
    Lost {
        /// Last good sign.
        since: Timestamp,
        /// What is known about why.
        why: Option<Reason>,
    },
    /// The test app ended in a way no student ends it.
    AppCrashed {
        /// When.
        since: Timestamp,
        /// How.
        why: Option<Reason>,
    },
    /// We were blind and have not heard it yet.
    Checking,
    /// A promise was missed, outside of a test or by a device that takes no part in it.
    Silent {
        /// Last good sign.
        since: Timestamp,
    },
    /// It said goodbye outside of a test.
    Away {
        /// Why.
        goodbye: GoodbyeReason,
        /// When.
        at: Timestamp,
    },
    /// Its test app was closed in good order.
    FinishedMaybe {
        /// When.
        at: Timestamp,
    },
    /// It is back after an interruption, and its test app is not.
    AppNotBack {
        /// Since when the test app is known not to run.
        since: Timestamp,
    },
    /// Its test is running.
    Working {
        /// When it was first seen running.
        since: Timestamp,
    },
    /// It is heard.
    Here,
}

impl Sight {
    /// One short reason for a tile: "silent since 9:41". None where the word says it all. `app` is the test app's
    /// name, `written` writes a time.
    #[must_use]
    pub fn words(self, app: &str, written: impl Fn(Timestamp) -> String) -> Option<String> {
        let goodbye_words = |goodbye, at| {
            let what = match goodbye {
                GoodbyeReason::Shutdown => "shut down at",
                GoodbyeReason::Restart => "restarting since",
                GoodbyeReason::Sleep => "asleep since",
                GoodbyeReason::AgentStopped => "RoomReady stopped on it at",
                GoodbyeReason::StandsAside => "not watched during tests since",
            };
            format!("{what} {}", written(at))
        };
        match self {
            Self::Lost {
                why: Some(Reason::Announced { goodbye, at }),
                ..
            } => Some(goodbye_words(goodbye, at)),
            Self::Lost { since, .. } | Self::Silent { since } => {
                Some(format!("silent since {}", written(since)))
            }
            Self::AppCrashed {
                since,
                why: Some(Reason::KeptClosing),
            } => Some(format!("{app} keeps closing since {}", written(since))),
            Self::AppCrashed { since, .. } => Some(format!("{app} stopped at {}", written(since))),
            Self::Away { goodbye, at } => Some(goodbye_words(goodbye, at)),
            Self::FinishedMaybe { at } => Some(format!("{app} closed at {}", written(at))),
            Self::AppNotBack { .. } => Some(format!("{app} is not open again")),
            Self::NeverHeard | Self::Checking | Self::Working { .. } | Self::Here => None,
        }
    }
}
