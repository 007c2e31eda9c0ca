//! What the record says of devices, their keys and their credentials. No secret and no serial number stands in it.

use jiff::Timestamp;
use roomready_shared::facts::Platform;
use roomready_shared::ids::{DeviceId, DeviceName, RoomRef, SchoolId};

use super::{Actor, Body, EntryKind, NewEntry, Subject};
use crate::domain::identity::EnrolmentKey;

impl NewEntry {
    /// A device was let in. Its serial number is for matching only and stays out of the record.
    #[must_use]
    pub fn device_enrolled(
        at: Timestamp,
        room: &RoomRef,
        device: DeviceId,
        name: &DeviceName,
        platform: Platform,
        known_before: bool,
    ) -> Self {
        let body = Body::of_fields([
            ("name", name.as_str().into()),
            ("platform", platform.word().into()),
            ("room", room.room.as_str().into()),
            ("known_before", known_before.into()),
        ]);
        Self::new(
            at,
            Some(room.school.clone()),
            Actor::Device(device),
            EntryKind::DeviceEnrolled,
            Subject::Device(device),
            body,
        )
    }

    /// A key was made.
    #[must_use]
    pub fn key_made(key: &EnrolmentKey) -> Self {
        let body = match key.place.room() {
            None => Body::of_fields([("uses", key.uses.into()), ("ends", key.ends.to_string().into())]),
            Some(room) => Body::of_fields([
                ("uses", key.uses.into()),
                ("ends", key.ends.to_string().into()),
                ("room", room.as_str().into()),
            ]),
        };
        Self::new(
            key.made_at,
            Some(key.place.school().clone()),
            key.made_by.clone(),
            EntryKind::EnrolmentKeyMade,
            Subject::Key(key.id()),
            body,
        )
    }

    /// A key was ended before its time.
    #[must_use]
    pub fn key_revoked(at: Timestamp, key: &EnrolmentKey, by: Actor) -> Self {
        Self::new(
            at,
            Some(key.place.school().clone()),
            by,
            EntryKind::EnrolmentKeyRevoked,
            Subject::Key(key.id()),
            Body::of_fields([("uses_left", key.uses_left.into())]),
        )
    }

    /// Something became of a device's credential.
    #[must_use]
    pub fn credential(
        at: Timestamp,
        kind: EntryKind,
        school: &SchoolId,
        device: DeviceId,
        name: &DeviceName,
        by: Actor,
    ) -> Self {
        Self::new(
            at,
            Some(school.clone()),
            by,
            kind,
            Subject::Device(device),
            Body::of_fields([("name", name.as_str().into())]),
        )
    }
}
