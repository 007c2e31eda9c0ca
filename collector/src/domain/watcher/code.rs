//! The short code that a person compares on two screens.

use std::fmt;
use std::str::FromStr;

/// Letters of a code: no vowels, so that none spells a word; 25 billion codes (RFC 8628, 6.1).
pub const CODE_LETTERS: usize = 8;
const ALPHABET: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";

/// Shown as `BCDF-GHJK`; read in any case, with or without the dash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct WatchCode([u8; CODE_LETTERS]);

/// A text that is no code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a code has eight letters, such as BCDF-GHJK")]
pub struct NotACode;

impl WatchCode {
    /// One drawn from random bytes; none when too few of them can be used without preferring a letter.
    #[must_use]
    pub fn drawn(random: &[u8]) -> Option<Self> {
        // Twelve times the alphabet fits into a byte; what lies above would make the first letters likelier.
        let mut letters = random.iter().filter(|byte| **byte < 240);
        let mut code = [0; CODE_LETTERS];
        for place in &mut code {
            *place = ALPHABET[usize::from(letters.next()? % 20)];
        }
        Some(Self(code))
    }
}

impl fmt::Display for WatchCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, letter) in self.0.iter().enumerate() {
            if at == CODE_LETTERS / 2 {
                f.write_str("-")?;
            }
            write!(f, "{}", char::from(*letter))?;
        }
        Ok(())
    }
}

impl FromStr for WatchCode {
    type Err = NotACode;

    fn from_str(text: &str) -> Result<Self, NotACode> {
        let mut code = [0; CODE_LETTERS];
        let mut places = code.iter_mut();
        for letter in text.bytes().filter(|byte| !matches!(byte, b' ' | b'-')) {
            let letter = letter.to_ascii_uppercase();
            if !ALPHABET.contains(&letter) {
                return Err(NotACode);
            }
            *places.next().ok_or(NotACode)? = letter;
        }
        match places.next() {
            None => Ok(Self(code)),
            Some(_) => Err(NotACode),
        }
    }
}
