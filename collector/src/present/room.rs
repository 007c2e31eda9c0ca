//! The room board.

use std::collections::BTreeSet;

use jiff::Timestamp;
use roomready_shared::facts::Platform;
use roomready_shared::ids::RoomRef;
use roomready_shared::timetable::{Phase, Timing};
use sha2::{Digest as _, Sha256};

use super::seats::{self, Present, SeatNow};
use super::{Scene, Topic, address, batteries, incident, people, shared};
use crate::access::Permission;
use crate::domain::plan::{Session, Watched};
use crate::domain::standing::Sight;
use crate::domain::watch::DeviceWatch;
use crate::pages::time::time_left;
use crate::pages::view::verdict::{Seen, Shared};
use crate::pages::view::{
    EmptyState, RoomBoard, RoomHead, SeatOrder, SeatTile, SessionNow, SessionState, Step, Tally, Verdict,
    who_watches,
};

/// A room of fewer watched devices than this is not called unseen when all of them are silent: that may be two
/// laptops in a bag.
const FEWEST_FOR_UNSEEN: usize = 3;

/// The board of a room; none when there is no such room.
#[must_use]
pub fn board(scene: &Scene<'_>, room: &RoomRef, order: SeatOrder) -> Option<RoomBoard> {
    scene.district().room_title(room)?;
    let present = seats::of_room(scene, room);
    let session = scene.district().session_at(room, scene.now);
    let mut tiles = tiles(scene, &present.students);
    order.sort(&mut tiles);
    let phase = session.map(|(_, phase)| phase);
    let unseen = unseen_since(scene, room, &present);
    let offer = people::offer(scene, room, &present, unseen);
    let may_take_part = scene
        .viewer
        .as_ref()
        .is_some_and(|viewer| viewer.may(Permission::TakePart));
    let shared = shared::of(scene, room, &present.students);
    let shared = shared.map(|shared| {
        let since = scene.written(shared.incident.since());
        let to_do = incident::to_do(scene, &room.school, shared.incident);
        (shared, since, to_do)
    });
    let url = address::room(room);
    let list = address::devices_of(&url);
    Some(RoomBoard {
        frame: scene.frame(
            scene.room_title(room),
            vec![scene.district_link(), scene.school_link(&room.school)],
            &address::school_log(&room.school),
            Some(&if scene.only_room {
                Topic::OnlyRoom(room.clone())
            } else {
                Topic::Room(room.clone())
            }),
        ),
        head: RoomHead {
            room: scene.room_title(room),
            session: session_state(scene, room, session),
            watch: watchers(&present),
            batteries: session
                .and_then(|(session, _)| batteries::line(scene, room, session, &present.students)),
        },
        verdict: Verdict::of(Seen {
            phase,
            seats: &tiles,
            test_app: scene.test_app(room),
            blind_since: unseen.map(|since| scene.written(since)).as_deref(),
            paused_since: people::paused_since(scene, room).as_deref(),
            school_is_paused: people::school_pause(scene, &room.school).is_some(),
            shared: shared.as_ref().map(|(shared, since, to_do)| Shared {
                what: shared.what,
                devices: shared.devices,
                since,
                to_do,
            }),
        }),
        people: people::strip(scene, room, people::mark(&offer)),
        actions: may_take_part.then_some(offer),
        proctors: session
            .filter(|_| !scene.only_room)
            .map(|(session, _)| address::proctors(&room.school, &session.id)),
        close_out: session
            .filter(|(_, phase)| *phase == Phase::Finished && !scene.only_room)
            .map(|(session, _)| address::close_out(&room.school, &session.id)),
        tally: Tally::of(tiles.iter().map(|tile| tile.standing), |standing| {
            (!scene.only_room).then(|| format!("{list}?show={}", standing.slug()))
        }),
        order,
        url,
        seats: tiles,
        empty: first_device(scene, room),
        incidents: incident::panel(scene, &room.school, Some(&room.room)),
    })
}

fn tiles(scene: &Scene<'_>, seats: &[SeatNow<'_>]) -> Vec<SeatTile> {
    let mut taken = BTreeSet::new();
    seats
        .iter()
        .enumerate()
        .map(|(place, seat)| {
            let label = seat
                .seat
                .as_ref()
                .map_or_else(|| seat.name.to_string(), ToString::to_string);
            SeatTile {
                key: key(seat, &mut taken),
                label,
                place,
                standing: seat.standing,
                reason: seat.reason(scene),
                battery: seat.battery(),
                url: Some(if scene.only_room {
                    // Whoever sees this room alone takes part in it: the tile asks what is wrong there.
                    address::seat(&seat.room, &seat.name)
                } else {
                    match seat.device {
                        Some((id, _)) => address::device(id),
                        None => address::roster_device(&seat.name),
                    }
                }),
                device: Some(seat.name.to_string()),
            }
        })
        .collect()
}

/// The seat's own number where it can be an element's id and nobody else has it, else something of the name.
fn key(seat: &SeatNow<'_>, taken: &mut BTreeSet<String>) -> String {
    let plain = seat.seat.as_ref().map(|label| label.as_str().to_lowercase());
    let plain = plain.filter(|label| {
        label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    });
    if let Some(label) = plain
        && taken.insert(label.clone())
    {
        return label;
    }
    let digest = Sha256::digest(seat.name.as_str().to_lowercase().as_bytes());
    format!("d{}", hex::encode(&digest[..6]))
}

fn session_state(scene: &Scene<'_>, room: &RoomRef, session: Option<(&Session, Phase)>) -> SessionState {
    let Some((session, phase)) = session else {
        return match scene.district().next_session(room, scene.now) {
            Some(next) => SessionState::Next(scene.session_and_start(next)),
            None => SessionState::None {
                how_to: "Sessions are set in the collector's configuration file.".to_owned(),
            },
        };
    };
    let requirement = session.requirement.as_ref().or(scene.district().requirement());
    let times = &session.timetable;
    let starts = scene.written(times.starts());
    SessionState::Now(SessionNow {
        name: session.title.to_string(),
        requirements: requirement.map_or_else(
            || "No requirements chosen".to_owned(),
            |requirement| requirement.profile.title.to_string(),
        ),
        phase,
        time_left: time_left_of(scene, session, phase),
        window: match times.timing() {
            Timing::Timed => format!("{starts} to {}", scene.written(times.ends())),
            Timing::UntilFinished => format!("from {starts} until finished"),
        },
        opened: opened(scene, room, phase),
    })
}

/// While students test against the clock, until the end that the timetable says. A seat that ends later shows nowhere:
/// it would tell that somebody needs more time.
pub(super) fn time_left_of(scene: &Scene<'_>, session: &Session, phase: Phase) -> Option<String> {
    let times = &session.timetable;
    let runs = matches!(phase, Phase::Testing | Phase::Break) && times.timing() == Timing::Timed;
    (runs && scene.now < times.ends()).then(|| time_left(times.ends(), scene.now))
}

fn opened(scene: &Scene<'_>, room: &RoomRef, phase: Phase) -> Option<String> {
    let count = scene.state.watch(&room.school)?.opened(&room.room);
    let waiting = phase == Phase::Testing && count.opened < count.of;
    waiting.then(|| {
        format!(
            "{} of {} have opened {}",
            count.opened,
            count.of,
            scene.test_app(room)
        )
    })
}

fn watchers(present: &Present<'_>) -> String {
    let count = |platform: Platform, watched: Watched| {
        present
            .students
            .iter()
            .filter(|seat| seat.platform == platform && seat.watched == watched)
            .count()
    };
    let kinds = |watched: Watched| Platform::ALL.map(|platform| (count(platform, watched), plural(platform)));
    // A silent sentinel watches nothing.
    let awake = present
        .sentinels
        .iter()
        .find(|sentinel| matches!(sentinel.sight, Sight::Here | Sight::Working { .. }));
    let name = awake.map(|sentinel| sentinel.name.to_string());
    who_watches(
        &kinds(Watched::NotOneByOne),
        name.as_deref(),
        &kinds(Watched::ByAgent),
    )
}

pub(super) const fn plural(platform: Platform) -> &'static str {
    match platform {
        Platform::Windows => "Windows computers",
        Platform::Macos => "Macs",
        Platform::Linux => "Linux computers",
        Platform::Chromeos => "Chromebooks",
        Platform::Ipados => "iPads",
    }
}

/// Since when nothing of the room is heard during a test, if that is so.
pub(super) fn unseen_since(scene: &Scene<'_>, room: &RoomRef, present: &Present<'_>) -> Option<Timestamp> {
    let session = scene.district().session_at(room, scene.now);
    let phase = session.map(|(_, phase)| phase);
    if !matches!(phase, Some(Phase::Testing | Phase::Break)) {
        return None;
    }
    let watched = || {
        let all = present.students.iter().chain(&present.sentinels);
        // Also with a raised hand or somebody's word about it a device that was never heard tells nothing.
        all.filter(|seat| seat.watched != Watched::NotOneByOne && seat.sight != Sight::NeverHeard)
    };
    let heard = |seat: &SeatNow<'_>| {
        let watch = scene.state.watch(&room.school);
        let device = seat
            .device
            .zip(watch)
            .and_then(|((id, _), watch)| watch.device(id));
        device.is_some_and(DeviceWatch::is_heard)
    };
    let mut since = Vec::new();
    for seat in watched() {
        match seat.sight {
            // A student who has finished may close the lid: that says nothing of the others.
            Sight::FinishedMaybe { .. } if !heard(seat) => {}
            // A reason given, a shutdown say, is something that we do see.
            Sight::Lost {
                since: from,
                why: None,
            }
            | Sight::Silent { since: from } => since.push(from),
            _ => return None,
        }
    }
    let enough = since.len() >= FEWEST_FOR_UNSEEN;
    since.into_iter().max().filter(|_| enough)
}

fn first_device(scene: &Scene<'_>, room: &RoomRef) -> EmptyState {
    let step = |words: &str, command: String| Step {
        words: words.to_owned(),
        command: Some(command),
    };
    EmptyState {
        headline: "Add the first device".to_owned(),
        meaning: "A device shows up here as soon as it reports for the first time.".to_owned(),
        steps: vec![
            step(
                "On RoomReady's own computer, make a key for this room:",
                format!(
                    "roomready-collector enrollment new --data <the data folder> --school {} --room {}",
                    room.school, room.room
                ),
            ),
            step(
                "On a device of this room, enrol it once with that key:",
                format!(
                    "roomready-agent enroll --collector {} --key <the key>",
                    scene.base
                ),
            ),
            step(
                "Then start it. It appears here by itself:",
                "roomready-agent run".to_owned(),
            ),
        ],
    }
}
