//! Operating systems: ranges with holes, channels, editions with end dates, builds, distributions.

use jiff::civil::Date;

use super::settle::Judged;
use crate::facts::{Os, Platform};
use crate::requirement::{OsRange, OsVersion, Outside};
use crate::units::{Timestamp, Version};

/// How one range takes one system.
enum Fit<'a> {
    /// Every mark matches.
    Inside,
    /// Every mark would match, and the range's last day is over.
    Expired(Date),
    /// A mark does not match.
    Outside,
    /// The system does not tell a mark that the range asks for.
    Untold(&'a str),
}

pub(super) fn judged(accepted: &OsVersion, os: &Os, platform: Platform, now: Timestamp) -> Judged {
    let told = in_words(os, platform);
    let version = compared(os, platform);
    if let (Some(version), Some(floor)) = (&version, &accepted.refused_below)
        && version < floor
    {
        return Judged::fail(format!("{told}: the app does not start below {floor}"));
    }
    let outside = |why: String| match accepted.otherwise {
        Outside::Warn => Judged::warn(why),
        Outside::Fail => Judged::fail(why),
    };
    if let Some(version) = &version
        && accepted.exclude.iter().any(|hole| version.belongs_to(hole))
    {
        return outside(format!("{told}: this very version is not accepted"));
    }
    let today = today(now);
    let fits: Vec<_> = accepted
        .any_of
        .iter()
        .map(|range| (range, fit(range, os, version.as_ref(), platform, today)))
        .collect();
    let inside = || {
        fits.iter()
            .filter(|(_, fit)| matches!(fit, Fit::Inside))
            .map(|(range, _)| &range.reservation)
    };
    if inside().any(Option::is_none) {
        return Judged::pass(told);
    }
    if let Some(reservation) = inside().flatten().next() {
        return Judged::warn(format!("{told}: {reservation}"));
    }
    let mut untold = fits.iter().filter_map(|(_, fit)| match fit {
        Fit::Untold(mark) => Some(*mark),
        _ => None,
    });
    if let Some(mark) = untold.next() {
        return Judged::unsettled(format!("{told}; its {mark} is not known"));
    }
    let mut expired = fits.iter().filter_map(|(_, fit)| match fit {
        Fit::Expired(until) => Some(*until),
        _ => None,
    });
    outside(match expired.next() {
        Some(until) => format!("{told}: accepted until {until} only"),
        None => format!("{told}: not on the list"),
    })
}

/// The day by UTC. A range's last day is a day of somebody's support policy; hours do not decide it.
pub(super) fn today(now: Timestamp) -> Date {
    now.to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// What is compared: on Windows the build, elsewhere the version.
fn compared(os: &Os, platform: Platform) -> Option<Version> {
    if platform != Platform::Windows {
        return os.version.clone();
    }
    os.build.clone().or_else(|| {
        // Inventories write "10.0.26100.2314", where the build begins at the third number.
        let text = os.version.as_ref()?.as_str().strip_prefix("10.0.")?;
        Version::parse(text).ok()
    })
}

fn fit(range: &OsRange, os: &Os, version: Option<&Version>, platform: Platform, today: Date) -> Fit<'static> {
    let same = |wanted: &str, given: &str| wanted.eq_ignore_ascii_case(given);
    let mut untold = None;
    if let Some(wanted) = &range.distribution {
        match &os.distribution {
            Some(given) if same(wanted.as_str(), given.as_str()) => {}
            Some(_) => return Fit::Outside,
            None => untold = Some("distribution"),
        }
    }
    if let Some(wanted) = range.channel {
        match os.channel {
            Some(given) if given == wanted => {}
            Some(_) => return Fit::Outside,
            None => untold = Some("release channel"),
        }
    }
    if !range.editions.is_empty() {
        match &os.edition {
            Some(given)
                if range
                    .editions
                    .iter()
                    .any(|wanted| same(wanted.as_str(), given.as_str())) => {}
            Some(_) => return Fit::Outside,
            None => untold = Some("edition"),
        }
    }
    if range.min.is_some() || range.max.is_some() || range.within.is_some() {
        match version {
            Some(version) if in_numbers(range, version) => {}
            Some(_) => return Fit::Outside,
            None if platform == Platform::Windows => untold = Some("build number"),
            None => untold = Some("version"),
        }
    }
    match (untold, range.until) {
        (Some(mark), _) => Fit::Untold(mark),
        (None, Some(until)) if today > until => Fit::Expired(until),
        (None, _) => Fit::Inside,
    }
}

fn in_numbers(range: &OsRange, version: &Version) -> bool {
    range.min.as_ref().is_none_or(|min| version >= min)
        && range
            .max
            .as_ref()
            .is_none_or(|max| version.compare_to_line(max).is_le())
        && range.within.as_ref().is_none_or(|line| version.belongs_to(line))
}

/// "Windows 11 Education, build 26100.2314"; "ChromeOS 150.0.7871 (stable)".
fn in_words(os: &Os, platform: Platform) -> String {
    let mut words = os.name.to_string();
    if words.trim().is_empty() {
        words = platform.to_string();
    }
    let number = if platform == Platform::Windows {
        compared(os, platform).map(|build| (build, ", build "))
    } else {
        os.version.clone().map(|version| (version, " "))
    };
    if let Some((number, joint)) = number
        && !words.contains(number.as_str())
    {
        words.push_str(joint);
        words.push_str(number.as_str());
    }
    if let Some(channel) = os.channel {
        words.push_str(&format!(" ({})", super::words::channel(channel)));
    }
    words
}
