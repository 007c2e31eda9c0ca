//! `kind` and `limits` of a rule.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::sentence;
use crate::facts::Channel;
use crate::requirement::sound::{MAX_RANGES, Unsound};
use crate::requirement::{
    Amount, AppVersion, AtMost, BatteryCharge, Check, ClockLimit, DisplaySize, KioskApp, KioskApps,
    LatencyLimit, NoOlderThan, OsRange, OsVersion, Outside, ReachTarget, StaysAwake, Target,
};
use crate::strict::{Reader, Value};
use crate::units::{Bytes, Percent, Seconds, Version};

/// Limits on times between a millisecond and a quarter: outside of it a unit was mistyped.
const TIMES: RangeInclusive<Duration> = Duration::from_millis(1)..=Duration::from_secs(90 * 86_400);
/// Limits on network times: past 60 s nothing answers.
const NETWORK_TIMES: RangeInclusive<Duration> = Duration::from_millis(1)..=Duration::from_secs(60);
const CHANNELS: [(&str, Channel); 5] = [
    ("stable", Channel::Stable),
    ("lts", Channel::Lts),
    ("ltc", Channel::Ltc),
    ("beta", Channel::Beta),
    ("dev", Channel::Dev),
];
const TARGETS: [(&str, Target); 4] = [
    ("gateway", Target::Gateway),
    ("collector", Target::Collector),
    ("vendor", Target::Vendor),
    ("local", Target::Local),
];

/// The check of a rule: its `kind` with its `limits`.
pub(super) fn check(rule: &mut Reader<'_>) -> Option<Check> {
    let known: Vec<_> = Check::KINDS
        .iter()
        .filter(|kind| **kind != "too-new")
        .map(|kind| (*kind, *kind))
        .collect();
    let kind = rule
        .required("kind", "\"memory\"")
        .and_then(|value| value.word(&known));
    let Some(kind) = kind else {
        // Limits of an unknown kind cannot be read; that they are there is no second fault.
        drop(rule.optional("limits"));
        return None;
    };
    check_of_kind(kind, rule)
}

/// The check of a known kind from the `limits` of the table.
pub(in crate::requirement) fn check_of_kind(kind: &str, table: &mut Reader<'_>) -> Option<Check> {
    match kind {
        "not-s-mode" => return Some(Check::NotSMode),
        "managed" => return Some(Check::Managed),
        "no-restart-pending" => return Some(Check::NoRestartPending),
        "no-intruders" => return Some(Check::NoIntruders),
        "no-tls-inspection" => return Some(Check::NoTlsInspection),
        "app" if !table.has("limits") => return Some(Check::App(AppVersion { minimum: None })),
        _ => {}
    }
    let mut limits = table.required_table("limits")?;
    let check = read(kind, &mut limits);
    limits.finish();
    check
}

fn read(kind: &str, limits: &mut Reader<'_>) -> Option<Check> {
    match kind {
        "os-version" => os_version(limits).map(Check::OsVersion),
        "memory" => amount(limits).map(Check::Memory),
        "free-disk" => amount(limits).map(Check::FreeDisk),
        "display" => display(limits).map(Check::Display),
        "battery" => battery(limits).map(Check::Battery),
        "uptime" => {
            let limit = at_most(limits, |duration| duration.as_secs().max(1))?;
            Some(Check::Uptime(limit))
        }
        "clock" => clock(limits).map(Check::Clock),
        "app" => {
            let minimum = limits
                .required("minimum", "\"1.15\"")
                .and_then(Value::parsed::<Version>)?;
            Some(Check::App(AppVersion {
                minimum: Some(minimum),
            }))
        }
        "kiosk" => kiosk(limits).map(Check::Kiosk),
        "resolution" => at_most(limits, whole_milliseconds).map(Check::Resolution),
        "reach" => {
            let target = target(limits)?;
            Some(Check::Reach(ReachTarget { target }))
        }
        "latency" => latency(limits).map(Check::Latency),
        "stays-awake" => {
            let at_least = seconds(limits, "at_least", "\"30m\"")?;
            Some(Check::StaysAwake(StaysAwake { at_least }))
        }
        "no-saved-responses" => {
            let older_than = seconds(limits, "older_than", "\"12h\"")?;
            Some(Check::NoSavedResponses(NoOlderThan { older_than }))
        }
        _ => None,
    }
}

/// Hands a value on after telling what is unsound about it, so that reading goes on.
fn told<T>(limits: &Reader<'_>, value: T, unsound: Option<Unsound>) -> T {
    if let Some(unsound) = unsound {
        limits.fault_at(unsound.key, &unsound.problem, &unsound.instead);
    }
    value
}

fn seconds(limits: &mut Reader<'_>, key: &str, example: &str) -> Option<Seconds> {
    limits
        .required(key, example)
        .and_then(|value| value.duration(TIMES))
        .map(|duration| Seconds(duration.as_secs().max(1)))
}

fn whole_milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn os_version(limits: &mut Reader<'_>) -> Option<OsVersion> {
    let any_of = ranges(limits, os_range);
    let exclude = match limits.optional("exclude") {
        None => Some(Vec::new()),
        Some(value) => value.list(MAX_RANGES, Value::parsed::<Version>),
    };
    let refused_below = limits
        .optional("refused_below")
        .and_then(Value::parsed::<Version>);
    let otherwise = limits
        .required("otherwise", "\"warn\"")
        .and_then(|value| value.word(&[("warn", Outside::Warn), ("fail", Outside::Fail)]));
    Some(OsVersion {
        any_of: any_of?,
        exclude: exclude?,
        refused_below,
        otherwise: otherwise?,
    })
}

/// The tables of `any_of`: at least one, each read by `one`.
fn ranges<T>(limits: &mut Reader<'_>, one: impl Fn(Reader<'_>) -> T) -> Option<Vec<T>> {
    let tables = limits.required("any_of", "[{ min = \"146\" }]")?.tables();
    if tables.is_empty() || tables.len() > MAX_RANGES {
        limits.fault_at(
            "any_of",
            &format!("any_of has {} tables", tables.len()),
            &format!("write 1 to {MAX_RANGES} of them, such as any_of = [{{ min = \"146\" }}]"),
        );
    }
    Some(tables.into_iter().map(one).collect())
}

fn os_range(mut table: Reader<'_>) -> OsRange {
    let mut version = |key| table.optional(key).and_then(Value::parsed::<Version>);
    let (min, max, within) = (version("min"), version("max"), version("within"));
    let range = OsRange {
        named: table.optional("named").and_then(sentence),
        distribution: table.optional("distribution").and_then(sentence),
        channel: table.optional("channel").and_then(|value| value.word(&CHANNELS)),
        min,
        max,
        within,
        editions: table
            .optional("editions")
            .and_then(|value| value.list(MAX_RANGES, sentence))
            .unwrap_or_default(),
        until: table.optional("until").and_then(Value::date),
        reservation: table.optional("reservation").and_then(sentence),
    };
    // A mark that could not be read was told already and leaves the range looking emptier than it was written.
    let written = ["min", "max", "within", "distribution", "channel"];
    let unsound = range.unsound().filter(|unsound| {
        unsound.key != "min" || range.min.is_some() || !written.iter().any(|key| table.has(key))
    });
    let range = told(&table, range, unsound);
    table.finish();
    range
}

fn kiosk(limits: &mut Reader<'_>) -> Option<KioskApps> {
    let any_of = ranges(limits, |mut table| {
        let app = KioskApp {
            id: table.optional("id").and_then(sentence),
            url: table.optional("url").and_then(sentence),
            os_max: table.optional("os_max").and_then(Value::parsed::<Version>),
            channel: table.optional("channel").and_then(|value| value.word(&CHANNELS)),
            until: table.optional("until").and_then(Value::date),
        };
        let unsound = app.unsound().filter(|_| table.has("id") == table.has("url"));
        let app = told(&table, app, unsound);
        table.finish();
        app
    })?;
    Some(KioskApps { any_of })
}

fn amount(limits: &mut Reader<'_>) -> Option<Amount> {
    let minimum = limits.required("minimum", "\"2 GB\"").and_then(Value::bytes);
    let recommended = limits.optional("recommended").and_then(Value::bytes);
    let allowance = limits.optional("allowance").and_then(Value::bytes);
    let amount = Amount {
        minimum: minimum?,
        recommended,
        allowance: allowance.unwrap_or(Bytes(0)),
    };
    Some(told(limits, amount, amount.unsound()))
}

fn display(limits: &mut Reader<'_>) -> Option<DisplaySize> {
    let mut pixels = |key, example| {
        limits
            .required(key, example)
            .and_then(|value| value.integer(1_u32..=16_384))
    };
    let (width, height) = (pixels("width", "1024"), pixels("height", "768"));
    let diagonal_tenths = limits
        .optional("diagonal_inches")
        .and_then(|value| value.tenths(10..=1_000));
    Some(DisplaySize {
        width: width?,
        height: height?,
        diagonal_tenths,
    })
}

fn percent(value: Value<'_>) -> Option<Percent> {
    value
        .integer(0_u8..=100)
        .and_then(|number| Percent::new(number).ok())
}

fn battery(limits: &mut Reader<'_>) -> Option<BatteryCharge> {
    let warn_below = limits.required("warn_below", "50").and_then(percent);
    let fail_below = limits.required("fail_below", "20").and_then(percent);
    let charge = BatteryCharge {
        warn_below: warn_below?,
        fail_below: fail_below?,
    };
    Some(told(limits, charge, charge.unsound()))
}

fn at_most(limits: &mut Reader<'_>, unit: impl Fn(Duration) -> u64) -> Option<AtMost> {
    let warn_above = limits
        .required("warn_above", "\"3d\"")
        .and_then(|value| value.duration(TIMES));
    let fail_above = limits
        .optional("fail_above")
        .and_then(|value| value.duration(TIMES));
    let limit = AtMost {
        warn_above: unit(warn_above?),
        fail_above: fail_above.map(unit),
    };
    Some(told(limits, limit, limit.unsound()))
}

fn clock(limits: &mut Reader<'_>) -> Option<ClockLimit> {
    let mut time = |key, example| {
        limits
            .required(key, example)
            .and_then(|value| value.duration(TIMES))
            .map(whole_milliseconds)
    };
    let (warn_ms, fail_ms) = (time("warn_above", "\"30s\""), time("fail_above", "\"5m\""));
    let limit = ClockLimit {
        warn_ms: warn_ms?,
        fail_ms: fail_ms?,
    };
    Some(told(limits, limit, limit.unsound()))
}

fn target(limits: &mut Reader<'_>) -> Option<Target> {
    limits
        .required("target", "\"vendor\"")
        .and_then(|value| value.word(&TARGETS))
}

fn latency(limits: &mut Reader<'_>) -> Option<LatencyLimit> {
    let target = target(limits);
    let mut time = |key, example| {
        limits
            .required(key, example)
            .and_then(|value| value.duration(NETWORK_TIMES))
            .and_then(|duration| u32::try_from(duration.as_millis()).ok())
    };
    let (warn_ms, fail_ms) = (time("warn_above", "\"150ms\""), time("fail_above", "\"400ms\""));
    let warn_loss = limits.required("warn_loss_percent", "5").and_then(percent);
    let limit = LatencyLimit {
        target: target?,
        warn_ms: warn_ms?,
        fail_ms: fail_ms?,
        warn_loss: warn_loss?,
    };
    Some(told(limits, limit, limit.unsound()))
}
