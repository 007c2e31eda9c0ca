//! Battery and charger.

use serde::{Deserialize, Serialize};

use crate::units::Percent;

/// How a device is fed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Power {
    /// A desktop: no battery at all, so nothing to run down.
    MainsOnly,
    /// A device with a battery.
    Battery(Battery),
}

/// Which way the charge flows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Flow {
    /// On the charger, charge rising.
    Charging,
    /// Running on its battery.
    Discharging,
    /// On the charger and full.
    Full,
    /// On the charger, neither rising nor falling.
    Idle,
}

/// A battery; several in one device are added up by their capacity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Battery {
    /// What is left.
    pub charge: Percent,
    /// Which way it goes.
    pub flow: Flow,
    /// Loss in tenths of a percent per hour, where the battery tells its present power.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drain_tenths_per_hour: Option<u16>,
    /// What a full charge holds now, of what it held when new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<Percent>,
}

impl Power {
    /// The battery, if there is one.
    #[must_use]
    pub const fn battery(&self) -> Option<&Battery> {
        match self {
            Self::MainsOnly => None,
            Self::Battery(battery) => Some(battery),
        }
    }

    /// Whether the device runs on its battery now.
    #[must_use]
    pub const fn on_battery(&self) -> bool {
        matches!(
            self,
            Self::Battery(Battery {
                flow: Flow::Discharging,
                ..
            })
        )
    }
}
