//! How the way to the collector is, for whoever asks: one small value.

use roomready_shared::address::CollectorAddress;
use roomready_shared::units::Timestamp;

/// The last good and the last bad exchange of this run. Both stay, so that "answered now, trouble at 9:41" can be said;
/// the later of the two is how it is now.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contact {
    /// The last answer.
    pub answered: Option<Answered>,
    /// The last trouble.
    pub trouble: Option<Told>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// Who answered.
    pub address: CollectorAddress,
    /// When the report left that was answered, by the device's own clock.
    pub at: Timestamp,
}

/// A trouble, in words for a technician.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Who was spoken to.
    pub address: CollectorAddress,
    /// When the report left that had no answer, by the device's own clock.
    pub at: Timestamp,
    /// What it was.
    pub words: String,
}
