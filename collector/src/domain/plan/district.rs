//! The district, checked, and what can be asked of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use roomready_shared::facts::HostPort;
use roomready_shared::ids::{DeviceName, RoomRef, SchoolId, SessionId, Title};
use roomready_shared::requirement::Requirement;
use roomready_shared::timetable::Phase;
use roomready_shared::units::{ShortText, Timestamp};
use roomready_shared::wire::v1::DuringTest;

use super::{
    Draft, Enrolled, Expected, Fault, Home, Paces, RosterEntry, School, Seating, Session, Watched, choose,
    draft, turns,
};
use crate::domain::proctor::Proctoring;

/// The district, checked.
#[derive(Debug, Clone)]
pub struct District {
    pub(super) name: Title,
    pub(super) time_zone: String,
    pub(super) during_test: DuringTest,
    pub(super) paces: Paces,
    pub(super) proctoring: Proctoring,
    pub(super) requirement: Option<Arc<Requirement>>,
    pub(super) outside: Option<HostPort>,
    pub(super) schools: BTreeMap<SchoolId, School>,
    pub(super) sessions: BTreeMap<SessionId, Session>,
    pub(super) roster: Vec<RosterEntry>,
    /// Places in `roster`; names in lower case, because Windows writes host names in capitals.
    pub(super) by_name: BTreeMap<String, usize>,
    pub(super) by_serial: BTreeMap<ShortText, usize>,
    /// Sittings of a room, soonest first.
    pub(super) by_room: BTreeMap<RoomRef, Vec<SessionId>>,
    /// Sittings that list a device by name.
    pub(super) by_device: BTreeMap<String, Vec<SessionId>>,
}

impl District {
    /// Checks a district and gives every fault at once.
    ///
    /// # Errors
    /// All faults, each with the part of the draft it is in.
    pub fn new(draft: Draft) -> Result<Self, Vec<Fault>> {
        let faults = draft::faults(&draft);
        if faults.is_empty() {
            Ok(draft::index(draft))
        } else {
            Err(faults)
        }
    }

    /// Its name for people.
    #[must_use]
    pub const fn name(&self) -> &Title {
        &self.name
    }

    /// IANA name of its time zone.
    #[must_use]
    pub fn time_zone(&self) -> &str {
        &self.time_zone
    }

    /// Its schools.
    #[must_use]
    pub const fn schools(&self) -> &BTreeMap<SchoolId, School> {
        &self.schools
    }

    /// A room's name for people.
    #[must_use]
    pub fn room_title(&self, room: &RoomRef) -> Option<&Title> {
        let school = self.schools.get(&room.school)?;
        school
            .rooms
            .iter()
            .find(|(id, _)| *id == room.room)
            .map(|(_, title)| title)
    }

    /// Its sittings.
    #[must_use]
    pub const fn sessions(&self) -> &BTreeMap<SessionId, Session> {
        &self.sessions
    }

    /// How often devices report.
    #[must_use]
    pub const fn paces(&self) -> Paces {
        self.paces
    }

    /// How proctors are let in.
    #[must_use]
    pub const fn proctoring(&self) -> &Proctoring {
        &self.proctoring
    }

    /// What devices must meet outside of any session.
    #[must_use]
    pub const fn requirement(&self) -> Option<&Arc<Requirement>> {
        self.requirement.as_ref()
    }

    /// A host outside that has nothing to do with the vendor, where the district has named one.
    #[must_use]
    pub const fn outside(&self) -> Option<&HostPort> {
        self.outside.as_ref()
    }

    /// Every device the district owns.
    #[must_use]
    pub fn roster(&self) -> &[RosterEntry] {
        &self.roster
    }

    /// The roster's entry of this name, whatever the case of its letters.
    #[must_use]
    pub fn roster_entry(&self, name: &DeviceName) -> Option<&RosterEntry> {
        self.roster.get(*self.by_name.get(&draft::key(name))?)
    }

    /// Its sitting of this id.
    #[must_use]
    pub fn session(&self, id: &SessionId) -> Option<&Session> {
        self.sessions.get(id)
    }

    /// Devices at home in a room.
    pub fn roster_of<'a>(&'a self, room: &RoomRef) -> impl Iterator<Item = &'a RosterEntry> {
        let room = room.clone();
        self.roster.iter().filter(move |entry| entry.room == room)
    }

    /// Sittings of a room, soonest first.
    pub fn sessions_of<'a>(&'a self, room: &RoomRef) -> impl Iterator<Item = &'a Session> {
        self.by_room
            .get(room)
            .into_iter()
            .flatten()
            .filter_map(|id| self.sessions.get(id))
    }

    /// The sitting of a room at a moment: the one under way, else the one being prepared, else one that ended not
    /// long ago.
    #[must_use]
    pub fn session_at(&self, room: &RoomRef, now: Timestamp) -> Option<(&Session, Phase)> {
        choose(
            self.sessions_of(room)
                .map(|session| (session, &session.timetable, session.last_end())),
            now,
        )
    }

    /// The next sitting of a room that has not started yet.
    #[must_use]
    pub fn next_session(&self, room: &RoomRef, now: Timestamp) -> Option<&Session> {
        self.sessions_of(room)
            .find(|session| session.timetable.starts() > now)
    }

    /// The roster entry that an enrolled device is: by serial number, else by name.
    #[must_use]
    pub fn match_device(&self, name: &DeviceName, serial: Option<&ShortText>) -> Option<&RosterEntry> {
        serial
            .and_then(|serial| self.by_serial.get(serial))
            .or_else(|| self.by_name.get(&draft::key(name)))
            .and_then(|place| self.roster.get(*place))
    }

    /// Where an enrolled device belongs: as the roster says, else in the room whose key it used, without a seat.
    #[must_use]
    pub fn home_of(&self, device: Enrolled<'_>) -> Home {
        match self.match_device(device.name, device.serial) {
            Some(entry) => Home {
                name: entry.name.clone(),
                platform: device.platform,
                room: entry.room.clone(),
                seat: entry.seat.clone(),
                watched: entry.watched,
                on_roster: true,
                key: draft::key(&entry.name),
            },
            None => Home {
                name: device.name.clone(),
                platform: device.platform,
                room: device.room.clone(),
                seat: None,
                watched: Watched::student_on(device.platform),
                on_roster: false,
                key: draft::key(device.name),
            },
        }
    }

    /// The devices a sitting expects, sentinels of its room included.
    #[must_use]
    pub fn expected<'a>(&'a self, session: &'a Session) -> Vec<Expected<'a>> {
        let of_room = self.roster.iter().filter(|entry| {
            entry.room == session.room && (session.seats.is_empty() || entry.watched == Watched::Sentinel)
        });
        let of_room = of_room.map(|device| Expected {
            device,
            seat: device.seat.as_ref(),
            ends: session.timetable.ends(),
        });
        let listed = session.seats.iter().filter_map(|seat| {
            let device = self.roster.get(*self.by_name.get(&draft::key(&seat.device))?)?;
            // A sentinel of this room is already there.
            let sentinel_here = device.watched == Watched::Sentinel && device.room == session.room;
            (!sentinel_here).then_some(Expected {
                device,
                seat: seat.seat.as_ref().or(device.seat.as_ref()),
                ends: seat.ends.unwrap_or(session.timetable.ends()),
            })
        });
        of_room.chain(listed).collect()
    }

    /// Every sitting a device is expected in.
    pub fn seatings<'a>(&'a self, home: &'a Home) -> impl Iterator<Item = Seating<'a>> {
        let listed = self.by_device.get(&home.key).into_iter().flatten();
        let listed = listed.filter_map(|id| self.sessions.get(id)).map(|session| {
            let plan = session.seats.iter().find(|seat| home.is(&seat.device));
            Seating {
                session,
                seat: plan.and_then(|plan| plan.seat.as_ref()).or(home.seat.as_ref()),
                ends: plan
                    .and_then(|plan| plan.ends)
                    .unwrap_or(session.timetable.ends()),
            }
        });
        let of_room = self.sessions_of(&home.room).filter(|session| {
            let open = session.seats.is_empty();
            let sentinel =
                home.watched == Watched::Sentinel && !session.seats.iter().any(|seat| home.is(&seat.device));
            open || sentinel
        });
        listed.chain(of_room.map(|session| Seating {
            session,
            seat: home.seat.as_ref(),
            ends: session.timetable.ends(),
        }))
    }

    /// A device's sitting at a moment, with the phase for its seat.
    #[must_use]
    pub fn seating_at<'a>(&'a self, home: &'a Home, now: Timestamp) -> Option<(Seating<'a>, Phase)> {
        choose(
            self.seatings(home)
                .map(|seating| (seating, &seating.session.timetable, seating.ends)),
            now,
        )
    }

    /// The phase of a device; `scheduled` when no sitting is near.
    #[must_use]
    pub fn phase_of(&self, home: &Home, now: Timestamp) -> Phase {
        self.seating_at(home, now)
            .map_or(Phase::Scheduled, |(_, phase)| phase)
    }

    /// The moments around now between which [`Self::seating_at`] and [`Self::phase_of`] say the same of a device: from
    /// the first on, and before the second.
    #[must_use]
    pub fn steady_around(&self, home: &Home, now: Timestamp) -> (Timestamp, Timestamp) {
        let turns = self
            .seatings(home)
            .flat_map(|seating| turns(&seating.session.timetable, seating.ends));
        turns.fold((Timestamp::MIN, Timestamp::MAX), |(from, until), turn| {
            if turn <= now {
                (from.max(turn), until)
            } else {
                (from, until.min(turn))
            }
        })
    }

    /// What a device must meet: its sitting's requirement, else its next sitting's, else the district's.
    #[must_use]
    pub fn requirement_of(&self, home: &Home, now: Timestamp) -> Option<&Arc<Requirement>> {
        let under_way = self
            .seating_at(home, now)
            .map(|(seating, _)| seating.session.id.clone());
        let chosen = under_way.or_else(|| {
            let ahead = self
                .seatings(home)
                .filter(|seating| seating.session.timetable.starts() > now);
            ahead
                .min_by_key(|seating| (seating.session.timetable.starts(), &seating.session.id))
                .map(|seating| seating.session.id.clone())
        });
        let of_session = chosen.and_then(|id| self.sessions.get(&id)?.requirement.as_ref());
        of_session.or(self.requirement.as_ref())
    }
}
