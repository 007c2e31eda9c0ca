//! District and school: places below as rows.

use roomready_shared::ids::{RoomRef, SchoolId};
use roomready_shared::timetable::Phase;

use super::seats::{self, SeatNow};
use super::{Scene, Topic, address, elsewhere, incident, people, room};
use crate::access::{Permission, Scope};
use crate::domain::plan::Session;
use crate::pages::view::{
    EmptyState, Link, PhaseWords as _, PlaceBoard, PlaceKind, PlaceRow, SessionLine, Tally,
};

/// What to write to name a first school and room.
const FIRST_ROOM: &str = "[[school]]\nid = \"lincoln-ms\"\nname = \"Lincoln Middle School\"\n\n  [[school.room]]\n  id = \"101\"\n  name = \"Room 101\"";

/// The schools of a scope.
#[must_use]
pub fn district(scene: &Scene<'_>, scope: &Scope) -> PlaceBoard {
    let mut rows = Vec::new();
    let mut standings = Vec::new();
    for (place, id) in scene.schools_in(scope).enumerate() {
        let rooms = rooms_of(scene, id);
        let seats: Vec<_> = rooms
            .iter()
            .flat_map(|room| seats::of_room(scene, room).students)
            .collect();
        standings.extend(seats.iter().map(|seat| seat.standing));
        rows.push(row(scene, place, id, &rooms, &seats));
    }
    let no_room = scene
        .schools_in(scope)
        .all(|school| rooms_of(scene, school).is_empty());
    if no_room {
        // A row without rooms leads nowhere: the page teaches the next step instead.
        rows.clear();
    }
    PlaceBoard {
        paused: None,
        pause: None,
        frame: scene.frame(
            "Overview",
            Vec::new(),
            address::DISTRICT_LOG,
            Some(&Topic::District(scope.clone())),
        ),
        kind: PlaceKind::District,
        name: scene.district().name().to_string(),
        tally: Tally::of(standings, |standing| {
            Some(format!("/devices?show={}", standing.slug()))
        }),
        rows,
        empty: match scope {
            Scope::District => EmptyState::no_rooms(FIRST_ROOM),
            Scope::Schools(_) | Scope::Room(_) => EmptyState::no_school_of_yours(),
        },
        enrollment: None,
        close_outs: Vec::new(),
        incidents: incident::district_panel(scene, scope),
    }
}

/// A school's rooms; none when there is no such school.
#[must_use]
pub fn school(scene: &Scene<'_>, id: &SchoolId) -> Option<PlaceBoard> {
    scene.district().schools().get(id)?;
    let mut rows = Vec::new();
    let mut standings = Vec::new();
    for (place, room) in rooms_of(scene, id).into_iter().enumerate() {
        let seats = seats::of_room(scene, &room).students;
        standings.extend(seats.iter().map(|seat| seat.standing));
        rows.push(room_row(scene, place, &room, &seats));
    }
    let list = address::devices_of(&address::school(id));
    let frame = scene.frame(
        scene.school_title(id),
        vec![scene.district_link()],
        &address::school_log(id),
        Some(&Topic::School(id.clone())),
    );
    let may_let_in = frame.may(Permission::ManageDevices);
    Some(PlaceBoard {
        frame,
        paused: people::school_pause(scene, id),
        pause: people::school_pause_form(scene, id),
        kind: PlaceKind::School,
        name: scene.school_title(id).to_owned(),
        tally: Tally::of(standings, |standing| {
            Some(format!("{list}?show={}", standing.slug()))
        }),
        rows,
        empty: EmptyState::no_rooms(FIRST_ROOM),
        enrollment: may_let_in.then(|| Link::new("Let devices in", address::enrollment(id))),
        close_outs: close_outs(scene, id),
        incidents: incident::panel(scene, id, None),
    })
}

/// Sheets that a school's page leads to: a week of a school with six sittings a day.
const MOST_CLOSE_OUTS: usize = 40;

/// Sessions that are over, newest first.
fn close_outs(scene: &Scene<'_>, school: &SchoolId) -> Vec<Link> {
    let sessions = scene.district().sessions().values();
    let mut over: Vec<_> = sessions
        .filter(|session| session.room.school == *school && session.last_end() <= scene.now)
        .collect();
    over.sort_by_key(|session| (std::cmp::Reverse(session.timetable.starts()), &session.id));
    let links = over.into_iter().take(MOST_CLOSE_OUTS).map(|session| {
        let words = format!(
            "{}, {}, {}",
            session.title,
            scene.room_title(&session.room),
            scene.written(session.timetable.starts())
        );
        Link::new(words, address::close_out(school, &session.id))
    });
    links.collect()
}

pub(super) fn rooms_of(scene: &Scene<'_>, school: &SchoolId) -> Vec<RoomRef> {
    let rooms = scene
        .district()
        .schools()
        .get(school)
        .into_iter()
        .flat_map(|school| &school.rooms);
    rooms
        .map(|(room, _)| RoomRef {
            school: school.clone(),
            room: room.clone(),
        })
        .collect()
}

fn row(scene: &Scene<'_>, place: usize, id: &SchoolId, rooms: &[RoomRef], seats: &[SeatNow<'_>]) -> PlaceRow {
    let list = address::devices_of(&address::school(id));
    let next = rooms
        .iter()
        .filter_map(|room| after_this_one(scene, room))
        .min_by_key(|session| session.timetable.starts());
    PlaceRow {
        key: key(id.as_str()),
        link: scene.school_link(id),
        place,
        tally: tally(seats, &list),
        open_incidents: incident::open(scene, id, None).len(),
        log_url: address::school_log(id),
        now: sessions_now(scene, rooms),
        next: next.map(|session| scene.session_and_start(session)),
        proctor: people::proctors_of_school(scene, rooms),
        hand: people::hands_of_school(scene, rooms),
        elsewhere: None,
    }
}

fn room_row(scene: &Scene<'_>, place: usize, room: &RoomRef, seats: &[SeatNow<'_>]) -> PlaceRow {
    let list = address::devices_of(&address::room(room));
    PlaceRow {
        key: key(room.room.as_str()),
        link: scene.room_link(room),
        place,
        tally: tally(seats, &list),
        open_incidents: incident::open(scene, &room.school, Some(&room.room)).len(),
        log_url: address::school_log(&room.school),
        now: sessions_now(scene, std::slice::from_ref(room)),
        next: after_this_one(scene, room).map(|session| scene.session_and_start(session)),
        proctor: people::proctors_here(scene, room, false),
        hand: people::hand_in(scene, room),
        elsewhere: elsewhere::of_row(scene, room),
    }
}

/// The sitting after the one that stands under "now": one that is being prepared is there already.
fn after_this_one<'a>(scene: &Scene<'a>, room: &RoomRef) -> Option<&'a Session> {
    let now = scene
        .district()
        .session_at(room, scene.now)
        .map(|(session, _)| &session.id);
    let ahead = scene
        .district()
        .sessions_of(room)
        .filter(|session| session.timetable.starts() > scene.now);
    ahead
        .filter(|session| now != Some(&session.id))
        .min_by_key(|session| session.timetable.starts())
}

/// An id as part of an element's id.
pub(super) fn key(id: &str) -> String {
    id.replace('.', "_")
}

fn tally(seats: &[SeatNow<'_>], list: &str) -> Tally {
    Tally::of(seats.iter().map(|seat| seat.standing), |standing| {
        Some(format!("{list}?show={}", standing.slug()))
    })
}

pub(super) fn sessions_now(scene: &Scene<'_>, rooms: &[RoomRef]) -> Option<SessionLine> {
    let now: Vec<_> = rooms
        .iter()
        .filter_map(|room| scene.district().session_at(room, scene.now))
        .collect();
    match now.as_slice() {
        [] => None,
        [(session, phase)] => Some(SessionLine {
            name: session.title.to_string(),
            state: state(scene, session, *phase),
        }),
        many => Some(SessionLine {
            name: format!("{} sessions", many.len()),
            state: states(many),
        }),
    }
}

fn state(scene: &Scene<'_>, session: &Session, phase: Phase) -> String {
    match room::time_left_of(scene, session, phase) {
        Some(left) => format!("{}, {left}", phase.word()),
        None if phase == Phase::Sweep => {
            format!(
                "{}, starts {}",
                phase.word(),
                scene.written(session.timetable.starts())
            )
        }
        None => phase.word().to_owned(),
    }
}

/// `2 Testing, 1 Checking devices`.
fn states(sessions: &[(&Session, Phase)]) -> String {
    let counted = [
        Phase::Testing,
        Phase::Break,
        Phase::Sweep,
        Phase::Scheduled,
        Phase::Finished,
    ]
    .map(|phase| {
        let number = sessions.iter().filter(|(_, of)| *of == phase).count();
        (number > 0).then(|| format!("{number} {}", phase.word().to_lowercase()))
    });
    counted.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
