//! The device itself: memory, disk, display, uptime, clock, management, the installed app.

use super::settle::Judged;
use super::words;
use crate::facts::{AppInstall, ClockOffset, Display};
use crate::requirement::{Amount, AppVersion, AtMost, ClockLimit, DisplaySize};
use crate::units::{Bytes, Seconds};
use crate::verdict::Verdict;

pub(super) fn s_mode(s_mode: Option<bool>) -> Judged {
    match s_mode {
        Some(true) => Judged::fail("in S mode"),
        Some(false) => Judged::pass("not in S mode"),
        None => Judged::unsettled("the system does not say whether it is in S mode"),
    }
}

pub(super) fn amount(limits: &Amount, measured: Bytes, suffix: &str) -> Judged {
    let counted = Bytes(measured.0.saturating_add(limits.allowance.0));
    let verdict = if counted < limits.minimum {
        Verdict::Fail
    } else if limits.recommended.is_some_and(|wanted| counted < wanted) {
        Verdict::Warn
    } else {
        Verdict::Pass
    };
    Judged::of(verdict, format!("{}{suffix}", words::bytes(measured)))
}

pub(super) fn display(limits: &DisplaySize, display: &Display) -> Judged {
    // A tablet held upright has the same display as one that lies.
    let (width, height) = (
        display.width.max(display.height),
        display.width.min(display.height),
    );
    let pixels = format!("{} x {}", display.width, display.height);
    let (wanted_width, wanted_height) = (limits.width.max(limits.height), limits.width.min(limits.height));
    let enough = width >= wanted_width && height >= wanted_height;
    match (limits.diagonal_tenths, display.diagonal_tenths) {
        _ if !enough => Judged::fail(pixels),
        (None, _) => Judged::pass(pixels),
        (Some(_), None) => Judged::unsettled(format!("{pixels}; the display does not tell its size")),
        (Some(wanted), Some(given)) => {
            let verdict = if given < wanted {
                Verdict::Fail
            } else {
                Verdict::Pass
            };
            Judged::of(verdict, format!("{pixels}, {}", words::inches(given)))
        }
    }
}

pub(super) fn uptime(limits: &AtMost, uptime: Seconds) -> Judged {
    Judged::of(at_most(limits, uptime.0), format!("running for {uptime}"))
}

/// Less is better.
pub(super) fn at_most(limits: &AtMost, measured: u64) -> Verdict {
    if limits.fail_above.is_some_and(|limit| measured > limit) {
        Verdict::Fail
    } else if measured > limits.warn_above {
        Verdict::Warn
    } else {
        Verdict::Pass
    }
}

pub(super) fn clock(limits: &ClockLimit, offset: &ClockOffset) -> Judged {
    // Only what is certain counts against the device: the exchange itself took time.
    let certain = offset
        .ahead_ms
        .unsigned_abs()
        .saturating_sub(u64::from(offset.uncertainty_ms));
    let limits = AtMost {
        warn_above: limits.warn_ms,
        fail_above: Some(limits.fail_ms),
    };
    let distance = words::milliseconds(offset.ahead_ms.unsigned_abs());
    let measured = match offset.ahead_ms {
        0 => "right".to_owned(),
        ahead if ahead > 0 => format!("{distance} fast"),
        _ => format!("{distance} slow"),
    };
    Judged::of(at_most(&limits, certain), measured)
}

pub(super) fn managed(managed: bool) -> Judged {
    if managed {
        Judged::pass("managed")
    } else {
        Judged::fail("not managed")
    }
}

pub(super) fn app(limits: &AppVersion, app: &AppInstall) -> Judged {
    match (app, &limits.minimum) {
        (AppInstall::NotInstalled, _) => Judged::fail("not installed"),
        (
            AppInstall::Installed {
                version: Some(given), ..
            },
            Some(wanted),
        ) if given < wanted => Judged::fail(format!("version {given}")),
        (AppInstall::Installed { version: None, .. }, Some(_)) => {
            Judged::unsettled("installed; its version is not known")
        }
        (
            AppInstall::Installed {
                version: Some(given), ..
            },
            _,
        ) => Judged::pass(format!("version {given}")),
        (AppInstall::Installed { version: None, .. }, None) => Judged::pass("installed"),
    }
}
