//! Passwords: which ones are taken, and what is kept of them.
//!
//! One rule of length and one list of what is tried first, as NIST SP 800-63B asks. No rule of composition: it makes
//! passwords that are alike and are written on notes.

mod common;
mod hash;

pub use hash::{NotHashed, PasswordHash};

use std::fmt;

/// Least characters of a new password: a short sentence, or three words.
pub const LEAST_CHARACTERS: usize = 12;
/// Most characters of any password. Long sentences fit; hashing is never given a book.
pub const MOST_CHARACTERS: usize = 128;

/// A password in the clear. It prints as dots and lives only between a form and its hash.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

/// Why a text cannot be somebody's new password, in words for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Under [`LEAST_CHARACTERS`].
    #[error(
        "The password needs at least {LEAST_CHARACTERS} characters. A short sentence is easy to remember."
    )]
    TooShort,
    /// Over [`MOST_CHARACTERS`].
    #[error("The password may have at most {MOST_CHARACTERS} characters.")]
    TooLong,
    /// On the list, whatever digits and signs stand around it.
    #[error(
        "This is one of the passwords that are tried first. Take words that only you would put together."
    )]
    Common,
    /// The person's own name, the district's, or ours.
    #[error(
        "This is your name, your district's or this program's, which anyone would try. Take words that only you would \
         put together."
    )]
    Name,
}

/// What anybody who wants to guess a password knows already.
#[derive(Debug, Clone, Copy)]
pub struct KnownNames<'a> {
    /// The person's.
    pub person: &'a str,
    /// The district's.
    pub district: &'a str,
}

impl Password {
    /// A new password of somebody.
    ///
    /// # Errors
    ///
    /// When it is too short, too long, or one of those that are tried first.
    pub fn chosen(text: &str, names: KnownNames<'_>) -> Result<Self, Unfit> {
        let length = text.chars().count();
        if length < LEAST_CHARACTERS {
            return Err(Unfit::TooShort);
        }
        if length > MOST_CHARACTERS {
            return Err(Unfit::TooLong);
        }
        if is_name(text, names) {
            return Err(Unfit::Name);
        }
        if common::is_common(text) {
            return Err(Unfit::Common);
        }
        Ok(Self(text.to_owned()))
    }

    /// What somebody typed at the door; `None` when it cannot be anybody's.
    #[must_use]
    pub fn typed(text: &str) -> Option<Self> {
        let length = text.chars().take(MOST_CHARACTERS + 1).count();
        (1..=MOST_CHARACTERS)
            .contains(&length)
            .then(|| Self(text.to_owned()))
    }

    fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// Whether nothing but a known name is in it, once digits, signs and blanks are left out.
fn is_name(text: &str, names: KnownNames<'_>) -> bool {
    let text = letters(text);
    let is = |name: &str| {
        let whole = letters(name);
        !whole.is_empty() && (text == whole || common::is_repeated(&text, &whole))
    };
    [names.person, names.district, "roomready", "room ready collector"]
        .into_iter()
        .any(|name| is(name) || name.split_whitespace().any(is))
}

/// Its letters in lower case. A text without any letter is nobody's name.
fn letters(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphabetic())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests;
