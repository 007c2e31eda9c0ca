//! Incidents: beside a board, in the log, and one on its own page.

use std::cmp::Reverse;

use jiff::Timestamp;
use roomready_shared::ids::{IncidentId, RoomId, RoomRef, SchoolId, SeatLabel};

use super::place::key;
use super::seats::natural;
use super::{Scene, Topic, address, seats};
use crate::access::Scope;
use crate::domain::incident::{
    Condition, Detection, Incident, Member as MemberOf, Note, State, Suspect, amended_words, cause_words,
    ending_words, headline, reason_words, ruled_out_words, suspect_words, what_to_do,
};
use crate::domain::plan::Watched;
use crate::domain::standing::Sight;
use crate::fleet::{MOST_TOLD, Told};
use crate::pages::time::lasted;
use crate::pages::view::{
    Detail, EmptyState, IncidentCard, IncidentLog, IncidentPage, IncidentPanel, IncidentState, Link, Member,
    StoryLine,
};

/// Open incidents of a school or of one of its rooms, newest first.
pub(super) fn open<'a>(scene: &Scene<'a>, school: &SchoolId, room: Option<&RoomId>) -> Vec<&'a Told> {
    told(scene, school, room)
        .into_iter()
        .filter(|told| told.incident.is_open())
        .collect()
}

fn told<'a>(scene: &Scene<'a>, school: &SchoolId, room: Option<&RoomId>) -> Vec<&'a Told> {
    let all = scene
        .state
        .incidents(school)
        .map(crate::fleet::IncidentLog::newest_first)
        .unwrap_or_default();
    all.into_iter()
        .filter(|told| room.is_none_or(|room| told.incident.reaches(room)))
        .collect()
}

/// Beside the board of a school or room.
pub(super) fn panel(scene: &Scene<'_>, school: &SchoolId, room: Option<&RoomId>) -> IncidentPanel {
    let all = told(scene, school, room);
    panel_of(
        scene,
        all.into_iter().map(|told| (school, told)),
        address::school_log(school),
        room,
    )
}

/// Beside the overview.
pub(super) fn district_panel(scene: &Scene<'_>, scope: &Scope) -> IncidentPanel {
    panel_of(
        scene,
        of_scope(scene, scope).into_iter(),
        address::DISTRICT_LOG.to_owned(),
        None,
    )
}

fn panel_of<'a>(
    scene: &Scene<'a>,
    all: impl Iterator<Item = (&'a SchoolId, &'a Told)>,
    log_url: String,
    room: Option<&RoomId>,
) -> IncidentPanel {
    let mut panel = IncidentPanel {
        open: Vec::new(),
        ended_today: 0,
        log_url: (!scene.only_room).then_some(log_url),
    };
    for (school, told) in all {
        match told.incident.until() {
            None => panel.open.push(card(scene, school, &told.incident, room)),
            Some(until) => panel.ended_today += usize::from(scene.is_today(until)),
        }
    }
    panel
}

fn of_scope<'a>(scene: &Scene<'a>, scope: &Scope) -> Vec<(&'a SchoolId, &'a Told)> {
    let mut all: Vec<_> = scene
        .schools_in(scope)
        .flat_map(|school| {
            told(scene, school, None)
                .into_iter()
                .map(move |told| (school, told))
        })
        .collect();
    all.sort_by_key(|(_, told)| Reverse(told.incident.detected));
    all
}

/// The log of a school; none when there is no such school.
#[must_use]
pub fn school_log(scene: &Scene<'_>, id: &SchoolId) -> Option<IncidentLog> {
    // The key of the map lives as long as the scene, the given one does not.
    let (id, _) = scene.district().schools().get_key_value(id)?;
    let all: Vec<_> = told(scene, id, None).into_iter().map(|told| (id, told)).collect();
    let trail = vec![scene.district_link(), scene.school_link(id)];
    let place = scene.school_title(id).to_owned();
    Some(log(scene, &all, place, trail, &Topic::SchoolLog(id.clone())))
}

/// The log of all schools of a scope.
#[must_use]
pub fn all_logs(scene: &Scene<'_>, scope: &Scope) -> IncidentLog {
    let place = scene.district().name().to_string();
    let trail = vec![scene.district_link()];
    log(
        scene,
        &of_scope(scene, scope),
        place,
        trail,
        &Topic::AllLogs(scope.clone()),
    )
}

fn log<'a>(
    scene: &Scene<'a>,
    all: &[(&'a SchoolId, &'a Told)],
    place: String,
    trail: Vec<Link>,
    topic: &Topic,
) -> IncidentLog {
    let cards: Vec<_> = all
        .iter()
        .map(|(school, told)| card(scene, school, &told.incident, None))
        .collect();
    let (open, ended) = cards.into_iter().partition(IncidentCard::is_open);
    let left_out = |id: &SchoolId| scene.state.incidents(id).is_some_and(|log| log.left_out() > 0);
    let left_out = match topic {
        Topic::SchoolLog(id) => left_out(id),
        Topic::AllLogs(scope) => scene.schools_in(scope).any(left_out),
        _ => false,
    };
    let mut frame = scene.frame("Incident log", trail, "", Some(topic));
    // This is the log.
    frame.log = None;
    IncidentLog {
        frame,
        place,
        open,
        ended,
        empty: EmptyState::no_incidents(),
        left_out: left_out.then(|| format!("The {MOST_TOLD} newest are shown.")),
    }
}

/// One incident that is kept in memory.
#[must_use]
pub fn page(scene: &Scene<'_>, id: &IncidentId) -> Option<IncidentPage> {
    let (school, told) = scene.state.incident(id)?;
    let topic = Topic::Incident(id.clone());
    Some(page_of(scene, school, told, Some(&topic)))
}

/// One incident, from wherever it was read.
#[must_use]
pub fn page_of(scene: &Scene<'_>, school: &SchoolId, told: &Told, topic: Option<&Topic>) -> IncidentPage {
    let incident = &told.incident;
    let card = card(scene, school, incident, None);
    let room = room_of(school, incident);
    let trail = vec![
        scene.district_link(),
        scene.school_link(school),
        scene.room_link(&room),
    ];
    IncidentPage {
        frame: scene.frame(card.headline.clone(), trail, &address::school_log(school), topic),
        members: by_seat(incident)
            .into_iter()
            .map(|member| member_line(scene, school, incident, member))
            .collect(),
        story: told
            .notes
            .iter()
            .filter_map(|note| story_line(scene, &room, incident, note))
            .collect(),
        details: vec![
            detail("Incident", incident.id.to_string()),
            detail("Session", incident.session.to_string()),
            detail("Kind", incident.condition.word().to_owned()),
            detail("Last good sign", incident.since().to_string()),
            detail("First broken promise", incident.broken.to_string()),
            detail("Known since", incident.detected.to_string()),
        ],
        card,
    }
}

fn detail(label: &str, value: String) -> Detail {
    Detail {
        label: label.to_owned(),
        value,
    }
}

fn room_of(school: &SchoolId, incident: &Incident) -> RoomRef {
    RoomRef {
        school: school.clone(),
        room: incident.room.clone(),
    }
}

/// Its devices as one walks along them: room by room, seat by seat.
fn by_seat(incident: &Incident) -> Vec<&MemberOf> {
    let mut members: Vec<_> = incident.members.iter().collect();
    members.sort_by_cached_key(|member| {
        let seat = member.seat.as_ref().map_or("", SeatLabel::as_str);
        (
            natural(member.room.as_str()),
            member.seat.is_none(),
            natural(seat),
            member.name.clone(),
        )
    });
    members
}

fn member_line(scene: &Scene<'_>, school: &SchoolId, incident: &Incident, member: &MemberOf) -> Member {
    let seat = member.seat.as_ref().map(|seat| format!("Seat {seat}"));
    // Which room is said once where it is the same for all.
    let room = (incident.rooms().len() > 1).then(|| {
        scene.room_title(&RoomRef {
            school: school.clone(),
            room: member.room.clone(),
        })
    });
    let place: Vec<_> = seat.into_iter().chain(room).collect();
    let times = incident.times(member.device);
    let since = times.first().map_or(member.since, |(from, _)| *from);
    let until = times.last().map_or(incident.until(), |(_, until)| *until);
    Member {
        device: Link::new(member.name.as_str(), address::device(member.device)),
        seat: place.join(", "),
        since: scene.time_to_the_second(since),
        until: until.map(|at| scene.time_to_the_second(at)),
        apart: (times.len() > 1).then(|| stays(scene, &times)),
    }
}

/// Stays that are told one by one; a device that comes and goes has dozens.
const STAYS_TOLD: usize = 6;

/// `2 times: 13:00:00 to 13:01:05, since 13:02:00`.
fn stays(scene: &Scene<'_>, times: &[(Timestamp, Option<Timestamp>)]) -> String {
    let clock = |at| scene.clock_to_the_second(at);
    let told = times.iter().take(STAYS_TOLD).map(|(from, until)| match until {
        Some(until) => format!("{} to {}", clock(*from), clock(*until)),
        None => format!("since {}", clock(*from)),
    });
    let told: Vec<_> = told.collect();
    let more = match times.len() - told.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{} times: {}{more}", times.len(), told.join(", "))
}

fn story_line(scene: &Scene<'_>, room: &RoomRef, incident: &Incident, note: &Note) -> Option<StoryLine> {
    let app = scene.test_app(room);
    let written = |at| scene.written(at);
    let words = match note {
        Note::Opened(opened) => {
            let opening = Incident::open(opened.clone());
            let why = opened.why.map(|why| reason_words(why, app, written));
            let cause = cause_words(&opening.cause, app);
            let words = [Some(headline(&opening, app, written)), why, cause];
            words.into_iter().flatten().collect::<Vec<_>>().join(". ")
        }
        Note::Amended(amended) => amended_words(&amended.changes, incident, app, written),
        Note::Ended(ended) => format!("Over at {}: {}", written(ended.until), ending_words(&ended.how)),
        Note::SeatStarted(_) | Note::SeatFinished(_) | Note::Phase(_) | Note::Blind(_) => return None,
    };
    Some(StoryLine {
        at: scene.time_to_the_second(note.at()),
        words,
        by: "RoomReady".to_owned(),
    })
}

/// Who is on the way to it.
pub(super) fn acknowledged(scene: &Scene<'_>, school: &SchoolId, incident: &Incident) -> Option<String> {
    super::people::acknowledged(scene, &rooms_of(school, incident), &incident.id)
}

/// Where "on my way" is taken back, for a moment.
pub(super) fn undo_on_my_way(
    scene: &Scene<'_>,
    school: &SchoolId,
    incident: &Incident,
) -> Option<(String, u64)> {
    super::people::undo_on_my_way(scene, &rooms_of(school, incident), &incident.id)
}

/// Where it is.
pub(super) fn place_link(scene: &Scene<'_>, school: &SchoolId, incident: &Incident) -> Link {
    match incident.rooms().len() {
        0 | 1 => scene.room_link(&room_of(school, incident)),
        many => {
            let names = incident.rooms().into_iter().map(|room| {
                let room = RoomRef {
                    school: school.clone(),
                    room: room.clone(),
                };
                scene.room_title(&room).to_owned()
            });
            let names: Vec<_> = names.take(ROOMS_NAMED + 1).collect();
            let words = if many <= ROOMS_NAMED {
                names.join(", ")
            } else {
                format!("{many} rooms")
            };
            Link::new(words, address::school(school))
        }
    }
}

/// What happened, as a heading.
pub(super) fn headline_of(scene: &Scene<'_>, school: &SchoolId, incident: &Incident) -> String {
    let room = room_of(school, incident);
    headline(incident, scene.test_app(&room), |at| scene.written(at))
}

/// The page that asks whether one is on the way. From the board of one of several rooms it is that room that one goes
/// to, else the room in which it was found.
fn on_my_way_url(school: &SchoolId, incident: &Incident, from: Option<&RoomId>) -> Option<String> {
    let to = RoomRef {
        school: school.clone(),
        room: from.unwrap_or(&incident.room).clone(),
    };
    incident.is_open().then(|| address::on_my_way(&to, &incident.id))
}

/// What a room does about it: the district's own words once they are approved.
pub(super) fn to_do<'a>(scene: &Scene<'a>, school: &SchoolId, incident: &Incident) -> &'a str {
    let approved = super::what_to_do::approved(scene, &room_of(school, incident), incident);
    approved.unwrap_or_else(|| what_to_do(scene.state.help_knows(school, &incident.id)))
}

/// One incident in plain words, as the board of one room shows it or any other page.
pub(super) fn card(
    scene: &Scene<'_>,
    school: &SchoolId,
    incident: &Incident,
    from: Option<&RoomId>,
) -> IncidentCard {
    let room = room_of(school, incident);
    let state = match &incident.state {
        State::Open { .. } => IncidentState::Open,
        State::Ended { since, until, how } => IncidentState::Ended {
            at: scene.time(*until),
            lasted: lasted(*since, *until),
            how: ending_words(how),
        },
    };
    let devices = match incident.members.len() {
        0 => "Devices not known".to_owned(),
        1 => "1 device".to_owned(),
        many => format!("{many} devices"),
    };
    let rooms: Vec<_> = incident.rooms().into_iter().collect();
    let named = |id: &RoomId| {
        let room = RoomRef {
            school: school.clone(),
            room: id.clone(),
        };
        scene.room_title(&room).to_owned()
    };
    let (place, how_many) = match rooms.as_slice() {
        [] | [_] => (named(&incident.room), devices),
        few if few.len() <= ROOMS_NAMED => {
            let names: Vec<_> = few.iter().map(|room| named(room)).collect();
            (names.join(", "), devices)
        }
        many => (
            format!("{} rooms", many.len()),
            format!("{devices} in {} rooms", many.len()),
        ),
    };
    IncidentCard {
        key: key(incident.id.as_str()),
        headline: headline(incident, scene.test_app(&room), |at| scene.written(at)),
        since: scene.time(incident.since()),
        place: format!("{place}, {}", scene.school_title(school)),
        how_many,
        cause: cause_words(&incident.cause, scene.test_app(&room)),
        ruled_out: ruled_out_of(scene, school, incident)
            .into_iter()
            .map(|(what, why)| format!("{what} ({why})"))
            .collect(),
        what_to_do: incident
            .is_open()
            .then(|| to_do(scene, school, incident).to_owned()),
        technician: super::what_to_do::for_technician(scene, &room, incident),
        acknowledged: acknowledged(scene, school, incident),
        on_my_way_url: on_my_way_url(school, incident, from),
        seen_by: match incident.seen {
            Detection::Live => "Seen by RoomReady",
            Detection::Replay => "Told by the device afterwards",
            Detection::Stated => "Told by people in the rooms",
        }
        .to_owned(),
        url: (!scene.only_room).then(|| address::incident(&incident.id)),
        state,
    }
}

/// More rooms than these are told as a number.
const ROOMS_NAMED: usize = 3;

/// The rooms that an incident reaches, the one that it was found in first.
pub(super) fn rooms_of(school: &SchoolId, incident: &Incident) -> Vec<RoomRef> {
    let mut rooms = vec![&incident.room];
    for room in incident.cause.rooms.iter().chain(incident.rooms()) {
        if !rooms.contains(&room) {
            rooms.push(room);
        }
    }
    let whole = rooms.into_iter().map(|room| RoomRef {
        school: school.clone(),
        room: room.clone(),
    });
    whole.collect()
}

/// Other causes, each with what speaks against it.
pub(super) fn ruled_out_of(
    scene: &Scene<'_>,
    school: &SchoolId,
    incident: &Incident,
) -> Vec<(String, String)> {
    let room = room_of(school, incident);
    if !incident.cause.ruled_out.is_empty() {
        let app = scene.test_app(&room);
        let out = incident.cause.ruled_out.iter();
        out.map(|out| (suspect_words(out.what, app), ruled_out_words(*out, app)))
            .collect()
    } else if incident.is_open() {
        ruled_out(scene, &room, incident)
    } else {
        Vec::new()
    }
}

/// What the rest of the room says against a wider cause, with its numbers.
fn ruled_out(scene: &Scene<'_>, room: &RoomRef, incident: &Incident) -> Vec<(String, String)> {
    let present = seats::of_room(scene, room);
    let others = || {
        present.students.iter().filter(|seat| {
            seat.watched == Watched::ByAgent
                && seat.sight != Sight::NeverHeard
                && !seat
                    .device
                    .is_some_and(|(id, _)| incident.members.iter().any(|member| member.device == id))
        })
    };
    let all = others().count();
    let app = scene.test_app(room);
    let (suspect, fine, what) = match incident.condition {
        Condition::TestAppCrashed => {
            let fine = others()
                .filter(|seat| matches!(seat.sight, Sight::Working { .. }))
                .count();
            (Suspect::TestApp, fine, format!("have {app} running"))
        }
        _ => {
            let absent = |sight| {
                matches!(
                    sight,
                    Sight::Lost { .. } | Sight::Silent { .. } | Sight::Away { .. } | Sight::Checking
                )
            };
            (
                Suspect::Room,
                others().filter(|seat| !absent(seat.sight)).count(),
                "in this room are heard".to_owned(),
            )
        }
    };
    // "0 of 3 others" rules nothing out.
    if fine == 0 {
        Vec::new()
    } else {
        vec![(
            suspect_words(suspect, app),
            format!("{fine} of {all} other devices {what}"),
        )]
    }
}
