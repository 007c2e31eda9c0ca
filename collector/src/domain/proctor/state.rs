//! Whether a link opens now, by the timetable as it stands now.

use jiff::{SignedDuration, Timestamp};
use roomready_shared::ids::RoomRef;

use super::ProctorLink;
use crate::domain::plan::{District, Session};

/// A link opens this long before its sitting: proctors set up the room in the hour before, and some come early.
pub const OPENS_BEFORE: SignedDuration = SignedDuration::from_mins(90);
/// It holds this long after the last seat: to write down what happened and to end the room in peace.
pub const CLOSES_AFTER: SignedDuration = SignedDuration::from_mins(60);

/// From when until when a link opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// First moment.
    pub opens: Timestamp,
    /// First moment after it.
    pub closes: Timestamp,
}

/// The sitting that people in a room mean now: the one that its board shows, else the next one once its links open,
/// which is half an hour before the board turns to it.
#[must_use]
pub fn sitting_of<'a>(district: &'a District, room: &RoomRef, now: Timestamp) -> Option<&'a Session> {
    let shown = district.session_at(room, now).map(|(session, _)| session);
    shown.or_else(|| {
        district
            .next_session(room, now)
            .filter(|session| Window::of(session).opens <= now)
    })
}

/// Where a link stands.
#[derive(Debug, Clone, Copy)]
pub enum LinkState<'a> {
    /// Its sitting is still to come.
    Early(&'a Session, Window),
    /// It lets proctors in.
    Open(&'a Session, Window),
    /// Its sitting is over.
    Over(&'a Session, Window),
    /// Somebody ended it.
    Revoked(Timestamp),
    /// Its sitting is no longer in the timetable.
    NoSession,
}

impl Window {
    /// The window of a sitting.
    #[must_use]
    pub fn of(session: &Session) -> Self {
        let opens = session.timetable.starts().saturating_sub(OPENS_BEFORE);
        let closes = session.last_end().saturating_add(CLOSES_AFTER);
        Self {
            opens: opens.unwrap_or(Timestamp::MIN),
            closes: closes.unwrap_or(Timestamp::MAX),
        }
    }
}

impl ProctorLink {
    /// Where it stands.
    #[must_use]
    pub fn state<'a>(&self, district: &'a District, now: Timestamp) -> LinkState<'a> {
        if let Some(at) = self.revoked_at {
            return LinkState::Revoked(at);
        }
        let Some(session) = district.sessions().get(&self.session) else {
            return LinkState::NoSession;
        };
        let window = Window::of(session);
        if now < window.opens {
            LinkState::Early(session, window)
        } else if now < window.closes {
            LinkState::Open(session, window)
        } else {
            LinkState::Over(session, window)
        }
    }
}

impl<'a> LinkState<'a> {
    /// The sitting and its window, while it lets proctors in.
    #[must_use]
    pub const fn open(self) -> Option<(&'a Session, Window)> {
        match self {
            Self::Open(session, window) => Some((session, window)),
            _ => None,
        }
    }

    /// The room that it leads to now.
    #[must_use]
    pub fn room(self) -> Option<&'a RoomRef> {
        match self {
            Self::Early(session, _) | Self::Open(session, _) | Self::Over(session, _) => Some(&session.room),
            Self::Revoked(_) | Self::NoSession => None,
        }
    }
}
