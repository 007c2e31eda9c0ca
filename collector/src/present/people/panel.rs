//! What may be pressed in a room and in a school.

use jiff::Timestamp;
use roomready_shared::ids::{RoomRef, SchoolId};
use sha2::{Digest as _, Sha256};

use super::super::{Scene, address, room, seats};
use super::{now, sitting, words};
use crate::access::Permission;
use crate::domain::people::{Act, Acts, Deed, Run, UNDO_WITHIN};
use crate::domain::standing::{Sight, Standing};
use crate::pages;
use crate::pages::view::{Actions, SchoolPause, SeatChoice, StepForm, Undo};
use seats::{Present, SeatNow};

/// What may be done in a room, whoever looks. `unseen` is since when we cannot see it.
pub(in crate::present) fn offer(
    scene: &Scene<'_>,
    room: &RoomRef,
    present: &Present<'_>,
    unseen: Option<Timestamp>,
) -> Actions {
    let session = sitting(scene, room).map(|session| &session.id);
    let now = now(scene, room);
    let run = now.as_ref().map_or(Run::NotStarted, |now| now.run);
    let still = now.as_ref().and_then(|now| now.still);
    let pauses = now.as_ref().map(|now| now.pauses.as_slice()).unwrap_or_default();
    let troubles = now
        .as_ref()
        .map(|now| now.troubles.as_slice())
        .unwrap_or_default();
    let aside = now.as_ref().map(|now| now.aside.as_slice()).unwrap_or_default();
    let steps: &[Step] = match (session, run) {
        (None, _) => &[],
        (_, Run::NotStarted) => &[Step::Start],
        (_, Run::Goes(_)) => &[Step::Break, Step::End],
        (_, Run::OnBreak(_)) => &[Step::Resume, Step::End],
        (_, Run::Over(_)) => &[Step::Start],
    };
    Actions {
        url: address::room(room),
        session: session.map(ToString::to_string).unwrap_or_default(),
        // An answer speaks of the silence in which it was given.
        ask_still: unseen.is_some_and(|since| still.is_none_or(|(act, _)| act.when() < since))
            && super::paused_since(scene, room).is_none(),
        said_still: still.map(|(_, answer)| words::still(answer).trim_end_matches(':').to_owned()),
        paused: pauses.first().map(|act| since(scene, act)),
        finished: present
            .students
            .iter()
            .filter(|seat| may_be_finished(seat))
            .map(choice)
            .collect(),
        troubles: troubles
            .iter()
            .map(|trouble| SeatChoice {
                device: trouble.spot.device.name.to_string(),
                label: words::trouble(trouble),
            })
            .collect(),
        hand_is_up: now.as_ref().is_some_and(|now| now.hand.is_some()),
        steps: steps.iter().map(|step| step.form(run)).collect(),
        undo: undo_lines(scene, scene.state.acts(room), session),
        seats: present.students.iter().map(choice).collect(),
        aside: aside
            .iter()
            .filter_map(|act| match &act.deed {
                Deed::Swapped { old, .. } => Some(SeatChoice {
                    device: old.name.to_string(),
                    label: words::aside(act),
                }),
                _ => None,
            })
            .collect(),
    }
}

/// Whether to ask if the student has finished: the test app was closed in good order, and nobody has said anything.
pub(super) fn may_be_finished(seat: &SeatNow<'_>) -> bool {
    seat.standing == Standing::FinishedMaybe
        && matches!(seat.sight, Sight::FinishedMaybe { .. })
        && !seat.said_finished
}

pub(super) fn choice(seat: &SeatNow<'_>) -> SeatChoice {
    SeatChoice {
        device: seat.name.to_string(),
        label: seat.label(),
    }
}

/// Since when, as the pause says.
fn since(scene: &Scene<'_>, act: &Act) -> String {
    match act.deed {
        Deed::Paused { from, .. } => scene.written(from),
        _ => scene.written(act.when()),
    }
}

/// Changes whenever what may be pressed does. No secret: it only tells a page that its panel is old.
pub(in crate::present) fn mark(actions: &Actions) -> String {
    let digest = Sha256::digest(format!("{actions:?}"));
    hex::encode(&digest[..6])
}

pub(super) fn undo_lines(
    scene: &Scene<'_>,
    acts: Option<&Acts>,
    session: Option<&roomready_shared::ids::SessionId>,
) -> Vec<Undo> {
    let acts = acts.into_iter();
    let undoable = acts.flat_map(|acts| acts.undoable(session, scene.now));
    undoable
        .map(|act| Undo {
            seq: act.seq,
            words: format!("{} {}", words::done(&act.deed), scene.written(act.when())),
            until: {
                let until = act.at.saturating_add(UNDO_WITHIN).unwrap_or(act.at);
                scene.time_to_the_second(until).exact
            },
        })
        .collect()
}

/// The panel of the viewer's own page, with their token; none when there is no such room.
#[must_use]
pub fn own_panel(scene: &Scene<'_>, room: &RoomRef) -> Option<String> {
    scene.district().room_title(room)?;
    let present = seats::of_room(scene, room);
    let unseen = room::unseen_since(scene, room, &present);
    let actions = offer(scene, room, &present, unseen);
    let frame = scene.frame(scene.room_title(room), Vec::new(), "", None);
    Some(pages::people::panel(&frame, &actions))
}

/// What whoever may pause a whole school is offered; none for others.
pub(in crate::present) fn school_pause_form(scene: &Scene<'_>, school: &SchoolId) -> Option<SchoolPause> {
    let may = scene.viewer.as_ref()?.may(Permission::PauseSchool);
    let acts = scene.state.acts_of_school(school);
    may.then(|| SchoolPause {
        url: address::school(school),
        paused: acts
            .map(|acts| acts.now(None, scene.now))
            .and_then(|now| now.pauses.first().map(|act| since(scene, act))),
        undo: undo_lines(scene, acts, None),
    })
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

    fn form(self, run: Run<'_>) -> StepForm {
        let (slug, offer, meaning, yes) = match (self, run) {
            (Self::Start, Run::Over(_)) => (
                "start",
                "Start again",
                "Everybody who watches this room sees that it goes on. Nothing happens on students' devices.",
                "Yes, start again",
            ),
            (Self::Start, _) => (
                "start",
                "Start the test",
                "Everybody who watches this room sees that it has started. Nothing happens on students' devices.",
                "Yes, start",
            ),
            (Self::Break, _) => (
                "break",
                "Begin a break",
                "Everybody who watches this room sees the break. Nothing happens on students' devices.",
                "Yes, begin the break",
            ),
            (Self::Resume, _) => (
                "resume",
                "End the break",
                "Everybody who watches this room sees that the test goes on.",
                "Yes, go on",
            ),
            (Self::End, _) => (
                "end",
                "End the test",
                "Do it when the last student has finished. Nothing happens on students' devices.",
                "Yes, end the test",
            ),
        };
        StepForm {
            slug,
            offer,
            meaning,
            yes,
        }
    }
}
