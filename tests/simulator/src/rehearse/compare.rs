//! What came out against what was expected. Whatever is not listed must not be there.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use jiff::tz::TimeZone;
use roomready_collector::domain::incident::Detection;
use roomready_shared::units::Timestamp;

use super::outcome::{Found, Outcome, SeatMinutes};
use super::scenario::{Incident, Minutes, Scenario};

/// One difference, as a sentence.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub struct Difference(pub String);

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Everything that is not as expected; empty when all is.
#[must_use]
pub fn compare(scenario: &Scenario, outcome: &Outcome) -> Vec<Difference> {
    let mut differences: Vec<_> = outcome.troubles.iter().cloned().map(Difference).collect();
    incidents(scenario, outcome, &mut differences);
    compare_minutes(scenario, &outcome.minutes, &mut differences);
    differences
}

fn incidents(scenario: &Scenario, outcome: &Outcome, differences: &mut Vec<Difference>) {
    let mut left: Vec<&Found> = outcome.incidents.iter().collect();
    let mut unmatched = Vec::new();
    for expected in &scenario.expect.incidents {
        let same = left
            .iter()
            .position(|found| may_be(expected, found) && unlike(scenario, expected, found).is_empty());
        match same {
            Some(place) => drop(left.remove(place)),
            None => unmatched.push(expected),
        }
    }
    for expected in unmatched {
        // The one that is most like it, so that a time that is off by a minute is told as that.
        let nearest = left
            .iter()
            .enumerate()
            .filter(|(_, found)| may_be(expected, found) && is_akin(scenario, expected, found))
            .min_by_key(|(_, found)| unlike(scenario, expected, found).len())
            .map(|(place, _)| place);
        let what = in_words(scenario, expected);
        match nearest {
            Some(place) => {
                let found = left.remove(place);
                let how = unlike(scenario, expected, found).join("; ");
                differences.push(Difference(format!("expected {what}, but {how}")));
            }
            None => differences.push(Difference(format!(
                "expected {what}, and nothing like it came out"
            ))),
        }
    }
    // One that proved to be part of another is told of in that one.
    for found in left.into_iter().filter(|found| !is_part(found.ending.as_deref())) {
        differences.push(Difference(format!(
            "not expected: {}",
            found_in_words(&scenario.zone, found)
        )));
    }
}

/// One that proved to be part of another is meant only where that is said.
fn may_be(expected: &Incident, found: &Found) -> bool {
    is_part(expected.ending.as_deref()) == is_part(found.ending.as_deref())
}

fn is_part(ending: Option<&str>) -> bool {
    ending == Some("part_of")
}

/// The same thing seen differently: a member in common, and overlapping times.
fn is_akin(scenario: &Scenario, expected: &Incident, found: &Found) -> bool {
    let members = names(scenario, &expected.members);
    let near = expected.since.duration_since(found.since).abs() < jiff::SignedDuration::from_mins(5);
    near && (members.is_empty() || members.intersection(&found.members).next().is_some())
}

/// How a found incident is unlike the expected one, in words; empty when it is as expected.
fn unlike(scenario: &Scenario, expected: &Incident, found: &Found) -> Vec<String> {
    let mut ways = Vec::new();
    let zone = &scenario.zone;
    let mut say = |name: &str, wanted: &str, got: &str| {
        if wanted != got {
            ways.push(format!("its {name} is {got}"));
        }
    };
    say("cause", &expected.cause, &found.cause);
    say("condition", expected.condition.word(), &found.condition);
    let rooms: BTreeSet<_> = expected
        .rooms
        .iter()
        .map(|room| scenario.rooms[*room].id.to_string())
        .collect();
    if rooms != found.rooms {
        ways.push(format!("its rooms are {}", listed(&found.rooms)));
    }
    let members = names(scenario, &expected.members);
    if members != found.members {
        let missing: BTreeSet<_> = members.difference(&found.members).cloned().collect();
        let more: BTreeSet<_> = found.members.difference(&members).cloned().collect();
        if !missing.is_empty() {
            ways.push(format!("{} is not in it", listed(&missing)));
        }
        if !more.is_empty() {
            ways.push(format!("{} is in it too", listed(&more)));
        }
    }
    if !near(expected.since, found.since, expected.within) {
        ways.push(format!("it began at {}", clock(zone, found.since)));
    }
    match (expected.until, found.until) {
        (Some(wanted), Some(got)) if near(wanted, got, expected.within) => {}
        (None, None) => {}
        (_, Some(got)) => ways.push(format!("it ended at {}", clock(zone, got))),
        (_, None) => ways.push("it never ended".to_owned()),
    }
    if expected.seen != found.seen {
        let seen = match found.seen {
            Detection::Live => "seen while it happened",
            Detection::Replay => "learned afterwards",
            Detection::Stated => "told by people",
        };
        ways.push(format!("it was {seen}"));
    }
    if let Some(within) = expected.told_within {
        let told_after = found.detected.duration_since(expected.since);
        if told_after.as_millis() > i128::try_from(within.as_millis()).unwrap_or(i128::MAX) {
            ways.push(format!("it was told at {}", clock(zone, found.detected)));
        }
    }
    if let Some(ending) = &expected.ending
        && found.ending.as_ref() != Some(ending)
    {
        ways.push(format!(
            "its ending is {}",
            found.ending.as_deref().unwrap_or("none")
        ));
    }
    if let Some(first) = &expected.corrected_from
        && found.taken_for.first() != Some(first)
    {
        let first = found.taken_for.first().map_or("never corrected", String::as_str);
        ways.push(format!("it was first taken for: {first}"));
    }
    ways
}

/// A seat that is not listed: a moment between two readings is no lost time.
const NOTHING_LOST: (Duration, Duration, Duration, Duration) = (
    Duration::ZERO,
    Duration::ZERO,
    Duration::ZERO,
    Duration::from_secs(1),
);

fn compare_minutes(
    scenario: &Scenario,
    found: &BTreeMap<String, SeatMinutes>,
    differences: &mut Vec<Difference>,
) {
    let mut expected: BTreeMap<String, &Minutes> = BTreeMap::new();
    for minutes in &scenario.expect.minutes {
        for device in &minutes.devices {
            expected.insert(scenario.devices[*device].name.to_string(), minutes);
        }
    }
    let seats: BTreeSet<&String> = expected.keys().chain(found.keys()).collect();
    for seat in seats {
        let got = found.get(seat).copied().unwrap_or_default();
        let (stopped, cut_off, unheard, within) = expected.get(seat).map_or(NOTHING_LOST, |minutes| {
            (minutes.stopped, minutes.cut_off, minutes.unheard, minutes.within)
        });
        for (word, wanted, got) in [
            ("stopped", stopped, got.stopped),
            ("cut off", cut_off, got.cut_off),
            ("unheard", unheard, got.unheard),
        ] {
            if wanted.abs_diff(got) > within {
                differences.push(Difference(format!(
                    "seat of {seat}: expected {} s {word}, but it is {} s",
                    wanted.as_secs(),
                    got.as_secs()
                )));
            }
        }
    }
}

fn near(wanted: Timestamp, got: Timestamp, within: Duration) -> bool {
    wanted.duration_since(got).unsigned_abs() <= within
}

fn names(scenario: &Scenario, places: &[usize]) -> BTreeSet<String> {
    places
        .iter()
        .map(|place| scenario.devices[*place].name.to_string())
        .collect()
}

fn in_words(scenario: &Scenario, incident: &Incident) -> String {
    let members = names(scenario, &incident.members);
    let condition = incident.condition.word();
    let (cause, since) = (&incident.cause, clock(&scenario.zone, incident.since));
    let until = incident.until.map_or_else(
        || "open at the end".to_owned(),
        |until| format!("until {}", clock(&scenario.zone, until)),
    );
    format!(
        "{condition} ({cause}) of {} from {since} {until}",
        listed(&members)
    )
}

/// An incident in one line.
pub(super) fn found_in_words(zone: &TimeZone, found: &Found) -> String {
    let until = found.until.map_or_else(
        || "open at the end".to_owned(),
        |until| format!("until {}", clock(zone, until)),
    );
    let seen = match found.seen {
        Detection::Live => "",
        Detection::Replay => ", learned afterwards",
        Detection::Stated => ", told by people",
    };
    let ending = found
        .ending
        .as_ref()
        .map_or_else(String::new, |ending| format!(", {ending}"));
    format!(
        "{} ({}) in {} of {} from {} {until}{ending}{seen}",
        found.condition,
        found.cause,
        listed(&found.rooms),
        listed(&found.members),
        clock(zone, found.since),
    )
}

/// At most a handful of names, then how many more.
fn listed(names: &BTreeSet<String>) -> String {
    const SHOWN: usize = 6;
    let mut text: Vec<&str> = names.iter().take(SHOWN).map(String::as_str).collect();
    let more = names.len().saturating_sub(SHOWN);
    let rest = format!("{more} more");
    if more > 0 {
        text.push(&rest);
    }
    if text.is_empty() {
        "nobody".to_owned()
    } else {
        text.join(", ")
    }
}

/// A time of day.
pub(super) fn clock(zone: &TimeZone, at: Timestamp) -> String {
    at.to_zoned(zone.clone()).strftime("%H:%M:%S").to_string()
}
