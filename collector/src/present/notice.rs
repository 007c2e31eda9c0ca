//! Notices to the staff in words.

use roomready_shared::ids::{RoomRef, SchoolId, Title};

use super::{Scene, address, incident as incidents};
use crate::domain::incident::{Incident, State, ending_words};
use crate::domain::notice::{CaseKey, Due, Item, MOST_ITEMS, Notice, NoticeId, What, cause, problem};
use crate::domain::people::{Deed, Symptom};

/// The notices that are due at the scene's moment.
#[must_use]
pub fn notices_due(scene: &Scene<'_>) -> Vec<Notice> {
    let due = scene.state.notices_due(scene.now);
    due.into_iter().map(|due| notice(scene, due)).collect()
}

fn notice(scene: &Scene<'_>, due: Due) -> Notice {
    let items = due
        .tells
        .iter()
        .filter_map(|(key, what)| item(scene, &due.school, key, *what));
    Notice {
        id: NoticeId::of(&due),
        target: due.target.clone(),
        step: due.step,
        place: school_title(scene, &due.school),
        at: scene.now,
        kind: due.kind,
        items: items.take(MOST_ITEMS).collect(),
        tells: due.tells,
        school: Some(due.school),
    }
}

fn school_title(scene: &Scene<'_>, school: &SchoolId) -> Title {
    let found = scene.district().schools().get(school);
    found.map_or_else(|| scene.district().name().clone(), |school| school.title.clone())
}

fn item(scene: &Scene<'_>, school: &SchoolId, key: &CaseKey, what: What) -> Option<Item> {
    match key {
        CaseKey::Incident(id) => {
            let told = scene.state.incidents(school)?.get(id)?;
            Some(of_incident(scene, school, &told.incident, what))
        }
        CaseKey::Hand { room, entry } => {
            let room = RoomRef {
                school: school.clone(),
                room: room.clone(),
            };
            let act = scene.state.acts(&room)?.get(*entry)?;
            Some(Item {
                what,
                rooms: vec![title(scene, &room)],
                problem: format!("{} since {}", hand(&act.deed), scene.clock(act.when())),
                cause: None,
                since: act.when(),
                ruled_out: Vec::new(),
                ended: None,
                path: address::room(&room),
            })
        }
    }
}

/// What is wanted, without a device's name.
fn hand(deed: &Deed) -> String {
    let seat = deed.spot().and_then(|spot| spot.seat.as_ref());
    let at = seat.map_or_else(|| "one seat".to_owned(), |seat| format!("seat {seat}"));
    match deed {
        Deed::Symptom { symptom, .. } => match symptom {
            Symptom::CannotSignIn => format!("The student at {at} has not been able to sign in"),
            Symptom::Frozen => format!("The screen at {at} has been frozen"),
            Symptom::Message { .. } => format!("The test app at {at} has shown a message"),
        },
        Deed::SeatNeedsHelp { .. } => format!("Help has been wanted at {at}"),
        _ => "Help has been wanted in the room".to_owned(),
    }
}

fn of_incident(scene: &Scene<'_>, school: &SchoolId, incident: &Incident, what: What) -> Item {
    let rooms = incidents::rooms_of(school, incident);
    let app = rooms.first().map_or("", |room| scene.test_app(room));
    Item {
        what,
        rooms: rooms.iter().map(|room| title(scene, room)).collect(),
        problem: problem(incident, app, |at| scene.clock(at)),
        cause: cause(incident, app),
        since: incident.since(),
        ruled_out: match what {
            What::Opened | What::Reminder => incidents::ruled_out_of(scene, school, incident)
                .into_iter()
                .map(|(what, why)| format!("{what} ({why})"))
                .collect(),
            What::Over => Vec::new(),
        },
        ended: match &incident.state {
            State::Ended { how, .. } => Some(ending_words(how)),
            State::Open { .. } => None,
        },
        path: address::incident(&incident.id),
    }
}

fn title(scene: &Scene<'_>, room: &RoomRef) -> Title {
    let title = scene.district().room_title(room);
    title.cloned().unwrap_or_else(|| {
        Title::parse(room.room.as_str()).expect("an id is short and printable, as a title is")
    })
}
