//! What makes a requirement sound. Said once here; the file reader tells it with lines, the wire refuses with it.

mod limits;

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{
    Check, Deviation, IfUnknown, Intruder, KnownError, LocalServers, Outside, ProfileHead, Requirement, Rule,
    Target, TestApp,
};
use crate::facts::{HostPort, MAX_LOCAL_HOSTS, MAX_VENDOR_HOSTS, Source};
use crate::ids::Title;
use crate::verdict::Confidence;

/// Most rules of a requirement: a person reads the list, and a profile with policy stays under 30.
pub const MAX_RULES: usize = 64;
/// Most accepted ranges or kiosk apps of one rule: systems times channels stay far below.
pub const MAX_RANGES: usize = 32;
/// Most marks of one kind by which an app is known: vendors move their files every few years.
pub const MAX_MARKS: usize = 16;
/// Most programs that count as disturbing: Safe Exam Browser's own list has about 60 entries.
pub const MAX_INTRUDERS: usize = 96;
/// Most error codes: the longest known list has 50 lines.
pub const MAX_ERRORS: usize = 256;
/// Most departures of a policy: as many as there can be rules.
pub const MAX_DEVIATIONS: usize = MAX_RULES;

/// Something that contradicts itself, under the key where it stands.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unsound {
    pub(crate) key: &'static str,
    pub(crate) problem: String,
    pub(crate) instead: String,
}

impl Unsound {
    fn new(key: &'static str, problem: impl Into<String>, instead: impl Into<String>) -> Self {
        Self {
            key,
            problem: problem.into(),
            instead: instead.into(),
        }
    }
}

/// A requirement that contradicts itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the requirement is not sound: {0}")]
pub struct NotSound(String);

impl Rule {
    /// Everything but the limits themselves, which the check tells.
    pub(crate) fn unsound(&self) -> Vec<Unsound> {
        let mut found = Vec::new();
        if self.on.is_empty() {
            found.push(Unsound::new(
                "on",
                "the rule applies nowhere",
                "name at least one platform",
            ));
        }
        if self.time_to_live.0 == 0 {
            found.push(Unsound::new(
                "time_to_live",
                "a reading is never new enough",
                "write at least \"1s\"",
            ));
        }
        for (platform, terms) in &self.on {
            if terms.settled_by.is_empty() {
                found.push(Unsound::new(
                    "on",
                    format!("nobody can settle the rule on {platform}"),
                    "name at least one of agent, browser, inventory, person in settled_by",
                ));
            }
            if self.authority.confidence == Confidence::Low && terms.if_unknown == IfUnknown::Fail {
                found.push(Unsound::new(
                    "on",
                    "a rule of low confidence cannot fail",
                    "write if_unknown = \"warn\" or \"unknown\"",
                ));
            }
        }
        if self.authority.confidence == Confidence::Low
            && let Check::OsVersion(os) = &self.check
            && os.otherwise == Outside::Fail
        {
            found.push(Unsound::new(
                "limits",
                "a rule of low confidence cannot fail",
                "write otherwise = \"warn\"",
            ));
        }
        if self.authority.source.as_str().trim().is_empty() {
            found.push(Unsound::new(
                "source",
                "the source is empty",
                "name the document, with its date",
            ));
        }
        found
    }

    /// What can never be settled where it is asked for. Only files are held to it: a later collector may know of
    /// systems and agents that this program does not.
    pub(crate) fn misplaced(&self) -> Vec<Unsound> {
        let mut found = Vec::new();
        if let Some(only) = self.check.only_on()
            && let Some(other) = self.on.keys().find(|platform| **platform != only)
        {
            found.push(Unsound::new(
                "on",
                format!("{} has nothing that {} could look at", other, self.check.kind()),
                format!("apply it to \"{}\" only", only.word()),
            ));
        }
        for (platform, terms) in &self.on {
            if terms.settled_by.contains(&Source::Agent) && !platform.can_run_agent() {
                found.push(Unsound::new(
                    "on",
                    format!("no agent can run on {platform}"),
                    "name browser, inventory or person in settled_by there",
                ));
            }
        }
        found
    }
}

impl Requirement {
    /// Whether a rule looks at the vendor's servers although none is named.
    pub(crate) fn lacks_hosts(&self) -> bool {
        let vendor = |rule: &Rule| match &rule.check {
            Check::Reach(reach) => reach.target == Target::Vendor,
            Check::Latency(limit) => limit.target == Target::Vendor,
            _ => false,
        };
        self.hosts.is_empty() && self.rules.iter().any(vendor)
    }

    /// Whether a rule looks at the school's own test servers although none is named.
    pub(crate) fn lacks_local(&self) -> bool {
        let local = |rule: &Rule| match &rule.check {
            Check::Reach(reach) => reach.target == Target::Local,
            Check::Latency(limit) => limit.target == Target::Local,
            _ => false,
        };
        let named = self.local.as_ref().is_some_and(|local| !local.hosts.is_empty());
        !named && self.rules.iter().any(local)
    }

    /// Whether a rule looks at disturbing programs although none is named.
    pub(crate) fn lacks_intruders(&self) -> bool {
        let looks = |rule: &Rule| matches!(rule.check, Check::NoIntruders);
        self.intruders.is_empty() && self.rules.iter().any(looks)
    }

    /// What holds between the parts. Each problem names the key at the top of the file that it belongs to.
    pub(crate) fn unsound(&self) -> Vec<Unsound> {
        let mut found = Vec::new();
        let counts = [
            ("rule", self.rules.len(), MAX_RULES),
            ("error", self.errors.len(), MAX_ERRORS),
            ("relax", self.deviations.len(), MAX_DEVIATIONS),
            ("intruder", self.intruders.len(), MAX_INTRUDERS),
        ];
        for (key, len, most) in counts {
            if len > most {
                found.push(Unsound::new(
                    key,
                    format!("{len} of [[{key}]]"),
                    format!("write at most {most}"),
                ));
            }
        }
        found
    }

    fn first_unsound(&self) -> Option<String> {
        if let Some(unsound) = self.unsound().into_iter().next() {
            return Some(unsound.problem);
        }
        if self.lacks_hosts() || self.hosts.len() > MAX_VENDOR_HOSTS {
            return Some(format!("{} vendor hosts", self.hosts.len()));
        }
        let local = self.local.as_ref().map_or(0, |local| local.hosts.len());
        if self.lacks_local() || local > MAX_LOCAL_HOSTS {
            return Some(format!("{local} test servers of the school"));
        }
        if self.profile.review_by < self.profile.valid_from {
            return Some("it is to be reviewed before it is valid".to_owned());
        }
        let mut ids = BTreeSet::new();
        self.rules.iter().find_map(|rule| {
            if !ids.insert(&rule.id) {
                return Some(format!("two rules have the id {}", rule.id));
            }
            let unsound = rule
                .check
                .unsound()
                .or_else(|| rule.unsound().into_iter().next())?;
            Some(format!("rule {}: {}", rule.id, unsound.problem))
        })
    }
}

/// A requirement as it comes over the wire, before it is known to be sound.
#[derive(Deserialize)]
pub(super) struct RawRequirement {
    profile: ProfileHead,
    policy: Option<Title>,
    app: TestApp,
    hosts: Vec<HostPort>,
    local: Option<LocalServers>,
    #[serde(default)]
    intruders: Vec<Intruder>,
    rules: Vec<Rule>,
    #[serde(default)]
    errors: Vec<KnownError>,
    #[serde(default)]
    deviations: Vec<Deviation>,
}

impl TryFrom<RawRequirement> for Requirement {
    type Error = NotSound;
    fn try_from(raw: RawRequirement) -> Result<Self, NotSound> {
        let requirement = Self {
            profile: raw.profile,
            policy: raw.policy,
            app: raw.app,
            hosts: raw.hosts,
            local: raw.local,
            intruders: raw.intruders,
            rules: raw.rules,
            errors: raw.errors,
            deviations: raw.deviations,
        };
        requirement
            .first_unsound()
            .map_or(Ok(requirement), |problem| Err(NotSound(problem)))
    }
}
