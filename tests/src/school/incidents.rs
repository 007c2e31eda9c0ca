//! The incidents of a school as its record tells them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value;

use super::Record;

/// An incident, folded from its lines.
#[derive(Debug, Clone, PartialEq)]
pub struct Incident {
    /// What is wrong: `lost_contact`.
    pub condition: String,
    /// What is taken for the cause by the latest line: `room_network`.
    pub cause: String,
    /// How that is known: `measured`.
    pub confidence: String,
    /// Causes that it was taken for before.
    pub corrected: Vec<String>,
    /// Rooms that the cause reaches.
    pub rooms: BTreeSet<String>,
    /// The last good sign of each member before it.
    pub members: BTreeMap<String, Timestamp>,
    /// The first good sign after it, once it is over.
    pub until: Option<Timestamp>,
    /// The stretches that members' own records told, by the member's name.
    pub exact: BTreeMap<String, Value>,
}

impl Record {
    /// Every incident, first to last.
    ///
    /// # Panics
    ///
    /// When a line is not as the record writes them.
    #[must_use]
    pub fn incidents(&self) -> Vec<Incident> {
        let mut order = Vec::new();
        let mut all: BTreeMap<String, (Incident, BTreeMap<String, String>)> = BTreeMap::new();
        for entry in self.entries() {
            if !entry.kind.starts_with("incident_") {
                continue;
            }
            let body: Value = serde_json::from_str(&entry.body).expect("a line's body is JSON");
            let id = text(&body["incident"]);
            if entry.kind == "incident_opened" {
                order.push(id.clone());
                all.insert(id, opened(&body));
            } else if let Some((incident, names)) = all.get_mut(&id) {
                if let Some(until) = body.get("until") {
                    incident.until = Some(time(until));
                }
                for change in body["changes"].as_array().into_iter().flatten() {
                    take(incident, names, change);
                }
            }
        }
        order
            .iter()
            .filter_map(|id| Some(all.get(id)?.0.clone()))
            .collect()
    }
}

fn opened(body: &Value) -> (Incident, BTreeMap<String, String>) {
    let mut incident = Incident {
        condition: text(&body["condition"]),
        cause: String::new(),
        confidence: String::new(),
        corrected: Vec::new(),
        rooms: BTreeSet::new(),
        members: BTreeMap::new(),
        until: None,
        exact: BTreeMap::new(),
    };
    because(&mut incident, &body["cause"]);
    let mut names = BTreeMap::new();
    for member in body["members"].as_array().into_iter().flatten() {
        join(&mut incident, &mut names, member);
    }
    (incident, names)
}

fn because(incident: &mut Incident, cause: &Value) {
    incident.cause = text(&cause["kind"]);
    incident.confidence = text(&cause["confidence"]);
    incident.rooms = cause["rooms"]
        .as_array()
        .into_iter()
        .flatten()
        .map(text)
        .collect();
}

fn join(incident: &mut Incident, names: &mut BTreeMap<String, String>, member: &Value) {
    names.insert(text(&member["device"]), text(&member["name"]));
    incident
        .members
        .insert(text(&member["name"]), time(&member["since"]));
}

fn take(incident: &mut Incident, names: &mut BTreeMap<String, String>, change: &Value) {
    match change["change"].as_str() {
        Some("joined") => join(incident, names, change),
        Some("corrected") => {
            if let Some(from) = change["from"].as_str() {
                incident.corrected.push(from.to_owned());
            }
            because(incident, &change["to"]);
        }
        Some("exact") => {
            let name = names.get(&text(&change["device"])).cloned().unwrap_or_default();
            incident.exact.insert(name, change["spans"].clone());
        }
        _ => {}
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn time(value: &Value) -> Timestamp {
    let text = value.as_str().unwrap_or_default();
    text.parse()
        .unwrap_or_else(|fault| panic!("{text:?} is no time: {fault}"))
}
