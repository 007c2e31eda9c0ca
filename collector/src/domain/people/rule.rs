//! What may be done now.

use jiff::{SignedDuration, Timestamp};
use roomready_shared::ids::SessionId;
use roomready_shared::timetable::Timing;

use super::{About, Act, Acts, Deed, Run, StillWorking};
use crate::domain::plan::Session;

/// How long "on my way" holds unless it is said again.
pub const ON_THE_WAY_FOR: SignedDuration = SignedDuration::from_mins(10);
/// How long a device is left alone once somebody said so: the rest of a school's day, whenever it was said, and never
/// the next morning.
pub const LEFT_ALONE_FOR: SignedDuration = SignedDuration::from_hours(12);
/// How long an act can be taken back.
pub const UNDO_WITHIN: SignedDuration = SignedDuration::from_mins(2);
/// Acts in one room within a minute. People press a few times, and what was kept without a network arrives at once; a
/// stuck key or a script presses hundreds of times, and what is in the record stays there.
pub const MOST_ACTS_A_MINUTE: usize = 60;

/// The moment at which something is to be done.
#[derive(Debug, Clone)]
pub struct Moment<'a> {
    /// Now.
    pub now: Timestamp,
    /// The sitting of the room; none for what is about a school.
    pub session: Option<&'a Session>,
    /// The sittings whose students it concerns: the room's, or those of the school today.
    pub sittings: Vec<&'a Session>,
}

/// Why something cannot be done now, in words for the person who pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotNow {
    /// It is so already: pressed twice, or by two people at once.
    #[error("this is so already")]
    AlreadySo,
    /// There is no sitting now.
    #[error("there is no session now, so there is nothing to start, pause or end")]
    NoSession,
    /// It was pressed on the page of another sitting.
    #[error(
        "this was pressed for another session, which is over; if it still matters, write a note that says when it was"
    )]
    OtherSession,
    /// It was pressed too long ago to be believed.
    #[error("this was pressed more than 12 hours ago and is not taken any more")]
    TooOld,
    /// Somebody said that the room's test is over.
    #[error("this room was ended; press Start to go on")]
    Over,
    /// There is nothing with this number to take back.
    #[error("there is nothing to undo here; reload the page")]
    NothingToUndo,
    /// It is too long ago.
    #[error(
        "this was more than 2 minutes ago and stays in the record; write a note that says how it really was"
    )]
    TooLate,
    /// Something else happened to the room after it.
    #[error("something else was pressed after it; undo that first")]
    NotTheLatest,
    /// [`MOST_ACTS_A_MINUTE`].
    #[error("too much was pressed in this room within a minute; wait a moment")]
    TooMuch,
    /// A time that is still to come.
    #[error("this time is still to come; a pause can begin now or earlier, not later")]
    Future,
    /// It ends before it begins.
    #[error("the pause must end after it began; look at the two times again")]
    Backwards,
    /// A time at which nobody tests.
    #[error("at this time no session was going on; look at the times again")]
    OutsideSession,
    /// Not that of a pause that goes on.
    #[error("students cannot go on before the pause began; look at the time again")]
    BeforeThePause,
    /// Swapped for itself.
    #[error("this device is at that seat already; choose another one")]
    SameDevice,
    /// It is kept aside.
    #[error(
        "this device was set aside because it may hold answers; release it first, once its answers are sent"
    )]
    KeptAside,
    /// It stands at another seat.
    #[error("this device was given to another seat already; choose another one")]
    ElsewhereAlready,
    /// Not a thing to be said of a school.
    #[error("this can be said of one room only")]
    OfARoomOnly,
}

impl Acts {
    /// Whether something may be done now.
    ///
    /// # Errors
    ///
    /// When it may not, and why.
    pub fn check(&self, about: &About, deed: &Deed, moment: &Moment<'_>) -> Result<(), NotNow> {
        let now = moment.now;
        let lately = self
            .all()
            .iter()
            .rev()
            .take_while(|act| now.duration_since(act.at) < SignedDuration::from_mins(1));
        if lately.count() >= MOST_ACTS_A_MINUTE {
            return Err(NotNow::TooMuch);
        }
        if matches!(about, About::School(_)) && !deed.may_be_of_a_school() {
            return Err(NotNow::OfARoomOnly);
        }
        if deed.needs_a_session() && moment.sittings.is_empty() {
            return Err(NotNow::NoSession);
        }
        let session = moment.session.map(|session| &session.id);
        if self.is_so(deed, session, moment)? {
            Err(NotNow::AlreadySo)
        } else {
            Ok(())
        }
    }

    /// Whether it is so already.
    fn is_so(&self, deed: &Deed, session: Option<&SessionId>, moment: &Moment<'_>) -> Result<bool, NotNow> {
        let seen = self.now(session, moment.now);
        Ok(match deed {
            Deed::HandRaised => seen.hand.is_some(),
            Deed::HandLowered => seen.hand.is_none(),
            Deed::Acknowledged(_) | Deed::Noted(_) => false,
            Deed::Started => matches!(seen.run, Run::Goes(_) | Run::OnBreak(_)),
            Deed::BreakBegun | Deed::BreakEnded if matches!(seen.run, Run::Over(_)) => {
                return Err(NotNow::Over);
            }
            Deed::BreakBegun => matches!(seen.run, Run::OnBreak(_)),
            Deed::BreakEnded => !matches!(seen.run, Run::OnBreak(_)),
            Deed::Ended => matches!(seen.run, Run::Over(_)),
            Deed::Symptom { seat, .. } => seen
                .trouble_with(&seat.device)
                .is_some_and(|trouble| trouble.act.deed == *deed),
            Deed::SeatNeedsHelp { device } => seen.trouble_with(&device.device).is_some(),
            Deed::SeatHelped { device } => seen.trouble_with(&device.device).is_none(),
            Deed::SeatFinished { device } => {
                let mut said = seen.finished.iter().filter_map(|act| act.deed.spot());
                said.any(|spot| spot.device.is(&device.device))
            }
            Deed::Swapped { old, new, .. } => {
                if old.is(new) {
                    return Err(NotNow::SameDevice);
                }
                let swaps = || seen.aside.iter().chain(&seen.swaps).map(|act| &act.deed);
                if swaps().any(|held| held == deed) {
                    return Ok(true);
                }
                if seen
                    .aside
                    .iter()
                    .any(|act| matches!(&act.deed, Deed::Swapped { old, .. } if old.is(new)))
                {
                    return Err(NotNow::KeptAside);
                }
                if self.stands_at_a_seat(new, session, moment.now) {
                    return Err(NotNow::ElsewhereAlready);
                }
                false
            }
            Deed::Released { device } => !seen
                .aside
                .iter()
                .any(|act| matches!(&act.deed, Deed::Swapped { old, .. } if old.is(device))),
            Deed::LeftAlone { device } => self.left_alone(moment.now).any(|(left, _)| left.is(device)),
            Deed::Paused { from, until } => {
                may_pause(*from, *until, moment)?;
                match until {
                    None if matches!(seen.run, Run::Over(_)) => return Err(NotNow::Over),
                    None => !seen.pauses.is_empty(),
                    Some(_) => self.standing(session).any(|act| act.deed == *deed),
                }
            }
            Deed::Resumed { from } => {
                if *from > moment.now {
                    return Err(NotNow::Future);
                }
                let began = seen.pauses.iter().filter_map(|act| match act.deed {
                    Deed::Paused { from, .. } => Some(from),
                    _ => None,
                });
                if began.clone().any(|began| *from < began) {
                    return Err(NotNow::BeforeThePause);
                }
                began.count() == 0
            }
            Deed::StillWorking(answer) => seen.still.map_or(StillWorking::None, |(_, said)| said) == *answer,
            Deed::Undone(seq) => return self.may_undo(*seq, session, moment.now).map(|()| false),
        })
    }

    /// Whether a swap of this sitting put a device at a seat, and none took it away again.
    fn stands_at_a_seat(&self, device: &super::Machine, session: Option<&SessionId>, now: Timestamp) -> bool {
        let mut stands = false;
        for act in self.now(session, now).swaps {
            if let Deed::Swapped { old, new, .. } = &act.deed {
                stands = new.is(device) || (stands && !old.is(device));
            }
        }
        stands
    }

    /// Whether an act can be taken back now.
    ///
    /// # Errors
    ///
    /// When it cannot, and why.
    pub fn may_undo(&self, seq: u64, session: Option<&SessionId>, now: Timestamp) -> Result<(), NotNow> {
        let act = self
            .standing(session)
            .find(|act| act.seq == seq && act.deed.can_be_undone())
            .ok_or(NotNow::NothingToUndo)?;
        if now.duration_since(act.at) > UNDO_WITHIN {
            return Err(NotNow::TooLate);
        }
        // Out of order, "break, go on, undo the break" would leave a room that nobody described.
        let latest_move = self.standing(session).rfind(|act| act.deed.moves_the_room());
        if act.deed.moves_the_room() && latest_move.is_some_and(|latest| latest.seq != seq) {
            return Err(NotNow::NotTheLatest);
        }
        Ok(())
    }

    /// What can be taken back now, newest first.
    pub fn undoable<'a>(
        &'a self,
        session: Option<&'a SessionId>,
        now: Timestamp,
    ) -> impl Iterator<Item = &'a Act> {
        self.standing(session)
            .rev()
            .filter(move |act| self.may_undo(act.seq, session, now).is_ok())
    }
}

/// Whether these are times of a pause: in order, not in the future, inside one of the sittings.
fn may_pause(from: Timestamp, until: Option<Timestamp>, moment: &Moment<'_>) -> Result<(), NotNow> {
    if from > moment.now || until.is_some_and(|until| until > moment.now) {
        return Err(NotNow::Future);
    }
    if until.is_some_and(|until| until <= from) {
        return Err(NotNow::Backwards);
    }
    let inside = |session: &&Session| {
        let starts = session.timetable.starts();
        let timed = session.timetable.timing() == Timing::Timed;
        // It may be entered after the end, but not have happened there.
        starts <= from && (!timed || until.unwrap_or(from) <= session.last_end())
    };
    if moment.sittings.iter().any(inside) {
        Ok(())
    } else {
        Err(NotNow::OutsideSession)
    }
}
