//! Requirements: what a test platform (profile) and a district (policy) ask of a device.
//!
//! Values of these types are valid: ranges are in order, a low-confidence rule is known to be unable to fail, every
//! rule applies somewhere. They come from files or over the wire, where a kind of rule that this program
//! is too old to know becomes [`Check::TooNew`] instead of an error.

mod check;
mod deviation;
mod digest;
mod known_error;
mod parse;
mod policy;
mod sound;
#[cfg(test)]
pub(crate) mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use check::{
    Amount, AppVersion, AtMost, BatteryCharge, Check, ClockLimit, DisplaySize, KioskApp, KioskApps,
    LatencyLimit, NoOlderThan, OsRange, OsVersion, Outside, ReachTarget, StaysAwake, Target,
};
pub use deviation::{Change, Deviation};
pub use known_error::{CodePattern, KnownError};
pub use sound::{MAX_DEVIATIONS, MAX_ERRORS, MAX_INTRUDERS, MAX_MARKS, MAX_RANGES, MAX_RULES, NotSound};

use crate::facts::{HostPort, Platform, Source};
use crate::ids::{ProfileId, RuleId, Title};
use crate::units::{Seconds, ShortText};
use crate::verdict::{Authority, Demand, Fix};

/// Profile with policy laid over it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "sound::RawRequirement")]
pub struct Requirement {
    /// Which profile.
    pub profile: ProfileHead,
    /// Name of the policy laid over it, if one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Title>,
    /// The test app and how to find it.
    pub app: TestApp,
    /// The vendor's hosts that devices try.
    pub hosts: Vec<HostPort>,
    /// The school's own test servers that devices try, where the policy names some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local: Option<LocalServers>,
    /// Programs that disturb a test, where they run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub intruders: Vec<Intruder>,
    /// The rules, in the order pages show them.
    pub rules: Vec<Rule>,
    /// What the vendor's error codes mean. Not sent to devices: see [`Requirement::for_devices`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<KnownError>,
    /// Where the policy departs from the profile, each with its reason. Not sent to devices.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deviations: Vec<Deviation>,
}

impl Requirement {
    /// The requirement as devices get it: all that is judged, nothing that only people read.
    #[must_use]
    pub fn for_devices(&self) -> Self {
        Self {
            errors: Vec::new(),
            deviations: Vec::new(),
            ..self.clone()
        }
    }

    /// What the vendor's error code means; the narrowest entry that covers it.
    #[must_use]
    pub fn known_error(&self, code: &str) -> Option<&KnownError> {
        self.errors
            .iter()
            .filter(|known| known.code.covers(code))
            .min_by_key(|known| known.code.width())
    }
}

/// What a profile says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProfileHead {
    /// Its id.
    pub id: ProfileId,
    /// For pages: "TestNav requirements 2026-27".
    pub title: Title,
    /// For sentences: "TestNav".
    pub platform: Title,
    /// First day it holds.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "date"))]
    pub valid_from: jiff::civil::Date,
    /// Day by which somebody must look at it again.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "date"))]
    pub review_by: jiff::civil::Date,
}

/// Test servers inside the school: a ProctorCache computer (ports 4480 and 4481) or a COS service device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LocalServers {
    /// For sentences: "ProctorCache".
    pub name: Title,
    /// Each with its port, at most [`crate::facts::MAX_LOCAL_HOSTS`].
    pub hosts: Vec<HostPort>,
}

/// A program that disturbs a test: it takes the focus, shares the screen, or opens windows of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Intruder {
    /// For people: "TeamViewer".
    pub name: Title,
    /// Names of its running process on each system, compared like [`AppIdentity::processes`].
    pub on: BTreeMap<Platform, Vec<ShortText>>,
}

/// The test app: how each system knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TestApp {
    /// For sentences: "TestNav".
    pub name: Title,
    /// Its identity on each system; a system without an entry has none that is known.
    pub on: BTreeMap<Platform, AppIdentity>,
}

/// Marks by which an agent finds an app. Any one of them suffices.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct AppIdentity {
    /// Names of its running process, compared without case on Windows and macOS.
    pub processes: Vec<ShortText>,
    /// Where it is installed; may begin with a variable of the system such as `%ProgramFiles%` or with `{home}`.
    pub paths: Vec<ShortText>,
    /// Windows: display name, or its beginning, in the uninstall registry keys.
    pub registry_names: Vec<ShortText>,
    /// Windows: MSI upgrade code.
    pub upgrade_code: Option<ShortText>,
    /// macOS, iPadOS: bundle id or its beginning.
    pub bundle_ids: Vec<ShortText>,
    /// macOS: team that signs it.
    pub team_id: Option<ShortText>,
    /// Folders in which it keeps answers that are not sent yet; written like `paths`.
    pub saved_responses: Vec<ShortText>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Rule {
    /// Its id, unique in the requirement.
    pub id: RuleId,
    /// For pages: "Windows version".
    pub title: Title,
    /// What it looks at and what it accepts.
    pub check: Check,
    /// Where it applies and what it counts for there.
    pub on: BTreeMap<Platform, Terms>,
    /// How long a reading settles it.
    pub time_to_live: Seconds,
    /// Where it comes from.
    pub authority: Authority,
    /// What to do when it is missed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
}

/// What a rule counts for on one platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Terms {
    /// Required or shown.
    pub demand: Demand,
    /// Which sources settle it; a reading from another source is shown and settles nothing.
    pub settled_by: Vec<Source>,
    /// What it comes to when it cannot be settled.
    pub if_unknown: IfUnknown,
}

/// What an unsettled rule comes to. There is no "pass": nobody's silence makes a device ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum IfUnknown {
    /// Unknown.
    Unknown,
    /// Worth a look.
    Warn,
    /// As bad as missed.
    Fail,
}
