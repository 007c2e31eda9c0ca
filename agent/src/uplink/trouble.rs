//! What can go wrong between a device and its collector, told apart by what helps.

use std::fmt;

/// A request that brought no answer of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// Nothing answered.
    #[error("the collector cannot be reached ({why})")]
    Unreachable {
        /// How it failed.
        why: String,
    },
    /// Whoever answered does not prove to be the collector.
    #[error("{address}: its certificate {why}")]
    WrongCertificate {
        /// Host and port that were asked for.
        address: String,
        /// What is wrong with it and what that can mean, to go on after "its certificate".
        why: String,
    },
    /// The proxy between did not let it through.
    #[error("the proxy {proxy} {why}")]
    Proxy {
        /// Its host and port.
        proxy: String,
        /// What it does, to go on after its name.
        why: String,
    },
    /// It answered that it cannot take anything now.
    #[error("the collector asks to wait ({why})")]
    Busy {
        /// How long it asks to wait.
        retry_after_ms: Option<u64>,
        /// Its reason.
        why: String,
    },
    /// It does not know this device, or not any more.
    #[error(
        "the collector refuses this device's credential ({why}): everything is kept; enrol the device again with \
         `roomready-agent enroll`"
    )]
    NotEnrolled {
        /// Its reason.
        why: String,
    },
    /// The report is over a limit.
    #[error("the collector found the report too large: sending less at once")]
    TooLarge,
    /// It refused the request itself.
    #[error("the collector refused the request ({status}: {why})")]
    Refused {
        /// HTTP status.
        status: u16,
        /// Its reason.
        why: String,
    },
    /// Somebody else answered.
    #[error("{who} answered instead of the collector ({why}): {}", .who.helps())]
    NotOurs {
        /// Who, as far as that can be told.
        who: Stranger,
        /// What came instead. Never a path or a query: they may carry what a person typed.
        why: String,
    },
}

/// Who answers in the collector's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stranger {
    /// The network wants somebody to sign in first.
    LoginPage,
    /// A web filter says no.
    BlockPage,
    /// Nobody knows.
    Somebody,
}

impl Stranger {
    const fn helps(self) -> &'static str {
        match self {
            Self::LoginPage => "sign this network in, or have the collector's address let through",
            Self::BlockPage => "the web filter must let the collector's address through",
            Self::Somebody => "a web filter or a wrong address",
        }
    }
}

impl fmt::Display for Stranger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LoginPage => "a login page",
            Self::BlockPage => "a block page",
            Self::Somebody => "something else",
        })
    }
}

impl Trouble {
    /// Whether it was the collector itself that spoke, and will speak again: another of its addresses would say the same.
    ///
    /// A refused credential is not that: one of two addresses may by mistake be another district's.
    #[must_use]
    pub const fn is_its_own_word(&self) -> bool {
        match self {
            Self::Busy { .. } | Self::TooLarge | Self::Refused { .. } => true,
            Self::Unreachable { .. }
            | Self::WrongCertificate { .. }
            | Self::Proxy { .. }
            | Self::NotEnrolled { .. }
            | Self::NotOurs { .. } => false,
        }
    }

    /// Whether both call for the same help; the words may differ with each try.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::NotOurs { who: one, .. }, Self::NotOurs { who: other, .. }) => one == other,
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }
}
