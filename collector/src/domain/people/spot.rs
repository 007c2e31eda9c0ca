//! A seat and a device, as people mean them.

use std::fmt;

use roomready_shared::ids::{DeviceId, DeviceName, SeatLabel};
use serde::{Deserialize, Serialize};

/// A device as people mean it: by its tag. A Chromebook in a kiosk test has a tag and is never heard.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Machine {
    /// What people call it.
    pub name: DeviceName,
    /// Which enrolled device that is, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
}

/// A seat with the device that stands there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Spot {
    /// The seat; none where seats are not numbered, and the device is what one points at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat: Option<SeatLabel>,
    /// The device.
    pub device: Machine,
}

impl Machine {
    /// Whether the two are the same device, however its tag is spelled.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.key() == other.key() || (self.device.is_some() && self.device == other.device)
    }

    /// How tags are compared: capitals do not matter.
    #[must_use]
    pub fn key(&self) -> String {
        self.name.as_str().to_lowercase()
    }

    /// Whether its tag ends in what somebody read off the sticker. Only letters and digits count: stickers have
    /// hyphens where lists have none.
    #[must_use]
    pub fn ends_in(&self, typed: &str) -> bool {
        let plain = |text: &str| -> String {
            let signs = text.chars().filter(|c| c.is_alphanumeric());
            signs.flat_map(char::to_lowercase).collect()
        };
        let typed = plain(typed);
        !typed.is_empty() && plain(self.name.as_str()).ends_with(&typed)
    }
}

impl fmt::Display for Spot {
    /// `seat 12`, else the device's tag.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.seat {
            Some(seat) => write!(f, "seat {seat}"),
            None => write!(f, "{}", self.device.name),
        }
    }
}
