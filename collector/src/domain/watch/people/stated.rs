//! Trouble that people alone tell of: the same symptom from several rooms within some minutes has its cause outside of
//! them. What devices measure of the same says more: then what was told is part of that.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use roomready_shared::ids::{IncidentId, RoomId};
use roomready_shared::timetable::Phase;
use serde::Serialize;

use super::Voices;
use crate::domain::incident::{Cause, CauseKind, Change, Condition, Confidence, Detection, Ending, Incident};
use crate::domain::people::Symptom;
use crate::domain::watch::book::{Book, Case};
use crate::domain::watch::roster::WatchPlan;
use crate::domain::watch::table::{FOLLOWS_WITHIN, ROOMS_THAT_SAY, SAID_WITHIN};

/// What is seen, in the same words by whomever: two rooms with different codes do not yet have one cause.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) enum Seen {
    CannotSignIn,
    Frozen,
    Message(String),
}

impl Seen {
    pub(super) fn of(symptom: &Symptom) -> Self {
        match symptom {
            Symptom::CannotSignIn => Self::CannotSignIn,
            Symptom::Frozen => Self::Frozen,
            Symptom::Message { code } => Self::Message(code.as_str().to_lowercase()),
        }
    }
}

/// Opens, widens and ends what people tell of.
pub(super) fn look(voices: &Voices, plan: &WatchPlan, book: &mut Book<'_>) {
    let open = book
        .incidents
        .values()
        .find(|incident| is_stated(incident) && incident.is_open())
        .map(|incident| (incident.id.clone(), incident.cause.rooms.clone()));
    let now = book.now.wall;
    if let Some((id, rooms)) = &open {
        if let Some(measured) = measured(rooms, book) {
            book.fold_into(id, &measured);
            return;
        }
        if rooms.iter().all(|room| is_over(room, voices, plan, now)) {
            book.end_incident(id, now, Ending::SessionOver { not_heard_again: 0 });
            return;
        }
    }
    // Nothing new is opened for sittings that are over.
    let said = said(voices, book).filter(|rooms| !rooms.keys().all(|room| is_over(room, voices, plan, now)));
    match (said, open) {
        (None, Some((id, rooms))) => {
            let quiet = rooms
                .iter()
                .all(|room| voices.now.get(room).is_none_or(|here| here.symptoms.is_empty()));
            if quiet {
                book.end_incident(&id, now, Ending::Cleared);
            }
        }
        (Some(rooms), None) => begin(voices, &rooms, plan, book),
        (Some(rooms), Some((id, held))) => {
            let rooms = rooms.into_keys().chain(&held).cloned();
            let rooms: Vec<_> = rooms.collect::<BTreeSet<_>>().into_iter().collect();
            if rooms != held {
                let to = cause(rooms);
                book.learn(
                    &id,
                    Change::Corrected {
                        from: None,
                        to,
                        began: None,
                    },
                );
            }
        }
        (None, None) => {}
    }
}

/// Whether nobody tests in a room any more, by the timetable or by what was pressed there.
fn is_over(room: &RoomId, voices: &Voices, plan: &WatchPlan, now: Timestamp) -> bool {
    let Some(here) = voices.now.get(room) else {
        return true;
    };
    let sitting = here
        .session
        .as_ref()
        .and_then(|session| plan.sessions.get(session));
    here.over || sitting.is_none_or(|sitting| sitting.phase_at(now) == Phase::Finished)
}

/// The rooms that tell of the same, each with when it did first; none where they are too few within the time.
fn said<'v>(voices: &'v Voices, book: &Book<'_>) -> Option<BTreeMap<&'v RoomId, Timestamp>> {
    let measured: Vec<_> = book
        .incidents
        .values()
        .filter(|incident| is_measured(incident))
        .collect();
    let mut by_symptom: BTreeMap<&Seen, Vec<(Timestamp, &RoomId)>> = BTreeMap::new();
    for (room, here) in &voices.now {
        for (seen, since) in &here.symptoms {
            if !measured.iter().any(|incident| explains(incident, room, *since)) {
                by_symptom.entry(seen).or_default().push((*since, room));
            }
        }
    }
    by_symptom.into_values().find_map(together)
}

/// One that stands alone since long ago hides nobody: the first moment counts from which enough rooms tell within the
/// time. What is told later belongs to it as long as it goes on.
fn together(mut said: Vec<(Timestamp, &RoomId)>) -> Option<BTreeMap<&RoomId, Timestamp>> {
    said.sort_unstable();
    let mut rest = said.as_slice();
    while let [(first, _), later @ ..] = rest {
        let near = rest
            .iter()
            .take_while(|(at, _)| at.duration_since(*first) <= SAID_WITHIN);
        if near.map(|(_, room)| room).collect::<BTreeSet<_>>().len() >= ROOMS_THAT_SAY {
            let mut rooms = BTreeMap::new();
            for (at, room) in rest {
                rooms.entry(*room).or_insert(*at);
            }
            return Some(rooms);
        }
        rest = later;
    }
    None
}

fn begin(voices: &Voices, rooms: &BTreeMap<&RoomId, Timestamp>, plan: &WatchPlan, book: &mut Book<'_>) {
    let Some((room, since)) = rooms.iter().min_by_key(|(room, at)| (**at, **room)) else {
        return;
    };
    let session = voices.now.get(*room).and_then(|here| here.session.clone());
    let Some(session) = session.filter(|session| plan.sessions.contains_key(session)) else {
        return;
    };
    let reached: Vec<_> = rooms.keys().map(|room| (*room).clone()).collect();
    if measured(&reached, book).is_some() {
        return;
    }
    let case = Case {
        condition: Condition::VendorUnreachable,
        since: *since,
        broken: *since,
        seen: Detection::Stated,
        why: None,
    };
    book.open_stated(&session, room, case, cause(reached));
}

/// The open incident by which devices measure what these rooms tell of.
fn measured(rooms: &[RoomId], book: &Book<'_>) -> Option<IncidentId> {
    let open = book
        .incidents
        .values()
        .filter(|incident| incident.is_open() && is_measured(incident));
    open.filter(|incident| rooms.iter().any(|room| concerns(incident, room)))
        .min_by_key(|incident| (incident.detected, &incident.id))
        .map(|incident| incident.id.clone())
}

/// Whether what was seen in a room follows from what devices measured: it showed while that went on, or shortly after.
fn explains(measured: &Incident, room: &RoomId, seen: Timestamp) -> bool {
    let over = measured
        .until()
        .is_some_and(|until| seen.duration_since(until) > FOLLOWS_WITHIN);
    concerns(measured, room) && measured.since() <= seen && !over
}

/// What fails for the whole school fails also where no device tells it: of a room's students none may have a device
/// that is watched.
fn concerns(measured: &Incident, room: &RoomId) -> bool {
    matches!(
        measured.cause.kind,
        CauseKind::Vendor | CauseKind::SchoolUplink | CauseKind::SchoolNetwork
    ) || measured.reaches(room)
}

fn is_measured(incident: &Incident) -> bool {
    incident.condition == Condition::VendorUnreachable
        && incident.cause.kind != CauseKind::Device
        && !is_stated(incident)
}

fn is_stated(incident: &Incident) -> bool {
    incident.seen == Detection::Stated
}

fn cause(rooms: Vec<RoomId>) -> Cause {
    Cause {
        kind: CauseKind::Vendor,
        confidence: Confidence::Stated,
        rooms,
        named: None,
        ruled_out: Vec::new(),
    }
}
