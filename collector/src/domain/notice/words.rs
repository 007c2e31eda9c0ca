//! Notices in plain words, for whatever carries them: a subject, paragraphs, one link each.

use jiff::Timestamp;
use roomready_shared::ids::DeviceName;

use super::message::{Item, Kind, Notice, What};
use super::plan::Step;
use crate::domain::incident::{Cause, Incident, cause_words, headline};
use crate::domain::people::ON_THE_WAY_FOR;

/// Longest subject in characters: mail programs and telephones cut longer ones.
const LONGEST_SUBJECT: usize = 140;
/// Rooms that are named; of more a number is told.
const ROOMS_NAMED: usize = 4;

/// What is wrong, without a device's name: "Seat 12 has not been heard since 9:41".
#[must_use]
pub fn problem(incident: &Incident, app: &str, written: impl Fn(Timestamp) -> String) -> String {
    let mut nameless = incident.clone();
    let nobody = DeviceName::parse("one device").expect("two plain words are a label");
    for member in &mut nameless.members {
        member.name = nobody.clone();
    }
    capital(&headline(&nameless, app, written))
}

/// What is taken to be the cause, without the name of an access point or a network; none for a single device.
#[must_use]
pub fn cause(incident: &Incident, app: &str) -> Option<String> {
    let nameless = Cause {
        named: None,
        ..incident.cause.clone()
    };
    cause_words(&nameless, app)
}

/// One line, the most important first.
#[must_use]
pub fn subject(notice: &Notice) -> String {
    let place = &notice.place;
    let text = match (notice.kind, notice.items.as_slice()) {
        (Kind::Test, _) => format!("TEST: a notice of RoomReady, {place}"),
        (Kind::Summary, _) => {
            let over = notice
                .tells
                .iter()
                .filter(|(_, what)| *what == What::Over)
                .count();
            let open = notice.tells.len() - over;
            format!("{place}: {}", and([several(open, "open"), several(over, "over")]))
        }
        (_, [item]) if notice.more() == 0 => {
            format!("{}{}, {place}: {}", mark(notice), rooms(item), item.problem)
        }
        (_, items) => {
            let mut named: Vec<&str> = Vec::new();
            for room in items.iter().flat_map(|item| &item.rooms) {
                if !named.contains(&room.as_str()) {
                    named.push(room.as_str());
                }
            }
            let many = notice.tells.len();
            format!("{}{place}: {many} problems in {}", mark(notice), list(&named))
        }
    };
    if text.chars().count() <= LONGEST_SUBJECT {
        return text;
    }
    let cut: String = text.chars().take(LONGEST_SUBJECT - 1).collect();
    format!("{}…", cut.trim_end())
}

/// What a notice says before its first words.
fn mark(notice: &Notice) -> &'static str {
    match (notice.kind, notice.step) {
        (Kind::Over, _) => "Over: ",
        (Kind::Reminder, _) => "Still open: ",
        (Kind::Opened, Step::Second | Step::Third) => "Nobody is on the way: ",
        _ => "",
    }
}

/// The whole of it: paragraphs in order. `base` is where pages are found; without it there are no links.
#[must_use]
pub fn text(notice: &Notice, base: Option<&str>) -> Vec<String> {
    let mut paragraphs = Vec::new();
    let minutes = ON_THE_WAY_FOR.as_mins();
    match notice.kind {
        Kind::Test => {
            paragraphs.push(format!(
                "This is a test. Somebody pressed the test button for you at {}. Nothing is wrong, and there is nothing to do.",
                notice.place
            ));
            return paragraphs;
        }
        Kind::Summary => paragraphs.push(
            "You have had many notices within an hour, so the latest come together in this one.".to_owned(),
        ),
        Kind::Reminder => paragraphs.push(format!(
            "Somebody was on the way, but that was more than {minutes} minutes ago."
        )),
        Kind::Opened if notice.step > Step::First => {
            paragraphs.push("Nobody has said yet that they are on the way.".to_owned());
        }
        Kind::Opened | Kind::Over => {}
    }
    paragraphs.extend(notice.items.iter().map(|item| of_item(item, base)));
    if notice.more() > 0 {
        paragraphs.push(format!("And {} more.", notice.more()));
    }
    if notice.tells.iter().any(|(_, what)| *what != What::Over) {
        paragraphs.push(format!(
            "Press \"On my way\" on that page: for {minutes} minutes nobody else is sent."
        ));
    }
    paragraphs
}

fn of_item(item: &Item, base: Option<&str>) -> String {
    let mut said = format!("{}: {}.", rooms(item), item.problem);
    if let Some(cause) = &item.cause {
        said.push_str(&format!(" {cause}"));
    }
    if !item.ruled_out.is_empty() {
        said.push_str(&format!(" Ruled out: {}.", item.ruled_out.join("; ")));
    }
    if item.what == What::Over {
        let how = item.ended.as_deref().map(|how| format!(": {how}"));
        said.push_str(&format!(" It is over{}.", how.unwrap_or_default()));
    }
    if let Some(base) = base {
        said.push_str(&format!("\n{base}{}", item.path));
    }
    said
}

/// "Room 101", "Room 101, Room 102 and 3 more rooms".
fn rooms(item: &Item) -> String {
    let names: Vec<_> = item.rooms.iter().map(|room| room.as_str()).collect();
    list(&names)
}

fn list(names: &[&str]) -> String {
    let rest = names.len().saturating_sub(ROOMS_NAMED);
    let shown = names[..names.len() - rest].join(", ");
    match rest {
        0 => shown,
        1 => format!("{shown} and 1 more room"),
        rest => format!("{shown} and {rest} more rooms"),
    }
}

fn several(count: usize, state: &str) -> Option<String> {
    match count {
        0 => None,
        1 => Some(format!("1 problem {state}")),
        count => Some(format!("{count} problems {state}")),
    }
}

fn and(parts: [Option<String>; 2]) -> String {
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}
