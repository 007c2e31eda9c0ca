//! What can be asked of a device, and about what.

use std::sync::Arc;

use roomready_shared::facts::{HostPort, MAX_LOCAL_HOSTS, MAX_VENDOR_HOSTS, Platform};
use roomready_shared::ids::Title;
use roomready_shared::requirement::{AppIdentity, Requirement};
use roomready_shared::units::ShortText;

use super::Kinds;

/// Kinds of readings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Operating system.
    Os,
    /// Memory.
    Memory,
    /// Storage.
    Disk,
    /// Display.
    Display,
    /// Battery and charger.
    Power,
    /// Time since the system started.
    Uptime,
    /// Test app installed.
    App,
    /// Test app running.
    AppRun,
    /// Way out of the local network.
    Gateway,
    /// Looking up names.
    Resolution,
    /// Way to the collector.
    Collector,
    /// Way to the vendor's hosts.
    Vendor,
    /// Way to a host outside that has nothing to do with the vendor.
    Outside,
    /// Way to the school's own test servers.
    Local,
    /// Whose certificates the vendor's hosts show.
    Certificates,
    /// The device's own connection.
    Link,
    /// Updates and restarts that wait.
    Updates,
    /// When the device sleeps by itself.
    Sleep,
    /// Programs that disturb a test.
    Intruders,
    /// Answers that wait on the device.
    SavedResponses,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 20] = [
        Self::Os,
        Self::Memory,
        Self::Disk,
        Self::Display,
        Self::Power,
        Self::Uptime,
        Self::App,
        Self::AppRun,
        Self::Gateway,
        Self::Resolution,
        Self::Collector,
        Self::Vendor,
        Self::Outside,
        Self::Local,
        Self::Certificates,
        Self::Link,
        Self::Updates,
        Self::Sleep,
        Self::Intruders,
        Self::SavedResponses,
    ];

    /// Kinds that are read together: a slow network must not hold up the battery, nor the battery the test app.
    pub const GROUPS: [&[Self]; 3] = [
        &[
            Self::Os,
            Self::Memory,
            Self::Disk,
            Self::Display,
            Self::Power,
            Self::Uptime,
            Self::App,
            Self::Link,
            Self::Updates,
            Self::Sleep,
            Self::SavedResponses,
        ],
        &[Self::AppRun, Self::Intruders],
        &[
            Self::Gateway,
            Self::Resolution,
            Self::Collector,
            Self::Vendor,
            Self::Outside,
            Self::Local,
            Self::Certificates,
        ],
    ];
}

/// How much a reading of the network may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// A window of several tries: before a test.
    Full,
    /// One try, and a second only where it failed: while students test.
    Light,
}

/// What to look for and whom to try.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Targets {
    /// The vendor's hosts.
    pub hosts: Vec<HostPort>,
    /// The test app's marks on this system.
    pub app: Option<AppIdentity>,
    /// The school's own test servers.
    pub local: Vec<HostPort>,
    /// Programs that disturb a test on this system, each with the names of its process.
    pub intruders: Vec<(Title, Vec<ShortText>)>,
    /// The collector.
    pub collector: Option<HostPort>,
    /// A host outside that has nothing to do with the vendor.
    pub outside: Option<HostPort>,
}

impl Targets {
    /// What a requirement names for one system.
    #[must_use]
    pub fn of(requirement: Option<&Requirement>, platform: Platform, collector: Option<HostPort>) -> Self {
        Self {
            hosts: requirement.map_or_else(Vec::new, |requirement| {
                requirement.hosts.iter().take(MAX_VENDOR_HOSTS).cloned().collect()
            }),
            // A system on which nobody knows the app is asked too: the reading says that, which is better than silence.
            app: requirement
                .map(|requirement| requirement.app.on.get(&platform).cloned().unwrap_or_default()),
            local: requirement
                .and_then(|requirement| requirement.local.as_ref())
                .map_or_else(Vec::new, |local| {
                    local.hosts.iter().take(MAX_LOCAL_HOSTS).cloned().collect()
                }),
            intruders: requirement.map_or_else(Vec::new, |requirement| {
                requirement
                    .intruders
                    .iter()
                    .filter_map(|intruder| Some((intruder.name.clone(), intruder.on.get(&platform)?.clone())))
                    .collect()
            }),
            collector,
            outside: None,
        }
    }

    /// The same, with the host outside that the district has named.
    #[must_use]
    pub fn with_outside(self, outside: Option<HostPort>) -> Self {
        Self { outside, ..self }
    }

    /// Whether there is anything to ask of this kind.
    #[must_use]
    pub fn allow(&self, kind: Kind) -> bool {
        match kind {
            Kind::Os
            | Kind::Memory
            | Kind::Disk
            | Kind::Display
            | Kind::Power
            | Kind::Uptime
            | Kind::Link
            | Kind::Updates
            | Kind::Sleep
            | Kind::Gateway => true,
            Kind::App | Kind::AppRun => self.app.is_some(),
            Kind::SavedResponses => self
                .app
                .as_ref()
                .is_some_and(|app| !app.saved_responses.is_empty()),
            Kind::Intruders => !self.intruders.is_empty(),
            Kind::Resolution | Kind::Vendor | Kind::Certificates => !self.hosts.is_empty(),
            Kind::Local => !self.local.is_empty(),
            Kind::Collector => self.collector.is_some(),
            Kind::Outside => self.outside.is_some(),
        }
    }
}

/// One request for readings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// What to read.
    pub kinds: Kinds,
    /// About what.
    pub targets: Arc<Targets>,
    /// At what cost.
    pub effort: Effort,
    /// By how much the device's clock is known to run ahead, in milliseconds; `None` before anybody compared it. What
    /// has dates of its own is judged by the corrected time.
    pub clock_ahead_ms: Option<i64>,
}

impl Ask {
    /// Everything that these targets allow.
    #[must_use]
    pub fn everything(targets: Targets, effort: Effort) -> Self {
        Self {
            kinds: Kind::ALL
                .into_iter()
                .filter(|kind| targets.allow(*kind))
                .collect(),
            targets: Arc::new(targets),
            effort,
            clock_ahead_ms: None,
        }
    }
}
