//! Schools, their rooms, and what the district says of their networks.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use roomready_shared::ids::{RoomId, SchoolId};
use roomready_shared::strict::{Reader, Value};

use super::{Files, access_points, stand_in};
use crate::domain::plan::{School, Site};

/// The schools, with where the collector stands and with the map of their access points.
pub(super) fn read(root: &mut Reader<'_>, files: &mut dyn Files) -> BTreeMap<SchoolId, School> {
    let usual = site(root).unwrap_or_default();
    let map = root
        .optional("access_points")
        .and_then(Value::text)
        .and_then(|relative| files.table(relative));
    let mut schools = schools(root, usual);
    if let Some((name, text)) = map {
        for fault in access_points::lay(&name, &text, &mut schools) {
            files.faulty(fault);
        }
    }
    schools
}

fn site(reader: &mut Reader<'_>) -> Option<Site> {
    reader.optional("site").and_then(|value| value.word(&Site::WORDS))
}

fn schools(root: &mut Reader<'_>, usual: Site) -> BTreeMap<SchoolId, School> {
    let mut schools = BTreeMap::new();
    for mut reader in root.tables("school") {
        let id: Option<SchoolId> = reader.required("id", "\"lincoln-ms\"").and_then(Value::parsed);
        let title = reader
            .required("name", "\"Lincoln Middle School\"")
            .and_then(Value::parsed);
        let site = site(&mut reader).unwrap_or(usual);
        let mut rooms = Vec::new();
        for mut room in reader.tables("room") {
            let id: Option<RoomId> = room.required("id", "\"101\"").and_then(Value::parsed);
            let title = room.required("name", "\"Room 101\"").and_then(Value::parsed);
            rooms.extend(id.map(|id| (id, title.unwrap_or_else(|| stand_in("room")))));
            room.finish();
        }
        if let Some(id) = id {
            let fault = format!("a second school \"{id}\"");
            match schools.entry(id) {
                Entry::Occupied(_) => reader.fault(&fault, "give each school its own id"),
                Entry::Vacant(free) => {
                    free.insert(School {
                        title: title.unwrap_or_else(|| stand_in("school")),
                        rooms,
                        site,
                        access_points: BTreeMap::new(),
                    });
                }
            }
        }
        reader.finish();
    }
    schools
}
