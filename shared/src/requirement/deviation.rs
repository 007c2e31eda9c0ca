//! Where a district's policy departs from the vendor's profile. Such a step is allowed, and never anonymous.

use serde::{Deserialize, Serialize};

use crate::facts::Platform;
use crate::ids::{RuleId, Title};
use crate::units::ShortText;

/// One departure from the profile, with the person who answers for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Deviation {
    /// The rule of the profile.
    pub rule: RuleId,
    /// What became of it.
    pub change: Change,
    /// Where.
    pub platforms: Vec<Platform>,
    /// Why, in the words of the policy.
    pub reason: ShortText,
    /// Who decided it.
    pub author: Title,
    /// When.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "date"))]
    pub date: jiff::civil::Date,
}

/// What a policy did to a rule of the profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Its limits are the district's own.
    Replaced,
    /// It only informs.
    Shown,
    /// It does not apply.
    Off,
}
