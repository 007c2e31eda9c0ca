//! What came out of a rehearsal.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use roomready_collector::domain::incident::{
    CauseKind, Detection, Ending, Incident, Incidents, Note, State, fold,
};
use roomready_collector::domain::watch::Recorded;
use roomready_shared::units::Timestamp;

use super::district::place_of;
use super::scenario::{Cue, Scenario};
use super::stage::Stage;
use super::{minutes, tell};

/// Every cause.
pub const CAUSES: [CauseKind; 11] = [
    CauseKind::Device,
    CauseKind::Together,
    CauseKind::TestApp,
    CauseKind::RoomNetwork,
    CauseKind::AccessPoint,
    CauseKind::Subnet,
    CauseKind::SchoolNetwork,
    CauseKind::SchoolUplink,
    CauseKind::CollectorPath,
    CauseKind::Vendor,
    CauseKind::VendorPath,
];

/// The words for how an incident came to be known.
pub const SEEN: [(&str, Detection); 3] = [
    ("live", Detection::Live),
    ("afterwards", Detection::Replay),
    ("stated", Detection::Stated),
];

/// The word for how an incident came to be known.
pub(super) fn seen_word(seen: Detection) -> &'static str {
    SEEN.iter()
        .find(|(_, known)| *known == seen)
        .map_or("", |(word, _)| word)
}

/// How much was played.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// Events of the loop.
    pub events: u64,
}

/// An incident that came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The word of its cause.
    pub cause: String,
    /// The word of what is wrong.
    pub condition: String,
    /// Its rooms, by their ids.
    pub rooms: BTreeSet<String>,
    /// Its members, by their names.
    pub members: BTreeSet<String>,
    /// Since when.
    pub since: Timestamp,
    /// Until when; none while it goes on.
    pub until: Option<Timestamp>,
    /// When it was told.
    pub detected: Timestamp,
    /// How it came to be known.
    pub seen: Detection,
    /// How it ended.
    pub ending: Option<String>,
    /// What it was taken for before, the first first.
    pub taken_for: Vec<String>,
}

/// One line of the story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// When.
    pub at: Timestamp,
    /// What.
    pub text: String,
    /// Whether it is part of the script, or came out.
    pub scripted: bool,
}

/// Minutes of one seat.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SeatMinutes {
    /// Could not work.
    pub stopped: Duration,
    /// Could not reach the vendor.
    pub cut_off: Duration,
    /// Nothing is known.
    pub unheard: Duration,
}

/// All that came out.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The script and what came out, in order.
    pub story: Vec<Line>,
    /// What the watch wrote.
    pub notes: Vec<Note>,
    /// Incidents, in the order of their beginning.
    pub incidents: Vec<Found>,
    /// Minutes of seats that have some, by the device's name.
    pub minutes: BTreeMap<String, SeatMinutes>,
    /// What went wrong in the rehearsal itself: a press that was refused, a plan that cannot be.
    pub troubles: Vec<String>,
    /// What the watches were given and wrote, run after run of the collector.
    pub recorded: Vec<Recorded>,
    /// How much was played.
    pub figures: Figures,
}

impl Outcome {
    pub(super) fn of(stage: &mut Stage<'_>, cues: &[Cue]) -> Self {
        let scenario = stage.scenario;
        let entries = stage.collector.entries_after(0);
        let notes = entries.iter().filter_map(|entry| Note::of_entry(&entry.entry));
        let notes: Vec<_> = notes.filter_map(Result::ok).collect();
        let minutes = stage
            .plan
            .config()
            .map(|config| minutes::of(scenario, &config.district, &entries, scenario.until))
            .unwrap_or_default();
        let mut folded = Incidents::new();
        for note in &notes {
            fold(&mut folded, note);
        }
        let mut incidents: Vec<_> = folded.values().map(found).collect();
        incidents
            .sort_by(|a, b| (a.since, &a.condition, &a.members).cmp(&(b.since, &b.condition, &b.members)));
        Self {
            story: story(scenario, cues, &notes),
            notes,
            incidents,
            minutes,
            recorded: stage.collector.recorded(),
            troubles: std::mem::take(&mut stage.troubles),
            figures: stage.figures,
        }
    }
}

fn found(incident: &Incident) -> Found {
    let (until, ending) = match &incident.state {
        State::Open { .. } => (None, None),
        State::Ended { until, how, .. } => (Some(*until), Some(ending_word(how))),
    };
    let words = |kinds: &[CauseKind]| kinds.iter().map(|kind| kind.word().to_owned()).collect();
    Found {
        cause: incident.cause.kind.word().to_owned(),
        condition: incident.condition.word().to_owned(),
        rooms: incident.rooms().into_iter().map(ToString::to_string).collect(),
        members: incident
            .members
            .iter()
            .map(|member| member.name.to_string())
            .collect(),
        since: incident.since(),
        until,
        detected: incident.detected,
        seen: incident.seen,
        ending,
        taken_for: words(&incident.taken_for),
    }
}

/// The word of an ending, as the record writes it.
fn ending_word(how: &Ending) -> String {
    word_of(how, "how")
}

/// The word under which the record keeps a variant.
fn word_of(value: &impl serde::Serialize, tag: &str) -> String {
    let written = serde_json::to_value(value).unwrap_or_default();
    let word = match &written {
        serde_json::Value::Object(fields) => fields.get(tag).and_then(serde_json::Value::as_str),
        other => other.as_str(),
    };
    word.unwrap_or_default().to_owned()
}

fn story(scenario: &Scenario, cues: &[Cue], notes: &[Note]) -> Vec<Line> {
    let mut story = tell::script(scenario, cues);
    story.extend(notes.iter().filter_map(|note| {
        Some(Line {
            at: note.at(),
            text: tell::note(scenario, note)?,
            scripted: false,
        })
    }));
    story.sort_by_key(|line| line.at);
    story
}

/// The name of a device.
pub(super) fn name_of(scenario: &Scenario, id: roomready_shared::ids::DeviceId) -> String {
    place_of(id)
        .and_then(|place| scenario.devices.get(place))
        .map_or_else(|| id.to_string(), |device| device.name.to_string())
}
