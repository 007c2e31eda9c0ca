//! Devices, their credentials and the keys that let them in.

use jiff::Timestamp;
use roomready_shared::ids::{DeviceId, RoomRef};

use super::Held;
use crate::domain::entry::{Actor, NewEntry};
use crate::domain::event_time::DeviceClocks;
use crate::domain::identity::{Access, AccessStep, EnrolmentKey, KeyId, KeyRefused, KnownPlace, room_for};
use crate::store::{AccessNow, Admission, Enrolled, KnownDevice, NewDevice, Refusal, StoreError};

impl Held {
    pub(super) fn enrol(
        &mut self,
        by: &Admission,
        device: NewDevice,
        at: Timestamp,
    ) -> Result<Enrolled, StoreError> {
        let by_serial = self.of_serial(&device);
        let room = match by {
            Admission::Room(room) => room.clone(),
            Admission::Key { key, roster } => {
                let known = by_serial
                    .and_then(|id| self.devices.get(&id))
                    .map(|known| KnownPlace {
                        room: &known.room,
                        name: &known.name,
                    });
                let held = self.keys.get(key).ok_or(KeyRefused::Unknown)?;
                held.lets_in(at)?;
                let room = room_for(&held.place, &device.name, roster.as_ref(), known)?;
                if let Some(held) = self.keys.get_mut(key) {
                    held.uses_left -= 1;
                }
                room
            }
        };
        let known = by_serial.or_else(|| self.of_name(&device, &room));
        let id = known.unwrap_or(device.id);
        let entry = NewEntry::device_enrolled(at, &room, id, &device.name, device.platform, known.is_some());
        self.append(entry);
        self.changes += 1;
        let change = self.changes;
        let access = Access::enrolled(device.credential);
        let serial = device.serial().cloned();
        let held = self.devices.entry(id).or_insert_with(|| KnownDevice {
            id,
            name: device.name.clone(),
            platform: device.platform,
            serial: None,
            room: room.clone(),
            access,
            change,
            enrolled_at: at,
            facts: None,
            stream: None,
            last_news_at: None,
            clocks: DeviceClocks::default(),
        });
        held.serial = serial.or(held.serial.take());
        held.name = device.name;
        held.platform = device.platform;
        held.room = room.clone();
        held.access = access;
        held.change = change;
        held.enrolled_at = at;
        Ok(Enrolled {
            device: id,
            room,
            serial: held.serial.clone(),
            known_before: known.is_some(),
            access,
            change,
        })
    }

    fn of_serial(&self, device: &NewDevice) -> Option<DeviceId> {
        let serial = device.serial()?;
        let mut devices = self.devices.values();
        devices
            .find(|held| held.serial.as_ref() == Some(serial))
            .map(|held| held.id)
    }

    fn of_name(&self, device: &NewDevice, room: &RoomRef) -> Option<DeviceId> {
        self.devices
            .values()
            .filter(|held| held.room == *room && held.name == device.name)
            .filter(|held| held.serial.is_none() || device.serial().is_none())
            .max_by_key(|held| held.enrolled_at)
            .map(|held| held.id)
    }

    pub(super) fn change_access(
        &mut self,
        id: DeviceId,
        step: AccessStep,
        by: Actor,
        at: Timestamp,
    ) -> Result<AccessNow, StoreError> {
        let held = self.devices.get_mut(&id).ok_or(Refusal::DeviceUnknown(id))?;
        let stepped = held.access.step(step, at)?;
        if stepped.access != held.access {
            self.changes += 1;
            held.access = stepped.access;
            held.change = self.changes;
        }
        let now = AccessNow {
            device: id,
            access: held.access,
            change: held.change,
        };
        if let Some(kind) = stepped.entry {
            let entry = NewEntry::credential(at, kind, &held.room.school, id, &held.name, by);
            self.append(entry);
        }
        Ok(now)
    }

    pub(super) fn access_changes(&self, after: u64) -> Vec<AccessNow> {
        let mut changes: Vec<_> = self
            .devices
            .values()
            .filter(|held| held.change > after)
            .map(|held| AccessNow {
                device: held.id,
                access: held.access,
                change: held.change,
            })
            .collect();
        changes.sort_by_key(|changed| changed.change);
        changes
    }

    pub(super) fn revoke_key(
        &mut self,
        id: KeyId,
        by: Actor,
        at: Timestamp,
    ) -> Result<EnrolmentKey, StoreError> {
        let mut keys = self.keys.values_mut();
        let key = keys.find(|key| key.id() == id).ok_or(Refusal::NoSuchKey(id))?;
        let first = key.revoked_at.is_none();
        key.revoked_at.get_or_insert(at);
        let key = key.clone();
        if first {
            self.append(NewEntry::key_revoked(at, &key, by));
        }
        Ok(key)
    }
}
