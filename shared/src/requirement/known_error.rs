//! The vendor's error codes, for whoever stands in front of one.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ids::NotA;
use crate::units::ShortText;

/// An error code with what it means and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KnownError {
    /// The code, or the range of codes.
    pub code: CodePattern,
    /// What it means.
    pub meaning: ShortText,
    /// What a technician does about it; absent where the vendor names nothing to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<ShortText>,
    /// Which document says so.
    pub source: ShortText,
}

/// One code ("8026", "E-17") or a range of numbers ("12001-12013").
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CodePattern(Pattern);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Pattern {
    One(String),
    Numbers(u32, u32),
}

impl CodePattern {
    /// Longest code in characters: vendors' codes stay under ten.
    pub const MAX: usize = 24;

    /// # Errors
    /// When the text is neither a code of letters, digits, dots and hyphens nor a rising range of numbers.
    pub fn parse(text: &str) -> Result<Self, NotA> {
        let refuse = || {
            NotA::new(
                "an error code",
                "a code such as 8026, or a range of numbers with the lower one first such as 12001-12013",
                text,
            )
        };
        let plain = |text: &str| {
            !text.is_empty()
                && text.len() <= Self::MAX
                && text
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-')
        };
        let number = |text: &str| {
            let digits = text.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| text.parse::<u32>().ok()).flatten()
        };
        if !plain(text) {
            return Err(refuse());
        }
        let range = text
            .split_once('-')
            .and_then(|(from, to)| Some((number(from)?, number(to)?)));
        match range {
            Some((from, to)) if from < to => Ok(Self(Pattern::Numbers(from, to))),
            Some(_) => Err(refuse()),
            None => Ok(Self(Pattern::One(text.to_owned()))),
        }
    }

    /// Whether a code that somebody typed is meant. Case and spaces around it do not matter.
    #[must_use]
    pub fn covers(&self, code: &str) -> bool {
        let code = code.trim();
        match &self.0 {
            Pattern::One(one) => one.eq_ignore_ascii_case(code),
            Pattern::Numbers(from, to) => code
                .parse::<u32>()
                .is_ok_and(|number| (*from..=*to).contains(&number)),
        }
    }

    /// How many codes it covers beyond one: the narrower entry says more about a code.
    #[must_use]
    pub const fn width(&self) -> u32 {
        match &self.0 {
            Pattern::One(_) => 0,
            Pattern::Numbers(from, to) => to.saturating_sub(*from),
        }
    }
}

impl fmt::Display for CodePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Pattern::One(one) => f.pad(one),
            Pattern::Numbers(from, to) => f.pad(&format!("{from}-{to}")),
        }
    }
}

impl FromStr for CodePattern {
    type Err = NotA;
    fn from_str(text: &str) -> Result<Self, NotA> {
        Self::parse(text)
    }
}

impl TryFrom<String> for CodePattern {
    type Error = NotA;
    fn try_from(text: String) -> Result<Self, NotA> {
        Self::parse(&text)
    }
}

impl From<CodePattern> for String {
    fn from(value: CodePattern) -> String {
        value.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_alone_or_in_its_range() {
        let range = CodePattern::parse("12001-12013").expect("a range");
        assert!(range.covers("12001") && range.covers(" 12013 "));
        assert!(!range.covers("12014") && !range.covers("12001x"));
        let one = CodePattern::parse("E-17").expect("a code with letters");
        assert!(one.covers("e-17") && !one.covers("17"));
        assert!(one.width() < range.width());
    }

    #[test]
    fn a_range_that_runs_backwards_is_no_code() {
        for bad in ["", "12013-12001", "7-7", "zwölf", "8026 or 8027", &"1".repeat(25)] {
            assert!(CodePattern::parse(bad).is_err(), "{bad:?}");
        }
    }
}
