//! Facts: what is known about one device, each with where it came from and when.
//!
//! A reading is never a bare absence. A field that is `None` has *never been read* by anybody; a field that was
//! tried and could not be read says why in its [`Outcome`]. The two are told apart on every page: "never checked"
//! sends a technician to the device, "not permitted" sends them to the permission.

mod app;
mod certificates;
mod link;
mod network;
mod power;
mod programs;
mod settings;
mod system;

pub use app::{AppInstall, AppRun, Kiosk, KioskEntry};
pub use certificates::{Certificates, ForeignCertificate, Trust};
pub use link::{Link, LinkKind, MAX_RESOLVERS, Proxy, Subnet};
pub use network::{BadReach, ClockOffset, HostPort, Latency, Reach, Resolution, Via};
pub use power::{Battery, Flow, Power};
pub use programs::{Footprint, Intruders, SavedResponses};
pub use settings::{Idle, LidAction, SleepSettings, Updates};
pub use system::{Channel, Disk, Display, Memory, Os, Platform};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::units::{Seconds, ShortText, Timestamp};

/// Who or what a reading came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Our program on the device.
    Agent,
    /// A page that the device opened.
    Browser,
    /// The district's device management.
    Inventory,
    /// A person's word: an attestation.
    Person,
}

/// What came of trying to read something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome<T> {
    /// Read, and this is the value.
    Measured(T),
    /// This system has no such thing, or no way to ask.
    Unsupported(ShortText),
    /// The system refused to tell; the text says what would permit it.
    Denied(ShortText),
    /// The attempt failed; the text says how.
    Failed(ShortText),
}

/// One outcome with its source and its time by the reader's clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reading<T> {
    /// What came of it.
    pub outcome: Outcome<T>,
    /// Who read it.
    pub source: Source,
    /// When.
    pub at: Timestamp,
}

impl<T> Reading<T> {
    /// The value, if there is one.
    pub fn value(&self) -> Option<&T> {
        match &self.outcome {
            Outcome::Measured(value) => Some(value),
            Outcome::Unsupported(_) | Outcome::Denied(_) | Outcome::Failed(_) => None,
        }
    }

    /// How old the reading is; zero for one from the future, since a device's clock may run ahead.
    pub fn age(&self, now: Timestamp) -> Seconds {
        Seconds(u64::try_from(now.duration_since(self.at).as_secs()).unwrap_or(0))
    }
}

/// Everything known about one device. Each field is a kind of fact; `None` means nobody has read it yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Facts {
    /// The device's system family: decides which rules apply, so it is known from enrolment or roster on.
    pub platform: Platform,
    /// Operating system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub os: Option<Reading<Os>>,
    /// Memory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<Reading<Memory>>,
    /// Storage of the volume that holds users' files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disk: Option<Reading<Disk>>,
    /// The largest connected display.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display: Option<Reading<Display>>,
    /// Battery and charger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub power: Option<Reading<Power>>,
    /// Time since the system started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uptime: Option<Reading<Seconds>>,
    /// The device's clock against the collector's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<Reading<ClockOffset>>,
    /// Whether the district manages the device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub managed: Option<Reading<bool>>,
    /// The way out of the device's own network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway: Option<Reading<Reach>>,
    /// Looking up the vendor's names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Reading<Resolution>>,
    /// The way to the collector.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collector: Option<Reading<Reach>>,
    /// The way to each of the vendor's hosts that the profile names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub vendor: BTreeMap<HostPort, Reading<Reach>>,
    /// The way to a host outside that has nothing to do with the vendor: with it, a vendor that does not answer is told
    /// from a network that is cut off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outside: Option<Reading<Reach>>,
    /// The test app as installed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<Reading<AppInstall>>,
    /// The test app as running.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_run: Option<Reading<AppRun>>,
    /// The kiosk app that device management has set (ChromeOS).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kiosk: Option<Reading<Kiosk>>,
    /// Updates and restarts that wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updates: Option<Reading<Updates>>,
    /// When the device sleeps by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sleep: Option<Reading<SleepSettings>>,
    /// Programs that disturb a test and run now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intruders: Option<Reading<Intruders>>,
    /// Answers that wait on this device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saved_responses: Option<Reading<SavedResponses>>,
    /// The device's own connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<Reading<Link>>,
    /// Whose certificates the vendor's hosts show here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificates: Option<Reading<Certificates>>,
    /// The way to each of the school's own test servers that the policy names: a ProctorCache or COS computer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub local: BTreeMap<HostPort, Reading<Reach>>,
    /// What this agent costs the device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub footprint: Option<Reading<Footprint>>,
}

/// Most vendor hosts that one device reads and reports; profiles name two or three.
pub const MAX_VENDOR_HOSTS: usize = 16;
/// Most of the school's own test servers that one device reads and reports: two ports of a cache computer or two.
pub const MAX_LOCAL_HOSTS: usize = 8;

impl Facts {
    /// Nothing read yet.
    #[must_use]
    pub fn none(platform: Platform) -> Self {
        Self {
            platform,
            os: None,
            memory: None,
            disk: None,
            display: None,
            power: None,
            uptime: None,
            clock: None,
            managed: None,
            gateway: None,
            resolution: None,
            collector: None,
            vendor: BTreeMap::new(),
            outside: None,
            app: None,
            app_run: None,
            kiosk: None,
            updates: None,
            sleep: None,
            intruders: None,
            saved_responses: None,
            link: None,
            certificates: None,
            local: BTreeMap::new(),
            footprint: None,
        }
    }

    /// Moves the time of every reading, as when a device's clock turns out to be wrong.
    pub fn move_times(&mut self, to: impl Fn(Timestamp) -> Timestamp) {
        fn one<T>(reading: Option<&mut Reading<T>>, to: &impl Fn(Timestamp) -> Timestamp) {
            if let Some(reading) = reading {
                reading.at = to(reading.at);
            }
        }
        // Taken apart, so that a new kind of fact cannot be forgotten here.
        let Self {
            platform: _,
            os,
            memory,
            disk,
            display,
            power,
            uptime,
            clock,
            managed,
            gateway,
            resolution,
            collector,
            vendor,
            outside,
            app,
            app_run,
            kiosk,
            updates,
            sleep,
            intruders,
            saved_responses,
            link,
            certificates,
            local,
            footprint,
        } = self;
        one(os.as_mut(), &to);
        one(memory.as_mut(), &to);
        one(disk.as_mut(), &to);
        one(display.as_mut(), &to);
        one(power.as_mut(), &to);
        one(uptime.as_mut(), &to);
        one(clock.as_mut(), &to);
        one(managed.as_mut(), &to);
        one(gateway.as_mut(), &to);
        one(resolution.as_mut(), &to);
        one(collector.as_mut(), &to);
        one(outside.as_mut(), &to);
        for reading in vendor.values_mut().chain(local.values_mut()) {
            one(Some(reading), &to);
        }
        one(app.as_mut(), &to);
        one(app_run.as_mut(), &to);
        one(kiosk.as_mut(), &to);
        one(updates.as_mut(), &to);
        one(sleep.as_mut(), &to);
        one(intruders.as_mut(), &to);
        one(saved_responses.as_mut(), &to);
        one(link.as_mut(), &to);
        one(certificates.as_mut(), &to);
        one(footprint.as_mut(), &to);
    }

    /// Lays newer readings over these: each field present in `newer` replaces the one here, the others stay.
    /// A reading older than the one held is ignored, so a late arrival never hides a newer truth.
    pub fn merge(&mut self, newer: Self) {
        fn lay<T>(held: &mut Option<Reading<T>>, newer: Option<Reading<T>>) {
            if let Some(newer) = newer
                && held.as_ref().is_none_or(|held| held.at <= newer.at)
            {
                *held = Some(newer);
            }
        }
        self.platform = newer.platform;
        lay(&mut self.os, newer.os);
        lay(&mut self.memory, newer.memory);
        lay(&mut self.disk, newer.disk);
        lay(&mut self.display, newer.display);
        lay(&mut self.power, newer.power);
        lay(&mut self.uptime, newer.uptime);
        lay(&mut self.clock, newer.clock);
        lay(&mut self.managed, newer.managed);
        lay(&mut self.gateway, newer.gateway);
        lay(&mut self.resolution, newer.resolution);
        lay(&mut self.collector, newer.collector);
        lay(&mut self.outside, newer.outside);
        lay(&mut self.app, newer.app);
        lay(&mut self.app_run, newer.app_run);
        lay(&mut self.kiosk, newer.kiosk);
        lay(&mut self.updates, newer.updates);
        lay(&mut self.sleep, newer.sleep);
        lay(&mut self.intruders, newer.intruders);
        lay(&mut self.saved_responses, newer.saved_responses);
        lay(&mut self.link, newer.link);
        lay(&mut self.certificates, newer.certificates);
        lay(&mut self.footprint, newer.footprint);
        lay_hosts(&mut self.vendor, newer.vendor, MAX_VENDOR_HOSTS);
        lay_hosts(&mut self.local, newer.local, MAX_LOCAL_HOSTS);
    }
}

fn lay_hosts(
    held: &mut BTreeMap<HostPort, Reading<Reach>>,
    newer: BTreeMap<HostPort, Reading<Reach>>,
    most: usize,
) {
    for (host, reading) in newer {
        let room = held.len() < most;
        match held.get(&host) {
            Some(older) if older.at > reading.at => {}
            None if !room => {}
            Some(_) | None => {
                held.insert(host, reading);
            }
        }
    }
}
