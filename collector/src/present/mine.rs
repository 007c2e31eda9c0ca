//! What is open in somebody's scope, worst first: for "My rooms" and for notices on staff computers.

use std::cmp::Reverse;

use jiff::Timestamp;
use roomready_shared::ids::{RoomRef, SchoolId};
use roomready_shared::units::ShortText;
use roomready_shared::wire::v1::{MAX_MATTERS, Matter, MatterKind, Sight};

use super::place::{key, rooms_of};
use super::{Scene, Topic, address, incident, people};
use crate::access::Scope;
use crate::domain::incident::Incident;
use crate::domain::people::Act;
use crate::limits::MOST_MY_ROOMS;
use crate::pages::view::{
    Choice, Link, MatterLine, Matters, MyRoom, MyRoomsPage, SchoolRooms, SeatOrder, SharedMatter,
};

/// Lines on the page: more than a technician can see to; the rest is in the log.
const MOST_LINES: usize = 30;

/// Something open.
struct Open<'a> {
    school: &'a SchoolId,
    since: Timestamp,
    what: What<'a>,
}

enum What<'a> {
    Hand(RoomRef, &'a Act),
    Incident(&'a Incident),
}

impl Open<'_> {
    fn devices(&self) -> usize {
        match self.what {
            What::Hand(..) => 0,
            What::Incident(incident) => incident.members.len(),
        }
    }
}

/// Worst first: what nobody is on the way to, then a person who asks for help, then the most devices, then the longest.
fn open<'a>(scene: &Scene<'a>, scope: &'a Scope) -> Vec<Open<'a>> {
    let schools: Vec<_> = scene.schools_in(scope).collect();
    let mut all: Vec<_> = schools
        .into_iter()
        .flat_map(|school| {
            let hands = rooms_of(scene, school).into_iter().filter_map(|room| {
                let act = people::raised_hand(scene, &room)?;
                let (since, what) = (act.at, What::Hand(room, act));
                Some(Open { school, since, what })
            });
            let incidents = incident::open(scene, school, None).into_iter().map(|told| Open {
                school,
                since: told.incident.since(),
                what: What::Incident(&told.incident),
            });
            hands.chain(incidents).collect::<Vec<_>>()
        })
        .collect();
    all.sort_by_cached_key(|open| {
        let is_hand = matches!(open.what, What::Hand(..));
        let taken = on_the_way(scene, open).is_some();
        (taken, !is_hand, Reverse(open.devices()), open.since)
    });
    all
}

fn on_the_way(scene: &Scene<'_>, open: &Open<'_>) -> Option<String> {
    match open.what {
        What::Hand(..) => None,
        What::Incident(incident) => incident::acknowledged(scene, open.school, incident),
    }
}

/// All of it for a notice: no person's name, and nothing that only a signed-in page may show.
#[must_use]
pub fn sight(scene: &Scene<'_>, scope: &Scope) -> Sight {
    let all = open(scene, scope);
    let more = u32::try_from(all.len().saturating_sub(MAX_MATTERS)).unwrap_or(u32::MAX);
    let matters = all.iter().take(MAX_MATTERS).map(|open| {
        let line = line(scene, open);
        Matter {
            id: ShortText::fit(&line.key),
            kind: if line.is_hand {
                MatterKind::Hand
            } else {
                MatterKind::Incident
            },
            place: ShortText::fit(&format!(
                "{}, {}",
                line.place.text,
                scene.school_title(open.school)
            )),
            what: ShortText::fit(&line.what.text),
            since: open.since,
            devices: u32::try_from(open.devices()).unwrap_or(u32::MAX),
            on_the_way: line.on_the_way.is_some(),
            page: line.what.url,
        }
    });
    Sight {
        at: scene.now,
        matters: matters.collect(),
        more,
    }
}

fn line(scene: &Scene<'_>, open: &Open<'_>) -> MatterLine {
    match &open.what {
        What::Hand(room, act) => MatterLine {
            key: key(&format!("hand-{}", act.seq)),
            is_hand: true,
            place: scene.room_link(room),
            what: Link::new("Somebody asks for help", address::room(room)),
            since: scene.time(act.at),
            how_many: None,
            on_the_way: None,
            take_url: None,
            undo: None,
        },
        What::Incident(incident) => {
            let card = incident::card(scene, open.school, incident, None);
            let place = incident::place_link(scene, open.school, incident);
            let taken = card.acknowledged.is_some();
            MatterLine {
                is_hand: false,
                place,
                what: Link::new(card.headline, address::incident(&incident.id)),
                since: card.since,
                how_many: Some(card.how_many),
                on_the_way: card.acknowledged,
                take_url: card.on_my_way_url.filter(|_| !taken),
                undo: taken
                    .then(|| incident::undo_on_my_way(scene, open.school, incident))
                    .flatten(),
                key: card.key,
            }
        }
    }
}

/// The page; rooms that do not lie in the scope, or are no longer there, are left out.
#[must_use]
pub fn my_rooms(scene: &Scene<'_>, scope: &Scope, chosen: &[RoomRef], too_many: bool) -> MyRoomsPage {
    let topic = Topic::Mine(scope.clone(), chosen.to_vec());
    let frame = scene.frame(
        "My rooms",
        vec![scene.district_link()],
        address::DISTRICT_LOG,
        Some(&topic),
    );
    let all = open(scene, scope);
    let matters = Matters {
        more: all.len().saturating_sub(MOST_LINES),
        lines: all
            .iter()
            .take(MOST_LINES)
            .map(|open| line(scene, open))
            .collect(),
    };
    let is_chosen: Vec<_> = chosen.iter().map(ToString::to_string).collect();
    let choose = scene.schools_in(scope).map(|school| SchoolRooms {
        school: scene.school_title(school).to_owned(),
        rooms: rooms_of(scene, school)
            .iter()
            .map(|room| Choice::new(room.to_string(), scene.room_title(room)).chosen_in(&is_chosen))
            .collect(),
    });
    MyRoomsPage {
        frame,
        matters,
        rooms: rooms(scene, scope, chosen),
        choose: choose.filter(|school| !school.rooms.is_empty()).collect(),
        most: MOST_MY_ROOMS,
        too_many,
    }
}

fn rooms(scene: &Scene<'_>, scope: &Scope, chosen: &[RoomRef]) -> Vec<MyRoom> {
    let chosen = chosen
        .iter()
        .filter(|room| scope.covers_school(&room.school))
        .take(MOST_MY_ROOMS);
    let rooms = chosen.enumerate().filter_map(|(place, room)| {
        let board = super::board(scene, room, SeatOrder::default())?;
        let shared = incident::open(scene, &room.school, Some(&room.room))
            .into_iter()
            .filter(|told| told.incident.rooms().len() > 1);
        let shared = shared.map(|told| {
            let card = incident::card(scene, &room.school, &told.incident, Some(&room.room));
            let taken = card.acknowledged.is_some();
            SharedMatter {
                what: Link::new(card.headline, address::incident(&told.incident.id)),
                take_url: card.on_my_way_url.filter(|_| !taken),
                on_the_way: card.acknowledged,
            }
        });
        Some(MyRoom {
            key: place.to_string(),
            link: scene.room_link(room),
            school: scene.school_title(&room.school).to_owned(),
            shared: shared.collect(),
            verdict: board.verdict,
            now: super::place::sessions_now(scene, std::slice::from_ref(room)),
        })
    });
    rooms.collect()
}
