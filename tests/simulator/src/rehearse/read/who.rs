//! Which devices and rooms are meant.

use std::collections::BTreeMap;

use roomready_shared::strict::{Place, Value};

use super::school::School;
use crate::rehearse::scenario::MOST_DEVICES;

/// The word for every device with our agent.
const ALL: &str = "all";

/// Names and what they stand for.
#[derive(Default)]
pub(super) struct Names {
    pub(super) devices: BTreeMap<String, usize>,
    pub(super) rooms: BTreeMap<String, usize>,
}

impl School {
    /// Devices: a name, a range "101-01..101-05" (backwards as well), "room 101", "all", or a list of those.
    pub(super) fn devices_named(&self, value: Value<'_>) -> Option<Vec<usize>> {
        let place = value.place();
        let mut found = Vec::new();
        for text in texts(value)? {
            found.extend(self.some(text, &place)?);
        }
        Some(found)
    }

    /// One device, one without our agent as well.
    pub(super) fn device_named(&self, value: Value<'_>) -> Option<usize> {
        let place = value.place();
        self.device(value.text()?, &place)
    }

    /// Rooms: an id or a list of ids, or "all".
    pub(super) fn rooms_named(&self, value: Value<'_>) -> Option<Vec<usize>> {
        let place = value.place();
        let mut found = Vec::new();
        for text in texts(value)? {
            if text == ALL {
                found.extend(0..self.rooms.len());
            } else {
                found.push(self.room(text, &place)?);
            }
        }
        Some(found)
    }

    /// One room.
    pub(super) fn room_named(&self, value: Value<'_>) -> Option<usize> {
        let place = value.place();
        self.room(value.text()?, &place)
    }

    fn some(&self, text: &str, place: &Place<'_>) -> Option<Vec<usize>> {
        if text == ALL {
            return Some(self.read_by_agent(|_| true));
        }
        if let Some(room) = text.strip_prefix("room ") {
            let room = self.room(room, place)?;
            return Some(self.read_by_agent(|device| {
                self.devices[device].room == room && !self.devices[device].sentinel
            }));
        }
        if let Some((first, last)) = text.split_once("..") {
            let (first, last) = (self.device(first, place)?, self.device(last, place)?);
            return Some(if first <= last {
                (first..=last).collect()
            } else {
                (last..=first).rev().collect()
            });
        }
        Some(vec![self.device(text, place)?])
    }

    fn read_by_agent(&self, wanted: impl Fn(usize) -> bool) -> Vec<usize> {
        (0..self.devices.len())
            .filter(|device| self.devices[*device].has_agent() && wanted(*device))
            .collect()
    }

    fn device(&self, name: &str, place: &Place<'_>) -> Option<usize> {
        let found = self.names.devices.get(name).copied();
        if found.is_none() {
            let known = self.names.devices.keys().map(String::as_str);
            place.fault(&format!("there is no device {name:?}"), &near(name, known));
        }
        found
    }

    fn room(&self, id: &str, place: &Place<'_>) -> Option<usize> {
        let found = self.names.rooms.get(id).copied();
        if found.is_none() {
            let known = self.names.rooms.keys().map(String::as_str);
            place.fault(&format!("there is no room {id:?}"), &near(id, known));
        }
        found
    }
}

fn near<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> String {
    roomready_shared::strict::nearest(word, known).map_or_else(
        || "write one that the file lists".to_owned(),
        |near| format!("did you mean {near:?}?"),
    )
}

/// One text or a list of texts.
fn texts(value: Value<'_>) -> Option<Vec<&str>> {
    if value.is_list() {
        value.list(MOST_DEVICES, Value::text)
    } else {
        value.text().map(|text| vec![text])
    }
}
