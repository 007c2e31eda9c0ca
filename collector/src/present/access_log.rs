//! The access log: entries with the names of the people and things in them, which the record itself keeps as ids.

use std::collections::BTreeMap;

use super::{Scene, address};
use crate::domain::entry::{Actor, Entry, EntryKind, Subject};
use crate::pages::view::{AccessLine, AccessLog, EmptyState};

/// Names of people by the way the record writes them: `account:…`, `proctor:…`.
pub type Names = BTreeMap<String, String>;

/// A page of it. `entries` are newest first, one more than the page shows when there are older ones.
#[must_use]
pub fn access_log(
    scene: &Scene<'_>,
    entries: &[Entry],
    page: usize,
    is_newest: bool,
    names: &Names,
) -> AccessLog {
    let shown = &entries[..entries.len().min(page)];
    let older = (entries.len() > page)
        .then(|| {
            shown
                .last()
                .map(|last| format!("/access-log?before={}", last.seq))
        })
        .flatten();
    AccessLog {
        frame: scene.frame(
            "Access log",
            vec![scene.district_link()],
            address::DISTRICT_LOG,
            None,
        ),
        lines: shown
            .iter()
            .map(|entry| {
                let in_words = in_words(scene, entry, names);
                AccessLine {
                    number: entry.seq,
                    at: scene.time_to_the_second(entry.entry.at()),
                    who: in_words.who,
                    what: in_words.what,
                    to: in_words.to,
                    details: in_words.details,
                }
            })
            .collect(),
        older,
        is_newest,
        empty: EmptyState {
            headline: "Nothing yet".to_owned(),
            meaning: "Whoever signs in, looks at a page or changes something is written here by itself."
                .to_owned(),
            steps: Vec::new(),
        },
    }
}

/// An entry for a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InWords {
    /// Who.
    pub who: String,
    /// What happened.
    pub what: String,
    /// To what.
    pub to: String,
    /// The rest.
    pub details: String,
}

/// An entry with the names of its people and things.
#[must_use]
pub fn in_words(scene: &Scene<'_>, Entry { entry, .. }: &Entry, names: &Names) -> InWords {
    InWords {
        who: who(&entry.actor, names),
        what: what(entry.kind),
        to: to(scene, &entry.subject, names),
        details: details(entry.body.as_str()),
    }
}

fn who(actor: &Actor, names: &Names) -> String {
    let id = actor.to_string();
    match actor {
        Actor::Account(_) | Actor::Proctor(_) => names.get(&id).cloned().unwrap_or(id),
        Actor::Staff(name) => name
            .as_ref()
            .map_or("somebody of the staff", |name| name.as_str())
            .to_owned(),
        Actor::Console => "somebody at the collector's computer".to_owned(),
        Actor::Machine | Actor::System => "RoomReady".to_owned(),
        Actor::Device(_) => "a device".to_owned(),
    }
}

/// The record's word, as words.
fn what(kind: EntryKind) -> String {
    let words = kind.word().replace('_', " ");
    let mut letters = words.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn to(scene: &Scene<'_>, subject: &Subject, names: &Names) -> String {
    let known = match subject {
        Subject::Collector => Some(scene.district().name().to_string()),
        Subject::School(school) => Some(scene.school_title(school).to_owned()),
        Subject::Room(room) => {
            let (room_title, school) = (scene.room_title(room), scene.school_title(&room.school));
            Some(format!("{room_title}, {school}"))
        }
        Subject::Device(id) => scene.state.device(*id).map(|device| device.home.name.to_string()),
        Subject::Account(_) => names.get(&subject.to_string()).cloned(),
        _ => None,
    };
    known
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| subject.to_string())
}

/// `how: link, role: technician`: the body's plain fields.
fn details(body: &str) -> String {
    let Ok(serde_json::Value::Object(fields)) = serde_json::from_str(body) else {
        return String::new();
    };
    let fields = fields.iter().filter(|(name, _)| *name != "session");
    let written = fields.map(|(name, value)| match value.as_str() {
        Some(text) => format!("{}: {text}", name.replace('_', " ")),
        None => format!("{}: {value}", name.replace('_', " ")),
    });
    written.collect::<Vec<_>>().join(", ")
}
