//! Sittings, and what their students do by themselves.

use std::time::Duration;

use roomready_shared::ids::SessionId;
use roomready_shared::strict::{Reader, Value};
use roomready_shared::timetable::{MAX_PAUSES, Pause, Timetable, Timing};
use roomready_shared::units::Timestamp;

use super::length;
use super::school::School;
use super::time::Times;
use crate::rehearse::scenario::{Seat, Sitting};

/// How long a room is prepared before its test.
const PREPARED_FOR: Duration = Duration::from_secs(60 * 60);
/// A class opens its test app within this time, and closes it within this time after its end.
const BY_THEMSELVES: Duration = Duration::from_secs(60);

/// The sittings as far as they were read.
pub(super) struct Sessions {
    pub(super) sittings: Vec<Sitting>,
}

impl Sessions {
    pub(super) fn named(&self, value: Value<'_>) -> Option<usize> {
        let place = value.place();
        let id = value.text()?;
        let found = self.sittings.iter().position(|sitting| sitting.id.as_str() == id);
        if found.is_none() {
            place.fault(
                "there is no such session",
                "write the id of one that the file lists",
            );
        }
        found
    }
}

pub(super) fn read(root: &mut Reader<'_>, times: &Times, school: &School) -> Sessions {
    let sittings = root
        .tables("session")
        .into_iter()
        .flat_map(|mut table| sittings(&mut table, times, school).unwrap_or_default())
        .collect();
    Sessions { sittings }
}

/// One sitting, or the same in several rooms: then each is called by its room as well.
fn sittings(table: &mut Reader<'_>, times: &Times, school: &School) -> Option<Vec<Sitting>> {
    let several = table.has("rooms");
    let id = table
        .required("id", "\"math\"")
        .and_then(Value::parsed::<SessionId>);
    let rooms = school.room_or_rooms(table);
    let timetable = timetable(table, times, None);
    let opens_within = by_themselves(table, "opens_within");
    let closes_within = by_themselves(table, "closes_within");
    let seats: Vec<Seat> = table
        .tables("seat")
        .into_iter()
        .flat_map(|mut table| seats(&mut table, times, school))
        .collect();
    if several && !seats.is_empty() {
        table.fault(
            "sessions of several rooms list seats",
            "write a [[session]] for each room, or no seats",
        );
        return None;
    }
    let (id, timetable) = (id?, timetable?);
    let of_room = |room: usize| {
        let own = format!("{id}-{}", school.rooms[room].id);
        Some(Sitting {
            id: if several {
                SessionId::parse(&own).ok()?
            } else {
                id.clone()
            },
            room,
            timetable: timetable.clone(),
            seats: seats.clone(),
            opens_within,
            closes_within,
        })
    };
    rooms?.into_iter().map(of_room).collect()
}

/// A length of time, or "never".
fn by_themselves(table: &mut Reader<'_>, key: &str) -> Option<Duration> {
    match table.optional(key) {
        None => Some(BY_THEMSELVES),
        Some(value) if value.is_word("never") => None,
        Some(value) => length(value),
    }
}

fn seats(table: &mut Reader<'_>, times: &Times, school: &School) -> Vec<Seat> {
    let devices = table
        .required("devices", "\"101-01..101-12\"")
        .and_then(|value| school.devices_named(value));
    let ends = table.optional("ends").and_then(|value| times.at(value));
    devices
        .unwrap_or_default()
        .into_iter()
        .map(|device| Seat { device, ends })
        .collect()
}

/// The times of a sitting; where a key is missing, those of `before` hold.
pub(super) fn timetable(
    table: &mut Reader<'_>,
    times: &Times,
    before: Option<&Timetable>,
) -> Option<Timetable> {
    let mut at = |key: &str, example: &str, before: Option<Timestamp>| match before {
        Some(before) => table.optional(key).map_or(Some(before), |value| times.at(value)),
        None => table.required(key, example).and_then(|value| times.at(value)),
    };
    let starts = at("starts", "\"09:00\"", before.map(Timetable::starts));
    let ends = at("ends", "\"10:00\"", before.map(Timetable::ends));
    let prepared = table.optional("prepared").map(|value| times.at(value));
    let breaks = table.optional("breaks").and_then(|value| {
        value.list(MAX_PAUSES, |value| {
            let place = value.place();
            let text = value.text()?;
            let pause = text.split_once('-').and_then(|(from, until)| {
                Some(Pause {
                    from: times.of_day(from)?,
                    until: times.of_day(until)?,
                })
            });
            if pause.is_none() {
                place.fault(&format!("{text:?} is no break"), "write it as \"09:30-09:40\"");
            }
            pause
        })
    });
    let timing = table.optional("timing").and_then(|value| {
        value.word(&[
            ("timed", Timing::Timed),
            ("until-finished", Timing::UntilFinished),
        ])
    });
    let (starts, ends) = (starts?, ends?);
    let sweep_from = match prepared {
        Some(prepared) => prepared?,
        None => starts.checked_sub(PREPARED_FOR).ok()?,
    };
    let pauses = breaks.or_else(|| before.map(|before| before.pauses().to_vec()));
    let timing = timing
        .or_else(|| before.map(Timetable::timing))
        .unwrap_or(Timing::Timed);
    match Timetable::new(sweep_from, starts, ends, pauses.unwrap_or_default(), timing) {
        Ok(timetable) => Some(timetable),
        Err(error) => {
            table.fault_at("starts", &error.to_string(), "correct the times");
            None
        }
    }
}
