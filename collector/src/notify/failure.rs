//! Why a notice did not arrive: what happened, and what to do.

use std::fmt;

use roomready_shared::units::ShortText;

/// One sentence for the person who looks after notices. Names no secret and no address beyond its computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    text: ShortText,
    /// In one word, for counting.
    kind: &'static str,
}

impl Failure {
    pub(super) fn new(kind: &'static str, text: &str) -> Self {
        Self {
            text: ShortText::fit(text),
            kind,
        }
    }

    /// The sentence.
    #[must_use]
    pub fn text(&self) -> &ShortText {
        &self.text
    }

    /// In one word, for counting.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        self.kind
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text.as_str())
    }
}
