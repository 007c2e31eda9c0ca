//! The agent's settings: file, then environment, then flags; each overrides the one before.

mod load;

use std::path::PathBuf;

use roomready_shared::wire::v1::DuringTest;

use crate::places::Places;
use crate::uplink::{CollectorAddress, Collectors, ProxyChoice};

pub use load::{ConfigError, load, parse};

/// Settings as used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Data folder.
    pub data: PathBuf,
    /// The collector's addresses, where they differ from those at which this device was enrolled.
    pub collectors: Option<Collectors>,
    /// The file with the certificates that are believed, and no others.
    pub ca: Option<PathBuf>,
    /// The proxy on the way, where it differs from what the enrolment file said.
    pub proxy: Option<ProxyChoice>,
    /// The file by which a device that is not enrolled enrols itself when it starts.
    pub enrolment: Option<PathBuf>,
    /// What this device does while students test; the district's assignment may be stricter.
    pub during_test: DuringTest,
    /// What is logged: `error`, `warn`, `info`, `debug` or `trace`.
    pub log: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data: PathBuf::from(Places::here().data),
            collectors: None,
            ca: None,
            proxy: None,
            enrolment: None,
            during_test: DuringTest::Quiet,
            log: "info".into(),
        }
    }
}

/// What flags and environment say; nothing where they are silent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// Data folder.
    pub data: Option<PathBuf>,
    /// Collector.
    pub collector: Option<CollectorAddress>,
    /// The enrolment file.
    pub enrolment: Option<PathBuf>,
    /// What is logged.
    pub log: Option<String>,
}

impl Config {
    /// Flags and environment laid over.
    #[must_use]
    pub fn overridden(self, by: Overrides) -> Self {
        Self {
            data: by.data.unwrap_or(self.data),
            collectors: by.collector.map(Collectors::one).or(self.collectors),
            ca: self.ca,
            proxy: self.proxy,
            enrolment: by.enrolment.or(self.enrolment),
            during_test: self.during_test,
            log: by.log.unwrap_or(self.log),
        }
    }
}
