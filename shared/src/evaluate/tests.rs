//! Stories: one device, one rule, one morning. Profiles are those that we ship.

mod machine;
mod network;
mod quiet;
mod readings;
mod systems;

use std::collections::BTreeMap;

use crate::evaluate::{Occasion, evaluate};
use crate::facts::{
    AppInstall, Battery, Certificates, Channel, ClockOffset, Disk, Display, Facts, Flow, ForeignCertificate,
    HostPort, Idle, Intruders, Kiosk, KioskEntry, Latency, LidAction, Memory, Os, Outcome, Platform, Power,
    Reach, Reading, SavedResponses, SleepSettings, Source, Trust, Updates, Via,
};
use crate::ids::{RuleId, Title};
use crate::requirement::tests::shipped;
use crate::requirement::{Check, IfUnknown, Requirement, Rule, Terms};
use crate::units::{Bytes, Percent, Seconds, ShortText, Timestamp, Version};
use crate::verdict::{Assessment, Authority, Basis, Confidence, Demand, Finding, Readiness, Verdict};

/// A Monday morning in November, 9:00 UTC.
const NOW: &str = "2026-11-23T09:00:00Z";

fn time(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn before_now(seconds: i64) -> Timestamp {
    Timestamp::from_second(time(NOW).as_second() - seconds).expect("a time")
}

fn text(text: &str) -> ShortText {
    ShortText::fit(text)
}

fn version(text: &str) -> Option<Version> {
    Some(Version::parse(text).expect("a version"))
}

fn read<T>(value: T, source: Source) -> Option<Reading<T>> {
    Some(Reading {
        outcome: Outcome::Measured(value),
        source,
        at: before_now(60),
    })
}

fn by_agent<T>(value: T) -> Option<Reading<T>> {
    read(value, Source::Agent)
}

fn os(name: &str) -> Os {
    Os {
        name: text(name),
        distribution: None,
        version: None,
        build: None,
        architecture: text("x86_64"),
        edition: None,
        channel: None,
        s_mode: None,
    }
}

fn windows(build: &str, edition: &str) -> Os {
    Os {
        build: version(build),
        edition: Some(text(edition)),
        s_mode: Some(false),
        ..os("Windows 11")
    }
}

fn ubuntu(number: &str) -> Os {
    Os {
        distribution: Some(text("ubuntu")),
        version: version(number),
        ..os(&format!("Ubuntu {number} LTS"))
    }
}

fn chromeos(number: &str, channel: Channel) -> Os {
    Os {
        version: version(number),
        channel: Some(channel),
        ..os("ChromeOS")
    }
}

fn reach(median_us: u32, sent: u16, answered: u16) -> Reach {
    let latency = (answered > 0).then_some(Latency {
        median_us,
        p95_us: median_us,
        jitter_us: 0,
    });
    let trouble = (answered == 0).then(|| text("connection refused"));
    Reach::new(Via::Tcp, sent, answered, 2_000, latency, trouble).expect("sound numbers")
}

fn battery(charge: u8, flow: Flow, drain_tenths_per_hour: Option<u16>) -> Power {
    Power::Battery(Battery {
        charge: Percent::new(charge).expect("a percentage"),
        flow,
        drain_tenths_per_hour,
        health: None,
    })
}

fn gib(tenths: u64) -> Bytes {
    Bytes(tenths * 1024 * 1024 * 1024 / 10)
}

/// A Linux laptop that meets everything; a person has seen its TestNav, which no program can recognise there.
fn good_laptop() -> Facts {
    Facts {
        os: by_agent(ubuntu("24.04.3")),
        memory: by_agent(Memory {
            total: gib(78),
            available: gib(50),
        }),
        disk: by_agent(Disk {
            total: gib(2_000),
            free: gib(1_200),
        }),
        display: by_agent(Display {
            width: 1920,
            height: 1080,
            diagonal_tenths: Some(133),
        }),
        power: by_agent(battery(96, Flow::Full, None)),
        uptime: by_agent(Seconds(3_600)),
        clock: by_agent(ClockOffset {
            ahead_ms: 120,
            uncertainty_ms: 20,
        }),
        gateway: by_agent(reach(900, 5, 5)),
        resolution: by_agent(crate::facts::Resolution {
            asked: 1,
            answered: 1,
            slowest_ms: 24,
            trouble: None,
        }),
        vendor: BTreeMap::from([(
            HostPort::parse("home.testnav.com:443").expect("a host"),
            by_agent(reach(33_400, 5, 5)).expect("a reading"),
        )]),
        app: read(
            AppInstall::Installed {
                version: None,
                place: text("seen by a person"),
            },
            Source::Person,
        ),
        updates: by_agent(Updates {
            restart_pending: Some(false),
            update_pending: Some(false),
        }),
        sleep: by_agent(SleepSettings {
            on_mains: Idle::Never,
            on_battery: Idle::After(Seconds(3_600)),
            lid: Some(LidAction::Sleep),
        }),
        intruders: by_agent(Intruders {
            looked_for: 9,
            running: vec![],
        }),
        certificates: by_agent(Certificates {
            seen: 1,
            foreign: vec![],
        }),
        ..Facts::none(Platform::Linux)
    }
}

/// A Chromebook as the inventory knows it.
fn chromebook(os: Os, kiosk: KioskEntry) -> Facts {
    let inventory = Source::Inventory;
    Facts {
        os: read(os, inventory),
        memory: read(
            Memory {
                total: gib(37),
                available: gib(10),
            },
            inventory,
        ),
        managed: read(true, inventory),
        kiosk: read(
            Kiosk {
                entry: kiosk,
                version: None,
            },
            inventory,
        ),
        ..Facts::none(Platform::Chromeos)
    }
}

fn old_app() -> KioskEntry {
    KioskEntry::Id(text("mdmkkicfmmkgmpkmkdikhlbggogpicma"))
}

fn new_app() -> KioskEntry {
    KioskEntry::Url(text("https://home.testnav.com"))
}

fn judge(facts: &Facts) -> Assessment {
    evaluate(&shipped("testnav-2026-27"), facts, &Occasion::None, time(NOW))
}

fn finding(assessment: &Assessment, rule: &str) -> Finding {
    assessment
        .findings
        .iter()
        .find(|finding| finding.rule.as_str() == rule)
        .unwrap_or_else(|| panic!("no finding {rule}"))
        .clone()
}

fn told(facts: &Facts, rule: &str) -> (Verdict, String) {
    let finding = finding(&judge(facts), rule);
    (finding.verdict, finding.measured)
}

/// A requirement of one rule for Linux, settled by the agent within an hour.
fn requiring(check: Check, confidence: Confidence, if_unknown: IfUnknown) -> Requirement {
    let mut requirement = shipped("testnav-2026-27");
    requirement.rules = vec![Rule {
        id: RuleId::parse("only").expect("an id"),
        title: Title::parse("The only rule").expect("a title"),
        check,
        on: BTreeMap::from([(
            Platform::Linux,
            Terms {
                demand: Demand::Required,
                settled_by: vec![Source::Agent],
                if_unknown,
            },
        )]),
        time_to_live: Seconds(3_600),
        authority: Authority {
            basis: Basis::LocalPolicy,
            source: text("a test"),
            as_of: jiff::civil::date(2026, 11, 23),
            confidence,
        },
        fix: None,
    }];
    requirement
}

#[test]
fn a_laptop_that_meets_everything_is_ready_and_nothing_is_to_be_fixed() {
    let assessment = judge(&good_laptop());
    assert_eq!(assessment.readiness, Readiness::Ready, "{assessment:#?}");
    let open: Vec<_> = assessment
        .findings
        .iter()
        .filter(|finding| finding.verdict != Verdict::Pass)
        .map(|finding| finding.rule.as_str())
        .collect();
    assert_eq!(open, Vec::<&str>::new());
    assert!(
        assessment
            .findings
            .iter()
            .all(|f| f.verdict != Verdict::Pass || f.fix.is_none())
    );
}

#[test]
fn a_laptop_whose_test_app_nobody_has_seen_is_worth_a_look_and_never_simply_ready() {
    let assessment = judge(&Facts {
        app: None,
        ..good_laptop()
    });
    assert_eq!(assessment.readiness, Readiness::Attention, "{assessment:#?}");
}

#[test]
fn findings_read_like_a_sentence() {
    let assessment = judge(&good_laptop());
    let sentence = |rule: &str| {
        let finding = finding(&assessment, rule);
        format!("{}: {} / {}", finding.title, finding.measured, finding.required)
    };
    assert_eq!(
        [
            "os-linux",
            "memory-linux",
            "free-disk",
            "vendor-servers",
            "vendor-latency",
            "gateway",
            "names",
            "battery",
            "uptime",
            "clock",
        ]
        .map(sentence),
        [
            "Linux version: Ubuntu 24.04.3 LTS / Ubuntu 24.04 LTS, Ubuntu 26.04 LTS or Fedora 44",
            "Memory: 7.8 GB / at least 2 GB, 4 GB recommended",
            "Free storage: 120 GB free / at least 500 MB free, 2 GB recommended",
            "TestNav's servers: TestNav's servers answer (34 ms) / TestNav's servers answer",
            "Time to TestNav's servers: 34 ms / TestNav's servers answer within 150 ms, at most 5 % lost",
            "School network: the gateway answers (1 ms) / the gateway answers",
            "Looking up names: names found within 24 ms / names found within 1 s",
            "Battery: 96 %, full and on the charger / on the charger, or at least 50 %",
            "Restarted: running for 60 min / restarted within 3 days",
            "Clock: 120 ms fast / right within 60 s",
        ]
    );
}
