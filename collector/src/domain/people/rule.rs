//! What may be done now.

use jiff::{SignedDuration, Timestamp};
use roomready_shared::ids::SessionId;

use super::{Act, Deed, RoomActs, Run};

/// How long "on my way" holds unless it is said again.
pub const ON_THE_WAY_FOR: SignedDuration = SignedDuration::from_mins(10);
/// How long an act can be taken back.
pub const UNDO_WITHIN: SignedDuration = SignedDuration::from_mins(2);
/// Acts in one room within a minute. People press a few times; a stuck key or a script presses a hundred times, and
/// what is in the record stays there.
pub const MOST_ACTS_A_MINUTE: usize = 30;

/// Why something cannot be done now, in words for the person who pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotNow {
    /// It is so already: pressed twice, or by two people at once.
    #[error("this is so already")]
    AlreadySo,
    /// There is no sitting in this room now.
    #[error("this room has no session now, so there is nothing to start, pause or end")]
    NoSession,
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
}

impl RoomActs {
    /// Whether something may be done in this sitting now.
    ///
    /// # Errors
    ///
    /// When it may not, and why.
    pub fn check(&self, deed: &Deed, session: Option<&SessionId>, now: Timestamp) -> Result<(), NotNow> {
        let lately = self
            .all()
            .iter()
            .rev()
            .take_while(|act| now.duration_since(act.at) < SignedDuration::from_mins(1));
        if lately.count() >= MOST_ACTS_A_MINUTE {
            return Err(NotNow::TooMuch);
        }
        if deed.moves_the_room() && session.is_none() {
            return Err(NotNow::NoSession);
        }
        let seen = self.now(session, now);
        let already = match (deed, seen.run) {
            (Deed::HandRaised, _) => seen.hand.is_some(),
            (Deed::HandLowered, _) => seen.hand.is_none(),
            (Deed::Started, run) => matches!(run, Run::Goes(_) | Run::OnBreak(_)),
            (Deed::BreakBegun | Deed::BreakEnded, Run::Over(_)) => return Err(NotNow::Over),
            (Deed::BreakBegun, run) => matches!(run, Run::OnBreak(_)),
            (Deed::BreakEnded, run) => !matches!(run, Run::OnBreak(_)),
            (Deed::Ended, run) => matches!(run, Run::Over(_)),
            (Deed::Undone(seq), _) => return self.may_undo(*seq, session, now),
            (Deed::Acknowledged(_) | Deed::Noted(_), _) => false,
        };
        if already { Err(NotNow::AlreadySo) } else { Ok(()) }
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
