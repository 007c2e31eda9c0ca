//! What people in rooms say and do, in words.

mod choose;
mod panel;
mod seat;
mod words;

use roomready_shared::ids::{IncidentId, RoomRef, SchoolId};

pub use choose::choose_seat_page;
pub(super) use choose::{element_key, left_alone};
pub use panel::{Step, own_panel};
pub(super) use panel::{mark, offer, school_pause_form};
pub use seat::{at_seat, seat_page, spot_of, swap_page, tagged};
pub(super) use words::{at_seat as trouble_at_seat, capital};

use super::{Scene, address};
use crate::domain::entry::Actor;
use crate::domain::incident::Incident;
use crate::domain::people::{Act, Acts, Deed, Now, OnTheWay, Run, Trouble, Why, pauses};
use crate::domain::plan::Session;
use crate::domain::proctor::sitting_of;
use crate::pages::view::{ConfirmPage, Link, Meaning, PeopleStrip, Said, TroubleLine};

/// The strip of a room. `mark` tells open pages when what may be pressed has changed.
pub(super) fn strip(scene: &Scene<'_>, room: &RoomRef, mark: String) -> PeopleStrip {
    let mut strip = PeopleStrip {
        mark,
        proctors: proctors_here(scene, room, true),
        pauses: school_pause(scene, &room.school).into_iter().collect(),
        past: past_pauses(scene, room),
        ..PeopleStrip::default()
    };
    let now = now(scene, room);
    // Also where nobody has ever pressed anything: it may have been said in another room of the same incident.
    strip.on_the_way = on_the_way(scene, room, now.as_ref());
    let Some(now) = now else {
        return strip;
    };
    let here = now
        .pauses
        .iter()
        .map(|act| pause(scene, act, "Everybody here is paused since"));
    strip.pauses.extend(here);
    strip.hand = now.hand.map(|act| said(scene, act, ""));
    strip.run = match now.run {
        Run::NotStarted => None,
        Run::Goes(act) if act.deed == Deed::BreakEnded => Some(said(scene, act, "Going on since")),
        Run::Goes(act) => Some(said(scene, act, "Started")),
        Run::OnBreak(act) => Some(said(scene, act, "Break since")),
        Run::Over(act) => Some(said(scene, act, "Ended")),
    };
    strip.troubles = now
        .troubles
        .iter()
        .map(|trouble| trouble_line(scene, room, trouble))
        .collect();
    strip.still = now
        .still
        .map(|(act, answer)| said(scene, act, words::still(answer)));
    strip.aside = now
        .aside
        .iter()
        .map(|act| said(scene, act, &words::aside(act)))
        .collect();
    strip.notes = now
        .notes
        .iter()
        .map(|act| match &act.deed {
            Deed::Noted(text) => said(scene, act, text.as_str()),
            _ => said(scene, act, ""),
        })
        .collect();
    strip
}

/// Who is on the way to this room or because of an incident that it shares with others, newest first.
fn on_the_way(scene: &Scene<'_>, room: &RoomRef, now: Option<&Now<'_>>) -> Vec<Said> {
    let of_school = scene.state.acts_of_school(&room.school);
    let of_school = of_school.map(|acts| acts.now(None, scene.now).on_the_way);
    let of_school = of_school
        .into_iter()
        .flatten()
        .filter(|way| concerns(scene, way.incident, room))
        .map(|way| (way, None));
    let elsewhere = super::incident::open(scene, &room.school, Some(&room.room))
        .into_iter()
        .flat_map(|told| {
            let rooms = super::incident::rooms_of(&room.school, &told.incident);
            let others = rooms.into_iter().filter(|other| other != room);
            others.flat_map(|other| ways_in(scene, &other, &told.incident.id))
        });
    let here = now.into_iter().flat_map(|now| now.on_the_way.iter().cloned());
    let here = here.map(|way| (way, None));
    let mut ways: Vec<_> = of_school.chain(elsewhere).chain(here).collect();
    ways.sort_by_key(|(way, _)| std::cmp::Reverse(way.act.seq));
    ways.iter()
        .map(|(way, to)| {
            let words = match to {
                Some(room) => format!("to {}", scene.room_title(room)),
                None => because(scene, way.incident),
            };
            said(scene, way.act, &words)
        })
        .collect()
}

/// Who said in a room that they are on the way to it because of an incident.
fn ways_in<'a>(
    scene: &Scene<'a>,
    room: &RoomRef,
    incident: &IncidentId,
) -> Vec<(OnTheWay<'a>, Option<RoomRef>)> {
    let ways = now(scene, room).map(|now| now.on_the_way);
    let ways = ways.into_iter().flatten();
    ways.filter(|way| way.incident == incident)
        .map(|way| (way, Some(room.clone())))
        .collect()
}

/// Whether an incident is one of this room.
fn concerns(scene: &Scene<'_>, incident: &IncidentId, room: &RoomRef) -> bool {
    scene
        .state
        .incident(incident)
        .is_some_and(|(_, told)| told.incident.reaches(&room.room))
}

/// Since when everybody in a school is paused.
pub(super) fn school_pause(scene: &Scene<'_>, school: &SchoolId) -> Option<Said> {
    let acts = scene.state.acts_of_school(school)?;
    let act = acts.now(None, scene.now).pauses.first().copied()?;
    Some(pause(scene, act, "Everybody in this school is paused since"))
}

/// Since when everybody in a room is paused, by a pause of the room or of its school.
pub(super) fn paused_since(scene: &Scene<'_>, room: &RoomRef) -> Option<String> {
    let of_school = scene.state.acts_of_school(&room.school);
    let of_school = of_school.map(|acts| acts.now(None, scene.now).pauses);
    let here = now(scene, room).map(|now| now.pauses);
    let all = of_school.iter().chain(&here).flatten();
    let from = all.map(|act| match act.deed {
        Deed::Paused { from, .. } => from,
        _ => act.when(),
    });
    from.min().map(|at| scene.written(at))
}

/// A pause that goes on: what counts is since when, not when it was pressed.
fn pause(scene: &Scene<'_>, act: &Act, words: &str) -> Said {
    let from = match act.deed {
        Deed::Paused { from, .. } => from,
        _ => act.when(),
    };
    Said {
        at: scene.time(from),
        ..said(scene, act, words)
    }
}

/// Pauses of this sitting that are over.
fn past_pauses(scene: &Scene<'_>, room: &RoomRef) -> Vec<Said> {
    let Some(session) = sitting(scene, room) else {
        return Vec::new();
    };
    let nothing = Acts::default();
    let acts = scene.state.acts(room).unwrap_or(&nothing);
    let of_school = scene.state.acts_of_school(&room.school);
    let over = pauses(acts, of_school, session)
        .into_iter()
        .filter_map(|stretch| {
            let until = stretch.until.filter(|_| stretch.why != Why::Break)?;
            let all = acts.all().iter().chain(of_school.into_iter().flat_map(Acts::all));
            // Whoever said it first; a stretch is cut to what no other one covers.
            let mut all = all;
            let act =
                all.rfind(|act| matches!(act.deed, Deed::Paused { from, .. } if from <= stretch.from))?;
            let who = if stretch.why == Why::SchoolPause {
                "The school was paused"
            } else {
                "Paused"
            };
            let words = format!(
                "{who} from {} to {}",
                scene.written(stretch.from),
                scene.written(until)
            );
            Some(said(scene, act, &words))
        });
    over.collect()
}

/// What is wrong at a seat, with what the vendor says about the code.
fn trouble_line(scene: &Scene<'_>, room: &RoomRef, trouble: &Trouble<'_>) -> TroubleLine {
    Said {
        at: scene.time(trouble.since()),
        ..said(scene, trouble.act, &words::trouble(trouble))
    }
    .with(words::meaning(scene, room, &trouble.act.deed))
}

impl Said {
    fn with(self, meaning: Option<Meaning>) -> TroubleLine {
        TroubleLine { said: self, meaning }
    }
}

fn now<'a>(scene: &Scene<'a>, room: &RoomRef) -> Option<Now<'a>> {
    let session = sitting(scene, room).map(|session| &session.id);
    Some(scene.state.acts(room)?.now(session, scene.now))
}

fn sitting<'a>(scene: &Scene<'a>, room: &RoomRef) -> Option<&'a Session> {
    sitting_of(scene.district(), room, scene.now)
}

fn said(scene: &Scene<'_>, act: &Act, words: &str) -> Said {
    Said {
        seq: act.seq,
        words: words.to_owned(),
        at: scene.time(act.when()),
        by: called(scene, &act.by),
    }
}

/// `A. Jones, substitute`.
pub(super) fn called(scene: &Scene<'_>, who: &Actor) -> String {
    match (scene.state.called(who), who) {
        (Some(called), _) => format!("{}, {}", called.name, called.role),
        (None, Actor::Account(_) | Actor::Staff(_)) => "somebody of the staff".to_owned(),
        (None, Actor::Console) => "somebody at RoomReady's own computer".to_owned(),
        (None, _) => "somebody".to_owned(),
    }
}

/// Which incident it is, where several are open.
fn because(scene: &Scene<'_>, incident: &IncidentId) -> String {
    let members = scene
        .state
        .incident(incident)
        .map(|(_, told)| &told.incident.members);
    match members.map(Vec::as_slice) {
        Some([one]) => one
            .seat
            .as_ref()
            .map_or_else(|| one.name.to_string(), |seat| format!("seat {seat}")),
        _ => String::new(),
    }
}

/// `On my way: M. Reyes, technician, 09:43, to Room 12`, for an incident's card; to which room is said where it is one of
/// several.
pub(super) fn acknowledged(scene: &Scene<'_>, rooms: &[RoomRef], incident: &IncidentId) -> Option<String> {
    let of_school = scene.state.acts_of_school(&rooms.first()?.school);
    let of_school = of_school.map(|acts| acts.now(None, scene.now).on_the_way);
    let of_school = of_school.into_iter().flatten();
    let of_school = of_school
        .filter(|way| way.incident == incident)
        .map(|way| (way, None));
    let of_rooms = rooms.iter().flat_map(|room| ways_in(scene, room, incident));
    let (way, to) = of_school.chain(of_rooms).max_by_key(|(way, _)| way.act.seq)?;
    let to = to.filter(|_| rooms.len() > 1);
    let to = to.map_or_else(String::new, |room| format!(", to {}", scene.room_title(&room)));
    Some(format!(
        "On my way: {}, {}{to}",
        called(scene, &way.act.by),
        scene.written(way.act.when())
    ))
}

/// `Proctor here since 07:58`, and with their names on the room's own board.
pub(super) fn proctors_here(scene: &Scene<'_>, room: &RoomRef, named: bool) -> Option<String> {
    let here = scene.state.proctors_in(room, scene.now);
    let first = here.first()?;
    let since = scene.written(first.proctor.entered_at);
    let mut words = match here.len() {
        1 => format!("Proctor here since {since}"),
        many => format!("{many} proctors' browsers here, the first since {since}"),
    };
    if named {
        let names: Vec<_> = here
            .iter()
            .map(|present| format!("{}, {}", present.proctor.name, present.proctor.capacity))
            .collect();
        words = format!("{words}: {}", names.join("; "));
    }
    Some(words)
}

/// The same of a whole school, in numbers.
pub(super) fn proctors_of_school(scene: &Scene<'_>, rooms: &[RoomRef]) -> Option<String> {
    let with = rooms
        .iter()
        .filter(|room| !scene.state.proctors_in(room, scene.now).is_empty());
    match with.count() {
        0 => None,
        1 => Some("A proctor is in 1 room".to_owned()),
        many => Some(format!("Proctors are in {many} rooms")),
    }
}

/// `Hand raised 09:41`, else at which seats help is wanted.
pub(super) fn hand_in(scene: &Scene<'_>, room: &RoomRef) -> Option<String> {
    let now = now(scene, room)?;
    if let Some(act) = now.hand {
        return Some(format!("Hand raised {}", scene.written(act.when())));
    }
    match now.troubles.as_slice() {
        [] => None,
        [one] => Some(format!("Help wanted at {}", one.spot)),
        many => Some(format!("Help wanted at {} seats", many.len())),
    }
}

/// The hand that is up in a room.
pub(super) fn raised_hand<'a>(scene: &Scene<'a>, room: &RoomRef) -> Option<&'a Act> {
    now(scene, room)?.hand
}

/// Where "on my way" is taken back, for a moment: the room of the incident in which it was said, and its number.
pub(super) fn undo_on_my_way(
    scene: &Scene<'_>,
    rooms: &[RoomRef],
    incident: &IncidentId,
) -> Option<(String, u64)> {
    rooms.iter().find_map(|room| {
        let session = sitting(scene, room).map(|session| &session.id);
        let mut undoable = scene.state.acts(room)?.undoable(session, scene.now);
        let act = undoable.find(|act| act.deed == Deed::Acknowledged(incident.clone()))?;
        Some((format!("{}/undo", address::room(room)), act.seq))
    })
}

/// The same of a whole school.
pub(super) fn hands_of_school(scene: &Scene<'_>, rooms: &[RoomRef]) -> Option<String> {
    let raised: Vec<_> = rooms
        .iter()
        .filter(|room| hand_in(scene, room).is_some())
        .collect();
    match raised.as_slice() {
        [] => None,
        [one] => Some(format!("Help wanted in {}", scene.room_title(one))),
        many => Some(format!("Help wanted in {} rooms", many.len())),
    }
}

/// The page that asks whether somebody is on the way to a room because of an incident; none when no such incident is
/// open there.
#[must_use]
pub fn confirm_on_my_way(scene: &Scene<'_>, id: &IncidentId, to: &RoomRef) -> Option<ConfirmPage> {
    let incident = open_in(scene, id, to)?;
    let headline = super::incident::headline_of(scene, &to.school, incident);
    let meaning = "Say that you are on the way. Everybody who watches this room sees it for 10 minutes.";
    let action = address::on_my_way(to, id);
    Some(ask(scene, to, headline, meaning, action, "I am on my way"))
}

/// An open incident, if it reaches this room.
#[must_use]
pub fn open_in<'a>(scene: &Scene<'a>, id: &IncidentId, room: &RoomRef) -> Option<&'a Incident> {
    let (school, told) = scene.state.incident(id)?;
    let incident = &told.incident;
    let reaches = *school == room.school && super::incident::rooms_of(school, incident).contains(room);
    (reaches && incident.is_open()).then_some(incident)
}

fn ask(
    scene: &Scene<'_>,
    room: &RoomRef,
    question: String,
    meaning: &str,
    action: String,
    yes: &str,
) -> ConfirmPage {
    let trail = vec![
        scene.district_link(),
        scene.school_link(&room.school),
        scene.room_link(room),
    ];
    let log = address::school_log(&room.school);
    ConfirmPage {
        frame: scene.frame(question.clone(), trail, &log, None),
        question,
        meaning: meaning.to_owned(),
        action,
        yes: yes.to_owned(),
        back: Link::new("No, back to the room", address::room(room)),
    }
}
