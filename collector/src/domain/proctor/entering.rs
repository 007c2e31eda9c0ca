//! A browser opens a link: name, role and room word, and from then on it is a proctor's.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;
use roomready_shared::ids::{ProctorId, ProctorLinkId, RoomRef, Title};
use serde_json::json;

use super::{Guesses, Origin, ProctorLink, RoomWord};
use crate::domain::entry::{Actor, Body, EntryKind, NewEntry, Subject};

/// Browsers that may have entered by one link at once: teacher, aide and a second device each, and shift changes.
pub const MOST_BROWSERS_A_LINK: usize = 12;

/// What somebody is in the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Capacity {
    /// The class's own or another teacher.
    Teacher,
    /// A substitute.
    Substitute,
    /// An aide.
    Aide,
    /// Somebody else.
    Other,
}

/// A word that is no capacity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("choose what you are in this room: teacher, substitute, aide or other")]
pub struct NotACapacity;

impl Capacity {
    /// All of them, as the page offers them.
    pub const ALL: [Self; 4] = [Self::Teacher, Self::Substitute, Self::Aide, Self::Other];

    /// The word on pages, in forms and in the record.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Teacher => "teacher",
            Self::Substitute => "substitute",
            Self::Aide => "aide",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for Capacity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for Capacity {
    type Err = NotACapacity;

    fn from_str(text: &str) -> Result<Self, NotACapacity> {
        Self::ALL
            .into_iter()
            .find(|capacity| capacity.word() == text)
            .ok_or(NotACapacity)
    }
}

/// What somebody says of themselves on the entry page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entrant {
    /// Their name.
    pub name: Title,
    /// What they are.
    pub capacity: Capacity,
}

/// Somebody who entered, on one browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proctor {
    /// Their id.
    pub id: ProctorId,
    /// The link they came by.
    pub link: ProctorLinkId,
    /// Their name, as they gave it.
    pub name: Title,
    /// What they are, as they said.
    pub capacity: Capacity,
    /// When they entered.
    pub entered_at: Timestamp,
    /// When this browser was let go, by a person or with its link.
    pub released_at: Option<Timestamp>,
}

/// Why somebody was not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotEntered {
    /// The word is not that of this room.
    #[error("this is not the room word; ask your coordinator to say it again")]
    WrongWord {
        /// How long the next try has to wait; nothing at first.
        wait: Duration,
    },
    /// Too soon after wrong words. The word was not looked at.
    #[error("too many wrong room words; wait {} s, then try again", wait.as_secs().max(1))]
    Wait {
        /// How long.
        wait: Duration,
    },
    /// [`MOST_BROWSERS_A_LINK`] have entered.
    #[error(
        "{MOST_BROWSERS_A_LINK} browsers have entered this room already; ask your coordinator to let one go"
    )]
    Full,
}

/// Judges a room word, given by somebody at `origin` at `mono_ms` (milliseconds of a clock that never jumps), and
/// remembers a wrong one. `inside` counts the browsers that have entered by the link.
///
/// # Errors
///
/// When the word is wrong, came too soon after wrong ones, or the room is full.
pub fn enter(
    guesses: &mut Guesses,
    link: &ProctorLink,
    given: Option<RoomWord>,
    inside: usize,
    origin: Origin,
    mono_ms: u64,
) -> Result<(), NotEntered> {
    let wait = guesses.wait(link.id, origin, mono_ms);
    if !wait.is_zero() {
        return Err(NotEntered::Wait { wait });
    }
    if given != Some(link.word) {
        let wait = guesses.wrong(link.id, origin, mono_ms);
        return Err(NotEntered::WrongWord { wait });
    }
    if inside >= MOST_BROWSERS_A_LINK {
        return Err(NotEntered::Full);
    }
    guesses.right(link.id, origin);
    Ok(())
}

impl Proctor {
    /// The entry about their coming. Their name stays in its table: it can be erased on schedule, an entry cannot.
    #[must_use]
    pub fn entered_entry(&self, link: &ProctorLink, room: &RoomRef, by: Actor) -> NewEntry {
        let body = json!({"capacity": self.capacity.word(), "link": self.link, "room": room.room});
        self.entry(EntryKind::ProctorEntered, &body, link, room, by, self.entered_at)
    }

    /// The entry about this browser being let go.
    #[must_use]
    pub fn released_entry(&self, link: &ProctorLink, room: &RoomRef, by: Actor, at: Timestamp) -> NewEntry {
        let body = json!({"link": self.link, "proctor": self.id, "room": room.room});
        self.entry(EntryKind::ProctorReleased, &body, link, room, by, at)
    }

    fn entry(
        &self,
        kind: EntryKind,
        body: &serde_json::Value,
        link: &ProctorLink,
        room: &RoomRef,
        by: Actor,
        at: Timestamp,
    ) -> NewEntry {
        let body = Body::of(body).expect("a few short texts are canonical");
        let subject = Subject::Session(link.session.clone());
        NewEntry::new(at, Some(room.school.clone()), by, kind, subject, body)
    }
}
