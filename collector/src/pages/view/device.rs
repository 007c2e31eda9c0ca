//! One device: each check with what was measured, what is required and how to fix it.

use super::{
    frame::Frame,
    identity::IdentityTrouble,
    incident::IncidentCard,
    seat::Battery,
    standing::{Standing, Tone},
};
use crate::pages::time::LocalTime;

/// Everything the device page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DevicePage {
    /// What surrounds it.
    pub frame: Frame,
    /// Name, place, status.
    pub head: DeviceHead,
    /// What is wrong with the identity by which it speaks.
    pub identity: Option<IdentityTrouble>,
    /// Where the forms go by which a person changes that: for whoever may.
    pub credential_forms: Option<String>,
    /// Each check, in any order: the page puts the worst first.
    pub checks: Vec<Check>,
    /// Whose requirements these are: `TestNav 2026-27 requirements`; none while no session or profile names any.
    pub requirements: Option<String>,
    /// Whether nothing of ours can run on this kind of device: it is never asked to be started or woken.
    pub no_agent: bool,
    /// What this device cannot read, and why.
    pub unread: Vec<Unread>,
    /// What is known about it: model, system, memory.
    pub facts: Vec<Fact>,
    /// Its open incidents and those of today.
    pub incidents: Vec<IncidentCard>,
    /// Inner words for technicians: shown only behind "Details".
    pub details: Vec<Detail>,
}

/// Top of a device page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceHead {
    /// `LIB-14`.
    pub name: String,
    /// `Seat 12`, if it has one now.
    pub seat: Option<String>,
    /// Its status.
    pub standing: Standing,
    /// Why, in one sentence; the meaning of the status is shown without one.
    pub reason: Option<String>,
    /// What people said is wrong there, where something worse is its status: `Help wanted: message 8026 since 10:38`.
    pub said: Option<String>,
    /// When it was last heard; none if never.
    pub last_heard: Option<LocalTime>,
    /// Its battery, when known.
    pub battery: Option<Battery>,
}

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CheckResult {
    /// It misses what is required.
    Fail,
    /// It could not be read.
    Unknown,
    /// It is met, but something should be looked at.
    Warn,
    /// It could not be read, and nothing depends on it.
    NotTold,
    /// It is met.
    Pass,
}

/// One requirement, judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Stable key, for the element id: letters, digits, `-`, `_`.
    pub key: String,
    /// What is checked: `Free disk space`.
    pub title: String,
    /// How it came out.
    pub result: CheckResult,
    /// What was measured: `31.2 GB`; or why nothing was: `could not be read: no permission`.
    pub measured: String,
    /// What is required: `at least 32 GB`.
    pub required: String,
    /// Who requires it: `Pearson (TestNav)` or `district policy`.
    pub required_by: String,
    /// How to fix it.
    pub fix: Option<Fix>,
    /// When it was read.
    pub read_at: Option<LocalTime>,
    /// Set when the reading is too old to rely on: `older than 7 days`.
    pub too_old: Option<String>,
    /// Inner words for technicians: shown only behind "Details".
    pub details: Vec<Detail>,
}

/// How to fix what a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What to do, as a sentence.
    pub words: String,
    /// Whether doing so deletes data: marked on the page. The caller leaves such a fix out between a device's first use in
    /// a session and its release.
    pub deletes_data: bool,
}

/// Something this device cannot tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// What: `Battery`.
    pub what: String,
    /// Why: `this computer has no battery`.
    pub why: String,
}

/// Something known about a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What: `Memory`.
    pub label: String,
    /// The value: `8.0 GB`.
    pub value: String,
    /// How old.
    pub read_at: Option<LocalTime>,
}

/// An inner word and its value, for "Details" only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail {
    /// The inner word.
    pub label: String,
    /// Its value.
    pub value: String,
}

impl CheckResult {
    /// The result in plain words.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Fail => "Not met",
            Self::Unknown | Self::NotTold => "Not known",
            Self::Warn => "Look at it",
            Self::Pass => "Met",
        }
    }

    /// How it is tinted: what nothing depends on steps back.
    #[must_use]
    pub fn tone(self) -> Tone {
        match self {
            Self::NotTold => Tone::Quiet,
            other => other.like().tone(),
        }
    }

    /// The status whose shape it shares.
    #[must_use]
    pub fn like(self) -> Standing {
        match self {
            Self::Fail => Standing::NotReady,
            Self::Unknown | Self::NotTold => Standing::Unknown,
            Self::Warn => Standing::Attention,
            Self::Pass => Standing::Ready,
        }
    }
}

impl DevicePage {
    /// Whether two machines speak as this device.
    #[must_use]
    pub const fn is_shared(&self) -> bool {
        matches!(self.identity, Some(IdentityTrouble::Shared { .. }))
    }

    /// The checks that need somebody, worst first.
    #[must_use]
    pub fn open_checks(&self) -> Vec<&Check> {
        let mut open: Vec<_> = self
            .checks
            .iter()
            .filter(|check| !matches!(check.result, CheckResult::Pass | CheckResult::NotTold))
            .collect();
        open.sort_by_key(|check| check.result);
        open
    }

    /// The checks that are met.
    #[must_use]
    pub fn met_checks(&self) -> Vec<&Check> {
        self.with(CheckResult::Pass)
    }

    /// The checks that could not be read and on which nothing depends.
    #[must_use]
    pub fn untold_checks(&self) -> Vec<&Check> {
        self.with(CheckResult::NotTold)
    }

    fn with(&self, result: CheckResult) -> Vec<&Check> {
        self.checks
            .iter()
            .filter(|check| check.result == result)
            .collect()
    }
}
