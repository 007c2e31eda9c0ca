//! How the system is set: what may interrupt a test by itself.

use serde::{Deserialize, Serialize};

use crate::units::Seconds;

/// What the system's own updates have left open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Updates {
    /// The system waits for a restart, where it tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restart_pending: Option<bool>,
    /// An update is downloaded or found and not installed, where the system tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub update_pending: Option<bool>,
}

/// When the device goes to sleep by itself, and what its lid does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SleepSettings {
    /// On the charger, left alone.
    pub on_mains: Idle,
    /// On its battery, left alone.
    pub on_battery: Idle,
    /// What closing the lid does, where there is one and the system tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lid: Option<LidAction>,
}

/// What a system does when nobody touches it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Idle {
    /// It stays awake.
    Never,
    /// It sleeps after this time.
    After(Seconds),
    /// The system does not tell a program that runs as a service.
    NotTold,
}

/// What closing the lid does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LidAction {
    /// Nothing.
    Nothing,
    /// The screen is locked.
    Lock,
    /// The device sleeps.
    Sleep,
    /// The device is saved to disk and switched off.
    Hibernate,
    /// The device shuts down.
    ShutDown,
}

impl SleepSettings {
    /// The shortest time after which the device sleeps by itself, however it is fed; `None` when it never does or does
    /// not tell.
    #[must_use]
    pub fn shortest(&self) -> Option<Seconds> {
        [self.on_mains, self.on_battery]
            .into_iter()
            .filter_map(|idle| match idle {
                Idle::After(seconds) => Some(seconds),
                Idle::Never | Idle::NotTold => None,
            })
            .min()
    }
}
