//! What is required, and amounts, in words that a technician reads without looking anything up.

use crate::facts::{Channel, Platform};
use crate::requirement::{Amount, Check, KioskApp, OsRange, Requirement, Target};
use crate::units::{Bytes, Seconds};

pub(super) fn required(requirement: &Requirement, check: &Check, platform: Platform) -> String {
    match check {
        Check::OsVersion(os) => any_of(os.any_of.iter().map(|accepted| range(accepted, platform))),
        Check::NotSMode => "not in S mode".to_owned(),
        Check::Memory(limits) => amount(limits, ""),
        Check::FreeDisk(limits) => amount(limits, " free"),
        Check::Display(size) => {
            let inches = size
                .diagonal_tenths
                .map_or_else(String::new, |tenths| format!(", {}", inches(tenths)));
            format!("at least {} x {}{inches}", size.width, size.height)
        }
        Check::Battery(limits) => format!("on the charger, or at least {}", limits.warn_below),
        Check::Uptime(limit) => format!("restarted within {}", Seconds(limit.warn_above)),
        Check::Clock(limit) => format!("right within {}", milliseconds(limit.warn_ms)),
        Check::Managed => "managed by the district".to_owned(),
        Check::App(version) => match &version.minimum {
            Some(minimum) => format!("{} {minimum} or newer", requirement.app.name),
            None => format!("{} installed", requirement.app.name),
        },
        Check::Kiosk(kiosk) => any_of(kiosk.any_of.iter().map(kiosk_app)),
        Check::Resolution(limit) => format!("names found within {}", milliseconds(limit.warn_above)),
        Check::Reach(reach) => answers(requirement, reach.target),
        Check::Latency(limit) => format!(
            "{} within {}, at most {} lost",
            answers(requirement, limit.target),
            milliseconds(u64::from(limit.warn_ms)),
            limit.warn_loss
        ),
        Check::NoRestartPending => "no restart or update waits".to_owned(),
        Check::StaysAwake(limit) => format!("stays awake for at least {}", limit.at_least),
        Check::NoIntruders => "no program that could disturb the test".to_owned(),
        Check::NoSavedResponses(limit) => format!("no answers older than {}", limit.older_than),
        Check::NoTlsInspection => format!(
            "encrypted traffic to {} passes unopened",
            requirement.profile.platform
        ),
        Check::TooNew { named } => format!("{named} (a newer agent can check it)"),
    }
}

/// "the gateway answers"; "TestNav's servers answer".
pub(super) fn answers(requirement: &Requirement, target: Target) -> String {
    match target {
        Target::Gateway => "the gateway answers".to_owned(),
        Target::Collector => "the collector answers".to_owned(),
        Target::Vendor => format!("{}'s servers answer", requirement.profile.platform),
        Target::Local => requirement.local.as_ref().map_or_else(
            || "the school's own test server answers".to_owned(),
            |local| format!("{} answers", local.name),
        ),
    }
}

pub(super) const fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Stable => "stable",
        Channel::Lts => "long-term support",
        Channel::Ltc => "long-term support candidate",
        Channel::Beta => "beta",
        Channel::Dev => "developer",
    }
}

/// "4 GB", "3.7 GB": whole numbers without a point.
pub(super) fn bytes(bytes: Bytes) -> String {
    bytes.to_string().replace(".0 ", " ")
}

/// "9.5 inches".
pub(super) fn inches(tenths: u16) -> String {
    format!("{}.{} inches", tenths / 10, tenths % 10)
}

/// "34 ms", "3 s", "12 min".
pub(super) fn milliseconds(milliseconds: u64) -> String {
    if milliseconds < 1_000 {
        format!("{milliseconds} ms")
    } else if milliseconds < 10_000 && milliseconds % 1_000 >= 100 {
        format!("{}.{} s", milliseconds / 1_000, milliseconds % 1_000 / 100)
    } else {
        Seconds(milliseconds / 1_000).to_string()
    }
}

/// Milliseconds, begun ones counted whole, so that a time over its limit also reads so.
pub(super) fn microseconds(microseconds: u32) -> String {
    milliseconds(u64::from(microseconds.div_ceil(1_000)))
}

fn amount(limits: &Amount, suffix: &str) -> String {
    let minimum = format!("at least {}{suffix}", bytes(limits.minimum));
    match limits.recommended {
        Some(recommended) if recommended > limits.minimum => {
            format!("{minimum}, {} recommended", bytes(recommended))
        }
        _ => minimum,
    }
}

/// "a, b or c".
fn any_of(words: impl Iterator<Item = String>) -> String {
    let mut words: Vec<_> = words.collect();
    let last = words.pop().unwrap_or_default();
    if words.is_empty() {
        last
    } else {
        format!("{} or {last}", words.join(", "))
    }
}

fn range(range: &OsRange, platform: Platform) -> String {
    let mut words = range.named.as_ref().map_or_else(
        || {
            let name = range
                .distribution
                .as_ref()
                .map_or_else(|| platform.to_string(), |id| capitalised(id.as_str()));
            let build = if platform == Platform::Windows {
                " build"
            } else {
                ""
            };
            match (&range.min, &range.max, &range.within) {
                (_, _, Some(line)) => format!("{name}{build} {line}"),
                (Some(min), Some(max), None) => format!("{name}{build} {min} to {max}"),
                (Some(min), None, None) => format!("{name}{build} {min} or newer"),
                (None, Some(max), None) => format!("{name}{build} up to {max}"),
                (None, None, None) => name,
            }
        },
        ToString::to_string,
    );
    if let Some(wanted) = range.channel {
        words.push_str(&format!(" ({})", channel(wanted)));
    }
    if !range.editions.is_empty() {
        words.push_str(&format!(
            " ({})",
            any_of(range.editions.iter().map(ToString::to_string))
        ));
    }
    if let Some(until) = range.until {
        words.push_str(&format!(" until {until}"));
    }
    words
}

fn kiosk_app(app: &KioskApp) -> String {
    let entry = app.url.as_ref().or(app.id.as_ref());
    let mut words = entry.map_or_else(String::new, |entry| format!("kiosk app {entry}"));
    if let Some(last) = &app.os_max {
        words.push_str(&format!(" up to ChromeOS {last}"));
    }
    if let Some(wanted) = app.channel {
        words.push_str(&format!(" ({})", channel(wanted)));
    }
    if let Some(until) = app.until {
        words.push_str(&format!(" until {until}"));
    }
    words
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
