//! From the text of a scenario file to a [`Scenario`]: strict, all faults at once, each with its line.

mod event;
mod expect;
mod school;
mod sessions;
mod time;
mod who;

use std::time::Duration;

use jiff::SignedDuration;
use jiff::civil::Date;
use roomready_shared::strict::{Document, Faults, Reader, Value};

use self::school::School;
use self::time::Times;
use super::scenario::{LONGEST, MOST_CUES, Scenario, Site};

/// Seed of a scenario that names none.
const SEED: u64 = 1;
/// The zone of a scenario that names none.
const ZONE: &str = "America/Chicago";
/// The day of a scenario that names none: a Tuesday in the testing window, far from a change of clocks.
const DAY: Date = Date::constant(2026, 10, 6);

/// Reads a scenario. `file` is only for messages.
///
/// # Errors
/// Every fault of the file.
pub fn read(file: &str, text: &str) -> Result<Scenario, Faults> {
    let document = Document::parse(file, text)?;
    let mut root = document.root();
    let scenario = scenario(&mut root);
    root.finish();
    document.finish(scenario)
}

fn scenario(root: &mut Reader<'_>) -> Option<Scenario> {
    let title = root
        .required("title", "\"One device dies in the middle of a test\"")
        .and_then(Value::text);
    let mut times = Times::of(root);
    let from = root
        .required("from", "\"08:50\"")
        .and_then(|value| times.at(value));
    times.begin(from);
    let until = root
        .required("until", "\"10:10\"")
        .and_then(|value| times.at(value));
    let seed = root
        .optional("seed")
        .and_then(|value| value.integer(0..=i64::MAX));
    let site = root
        .optional("site")
        .and_then(|value| value.word(&[("on-premises", Site::OnPremises), ("remote", Site::Remote)]));
    let map = root.optional("access_point_map").and_then(Value::boolean);
    let school = School::read(root);
    let sessions = sessions::read(root, &times, &school);
    let mut cues = event::read(root, &times, &school, &sessions);
    let expect = root
        .required_table("expect")
        .map(|mut table| expect::read(&mut table, &times, &school));
    let (from, until) = (from?, until?);
    let length = until.duration_since(from);
    let longest = i64::try_from(LONGEST.as_secs()).unwrap_or(i64::MAX);
    if !(1..=longest).contains(&length.as_secs()) {
        root.fault_at(
            "until",
            "the day must end after it begins, at most 26 hours later",
            "correct from or until",
        );
        return None;
    }
    let length_ms = u64::try_from(length.as_millis()).unwrap_or(u64::MAX);
    if cues.len() > MOST_CUES {
        root.fault_at(
            "event",
            &format!("they come to {} things that happen", cues.len()),
            &format!("write at most {MOST_CUES}"),
        );
        return None;
    }
    if cues.iter().any(|cue| cue.at_ms > length_ms) {
        root.fault_at(
            "until",
            "something happens after the day has ended",
            "let the day end later",
        );
    }
    cues.sort_by_key(|cue| cue.at_ms);
    Some(Scenario {
        title: title?.to_owned(),
        zone: times.zone().clone(),
        from,
        until,
        seed: seed.map_or(SEED, i64::unsigned_abs),
        site: site.unwrap_or(Site::OnPremises),
        rooms: school.rooms,
        access_point_map: map.unwrap_or(false),
        devices: school.devices,
        sessions: sessions.sittings,
        cues,
        expect: expect?,
    })
}

/// A length of time that things take in a scenario: "90s", "6m40s", "1h30m".
fn length(value: Value<'_>) -> Option<Duration> {
    let place = value.place();
    let text = value.text()?;
    let read = text.parse::<SignedDuration>().ok();
    let length = read.and_then(|length| Duration::try_from(length).ok());
    let length = length.filter(|length| *length <= LONGEST);
    if length.is_none() {
        place.fault(
            &format!("{text:?} is no length of time"),
            "write one such as \"90s\" or \"6m40s\", at most 26 hours",
        );
    }
    length
}
