//! Opening, amending and ending incidents: the one place where the watch writes.
//!
//! One book lives for one step. What becomes known about an incident is gathered in it and written when the step
//! closes, so that an incident is amended at most once a tick, and before it ends.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use roomready_shared::ids::{DeviceId, IncidentId, RoomId, SchoolId, SessionId};
use sha2::{Digest, Sha256};

use super::device::{Current, DeviceWatch, OpenRef};
use super::looks::Over;
use super::state::Counts;
use super::table::MOST_SEAT_NOTES;
use super::{Now, Transitions};
use crate::domain::incident::{
    Amended, Cause, CauseKind, Change, Condition, Detection, Ended, Ending, Incident, Incidents, Member,
    Note, Opened, Reason, SeatNote, Span, between,
};

/// Bytes of the digest that make an incident's id.
const ID_BYTES: usize = 10;

/// What is wrong with a device, on its way to becoming an incident.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case {
    pub(super) condition: Condition,
    pub(super) since: Timestamp,
    pub(super) broken: Timestamp,
    pub(super) seen: Detection,
    pub(super) why: Option<Reason>,
}

pub(super) struct Book<'a> {
    school: &'a SchoolId,
    pub(super) now: Now,
    pub(super) incidents: &'a mut Incidents,
    pub(super) counts: &'a mut Counts,
    out: &'a mut Transitions,
    changes: BTreeMap<IncidentId, Vec<Change>>,
    ended: BTreeMap<IncidentId, (Timestamp, Ending)>,
    /// Members of an incident that were not heard again when the sitting was over.
    not_heard_again: BTreeMap<IncidentId, u32>,
    /// What a device has that is not told yet, or a new open incident of, since the causes were looked at last.
    pub(super) gather: BTreeSet<Condition>,
}

impl<'a> Book<'a> {
    pub(super) fn new(
        school: &'a SchoolId,
        now: Now,
        incidents: &'a mut Incidents,
        counts: &'a mut Counts,
        out: &'a mut Transitions,
    ) -> Self {
        Self {
            school,
            now,
            incidents,
            counts,
            out,
            changes: BTreeMap::new(),
            ended: BTreeMap::new(),
            not_heard_again: BTreeMap::new(),
            gather: BTreeSet::new(),
        }
    }

    /// Writes what was gathered.
    pub(super) fn close(self) {
        for (incident, changes) in self.changes {
            self.out.notes.push(Note::Amended(Amended {
                incident,
                at: self.now.wall,
                changes,
            }));
        }
        for (incident, (until, how)) in self.ended {
            self.out.notes.push(Note::Ended(Ended {
                incident,
                at: self.now.wall,
                until,
                how,
            }));
        }
    }

    pub(super) fn tile(&mut self, device: DeviceId) {
        self.out.tiles.insert(device);
    }

    pub(super) fn room(&mut self, room: &RoomId) {
        if !self.out.rooms.contains(room) {
            self.out.rooms.insert(room.clone());
        }
    }

    fn rooms_of(&mut self, incident: &IncidentId) {
        if let Some(incident) = self.incidents.get(incident) {
            for room in incident.rooms() {
                if !self.out.rooms.contains(room) {
                    self.out.rooms.insert(room.clone());
                }
            }
        }
    }

    /// Opens an incident for one device in its present sitting. A device has at most one open incident of a kind, and
    /// at most one that says it is not there.
    pub(super) fn open(&mut self, id: DeviceId, device: &mut DeviceWatch, case: Case, cause: Cause) {
        let Some(member) = device.member(id, case.condition, case.since, case.broken) else {
            return;
        };
        if device.is_in(case.condition) {
            return;
        }
        let Some(incident) = self.fresh_id(device.current.as_ref(), id, case) else {
            self.counts.duplicates += 1;
            return;
        };
        self.begin(&incident, vec![member], case, cause);
        device.is_part_of(&incident, case);
        self.gather.insert(case.condition);
        self.tile(id);
    }

    /// Opens an incident with one cause for several devices. The caller makes them members.
    pub(super) fn open_common(
        &mut self,
        session: &SessionId,
        members: Vec<Member>,
        case: Case,
        cause: Cause,
    ) -> IncidentId {
        let rooms: Vec<_> = cause.rooms.iter().map(RoomId::as_str).collect();
        let about = format!("{}\n{}", cause.kind.word(), rooms.join(","));
        let incident = (0_u32..)
            .map(|nth| incident_id(self.school, session, &about, case, nth))
            .find(|id| !self.incidents.contains_key(id))
            .expect("there are more numbers than incidents");
        self.begin(&incident, members, case, cause);
        incident
    }

    /// Opens an incident that people tell of. Which devices it reaches is not known.
    pub(super) fn open_stated(&mut self, session: &SessionId, room: &RoomId, case: Case, cause: Cause) {
        let incident = incident_id(self.school, session, cause.kind.word(), case, 0);
        if !self.incidents.contains_key(&incident) {
            self.write_opening(
                &incident,
                (session.clone(), room.clone()),
                Vec::new(),
                case,
                cause,
            );
        }
    }

    fn begin(&mut self, incident: &IncidentId, members: Vec<Member>, case: Case, cause: Cause) {
        if let Some(first) = members.first() {
            let place = (first.session.clone(), first.room.clone());
            self.write_opening(incident, place, members, case, cause);
        }
    }

    fn write_opening(
        &mut self,
        incident: &IncidentId,
        (session, room): (SessionId, RoomId),
        members: Vec<Member>,
        case: Case,
        cause: Cause,
    ) {
        let note = Opened {
            incident: incident.clone(),
            session,
            room,
            condition: case.condition,
            members,
            since: case.since,
            broken: case.broken,
            detected: self.now.wall,
            seen: case.seen,
            why: case.why,
            cause,
        };
        self.incidents
            .insert(incident.clone(), Incident::open(note.clone()));
        self.out.notes.push(Note::Opened(note));
        self.rooms_of(incident);
    }

    /// An id drawn from what the incident is about. The same event told twice has the same id and is no new incident;
    /// a silence that goes on after its incident ended (the sitting was prolonged) is told apart by its number.
    fn fresh_id(&self, current: Option<&Current>, device: DeviceId, case: Case) -> Option<IncidentId> {
        let session = &current?.session;
        let told_twice = case.condition == Condition::TestAppCrashed || case.seen == Detection::Replay;
        (0_u32..)
            .map(|nth| incident_id(self.school, session, &device.to_string(), case, nth))
            .take(if told_twice { 1 } else { usize::MAX })
            .find(|id| !self.incidents.contains_key(id))
    }

    /// Adds a reason to one of the device's open incidents.
    pub(super) fn amend_open(&mut self, device: &mut DeviceWatch, condition: Condition, why: Reason) {
        let Some(open) = device.open.get_mut(&condition) else {
            return;
        };
        if self.learn(&open.incident.clone(), Change::Why(why)) {
            open.why = Some(why);
        }
    }

    /// Learns something about an incident. Gives back whether it was new.
    pub(super) fn learn(&mut self, id: &IncidentId, change: Change) -> bool {
        let Some(incident) = self.incidents.get_mut(id) else {
            return false;
        };
        if !incident.amend(&change) {
            return false;
        }
        self.changes.entry(id.clone()).or_default().push(change);
        self.rooms_of(id);
        true
    }

    /// The incident is another one's part: it ends, and everything goes on there.
    pub(super) fn fold_into(&mut self, id: &IncidentId, other: &IncidentId) {
        self.end_incident(id, self.now.wall, Ending::PartOf { other: other.clone() });
    }

    /// An absence that is over by now and that this moment lies in.
    pub(super) fn absence_around(&self, device: &DeviceWatch, at: Timestamp) -> Option<IncidentId> {
        let id = device.last_absence.as_ref()?;
        let incident = self.incidents.get(id)?;
        let within = incident.since() <= at && incident.until().is_none_or(|until| at <= until);
        within.then(|| id.clone())
    }

    /// The sitting that a device's open incident belongs to.
    pub(super) fn session_of(&self, id: &IncidentId, device: DeviceId) -> Option<SessionId> {
        let incident = self.incidents.get(id)?;
        let member = incident.member(device);
        Some(member.map_or_else(|| incident.session.clone(), |member| member.session.clone()))
    }

    /// It is over for a device; with the last of its devices the incident ends.
    pub(super) fn end(
        &mut self,
        id: DeviceId,
        device: &mut DeviceWatch,
        condition: Condition,
        over: impl Into<Over>,
        how: Ending,
    ) {
        let Some(open) = device.open.remove(&condition) else {
            return;
        };
        self.tile(id);
        let over = over.into();
        let until = over.good.max(open.since);
        if let Some(found) = over.found {
            self.over_between(id, &open.incident, found, until);
        }
        let Some(incident) = self.incidents.get(&open.incident) else {
            return;
        };
        if let Ending::SessionOver { not_heard_again } = how {
            *self.not_heard_again.entry(open.incident.clone()).or_default() += not_heard_again;
        }
        let others = incident.still().any(|member| member.device != id);
        if others {
            self.learn(&open.incident, Change::Returned { device: id, until });
            return;
        }
        // The last one out: the incident lasted until the latest of them was back.
        let latest = incident
            .spans
            .values()
            .flatten()
            .filter_map(|span| span.until)
            .fold(until, Timestamp::max);
        if incident.members.len() > 1 {
            self.learn(&open.incident, Change::Returned { device: id, until });
        }
        let how = match how {
            Ending::SessionOver { .. } => Ending::SessionOver {
                not_heard_again: self.not_heard_again[&open.incident],
            },
            other => other,
        };
        self.end_incident(&open.incident, latest, how);
    }

    /// It was over for a device somewhere between two looks.
    fn over_between(&mut self, id: DeviceId, incident: &IncidentId, found: Timestamp, good: Timestamp) {
        let spans = self
            .incidents
            .get(incident)
            .and_then(|incident| incident.spans.get(&id));
        let Some(held) = spans
            .and_then(|spans| spans.last())
            .filter(|span| span.until.is_none())
        else {
            return;
        };
        let (until, half_ms) = between(found.max(held.from), good);
        let span = Span {
            until: Some(until),
            plus_minus_ms: held.plus_minus_ms.max(half_ms),
            ..*held
        };
        let spans = vec![span];
        self.learn(incident, Change::Exact { device: id, spans });
    }

    pub(super) fn end_incident(&mut self, id: &IncidentId, until: Timestamp, how: Ending) {
        if let Some(incident) = self.incidents.get_mut(id)
            && incident.end(until, how.clone())
        {
            let until = incident.until().unwrap_or(until);
            self.ended.insert(id.clone(), (until, how));
            self.rooms_of(id);
        }
    }

    /// Open incidents with a common cause, of one condition. No device takes part in what people tell of: what devices
    /// measure is an incident of its own, and takes that in.
    pub(super) fn open_common_of(&self, condition: Condition) -> Vec<IncidentId> {
        let open = self.incidents.values().filter(|incident| {
            incident.is_open()
                && incident.condition == condition
                && incident.cause.kind != CauseKind::Device
                && incident.seen != Detection::Stated
        });
        open.map(|incident| incident.id.clone()).collect()
    }

    /// A seat's test began, or goes on after it was thought finished.
    pub(super) fn seat_started(&mut self, id: DeviceId, device: &mut DeviceWatch, at: Timestamp) {
        self.seat_note(id, device, at, Note::SeatStarted);
    }

    /// A seat's test app was closed in good order.
    pub(super) fn seat_finished(&mut self, id: DeviceId, device: &mut DeviceWatch, at: Timestamp) {
        self.seat_note(id, device, at, Note::SeatFinished);
    }

    fn seat_note(
        &mut self,
        id: DeviceId,
        device: &mut DeviceWatch,
        at: Timestamp,
        note: impl FnOnce(SeatNote) -> Note,
    ) {
        let Some(current) = &device.current else {
            return;
        };
        let room = current.room.clone();
        if device.seat_notes < MOST_SEAT_NOTES {
            device.seat_notes += 1;
            self.out.notes.push(note(SeatNote {
                session: current.session.clone(),
                device: id,
                at,
            }));
        } else {
            self.counts.left_out += 1;
        }
        self.room(&room);
    }
}

impl DeviceWatch {
    /// The device as a member of an incident of its present sitting.
    pub(super) fn member(
        &self,
        id: DeviceId,
        condition: Condition,
        since: Timestamp,
        broken: Timestamp,
    ) -> Option<Member> {
        let current = self.current.as_ref()?;
        Some(Member {
            device: id,
            name: self.place.name.clone(),
            seat: current.seat.clone(),
            room: current.room.clone(),
            session: current.session.clone(),
            since,
            // The others are told by the moment.
            broken: (condition == Condition::VendorUnreachable).then_some(broken),
        })
    }

    /// Whether it has an open incident that leaves no place for another one of this condition.
    pub(super) fn is_in(&self, condition: Condition) -> bool {
        self.open.contains_key(&condition) || (condition.is_absence() && self.absence().is_some())
    }

    /// From now on the device is part of this incident.
    pub(super) fn is_part_of(&mut self, incident: &IncidentId, case: Case) {
        if case.condition.is_absence() {
            if self.absence().is_none() {
                self.remember_before(case.condition != Condition::LostContact);
            }
            self.pending.remove(&Condition::LostContact);
            self.last_absence = Some(incident.clone());
        }
        self.pending.remove(&case.condition);
        let open = OpenRef {
            incident: incident.clone(),
            since: case.since,
            why: case.why,
        };
        self.open.insert(case.condition, open);
    }
}

fn incident_id(school: &SchoolId, session: &SessionId, about: &str, case: Case, nth: u32) -> IncidentId {
    let onset = case.since.as_millisecond();
    let condition = case.condition.word();
    let text = format!("{school}\n{session}\n{about}\n{condition}\n{onset}\n{nth}");
    let digest = hex::encode(&Sha256::digest(text)[..ID_BYTES]);
    IncidentId::parse(&digest).expect("hexadecimal digits are an id")
}
