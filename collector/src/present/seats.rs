//! Who is in a room now: the devices of its sitting, or those at home in it.

use std::collections::BTreeMap;

use roomready_shared::facts::Platform;
use roomready_shared::ids::{DeviceId, DeviceName, RoomRef, SeatLabel};
use roomready_shared::timetable::Phase;
use roomready_shared::wire::v1::Charge;

use super::{Scene, people};
use crate::domain::people::{Deed, Machine, Now, Spot};
use crate::domain::plan::Watched;
use crate::domain::proctor::sitting_of;
use crate::domain::standing::{Fault, Look, Sight, Standing, standing};
use crate::domain::watch::DeviceWatch;
use crate::fleet::DeviceNow;
use crate::pages::view::Battery;
use roomready_shared::facts::Flow;

/// Charge below which a battery is drawn as low while it runs down.
const LOW_BATTERY_PERCENT: u8 = 20;

/// One device in a room, enrolled or not.
#[derive(Debug, Clone)]
pub(super) struct SeatNow<'a> {
    pub(super) name: DeviceName,
    pub(super) platform: Platform,
    pub(super) watched: Watched,
    pub(super) seat: Option<SeatLabel>,
    pub(super) room: RoomRef,
    pub(super) device: Option<(DeviceId, &'a DeviceNow)>,
    pub(super) sight: Sight,
    pub(super) fault: Option<Fault>,
    pub(super) standing: Standing,
    /// What people said is wrong there: `message 8026`.
    pub(super) trouble: Option<String>,
    /// Whether people said that its student has finished.
    pub(super) said_finished: bool,
}

impl SeatNow<'_> {
    /// One short reason; none where the word says it all.
    pub(super) fn reason(&self, scene: &Scene<'_>) -> Option<String> {
        self.seen(scene)
            .or_else(|| self.loudest_check().map(str::to_owned))
    }

    /// The same where there is room for a sentence: a check's title alone does not say what is wrong with it.
    pub(super) fn reason_in_full(&self, scene: &Scene<'_>) -> Option<String> {
        self.seen(scene).or_else(|| {
            self.loudest_check()
                .map(|title| format!("look first at: {title}"))
        })
    }

    /// `Seat 4`, else the device's tag.
    pub(super) fn label(&self) -> String {
        self.seat
            .as_ref()
            .map_or_else(|| self.name.to_string(), |seat| format!("Seat {seat}"))
    }

    /// The seat and the device, as people mean them.
    pub(super) fn spot(&self) -> Spot {
        Spot {
            seat: self.seat.clone(),
            device: Machine {
                name: self.name.clone(),
                device: self.device.map(|(id, _)| id),
            },
        }
    }

    fn seen(&self, scene: &Scene<'_>) -> Option<String> {
        if self.standing == Standing::HelpWanted {
            return self.trouble.clone();
        }
        if self.said_finished && self.standing == Standing::FinishedMaybe {
            return Some("finished, as people said".to_owned());
        }
        let access = self.device.map(|(_, device)| device.access);
        if access.is_some_and(|access| access.shared_at.is_some()) {
            return Some("two machines use this device's identity".to_owned());
        }
        self.fault_words(scene).or_else(|| {
            self.sight
                .words(scene.test_app(&self.room), |at| scene.written(at))
        })
    }

    /// What is wrong with it, where that is what its standing says.
    fn fault_words(&self, scene: &Scene<'_>) -> Option<String> {
        let fault = self.fault.filter(|fault| fault.standing() == self.standing)?;
        let ends = scene.end_of_room(&self.room, self.device.map(|(id, _)| id));
        fault.words(scene.test_app(&self.room), ends.as_deref(), |at| {
            scene.written(at)
        })
    }

    fn loudest_check(&self) -> Option<&str> {
        let from_checks = matches!(
            self.standing,
            Standing::NotReady | Standing::Attention | Standing::Unknown | Standing::Stale
        );
        let checks = self.device?.1.checks.as_ref()?;
        checks.loudest.as_deref().filter(|_| from_checks)
    }

    pub(super) fn battery(&self) -> Option<Battery> {
        let charge = self.device?.1.live.as_ref()?.charge?;
        Some(battery(charge))
    }
}

pub(super) fn battery(charge: Charge) -> Battery {
    let plugged_in = matches!(charge.flow, Flow::Charging | Flow::Full | Flow::Idle);
    Battery {
        percent: charge.percent.get(),
        charging: plugged_in,
        low: !plugged_in && charge.percent.get() < LOW_BATTERY_PERCENT,
    }
}

/// A room's devices: students' by seat, then by name; sentinels apart.
#[derive(Debug, Default)]
pub(super) struct Present<'a> {
    pub(super) students: Vec<SeatNow<'a>>,
    pub(super) sentinels: Vec<SeatNow<'a>>,
}

pub(super) fn of_room<'a>(scene: &Scene<'a>, room: &RoomRef) -> Present<'a> {
    let district = scene.district();
    let session = district.session_at(room, scene.now);
    let mut seats: BTreeMap<String, SeatNow<'a>> = BTreeMap::new();
    let mut add = |seat: SeatNow<'a>| {
        seats.insert(seat.name.as_str().to_lowercase(), seat);
    };
    match session {
        Some((session, phase)) => {
            for expected in district.expected(session) {
                let entry = expected.device;
                add(seat_of(
                    scene,
                    room,
                    &entry.name,
                    entry.platform,
                    entry.watched,
                    expected.seat,
                    Some(phase),
                ));
            }
        }
        None => {
            for entry in district.roster_of(room) {
                add(seat_of(
                    scene,
                    room,
                    &entry.name,
                    entry.platform,
                    entry.watched,
                    entry.seat.as_ref(),
                    None,
                ));
            }
        }
    }
    let said = said_in(scene, room);
    // Devices that enrolled here and that no roster knows.
    for (_, device) in scene
        .state
        .devices_at_home(room)
        .filter(|(_, device)| !device.home.on_roster)
    {
        let sits_here = match session {
            Some((session, _)) => district
                .seating_at(&device.home, scene.now)
                .is_some_and(|(seating, _)| seating.session.id == session.id),
            None => true,
        };
        if sits_here {
            let home = &device.home;
            let phase = session.map(|(_, phase)| phase);
            add(seat_of(
                scene,
                room,
                &home.name,
                home.platform,
                home.watched,
                home.seat.as_ref(),
                phase,
            ));
        }
    }
    if let Some(said) = &said {
        swap(scene, room, &mut seats, said, session.map(|(_, phase)| phase));
        seats.values_mut().for_each(|seat| seat.hear(scene, said));
    }
    let mut present = Present::default();
    for seat in seats.into_values() {
        if seat.watched == Watched::Sentinel {
            present.sentinels.push(seat);
        } else {
            present.students.push(seat);
        }
    }
    present.students.sort_by_cached_key(|seat| {
        (
            seat.seat.is_none(),
            natural(seat.seat.as_ref().map_or("", SeatLabel::as_str)),
            natural(seat.name.as_str()),
        )
    });
    present
}

/// What people said in the sitting of a room.
fn said_in<'a>(scene: &Scene<'a>, room: &RoomRef) -> Option<Now<'a>> {
    let session = sitting_of(scene.district(), room, scene.now).map(|session| &session.id);
    Some(scene.state.acts(room)?.now(session, scene.now))
}

/// A swapped device gives its seat to the one that took its place; it is kept aside, and no tile asks for it.
fn swap<'a>(
    scene: &Scene<'a>,
    room: &RoomRef,
    seats: &mut BTreeMap<String, SeatNow<'a>>,
    said: &Now<'a>,
    phase: Option<Phase>,
) {
    for act in &said.swaps {
        let Deed::Swapped { seat, old, new } = &act.deed else {
            continue;
        };
        let before = seats.remove(&old.key());
        let platform = scene
            .district()
            .roster_entry(&new.name)
            .map(|entry| entry.platform);
        let platform = platform.or(before.map(|before| before.platform));
        let platform = platform.unwrap_or(Platform::Chromeos);
        let watched = Watched::student_on(platform);
        let taken = seat_of(scene, room, &new.name, platform, watched, seat.as_ref(), phase);
        seats.insert(new.key(), taken);
    }
}

impl<'a> SeatNow<'a> {
    /// Takes over what people said of it.
    fn hear(&mut self, scene: &Scene<'a>, said: &Now<'_>) {
        let machine = self.spot().device;
        let said_of =
            |act: &&&crate::domain::people::Act| act.deed.spot().is_some_and(|spot| spot.device.is(&machine));
        self.said_finished = said.finished.iter().any(|act| said_of(&act));
        let Some(trouble) = said.trouble_with(&machine) else {
            return;
        };
        self.trouble = Some(people::trouble_at_seat(trouble, |at| scene.written(at)));
        self.standing = self.standing.with_help_wanted();
    }
}

/// A device by itself, with what people said of it in the room in which it is now.
pub(super) fn with_what_was_said<'a>(
    scene: &Scene<'a>,
    mut seat: SeatNow<'a>,
    room: &RoomRef,
) -> SeatNow<'a> {
    if let Some(said) = said_in(scene, room) {
        seat.hear(scene, &said);
    }
    seat
}

/// One device by what the plan says of it; what the fleet knows is looked up by its name.
pub(super) fn seat_of<'a>(
    scene: &Scene<'a>,
    room: &RoomRef,
    name: &DeviceName,
    platform: Platform,
    watched: Watched,
    seat: Option<&SeatLabel>,
    phase: Option<Phase>,
) -> SeatNow<'a> {
    let device = scene.state.device_named(name);
    let seen = device.and_then(|(id, device)| {
        let watch = scene.state.watch(&device.home.room.school)?;
        watch.device(id)
    });
    let standing = match device {
        Some((id, device)) => scene.state.standing(id, device),
        None => standing(Look {
            watched,
            sight: Sight::NeverHeard,
            fault: None,
            judged: None,
            phase,
            shared: false,
        }),
    };
    SeatNow {
        name: name.clone(),
        // What the device says of itself is newer than what the roster says of it.
        platform: device.map_or(platform, |(_, device)| device.home.platform),
        watched,
        seat: seat.cloned(),
        room: room.clone(),
        device,
        sight: seen.map(DeviceWatch::sight).unwrap_or_default(),
        fault: seen.and_then(DeviceWatch::fault),
        standing,
        trouble: None,
        said_finished: false,
    }
}

/// Orders "2" before "10" and "A2" before "A10".
pub(super) fn natural(text: &str) -> Vec<(bool, u64, String)> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let digits = first.is_ascii_digit();
        let end = rest
            .find(|c: char| c.is_ascii_digit() != digits)
            .unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        let number = if digits {
            part.parse().unwrap_or(u64::MAX)
        } else {
            0
        };
        parts.push((!digits, number, part.to_lowercase()));
        rest = after;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_stand_as_people_count_them() {
        let mut seats = ["10", "2", "A10", "A2", "1", "b1"];
        seats.sort_by_cached_key(|seat| natural(seat));
        assert_eq!(seats, ["1", "2", "10", "A2", "A10", "b1"]);
    }
}
