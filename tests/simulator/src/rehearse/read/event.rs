//! What happens: from `[[event]]` tables to single cues.

mod kinds;
mod people;

use std::time::Duration;

use roomready_shared::facts::Subnet;
use roomready_shared::strict::{Reader, Value};
use roomready_shared::timetable::Timetable;

use self::kinds::{KINDS, Kind};
use super::length;
use super::school::School;
use super::sessions::{Sessions, timetable};
use super::time::Times;
use crate::rehearse::scenario::{Cue, Edit, Happening, Health, OnCollector, OnDevice, Part};

/// A restart takes this long where nothing else is written.
const RESTART: Duration = Duration::from_secs(60);

pub(super) fn read(root: &mut Reader<'_>, times: &Times, school: &School, sessions: &Sessions) -> Vec<Cue> {
    let mut cues = Vec::new();
    for mut table in root.tables("event") {
        let mut event = Event {
            table: &mut table,
            times,
            school,
            sessions,
        };
        match event.read() {
            Some(more) => cues.extend(more),
            None if event.table.has("what") => {}
            None => {}
        }
    }
    cues
}

struct Event<'r, 'd> {
    table: &'r mut Reader<'d>,
    times: &'r Times,
    school: &'r School,
    sessions: &'r Sessions,
}

impl Event<'_, '_> {
    fn read(&mut self) -> Option<Vec<Cue>> {
        let times = self.times;
        let at_ms = self
            .table
            .required("at", "\"09:12\"")
            .and_then(|value| times.at_ms(value));
        let words: Vec<(&str, Kind)> = KINDS.to_vec();
        let kind = self
            .table
            .required("what", "\"dies\"")
            .and_then(|value| value.word(&words));
        let Some(kind) = kind else {
            // Without its kind nobody knows which keys belong to it.
            self.forget_keys();
            return None;
        };
        let happen = self.happenings(kind);
        Some(self.cues(at_ms?, happen?))
    }

    fn forget_keys(&mut self) {
        for key in self.table.keys() {
            let _asked = self.table.optional(&key);
        }
    }

    /// What happens, one after the other with `stagger`, and its opposite after `for`.
    fn cues(&mut self, at_ms: u64, (happen, after): Happenings) -> Vec<Cue> {
        let stagger = self
            .table
            .optional("stagger")
            .and_then(length)
            .unwrap_or_default();
        let lasts = match &after {
            After::Nothing => None,
            After::Always(default, _) => Some(
                self.table
                    .optional("for")
                    .map_or(Some(*default), length)
                    .unwrap_or(*default),
            ),
            After::IfSaid(_) => self.table.optional("for").and_then(length),
        };
        let then = match after {
            After::Nothing => Vec::new(),
            After::Always(_, then) | After::IfSaid(then) => then,
        };
        let opens = self.table.optional("app_again_after").and_then(length);
        let mut cues = Vec::new();
        let mut at = at_ms;
        for (place, what) in happen.into_iter().enumerate() {
            let back_ms = lasts.map(|lasts| at + ms(lasts));
            if let (Some(back_ms), Some(then)) = (back_ms, then.get(place)) {
                cues.push(Cue {
                    at_ms: back_ms,
                    what: then.clone(),
                });
            }
            if let (Some(opens), Happening::Device(device, _)) = (opens, &what) {
                cues.push(Cue {
                    at_ms: back_ms.unwrap_or(at) + ms(opens),
                    what: Happening::Device(*device, OnDevice::AppOpens),
                });
            }
            cues.push(Cue { at_ms: at, what });
            at += ms(stagger);
        }
        cues
    }

    fn happenings(&mut self, kind: Kind) -> Option<Happenings> {
        match kind {
            Kind::Device(what, opposite) => {
                let devices = self.devices()?;
                let all = |what: OnDevice| {
                    devices
                        .iter()
                        .map(move |device| Happening::Device(*device, what))
                        .collect()
                };
                let then = match opposite {
                    Some(opposite) if what == OnDevice::Restarts => After::Always(RESTART, all(opposite)),
                    Some(opposite) => After::IfSaid(all(opposite)),
                    None => After::Nothing,
                };
                Some((all(what), then))
            }
            Kind::Lid => {
                let announced = self.flag("announced", true);
                let devices = self.devices()?;
                let all = |what: OnDevice| {
                    devices
                        .iter()
                        .map(|device| Happening::Device(*device, what))
                        .collect()
                };
                Some((
                    all(OnDevice::LidCloses { announced }),
                    After::IfSaid(all(OnDevice::LidOpens)),
                ))
            }
            Kind::Battery => {
                let percent = self
                    .table
                    .required("percent", "40")
                    .and_then(|value| value.integer(0..=100_u8));
                let devices = self.devices()?;
                let what = OnDevice::Battery { percent: percent? };
                Some((
                    devices
                        .into_iter()
                        .map(|device| Happening::Device(device, what))
                        .collect(),
                    After::Nothing,
                ))
            }
            Kind::Clock => {
                let ahead_ms = self.ahead();
                let devices = self.devices()?;
                let what = OnDevice::ClockSet { ahead_ms: ahead_ms? };
                Some((
                    devices
                        .into_iter()
                        .map(|device| Happening::Device(device, what))
                        .collect(),
                    After::Nothing,
                ))
            }
            Kind::CollectorClock => {
                let ahead_ms = self.ahead()?;
                Some((
                    vec![Happening::Collector(OnCollector::ClockSet { ahead_ms })],
                    After::Nothing,
                ))
            }
            Kind::Carried => {
                let room = self.destination();
                let devices = self.devices()?;
                let home = |device: usize| OnDevice::Carried {
                    room: self.school.devices[device].room,
                };
                let room = room?;
                Some((
                    devices
                        .iter()
                        .map(|device| Happening::Device(*device, OnDevice::Carried { room }))
                        .collect(),
                    After::IfSaid(
                        devices
                            .iter()
                            .map(|device| Happening::Device(*device, home(*device)))
                            .collect(),
                    ),
                ))
            }
            Kind::Rehomed => {
                let room = self.destination();
                let devices = self.devices()?;
                let room = room?;
                let edits = devices
                    .into_iter()
                    .map(|device| Happening::Edit(Edit::Home { device, room }));
                Some((edits.collect(), After::Nothing))
            }
            Kind::Network(scope, health) => self.network(scope, health),
            Kind::Collector(what, opposite) => {
                let then = opposite.map_or(After::Nothing, |opposite| {
                    After::IfSaid(vec![Happening::Collector(opposite)])
                });
                Some((vec![Happening::Collector(what)], then))
            }
            Kind::Timetable => self.timetable(),
            Kind::Press => Some((
                vec![Happening::Press(people::press(
                    self.table,
                    self.times,
                    self.school,
                )?)],
                After::Nothing,
            )),
        }
    }

    fn network(&mut self, scope: kinds::Scope, health: Health) -> Option<Happenings> {
        let school = self.school;
        let parts: Vec<Part> = match scope {
            kinds::Scope::Link => self.devices()?.into_iter().map(Part::Link).collect(),
            kinds::Scope::Room | kinds::Scope::RoomUplink => {
                let part = match scope {
                    kinds::Scope::Room => Part::Room,
                    _ => Part::RoomUplink,
                };
                let rooms = self
                    .table
                    .required("rooms", "[\"101\"]")
                    .and_then(|value| school.rooms_named(value));
                rooms?.into_iter().map(part).collect()
            }
            kinds::Scope::AccessPoint => {
                let value = self.table.required("access_point", "\"AP-2\"")?;
                let place = value.place();
                let name = value.text()?;
                if !school
                    .rooms
                    .iter()
                    .any(|room| room.access_point.as_deref() == Some(name))
                {
                    place.fault(
                        "no room hangs on this access point",
                        "write one that a [[room]] names",
                    );
                    return None;
                }
                vec![Part::AccessPoint(name.to_owned())]
            }
            kinds::Scope::Subnet => {
                let value = self.table.required("subnet", "\"10.2.4.0/22\"")?;
                let place = value.place();
                let subnet: Subnet = value.parsed()?;
                let rooms = school.rooms.iter().map(|room| room.subnet);
                let devices = school.devices.iter().map(|device| device.subnet);
                if !rooms.chain(devices).any(|known| known == Some(subnet)) {
                    place.fault(
                        "nobody stands in this network",
                        "write one that a [[room]] or [[devices]] names",
                    );
                    return None;
                }
                vec![Part::Subnet(subnet)]
            }
            kinds::Scope::School => vec![Part::School],
            kinds::Scope::Uplink => vec![Part::Uplink],
            kinds::Scope::Vendor if !self.table.has("devices") => vec![Part::Vendor],
            kinds::Scope::Vendor => self.devices()?.into_iter().map(Part::VendorFor).collect(),
            kinds::Scope::Collector => self.devices()?.into_iter().map(Part::CollectorFor).collect(),
        };
        let all = |health| {
            parts
                .iter()
                .map(|part| Happening::Network(part.clone(), health))
                .collect()
        };
        let then = if health == Health::Up {
            After::Nothing
        } else {
            After::IfSaid(all(Health::Up))
        };
        Some((all(health), then))
    }

    fn timetable(&mut self) -> Option<Happenings> {
        let (school, sessions, times) = (self.school, self.sessions, self.times);
        let session = self
            .table
            .required("session", "\"math\"")
            .and_then(|value| sessions.named(value))?;
        let held = &sessions.sittings[session];
        let removed = self.flag("removed", false);
        let room = self
            .table
            .optional("to_room")
            .map_or(Some(held.room), |value| school.room_named(value))?;
        let timetable: Option<Timetable> = if removed {
            None
        } else {
            Some(timetable(self.table, times, Some(&held.timetable))?)
        };
        let edit = Edit::Session {
            session,
            timetable,
            room,
        };
        Some((vec![Happening::Edit(edit)], After::Nothing))
    }

    fn devices(&mut self) -> Option<Vec<usize>> {
        let school = self.school;
        let place = self.table.required("devices", "\"101-04\"")?;
        let at = place.place();
        let devices = school.devices_named(place)?;
        if let Some(unread) = devices
            .iter()
            .find(|device| !school.devices[**device].has_agent())
        {
            let name = &school.devices[*unread].name;
            at.fault(
                &format!("no agent runs on {name}, so nothing that happens on it is seen"),
                "leave it out",
            );
            return None;
        }
        Some(devices)
    }

    fn destination(&mut self) -> Option<usize> {
        let school = self.school;
        self.table
            .required("to_room", "\"102\"")
            .and_then(|value| school.room_named(value))
    }

    fn flag(&mut self, key: &str, default: bool) -> bool {
        self.table
            .optional(key)
            .and_then(Value::boolean)
            .unwrap_or(default)
    }

    /// How far a clock is set ahead; "-…" for behind.
    fn ahead(&mut self) -> Option<i64> {
        let value = self.table.required("ahead", "\"24h\" or \"-10m\"")?;
        let place = value.place();
        let text = value.text()?;
        let ahead = text.parse::<jiff::SignedDuration>().ok();
        let ms = ahead.and_then(|ahead| i64::try_from(ahead.as_millis()).ok());
        if ms.is_none() {
            place.fault(
                &format!("{text:?} is no length of time"),
                "write one such as \"24h\" or \"-10m\"",
            );
        }
        ms
    }
}

/// What happens, and what comes after it.
type Happenings = (Vec<Happening>, After);

enum After {
    Nothing,
    IfSaid(Vec<Happening>),
    Always(Duration, Vec<Happening>),
}

fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
