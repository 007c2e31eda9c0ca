//! One's own account, and the door to it.

use super::connect::ComputerRow;
use super::form::Field;
use super::frame::Frame;
use crate::account::CodeImage;
use crate::pages::time::LocalTime;

/// The code from the app, after the password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodePage {
    /// What ties it to the password that was right.
    pub token: String,
    /// The field for the code.
    pub code: Field,
}

/// A link opened: somebody chooses a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoverPage {
    /// The link's secret.
    pub token: String,
    /// Whose account.
    pub name: String,
    /// They have never had a password: the account is new.
    pub is_new: bool,
    /// The two fields for it.
    pub fields: Vec<Field>,
}

/// One's own account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountPage {
    /// Surroundings.
    pub frame: Frame,
    /// What was just done, in a sentence.
    pub done: Option<&'static str>,
    /// One's name.
    pub name: Field,
    /// What one is: "Administrator", "Technician of Lincoln Middle School".
    pub role: String,
    /// Fields of a password change: the present one where there is one, the new one twice.
    pub password: Vec<Field>,
    /// Whether there is one already.
    pub has_password: bool,
    /// Whether codes of an app are asked for.
    pub has_second_factor: bool,
    /// Whether one's role asks for them.
    pub needs_second_factor: bool,
    /// Where one is signed in.
    pub sessions: Vec<SessionRow>,
    /// Staff computers that show notices for one.
    pub computers: Vec<ComputerRow>,
}

/// A browser that is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// Its id.
    pub id: String,
    /// "Firefox on Windows".
    pub browser: String,
    /// It is the one that shows this page.
    pub is_this: bool,
    /// When it signed in.
    pub begun: LocalTime,
    /// When it was last used.
    pub used: LocalTime,
}

/// Setting up an app for codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondFactorPage {
    /// Surroundings.
    pub frame: Frame,
    /// The role asks for it and nothing else may be done before.
    pub is_due: bool,
    /// Part of a set-up: which of its pages.
    pub way: Option<Way>,
    /// For a camera; none where the code would be too large for one.
    pub image: Option<CodeImage>,
    /// For typing, in groups of four.
    pub grouped: String,
    /// The same as the form sends it back.
    pub secret: String,
    /// The present password, where there is one, and the first code.
    pub fields: Vec<Field>,
}

/// The pages of the first set-up, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Way {
    /// Which one is shown: 0 for the first.
    pub at: usize,
}

impl Way {
    /// What each is about.
    pub const STEPS: [&'static str; 4] = ["Your account", "Second step", "Your district", "First device"];

    /// Number, words, and whether it is the one that is shown.
    pub fn steps(&self) -> impl Iterator<Item = (usize, &'static str, bool)> {
        let at = self.at;
        Self::STEPS
            .into_iter()
            .enumerate()
            .map(move |(place, words)| (place + 1, words, place == at))
    }
}
