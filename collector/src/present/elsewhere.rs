//! Devices at a test that no session expects: offered on the row of the room they belong to and on a page of their own,
//! and nobody is alarmed.

use roomready_shared::ids::{DeviceName, RoomRef};
use roomready_shared::timetable::Phase;

use super::{Scene, Topic, address, people};
use crate::domain::people::{Acts, Machine};
use crate::domain::proctor::Window;
use crate::domain::watch::DeviceWatch;
use crate::pages::view::{Elsewhere, Link, Moved, Unexpected, UnexpectedDevice, UnexpectedPage};

/// So many devices of a room at least, and half of those that are heard, before a whole room seems to have moved.
const A_ROOM: usize = 3;

/// What is seen of a room without a session while its school tests.
struct Seen {
    /// Devices at a test that nobody wants to be left alone.
    tested: Vec<DeviceName>,
    heard: usize,
}

impl Seen {
    /// Whether the whole room seems to test.
    fn moved(&self) -> bool {
        self.tested.len() >= A_ROOM && self.tested.len() * 2 >= self.heard
    }
}

fn seen(scene: &Scene<'_>, room: &RoomRef) -> Option<Seen> {
    if tests(scene, room) || begins_soon(scene, room) || rooms_that_test(scene, room).next().is_none() {
        return None;
    }
    let watch = scene.state.watch(&room.school)?;
    let at_home = scene
        .state
        .devices()
        .filter(|(_, device)| device.home.room == *room);
    let heard: Vec<(Machine, &DeviceWatch)> = at_home
        .filter_map(|(id, device)| {
            let name = device.home.name.clone();
            let device = Some(id);
            Some((Machine { name, device }, watch.device(id)?))
        })
        .filter(|(_, seen)| seen.is_heard())
        .collect();
    let nothing = Acts::default();
    let acts = scene.state.acts(room).unwrap_or(&nothing);
    let left = |machine: &Machine| acts.left_alone(scene.now).any(|(left, _)| left.is(machine));
    let tested = heard
        .iter()
        .filter(|(machine, seen)| seen.tests_unexpected() && !left(machine))
        .map(|(machine, _)| machine.name.clone());
    let mut tested: Vec<_> = tested.collect();
    tested.sort_by_cached_key(|name| super::seats::natural(name.as_str()));
    let heard = heard.len();
    Some(Seen { tested, heard })
}

/// Whether students of a room test now.
pub(super) fn tests(scene: &Scene<'_>, room: &RoomRef) -> bool {
    let now = scene.district().session_at(room, scene.now);
    now.is_some_and(|(_, phase)| matches!(phase, Phase::Testing | Phase::Break))
}

/// Whether students of a room may be at their devices for its next session already.
fn begins_soon(scene: &Scene<'_>, room: &RoomRef) -> bool {
    let next = scene.district().next_session(room, scene.now);
    next.is_some_and(|session| Window::of(session).opens <= scene.now)
}

/// The rooms of its school in which students test now.
pub(super) fn rooms_that_test(scene: &Scene<'_>, room: &RoomRef) -> impl Iterator<Item = RoomRef> {
    let rooms = super::place::rooms_of(scene, &room.school).into_iter();
    rooms.filter(|room| tests(scene, room))
}

/// A room that tests now, with its session: `Grade 7 Math, Room 101`.
pub(super) fn session_in(scene: &Scene<'_>, room: &RoomRef) -> String {
    let session = scene.district().session_at(room, scene.now);
    let title = session.map_or("", |(session, _)| session.title.as_str());
    format!("{title}, {}", scene.room_title(room))
}

/// For the row of a room.
pub(super) fn of_row(scene: &Scene<'_>, room: &RoomRef) -> Option<Elsewhere> {
    let seen = seen(scene, room)?;
    let words = match seen.tested.as_slice() {
        [] => return None,
        _ if seen.moved() => {
            let moved = moved(scene, room, &seen);
            format!("{} {}", moved.question, moved.seen)
        }
        [one] => format!("{one} has the test app open, and no session expects it now."),
        some => format!(
            "{} devices have the test app open, and no session expects them now.",
            some.len()
        ),
    };
    let offer = match seen.tested.as_slice() {
        [_] => "Seat it, or leave it",
        _ => "Seat them, or leave them",
    };
    Some(Elsewhere {
        words,
        offer: Link::new(offer, address::unexpected(room)),
    })
}

fn moved(scene: &Scene<'_>, room: &RoomRef, seen: &Seen) -> Moved {
    let sessions = rooms_that_test(scene, room);
    Moved {
        question: format!("Did {} move?", scene.room_title(room)),
        seen: format!(
            "{} of its {} devices have the test app open, and it has no session now.",
            seen.tested.len(),
            seen.heard
        ),
        sessions: sessions
            .map(|room| Link::new(session_in(scene, &room), address::room(&room)))
            .collect(),
    }
}

/// The page of a room; none when there is no such room.
#[must_use]
pub fn page(scene: &Scene<'_>, room: &RoomRef) -> Option<UnexpectedPage> {
    let title = scene.district().room_title(room)?;
    Some(UnexpectedPage {
        frame: scene.frame(
            "Not expected at a test",
            vec![
                scene.district_link(),
                scene.school_link(&room.school),
                scene.room_link(room),
            ],
            &address::school_log(&room.school),
            Some(&Topic::Unexpected(room.clone())),
        ),
        room: title.to_string(),
        now: now(scene, room),
        back: if scene.only_room {
            Link::new("Back to the room", address::room(room))
        } else {
            Link::new("Back to the school", address::school(&room.school))
        },
    })
}

fn now(scene: &Scene<'_>, room: &RoomRef) -> Unexpected {
    let seen = seen(scene, room);
    let tested = seen.as_ref().map(|seen| seen.tested.as_slice());
    Unexpected {
        url: address::room(room),
        moved: seen
            .as_ref()
            .filter(|seen| seen.moved())
            .map(|seen| moved(scene, room, seen)),
        devices: tested
            .unwrap_or_default()
            .iter()
            .map(|name| UnexpectedDevice {
                key: super::place::key(&people::element_key(name)),
                name: name.to_string(),
                seat_url: address::choose_seat(room, name),
            })
            .collect(),
        left: people::left_alone(scene, room),
    }
}
