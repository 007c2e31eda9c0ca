//! One seat, and which device takes the place of another.

use roomready_shared::ids::{DeviceName, RoomRef};
use roomready_shared::timetable::Phase;

use super::super::{Scene, Topic, address, incident, seats};
use super::{now, panel, sitting, trouble_line};
use crate::access::Permission;
use crate::domain::incident::what_to_do;
use crate::domain::people::{Deed, Machine, Spot};
use crate::pages::view::{AtSeat, Gone, Link, SeatChoice, SeatPage, SwapPage, Tone};
use seats::SeatNow;

/// Devices whose tag ends like what was typed that are offered. More than a few: type more of the tag.
const MOST_FOUND: usize = 8;

/// The seat of a room at which a device stands now.
#[must_use]
pub fn spot_of(scene: &Scene<'_>, room: &RoomRef, device: &str) -> Option<Spot> {
    let present = seats::of_room(scene, room);
    let seat = find(&present.students, device)?;
    Some(seat.spot())
}

fn find<'b, 'a>(seats: &'b [SeatNow<'a>], device: &str) -> Option<&'b SeatNow<'a>> {
    let key = device.trim().to_lowercase();
    seats.iter().find(|seat| seat.name.as_str().to_lowercase() == key)
}

/// Everything that can be said of one seat; none when no such device stands in the room.
#[must_use]
pub fn seat_page(scene: &Scene<'_>, room: &RoomRef, device: &str) -> Option<SeatPage> {
    let present = seats::of_room(scene, room);
    let seat = find(&present.students, device)?;
    let sees_devices = scene
        .viewer
        .as_ref()
        .is_some_and(|viewer| viewer.may(Permission::SeeDevices));
    Some(SeatPage {
        frame: scene.frame(
            format!("{}, {}", seat.label(), scene.room_title(room)),
            trail(scene, room),
            &address::school_log(&room.school),
            Some(&Topic::Seat(room.clone(), seat.name.clone())),
        ),
        seat: seat.label(),
        device: seat.name.to_string(),
        now: now_at(scene, room, seat),
        device_url: sees_devices.then(|| match seat.device {
            Some((id, _)) => address::device(id),
            None => address::roster_device(&seat.name),
        }),
        url: address::room(room),
        session: session_word(scene, room),
        back: back(room),
    })
}

/// What is so at the seat where a device stands or stood; none for a device that the school does not know.
#[must_use]
pub fn at_seat(scene: &Scene<'_>, room: &RoomRef, device: &DeviceName) -> Option<AtSeat> {
    scene.district().room_title(room)?;
    let present = seats::of_room(scene, room);
    if let Some(seat) = find(&present.students, device.as_str()) {
        return Some(now_at(scene, room, seat));
    }
    let enrolled = scene
        .state
        .device_named(device)
        .map(|(_, device)| &device.home.room);
    let home = enrolled.or_else(|| Some(&scene.district().roster_entry(device)?.room))?;
    (home.school == room.school).then(|| AtSeat {
        seat: device.to_string(),
        device: device.to_string(),
        standing: String::new(),
        to_do: None,
        trouble: None,
        may_be_finished: false,
        gone: Some(gone(scene, room, device)),
    })
}

fn now_at(scene: &Scene<'_>, room: &RoomRef, seat: &SeatNow<'_>) -> AtSeat {
    let now = now(scene, room);
    let trouble = now.as_ref().and_then(|now| now.trouble_with(&seat.spot().device));
    let reason = seat.reason_in_full(scene).map(|reason| format!(", {reason}"));
    AtSeat {
        seat: seat.label(),
        device: seat.name.to_string(),
        standing: format!("{}{}", seat.standing.word(), reason.unwrap_or_default()),
        to_do: to_do(scene, room, seat),
        trouble: trouble.map(|trouble| trouble_line(scene, room, trouble)),
        may_be_finished: panel::may_be_finished(seat),
        gone: None,
    }
}

/// Where a device went that stood at a seat a moment ago.
fn gone(scene: &Scene<'_>, room: &RoomRef, device: &DeviceName) -> Gone {
    let now = now(scene, room);
    let swaps = now.iter().flat_map(|now| now.swaps.iter().rev());
    let swap = swaps.into_iter().find_map(|act| match &act.deed {
        Deed::Swapped { old, new, .. } if old.key() == device.as_str().to_lowercase() => Some((act, new)),
        _ => None,
    });
    let Some((act, new)) = swap else {
        return Gone {
            words: format!("{device} is not at a seat of this room now."),
            instead: None,
        };
    };
    let instead = spot_of(scene, room, new.name.as_str());
    Gone {
        words: format!(
            "{device} was swapped for {} at {}.",
            new.name,
            scene.written(act.when())
        ),
        instead: instead.map(|_| Link::new(format!("Go to {}", new.name), address::seat(room, &new.name))),
    }
}

/// What whoever stands at the seat is to do: the words of its open incident, else those that hold for any trouble while
/// students test. Before that nobody has to act at once.
fn to_do(scene: &Scene<'_>, room: &RoomRef, seat: &SeatNow<'_>) -> Option<String> {
    let id = seat.device.map(|(id, _)| id);
    let of_incident = incident::open(scene, &room.school, Some(&room.room))
        .into_iter()
        .find(|told| {
            told.incident
                .members
                .iter()
                .any(|member| Some(member.device) == id)
        })
        .and_then(|told| incident::card(scene, &room.school, &told.incident, Some(&room.room)).what_to_do);
    if of_incident.is_some() {
        return of_incident;
    }
    if !matches!(seat.standing.tone(), Tone::Urgent | Tone::Caution) {
        return None;
    }
    let phase = scene
        .district()
        .session_at(room, scene.now)
        .map(|(_, phase)| phase);
    Some(match phase {
        Some(Phase::Testing | Phase::Break) => what_to_do(false).to_owned(),
        _ => "Tell your technician. The test has not begun, so the device may be swapped.".to_owned(),
    })
}

pub(super) fn session_word(scene: &Scene<'_>, room: &RoomRef) -> String {
    sitting(scene, room)
        .map(|session| session.id.to_string())
        .unwrap_or_default()
}

pub(super) fn trail(scene: &Scene<'_>, room: &RoomRef) -> Vec<Link> {
    vec![
        scene.district_link(),
        scene.school_link(&room.school),
        scene.room_link(room),
    ]
}

pub(super) fn back(room: &RoomRef) -> Link {
    Link::new("Back to the room", address::room(room))
}

/// Devices of a room's school that could take a seat and whose tag, or serial number, ends like this; those at home in
/// the room first. An exact name is that device alone.
#[must_use]
pub fn tagged(scene: &Scene<'_>, room: &RoomRef, old: &Machine, typed: &str) -> Vec<Machine> {
    let district = scene.district();
    let machine = |name: &DeviceName| Machine {
        name: name.clone(),
        device: scene.state.device_named(name).map(|(id, _)| id),
    };
    let listed = district
        .roster()
        .iter()
        .filter(|entry| entry.room.school == room.school);
    let listed = listed.map(|entry| {
        let serial = entry.serial.as_ref().map_or("", |serial| serial.as_str());
        (entry.room == *room, machine(&entry.name), serial)
    });
    let unlisted = scene
        .state
        .devices()
        .filter(|(_, device)| !device.home.on_roster && device.home.room.school == room.school)
        .map(|(_, device)| (device.home.room == *room, machine(&device.home.name), ""));
    let mut found: Vec<_> = listed
        .chain(unlisted)
        .filter(|(_, machine, serial)| {
            let by_serial = !serial.is_empty() && ends_in(serial, typed);
            !machine.is(old) && (machine.ends_in(typed) || by_serial)
        })
        .map(|(here, machine, _)| (!here, machine))
        .collect();
    found.sort();
    let exact = found
        .iter()
        .find(|(_, machine)| machine.key() == typed.trim().to_lowercase());
    if let Some((_, exact)) = exact {
        return vec![exact.clone()];
    }
    found
        .into_iter()
        .map(|(_, machine)| machine)
        .take(MOST_FOUND)
        .collect()
}

fn ends_in(serial: &str, typed: &str) -> bool {
    let name = DeviceName::parse(serial);
    name.is_ok_and(|name| Machine { name, device: None }.ends_in(typed))
}

/// The page that asks once more before a device is swapped; none when no such device stands in the room.
#[must_use]
pub fn swap_page(scene: &Scene<'_>, room: &RoomRef, device: &str, typed: &str) -> Option<SwapPage> {
    let spot = spot_of(scene, room, device)?;
    let found = tagged(scene, room, &spot.device, typed);
    let question = match &spot.seat {
        Some(seat) => format!("Give seat {seat} another device?"),
        None => format!("Swap {}?", spot.device.name),
    };
    let at_home = |machine: &Machine| {
        let entry = scene.district().roster_entry(&machine.name);
        let home = entry.map(|entry| scene.room_title(&entry.room));
        home.map_or_else(
            || machine.name.to_string(),
            |home| format!("{}, {home}", machine.name),
        )
    };
    Some(SwapPage {
        frame: scene.frame(
            question.clone(),
            trail(scene, room),
            &address::school_log(&room.school),
            Some(&Topic::Seat(room.clone(), spot.device.name.clone())),
        ),
        question,
        now: at_seat(scene, room, &spot.device.name)?,
        url: address::room(room),
        session: session_word(scene, room),
        old: spot.device.name.to_string(),
        typed: typed.trim().chars().take(80).collect(),
        found: found
            .iter()
            .map(|machine| SeatChoice {
                device: machine.name.to_string(),
                label: at_home(machine),
            })
            .collect(),
        back: back(room),
    })
}
