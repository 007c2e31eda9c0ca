//! A link, and the word that is spoken with it.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use roomready_shared::ids::{ProctorLinkId, RoomRef, SessionId};
use serde_json::json;

use crate::domain::entry::{Actor, Body, EntryKind, NewEntry, Subject};
use crate::secret::SecretHash;

/// Links of one sitting that are not revoked. One is usual; a second one is made when its sheet is lost, and some more
/// leave time to find out that the first should be ended.
pub const MOST_LINKS_A_SESSION: usize = 8;

/// A link by which proctors of one sitting enter its room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProctorLink {
    /// Its id, which is no secret.
    pub id: ProctorLinkId,
    /// Hash of the token in its address.
    pub token: SecretHash,
    /// The sitting.
    pub session: SessionId,
    /// The word that is spoken.
    pub word: RoomWord,
    /// Who made it.
    pub made_by: Actor,
    /// When.
    pub made_at: Timestamp,
    /// When somebody ended it.
    pub revoked_at: Option<Timestamp>,
}

impl ProctorLink {
    /// The entry about its making. Neither token nor word is in it.
    #[must_use]
    pub fn made_entry(&self, room: &RoomRef) -> NewEntry {
        self.entry(
            EntryKind::ProctorLinkMade,
            room,
            self.made_by.clone(),
            self.made_at,
        )
    }

    /// The entry about its end.
    #[must_use]
    pub fn revoked_entry(&self, room: &RoomRef, by: Actor, at: Timestamp) -> NewEntry {
        self.entry(EntryKind::ProctorLinkRevoked, room, by, at)
    }

    /// The entry about somebody who had the link and not the word.
    #[must_use]
    pub fn refused_entry(&self, room: &RoomRef, at: Timestamp) -> NewEntry {
        self.entry(EntryKind::ProctorRefused, room, Actor::System, at)
    }

    fn entry(&self, kind: EntryKind, room: &RoomRef, by: Actor, at: Timestamp) -> NewEntry {
        let body = Body::of(&json!({"link": self.id, "room": room.room}));
        let body = body.expect("two short texts are canonical");
        let subject = Subject::Session(self.session.clone());
        NewEntry::new(at, Some(room.school.clone()), by, kind, subject, body)
    }
}

/// Four digits, spoken in the room or on the telephone. Never printed, and in no address.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RoomWord([u8; 4]);

/// A text that is not four digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the room word has four digits")]
pub struct NotARoomWord;

impl RoomWord {
    /// The word that these random bytes draw. Of 2^32 draws some words have one more than others: no help to a guesser.
    #[must_use]
    pub fn drawn(random: [u8; 4]) -> Self {
        let mut number = u32::from_be_bytes(random) % 10_000;
        let mut digits = [0; 4];
        for digit in digits.iter_mut().rev() {
            *digit = u8::try_from(number % 10).unwrap_or(0);
            number /= 10;
        }
        Self(digits)
    }

    /// For the one page that shows it and for the store.
    #[must_use]
    pub fn reveal(self) -> String {
        self.0.iter().map(|digit| char::from(b'0' + digit)).collect()
    }
}

impl FromStr for RoomWord {
    type Err = NotARoomWord;

    /// As somebody types what they heard: spaces and hyphens between the digits are no mistake.
    fn from_str(text: &str) -> Result<Self, NotARoomWord> {
        let mut digits = text
            .chars()
            .take(32)
            .filter(|c| !c.is_whitespace() && *c != '-')
            .map(|c| {
                c.to_digit(10)
                    .and_then(|digit| u8::try_from(digit).ok())
                    .ok_or(NotARoomWord)
            });
        let mut next = || digits.next().ok_or(NotARoomWord)?;
        let word = [next()?, next()?, next()?, next()?];
        if digits.next().is_some() {
            Err(NotARoomWord)
        } else {
            Ok(Self(word))
        }
    }
}

impl fmt::Debug for RoomWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RoomWord(…)")
    }
}

/// The word of a sitting's next link: that of a link that still holds, so that a room has one word to speak, else
/// the fresh one.
pub fn word_for<'a>(links: impl IntoIterator<Item = &'a ProctorLink>, fresh: RoomWord) -> RoomWord {
    let held = links.into_iter().find(|link| link.revoked_at.is_none());
    held.map_or(fresh, |link| link.word)
}
