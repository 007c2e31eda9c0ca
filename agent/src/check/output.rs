//! What `check --json` prints. `configs/schema/check.schema.json` describes it; a test holds the two together.

use roomready_shared::evaluate::Occasion;
use roomready_shared::facts::Facts;
use roomready_shared::ids::{ProfileId, Title};
use roomready_shared::units::{ShortText, Timestamp};
use roomready_shared::verdict::{Assessment, Finding, Readiness};
use serde::{Deserialize, Serialize};

use super::{Inquiry, words};

/// Name of this format. It changes when a field changes its meaning or goes away; new fields may come.
pub const SCHEMA: &str = "roomready-check-1";

/// One look at one machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckOutput {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// Version of the agent that looked.
    pub agent_version: String,
    /// When.
    pub at: Timestamp,
    /// The machine as a whole.
    pub readiness: Readiness,
    /// The status that `check` leaves with.
    pub exit_code: u8,
    /// By what it was judged; absent when no requirement was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requirement: Option<Judged>,
    /// End of the session that the battery must last to, when one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_ends: Option<Timestamp>,
    /// Each requirement judged, worst first.
    pub findings: Vec<Finding>,
    /// What could not be read, and why.
    pub unread: Vec<Unread>,
    /// What was read.
    pub facts: Facts,
}

/// By what a machine was judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// The profile's id.
    pub profile: ProfileId,
    /// Its title.
    pub title: Title,
    /// The policy laid over it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Title>,
    /// Fingerprint of both together, as reports carry it.
    pub digest: ShortText,
}

/// A fact that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unread {
    /// Its name, as in `facts`.
    pub fact: String,
    /// What it is, for a person.
    pub title: String,
    /// `unsupported`, `denied` or `failed`.
    pub outcome: String,
    /// Why.
    pub why: ShortText,
}

impl CheckOutput {
    pub(super) fn of(inquiry: &Inquiry, facts: Facts, assessment: Option<Assessment>, at: Timestamp) -> Self {
        let readiness = super::readiness(assessment.as_ref());
        let mut findings = assessment.map_or_else(Vec::new, |assessment| assessment.findings);
        // A stable sort: within one weight the profile's order stays.
        findings.sort_by_key(words::weight);
        Self {
            schema: SCHEMA.into(),
            agent_version: crate::VERSION.into(),
            at,
            readiness,
            exit_code: crate::cli::exit::of(readiness),
            requirement: inquiry.requirement.as_ref().map(|requirement| Judged {
                profile: requirement.profile.id.clone(),
                title: requirement.profile.title.clone(),
                policy: requirement.policy.clone(),
                digest: requirement.digest(),
            }),
            session_ends: match inquiry.occasion {
                Occasion::None => None,
                Occasion::Sitting { seat_ends, .. } => Some(seat_ends),
            },
            findings,
            unread: words::unread(&facts),
            facts,
        }
    }
}
