//! A district before it is checked, and everything that can be wrong with it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use roomready_shared::facts::HostPort;
use roomready_shared::ids::{DeviceName, RoomRef, SchoolId, SessionId, Title};
use roomready_shared::requirement::Requirement;
use roomready_shared::wire::v1::DuringTest;

use crate::domain::proctor::Proctoring;

use super::{District, Paces, RosterEntry, School, Session, Watched};

/// Most devices in a roster: the largest districts we plan for own 45,000.
pub const MOST_DEVICES: usize = 100_000;
/// Most sittings at once in one configuration: a testing season of 25 schools.
pub const MOST_SESSIONS: usize = 20_000;
/// Most seats a sitting may expect: a hall of 500 is the largest we have heard of.
pub const MOST_SEATS: u16 = 1_000;

/// A district as written, every value well-formed, the whole not yet checked.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Its name for people.
    pub name: Title,
    /// IANA name of its time zone; whether there is such a zone is the reader's to check, who may read zone files.
    pub time_zone: String,
    /// What agents do while students test.
    pub during_test: DuringTest,
    /// How often devices report.
    pub paces: Paces,
    /// How proctors are let in.
    pub proctoring: Proctoring,
    /// What devices must meet outside of any session.
    pub requirement: Option<Arc<Requirement>>,
    /// A host outside that has nothing to do with the vendor.
    pub outside: Option<HostPort>,
    /// Its schools.
    pub schools: BTreeMap<SchoolId, School>,
    /// Its devices.
    pub roster: Vec<RosterEntry>,
    /// Its sittings.
    pub sessions: Vec<Session>,
}

/// Where in a draft a fault is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// The district as a whole.
    District,
    /// One school.
    School(SchoolId),
    /// A device, by its place in [`Draft::roster`].
    Device(usize),
    /// A sitting, by its place in [`Draft::sessions`].
    Session(usize),
}

/// One thing wrong with a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub part: Part,
    /// What is wrong and what to do, as one plain sentence.
    pub sentence: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

/// How a name is compared: without regard to capitals.
pub(super) fn key(name: &DeviceName) -> String {
    name.as_str().to_lowercase()
}

pub(super) fn faults(draft: &Draft) -> Vec<Fault> {
    let mut list = Faults(Vec::new());
    district(draft, &mut list);
    schools(draft, &mut list);
    roster(draft, &mut list);
    sessions(draft, &mut list);
    list.0
}

struct Faults(Vec<Fault>);

impl Faults {
    fn say(&mut self, part: Part, sentence: String) {
        self.0.push(Fault { part, sentence });
    }
}

fn district(draft: &Draft, list: &mut Faults) {
    if draft.time_zone.trim().is_empty() {
        let sentence = "the district has no time zone; write its IANA name, for example \"America/Chicago\"";
        list.say(Part::District, sentence.to_owned());
    }
    let paces = draft.paces;
    let named = [
        ("idle", paces.idle),
        ("sweep", paces.sweep),
        ("near", paces.near),
        ("testing", paces.testing),
    ];
    for (name, pace) in named {
        if !(Paces::SHORTEST..=Paces::LONGEST).contains(&pace) {
            let sentence = format!("the {name} pace is {} s; choose 1 to 600 s", pace.as_secs());
            list.say(Part::District, sentence);
        }
    }
    if draft.roster.len() > MOST_DEVICES {
        let sentence = format!(
            "the roster has {} devices; {MOST_DEVICES} is the most",
            draft.roster.len()
        );
        list.say(Part::District, sentence);
    }
    if draft.sessions.len() > MOST_SESSIONS {
        let sentence = format!(
            "there are {} sessions; {MOST_SESSIONS} is the most",
            draft.sessions.len()
        );
        list.say(Part::District, sentence);
    }
}

fn schools(draft: &Draft, list: &mut Faults) {
    for (id, school) in &draft.schools {
        let mut seen = BTreeSet::new();
        for (room, _) in &school.rooms {
            if !seen.insert(room) {
                let sentence = format!("room {room} is listed twice in school {id}; give each its own id");
                list.say(Part::School(id.clone()), sentence);
            }
        }
    }
}

fn has_room(draft: &Draft, room: &RoomRef) -> bool {
    let school = draft.schools.get(&room.school);
    school.is_some_and(|school| school.rooms.iter().any(|(id, _)| *id == room.room))
}

fn unknown_room(draft: &Draft, what: &str, room: &RoomRef) -> Option<String> {
    if !draft.schools.contains_key(&room.school) {
        Some(format!(
            "{what} is in school {}, which is not listed; add the school or correct its id",
            room.school
        ))
    } else if !has_room(draft, room) {
        Some(format!(
            "{what} is in room {room}, which is not listed; add the room or correct its id"
        ))
    } else {
        None
    }
}

fn roster(draft: &Draft, list: &mut Faults) {
    let (mut names, mut serials, mut seats) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for (place, device) in draft.roster.iter().enumerate() {
        let name = &device.name;
        let mut say = |sentence| list.say(Part::Device(place), sentence);
        if !names.insert(key(name)) {
            say(format!(
                "device {name} is listed twice; a name stands for one device"
            ));
        }
        if let Some(serial) = &device.serial
            && !serials.insert(serial)
        {
            say(format!(
                "the serial number of device {name} is also another device's; correct one of them"
            ));
        }
        if let Some(sentence) = unknown_room(draft, &format!("device {name}"), &device.room) {
            say(sentence);
        }
        if let Some(seat) = &device.seat {
            if !seats.insert((&device.room, seat)) {
                say(format!(
                    "seat {seat} in room {} has two devices; give {name} another seat",
                    device.room
                ));
            }
            if device.watched == Watched::Sentinel {
                say(format!(
                    "{name} watches the room's network and is no student's device: it has no seat"
                ));
            }
        }
        if device.watched != Watched::NotOneByOne && !device.platform.can_run_agent() {
            let platform = device.platform;
            say(format!(
                "device {name} cannot be watched by an agent: none runs on {platform}"
            ));
        }
    }
}

fn sessions(draft: &Draft, list: &mut Faults) {
    let known: BTreeSet<_> = draft.roster.iter().map(|device| key(&device.name)).collect();
    let mut ids = BTreeSet::new();
    let mut in_room: BTreeMap<&RoomRef, Vec<&Session>> = BTreeMap::new();
    for (place, session) in draft.sessions.iter().enumerate() {
        let id = &session.id;
        let mut say = |sentence| list.say(Part::Session(place), sentence);
        if !ids.insert(id) {
            say(format!("session {id} is listed twice; give each its own id"));
        }
        if let Some(sentence) = unknown_room(draft, &format!("session {id}"), &session.room) {
            say(sentence);
        }
        if session.seats_expected.is_some_and(|seats| seats > MOST_SEATS) {
            say(format!(
                "session {id} expects more than {MOST_SEATS} seats; split it"
            ));
        }
        let here = in_room.entry(&session.room).or_default();
        let clash = here.iter().find(|other| {
            other.timetable.starts() < session.last_end() && session.timetable.starts() < other.last_end()
        });
        if let Some(other) = clash {
            let room = &session.room;
            say(format!(
                "sessions {} and {id} are in room {room} at the same time; move one",
                other.id
            ));
        }
        here.push(session);
        seats_of(session, &known, &mut say);
    }
}

fn seats_of(session: &Session, known: &BTreeSet<String>, say: &mut impl FnMut(String)) {
    let id = &session.id;
    let (mut devices, mut seats) = (BTreeSet::new(), BTreeSet::new());
    for plan in &session.seats {
        let name = &plan.device;
        if !known.contains(&key(name)) {
            say(format!(
                "session {id} expects device {name}, which is not on the roster; add it or correct its name"
            ));
        }
        if !devices.insert(key(name)) {
            say(format!("session {id} lists device {name} twice"));
        }
        if let Some(seat) = &plan.seat
            && !seats.insert(seat)
        {
            say(format!("session {id} gives seat {seat} to two devices"));
        }
        if plan.ends.is_some_and(|ends| ends <= session.timetable.starts()) {
            say(format!(
                "in session {id}, the test on {name} ends before it starts"
            ));
        }
    }
}

/// Only for a draft without faults.
pub(super) fn index(draft: Draft) -> District {
    let mut sessions: Vec<_> = draft.sessions;
    sessions.sort_by(|a, b| (a.timetable.starts(), &a.id).cmp(&(b.timetable.starts(), &b.id)));
    let mut by_room: BTreeMap<RoomRef, Vec<SessionId>> = BTreeMap::new();
    let mut by_device: BTreeMap<String, Vec<SessionId>> = BTreeMap::new();
    for session in &sessions {
        by_room
            .entry(session.room.clone())
            .or_default()
            .push(session.id.clone());
        for seat in &session.seats {
            by_device
                .entry(key(&seat.device))
                .or_default()
                .push(session.id.clone());
        }
    }
    let roster = draft.roster;
    let by_name = roster
        .iter()
        .enumerate()
        .map(|(place, device)| (key(&device.name), place))
        .collect();
    let by_serial = roster
        .iter()
        .enumerate()
        .filter_map(|(place, device)| Some((device.serial.clone()?, place)))
        .collect();
    District {
        name: draft.name,
        time_zone: draft.time_zone,
        during_test: draft.during_test,
        paces: draft.paces,
        proctoring: draft.proctoring,
        requirement: draft.requirement,
        outside: draft.outside,
        schools: draft.schools,
        sessions: sessions
            .into_iter()
            .map(|session| (session.id.clone(), session))
            .collect(),
        roster,
        by_name,
        by_serial,
        by_room,
        by_device,
    }
}
