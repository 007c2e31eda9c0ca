//! What a rule looks at and what it accepts: one type of limits for each kind.

use serde::{Deserialize, Serialize};

use crate::facts::Channel;
use crate::units::{Bytes, Percent, Seconds, ShortText, Version};

/// What a rule looks at, and what it accepts. Each kind reads one field of [`crate::facts::Facts`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(remote = "Self", tag = "kind", rename_all = "kebab-case")]
pub enum Check {
    /// Operating system version or build.
    OsVersion(OsVersion),
    /// Windows must not run in S mode.
    NotSMode,
    /// Memory at least.
    Memory(Amount),
    /// Free storage at least.
    FreeDisk(Amount),
    /// Display at least.
    Display(DisplaySize),
    /// Charge at least, unless on the charger; and enough to last to the seat's end.
    Battery(BatteryCharge),
    /// Restarted recently.
    Uptime(AtMost),
    /// Clock close to the collector's.
    Clock(ClockLimit),
    /// Managed by the district.
    Managed,
    /// Test app installed, at least in this version.
    App(AppVersion),
    /// Kiosk app set by management.
    Kiosk(KioskApps),
    /// Names can be looked up.
    Resolution(AtMost),
    /// A target answers.
    Reach(ReachTarget),
    /// A target answers fast and without loss. No vendor publishes such a number: local policy.
    Latency(LatencyLimit),
    /// No restart or update waits.
    NoRestartPending,
    /// The device stays awake by itself for at least so long.
    StaysAwake(StaysAwake),
    /// None of the programs runs that the requirements name as disturbing.
    NoIntruders,
    /// No answers wait on this device from an earlier test.
    NoSavedResponses(NoOlderThan),
    /// Encrypted traffic to the vendor is not opened on its way.
    NoTlsInspection,
    /// A kind that this program is too old to know.
    TooNew {
        /// The kind's name.
        named: ShortText,
    },
}

impl Check {
    /// Every kind that this program knows, as files and messages spell it.
    pub const KINDS: [&'static str; 20] = [
        "os-version",
        "not-s-mode",
        "memory",
        "free-disk",
        "display",
        "battery",
        "uptime",
        "clock",
        "managed",
        "app",
        "kiosk",
        "resolution",
        "reach",
        "latency",
        "no-restart-pending",
        "stays-awake",
        "no-intruders",
        "no-saved-responses",
        "no-tls-inspection",
        "too-new",
    ];

    /// The kind, as files and messages spell it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::OsVersion(_) => "os-version",
            Self::NotSMode => "not-s-mode",
            Self::Memory(_) => "memory",
            Self::FreeDisk(_) => "free-disk",
            Self::Display(_) => "display",
            Self::Battery(_) => "battery",
            Self::Uptime(_) => "uptime",
            Self::Clock(_) => "clock",
            Self::Managed => "managed",
            Self::App(_) => "app",
            Self::Kiosk(_) => "kiosk",
            Self::Resolution(_) => "resolution",
            Self::Reach(_) => "reach",
            Self::Latency(_) => "latency",
            Self::NoRestartPending => "no-restart-pending",
            Self::StaysAwake(_) => "stays-awake",
            Self::NoIntruders => "no-intruders",
            Self::NoSavedResponses(_) => "no-saved-responses",
            Self::NoTlsInspection => "no-tls-inspection",
            Self::TooNew { .. } => "too-new",
        }
    }
}

impl Serialize for Check {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

/// Tolerant towards newer collectors: an unknown kind is kept as [`Check::TooNew`] and judged "unknown".
impl<'de> Deserialize<'de> for Check {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        match value.get("kind").and_then(serde_json::Value::as_str) {
            Some(kind) if !Self::KINDS.contains(&kind) => Ok(Self::TooNew {
                named: ShortText::fit(kind),
            }),
            _ => Self::deserialize(value).map_err(serde::de::Error::custom),
        }
    }
}

/// Accepted operating systems: any of the ranges, except the holes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OsVersion {
    /// Accepted ranges. On Windows they are compared with the build, elsewhere with the version.
    pub any_of: Vec<OsRange>,
    /// Versions never accepted, whatever the ranges say.
    #[serde(default)]
    pub exclude: Vec<Version>,
    /// Below this the app refuses to start: always a fail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused_below: Option<Version>,
    /// What a system outside every range comes to: "works but unsupported" is a warn.
    pub otherwise: Outside,
}

/// What lies outside every accepted range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outside {
    /// The app starts, the vendor does not support it.
    Warn,
    /// The app or the vendor refuses.
    Fail,
}

/// One accepted range. Every mark given must match.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct OsRange {
    /// What people call it, where numbers alone say nothing: "Windows 11 24H2 or newer".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub named: Option<ShortText>,
    /// Linux distribution id.
    pub distribution: Option<ShortText>,
    /// ChromeOS channel.
    pub channel: Option<Channel>,
    /// At least.
    pub min: Option<Version>,
    /// At most, counting only as many numbers as are written: "150" includes 150.0.7871.
    pub max: Option<Version>,
    /// Within one line: "144" is every 144.x.
    pub within: Option<Version>,
    /// Windows editions, compared without case; empty means any.
    pub editions: Vec<ShortText>,
    /// Last day the range is accepted.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = "date"))]
    pub until: Option<jiff::civil::Date>,
    /// Accepted with a reservation ("best effort", "beta"): a warn instead of a pass.
    pub reservation: Option<ShortText>,
}

/// A minimum and a recommended amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Amount {
    /// Below it: missed.
    pub minimum: Bytes,
    /// Below it: worth a look. Never under the minimum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recommended: Option<Bytes>,
    /// What firmware and graphics keep of the built-in amount: added to the measured one before it is compared,
    /// so that a 4 GB laptop that counts 3.7 GB still has 4 GB.
    #[serde(default)]
    pub allowance: Bytes,
}

/// A minimum display.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DisplaySize {
    /// Pixels across, in landscape.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Diagonal in tenths of an inch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diagonal_tenths: Option<u16>,
}

/// Charge limits for a device on its battery. One on the charger passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BatteryCharge {
    /// Below it before a session: worth a look.
    pub warn_below: Percent,
    /// Below it: missed. Never above `warn_below`.
    pub fail_below: Percent,
}

/// Limits on a number where less is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AtMost {
    /// Above it: worth a look. In the unit of the check: seconds for uptime, milliseconds for resolution.
    pub warn_above: u64,
    /// Above it: missed. Never under `warn_above`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fail_above: Option<u64>,
}

/// Limits on a clock's distance in milliseconds, either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClockLimit {
    /// Farther off than this: worth a look.
    pub warn_ms: u64,
    /// Farther off than this: missed. Never under `warn_ms`.
    pub fail_ms: u64,
}

/// The test app, at least in a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AppVersion {
    /// Oldest accepted version; none means that any will do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<Version>,
}

/// Accepted kiosk apps: any of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KioskApps {
    /// Each accepted app with the systems it still runs on.
    pub any_of: Vec<KioskApp>,
}

/// One accepted kiosk app.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct KioskApp {
    /// Chrome App or extension id. Exactly one of `id` and `url` is given.
    pub id: Option<ShortText>,
    /// Beginning of the web app's address.
    pub url: Option<ShortText>,
    /// Runs only on systems up to this version, counted like [`OsRange::max`].
    pub os_max: Option<Version>,
    /// Runs only on this channel.
    pub channel: Option<Channel>,
    /// Last day it runs.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = "date"))]
    pub until: Option<jiff::civil::Date>,
}

/// What must answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReachTarget {
    /// The target.
    pub target: Target,
}

/// How long a device must stay awake when nobody touches it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StaysAwake {
    /// Sleeping sooner: missed.
    pub at_least: Seconds,
}

/// Age of what was left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NoOlderThan {
    /// Older: missed. What is newer belongs to the test that runs.
    pub older_than: Seconds,
}

/// Targets of network rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// The way out of the device's own network.
    Gateway,
    /// Our collector.
    Collector,
    /// Every vendor host of the profile.
    Vendor,
    /// Every test server of the school's own that the policy names.
    Local,
}

/// Limits on the way to a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LatencyLimit {
    /// The target.
    pub target: Target,
    /// Median above it: worth a look. Milliseconds.
    pub warn_ms: u32,
    /// Median above it: missed. Never under `warn_ms`.
    pub fail_ms: u32,
    /// Share of tries without answer above it: worth a look.
    pub warn_loss: Percent,
}
