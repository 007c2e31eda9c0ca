//! Any facts, any sound requirement.

use std::sync::LazyLock;

use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::evaluate::Occasion;
use crate::facts::{
    AppInstall, Battery, Certificates, Channel, ClockOffset, Disk, Display, Facts, Flow, ForeignCertificate,
    HostPort, Idle, Intruders, Kiosk, KioskEntry, Latency, Memory, Os, Outcome, Platform, Power, Reach,
    Reading, Resolution, SavedResponses, SleepSettings, Source, Trust, Updates, Via,
};
use crate::ids::{RuleId, Title};
use crate::requirement::tests::shipped;
use crate::requirement::{
    Amount, AppVersion, AtMost, BatteryCharge, Check, ClockLimit, DisplaySize, IfUnknown, KioskApp,
    KioskApps, LatencyLimit, LocalServers, NoOlderThan, OsRange, OsVersion, Outside, ReachTarget,
    Requirement, Rule, StaysAwake, Target, Terms,
};
use crate::units::{Bytes, Percent, Seconds, ShortText, Timestamp, Version};
use crate::verdict::{Authority, Basis, Confidence, Demand};

const SOURCES: [Source; 4] = [Source::Agent, Source::Browser, Source::Inventory, Source::Person];
const CHANNELS: [Channel; 3] = [Channel::Stable, Channel::Lts, Channel::Beta];
/// Some moment in November 2026.
const NOW: i64 = 1_795_424_400;

pub(super) fn now() -> Timestamp {
    Timestamp::from_second(NOW).expect("a time")
}

/// Few words, so that facts and requirements often speak of the same thing.
pub(super) fn word() -> impl Strategy<Value = ShortText> {
    select(vec![
        "",
        "ubuntu",
        "fedora",
        "Education",
        "https://a.example",
        "id-1",
    ])
    .prop_map(ShortText::fit)
}

pub(super) fn version() -> impl Strategy<Value = Version> {
    vec(0_u32..12, 1..4).prop_map(|numbers| {
        let text: Vec<_> = numbers.iter().map(ToString::to_string).collect();
        Version::parse(&text.join(".")).expect("numbers joined by dots")
    })
}

pub(super) fn percent() -> impl Strategy<Value = Percent> {
    (0_u8..=100).prop_map(|number| Percent::new(number).expect("at most 100"))
}

pub(super) fn bytes() -> impl Strategy<Value = Bytes> {
    prop_oneof![
        (0_u64..16).prop_map(|gib| Bytes(gib << 30)),
        any::<u64>().prop_map(Bytes)
    ]
}

pub(super) fn date() -> impl Strategy<Value = jiff::civil::Date> {
    (2025_i16..2029, 1_i8..=12, 1_i8..=28).prop_map(|(year, month, day)| jiff::civil::date(year, month, day))
}

pub(super) fn moment() -> impl Strategy<Value = Timestamp> {
    prop_oneof![
        (-100_000_i64..100_000).prop_map(|off| Timestamp::from_second(NOW + off).expect("a time")),
        select(vec![Timestamp::MIN, Timestamp::MAX, now()]),
    ]
}

pub(super) fn reading<T: std::fmt::Debug + Clone>(
    value: impl Strategy<Value = T>,
) -> impl Strategy<Value = Reading<T>> {
    let outcome = prop_oneof![
        6 => value.prop_map(Outcome::Measured),
        1 => word().prop_map(Outcome::Unsupported),
        1 => word().prop_map(Outcome::Denied),
        1 => word().prop_map(Outcome::Failed),
    ];
    (outcome, select(&SOURCES[..]), moment()).prop_map(|(outcome, source, at)| Reading {
        outcome,
        source,
        at,
    })
}

pub(super) fn system() -> impl Strategy<Value = Os> {
    (
        word(),
        of(word()),
        of(version()),
        of(version()),
        of(word()),
        of(select(&CHANNELS[..])),
        of(any::<bool>()),
    )
        .prop_map(
            |(name, distribution, version, build, edition, channel, s_mode)| Os {
                name,
                distribution,
                version,
                build,
                architecture: ShortText::fit("x86_64"),
                edition,
                channel,
                s_mode,
            },
        )
}

pub(super) fn power() -> impl Strategy<Value = Power> {
    let flow = select(vec![Flow::Charging, Flow::Discharging, Flow::Full, Flow::Idle]);
    prop_oneof![
        1 => Just(Power::MainsOnly),
        5 => (percent(), flow, of(any::<u16>())).prop_map(|(charge, flow, drain_tenths_per_hour)| {
            Power::Battery(Battery { charge, flow, drain_tenths_per_hour, health: None })
        }),
    ]
}

pub(super) fn reach() -> impl Strategy<Value = Reach> {
    (1_u16..20, 0_u16..20, any::<u32>(), of(word())).prop_map(|(sent, answered, time, trouble)| {
        let answered = answered.min(sent);
        let latency = (answered > 0).then_some(Latency {
            median_us: time,
            p95_us: time,
            jitter_us: 0,
        });
        Reach::new(Via::Tcp, sent, answered, 1_000, latency, trouble).expect("sound numbers")
    })
}

pub(super) fn host() -> impl Strategy<Value = HostPort> {
    select(vec!["a.example:443", "b.example:443", "c.example:80"])
        .prop_map(|text| HostPort::parse(text).expect("a host"))
}

pub(super) fn kiosk() -> impl Strategy<Value = Kiosk> {
    let entry = prop_oneof![word().prop_map(KioskEntry::Id), word().prop_map(KioskEntry::Url)];
    (entry, of(version())).prop_map(|(entry, version)| Kiosk { entry, version })
}

pub(super) fn app() -> impl Strategy<Value = AppInstall> {
    prop_oneof![
        Just(AppInstall::NotInstalled),
        (of(version()), word()).prop_map(|(version, place)| AppInstall::Installed { version, place }),
    ]
}

pub(super) fn facts() -> impl Strategy<Value = Facts> {
    let machine = (
        of(reading(system())),
        of(reading(
            (bytes(), bytes()).prop_map(|(total, available)| Memory { total, available }),
        )),
        of(reading(
            (bytes(), bytes()).prop_map(|(total, free)| Disk { total, free }),
        )),
        of(reading((0_u32..4_000, 0_u32..4_000, of(any::<u16>())).prop_map(
            |(width, height, diagonal_tenths)| Display {
                width,
                height,
                diagonal_tenths,
            },
        ))),
        of(reading(power())),
        of(reading(any::<u64>().prop_map(Seconds))),
        of(reading((any::<i64>(), any::<u32>()).prop_map(
            |(ahead_ms, uncertainty_ms)| ClockOffset {
                ahead_ms,
                uncertainty_ms,
            },
        ))),
        of(reading(any::<bool>())),
    );
    let around = (
        of(reading(reach())),
        of(reading((0_u16..4, 0_u16..4, any::<u32>(), of(word())).prop_map(
            |(asked, answered, slowest_ms, trouble)| Resolution {
                asked,
                answered,
                slowest_ms,
                trouble,
            },
        ))),
        of(reading(reach())),
        btree_map(host(), reading(reach()), 0..3),
        of(reading(app())),
        of(reading(kiosk())),
    );
    // Boxed, or the trees of values of all these readings together pass the stack of a test's thread.
    let (machine, around) = (machine.boxed(), around.boxed());
    (select(&Platform::ALL[..]), machine, around, quiet().boxed()).prop_map(
        |(platform, machine, around, quiet)| {
            let (os, memory, disk, display, power, uptime, clock, managed) = machine;
            let (gateway, resolution, collector, vendor, app, kiosk) = around;
            Facts {
                platform,
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
                outside: None,
                app,
                app_run: None,
                kiosk,
                ..quiet
            }
        },
    )
}

/// The facts of what may break into a test, and nothing else.
fn quiet() -> impl Strategy<Value = Facts> {
    let seconds = || any::<u32>().prop_map(|seconds| Seconds(seconds.into()));
    let idle = || {
        prop_oneof![
            Just(Idle::Never),
            Just(Idle::NotTold),
            seconds().prop_map(Idle::After)
        ]
    };
    let foreign = (host(), select(vec![Trust::DeviceOnly, Trust::Nobody]), of(word()))
        .prop_map(|(host, trust, issuer)| ForeignCertificate { host, trust, issuer });
    (
        of(reading((of(any::<bool>()), of(any::<bool>())).prop_map(
            |(restart_pending, update_pending)| Updates {
                restart_pending,
                update_pending,
            },
        ))),
        of(reading((idle(), idle()).prop_map(|(on_mains, on_battery)| {
            SleepSettings {
                on_mains,
                on_battery,
                lid: None,
            }
        }))),
        of(reading((0_u16..4, any::<bool>()).prop_map(
            |(looked_for, runs)| {
                Intruders {
                    looked_for,
                    running: runs
                        .then(|| Title::parse("TeamViewer").expect("a title"))
                        .into_iter()
                        .collect(),
                }
            },
        ))),
        of(reading(
            (0_u32..3, bytes(), of(seconds()), any::<bool>()).prop_map(
                |(count, bytes, oldest, incomplete)| SavedResponses {
                    count,
                    bytes,
                    newest: oldest,
                    oldest,
                    incomplete,
                },
            ),
        )),
        of(reading(
            (0_u16..4, vec(foreign, 0..3)).prop_map(|(seen, foreign)| Certificates { seen, foreign }),
        )),
        btree_map(host(), reading(reach()), 0..3),
    )
        .prop_map(
            |(updates, sleep, intruders, saved_responses, certificates, local)| Facts {
                updates,
                sleep,
                intruders,
                saved_responses,
                certificates,
                local,
                ..Facts::none(Platform::Linux)
            },
        )
}

pub(super) fn os_range() -> impl Strategy<Value = OsRange> {
    (
        of(word()),
        of(select(&CHANNELS[..])),
        prop_oneof![
            version().prop_map(|min| (Some(min), None, None)),
            (version(), version()).prop_map(|(one, other)| {
                let (min, max) = if one.compare_to_line(&other).is_le() {
                    (one, other)
                } else {
                    (other, one)
                };
                (Some(min), Some(max), None)
            }),
            version().prop_map(|line| (None, None, Some(line))),
        ],
        vec(word(), 0..2),
        of(date()),
        of(word()),
    )
        .prop_map(
            |(distribution, channel, (min, max, within), editions, until, reservation)| OsRange {
                named: None,
                distribution,
                channel,
                min,
                max,
                within,
                editions,
                until,
                reservation,
            },
        )
}

pub(super) fn os_version() -> impl Strategy<Value = OsVersion> {
    (
        vec(os_range(), 1..4),
        vec(version(), 0..2),
        of(version()),
        select(vec![Outside::Warn, Outside::Fail]),
    )
        .prop_map(|(any_of, exclude, refused_below, otherwise)| OsVersion {
            any_of,
            exclude,
            refused_below,
            otherwise,
        })
}

pub(super) fn amount() -> impl Strategy<Value = Amount> {
    (bytes(), of(bytes()), bytes()).prop_map(|(minimum, recommended, allowance)| Amount {
        minimum,
        recommended: recommended.map(|recommended| recommended.max(minimum)),
        allowance,
    })
}

pub(super) fn charge() -> impl Strategy<Value = BatteryCharge> {
    (percent(), percent()).prop_map(|(one, other)| BatteryCharge {
        warn_below: one.max(other),
        fail_below: one.min(other),
    })
}

pub(super) fn at_most() -> impl Strategy<Value = AtMost> {
    (any::<u64>(), of(any::<u64>())).prop_map(|(warn_above, fail)| AtMost {
        warn_above,
        fail_above: fail.map(|fail| fail.max(warn_above)),
    })
}

pub(super) fn target() -> impl Strategy<Value = Target> {
    select(vec![
        Target::Gateway,
        Target::Collector,
        Target::Vendor,
        Target::Local,
    ])
}

pub(super) fn kiosk_app() -> impl Strategy<Value = KioskApp> {
    (
        word(),
        any::<bool>(),
        of(version()),
        of(select(&CHANNELS[..])),
        of(date()),
    )
        .prop_map(|(name, web, os_max, channel, until)| KioskApp {
            id: (!web).then(|| name.clone()),
            url: web.then_some(name),
            os_max,
            channel,
            until,
        })
}

pub(super) fn check() -> impl Strategy<Value = Check> {
    prop_oneof![
        3 => os_version().prop_map(Check::OsVersion),
        1 => Just(Check::NotSMode),
        1 => amount().prop_map(Check::Memory),
        1 => amount().prop_map(Check::FreeDisk),
        1 => (1_u32..2_000, 1_u32..2_000, of(any::<u16>())).prop_map(|(width, height, diagonal_tenths)| {
            Check::Display(DisplaySize { width, height, diagonal_tenths })
        }),
        1 => charge().prop_map(Check::Battery),
        1 => at_most().prop_map(Check::Uptime),
        1 => (any::<u64>(), any::<u64>()).prop_map(|(one, other)| {
            Check::Clock(ClockLimit { warn_ms: one.min(other), fail_ms: one.max(other) })
        }),
        1 => Just(Check::Managed),
        1 => of(version()).prop_map(|minimum| Check::App(AppVersion { minimum })),
        2 => vec(kiosk_app(), 1..4).prop_map(|any_of| Check::Kiosk(KioskApps { any_of })),
        1 => at_most().prop_map(Check::Resolution),
        1 => target().prop_map(|target| Check::Reach(ReachTarget { target })),
        1 => (target(), any::<u32>(), any::<u32>(), percent()).prop_map(|(target, one, other, warn_loss)| {
            Check::Latency(LatencyLimit { target, warn_ms: one.min(other), fail_ms: one.max(other), warn_loss })
        }),
        1 => Just(Check::NoRestartPending),
        1 => any::<u32>().prop_map(|seconds| {
            Check::StaysAwake(StaysAwake { at_least: Seconds(seconds.into()) })
        }),
        1 => Just(Check::NoIntruders),
        1 => any::<u32>().prop_map(|seconds| {
            Check::NoSavedResponses(NoOlderThan { older_than: Seconds(seconds.into()) })
        }),
        1 => Just(Check::NoTlsInspection),
        1 => word().prop_map(|named| Check::TooNew { named }),
    ]
}

pub(super) fn terms() -> impl Strategy<Value = Terms> {
    (
        select(vec![Demand::Required, Demand::Shown]),
        subsequence(SOURCES.to_vec(), 1..=4),
        select(vec![IfUnknown::Unknown, IfUnknown::Warn, IfUnknown::Fail]),
    )
        .prop_map(|(demand, settled_by, if_unknown)| Terms {
            demand,
            settled_by,
            if_unknown,
        })
}

pub(super) fn rule() -> impl Strategy<Value = Rule> {
    (
        check(),
        terms(),
        1_u64..200_000,
        select(vec![Confidence::Low, Confidence::Medium, Confidence::High]),
    )
        .prop_map(|(check, terms, time_to_live, confidence)| {
            let on = check
                .only_on()
                .map_or(Platform::ALL.to_vec(), |platform| vec![platform]);
            let mut rule = Rule {
                id: RuleId::parse("rule").expect("an id"),
                title: Title::parse("Rule").expect("a title"),
                check,
                on: on.into_iter().map(|platform| (platform, terms.clone())).collect(),
                time_to_live: Seconds(time_to_live),
                authority: Authority {
                    basis: Basis::Vendor,
                    source: ShortText::fit("a page"),
                    as_of: jiff::civil::date(2026, 4, 6),
                    confidence,
                },
                fix: None,
            };
            if confidence == Confidence::Low {
                for terms in rule.on.values_mut() {
                    terms.if_unknown = IfUnknown::Unknown;
                }
                if let Check::OsVersion(os) = &mut rule.check {
                    os.otherwise = Outside::Warn;
                }
            }
            rule
        })
}

pub(super) fn with_rules(rules: Vec<Rule>) -> Requirement {
    // Read once: these tests judge thousands of requirements.
    static HEAD: LazyLock<Requirement> = LazyLock::new(|| shipped("testnav-2026-27").for_devices());
    let mut requirement = HEAD.clone();
    requirement.hosts = ["a.example:443", "b.example:443"]
        .map(|text| HostPort::parse(text).expect("a host"))
        .to_vec();
    requirement.local = Some(LocalServers {
        name: Title::parse("ProctorCache").expect("a title"),
        hosts: vec![HostPort::parse("c.example:80").expect("a host")],
    });
    requirement.rules = rules;
    for (at, rule) in requirement.rules.iter_mut().enumerate() {
        rule.id = RuleId::parse(&format!("rule-{at}")).expect("an id");
    }
    requirement
}

pub(super) fn requirement() -> impl Strategy<Value = Requirement> {
    vec(rule(), 0..8).prop_map(with_rules)
}

pub(super) fn occasion() -> impl Strategy<Value = Occasion> {
    of((moment(), moment())).prop_map(|times| {
        times.map_or(Occasion::None, |(starts, seat_ends)| Occasion::Sitting {
            starts,
            seat_ends,
        })
    })
}
