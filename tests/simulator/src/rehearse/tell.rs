//! A rehearsal in words and as JSON.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::SignedDuration;
use roomready_collector::domain::incident::{Note, ending_words};
use serde_json::json;

use super::compare::{Difference, clock, found_in_words};
use super::outcome::{Line, Outcome, name_of, seen_word};
use super::scenario::{Cue, Edit, Happening, Health, OnCollector, OnDevice, Part, Press, Pressed, Scenario};

/// The script, as lines of the story: what happens to many at once is one line.
pub(super) fn script(scenario: &Scenario, cues: &[Cue]) -> Vec<Line> {
    let mut lines: Vec<(u64, String, Vec<String>)> = Vec::new();
    for cue in cues {
        let second = cue.at_ms / 1_000;
        let (who, what) = in_words(scenario, &cue.what);
        match lines
            .iter_mut()
            .rev()
            .take_while(|(at, ..)| *at == second)
            .find(|(_, known, _)| *known == what)
        {
            Some((_, _, all)) => all.extend(who),
            None => lines.push((second, what, who.into_iter().collect())),
        }
    }
    lines
        .into_iter()
        .map(|(second, what, who)| {
            let since = SignedDuration::from_secs(i64::try_from(second).unwrap_or(0));
            Line {
                at: scenario.from.saturating_add(since).unwrap_or(scenario.until),
                text: match who.as_slice() {
                    [] => what,
                    [one] => format!("{one} {what}"),
                    [first, .., last] => format!("{} devices ({first} … {last}): {what}", who.len()),
                },
                scripted: true,
            }
        })
        .collect()
}

fn in_words(scenario: &Scenario, what: &Happening) -> (Option<String>, String) {
    let device = |place: usize| scenario.devices[place].name.to_string();
    let room = |place: usize| scenario.rooms[place].id.to_string();
    match what {
        Happening::Device(place, what) => (Some(device(*place)), on_device(scenario, *what)),
        Happening::Network(part, health) => {
            let how = match health {
                Health::Up => "is well",
                Health::Down => "is down",
                Health::Slow => "is slow",
            };
            match part {
                Part::Link(place) => (Some(device(*place)), format!("its connection {how}")),
                Part::VendorFor(place) => (Some(device(*place)), format!("its way to the vendor {how}")),
                Part::CollectorFor(place) => {
                    (Some(device(*place)), format!("its way to the collector {how}"))
                }
                Part::Room(place) => (None, format!("the network of room {} {how}", room(*place))),
                Part::RoomUplink(place) => (
                    None,
                    format!(
                        "what connects room {} to the rest of the school {how}",
                        room(*place)
                    ),
                ),
                Part::AccessPoint(name) => (None, format!("access point {name} {how}")),
                Part::Subnet(subnet) => (None, format!("network {subnet} {how}")),
                Part::School => (None, format!("the school's network {how}")),
                Part::Uplink => (None, format!("the school's uplink {how}")),
                Part::Vendor => (None, format!("the vendor {how}")),
            }
        }
        Happening::Collector(what) => (
            None,
            match what {
                OnCollector::Killed => "the collector is killed".to_owned(),
                OnCollector::Started => "the collector starts".to_owned(),
                OnCollector::ClockSet { ahead_ms } => {
                    format!("the collector's clock is set {ahead_ms} ms ahead")
                }
            },
        ),
        Happening::Press(Press {
            room: place, what, ..
        }) => {
            let place = place.map_or_else(
                || "for the school".to_owned(),
                |place| format!("in room {}", room(place)),
            );
            (
                None,
                format!("somebody presses {} {place}", button(scenario, what)),
            )
        }
        Happening::Edit(Edit::Session {
            session, timetable, ..
        }) => {
            let what = if timetable.is_some() {
                "is moved"
            } else {
                "is taken out"
            };
            (None, format!("session {} {what}", scenario.sessions[*session].id))
        }
        Happening::Edit(Edit::Home {
            device: place,
            room: to,
        }) => (
            Some(device(*place)),
            format!("belongs to room {} from now on", room(*to)),
        ),
    }
}

fn on_device(scenario: &Scenario, what: OnDevice) -> String {
    match what {
        OnDevice::Dies => "dies".to_owned(),
        OnDevice::PowersOn => "is switched on".to_owned(),
        OnDevice::ShutsDown => "is shut down".to_owned(),
        OnDevice::Restarts => "restarts".to_owned(),
        OnDevice::LidCloses { announced: true } => "its lid is closed".to_owned(),
        OnDevice::LidCloses { announced: false } => "its lid is closed, without a word".to_owned(),
        OnDevice::LidOpens => "its lid is opened".to_owned(),
        OnDevice::ChargerPulled => "its charger is pulled".to_owned(),
        OnDevice::ChargerPlugged => "its charger is plugged in".to_owned(),
        OnDevice::Battery { percent } => format!("its battery is at {percent} %"),
        OnDevice::AppOpens => "opens the test app".to_owned(),
        OnDevice::AppCloses => "closes the test app".to_owned(),
        OnDevice::AppCrashes => "its test app crashes".to_owned(),
        OnDevice::ProgramStarts => "another program starts".to_owned(),
        OnDevice::ProgramEnds => "the other program ends".to_owned(),
        OnDevice::AgentStops => "its agent is stopped".to_owned(),
        OnDevice::AgentKilled => "its agent is killed".to_owned(),
        OnDevice::AgentStarts => "its agent starts".to_owned(),
        OnDevice::DiskFull => "its disk is full".to_owned(),
        OnDevice::DiskFree => "its disk has space again".to_owned(),
        OnDevice::OutboxDamaged => "its outbox is damaged".to_owned(),
        OnDevice::ClockSet { ahead_ms } => format!("its clock is set {ahead_ms} ms ahead"),
        OnDevice::ReportTwice => "its next report arrives twice".to_owned(),
        OnDevice::Carried { room } => format!("is carried into room {}", scenario.rooms[room].id),
    }
}

fn button(scenario: &Scenario, what: &Pressed) -> String {
    let device = |place: &usize| &scenario.devices[*place].name;
    match what {
        Pressed::Start => "\"Start\"".to_owned(),
        Pressed::Break => "\"Break\"".to_owned(),
        Pressed::BreakOver => "\"Break is over\"".to_owned(),
        Pressed::End => "\"End\"".to_owned(),
        Pressed::Hand => "\"Help wanted\"".to_owned(),
        Pressed::OnMyWay => "\"On my way\"".to_owned(),
        Pressed::Note(text) => format!("\"Note\" ({text})"),
        Pressed::Symptom(place, _) => format!("a symptom of {}", device(place)),
        Pressed::SeatNeedsHelp(place) => format!("\"Needs help\" for {}", device(place)),
        Pressed::SeatHelped(place) => format!("\"Goes on\" for {}", device(place)),
        Pressed::SeatFinished(place) => format!("\"Finished\" for {}", device(place)),
        Pressed::Swap { old, new } => format!("\"Swap\" {} for {}", device(old), device(new)),
        Pressed::Released(place) => format!("\"Release\" {}", device(place)),
        Pressed::Pause { from, .. } => format!("\"Pause\" since {}", clock(&scenario.zone, *from)),
        Pressed::Resume { from } => format!("\"Go on\" since {}", clock(&scenario.zone, *from)),
        Pressed::StillWorking(answer) => format!("\"Still working?\" ({answer:?})"),
        Pressed::Undo => "\"Undo\"".to_owned(),
    }
}

/// A note of the watch as a line of the story; none for what would drown it.
pub(super) fn note(scenario: &Scenario, note: &Note) -> Option<String> {
    Some(match note {
        Note::Opened(opened) => {
            let members: Vec<_> = opened
                .members
                .iter()
                .map(|member| member.name.to_string())
                .collect();
            format!(
                "incident {}: {} of {}",
                short(opened.incident.as_str()),
                opened.condition.word(),
                members.join(", ")
            )
        }
        Note::Amended(amended) => format!("incident {}: more is known", short(amended.incident.as_str())),
        Note::Ended(ended) => format!(
            "incident {}: {}",
            short(ended.incident.as_str()),
            ending_words(&ended.how)
        ),
        Note::SeatFinished(seat) => format!("{}: test app closed", name_of(scenario, seat.device)),
        Note::Phase(phase) => format!("session {}: {}", phase.session, phase.phase),
        Note::Blind(blind) => format!(
            "the collector saw nothing since {}",
            clock(&scenario.zone, blind.from)
        ),
        Note::SeatStarted(_) => return None,
    })
}

/// The first characters of an id tell incidents of one day apart.
fn short(id: &str) -> &str {
    id.get(..6).unwrap_or(id)
}

/// Everything for a person to read.
#[must_use]
pub fn in_text(scenario: &Scenario, outcome: &Outcome, differences: &[Difference]) -> String {
    let mut text = format!("{}\n\n", scenario.title);
    for line in &outcome.story {
        let mark = if line.scripted { "   " } else { "=> " };
        let _ = writeln!(text, "{}  {mark}{}", clock(&scenario.zone, line.at), line.text);
    }
    let _ = writeln!(text, "\nIncidents: {}", outcome.incidents.len());
    for found in &outcome.incidents {
        let _ = writeln!(text, "  {}", found_in_words(&scenario.zone, found));
    }
    let _ = writeln!(text, "Seats with lost time: {}", outcome.minutes.len());
    for (seat, lost) in &outcome.minutes {
        let _ = writeln!(
            text,
            "  {seat}: {} s stopped, {} s cut off, {} s unheard",
            lost.stopped.as_secs(),
            lost.cut_off.as_secs(),
            lost.unheard.as_secs()
        );
    }
    if differences.is_empty() {
        text.push_str("\nAs expected.\n");
    } else {
        let _ = writeln!(text, "\nNot as expected:");
        for difference in differences {
            let _ = writeln!(text, "  {difference}");
        }
    }
    text
}

/// Everything for a program to read.
#[must_use]
pub fn in_json(scenario: &Scenario, outcome: &Outcome, differences: &[Difference]) -> serde_json::Value {
    let story: Vec<_> = outcome
        .story
        .iter()
        .map(|line| json!({ "at": line.at, "text": line.text, "scripted": line.scripted }))
        .collect();
    let incidents: Vec<_> = outcome
        .incidents
        .iter()
        .map(|found| {
            json!({
                "cause": found.cause,
                "condition": found.condition,
                "rooms": found.rooms,
                "members": found.members,
                "since": found.since,
                "until": found.until,
                "detected": found.detected,
                "seen": seen_word(found.seen),
                "ending": found.ending,
                "taken_for": found.taken_for,
            })
        })
        .collect();
    let minutes: BTreeMap<_, _> = outcome
        .minutes
        .iter()
        .map(|(seat, lost)| {
            let lost = json!({
                "stopped_s": lost.stopped.as_secs(),
                "cut_off_s": lost.cut_off.as_secs(),
                "unheard_s": lost.unheard.as_secs(),
            });
            (seat, lost)
        })
        .collect();
    json!({
        "title": scenario.title,
        "story": story,
        "incidents": incidents,
        "minutes": minutes,
        "differences": differences,
        "as_expected": differences.is_empty(),
    })
}
