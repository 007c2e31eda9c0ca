//! What a person writes down.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Longest note in characters: what happened at a seat, in three or four sentences. More belongs into a report.
pub const MOST_NOTE_CHARACTERS: usize = 400;

/// The text of a note: one paragraph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NoteText(String);

/// A text that cannot be a note. Nothing is ever cut in silence: it is the writer's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotANoteText {
    /// Nothing in it.
    #[error("the note is empty; write what you saw")]
    Empty,
    /// Over [`MOST_NOTE_CHARACTERS`].
    #[error("the note has {0} characters; it may have {MOST_NOTE_CHARACTERS}, so make two of it")]
    TooLong(usize),
}

impl NoteText {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for NoteText {
    type Err = NotANoteText;

    /// Line ends and other control characters become single spaces.
    fn from_str(text: &str) -> Result<Self, NotANoteText> {
        let words = text.split(|c: char| c.is_whitespace() || c.is_control());
        let text = words
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join(" ");
        match text.chars().count() {
            0 => Err(NotANoteText::Empty),
            length if length > MOST_NOTE_CHARACTERS => Err(NotANoteText::TooLong(length)),
            _ => Ok(Self(text)),
        }
    }
}

impl TryFrom<String> for NoteText {
    type Error = NotANoteText;

    fn try_from(text: String) -> Result<Self, NotANoteText> {
        text.parse()
    }
}

impl From<NoteText> for String {
    fn from(text: NoteText) -> Self {
        text.0
    }
}

impl fmt::Display for NoteText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
