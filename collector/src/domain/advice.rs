//! What to do about an incident: texts as data, and which of them a district has approved for its rooms.
//!
//! A text for technicians is shown as it is. One for proctors is shown only while the district coordinator's approval of
//! that very text holds: approved is a digest, so a changed text is not approved.

mod approval;
#[cfg(test)]
mod tests;

pub use approval::{Approval, Approvals};

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use roomready_shared::ids::Title;
use roomready_shared::units::ShortText;
use sha2::{Digest as _, Sha256};

use super::incident::{CauseKind, Condition};

/// Most texts of a district: a handful for each platform, by far.
pub const MOST_TEXTS: usize = 64;

/// Names one text in addresses and in the record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AdviceId(String);

/// A word that names no text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the id of a text must be 1 to 64 lower-case letters, digits or hyphens, but it is {0:?}")]
pub struct NotAnAdviceId(String);

impl FromStr for AdviceId {
    type Err = NotAnAdviceId;

    fn from_str(text: &str) -> Result<Self, NotAnAdviceId> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if (1..=64).contains(&text.len()) && text.bytes().all(plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAnAdviceId(text.chars().take(80).collect()))
        }
    }
}

impl fmt::Display for AdviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// What to do about one kind of trouble.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// Its id, unique among a district's texts.
    pub id: AdviceId,
    /// The test platform it is about, as profiles call it; none for any.
    pub platform: Option<Title>,
    /// Causes it is for.
    pub causes: Vec<CauseKind>,
    /// Conditions of a single device, or of several without a known cause, that it is for.
    pub conditions: Vec<Condition>,
    /// One sentence or two for the technician.
    pub technician: ShortText,
    /// What proctors are to read, once approved.
    pub proctor: Option<ShortText>,
    /// Which document says so.
    pub source: ShortText,
    /// As known on this day.
    pub as_of: Date,
}

impl Advice {
    /// Fingerprint of what is approved: the text for proctors and where it shows.
    #[must_use]
    pub fn digest(&self) -> String {
        let platform = self.platform.as_ref().map(Title::as_str);
        let causes: Vec<_> = self.causes.iter().map(|cause| cause.word()).collect();
        let conditions: Vec<_> = self.conditions.iter().map(|condition| condition.word()).collect();
        let proctor = self.proctor.as_ref().map(ShortText::as_str);
        let whole = serde_json::json!([platform, causes, conditions, proctor]).to_string();
        hex::encode(&Sha256::digest(whole.as_bytes())[..16])
    }

    /// How well it fits: none when it is not about this. What is said of the cause says more than what is said of what
    /// is seen on a device, and a platform's own text more than one for all.
    fn fits(&self, platform: Option<&Title>, cause: CauseKind, condition: Condition) -> Option<u8> {
        let own = match &self.platform {
            Some(own) if Some(own) == platform => 1,
            Some(_) => return None,
            None => 0,
        };
        if self.causes.contains(&cause) {
            Some(2 + own)
        } else if self.conditions.contains(&condition) {
            Some(own)
        } else {
            None
        }
    }
}

/// A district's texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts(Vec<Advice>);

impl Texts {
    /// These texts, in the order of their file.
    #[must_use]
    pub const fn new(texts: Vec<Advice>) -> Self {
        Self(texts)
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[Advice] {
        &self.0
    }

    /// One of them.
    #[must_use]
    pub fn get(&self, id: &AdviceId) -> Option<&Advice> {
        self.0.iter().find(|text| text.id == *id)
    }

    /// The text that fits best; of several that fit as well, the first one of the file.
    #[must_use]
    pub fn about(&self, platform: Option<&Title>, cause: CauseKind, condition: Condition) -> Option<&Advice> {
        let fitting = self
            .0
            .iter()
            .filter_map(|text| text.fits(platform, cause, condition).map(|fit| (fit, text)));
        // The first of the greatest: `max_by_key` gives the last.
        fitting.rev().max_by_key(|(fit, _)| *fit).map(|(_, text)| text)
    }
}
