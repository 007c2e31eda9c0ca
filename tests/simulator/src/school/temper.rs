//! What a simulated device reads about itself. Each temper is one true-to-life state of a school's device.

use roomready_shared::facts::{
    AppInstall, Battery, Certificates, Disk, Display, Facts, Flow, HostPort, Idle, Intruders, Latency, Link,
    LinkKind, Memory, Os, Outcome, Platform, Power, Proxy, Reach, Reading, Resolution, SavedResponses,
    SleepSettings, Source, Subnet, Updates, Via,
};
use roomready_shared::units::{Bytes, Percent, Seconds, ShortText, Timestamp, Version};

/// State of a simulated device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Temper {
    /// Everything as it should be.
    Calm,
    /// On its battery, and the battery runs down fast.
    HungryBattery,
    /// On its battery, nearly empty before the test.
    LowBattery,
    /// A system version that the vendor no longer names.
    OldBuild,
    /// Hardly any storage left.
    SmallDisk,
}

/// What is looked at, and when.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// System family.
    pub platform: Platform,
    /// State of the device.
    pub temper: Temper,
    /// Spreads devices so that no two are twins.
    pub number: u32,
    /// Seconds since the demo began.
    pub running_s: u64,
    /// By the device's clock.
    pub at: Timestamp,
    /// The vendor's hosts.
    pub hosts: &'a [HostPort],
}

/// How long a device had been up when the demo began.
#[must_use]
pub fn up_before_s(number: u32) -> u64 {
    3_600 + u64::from(number) * 240
}

/// Everything that the device reads about itself, except whether the test app runs: that is a matter of the script.
#[must_use]
pub fn facts(look: Look<'_>) -> Facts {
    let Look {
        platform,
        temper,
        number,
        running_s,
        at,
        hosts,
    } = look;
    fn agent<T>(value: T, at: Timestamp) -> Option<Reading<T>> {
        Some(Reading {
            outcome: Outcome::Measured(value),
            source: Source::Agent,
            at,
        })
    }
    let mut facts = Facts::none(platform);
    facts.os = agent(os(platform, temper), at);
    let memory = Bytes::from_mib(if number.is_multiple_of(4) { 7_820 } else { 16_120 });
    facts.memory = agent(
        Memory {
            total: memory,
            available: Bytes(memory.0 / 2),
        },
        at,
    );
    let free = Bytes::from_mib(if temper == Temper::SmallDisk {
        310
    } else {
        41_000 + u64::from(number) * 731
    });
    facts.disk = agent(
        Disk {
            total: Bytes::from_mib(122_000),
            free,
        },
        at,
    );
    facts.display = agent(
        Display {
            width: 1920,
            height: 1080,
            diagonal_tenths: Some(133),
        },
        at,
    );
    facts.power = agent(Power::Battery(battery(temper, number, running_s)), at);
    facts.uptime = agent(Seconds(up_before_s(number) + running_s), at);
    facts.app = agent(
        AppInstall::Installed {
            version: Version::parse("1.15.7").ok(),
            place: ShortText::fit(if platform == Platform::Macos {
                "/Applications/TestNav.app"
            } else {
                "Program Files"
            }),
        },
        at,
    );
    let wave = (running_s / 7 + u64::from(number) * 3) % 9;
    let millis = |base: u64| u32::try_from((base + wave) * 1_000).unwrap_or(u32::MAX);
    facts.gateway = reach(Via::Icmp, millis(2)).and_then(|reach| agent(reach, at));
    facts.collector = reach(Via::Tcp, millis(3)).and_then(|reach| agent(reach, at));
    facts.resolution = agent(
        Resolution {
            asked: 1,
            answered: 1,
            slowest_ms: 12 + u32::try_from(wave).unwrap_or(0),
            trouble: None,
        },
        at,
    );
    for host in hosts {
        if let Some(reading) = reach(Via::Tls, millis(28)).and_then(|reach| agent(reach, at)) {
            facts.vendor.insert(host.clone(), reading);
        }
    }
    facts.outside = reach(Via::Tcp, millis(24)).and_then(|reach| agent(reach, at));
    facts.link = agent(
        Link {
            kind: LinkKind::Wireless,
            subnet: Subnet::parse("10.2.4.0/22").ok(),
            gateway: "10.2.4.1".parse().ok(),
            resolvers: vec![],
            proxy: Proxy::Direct,
        },
        at,
    );
    facts.updates = agent(
        Updates {
            restart_pending: Some(false),
            update_pending: Some(false),
        },
        at,
    );
    facts.sleep = agent(
        SleepSettings {
            on_mains: Idle::Never,
            on_battery: Idle::Never,
            lid: None,
        },
        at,
    );
    facts.intruders = agent(
        Intruders {
            looked_for: 3,
            running: vec![],
        },
        at,
    );
    facts.saved_responses = agent(
        SavedResponses {
            count: 0,
            bytes: Bytes(0),
            newest: None,
            oldest: None,
            incomplete: false,
        },
        at,
    );
    facts.certificates = agent(
        Certificates {
            seen: u16::try_from(hosts.len()).unwrap_or(u16::MAX),
            foreign: vec![],
        },
        at,
    );
    facts
}

fn os(platform: Platform, temper: Temper) -> Os {
    let version = |text| Version::parse(text).ok();
    let (name, distribution, version, build, edition) = match platform {
        Platform::Windows if temper == Temper::OldBuild => (
            "Windows 10 Education",
            None,
            version("10"),
            version("19045.5011"),
            Some("Education"),
        ),
        Platform::Windows => (
            "Windows 11 Education",
            None,
            version("11"),
            version("26100.2314"),
            Some("Education"),
        ),
        Platform::Macos => ("macOS 15.6", None, version("15.6"), None, None),
        Platform::Linux => ("Ubuntu 24.04.3 LTS", Some("ubuntu"), version("24.04"), None, None),
        Platform::Chromeos | Platform::Ipados => ("", None, None, None, None),
    };
    Os {
        name: ShortText::fit(name),
        distribution: distribution.map(ShortText::fit),
        version,
        build,
        architecture: ShortText::fit(if platform == Platform::Macos {
            "aarch64"
        } else {
            "x86_64"
        }),
        edition: edition.map(ShortText::fit),
        channel: None,
        s_mode: (platform == Platform::Windows).then_some(false),
    }
}

fn battery(temper: Temper, number: u32, running_s: u64) -> Battery {
    // A tenth of a percent each six seconds is 60 % an hour: fast enough to be seen in a demo.
    let lost = |per_hour: u64| f64::from(u32::try_from(running_s * per_hour / 3_600).unwrap_or(u32::MAX));
    let (start, flow, drain) = match temper {
        Temper::HungryBattery => (58.0 - lost(60), Flow::Discharging, Some(600)),
        Temper::LowBattery => (31.0 - lost(12), Flow::Discharging, Some(120)),
        _ if number.is_multiple_of(3) => (96.0, Flow::Charging, None),
        _ => (
            97.0 - f64::from(number % 7) - lost(11),
            Flow::Discharging,
            Some(110),
        ),
    };
    Battery {
        charge: Percent::clamped(start),
        flow,
        drain_tenths_per_hour: drain,
        health: Some(Percent::clamped(97.0 - f64::from(number % 11))),
    }
}

fn reach(via: Via, median_us: u32) -> Option<Reach> {
    let latency = Latency {
        median_us,
        p95_us: median_us + median_us / 3,
        jitter_us: median_us / 8,
    };
    Reach::new(via, 5, 5, 3_000, Some(latency), None).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(temper: Temper, running_s: u64) -> Facts {
        let hosts = [HostPort::parse("home.testnav.com:443").unwrap()];
        let at = Timestamp::UNIX_EPOCH;
        facts(Look {
            platform: Platform::Windows,
            temper,
            number: 4,
            running_s,
            at,
            hosts: &hosts,
        })
    }

    fn charge(facts: &Facts) -> u8 {
        let power = facts
            .power
            .as_ref()
            .and_then(Reading::value)
            .and_then(Power::battery);
        power.map(|battery| battery.charge.get()).unwrap()
    }

    #[test]
    fn a_hungry_battery_is_seen_running_down_within_minutes() {
        let (first, later) = (look(Temper::HungryBattery, 0), look(Temper::HungryBattery, 300));
        assert_eq!((charge(&first), charge(&later)), (58, 53));
    }

    #[test]
    fn a_calm_device_has_an_answer_to_everything_it_can_be_asked() {
        let calm = look(Temper::Calm, 10);
        let unread = [
            calm.os.is_none(),
            calm.memory.is_none(),
            calm.disk.is_none(),
            calm.display.is_none(),
            calm.power.is_none(),
            calm.uptime.is_none(),
            calm.gateway.is_none(),
            calm.resolution.is_none(),
            calm.collector.is_none(),
            calm.app.is_none(),
            calm.vendor.len() != 1,
        ];
        assert_eq!(unread, [false; 11]);
        assert!(
            calm.app_run.is_none(),
            "whether the test app runs is the script's to say"
        );
    }
}
