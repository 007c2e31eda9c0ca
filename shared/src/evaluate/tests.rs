//! Stories: one device, one rule, one morning. Profiles are those that we ship.

use std::collections::BTreeMap;

use crate::evaluate::{Occasion, evaluate};
use crate::facts::{
    AppInstall, Battery, Channel, ClockOffset, Disk, Display, Facts, Flow, HostPort, Kiosk, KioskEntry,
    Latency, Memory, Os, Outcome, Platform, Power, Reach, Reading, Source, Via,
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

/// A Linux laptop that meets everything.
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
    assert_eq!(
        open,
        ["app"],
        "only the Linux package, which nobody can recognise and which is only shown"
    );
    assert!(
        assessment
            .findings
            .iter()
            .all(|f| f.verdict != Verdict::Pass || f.fix.is_none())
    );
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

#[test]
fn nobody_s_silence_makes_a_device_ready() {
    for platform in Platform::ALL {
        let assessment = judge(&Facts::none(platform));
        assert_eq!(assessment.readiness, Readiness::Unknown, "{platform}");
        assert!(
            assessment
                .findings
                .iter()
                .all(|finding| finding.measured == "not checked yet")
        );
    }
}

#[test]
fn yesterday_s_battery_must_be_seen_again_and_is_still_told() {
    let mut facts = good_laptop();
    if let Some(power) = &mut facts.power {
        power.at = before_now(20 * 3_600);
        power.outcome = Outcome::Measured(battery(96, Flow::Discharging, None));
    }
    let assessment = judge(&facts);
    let battery = finding(&assessment, "battery");
    assert_eq!(battery.verdict, Verdict::Unknown);
    assert!(battery.stale);
    assert_eq!(battery.measured, "96 %, on battery; 20 h ago, must be seen again");
    assert_eq!(assessment.readiness, Readiness::Unknown);
}

#[test]
fn what_could_not_be_read_says_why_instead_of_nothing() {
    let mut facts = good_laptop();
    let mut outcome = |outcome| {
        facts.power.as_mut().expect("a reading").outcome = outcome;
        told(&facts, "battery")
    };
    assert_eq!(
        outcome(Outcome::Denied(text("run as a service to read it"))),
        (
            Verdict::Unknown,
            "not permitted: run as a service to read it".to_owned()
        )
    );
    assert_eq!(
        outcome(Outcome::Unsupported(text("no battery interface"))),
        (
            Verdict::Unknown,
            "cannot be checked here: no battery interface".to_owned()
        )
    );
    assert_eq!(
        outcome(Outcome::Failed(text("the driver gave nothing"))),
        (
            Verdict::Unknown,
            "could not be checked: the driver gave nothing".to_owned()
        )
    );
}

#[test]
fn a_person_s_word_does_not_settle_what_only_the_agent_may() {
    let mut facts = good_laptop();
    facts.power.as_mut().expect("a reading").source = Source::Person;
    let battery = finding(&judge(&facts), "battery");
    assert_eq!(battery.verdict, Verdict::Unknown);
    assert_eq!(
        battery.measured,
        "96 %, full and on the charger; told by a person, which does not settle this"
    );
}

#[test]
fn a_four_gigabyte_laptop_that_counts_less_still_has_four() {
    let mut facts = good_laptop();
    let mut memory = |tenths| {
        facts.memory = by_agent(Memory {
            total: gib(tenths),
            available: gib(1),
        });
        told(&facts, "memory-linux")
    };
    assert_eq!(memory(37), (Verdict::Pass, "3.7 GB".to_owned()));
    assert_eq!(memory(30).0, Verdict::Warn);
    assert_eq!(
        memory(10).0,
        Verdict::Warn,
        "for Linux the number is inferred: it never fails"
    );
}

#[test]
fn an_unlisted_system_works_unsupported_and_asks_for_a_look() {
    let mut facts = good_laptop();
    facts.os = by_agent(Os {
        distribution: Some(text("debian")),
        version: version("12"),
        ..os("Debian GNU/Linux 12 (bookworm)")
    });
    let (verdict, measured) = told(&facts, "os-linux");
    assert_eq!(verdict, Verdict::Warn);
    assert_eq!(measured, "Debian GNU/Linux 12 (bookworm): not on the list");
    assert_eq!(judge(&facts).readiness, Readiness::Attention);
}

#[test]
fn a_rolling_distribution_without_a_version_is_unlisted_not_unknown() {
    let mut facts = good_laptop();
    facts.os = by_agent(Os {
        distribution: Some(text("arch")),
        ..os("Arch Linux")
    });
    assert_eq!(told(&facts, "os-linux").0, Verdict::Warn);
    facts.os = by_agent(Os {
        distribution: Some(text("ubuntu")),
        ..os("Ubuntu")
    });
    assert_eq!(
        told(&facts, "os-linux"),
        (Verdict::Unknown, "Ubuntu; its version is not known".to_owned())
    );
}

#[test]
fn windows_is_judged_by_its_build_and_its_edition_s_last_day() {
    let mut facts = Facts::none(Platform::Windows);
    let mut judged = |system: Os, day: &str| {
        facts.os = Some(Reading {
            outcome: Outcome::Measured(system),
            source: Source::Agent,
            at: time(day),
        });
        let assessment = evaluate(&shipped("testnav-2026-27"), &facts, &Occasion::None, time(day));
        let finding = finding(&assessment, "os-windows");
        (finding.verdict, finding.measured)
    };
    let november = "2026-11-23T09:00:00Z";
    assert_eq!(
        judged(windows("26100.2314", "Education"), november),
        (Verdict::Pass, "Windows 11, build 26100.2314".to_owned())
    );
    let older = windows("22631.4317", "education");
    assert_eq!(judged(older.clone(), "2026-11-10T23:00:00Z").0, Verdict::Pass);
    assert_eq!(
        judged(older, "2026-11-11T00:30:00Z"),
        (
            Verdict::Warn,
            "Windows 11, build 22631.4317: accepted until 2026-11-10 only".to_owned()
        )
    );
    assert_eq!(
        judged(windows("22631", "Home"), "2026-10-01T09:00:00Z").0,
        Verdict::Warn
    );
    // An inventory knows the long number only.
    let from_inventory = Os {
        version: version("10.0.26200.1"),
        ..os("Windows")
    };
    assert_eq!(
        judged(from_inventory, november),
        (Verdict::Pass, "Windows, build 26200.1".to_owned())
    );
}

#[test]
fn windows_in_s_mode_is_worth_a_look() {
    let mut facts = Facts::none(Platform::Windows);
    facts.os = by_agent(Os {
        s_mode: Some(true),
        ..windows("26100", "Education")
    });
    assert_eq!(told(&facts, "s-mode"), (Verdict::Warn, "in S mode".to_owned()));
    facts.os = by_agent(Os {
        s_mode: None,
        ..windows("26100", "Education")
    });
    assert_eq!(told(&facts, "s-mode").0, Verdict::Unknown);
}

#[test]
fn chromeos_is_accepted_by_channel_with_a_floor_below_which_the_app_refuses() {
    let judged =
        |number: &str, channel| told(&chromebook(chromeos(number, channel), new_app()), "os-chromeos");
    assert_eq!(
        judged("150.0.7871", Channel::Stable),
        (Verdict::Pass, "ChromeOS 150.0.7871 (stable)".to_owned())
    );
    assert_eq!(judged("144.0.7559", Channel::Lts).0, Verdict::Pass);
    assert_eq!(judged("144.0.7559", Channel::Stable).0, Verdict::Warn);
    assert_eq!(judged("150.0.1", Channel::Lts).0, Verdict::Warn);
    assert_eq!(judged("150.0.1", Channel::Beta).0, Verdict::Warn);
    assert_eq!(
        judged("115.0.5790", Channel::Stable),
        (
            Verdict::Fail,
            "ChromeOS 115.0.5790 (stable): the app does not start below 116".to_owned()
        )
    );
    let untold = Os {
        channel: None,
        ..chromeos("150.0.1", Channel::Stable)
    };
    assert_eq!(
        told(&chromebook(untold, new_app()), "os-chromeos").0,
        Verdict::Unknown
    );
}

#[test]
fn a_chromebook_with_the_old_app_only_is_ready_on_lts_144_and_not_on_stable_151() {
    let readiness = |facts: &Facts| judge(facts).readiness;
    let lts = chromebook(chromeos("144.0.7559", Channel::Lts), old_app());
    assert_eq!(readiness(&lts), Readiness::Ready);
    let stable = chromebook(chromeos("151.0.1", Channel::Stable), old_app());
    assert_eq!(readiness(&stable), Readiness::NotReady);
    let (verdict, measured) = told(&stable, "kiosk-still-runs");
    assert_eq!(verdict, Verdict::Fail);
    assert_eq!(
        measured,
        "kiosk app mdmkkicfmmkgmpkmkdikhlbggogpicma: it runs up to ChromeOS 150 only, this is 151.0.1"
    );
    assert_eq!(
        readiness(&chromebook(chromeos("151.0.1", Channel::Stable), new_app())),
        Readiness::Ready
    );
    let after = time("2027-05-01T08:00:00Z");
    let late = evaluate(&shipped("testnav-2026-27"), &lts, &Occasion::None, after);
    assert_ne!(finding(&late, "kiosk-still-runs").verdict, Verdict::Pass);
}

#[test]
fn a_host_that_only_begins_alike_is_not_the_test_app() {
    let other = KioskEntry::Url(text("https://home.testnav.com.example.org/"));
    let facts = chromebook(chromeos("151.0.1", Channel::Stable), other);
    assert_eq!(told(&facts, "kiosk-app").0, Verdict::Warn);
    let below = KioskEntry::Url(text("https://home.testnav.com/?state=xx"));
    let facts = chromebook(chromeos("151.0.1", Channel::Stable), below);
    assert_eq!(told(&facts, "kiosk-app").0, Verdict::Pass);
}

#[test]
fn whether_the_old_app_runs_is_unknown_while_the_system_is() {
    let mut facts = chromebook(chromeos("150.0.1", Channel::Stable), old_app());
    facts.os = None;
    let (verdict, measured) = told(&facts, "kiosk-still-runs");
    assert_eq!(verdict, Verdict::Unknown);
    assert!(measured.ends_with("which is not known"), "{measured}");
}

#[test]
fn a_battery_on_the_charger_passes_and_an_empty_one_off_it_fails() {
    let mut facts = good_laptop();
    let mut judged = |power| {
        facts.power = by_agent(power);
        told(&facts, "battery")
    };
    assert_eq!(
        judged(Power::MainsOnly),
        (Verdict::Pass, "no battery, runs on mains".to_owned())
    );
    assert_eq!(
        judged(battery(8, Flow::Charging, None)),
        (Verdict::Pass, "8 %, charging".to_owned())
    );
    assert_eq!(judged(battery(50, Flow::Discharging, None)).0, Verdict::Pass);
    assert_eq!(judged(battery(49, Flow::Discharging, None)).0, Verdict::Warn);
    assert_eq!(judged(battery(24, Flow::Discharging, None)).0, Verdict::Fail);
}

#[test]
fn a_battery_that_will_not_last_until_the_seat_s_end_says_so_in_minutes() {
    let mut facts = good_laptop();
    facts.power = by_agent(battery(70, Flow::Discharging, Some(1_000)));
    let judged = |starts: &str, ends: &str| {
        let sitting = Occasion::Sitting {
            starts: time(starts),
            seat_ends: time(ends),
        };
        let assessment = evaluate(&shipped("testnav-2026-27"), &facts, &sitting, time(NOW));
        let finding = finding(&assessment, "battery");
        (finding.verdict, finding.measured)
    };
    let not_enough = (
        Verdict::Warn,
        "70 %, on battery; lasts about 42 min, 90 min to go".to_owned(),
    );
    assert_eq!(
        judged("2026-11-23T08:00:00Z", "2026-11-23T10:30:00Z"),
        not_enough,
        "under way"
    );
    assert_eq!(
        judged("2026-11-23T10:00:00Z", "2026-11-23T11:30:00Z"),
        not_enough,
        "soon"
    );
    let enough = (Verdict::Pass, "70 %, on battery".to_owned());
    assert_eq!(
        judged("2026-11-23T08:00:00Z", "2026-11-23T09:30:00Z"),
        enough,
        "nearly over"
    );
    assert_eq!(
        judged("2026-11-23T06:00:00Z", "2026-11-23T08:30:00Z"),
        enough,
        "over"
    );
    assert_eq!(
        judged("2026-11-24T10:00:00Z", "2026-11-24T11:30:00Z"),
        enough,
        "tomorrow"
    );
}

#[test]
fn servers_that_do_not_answer_keep_a_laptop_from_being_ready() {
    let mut facts = good_laptop();
    let host = HostPort::parse("home.testnav.com:443").expect("a host");
    facts
        .vendor
        .insert(host.clone(), by_agent(reach(0, 5, 0)).expect("a reading"));
    assert_eq!(
        told(&facts, "vendor-servers"),
        (
            Verdict::Fail,
            "home.testnav.com:443 does not answer: connection refused".to_owned()
        )
    );
    assert_eq!(judge(&facts).readiness, Readiness::NotReady);
    facts.vendor.clear();
    assert_eq!(told(&facts, "vendor-servers").0, Verdict::Unknown);
    facts
        .vendor
        .insert(host, by_agent(reach(33_000, 10, 9)).expect("a reading"));
    assert_eq!(
        told(&facts, "vendor-latency"),
        (Verdict::Warn, "33 ms, 10 % lost".to_owned())
    );
}

#[test]
fn one_of_several_servers_that_is_silent_decides() {
    let mut requirement = shipped("drc-insight-2026-27");
    for rule in &mut requirement.rules {
        rule.authority.confidence = Confidence::High;
    }
    let mut facts = good_laptop();
    let [first, second] = [&requirement.hosts[0], &requirement.hosts[1]].map(Clone::clone);
    let mut judged = |first_answers: u16, second_answers: Option<u16>| {
        facts.vendor.clear();
        facts.vendor.insert(
            first.clone(),
            by_agent(reach(1_000, 5, first_answers)).expect("a reading"),
        );
        if let Some(answered) = second_answers {
            facts.vendor.insert(
                second.clone(),
                by_agent(reach(1_000, 5, answered)).expect("a reading"),
            );
        }
        let assessment = evaluate(&requirement, &facts, &Occasion::None, time(NOW));
        finding(&assessment, "vendor-servers").verdict
    };
    assert_eq!(judged(5, Some(5)), Verdict::Pass);
    assert_eq!(judged(5, Some(0)), Verdict::Fail);
    assert_eq!(judged(5, None), Verdict::Unknown);
    assert_eq!(judged(0, None), Verdict::Fail);
}

#[test]
fn a_clock_counts_only_as_far_as_it_is_certainly_wrong() {
    let mut facts = good_laptop();
    let mut judged = |ahead_ms, uncertainty_ms| {
        facts.clock = by_agent(ClockOffset {
            ahead_ms,
            uncertainty_ms,
        });
        told(&facts, "clock")
    };
    assert_eq!(judged(-86_400_000, 100), (Verdict::Fail, "24 h slow".to_owned()));
    assert_eq!(judged(61_000, 2_000).0, Verdict::Pass);
    assert_eq!(judged(61_000, 500).0, Verdict::Warn);
    assert_eq!(judged(i64::MIN, 0).0, Verdict::Fail);
}

#[test]
fn a_display_held_upright_is_as_large_as_one_that_lies_and_one_without_size_stays_open() {
    let mut facts = Facts::none(Platform::Windows);
    facts.display = by_agent(Display {
        width: 768,
        height: 1024,
        diagonal_tenths: None,
    });
    assert_eq!(told(&facts, "screen"), (Verdict::Pass, "768 x 1024".to_owned()));
    assert_eq!(
        told(&facts, "screen-size"),
        (
            Verdict::Unknown,
            "768 x 1024; the display does not tell its size".to_owned()
        )
    );
    facts.display = by_agent(Display {
        width: 1366,
        height: 700,
        diagonal_tenths: Some(94),
    });
    assert_eq!(told(&facts, "screen").0, Verdict::Fail);
}

#[test]
fn an_app_is_judged_by_its_version_where_one_is_asked_for() {
    let drc = shipped("drc-insight-2026-27");
    let judged = |requirement: &Requirement, app| {
        let mut facts = Facts::none(Platform::Windows);
        facts.app = by_agent(app);
        let assessment = evaluate(requirement, &facts, &Occasion::None, time(NOW));
        let finding = finding(&assessment, "app");
        (finding.verdict, finding.measured, finding.required)
    };
    let installed = |number: Option<&str>| AppInstall::Installed {
        version: number.and_then(version),
        place: text("paths"),
    };
    let wanted = "DRC INSIGHT 16.0.0 or newer".to_owned();
    assert_eq!(
        judged(&drc, installed(Some("14.0.0"))),
        (Verdict::Warn, "version 14.0.0".to_owned(), wanted.clone()),
        "low confidence warns"
    );
    assert_eq!(
        judged(&drc, installed(Some("17.0"))),
        (Verdict::Pass, "version 17.0".to_owned(), wanted)
    );
    assert_eq!(judged(&drc, installed(None)).0, Verdict::Unknown);
    let testnav = shipped("testnav-2026-27");
    assert_eq!(judged(&testnav, installed(None)).0, Verdict::Pass);
    assert_eq!(
        judged(&testnav, AppInstall::NotInstalled),
        (
            Verdict::Fail,
            "not installed".to_owned(),
            "TestNav installed".to_owned()
        )
    );
}

#[test]
fn a_rule_that_we_are_too_old_to_know_is_unknown_and_says_so() {
    let check = Check::TooNew {
        named: text("tls-inspection"),
    };
    let requirement = requiring(check, Confidence::High, IfUnknown::Unknown);
    let assessment = evaluate(&requirement, &good_laptop(), &Occasion::None, time(NOW));
    assert_eq!(assessment.readiness, Readiness::Unknown);
    assert_eq!(
        assessment.findings[0].measured,
        "this agent is too old to check tls-inspection"
    );
}

#[test]
fn what_is_unknown_comes_to_what_the_rule_says_and_low_confidence_softens_even_that() {
    let readiness = |confidence, if_unknown| {
        let requirement = requiring(Check::Managed, confidence, if_unknown);
        evaluate(&requirement, &good_laptop(), &Occasion::None, time(NOW)).readiness
    };
    assert_eq!(
        readiness(Confidence::High, IfUnknown::Unknown),
        Readiness::Unknown
    );
    assert_eq!(readiness(Confidence::High, IfUnknown::Warn), Readiness::Attention);
    assert_eq!(readiness(Confidence::High, IfUnknown::Fail), Readiness::NotReady);
    assert_eq!(readiness(Confidence::Low, IfUnknown::Fail), Readiness::Attention);
}

#[test]
fn a_fix_is_told_with_what_it_erases_and_only_where_something_is_wrong() {
    let mut facts = chromebook(chromeos("151.0.1", Channel::Stable), new_app());
    facts.disk = read(
        Disk {
            total: gib(160),
            free: Bytes::from_mib(200),
        },
        Source::Inventory,
    );
    let full = finding(&judge(&facts), "free-disk-chromeos");
    assert_eq!(
        (full.verdict, full.measured.as_str()),
        (Verdict::Fail, "200 MB free")
    );
    assert!(full.fix.expect("a fix").erases_data);
    assert!(finding(&judge(&facts), "managed").fix.is_none());
}
