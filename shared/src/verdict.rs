//! Verdicts: one finding for each rule, one assessment for a device.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::facts::Source;
use crate::ids::{RuleId, Title};
use crate::units::{ShortText, Timestamp};

/// How one requirement came out, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Met.
    Pass,
    /// Not known: never read, not readable, or too old.
    Unknown,
    /// Met with a reservation, or missed where missing it does not stop a test.
    Warn,
    /// Missed.
    Fail,
}

/// What a rule counts for on a platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Demand {
    /// Decides: its fail makes a device not ready, its unknown keeps it from being ready.
    Required,
    /// Informs: its warn or fail asks for attention, its unknown counts for nothing.
    Shown,
}

/// Whose rule it is: what a page calls "required by".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// The maker of the test platform asks for it.
    Vendor,
    /// The district asks for it, or we propose it where no vendor says anything.
    LocalPolicy,
}

/// How sure we are that the rule says what its source says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Inferred or from third parties: such a rule can warn, never fail.
    Low,
    /// The vendor's own words, older or seen in part.
    Medium,
    /// The vendor's own words, dated for this school year.
    High,
}

/// Where a rule comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Authority {
    /// Whose rule.
    pub basis: Basis,
    /// Which document.
    pub source: ShortText,
    /// The day the document was true, `YYYY-MM-DD`.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "date"))]
    pub as_of: jiff::civil::Date,
    /// How sure we are.
    pub confidence: Confidence,
}

/// What to do about a missed rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Fix {
    /// In words for a technician.
    pub text: ShortText,
    /// The fix deletes data: hidden between a device's first use in a session and its release, because unsent
    /// answers may exist on that device only.
    #[serde(default)]
    pub erases_data: bool,
}

/// One requirement judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Finding {
    /// Which rule.
    pub rule: RuleId,
    /// Its title for people.
    pub title: Title,
    /// How it came out.
    pub verdict: Verdict,
    /// What it counts for on this platform.
    pub demand: Demand,
    /// What was measured, or why nothing was, in words.
    pub measured: String,
    /// What is required, in words.
    pub required: String,
    /// Where the rule comes from.
    pub authority: Authority,
    /// What to do, when there is something to do: absent for a pass, and where nothing was settled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
    /// Who settled it; absent when nobody has read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_by: Option<Source>,
    /// When the reading was taken; its age is counted from here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_at: Option<Timestamp>,
    /// The reading is older than the rule allows: it must be seen again.
    #[serde(default)]
    pub stale: bool,
}

/// Whether a device can be used for the test, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Readiness {
    /// Every required rule is met.
    Ready,
    /// Usable, and something should be looked at.
    Attention,
    /// A required rule could not be settled: it may be ready, nobody knows.
    Unknown,
    /// A required rule is missed.
    NotReady,
}

impl Readiness {
    /// What the rules of a device come to together.
    ///
    /// Required: fail → not ready, unknown → unknown, warn → attention. Shown: warn or fail → attention.
    /// The worst of these holds.
    #[must_use]
    pub fn of(rules: impl Iterator<Item = (Demand, Verdict)>) -> Self {
        rules
            .map(|rule| match rule {
                (_, Verdict::Pass) | (Demand::Shown, Verdict::Unknown) => Self::Ready,
                (Demand::Required, Verdict::Fail) => Self::NotReady,
                (Demand::Required, Verdict::Unknown) => Self::Unknown,
                (Demand::Required, Verdict::Warn) | (Demand::Shown, Verdict::Warn | Verdict::Fail) => {
                    Self::Attention
                }
            })
            .max()
            // A requirement without one rule for this platform says nothing about it.
            .unwrap_or(Self::Unknown)
    }
}

impl fmt::Display for Readiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ready => "ready",
            Self::Attention => "attention",
            Self::Unknown => "unknown",
            Self::NotReady => "not ready",
        })
    }
}

/// All findings of a device at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Assessment {
    /// The device as a whole.
    pub readiness: Readiness,
    /// One for each rule that applies to its platform, in the profile's order.
    pub findings: Vec<Finding>,
}

impl Assessment {
    /// Draws the whole from the parts; the only way to an assessment, so the two never disagree.
    #[must_use]
    pub fn of(findings: Vec<Finding>) -> Self {
        let readiness = Readiness::of(findings.iter().map(|finding| (finding.demand, finding.verdict)));
        Self { readiness, findings }
    }
}
