//! Bounded values: a percentage cannot be 130, a reason cannot be a megabyte.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use jiff::Timestamp;

use crate::ids::NotA;

/// 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "u8", into = "u8")]
pub struct Percent(u8);

impl Percent {
    /// # Errors
    /// When the number is above 100.
    pub fn new(value: u8) -> Result<Self, NotA> {
        if value <= 100 {
            Ok(Self(value))
        } else {
            Err(NotA::new("a percentage", "0 to 100", &value.to_string()))
        }
    }

    /// The nearest percentage to any number, for readings that may slightly overshoot.
    #[must_use]
    pub fn clamped(value: f64) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to 0..=100 just before"
        )]
        let whole = if value.is_nan() {
            0
        } else {
            value.round().clamp(0.0, 100.0) as u8
        };
        Self(whole)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Percent {
    type Error = NotA;
    fn try_from(value: u8) -> Result<Self, NotA> {
        Self::new(value)
    }
}

impl From<Percent> for u8 {
    fn from(value: Percent) -> u8 {
        value.0
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", self.0)
    }
}

/// An amount of memory or storage in bytes, shown in the unit people use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Bytes(pub u64);

impl Bytes {
    /// From mebibytes, the unit of the profiles.
    #[must_use]
    pub const fn from_mib(mib: u64) -> Self {
        Self(mib.saturating_mul(1024 * 1024))
    }

    /// Whole mebibytes, rounded down.
    #[must_use]
    pub const fn mib(self) -> u64 {
        self.0 / (1024 * 1024)
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const GIB: u64 = 1024 * 1024 * 1024;
        if self.0 >= 10 * GIB {
            write!(f, "{} GB", self.0 / GIB)
        } else if self.0 >= GIB {
            // Rounded down: a device must not look as if it had reached a minimum that it misses.
            let tenths = self.0 / (GIB / 10);
            write!(f, "{}.{} GB", tenths / 10, tenths % 10)
        } else if self.0 >= 1024 * 1024 {
            write!(f, "{} MB", self.0 / (1024 * 1024))
        } else if self.0 > 0 {
            write!(f, "{} KB", self.0.div_ceil(1024))
        } else {
            f.write_str("0 MB")
        }
    }
}

/// A length of time in whole seconds, as rules write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Seconds(pub u64);

impl Seconds {
    /// From whole days.
    #[must_use]
    pub const fn from_days(days: u64) -> Self {
        Self(days.saturating_mul(86_400))
    }

    /// As jiff's signed duration, for arithmetic with time stamps.
    #[must_use]
    pub fn signed(self) -> jiff::SignedDuration {
        jiff::SignedDuration::from_secs(i64::try_from(self.0).unwrap_or(i64::MAX))
    }
}

/// "90 s", "12 min", "5 h", "14 days": the largest unit that keeps the number at two or more, or exact.
impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            s if s < 120 => write!(f, "{s} s"),
            s if s < 7_200 => write!(f, "{} min", s / 60),
            s if s < 172_800 => write!(f, "{} h", s / 3_600),
            s => write!(f, "{} days", s / 86_400),
        }
    }
}

/// A version or build number: dotted numbers, compared number by number.
///
/// Marketing names are not versions: Windows is compared by build, ChromeOS by milestone.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Version {
    text: String,
    numbers: Vec<u32>,
}

impl Version {
    /// Longest version in characters; real ones stay under 30.
    pub const MAX: usize = 48;

    /// # Errors
    /// When the text is not 1 to 8 numbers joined by dots.
    pub fn parse(text: &str) -> Result<Self, NotA> {
        let refuse = || {
            NotA::new(
                "a version",
                "1 to 8 numbers joined by dots, such as 26100.2314",
                text,
            )
        };
        if text.is_empty() || text.len() > Self::MAX {
            return Err(refuse());
        }
        let numbers = text
            .split('.')
            .map(str::parse)
            .collect::<Result<Vec<u32>, _>>()
            .map_err(|_| refuse())?;
        // `parse` accepts a leading plus sign, a version does not.
        if numbers.len() > 8 || text.contains('+') {
            return Err(refuse());
        }
        Ok(Self {
            text: text.to_owned(),
            numbers,
        })
    }

    /// The dotted numbers that a text begins with: "1.15.7-beta (x64)" gives 1.15.7. `None` when there are none.
    #[must_use]
    pub fn leading(text: &str) -> Option<Self> {
        let end = text
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(text.len());
        Self::parse(text[..end].trim_end_matches('.')).ok()
    }

    /// As written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    fn number(&self, at: usize) -> u32 {
        self.numbers.get(at).copied().unwrap_or(0)
    }

    /// Whether this version begins with the numbers of the other: 144.0.7559 belongs to 144.
    #[must_use]
    pub fn belongs_to(&self, line: &Self) -> bool {
        self.compare_to_line(line) == Ordering::Equal
    }

    /// Compares only as many numbers as `line` has, so that an upper bound "150" includes 150.0.7871.
    #[must_use]
    pub fn compare_to_line(&self, line: &Self) -> Ordering {
        (0..line.numbers.len())
            .map(|at| self.number(at).cmp(&line.number(at)))
            .find(|o| o.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        (0..self.numbers.len().max(other.numbers.len()))
            .map(|at| self.number(at).cmp(&other.number(at)))
            .find(|o| o.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Equal as numbers: 24.04 and 24.4.0 are one version.
impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Version {}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl fmt::Debug for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Version({})", self.text)
    }
}

impl FromStr for Version {
    type Err = NotA;
    fn from_str(text: &str) -> Result<Self, NotA> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Version {
    type Error = NotA;
    fn try_from(text: String) -> Result<Self, NotA> {
        Self::parse(&text)
    }
}

impl From<Version> for String {
    fn from(value: Version) -> String {
        value.text
    }
}

/// One sentence or less from a device or a file, bounded and without control characters.
///
/// Shared, because a version, a tag or a digest is the same text in every report of a device for weeks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
#[serde(try_from = "String")]
pub struct ShortText(Arc<str>);

impl ShortText {
    /// Longest text in characters: a sentence with its cause; more belongs in a log.
    pub const MAX: usize = 240;

    /// Makes any text fit: control characters become spaces, what is too long is cut with an ellipsis.
    #[must_use]
    pub fn fit(text: &str) -> Self {
        let mut clean: String = text
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .take(Self::MAX + 1)
            .collect();
        if clean.chars().count() > Self::MAX {
            clean = clean.chars().take(Self::MAX - 1).collect();
            clean.push('…');
        }
        Self(clean.into())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ShortText {
    type Error = NotA;
    fn try_from(text: String) -> Result<Self, NotA> {
        if text.chars().count() <= Self::MAX && !text.chars().any(char::is_control) {
            Ok(Self(text.into()))
        } else {
            Err(NotA::new(
                "a short text",
                "at most 240 characters without control characters",
                &text,
            ))
        }
    }
}

impl FromStr for ShortText {
    type Err = NotA;
    fn from_str(text: &str) -> Result<Self, NotA> {
        Self::try_from(text.to_owned())
    }
}

impl Serialize for ShortText {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl fmt::Display for ShortText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn v(text: &str) -> Version {
        Version::parse(text).expect("a version")
    }

    #[test]
    fn versions_compare_number_by_number_not_letter_by_letter() {
        assert!(v("9.10") > v("9.9"));
        assert!(v("150.0.7871") > v("150"));
        assert_eq!(v("24.04"), v("24.4.0"));
        assert!(v("144.0.7559").belongs_to(&v("144")));
        assert!(!v("1440").belongs_to(&v("144")));
        assert_eq!(v("150.0.7871").compare_to_line(&v("150")), Ordering::Equal);
    }

    #[test]
    fn what_is_no_version_is_refused_and_a_messy_one_gives_its_beginning() {
        for bad in [
            "",
            "1..2",
            "1.",
            ".1",
            "x",
            "+1",
            "1.2.3.4.5.6.7.8.9",
            "99999999999",
        ] {
            assert!(Version::parse(bad).is_err(), "{bad:?}");
        }
        assert_eq!(
            Version::leading("1.15.7-beta").map(|v| v.to_string()),
            Some("1.15.7".into())
        );
        assert_eq!(
            Version::leading("26. (x)").map(|v| v.to_string()),
            Some("26".into())
        );
        assert_eq!(Version::leading("beta"), None);
    }

    #[test]
    fn amounts_read_as_people_say_them_and_never_round_up() {
        assert_eq!(Bytes::from_mib(512).to_string(), "512 MB");
        assert_eq!(Bytes::from_mib(4095).to_string(), "3.9 GB");
        assert_eq!(Bytes::from_mib(24 * 1024).to_string(), "24 GB");
        assert_eq!(Seconds(90).to_string(), "90 s");
        assert_eq!(Seconds::from_days(14).to_string(), "14 days");
    }

    #[test]
    fn a_short_text_always_fits() {
        assert_eq!(
            ShortText::fit(&"é".repeat(500)).as_str().chars().count(),
            ShortText::MAX
        );
        assert_eq!(ShortText::fit("a\nb").as_str(), "a b");
        assert!(ShortText::try_from("a\nb".to_owned()).is_err());
    }
}
