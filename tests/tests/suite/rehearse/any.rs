//! Whatever happens on a day: one cause is one incident, nothing is told without a cause, the minutes are those that were
//! lost, and everything ends.

use std::collections::BTreeSet;
use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};
use roomready_collector::domain::incident::{CauseKind, Incidents, Note, fold};
use roomready_simulator::rehearse::outcome::{Found, Outcome, SeatMinutes};
use roomready_simulator::rehearse::{read, rehearse_recorded, replay};

use super::timeline::{self, FINE, Lost, Outage, Timeline};

/// Days that are drawn in each run. Always the same ones, since a red run must not depend on luck; more of them, and
/// others, with `ROOMREADY_DAYS=SEED,COUNT`.
const DAYS: u32 = 20;
const SEED: u64 = 5;

/// The latest that something may be told of what goes on no more, or not yet.
const LATE: Duration = Duration::from_secs(90);

#[expect(
    clippy::disallowed_methods,
    reason = "a test binary has no command line of its own to say this on"
)]
fn days() -> (u64, u32) {
    let chosen = std::env::var("ROOMREADY_DAYS").ok();
    let chosen = chosen
        .as_deref()
        .and_then(|text| text.split_once(','))
        .and_then(|(seed, count)| Some((seed.parse().ok()?, count.parse().ok()?)));
    chosen.unwrap_or((SEED, DAYS))
}

#[test]
fn on_any_day_one_cause_is_one_incident_and_the_minutes_are_those_that_were_lost() {
    super::step_back();
    let (seed, cases) = days();
    let mut runner = TestRunner::new(ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        max_shrink_iters: 60,
        ..ProptestConfig::default()
    });
    let checked = runner.run(&timeline::any_day(), |timeline| {
        let wrong = wrong(&timeline);
        prop_assert!(
            wrong.is_empty(),
            "{}\n\nplay it by hand:\n{}",
            wrong.join("\n"),
            timeline.scenario()
        );
        Ok(())
    });
    if let Err(error) = checked {
        panic!("{error}");
    }
}

fn wrong(timeline: &Timeline) -> Vec<String> {
    let scenario = match read("any.toml", &timeline.scenario()) {
        Ok(scenario) => scenario,
        Err(faults) => return vec![faults.to_string()],
    };
    let from = scenario.from;
    let outcome = match rehearse_recorded(&scenario) {
        Ok(outcome) => outcome,
        Err(impossible) => return vec![impossible.to_string()],
    };
    let since = |found: &Found| found.since.duration_since(from).unsigned_abs();
    let mut wrong = outcome.troubles.clone();
    one_incident_for_each(timeline, &outcome, since, &mut wrong);
    never_two_open_with_one_cause(&outcome.notes, &mut wrong);
    for (device, lost) in timeline.lost() {
        let told = outcome.minutes.get(&device).copied().unwrap_or_default();
        wrong.extend(minutes(lost, told).map(|way| format!("{device}: {way}; told {told:?}, lost {lost:?}")));
    }
    if !replays(&outcome) {
        wrong.push("the recording gives another day when it is played again".to_owned());
    }
    wrong
}

/// Everything that happened is one incident with everybody whom it hit, and there is no other.
fn one_incident_for_each(
    timeline: &Timeline,
    outcome: &Outcome,
    since: impl Fn(&Found) -> Duration,
    wrong: &mut Vec<String>,
) {
    let mut left: Vec<&Found> = outcome
        .incidents
        .iter()
        .filter(|found| found.ending.as_deref() != Some("part_of"))
        .collect();
    for outage in &timeline.outages {
        let Some((condition, cause)) = outage.is_told_as(timeline) else {
            continue;
        };
        let hit: BTreeSet<String> = outage.hits(timeline).into_iter().collect();
        let is_told = |found: &Found| {
            (found.condition.as_str(), found.cause.as_str()) == (condition, cause)
                && found.members == hit
                && is_near(outage, since(found))
        };
        match left.iter().position(|found| is_told(found)) {
            Some(place) => drop(left.remove(place)),
            None => wrong.push(format!("not told as it was: {outage:?}")),
        }
    }
    wrong.extend(
        left.iter()
            .map(|found| format!("nothing of the kind happened: {found:?}")),
    );
    wrong.extend(
        left.iter()
            .filter(|found| found.until.is_none())
            .map(|found| format!("it never ends: {found:?}")),
    );
    for found in &outcome.incidents {
        if found.until.is_none() {
            wrong.push(format!("it never ends: {found:?}"));
        }
    }
}

fn is_near(outage: &Outage, since: Duration) -> bool {
    since + LATE >= outage.at && since <= outage.at + LATE
}

/// What several have in common is told once, however it is found. In one moment one may be folded into another.
fn never_two_open_with_one_cause(notes: &[Note], wrong: &mut Vec<String>) {
    let mut incidents = Incidents::new();
    let mut notes = notes.iter().peekable();
    while let Some(note) = notes.next() {
        fold(&mut incidents, note);
        if notes.peek().is_some_and(|next| next.at() == note.at()) {
            continue;
        }
        let mut seen = BTreeSet::new();
        for incident in incidents.values().filter(|incident| incident.is_open()) {
            let cause = &incident.cause;
            let members: Vec<_> = match cause.kind {
                CauseKind::Device => incident.still().map(|member| member.device).collect(),
                _ => Vec::new(),
            };
            if !seen.insert((incident.condition, cause.kind.word(), incident.rooms(), members)) {
                wrong.push(format!(
                    "two open incidents with one cause at {}: {incident:?}",
                    note.at()
                ));
            }
        }
    }
}

fn minutes(lost: Lost, told: SeatMinutes) -> impl Iterator<Item = &'static str> {
    let off = |a: Duration, b: Duration| a.abs_diff(b) > lost.within;
    let away = told.cut_off + told.unheard;
    [
        (off(lost.stopped, told.stopped), "its stopped time is another"),
        (
            told.cut_off + lost.unread + lost.within < lost.away || told.cut_off > lost.away + lost.within,
            "the time it was cut off is another",
        ),
        (
            told.unheard > lost.unread + lost.perhaps + FINE,
            "it is unheard for longer than nobody can say what it did",
        ),
        (
            away + lost.within < lost.away || away > lost.away + lost.perhaps + lost.within,
            "the time it was away is another",
        ),
    ]
    .into_iter()
    .filter_map(|(wrong, way)| wrong.then_some(way))
}

fn replays(outcome: &Outcome) -> bool {
    let mut lines = Vec::new();
    for line in &outcome.recorded {
        serde_json::to_writer(&mut lines, line).expect("a recording can be written");
        lines.push(b'\n');
    }
    replay::replay(lines.as_slice()).is_ok_and(|replayed| replayed.is_same())
}
