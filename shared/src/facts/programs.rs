//! What else is on the device: programs that disturb a test, answers that wait to be sent, and this agent itself.
//! Programs are matched on the device: only names that the requirements carry ever leave it.

use serde::{Deserialize, Serialize};

use crate::ids::Title;
use crate::units::{Bytes, Seconds};

/// Programs that the requirements name as disturbing, and that run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Intruders {
    /// How many were looked for.
    pub looked_for: u16,
    /// Those that run, by the requirements' own names for them, in their order.
    pub running: Vec<Title>,
}

/// Answers that the test app keeps on this device until the vendor has them. Their names and contents are never read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SavedResponses {
    /// Files.
    pub count: u32,
    /// What they take together.
    pub bytes: Bytes,
    /// Age of the newest at the time of the reading; none without files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newest: Option<Seconds>,
    /// Age of the oldest likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest: Option<Seconds>,
    /// There may be more: a look ends at a limit, and some users' folders may not be read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub incomplete: bool,
}

/// What this agent costs the device, by its own measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Footprint {
    /// Memory that it holds.
    pub resident: Bytes,
    /// Share of one processor core over the time that the device was awake, in millionths.
    pub cpu_millionths: u32,
    /// Bytes sent and received in an hour, at the present pace.
    pub bytes_per_hour: Bytes,
    /// By how much it has widened its own intervals to stay small: 1 is not at all.
    pub widened: u8,
}
