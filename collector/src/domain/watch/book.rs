//! Opening, amending and ending incidents: the one place where the watch writes.

use std::collections::BTreeSet;

use jiff::Timestamp;
use roomready_shared::ids::{DeviceId, IncidentId, RoomId, SchoolId, SessionId};
use sha2::{Digest, Sha256};

use super::device::{Current, DeviceWatch, OpenRef};
use super::state::Counts;
use super::table::MOST_SEAT_NOTES;
use super::{Now, Transitions};
use crate::domain::incident::{
    Amended, Cause, Change, Condition, Detection, Ended, Ending, Incident, Incidents, Member, Note, Opened,
    Reason, SeatNote,
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
    incidents: &'a mut Incidents,
    pub(super) counts: &'a mut Counts,
    out: &'a mut Transitions,
    /// One amendment per incident and tick: all reports of a tick share one book.
    amended: BTreeSet<IncidentId>,
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
            amended: BTreeSet::new(),
            incidents,
            counts,
            out,
        }
    }

    pub(super) fn tile(&mut self, device: DeviceId) {
        self.out.tiles.insert(device);
    }

    fn room(&mut self, room: &RoomId) {
        if !self.out.rooms.contains(room) {
            self.out.rooms.insert(room.clone());
        }
    }

    /// Opens an incident for one device in its present sitting. A device has at most one open incident of a kind, and
    /// at most one that says it is not there.
    pub(super) fn open(&mut self, id: DeviceId, device: &mut DeviceWatch, case: Case) {
        let Some(current) = &device.current else {
            return;
        };
        let taken = device.open.contains_key(&case.condition);
        if taken || (case.condition.is_absence() && device.absence().is_some()) {
            return;
        }
        let Some(incident) = self.fresh_id(current, id, case) else {
            self.counts.duplicates += 1;
            return;
        };
        let note = Opened {
            incident: incident.clone(),
            session: current.session.clone(),
            room: current.room.clone(),
            condition: case.condition,
            members: vec![Member {
                device: id,
                name: device.place.name.clone(),
                seat: current.seat.clone(),
                room: current.room.clone(),
                session: current.session.clone(),
                since: case.since,
            }],
            since: case.since,
            broken: case.broken,
            detected: self.now.wall,
            seen: case.seen,
            why: case.why,
            cause: Cause::default(),
        };
        let room = current.room.clone();
        if case.condition.is_absence() {
            device.suspicion = None;
            device.last_absence = Some(incident.clone());
        }
        let open = OpenRef {
            incident: incident.clone(),
            since: case.since,
            why: case.why,
        };
        device.open.insert(case.condition, open);
        self.incidents.insert(incident, Incident::open(note.clone()));
        self.out.notes.push(Note::Opened(note));
        self.tile(id);
        self.room(&room);
    }

    /// An id drawn from what the incident is about. The same event told twice has the same id and is no new incident;
    /// a silence that goes on after its incident ended (the sitting was prolonged) is told apart by its number.
    fn fresh_id(&self, current: &Current, device: DeviceId, case: Case) -> Option<IncidentId> {
        let told_twice = case.condition == Condition::TestAppCrashed;
        (0_u32..)
            .map(|nth| incident_id(self.school, &current.session, device, case, nth))
            .take(if told_twice { 1 } else { usize::MAX })
            .find(|id| !self.incidents.contains_key(id))
    }

    /// Adds a reason to one of the device's open incidents.
    pub(super) fn amend_open(&mut self, device: &mut DeviceWatch, condition: Condition, why: Reason) {
        let Some(open) = device.open.get_mut(&condition) else {
            return;
        };
        let incident = open.incident.clone();
        if self.amend(&incident, why) {
            open.why = Some(why);
        }
    }

    /// Adds a reason to an incident: at most once a tick. Gives back whether it was new.
    pub(super) fn amend(&mut self, id: &IncidentId, why: Reason) -> bool {
        if self.amended.contains(id) {
            self.counts.left_out += 1;
            return false;
        }
        let Some(incident) = self.incidents.get_mut(id) else {
            return false;
        };
        if !incident.amend(&Change::Why(why)) {
            return false;
        }
        let room = incident.room.clone();
        self.amended.insert(id.clone());
        self.out.notes.push(Note::Amended(Amended {
            incident: id.clone(),
            at: self.now.wall,
            changes: vec![Change::Why(why)],
        }));
        self.room(&room);
        true
    }

    /// An absence that is over by now and that this moment lies in.
    pub(super) fn absence_around(&self, device: &DeviceWatch, at: Timestamp) -> Option<IncidentId> {
        let id = device.last_absence.as_ref()?;
        let incident = self.incidents.get(id)?;
        let within = incident.since() <= at && incident.until().is_none_or(|until| at <= until);
        within.then(|| id.clone())
    }

    /// The sitting of an open incident.
    pub(super) fn session_of(&self, id: &IncidentId) -> Option<SessionId> {
        self.incidents.get(id).map(|incident| incident.session.clone())
    }

    /// Ends one of the device's open incidents.
    pub(super) fn end(
        &mut self,
        id: DeviceId,
        device: &mut DeviceWatch,
        condition: Condition,
        until: Timestamp,
        how: Ending,
    ) {
        let Some(open) = device.open.remove(&condition) else {
            return;
        };
        let until = until.max(open.since);
        if let Some(incident) = self.incidents.get_mut(&open.incident)
            && incident.end(until, how.clone())
        {
            let room = incident.room.clone();
            self.out.notes.push(Note::Ended(Ended {
                incident: open.incident,
                at: self.now.wall,
                until,
                how,
            }));
            self.room(&room);
        }
        self.tile(id);
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

fn incident_id(school: &SchoolId, session: &SessionId, device: DeviceId, case: Case, nth: u32) -> IncidentId {
    let onset = case.since.as_millisecond();
    let condition = case.condition.word();
    let text = format!("{school}\n{session}\n{device}\n{condition}\n{onset}\n{nth}");
    let digest = hex::encode(&Sha256::digest(text)[..ID_BYTES]);
    IncidentId::parse(&digest).expect("hexadecimal digits are an id")
}
