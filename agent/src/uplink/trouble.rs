//! What can go wrong between a device and its collector, told apart by what helps.

/// A request that brought no answer of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// Nothing answered.
    #[error("the collector cannot be reached ({why})")]
    Unreachable {
        /// How it failed.
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
    #[error(
        "not the collector but something else answered ({why}): a sign-in page, a web filter or a wrong address"
    )]
    NotOurs {
        /// What came instead.
        why: String,
    },
}
