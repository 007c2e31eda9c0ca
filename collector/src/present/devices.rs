//! The devices behind a number.

use roomready_shared::ids::{RoomRef, SchoolId};

use super::place::rooms_of;
use super::seats::{self, SeatNow};
use super::{Scene, address};
use crate::access::Scope;
use crate::domain::standing::Standing;
use crate::pages::view::{DeviceList, DeviceRow, EmptyState, Link};

/// Devices of a place (of all the scope, when none is named), all or of one standing; none when there is no such place.
#[must_use]
pub fn list(
    scene: &Scene<'_>,
    scope: &Scope,
    school: Option<&SchoolId>,
    room: Option<&RoomRef>,
    only: Option<Standing>,
) -> Option<DeviceList> {
    let (rooms, place, above, url) = match (school, room) {
        (_, Some(room)) => {
            scene.district().room_title(room)?;
            let above = vec![
                scene.district_link(),
                scene.school_link(&room.school),
                scene.room_link(room),
            ];
            (
                vec![room.clone()],
                scene.room_title(room),
                above,
                address::room(room),
            )
        }
        (Some(id), None) => {
            scene.district().schools().get(id)?;
            let above = vec![scene.district_link(), scene.school_link(id)];
            (
                rooms_of(scene, id),
                scene.school_title(id).to_owned(),
                above,
                address::school(id),
            )
        }
        (None, None) => {
            let rooms = scene
                .schools_in(scope)
                .flat_map(|id| rooms_of(scene, id))
                .collect();
            (
                rooms,
                scene.district().name().to_string(),
                vec![scene.district_link()],
                String::new(),
            )
        }
    };
    let log = room
        .map(|room| &room.school)
        .or(school)
        .map_or_else(|| address::DISTRICT_LOG.to_owned(), address::school_log);
    let present = rooms.iter().flat_map(|room| {
        let present = seats::of_room(scene, room);
        present.students.into_iter().chain(present.sentinels)
    });
    let mut chosen: Vec<_> = present
        .filter(|seat| only.is_none_or(|only| seat.standing == only))
        .collect();
    chosen.sort_by_key(|seat| seat.standing.rank());
    Some(DeviceList {
        frame: scene.frame("Devices", above, &log, None),
        place,
        only,
        all_url: address::devices_of(&url),
        rows: chosen.iter().map(|seat| row(scene, seat)).collect(),
        empty: EmptyState {
            headline: "No such device now".to_owned(),
            meaning: "Nothing here stands like that at the moment.".to_owned(),
            steps: Vec::new(),
        },
    })
}

fn row(scene: &Scene<'_>, seat: &SeatNow<'_>) -> DeviceRow {
    let url = match seat.device {
        Some((id, _)) => address::device(id),
        None => address::roster_device(&seat.name),
    };
    DeviceRow {
        device: Link::new(seat.name.as_str(), url),
        room: Some(scene.room_link(&seat.room)),
        seat: seat.seat.as_ref().map(ToString::to_string),
        standing: seat.standing,
        reason: seat.reason(scene),
        last_heard: seat
            .device
            .and_then(|(_, device)| device.heard)
            .map(|at| scene.time_to_the_second(at)),
    }
}
