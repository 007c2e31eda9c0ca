//! From the file's text to a district. Pure: files that it names are fetched by the caller.

mod access_points;
mod moment;
mod notices;
mod schools;
mod sessions;

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use roomready_shared::facts::{HostPort, Platform};
use roomready_shared::ids::{RoomRef, Title};
use roomready_shared::requirement::Requirement;
use roomready_shared::strict::{Document, Faults, Reader, Value};
use roomready_shared::units::ShortText;
use roomready_shared::wire::v1::DuringTest;

use crate::domain::advice::Texts;
use crate::domain::plan::{District, Draft, Paces, Part, RosterEntry, Watched};
use crate::domain::proctor::{ProctorScreen, Proctoring};
use crate::notify::Settings;

use super::advice;

pub use sessions::PREPARE_BY_DEFAULT;

/// Longest time before a sitting in which devices already report often.
const LONGEST_NEARNESS: Duration = Duration::from_secs(24 * 60 * 60);

/// Paths as written, relative to the file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RequirementFiles {
    pub(super) profile: String,
    pub(super) policy: Option<String>,
}

/// The files that a configuration names. What is wrong with one of them is told by whoever fetches it.
pub(super) trait Files {
    /// A profile with the policy laid over it.
    fn requirement(&mut self, files: &RequirementFiles) -> Option<Arc<Requirement>>;
    /// A table with commas: its name for messages, and its text.
    fn table(&mut self, relative: &str) -> Option<(String, String)>;
    /// Hears what is wrong in a table, with its name and line.
    fn faulty(&mut self, fault: String);
}

/// What one file says.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) district: District,
    pub(super) notices: Settings,
    pub(super) advice: Texts,
}

pub(super) fn read(file: &str, text: &str, files: &mut dyn Files) -> Result<Written, Faults> {
    let document = Document::parse(file, text)?;
    let mut root = document.root();
    let district = district(&mut root, files);
    root.finish();
    document.finish(district)
}

// Each part is read whatever became of the others, so that every fault is told. A thing with a fault still gets a
// stand-in where others refer to it, or one fault would look like many.
fn district(root: &mut Reader<'_>, files: &mut dyn Files) -> Option<Written> {
    let name = root
        .required("district", "\"Cedar Valley Schools\"")
        .and_then(Value::parsed);
    let zone = root
        .required("zone", "\"America/Chicago\"")
        .and_then(Value::parsed::<Zone>);
    let requirement = requirement(root, files);
    let during_test = root
        .optional("during_test")
        .and_then(|value| value.word(&[("quiet", DuringTest::Quiet), ("off", DuringTest::Off)]))
        .unwrap_or(DuringTest::Quiet);
    let paces = root
        .optional("pace")
        .and_then(Value::table)
        .map(paces)
        .unwrap_or_default();
    let proctoring = Proctoring {
        screen: root
            .optional("proctor_screen")
            .and_then(|value| value.word(&ProctorScreen::WORDS))
            .unwrap_or_default(),
        phone_rule: root.optional("phone_rule").and_then(Value::parsed),
    };
    let outside = root.optional("network").and_then(Value::table).and_then(network);
    let schools = schools::read(root, files);
    let notices = notices::read(root, &schools);
    let advice = texts(root, files);
    let (devices, roster) = roster(root);
    let tz = zone.as_ref().map_or(TimeZone::UTC, |zone| zone.rules.clone());
    let (sittings, sessions) = sessions::read(root, &tz, files);
    let draft = Draft {
        name: name.clone().unwrap_or_else(|| stand_in("district")),
        time_zone: zone.as_ref().map_or("UTC", |zone| &zone.name).to_owned(),
        during_test,
        paces,
        proctoring,
        requirement,
        outside,
        schools,
        roster,
        sessions,
    };
    let checked = District::new(draft);
    for fault in checked.as_ref().err().into_iter().flatten() {
        let at: &Reader<'_> = match &fault.part {
            Part::District | Part::School(_) => root,
            Part::Device(place) => devices.get(*place).unwrap_or(root),
            Part::Session(place) => sittings.get(*place).unwrap_or(root),
        };
        let (problem, instead) = fault
            .sentence
            .split_once("; ")
            .unwrap_or((&fault.sentence, "correct it"));
        at.fault(problem, instead);
    }
    devices.into_iter().chain(sittings).for_each(Reader::finish);
    name.and(zone)?;
    Some(Written {
        district: checked.ok()?,
        notices,
        advice,
    })
}

fn stand_in(word: &str) -> Title {
    Title::parse(word).expect("a plain word is a title")
}

/// The district's own what-to-do texts, or those that come with RoomReady.
fn texts(root: &mut Reader<'_>, files: &mut dyn Files) -> Texts {
    let Some(relative) = root.optional("what_to_do").and_then(Value::text) else {
        return advice::shipped();
    };
    let Some((name, text)) = files.table(relative) else {
        return Texts::default();
    };
    advice::read(&name, &text).unwrap_or_else(|faults| {
        files.faulty(faults.to_string());
        Texts::default()
    })
}

/// A time zone by its name.
struct Zone {
    name: String,
    rules: TimeZone,
}

impl FromStr for Zone {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        TimeZone::get(text)
            .map(|rules| Self {
                name: text.to_owned(),
                rules,
            })
            .map_err(|_| {
                let given: String = text.chars().take(40).collect();
                format!("{given:?} is not a time zone; write its IANA name, for example \"America/Chicago\"")
            })
    }
}

fn requirement(reader: &mut Reader<'_>, files: &mut dyn Files) -> Option<Arc<Requirement>> {
    let profile = reader.optional("profile").and_then(Value::text);
    let policy = reader.optional("policy").and_then(Value::text);
    if policy.is_some() && !reader.has("profile") {
        let problem = format!("\"policy\" {} has no profile to lie over", reader.whereabouts());
        reader.fault(&problem, "add profile = \"profiles/testnav-2026-27.toml\"");
    }
    files.requirement(&RequirementFiles {
        profile: profile?.to_owned(),
        policy: policy.map(str::to_owned),
    })
}

/// What the district says of the network around its schools.
fn network(mut reader: Reader<'_>) -> Option<HostPort> {
    let outside = reader.optional("outside").and_then(Value::parsed);
    reader.finish();
    outside
}

fn paces(mut reader: Reader<'_>) -> Paces {
    let usual = Paces::default();
    let mut length = |key, most, usual| {
        reader
            .optional(key)
            .and_then(|value| value.duration(Paces::SHORTEST..=most))
            .unwrap_or(usual)
    };
    let paces = Paces {
        idle: length("idle", Paces::LONGEST, usual.idle),
        sweep: length("sweep", Paces::LONGEST, usual.sweep),
        near: length("near", Paces::LONGEST, usual.near),
        near_within: length("near_within", LONGEST_NEARNESS, usual.near_within),
        testing: length("testing", Paces::LONGEST, usual.testing),
    };
    reader.finish();
    paces
}

/// Where a device or a sitting is.
fn room(reader: &mut Reader<'_>) -> Option<RoomRef> {
    let school = reader
        .required("school", "\"lincoln-ms\"")
        .and_then(Value::parsed);
    let room = reader.required("room", "\"101\"").and_then(Value::parsed);
    Some(RoomRef {
        school: school?,
        room: room?,
    })
}

/// The roster with the reader of each entry, in the same order.
fn roster<'d>(root: &mut Reader<'d>) -> (Vec<Reader<'d>>, Vec<RosterEntry>) {
    let words = Platform::ALL.map(|platform| (platform.word(), platform));
    let (mut readers, mut roster) = (Vec::new(), Vec::new());
    for mut reader in root.tables("device") {
        let name = reader.required("name", "\"LIN-101-14\"").and_then(Value::parsed);
        let platform = reader
            .required("platform", "\"windows\"")
            .and_then(|value| value.word(&words));
        let room = room(&mut reader);
        let seat = reader.optional("seat").and_then(Value::parsed);
        let serial = reader
            .optional("serial")
            .and_then(Value::text)
            .map(ShortText::fit);
        let sentinel = reader
            .optional("sentinel")
            .and_then(Value::boolean)
            .unwrap_or(false);
        let platform = platform.unwrap_or(Platform::Windows);
        let watched = if sentinel {
            Watched::Sentinel
        } else {
            Watched::student_on(platform)
        };
        match (name, room) {
            (Some(name), Some(room)) => {
                roster.push(RosterEntry {
                    name,
                    platform,
                    room,
                    seat,
                    serial,
                    watched,
                });
                readers.push(reader);
            }
            _ => reader.finish(),
        }
    }
    (readers, roster)
}
