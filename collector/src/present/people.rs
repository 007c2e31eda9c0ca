//! What people in rooms say and do, in words.

use roomready_shared::ids::{IncidentId, RoomRef, SchoolId};

use super::{Scene, address};
use crate::access::Permission;
use crate::domain::entry::Actor;
use crate::domain::people::{Act, Deed, Now, Run, UNDO_WITHIN};
use crate::domain::plan::Session;
use crate::domain::proctor::sitting_of;
use crate::pages::view::{Actions, ConfirmPage, Link, PeopleStrip, Said, Undo};

/// The strip of a room.
pub(super) fn strip(scene: &Scene<'_>, room: &RoomRef) -> PeopleStrip {
    let proctors = proctors_here(scene, room, true);
    let Some(now) = now(scene, room) else {
        return PeopleStrip {
            proctors,
            ..PeopleStrip::default()
        };
    };
    let run = match now.run {
        Run::NotStarted => None,
        Run::Goes(act) if act.deed == Deed::BreakEnded => Some(said(scene, act, "Going on since")),
        Run::Goes(act) => Some(said(scene, act, "Started")),
        Run::OnBreak(act) => Some(said(scene, act, "Break since")),
        Run::Over(act) => Some(said(scene, act, "Ended")),
    };
    PeopleStrip {
        hand: now.hand.map(|act| said(scene, act, "")),
        run,
        on_the_way: now
            .on_the_way
            .iter()
            .map(|way| said(scene, way.act, &because(scene, way.incident)))
            .collect(),
        proctors,
        notes: now
            .notes
            .iter()
            .map(|act| match &act.deed {
                Deed::Noted(text) => said(scene, act, text.as_str()),
                _ => said(scene, act, ""),
            })
            .collect(),
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
        words: words.to_owned(),
        at: scene.time(act.at),
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

/// `On my way: M. Reyes, technician, 09:43`, for an incident's card.
pub(super) fn acknowledged(scene: &Scene<'_>, room: &RoomRef, incident: &IncidentId) -> Option<String> {
    let now = now(scene, room)?;
    let way = now.on_the_way.iter().find(|way| way.incident == incident)?;
    Some(format!(
        "On my way: {}, {}",
        called(scene, &way.act.by),
        scene.written(way.act.at)
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

/// `Hand raised 09:41`.
pub(super) fn hand_in(scene: &Scene<'_>, room: &RoomRef) -> Option<String> {
    let act = now(scene, room)?.hand?;
    Some(format!("Hand raised {}", scene.written(act.at)))
}

/// The same of a whole school.
pub(super) fn hands_of_school(scene: &Scene<'_>, rooms: &[RoomRef]) -> Option<String> {
    let raised: Vec<_> = rooms
        .iter()
        .filter(|room| hand_in(scene, room).is_some())
        .collect();
    match raised.as_slice() {
        [] => None,
        [one] => Some(format!("Hand raised in {}", scene.room_title(one))),
        many => Some(format!("Hands raised in {} rooms", many.len())),
    }
}

/// What the viewer may do in a room.
pub(super) fn actions(scene: &Scene<'_>, room: &RoomRef) -> Option<Actions> {
    scene.viewer.as_ref()?.may(Permission::TakePart).then(|| {
        let session = sitting(scene, room).map(|session| &session.id);
        let now = now(scene, room);
        let url = address::room(room);
        let run = now.as_ref().map_or(Run::NotStarted, |now| now.run);
        let steps: &[Step] = match (session, run) {
            (None, _) => &[],
            (_, Run::NotStarted) => &[Step::Start],
            (_, Run::Goes(_)) => &[Step::Break, Step::End],
            (_, Run::OnBreak(_)) => &[Step::Resume, Step::End],
            (_, Run::Over(_)) => &[Step::Start],
        };
        let acts = scene.state.acts(room);
        let undo = acts
            .into_iter()
            .flat_map(|acts| acts.undoable(session, scene.now))
            .map(|act| undo_line(scene, act));
        Actions {
            hand_is_up: now.as_ref().is_some_and(|now| now.hand.is_some()),
            steps: steps
                .iter()
                .map(|step| Link::new(step.offer(run), format!("{url}/{}", step.slug())))
                .collect(),
            undo: undo.collect(),
            url,
        }
    })
}

fn undo_line(scene: &Scene<'_>, act: &Act) -> Undo {
    let what = match &act.deed {
        Deed::Started => "Started",
        Deed::BreakBegun => "Break",
        Deed::BreakEnded => "Going on",
        Deed::Ended => "Ended",
        Deed::Noted(_) => "Note",
        Deed::Acknowledged(_) => "On my way",
        Deed::Symptom { .. } | Deed::SeatNeedsHelp { .. } => "Help wanted",
        Deed::SeatHelped { .. } => "Helped",
        Deed::SeatFinished { .. } => "Finished",
        Deed::Swapped { .. } => "Device swapped",
        Deed::Released { .. } => "Device released",
        Deed::Paused { .. } => "Pause",
        Deed::Resumed { .. } => "Going on",
        Deed::StillWorking(_) => "Answer",
        Deed::HandRaised | Deed::HandLowered | Deed::Undone(_) => "",
    };
    let until = act.at.saturating_add(UNDO_WITHIN).unwrap_or(act.at);
    Undo {
        seq: act.seq,
        words: format!("{what} {}", scene.written(act.at)),
        until: scene.time_to_the_second(until).exact,
    }
}

/// Where a room's test may be taken by a person, each asked for twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It begins.
    Start,
    /// A break begins.
    Break,
    /// The break is over.
    Resume,
    /// It is over.
    End,
}

impl Step {
    /// Its part of the address.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Break => "break",
            Self::Resume => "resume",
            Self::End => "end",
        }
    }

    /// What is then written.
    #[must_use]
    pub const fn deed(self) -> Deed {
        match self {
            Self::Start => Deed::Started,
            Self::Break => Deed::BreakBegun,
            Self::Resume => Deed::BreakEnded,
            Self::End => Deed::Ended,
        }
    }

    fn offer(self, run: Run<'_>) -> &'static str {
        match (self, run) {
            (Self::Start, Run::Over(_)) => "Start again",
            (Self::Start, _) => "Start the test",
            (Self::Break, _) => "Begin a break",
            (Self::Resume, _) => "End the break",
            (Self::End, _) => "End the test",
        }
    }
}

/// The page that asks once more; none when there is no such room.
#[must_use]
pub fn confirm(scene: &Scene<'_>, room: &RoomRef, step: Step) -> Option<ConfirmPage> {
    scene.district().room_title(room)?;
    let title = scene.room_title(room);
    let (question, meaning, yes) = match step {
        Step::Start => (
            format!("Start the test in {title}?"),
            "Everybody who watches this room sees that it has started. Nothing happens on students' devices.",
            "Yes, start",
        ),
        Step::Break => (
            format!("Begin a break in {title}?"),
            "Everybody who watches this room sees the break. Nothing happens on students' devices.",
            "Yes, begin the break",
        ),
        Step::Resume => (
            format!("End the break in {title}?"),
            "Everybody who watches this room sees that the test goes on.",
            "Yes, go on",
        ),
        Step::End => (
            format!("End the test in {title}?"),
            "Do it when the last student has finished. Nothing happens on students' devices.",
            "Yes, end the test",
        ),
    };
    let url = address::room(room);
    Some(ask(
        scene,
        room,
        question,
        meaning,
        format!("{url}/{}", step.slug()),
        yes,
    ))
}

/// The page that asks whether somebody is on the way; none when there is no such open incident.
#[must_use]
pub fn confirm_on_my_way(scene: &Scene<'_>, id: &IncidentId) -> Option<ConfirmPage> {
    let (school, told) = scene.state.incident(id)?;
    if !told.incident.is_open() {
        return None;
    }
    let room = of_incident(school, told);
    let headline = super::incident::headline_of(scene, school, &told.incident);
    let meaning = "Say that you are on the way. Everybody who watches this room sees it for 10 minutes.";
    let action = format!("{}/on-my-way", address::incident(id));
    Some(ask(scene, &room, headline, meaning, action, "I am on my way"))
}

fn of_incident(school: &SchoolId, told: &crate::fleet::Told) -> RoomRef {
    RoomRef {
        school: school.clone(),
        room: told.incident.room.clone(),
    }
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
