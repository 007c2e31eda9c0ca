//! A notice as the outbox keeps it: everything that its sender needs, and nothing that names a person or a device.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use roomready_shared::ids::{SchoolId, TargetId, Title};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{CaseKey, Due, Step};

/// Cases that one notice describes; the others are a number. Ten fit on a telephone's screen or two.
pub const MOST_ITEMS: usize = 10;

/// Drawn from what the notice tells of, so that the same news to the same target is one notice however often it is
/// decided. Receivers can tell a second try by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NoticeId([u8; 16]);

/// A text that is no id of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the id of a notice is 32 hexadecimal digits")]
pub struct NotANoticeId;

impl NoticeId {
    /// The id of what a notice tells of.
    #[must_use]
    pub fn of(due: &Due) -> Self {
        let told = (&due.target, &due.school, due.kind, due.after, &due.tells);
        Self::of_text(&serde_json::to_string(&told).expect("texts and times can be written"))
    }

    /// The id of a test.
    #[must_use]
    pub fn of_test(target: &TargetId, at: Timestamp) -> Self {
        Self::of_text(&format!("test {target} {at}"))
    }

    fn of_text(text: &str) -> Self {
        let whole: [u8; 32] = Sha256::digest(text.as_bytes()).into();
        let mut half = [0; 16];
        half.copy_from_slice(&whole[..16]);
        Self(half)
    }

    /// From the bytes that the store keeps.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// For the store.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for NoticeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl FromStr for NoticeId {
    type Err = NotANoticeId;

    fn from_str(text: &str) -> Result<Self, NotANoticeId> {
        let mut bytes = [0; 16];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| NotANoticeId)?;
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for NoticeId {
    type Error = NotANoticeId;

    fn try_from(text: String) -> Result<Self, NotANoticeId> {
        text.parse()
    }
}

impl From<NoticeId> for String {
    fn from(id: NoticeId) -> Self {
        id.to_string()
    }
}

/// What is told of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// That it is there.
    Opened,
    /// That it is still there, and nobody is on the way any more.
    Reminder,
    /// That it is over.
    Over,
}

impl What {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 3] = [Self::Opened, Self::Reminder, Self::Over];

    /// The notice that tells nothing else.
    #[must_use]
    pub const fn kind(self) -> Kind {
        match self {
            Self::Opened => Kind::Opened,
            Self::Reminder => Kind::Reminder,
            Self::Over => Kind::Over,
        }
    }
}

/// What a notice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Something is there.
    Opened,
    /// Something is still there, and nobody is on the way any more.
    Reminder,
    /// Something is over.
    Over,
    /// All that came together since the hour was full.
    Summary,
    /// Somebody pressed the test button.
    Test,
}

impl Kind {
    /// The word in the signed message.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Reminder => "reminder",
            Self::Over => "over",
            Self::Summary => "summary",
            Self::Test => "test",
        }
    }
}

/// One case in a notice, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// What is told of it.
    pub what: What,
    /// Names of its rooms.
    pub rooms: Vec<Title>,
    /// What is wrong, in plain words: "Seat 12 has not been heard since 9:41".
    pub problem: String,
    /// What is taken to be the cause, as a sentence, where it is more than one device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// Since when.
    pub since: Timestamp,
    /// What speaks against a wider cause, each with its numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ruled_out: Vec<String>,
    /// How it ended, where it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<String>,
    /// Path of its page.
    pub path: String,
}

/// A notice to one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Its id.
    pub id: NoticeId,
    /// To whom.
    pub target: TargetId,
    /// On which step that stands.
    pub step: Step,
    /// Of which school; none for a test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub school: Option<SchoolId>,
    /// What the school, or for a test the district, is called.
    pub place: Title,
    /// When it was made.
    pub at: Timestamp,
    /// What it is.
    pub kind: Kind,
    /// Every case that it tells of.
    pub tells: Vec<(CaseKey, What)>,
    /// The first [`MOST_ITEMS`] of them in words.
    pub items: Vec<Item>,
}

impl Notice {
    /// A clearly marked test.
    #[must_use]
    pub fn test(target: &super::Target, district: Title, at: Timestamp) -> Self {
        Self {
            id: NoticeId::of_test(&target.id, at),
            target: target.id.clone(),
            step: target.step,
            school: None,
            place: district,
            at,
            kind: Kind::Test,
            tells: Vec::new(),
            items: Vec::new(),
        }
    }

    /// How many cases it tells of without describing them.
    #[must_use]
    pub fn more(&self) -> usize {
        self.tells.len().saturating_sub(self.items.len())
    }
}
