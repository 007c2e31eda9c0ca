//! The test app. Programs are matched on the device; only the match leaves it (design section 5, "Privacy").

use serde::{Deserialize, Serialize};

use crate::units::{ShortText, Timestamp, Version};

/// The test app as installed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AppInstall {
    /// None of the places that the profile names holds it.
    NotInstalled,
    /// Found.
    Installed {
        /// Its version, where the system tells.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<Version>,
        /// Which of the profile's places held it.
        place: ShortText,
    },
}

/// The test app as running.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AppRun {
    /// Not running.
    NotRunning,
    /// Running.
    Running {
        /// Since when, where the system tells.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<Timestamp>,
    },
}

/// How a kiosk names its app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum KioskEntry {
    /// Chrome App or extension id.
    Id(ShortText),
    /// Web app address.
    Url(ShortText),
}

/// The kiosk app that device management has set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Kiosk {
    /// Which app.
    pub entry: KioskEntry,
    /// Its version, where management tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
}
