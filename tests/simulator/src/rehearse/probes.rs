//! What a device's probes would read: only what was asked, of the machine and the network as they are.

use roomready_agent::probe::{Ask, Kind};
use roomready_shared::facts::{
    AppInstall, AppRun, Certificates, Disk, Display, Facts, Idle, Intruders, Latency, Link, LinkKind, Memory,
    Os, Outcome, Platform, Proxy, Reach, Reading, Resolution, SavedResponses, SleepSettings, Source, Subnet,
    Updates, Via,
};
use roomready_shared::units::{Bytes, Seconds, ShortText, Timestamp, Version};

use super::machine::Machine;
use super::network::{Network, Way};

/// Where readings of the network come in, when all answers.
const ANSWERED_WITHIN_MS: u64 = 180;
/// … and when something does not: one try and a second that confirms it.
const CONFIRMED_WITHIN_MS: u64 = 5_000;
/// A way that is slow takes this long.
const SLOW_US: u32 = 900_000;

/// What is looked at.
pub(super) struct Look<'a> {
    pub(super) device: usize,
    pub(super) platform: Platform,
    pub(super) machine: &'a Machine,
    pub(super) network: &'a Network,
    pub(super) collector_runs: bool,
    pub(super) t: u64,
}

/// Whether a reading waits for the network.
pub(super) fn is_of_the_network(ask: &Ask) -> bool {
    ask.kinds.iter().any(|kind| {
        matches!(
            kind,
            Kind::Gateway
                | Kind::Resolution
                | Kind::Collector
                | Kind::Vendor
                | Kind::Outside
                | Kind::Local
                | Kind::Certificates
        )
    })
}

impl Look<'_> {
    /// How long the readings take.
    pub(super) fn takes_ms(&self, ask: &Ask) -> u64 {
        let way = if ask.kinds.contains(Kind::Vendor) {
            self.network.vendor(self.device)
        } else {
            self.network.gateway(self.device)
        };
        if way.is_open() {
            ANSWERED_WITHIN_MS
        } else {
            CONFIRMED_WITHIN_MS
        }
    }

    /// The readings.
    pub(super) fn read(&self, ask: &Ask) -> Facts {
        let at = self.machine.wall(self.t);
        let mut facts = Facts::none(self.platform);
        for kind in ask.kinds.iter() {
            self.one(kind, ask, at, &mut facts);
        }
        facts
    }

    fn one(&self, kind: Kind, ask: &Ask, at: Timestamp, facts: &mut Facts) {
        let device = self.device;
        match kind {
            Kind::Os => facts.os = read(os(self.platform), at),
            Kind::Memory => {
                facts.memory = read(
                    Memory {
                        total: Bytes::from_mib(7_820),
                        available: Bytes::from_mib(3_900),
                    },
                    at,
                );
            }
            Kind::Disk => {
                facts.disk = read(
                    Disk {
                        total: Bytes::from_mib(122_000),
                        free: Bytes::from_mib(41_000),
                    },
                    at,
                );
            }
            Kind::Display => {
                facts.display = read(
                    Display {
                        width: 1920,
                        height: 1080,
                        diagonal_tenths: Some(133),
                    },
                    at,
                );
            }
            Kind::Power => facts.power = read(self.machine.power(self.t), at),
            Kind::Uptime => facts.uptime = read(Seconds(self.machine.moment(self.t).mono_ms / 1_000), at),
            Kind::App => {
                facts.app = read(
                    AppInstall::Installed {
                        version: Version::parse("1.15.7").ok(),
                        place: ShortText::fit("Program Files"),
                    },
                    at,
                );
            }
            Kind::AppRun => {
                let run = self
                    .machine
                    .app
                    .map_or(AppRun::NotRunning, |since| AppRun::Running { since: Some(since) });
                facts.app_run = read(run, at);
            }
            Kind::Gateway => facts.gateway = reach(Via::Icmp, self.network.gateway(device), 2_000, at),
            Kind::Resolution => facts.resolution = read(self.resolution(), at),
            Kind::Collector => {
                let way = match self.network.collector(device) {
                    Way::Open { .. } if !self.collector_runs => Way::Silence,
                    way => way,
                };
                facts.collector = reach(Via::Tcp, way, 3_000, at);
            }
            Kind::Vendor => {
                for host in &ask.targets.hosts {
                    if let Some(reading) = reach(Via::Tls, self.network.vendor(device), 28_000, at) {
                        facts.vendor.insert(host.clone(), reading);
                    }
                }
            }
            Kind::Outside => facts.outside = reach(Via::Tcp, self.network.internet(device), 28_000, at),
            Kind::Local => {
                for host in &ask.targets.local {
                    if let Some(reading) = reach(Via::Tcp, self.network.gateway(device), 2_500, at) {
                        facts.local.insert(host.clone(), reading);
                    }
                }
            }
            Kind::Certificates => {
                let seen = if self.network.vendor(device).is_open() {
                    ask.targets.hosts.len()
                } else {
                    0
                };
                facts.certificates = read(
                    Certificates {
                        seen: u16::try_from(seen).unwrap_or(u16::MAX),
                        foreign: Vec::new(),
                    },
                    at,
                );
            }
            Kind::Link => facts.link = read(self.link(), at),
            Kind::Updates => {
                facts.updates = read(
                    Updates {
                        restart_pending: Some(false),
                        update_pending: Some(false),
                    },
                    at,
                );
            }
            Kind::Sleep => {
                facts.sleep = read(
                    SleepSettings {
                        on_mains: Idle::Never,
                        on_battery: Idle::Never,
                        lid: None,
                    },
                    at,
                );
            }
            Kind::Intruders => {
                let running = ask.targets.intruders.iter().filter(|_| self.machine.disturbed);
                facts.intruders = read(
                    Intruders {
                        looked_for: u16::try_from(ask.targets.intruders.len()).unwrap_or(u16::MAX),
                        running: running.map(|(name, _)| name.clone()).collect(),
                    },
                    at,
                );
            }
            Kind::SavedResponses => {
                facts.saved_responses = read(
                    SavedResponses {
                        count: 0,
                        bytes: Bytes(0),
                        newest: None,
                        oldest: None,
                        incomplete: false,
                    },
                    at,
                );
            }
        }
    }

    fn resolution(&self) -> Resolution {
        let answered = self.network.internet(self.device).is_open();
        Resolution {
            asked: 1,
            answered: u16::from(answered),
            slowest_ms: if answered { 12 } else { 6_000 },
            trouble: (!answered).then(|| ShortText::fit("no answer in time")),
        }
    }

    /// Each room has a network of its own, unless the scenario says which it shares.
    fn link(&self) -> Link {
        let link = |subnet, gateway| Link {
            kind: LinkKind::Wireless,
            subnet,
            gateway,
            resolvers: Vec::new(),
            proxy: Proxy::Direct,
        };
        if let Some(shared) = self.network.subnet_of(self.device) {
            return link(Some(shared), None);
        }
        let room = self.network.room_of(self.device);
        let third = u8::try_from(room % 250).unwrap_or(0);
        let second = u8::try_from(room / 250 % 250).unwrap_or(0);
        let gateway = std::net::IpAddr::from([10, second, third, 1]);
        link(Subnet::of(gateway, 24), Some(gateway))
    }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "a field of facts is a reading that may be there"
)]
fn read<T>(value: T, at: Timestamp) -> Option<Reading<T>> {
    Some(Reading {
        outcome: Outcome::Measured(value),
        source: Source::Agent,
        at,
    })
}

fn reach(via: Via, way: Way, usual_us: u32, at: Timestamp) -> Option<Reading<Reach>> {
    let latency = |median_us: u32| Latency {
        median_us,
        p95_us: median_us + median_us / 3,
        jitter_us: median_us / 8,
    };
    let reach = match way {
        Way::Open { slow } => Reach::new(
            via,
            1,
            1,
            700,
            Some(latency(if slow { SLOW_US } else { usual_us })),
            None,
        ),
        Way::NoLink => Reach::new(
            via,
            2,
            0,
            1_400,
            None,
            Some(ShortText::fit("network is unreachable")),
        ),
        Way::Silence => Reach::new(via, 2, 0, 6_500, None, Some(ShortText::fit("no answer in time"))),
    };
    reach.ok().and_then(|reach| read(reach, at))
}

fn os(platform: Platform) -> Os {
    let (name, version, build, edition) = match platform {
        Platform::Windows => (
            "Windows 11 Education",
            "11",
            Some("26100.2314"),
            Some("Education"),
        ),
        Platform::Macos => ("macOS 15.6", "15.6", None, None),
        Platform::Linux | Platform::Chromeos | Platform::Ipados => {
            ("Ubuntu 24.04.3 LTS", "24.04", None, None)
        }
    };
    Os {
        name: ShortText::fit(name),
        distribution: None,
        version: Version::parse(version).ok(),
        build: build.and_then(|build| Version::parse(build).ok()),
        architecture: ShortText::fit("x86_64"),
        edition: edition.map(ShortText::fit),
        channel: None,
        s_mode: None,
    }
}
