//! Devices at a test that no session expects: offered on the row of the room they belong to, and nobody is alarmed.

use roomready_shared::ids::{DeviceName, RoomRef};
use roomready_shared::timetable::Phase;

use super::Scene;
use crate::domain::watch::DeviceWatch;

/// So many devices of a room at least, and half of those that are heard, before a whole room seems to have moved.
const A_ROOM: usize = 3;

/// What is to be said about a room without a session whose devices have the test app open while the school tests.
pub(super) fn words(scene: &Scene<'_>, room: &RoomRef) -> Option<String> {
    let tests = |room: &RoomRef| {
        let now = scene.district().session_at(room, scene.now);
        now.is_some_and(|(_, phase)| matches!(phase, Phase::Testing | Phase::Break))
    };
    if tests(room) || !super::place::rooms_of(scene, &room.school).iter().any(tests) {
        return None;
    }
    let watch = scene.state.watch(&room.school)?;
    let at_home = scene
        .state
        .devices()
        .filter(|(_, device)| device.home.room == *room);
    let heard: Vec<(&DeviceName, &DeviceWatch)> = at_home
        .filter_map(|(id, device)| Some((&device.home.name, watch.device(id)?)))
        .filter(|(_, seen)| seen.is_heard())
        .collect();
    let tested: Vec<_> = heard
        .iter()
        .filter(|(_, seen)| seen.tests_unexpected())
        .map(|(name, _)| *name)
        .collect();
    let moved = tested.len() >= A_ROOM && tested.len() * 2 >= heard.len();
    Some(match tested.as_slice() {
        [] => return None,
        all if moved => format!(
            "Did {} move? {} of its {} devices have the test app open, and it has no session now.",
            scene.room_title(room),
            all.len(),
            heard.len()
        ),
        [one] => format!("{one} has the test app open, and no session expects it now."),
        some => format!(
            "{} devices have the test app open, and no session expects them now.",
            some.len()
        ),
    })
}
