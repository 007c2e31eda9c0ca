//! At which seat a device stands that no session expects. The seat is given to it by a swap: the record has no other way
//! to a seat, and the device that belongs there is not at its test.

use roomready_shared::ids::{DeviceName, RoomRef};
use roomready_shared::wire::v1::AppState;
use sha2::{Digest as _, Sha256};

use super::super::{Scene, address, elsewhere, seats};
use super::{said, sitting};
use crate::domain::people::Machine;
use crate::domain::standing::Standing;
use crate::pages::view::{ChooseSeatPage, LeftAlone, Link, SeatChoice};
use seats::SeatNow;

/// A device's name as part of an element's id.
pub(in crate::present) fn element_key(name: &DeviceName) -> String {
    let digest = Sha256::digest(name.as_str().to_lowercase().as_bytes());
    hex::encode(&digest[..6])
}

/// Devices of a room that somebody wants to be left alone, the latest first.
pub(in crate::present) fn left_alone(scene: &Scene<'_>, room: &RoomRef) -> Vec<LeftAlone> {
    let Some(acts) = scene.state.acts(room) else {
        return Vec::new();
    };
    let session = sitting(scene, room).map(|session| &session.id);
    let mut undoable = super::panel::undo_lines(scene, Some(acts), session);
    let mut left: Vec<_> = acts
        .left_alone(scene.now)
        .map(|(device, act)| {
            let undo = undoable.iter().position(|undo| undo.seq == act.seq);
            LeftAlone {
                said: said(scene, act, device.name.as_str()),
                undo: undo.map(|place| undoable.swap_remove(place)),
            }
        })
        .collect();
    left.reverse();
    left
}

/// The page that asks at which seat of a room a device stands; where the room does not test, of the only one that does,
/// or in which of them. None when there is no such room or device.
#[must_use]
pub fn choose_seat_page(scene: &Scene<'_>, room: &RoomRef, device: &str) -> Option<ChooseSeatPage> {
    let name: DeviceName = device.parse().ok()?;
    let known = scene.state.device_named(&name).map(|(_, device)| &device.home);
    let home = known.map(|home| &home.room);
    let home = home.or_else(|| Some(&scene.district().roster_entry(&name)?.room));
    let home = home.filter(|home| home.school == room.school)?;
    let mut rooms: Vec<_> = elsewhere::rooms_that_test(scene, room)
        .filter(|of| !scene.only_room || of == room)
        .collect();
    let at = match rooms.as_slice() {
        _ if elsewhere::tests(scene, room) => Some(room.clone()),
        [only] => Some(only.clone()),
        _ => None,
    };
    rooms.retain(|of| at.as_ref() != Some(of));
    let question = match &at {
        Some(at) => format!("At which seat of {} is {name}?", scene.room_title(at)),
        None => format!("In which room is {name}?"),
    };
    let device = Machine {
        device: scene.state.device_named(&name).map(|(id, _)| id),
        name,
    };
    let shown = at.as_ref().unwrap_or(room);
    Some(ChooseSeatPage {
        frame: scene.frame(
            format!("A seat for {}", device.name),
            super::seat::trail(scene, shown),
            &address::school_log(&room.school),
            None,
        ),
        question,
        url: address::room(shown),
        session: super::seat::session_word(scene, shown),
        seats: at.iter().flat_map(|at| free_first(scene, at, &device)).collect(),
        rooms: rooms
            .iter()
            .map(|of| {
                Link::new(
                    elsewhere::session_in(scene, of),
                    address::choose_seat(of, &device.name),
                )
            })
            .collect(),
        device: device.name.to_string(),
        back: if scene.only_room {
            super::seat::back(room)
        } else {
            Link::new("Back", address::unexpected(home))
        },
    })
}

/// The seats of a room, those whose own device is not at its test first.
fn free_first(scene: &Scene<'_>, room: &RoomRef, but: &Machine) -> Vec<SeatChoice> {
    let mut seats = seats::of_room(scene, room).students;
    seats.retain(|seat| !seat.spot().device.is(but));
    seats.sort_by_key(at_its_test);
    let label = |seat: &SeatNow<'_>| match &seat.seat {
        Some(label) => format!("Seat {label}: {}, {}", seat.name, seat.standing.word()),
        None => format!("{}, {}", seat.name, seat.standing.word()),
    };
    seats
        .iter()
        .map(|seat| SeatChoice {
            device: seat.name.to_string(),
            label: label(seat),
        })
        .collect()
}

fn at_its_test(seat: &SeatNow<'_>) -> bool {
    let live = seat.device.and_then(|(_, device)| device.live.as_ref());
    seat.standing == Standing::Working || live.is_some_and(|live| live.app == AppState::Running)
}
