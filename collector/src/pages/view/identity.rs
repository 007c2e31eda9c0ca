//! What is wrong with the identity by which a device speaks.

use crate::pages::time::LocalTime;

/// Something that only a person can put right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdentityTrouble {
    /// Two machines speak as this device.
    Shared {
        /// When that was noticed.
        since: LocalTime,
    },
    /// Somebody ended its identity.
    Ended {
        /// When.
        since: LocalTime,
    },
}

impl IdentityTrouble {
    /// What it is, in one line.
    #[must_use]
    pub const fn headline(&self) -> &'static str {
        match self {
            Self::Shared { .. } => "Two machines use this device's identity",
            Self::Ended { .. } => "This device's identity was ended",
        }
    }

    /// What it means.
    #[must_use]
    pub const fn meaning(&self) -> &'static str {
        match self {
            Self::Shared { .. } => {
                "Both say that they are this device, for example because its disk was copied. Nobody can tell from here which \
                 one is yours, so nothing that they report is shown or kept until one of them has an identity of its own. \
                 Nothing is lost: both keep it."
            }
            Self::Ended { .. } => {
                "Somebody of your staff ended it, so nothing that this device reports is taken. It keeps what it has to say."
            }
        }
    }

    /// What helps.
    #[must_use]
    pub const fn to_do(&self) -> &'static str {
        match self {
            Self::Shared { .. } => {
                "find the two machines and enrol one of them again under its own name. If there is only one, look at this \
                 page again in a day."
            }
            Self::Ended { .. } => "enrol this device again when it is in your hands.",
        }
    }

    /// Since when.
    #[must_use]
    pub const fn since(&self) -> &LocalTime {
        match self {
            Self::Shared { since } | Self::Ended { since } => since,
        }
    }
}
