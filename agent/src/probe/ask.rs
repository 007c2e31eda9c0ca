//! What can be asked of a device, and about what.

use std::collections::BTreeSet;

use roomready_shared::facts::{HostPort, MAX_VENDOR_HOSTS, Platform};
use roomready_shared::requirement::{AppIdentity, Requirement};

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
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 12] = [
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
        ],
        &[Self::AppRun],
        &[Self::Gateway, Self::Resolution, Self::Collector, Self::Vendor],
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
    /// The collector.
    pub collector: Option<HostPort>,
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
            collector,
        }
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
            | Kind::Gateway => true,
            Kind::App | Kind::AppRun => self.app.is_some(),
            Kind::Resolution | Kind::Vendor => !self.hosts.is_empty(),
            Kind::Collector => self.collector.is_some(),
        }
    }
}

/// One request for readings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// What to read.
    pub kinds: BTreeSet<Kind>,
    /// About what.
    pub targets: Targets,
    /// At what cost.
    pub effort: Effort,
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
            targets,
            effort,
        }
    }
}
