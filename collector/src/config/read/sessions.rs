//! Sittings.

use std::time::Duration;

use jiff::tz::TimeZone;
use roomready_shared::ids::SessionId;
use roomready_shared::strict::{Reader, Value};
use roomready_shared::timetable::{Pause, Timetable, Timing};

use super::{Files, moment, requirement, room, stand_in};
use crate::domain::plan::{SeatPlan, Session};

/// How long before its start a sitting is prepared when the file does not say.
pub const PREPARE_BY_DEFAULT: Duration = Duration::from_secs(60 * 60);
const LONGEST_PREPARATION: Duration = Duration::from_secs(24 * 60 * 60);
/// A hall of 500 is the largest we have heard of.
const MOST_SEATS: u16 = 1_000;

/// The sittings with the reader of each, in the same order.
pub(super) fn read<'d>(
    root: &mut Reader<'d>,
    zone: &TimeZone,
    files: &mut dyn Files,
) -> (Vec<Reader<'d>>, Vec<Session>) {
    let (mut readers, mut sessions) = (Vec::new(), Vec::new());
    for mut reader in root.tables("session") {
        match session(&mut reader, zone, files) {
            Some(session) => {
                sessions.push(session);
                readers.push(reader);
            }
            None => reader.finish(),
        }
    }
    (readers, sessions)
}

fn session(reader: &mut Reader<'_>, zone: &TimeZone, files: &mut dyn Files) -> Option<Session> {
    let id: Option<SessionId> = reader.required("id", "\"math-7-oct-6\"").and_then(Value::parsed);
    let title = reader
        .required("name", "\"Grade 7 Math\"")
        .and_then(Value::parsed);
    let room = room(reader);
    let requirement = requirement(reader, files);
    let seats_expected = reader
        .optional("seats_expected")
        .and_then(|value| value.integer(1..=MOST_SEATS));
    let timetable = timetable(reader, zone);
    let seats = seats(reader, zone);
    Some(Session {
        id: id?,
        title: title.unwrap_or_else(|| stand_in("session")),
        room: room?,
        timetable: timetable?,
        requirement,
        seats_expected,
        seats,
    })
}

fn timetable(reader: &mut Reader<'_>, zone: &TimeZone) -> Option<Timetable> {
    let starts = moment::required(reader, "starts", zone);
    let ends = moment::required(reader, "ends", zone);
    let prepare = reader
        .optional("prepare")
        .and_then(|value| value.duration(Duration::ZERO..=LONGEST_PREPARATION))
        .unwrap_or(PREPARE_BY_DEFAULT);
    let timing = reader.required("timing", "\"timed\"").and_then(|value| {
        value.word(&[
            ("timed", Timing::Timed),
            ("until finished", Timing::UntilFinished),
        ])
    });
    let mut pauses = Vec::new();
    for mut pause in reader.tables("pause") {
        let from = moment::required(&mut pause, "from", zone);
        let until = moment::required(&mut pause, "until", zone);
        pauses.extend(from.zip(until).map(|(from, until)| Pause { from, until }));
        pause.finish();
    }
    let (starts, ends, timing) = (starts?, ends?, timing?);
    let sweep_from = starts.saturating_sub(prepare).unwrap_or(starts);
    Timetable::new(sweep_from, starts, ends, pauses, timing)
        .map_err(|not_a| reader.fault(&not_a.to_string(), "put its times in order"))
        .ok()
}

fn seats(reader: &mut Reader<'_>, zone: &TimeZone) -> Vec<SeatPlan> {
    let mut seats = Vec::new();
    for mut place in reader.tables("seat") {
        let device = place.required("device", "\"LIN-101-14\"").and_then(Value::parsed);
        let seat = place.optional("seat").and_then(Value::parsed);
        let ends = moment::optional(&mut place, "ends", zone);
        seats.extend(device.map(|device| SeatPlan { device, seat, ends }));
        place.finish();
    }
    seats
}
