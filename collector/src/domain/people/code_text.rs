//! The code of a message on a student's screen, as somebody read it off.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Longest code in characters: vendors' codes stay under ten; a few words of a message without one fit too.
pub const MOST_CODE_CHARACTERS: usize = 60;

/// A code or a few words off a screen. What is known of it is looked up when it is shown, never stored: a corrected
/// profile corrects yesterday's meaning too.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CodeText(String);

/// A text that cannot be a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotACode {
    /// Nothing in it.
    #[error("there is no code; type what the message says, a number or a few words")]
    Empty,
    /// Over [`MOST_CODE_CHARACTERS`].
    #[error("this is {0} characters long, and a code may have {MOST_CODE_CHARACTERS}; write a note for more")]
    TooLong(usize),
}

impl CodeText {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CodeText {
    type Err = NotACode;

    /// Line ends and other control characters become single spaces.
    fn from_str(text: &str) -> Result<Self, NotACode> {
        let words = text.split(|c: char| c.is_whitespace() || c.is_control());
        let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
        let text = words.join(" ");
        match text.chars().count() {
            0 => Err(NotACode::Empty),
            length if length > MOST_CODE_CHARACTERS => Err(NotACode::TooLong(length)),
            _ => Ok(Self(text)),
        }
    }
}

impl TryFrom<String> for CodeText {
    type Error = NotACode;

    fn try_from(text: String) -> Result<Self, NotACode> {
        text.parse()
    }
}

impl From<CodeText> for String {
    fn from(code: CodeText) -> Self {
        code.0
    }
}

impl fmt::Display for CodeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
