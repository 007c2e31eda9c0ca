//! Devices and the keys that let them in, as the store keeps them.

use jiff::Timestamp;
use roomready_shared::facts::{Facts, Platform};
use roomready_shared::ids::{DeviceId, DeviceName, RoomRef, StreamId};
use roomready_shared::units::ShortText;

use crate::domain::event_time::{DeviceClocks, EventTime};
use crate::domain::identity::{Access, RosterPlace};
use crate::secret::SecretHash;

/// By what right a device is let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admission {
    /// It showed an enrolment key, which speaks for a school or a room.
    Key {
        /// Hash of what it showed.
        key: SecretHash,
        /// Where the roster places it, if it does.
        roster: Option<RosterPlace>,
    },
    /// The district's own tools placed it.
    Room(RoomRef),
}

/// A device that asks to be known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDevice {
    /// Its id, if it is not known yet.
    pub id: DeviceId,
    /// What people call it.
    pub name: DeviceName,
    /// Its system family.
    pub platform: Platform,
    /// For matching only.
    serial: Option<ShortText>,
    /// Hash of the credential it gets.
    pub credential: SecretHash,
}

/// What makers leave in the field instead of a serial number. Matched by these, a whole cart would become one
/// device; in lower case, blanks apart.
const NO_SERIALS: [&str; 14] = [
    "",
    "0",
    "00000000",
    "123456789",
    "0123456789",
    "default string",
    "invalid",
    "n/a",
    "none",
    "not applicable",
    "not specified",
    "system serial number",
    "to be filled by o.e.m.",
    "unknown",
];

impl NewDevice {
    /// A placeholder in place of a serial number counts as none.
    #[must_use]
    pub fn new(
        id: DeviceId,
        name: DeviceName,
        platform: Platform,
        serial: Option<ShortText>,
        credential: SecretHash,
    ) -> Self {
        let serial = serial
            .map(|serial| ShortText::fit(serial.as_str().trim()))
            .filter(|serial| !NO_SERIALS.contains(&serial.as_str().to_lowercase().as_str()));
        Self {
            id,
            name,
            platform,
            serial,
            credential,
        }
    }

    /// Its serial number, if it has a real one.
    #[must_use]
    pub const fn serial(&self) -> Option<&ShortText> {
        self.serial.as_ref()
    }
}

/// A device that was let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolled {
    /// Its id from now on: the one it had, or the new one.
    pub device: DeviceId,
    /// The room it is in.
    pub room: RoomRef,
    /// Its serial number, told now or before.
    pub serial: Option<ShortText>,
    /// Whether it was known before.
    pub known_before: bool,
    /// Its credential.
    pub access: Access,
    /// See [`AccessNow::change`].
    pub change: u64,
}

/// A device's credential as it stands after a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccessNow {
    /// Whose.
    pub device: DeviceId,
    /// What it may show.
    pub access: Access,
    /// The number of the latest change of any device's: of two the higher one is the later, whichever is heard of first.
    pub change: u64,
}

/// How far a stream has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamPosition {
    /// Which stream.
    pub stream: StreamId,
    /// The number it wants next.
    pub next_wanted: u64,
    /// When its latest record happened; none before the first.
    pub latest: Option<EventTime>,
}

/// A device with what it last said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownDevice {
    /// Its id.
    pub id: DeviceId,
    /// What people call it.
    pub name: DeviceName,
    /// Its system family.
    pub platform: Platform,
    /// Serial number, for matching with the roster only.
    pub serial: Option<ShortText>,
    /// The room it was let into.
    pub room: RoomRef,
    /// Its credential.
    pub access: Access,
    /// See [`AccessNow::change`].
    pub change: u64,
    /// When it was let in, the latest time.
    pub enrolled_at: Timestamp,
    /// Its merged facts; none before its first.
    pub facts: Option<Box<Facts>>,
    /// The stream it used last.
    pub stream: Option<StreamPosition>,
    /// When news of it last arrived.
    pub last_news_at: Option<Timestamp>,
    /// What was known of its clocks then.
    pub clocks: DeviceClocks,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_makers_placeholder_is_no_serial_number() {
        let device = |serial: &str| {
            NewDevice::new(
                DeviceId::new(uuid::Uuid::nil()),
                DeviceName::parse("CART-01").unwrap(),
                Platform::Linux,
                Some(ShortText::fit(serial)),
                SecretHash::from_bytes([0; 32]),
            )
        };
        for placeholder in [
            "To Be Filled By O.E.M.",
            " None ",
            "",
            "System Serial Number",
            "0",
        ] {
            assert_eq!(device(placeholder).serial(), None, "{placeholder}");
        }
        assert_eq!(device(" 5CD1234XYZ ").serial().unwrap().as_str(), "5CD1234XYZ");
    }
}
