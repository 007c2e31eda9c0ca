//! Where the collector stands.

use serde::{Deserialize, Serialize};

/// Where the collector stands, seen from a school. It decides what the collector's own look outside can say of the
/// school's way out, and what the silence of a whole school can mean.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Site {
    /// In the school: it leaves through the same way out, and a school that falls silent has lost its own network.
    OnPremises,
    /// Somewhere else: what it reaches says nothing of the school's way out, and a school that falls silent may have
    /// lost only the way here. Assumed where nothing is written, because it claims less.
    #[default]
    Remote,
}

impl Site {
    /// Words of the configuration.
    pub const WORDS: [(&'static str, Self); 2] =
        [("on-premises", Self::OnPremises), ("remote", Self::Remote)];
}
