//! Enrolment keys: what lets a number of devices in, for a while.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use roomready_shared::ids::{RoomId, RoomRef, SchoolId};

use crate::domain::entry::Actor;
use crate::secret::SecretHash;

/// Bytes of a key's hash that name it.
const ID_BYTES: usize = 6;

/// What a key is called on pages and in commands: the beginning of its hash, which tells nobody the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; ID_BYTES]);

/// A text that names no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key's id has 12 hexadecimal digits, as `enrollment list` shows them; it is not the key itself")]
pub struct NotAKeyId;

impl KeyId {
    /// The name of the key with this hash.
    #[must_use]
    pub fn of(hash: &SecretHash) -> Self {
        let mut bytes = [0; ID_BYTES];
        bytes.copy_from_slice(&hash.as_bytes()[..ID_BYTES]);
        Self(bytes)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&hex::encode(self.0))
    }
}

impl FromStr for KeyId {
    type Err = NotAKeyId;
    fn from_str(text: &str) -> Result<Self, NotAKeyId> {
        let mut bytes = [0; ID_BYTES];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| NotAKeyId)?;
        Ok(Self(bytes))
    }
}

/// Where a key lets devices in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyPlace {
    /// Anywhere in a school: the roster says in which room.
    School(SchoolId),
    /// One room.
    Room(RoomRef),
}

impl KeyPlace {
    /// From its parts.
    #[must_use]
    pub fn of(school: SchoolId, room: Option<RoomId>) -> Self {
        match room {
            Some(room) => Self::Room(RoomRef { school, room }),
            None => Self::School(school),
        }
    }

    /// The school.
    #[must_use]
    pub const fn school(&self) -> &SchoolId {
        match self {
            Self::School(school) => school,
            Self::Room(room) => &room.school,
        }
    }

    /// The room, if it is for one.
    #[must_use]
    pub const fn room(&self) -> Option<&RoomId> {
        match self {
            Self::School(_) => None,
            Self::Room(room) => Some(&room.room),
        }
    }
}

impl fmt::Display for KeyPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::School(school) => write!(f, "{school}"),
            Self::Room(room) => write!(f, "{room}"),
        }
    }
}

/// Lets a number of devices in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolmentKey {
    /// Hash of the key: what is kept of it.
    pub hash: SecretHash,
    /// Where.
    pub place: KeyPlace,
    /// How many devices it was made for.
    pub uses: u32,
    /// How many more it lets in.
    pub uses_left: u32,
    /// First moment at which it no longer works.
    pub ends: Timestamp,
    /// When it was made.
    pub made_at: Timestamp,
    /// Who made it.
    pub made_by: Actor,
    /// When somebody ended it before its time.
    pub revoked_at: Option<Timestamp>,
}

/// Why a key does not let in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyRefused {
    /// There is no such key.
    #[error("this enrolment key is not known; copy the whole key again, or ask for a new one")]
    Unknown,
    /// All its uses are spent.
    #[error("this enrolment key has been used as often as it may; ask for a new one")]
    UsedUp,
    /// Its time is over.
    #[error("this enrolment key ended at {0}; ask for a new one")]
    Ended(Timestamp),
    /// Somebody ended it.
    #[error("this enrolment key was ended by your school's staff at {0}; ask for a new one")]
    Revoked(Timestamp),
}

impl KeyRefused {
    /// The same in a few words, for a list.
    #[must_use]
    pub fn state(&self) -> String {
        match self {
            Self::Unknown => "not known".to_owned(),
            Self::UsedUp => "used up".to_owned(),
            Self::Ended(at) => format!("ended at {at}"),
            Self::Revoked(at) => format!("revoked at {at}"),
        }
    }
}

impl EnrolmentKey {
    /// A new key that has let nobody in yet.
    #[must_use]
    pub const fn new(
        hash: SecretHash,
        place: KeyPlace,
        uses: u32,
        ends: Timestamp,
        made_at: Timestamp,
        made_by: Actor,
    ) -> Self {
        Self {
            hash,
            place,
            uses,
            uses_left: uses,
            ends,
            made_at,
            made_by,
            revoked_at: None,
        }
    }

    /// What it is called.
    #[must_use]
    pub fn id(&self) -> KeyId {
        KeyId::of(&self.hash)
    }

    /// Whether it lets a device in now.
    ///
    /// # Errors
    /// Why it does not.
    pub fn lets_in(&self, now: Timestamp) -> Result<(), KeyRefused> {
        if let Some(at) = self.revoked_at {
            return Err(KeyRefused::Revoked(at));
        }
        if self.ends <= now {
            return Err(KeyRefused::Ended(self.ends));
        }
        if self.uses_left == 0 {
            return Err(KeyRefused::UsedUp);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_named_by_the_beginning_of_its_hash() {
        let id = KeyId::of(&SecretHash::from_bytes([0xab; 32]));
        assert_eq!(id.to_string(), "abababababab");
        assert_eq!("abababababab".parse(), Ok(id));
        for bad in ["", "ababab", "abababababag", "abababababababab"] {
            let error = bad.parse::<KeyId>().unwrap_err().to_string();
            assert!(error.contains("12 hexadecimal digits"), "{error}");
        }
    }
}
