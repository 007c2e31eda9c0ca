//! What proctors of this district look at, and what the district says about telephones.

use std::fmt;
use std::str::FromStr;

/// Longest phone rule in characters: three lines above the code on a printed sheet.
pub const MOST_PHONE_RULE_CHARACTERS: usize = 300;

/// Which screens proctors may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum ProctorScreen {
    /// The school's own computers and tablets: the sheet gives the address in letters and no code to scan.
    #[default]
    StaffDevices,
    /// Any, a telephone too.
    Any,
    /// None: a paper card, and no links at all.
    Paper,
}

impl ProctorScreen {
    /// All of them with their words in the configuration.
    pub const WORDS: [(&'static str, Self); 3] = [
        ("staff devices", Self::StaffDevices),
        ("any", Self::Any),
        ("paper", Self::Paper),
    ];
}

/// The district's own rule about telephones, printed above the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhoneRule(String);

/// A text that cannot be a phone rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the phone rule must be 1 to {MOST_PHONE_RULE_CHARACTERS} printable characters in one line")]
pub struct NotAPhoneRule;

impl PhoneRule {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PhoneRule {
    type Err = NotAPhoneRule;

    fn from_str(text: &str) -> Result<Self, NotAPhoneRule> {
        let text = text.trim();
        let fits = !text.is_empty()
            && text.chars().count() <= MOST_PHONE_RULE_CHARACTERS
            && !text.chars().any(char::is_control);
        fits.then(|| Self(text.to_owned())).ok_or(NotAPhoneRule)
    }
}

impl fmt::Display for PhoneRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How a district lets its proctors in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Proctoring {
    /// On which screens.
    pub screen: ProctorScreen,
    /// Its rule about telephones.
    pub phone_rule: Option<PhoneRule>,
}
