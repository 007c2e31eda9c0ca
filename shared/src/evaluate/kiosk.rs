//! Kiosk apps: the old Chrome App and the new web app beside each other, each with the systems it still runs on.

use super::os::today;
use super::settle::Judged;
use crate::facts::{Kiosk, KioskEntry, Os};
use crate::requirement::{KioskApp, KioskApps};
use crate::units::Timestamp;

/// How one accepted app takes what is set.
enum Fit {
    Runs,
    /// It is this app, and it does not run any more; why.
    Ended(String),
    OtherApp,
    /// It is this app, and the system does not tell what decides whether it runs.
    Untold(&'static str),
}

pub(super) fn judged(accepted: &KioskApps, kiosk: &Kiosk, os: Option<&Os>, now: Timestamp) -> Judged {
    let mut told = match &kiosk.entry {
        KioskEntry::Id(id) => format!("kiosk app {id}"),
        KioskEntry::Url(url) => format!("kiosk app {url}"),
    };
    if let Some(version) = &kiosk.version {
        told.push_str(&format!(" {version}"));
    }
    let fits: Vec<_> = accepted
        .any_of
        .iter()
        .map(|app| fit(app, kiosk, os, now))
        .collect();
    if fits.iter().any(|fit| matches!(fit, Fit::Runs)) {
        return Judged::pass(told);
    }
    let untold = fits.iter().find_map(|fit| match fit {
        Fit::Untold(mark) => Some(*mark),
        _ => None,
    });
    if let Some(mark) = untold {
        return Judged::unsettled(format!(
            "{told}; whether it still runs depends on {mark}, which is not known"
        ));
    }
    let ended = fits.into_iter().find_map(|fit| match fit {
        Fit::Ended(why) => Some(why),
        _ => None,
    });
    Judged::fail(match ended {
        Some(why) => format!("{told}: {why}"),
        None => format!("{told}: not the test app"),
    })
}

fn fit(app: &KioskApp, kiosk: &Kiosk, os: Option<&Os>, now: Timestamp) -> Fit {
    let same = match (&kiosk.entry, &app.id, &app.url) {
        (KioskEntry::Id(given), Some(wanted), _) => given == wanted,
        (KioskEntry::Url(given), _, Some(wanted)) => leads_to(given.as_str(), wanted.as_str()),
        _ => false,
    };
    if !same {
        return Fit::OtherApp;
    }
    if let Some(until) = app.until
        && today(now) > until
    {
        return Fit::Ended(format!("it ran until {until} only"));
    }
    if let Some(wanted) = app.channel {
        match os.and_then(|os| os.channel) {
            Some(given) if given == wanted => {}
            Some(given) => {
                let given = super::words::channel(given);
                return Fit::Ended(format!("it does not run on the {given} channel any more"));
            }
            None => return Fit::Untold("the release channel"),
        }
    }
    if let Some(last) = &app.os_max {
        match os.and_then(|os| os.version.as_ref()) {
            Some(version) if version.compare_to_line(last).is_le() => {}
            Some(version) => {
                return Fit::Ended(format!("it runs up to ChromeOS {last} only, this is {version}"));
            }
            None => return Fit::Untold("the ChromeOS version"),
        }
    }
    Fit::Runs
}

/// Whether an address is the accepted one or a page below it. A longer host name that only begins alike is not.
fn leads_to(given: &str, wanted: &str) -> bool {
    let wanted = wanted.trim_end_matches('/');
    given
        .strip_prefix(wanted)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
}
