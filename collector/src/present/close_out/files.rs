//! The sheet as files for spreadsheets.

use jiff::Timestamp;

use super::lines::app;
use super::{Told, seats_of};
use crate::domain::incident::{Basis, Incident, State, cause_name, headline};
use crate::domain::minutes::{Amount, SeatCount};
use crate::present::Scene;
use crate::present::csv::Csv;

const SEATS: &str = "session,room,seat,device,counted,testing (s),stopped (s),stopped +/- (s),stopped known by,\
                     cut off (s),cut off +/- (s),cut off known by,unheard (s),unheard +/- (s),unheard known by,\
                     not heard but working as people said (s),heard (s),collector blind (s)\r\n";
const INCIDENTS: &str =
    "incident,session,room,what,cause,certainty,from (UTC),until (UTC),devices here,devices in all\r\n";

/// Every seat in whole seconds, each number rounded once; none when there is no such session.
#[must_use]
pub fn seats_csv(scene: &Scene<'_>, told: Told<'_>) -> Option<String> {
    let session = scene.district().session(told.session)?;
    let mut csv = Csv::headed(SEATS);
    for seat in seats_of(scene, session, told.past) {
        let mut cells = vec![
            session.title.to_string(),
            scene.room_title(&session.room),
            seat.who
                .seat
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            seat.who.name.to_string(),
        ];
        match seat.count {
            SeatCount::NotWatched => cells.push("not watched one by one".to_owned()),
            SeatCount::NotStarted => cells.push("not started".to_owned()),
            SeatCount::Minutes(minutes) => {
                cells.push("yes".to_owned());
                cells.push(seconds(minutes.testing_ms));
                for amount in [&minutes.stopped, &minutes.cut_off, &minutes.unheard] {
                    cells.push(seconds(amount.total_ms()));
                    cells.push(amount.plus_minus_ms.div_ceil(1_000).to_string());
                    cells.push(known_by(amount));
                }
                let rest = [minutes.working_as_said_ms, minutes.heard_ms, minutes.blind_ms];
                cells.extend(rest.map(seconds));
            }
        }
        csv.line(&cells);
    }
    Some(csv.text())
}

/// Every incident that reached the session; none when there is no such session.
#[must_use]
pub fn incidents_csv(scene: &Scene<'_>, told: Told<'_>) -> Option<String> {
    let session = scene.district().session(told.session)?;
    let mut csv = Csv::headed(INCIDENTS);
    for incident in told.past.incidents() {
        let here = incident
            .members
            .iter()
            .filter(|member| member.session == session.id)
            .count();
        csv.line(&[
            incident.id.to_string(),
            session.title.to_string(),
            scene.room_title(&session.room),
            headline(incident, app(scene, session), |at| scene.clock(at)),
            cause_name(incident.cause.kind).to_owned(),
            certainty(incident),
            incident.since().to_string(),
            ended(incident).map(|at| at.to_string()).unwrap_or_default(),
            // Of what people tell no device is known, which is not the same as none.
            counted(here),
            counted(incident.members.len()),
        ]);
    }
    Some(csv.text())
}

fn counted(devices: usize) -> String {
    match devices {
        0 => String::new(),
        some => some.to_string(),
    }
}

fn ended(incident: &Incident) -> Option<Timestamp> {
    match incident.state {
        State::Open { .. } => None,
        State::Ended { until, .. } => Some(until),
    }
}

fn certainty(incident: &Incident) -> String {
    use crate::domain::incident::Confidence;
    match incident.cause.confidence {
        Confidence::Measured => "measured",
        Confidence::Inferred => "inferred",
        Confidence::Stated => "as people said",
    }
    .to_owned()
}

fn seconds(ms: u64) -> String {
    ((ms + 500) / 1_000).to_string()
}

fn known_by(amount: &Amount) -> String {
    let bases = amount.bases().map(|(basis, _)| match basis {
        Basis::Measured => "measured",
        Basis::Stated => "as people said",
        Basis::Inferred => "inferred",
    });
    bases.collect::<Vec<_>>().join(" and ")
}
