//! A school with room 101, whose devices live, die and open apps as a test tells.
//!
//! Zero is the start of testing at 9:00; preparation began an hour before, a break is from 30 to 40 minutes, the end
//! is at 60 minutes. Devices are called "L-1" … and sit at seat 1 …; living ones beat every five seconds.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use roomready_shared::facts::{Platform, Subnet};
use roomready_shared::ids::{
    ClockEpoch, DeviceId, DeviceName, RoomId, RoomRef, SchoolId, SeatLabel, StreamId, Title,
};
use roomready_shared::timetable::{Pause, Timetable, Timing};
use roomready_shared::wire::v1::{AppState, Charge, DuringTest};

use crate::domain::event_time::EventTime;
use crate::domain::incident::{CauseKind, Change, Incident, Note, ending_words};
use crate::domain::people::{Act, Deed};
use crate::domain::plan::{District, Draft, Enrolled, Home, Paces, RosterEntry, School, Session, Watched};
use crate::domain::standing::Sight;
use crate::domain::watch::{
    Beat, InNetwork, Input, Now, Reached, Record, Report, Restored, RestoredDevice, Said, Story, WatchPlan,
    WatchState, What, absences, step,
};

pub(super) const MINUTE: i64 = 60;
const START: &str = "2026-10-06T14:00:00Z";
/// Monotonic time at the start of testing.
const MONO_AT_START: i64 = 10_000_000;

pub(super) fn at(seconds: i64) -> Timestamp {
    let start: Timestamp = START.parse().unwrap();
    start + jiff::SignedDuration::from_secs(seconds)
}

pub(super) fn now(seconds: i64) -> Now {
    Now {
        wall: at(seconds),
        mono_ms: u64::try_from((MONO_AT_START + seconds) * 1000).unwrap(),
    }
}

pub(super) fn id(name: &str) -> DeviceId {
    let number: u128 = name.bytes().fold(7, |sum, byte| sum * 256 + u128::from(byte));
    DeviceId::new(uuid::Uuid::from_u128(number))
}

pub(super) struct Device {
    pub(super) alive: bool,
    pub(super) app: AppState,
    next_beat: i64,
    seq: u64,
    pub(super) outbox: Vec<(What, i64)>,
    /// What the store holds of it, with when it came.
    stored: Vec<(Timestamp, Record)>,
    pub(super) promise_ms: u32,
    pub(super) reached: Reached,
    /// The network that it tells, and whether it has told it yet.
    subnet: (Option<Subnet>, bool),
    /// The second at which it looked at the vendor's hosts; none for an agent that does not say so.
    pub(super) looked_at: Option<i64>,
    pub(super) waiting: u32,
    pub(super) charge: Option<Charge>,
}

pub(super) struct TestSchool {
    pub(super) district: District,
    pub(super) state: Option<WatchState>,
    pub(super) devices: BTreeMap<String, Device>,
    pub(super) second: i64,
    /// When the latest record of each device was stored; before the test, unless a test says otherwise.
    pub(super) stored_until: i64,
    pub(super) notes: Vec<Note>,
    told: Vec<String>,
    pub(super) extra: Vec<Input>,
    pub(super) said: Vec<Said>,
}

fn room() -> RoomRef {
    room_of("L-1")
}

/// "L-1" and "LIB-1" sit in room 101, "M-1" in 102, "N-1" in 103.
fn room_of(name: &str) -> RoomRef {
    let room = match name.as_bytes()[0] {
        b'M' => "102",
        b'N' => "103",
        _ => "101",
    };
    RoomRef {
        school: SchoolId::parse("lincoln").unwrap(),
        room: RoomId::parse(room).unwrap(),
    }
}

pub(super) fn district(names: &[&str]) -> District {
    let title = |text: &str| Title::parse(text).unwrap();
    let roster = names.iter().map(|name| {
        let sentinel = name.starts_with("LIB");
        let platform = if name.starts_with("CB") {
            Platform::Chromeos
        } else {
            Platform::Linux
        };
        RosterEntry {
            name: DeviceName::parse(name).unwrap(),
            platform,
            room: room_of(name),
            seat: (!sentinel)
                .then(|| SeatLabel::parse(name.trim_start_matches(|c: char| !c.is_ascii_digit())).unwrap()),
            serial: None,
            watched: if sentinel {
                Watched::Sentinel
            } else {
                Watched::student_on(platform)
            },
        }
    });
    let pause = Pause {
        from: at(30 * MINUTE),
        until: at(40 * MINUTE),
    };
    let timetable = Timetable::new(
        at(-60 * MINUTE),
        at(0),
        at(60 * MINUTE),
        vec![pause],
        Timing::Timed,
    )
    .unwrap();
    let rooms: BTreeSet<RoomId> = names.iter().map(|name| room_of(name).room).collect();
    let sessions = rooms.iter().map(|here| Session {
        id: match here.as_str() {
            "101" => "math-7".parse().unwrap(),
            other => format!("math-7-{other}").parse().unwrap(),
        },
        title: title("Grade 7 Math"),
        room: RoomRef {
            school: room().school,
            room: here.clone(),
        },
        timetable: timetable.clone(),
        requirement: None,
        seats_expected: None,
        seats: Vec::new(),
    });
    let sessions = sessions.collect();
    District::new(Draft {
        name: title("Prairie Unified"),
        time_zone: "America/Chicago".to_owned(),
        during_test: DuringTest::Quiet,
        paces: Paces::default(),
        proctoring: crate::domain::proctor::Proctoring::default(),
        outside: None,
        requirement: None,
        schools: BTreeMap::from([(
            room().school,
            School {
                title: title("Lincoln Middle School"),
                rooms: rooms
                    .iter()
                    .map(|room| (room.clone(), title(&format!("Room {room}"))))
                    .collect(),
                site: crate::domain::plan::Site::default(),
                access_points: BTreeMap::new(),
            },
        )]),
        roster: roster.collect(),
        sessions,
    })
    .unwrap()
}

pub(super) fn homes(district: &District) -> Vec<(DeviceId, Home)> {
    let enrolled = district
        .roster()
        .iter()
        .filter(|entry| entry.platform.can_run_agent());
    enrolled
        .map(|entry| {
            let home = district.home_of(Enrolled {
                name: &entry.name,
                serial: None,
                platform: entry.platform,
                room: &entry.room,
            });
            (id(entry.name.as_str()), home)
        })
        .collect()
}

pub(super) fn plan(district: &District) -> WatchPlan {
    WatchPlan::of(
        district,
        &room().school,
        homes(district).iter().map(|(id, home)| (*id, home)),
    )
}

impl TestSchool {
    /// A school whose devices are alive from ten seconds before testing on.
    pub(super) fn with(names: &[&str]) -> Self {
        Self::from_second(-10, names)
    }

    pub(super) fn from_second(second: i64, names: &[&str]) -> Self {
        let district = district(names);
        let state = WatchState::new(room().school, plan(&district));
        let devices = names.iter().filter(|name| !name.starts_with("CB")).enumerate();
        let devices = devices.map(|(nth, name)| {
            let device = Device {
                alive: true,
                app: AppState::NotRunning,
                // Not all in the same second.
                next_beat: second + 1 + i64::try_from(nth % 5).unwrap(),
                seq: 0,
                outbox: Vec::new(),
                stored: Vec::new(),
                promise_ms: 5_000,
                reached: Reached::default(),
                subnet: (None, true),
                looked_at: None,
                waiting: 0,
                charge: None,
            };
            ((*name).to_owned(), device)
        });
        Self {
            devices: devices.collect(),
            district,
            state: Some(state),
            second,
            stored_until: -60,
            notes: Vec::new(),
            told: Vec::new(),
            extra: Vec::new(),
            said: Vec::new(),
        }
    }

    /// Somebody presses; none for the whole school.
    pub(super) fn press(&mut self, room: Option<&str>, deed: Deed) {
        let seq = 1_000 + u64::try_from(self.said.len()).unwrap();
        let session = room.map(|room| match room {
            "101" => "math-7".parse().unwrap(),
            other => format!("math-7-{other}").parse().unwrap(),
        });
        let act = Act {
            seq,
            at: at(self.second),
            press: None,
            by: crate::domain::entry::Actor::Console,
            session,
            deed,
        };
        let said = Said {
            room: room.map(|room| room.parse().unwrap()),
            act,
        };
        self.said.push(said.clone());
        self.extra.push(Input::Person(said));
    }

    pub(super) fn state(&self) -> &WatchState {
        self.state.as_ref().unwrap()
    }

    pub(super) fn device(&mut self, name: &str) -> &mut Device {
        self.devices.get_mut(name).unwrap()
    }

    /// These tell with their next report that they stand in this network; the store keeps it.
    pub(super) fn stand_in(&mut self, subnet: Option<&str>, names: &[&str]) {
        for name in names {
            let subnet = subnet.map(|subnet| subnet.parse().unwrap());
            self.device(name).subnet = (subnet, false);
        }
    }

    pub(super) fn dies(&mut self, name: &str) {
        self.device(name).alive = false;
    }

    pub(super) fn comes_back(&mut self, name: &str) {
        let second = self.second;
        let device = self.device(name);
        device.alive = true;
        device.next_beat = second + 1;
    }

    /// Something happens on a living device; it tells with its next report, which it sends at once.
    pub(super) fn happens(&mut self, name: &str, what: What) {
        self.happened(name, what, self.second);
    }

    /// Something happened then; it is told with the next report.
    pub(super) fn happened(&mut self, name: &str, what: What, then: i64) {
        let device = self.device(name);
        device.outbox.push((what, then));
        match what {
            What::AppStarted => device.app = AppState::Running,
            What::AppClosed | What::AppCrashed => device.app = AppState::NotRunning,
            _ => {}
        }
    }

    pub(super) fn all_open_the_app(&mut self) {
        let names: Vec<_> = self
            .devices
            .keys()
            .filter(|name| !name.starts_with("LIB"))
            .cloned()
            .collect();
        for name in names {
            self.happens(&name, What::AppStarted);
        }
    }

    /// It says goodbye and is silent from then on.
    pub(super) fn leaves(&mut self, name: &str, what: What) {
        self.happens(name, what);
        self.pass(1);
        self.dies(name);
    }

    pub(super) fn pass(&mut self, seconds: i64) {
        for _ in 0..seconds {
            self.second += 1;
            self.tick();
        }
    }

    pub(super) fn until(&mut self, second: i64) {
        self.pass(second - self.second);
    }

    fn tick(&mut self) {
        let second = self.second;
        let mut inputs = std::mem::take(&mut self.extra);
        for (name, device) in &mut self.devices {
            if device.alive && (second >= device.next_beat || !device.outbox.is_empty()) {
                inputs.push(Input::Report(report(name, device, second)));
                device.next_beat = second + 5;
            }
        }
        let state = self.state.take().unwrap();
        let before: BTreeMap<_, _> = state.devices().map(|(id, device)| (id, device.sight())).collect();
        let (state, out) = step(state, inputs, now(second));
        for (id, device) in state.devices() {
            let changed = before.get(&id) != Some(&device.sight());
            assert!(
                !changed || out.tiles.contains(&id),
                "a tile changed and nobody was told"
            );
        }
        for note in &out.notes {
            if let Some(line) = told(&state, note) {
                self.told.push(format!(
                    "{}:{:02} {line}",
                    second.div_euclid(60),
                    second.rem_euclid(60)
                ));
            }
        }
        self.notes.extend(out.notes);
        self.state = Some(state);
    }

    /// Incidents told since the last question: "0:21 seat 1 lost_contact", "1:00 seat 1 heard again".
    pub(super) fn told(&mut self) -> Vec<String> {
        std::mem::take(&mut self.told)
    }

    pub(super) fn sight(&self, name: &str) -> Sight {
        self.state().device(id(name)).unwrap().sight()
    }

    pub(super) fn is_lost(&self, name: &str) -> bool {
        matches!(self.sight(name), Sight::Lost { .. })
    }

    /// The collector is killed and starts again so many seconds later, from the record alone.
    pub(super) fn restart_collector(&mut self, gap: i64) {
        let absences = absences(&self.notes, at(self.second));
        let heard = self.devices.iter().map(|(name, device)| RestoredDevice {
            device: id(name),
            last: at(self.stored_until),
            subnet: device.subnet.0.filter(|_| device.subnet.1),
            reached: device.reached,
            story: absences.get(&id(name)).map(|since| device.story(*since)),
        });
        let restored = Restored {
            school: room().school,
            plan: plan(&self.district),
            heard: heard.collect(),
            notes: self.notes.clone(),
            said: self.said.clone(),
            last_alive: Some(at(self.second)),
        };
        self.state = Some(WatchState::restore(restored));
        self.second += gap;
        self.tick();
    }
}

impl Device {
    /// In these tests its way out is as it was when it went away.
    fn story(&self, since: Timestamp) -> Story {
        let later = self.stored.iter().filter(|(received, _)| *received > since);
        Story {
            vendor: self.reached.vendor,
            epoch: Some(epoch()),
            records: later.map(|(_, record)| record.clone()).collect(),
            lost: false,
        }
    }
}

fn epoch() -> ClockEpoch {
    ClockEpoch::new(uuid::Uuid::from_u128(1))
}

fn report(name: &str, device: &mut Device, second: i64) -> Report {
    let epoch = epoch();
    let mono = |second: i64| u64::try_from((MONO_AT_START + second) * 1000).unwrap();
    let records = device.outbox.drain(..).map(|(what, then)| {
        device.seq += 1;
        Record {
            within_ms: None,
            seq: device.seq,
            time: EventTime::measured(at(then), 0),
            ahead: false,
            mono_ms: mono(then),
            epoch,
            what,
        }
    });
    let records: Vec<_> = records.collect();
    let received = records.iter().map(|record| (at(second), record.clone()));
    device.stored.extend(received);
    Report {
        device: id(name),
        received: now(second),
        beat: Some(Beat {
            mono_ms: mono(second),
            epoch,
            promise_ms: device.promise_ms,
            app: device.app,
            charge: device.charge,
            reached: device.reached,
            waiting: device.waiting,
            vendor_age_ms: device
                .looked_at
                .map(|at| u32::try_from((second - at) * 1_000).unwrap()),
        }),
        stream: StreamId::new(uuid::Uuid::from_u128(2)),
        records,
        lost: false,
        network: (!std::mem::replace(&mut device.subnet.1, true)).then_some(InNetwork {
            seq: device.seq,
            subnet: device.subnet.0,
        }),
    }
}

/// "seat 1", "LIB-2", "3 devices in 101", "4 devices in 101 102".
fn who(incident: &Incident) -> String {
    match incident.members.as_slice() {
        [member] => member
            .seat
            .as_ref()
            .map_or_else(|| member.name.to_string(), |seat| format!("seat {seat}")),
        many => {
            let rooms: Vec<_> = incident.rooms().into_iter().map(RoomId::as_str).collect();
            format!("{} devices in {}", many.len(), rooms.join(" "))
        }
    }
}

fn change(change: &Change) -> String {
    match change {
        Change::Why(_) => "why".to_owned(),
        Change::Joined(member) => format!("{} joined", member.name),
        Change::Returned { .. } => "one back".to_owned(),
        Change::Exact { .. } => "exact".to_owned(),
        Change::Corrected { to, .. } => format!("now {}", to.kind.word()),
        Change::Refiled { .. } => "refiled".to_owned(),
        Change::Symptom { condition, .. } => format!("then {}", condition.word()),
    }
}

fn told(state: &WatchState, note: &Note) -> Option<String> {
    let who = |incident| state.incident(incident).map(who);
    match note {
        Note::Opened(note) => {
            let cause = match note.cause.kind {
                CauseKind::Device => String::new(),
                kind => format!(" {}", kind.word()),
            };
            Some(format!(
                "{} {}{cause}",
                who(&note.incident)?,
                note.condition.word()
            ))
        }
        Note::Amended(note) => {
            let mut what: Vec<_> = note.changes.iter().map(change).collect();
            what.dedup();
            let what = match what.as_slice() {
                [why] if why == "why" => "amended".to_owned(),
                _ => what.join(", "),
            };
            Some(format!("{} {what}", who(&note.incident)?))
        }
        Note::Ended(note) => Some(format!("{} {}", who(&note.incident)?, ending_words(&note.how))),
        Note::SeatStarted(_) | Note::SeatFinished(_) | Note::Phase(_) | Note::Blind(_) => None,
    }
}
