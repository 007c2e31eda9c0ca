//! Limits that contradict themselves.

use super::{MAX_RANGES, Unsound};
use crate::facts::Platform;
use crate::requirement::{Amount, AtMost, BatteryCharge, Check, ClockLimit, KioskApp, LatencyLimit, OsRange};

impl Amount {
    pub(crate) fn unsound(&self) -> Option<Unsound> {
        let recommended = self.recommended?;
        (recommended < self.minimum).then(|| {
            Unsound::new(
                "recommended",
                format!(
                    "recommended ({recommended}) is less than the minimum ({})",
                    self.minimum
                ),
                "write at least the minimum",
            )
        })
    }
}

impl AtMost {
    pub(crate) fn unsound(&self) -> Option<Unsound> {
        let fail = self.fail_above?;
        (fail < self.warn_above).then(|| {
            Unsound::new(
                "fail_above",
                "it fails before it warns",
                "write at least what warn_above says",
            )
        })
    }
}

impl BatteryCharge {
    pub(crate) fn unsound(&self) -> Option<Unsound> {
        (self.fail_below > self.warn_below).then(|| {
            Unsound::new(
                "fail_below",
                format!(
                    "it fails ({}) before it warns ({})",
                    self.fail_below, self.warn_below
                ),
                "write at most what warn_below says",
            )
        })
    }
}

impl ClockLimit {
    pub(crate) fn unsound(&self) -> Option<Unsound> {
        (self.fail_ms < self.warn_ms).then(|| {
            Unsound::new(
                "fail_above",
                "it fails before it warns",
                "write at least what warn_above says",
            )
        })
    }
}

impl LatencyLimit {
    pub(crate) fn unsound(&self) -> Option<Unsound> {
        (self.fail_ms < self.warn_ms).then(|| {
            Unsound::new(
                "fail_above",
                "it fails before it warns",
                "write at least what warn_above says",
            )
        })
    }
}

impl OsRange {
    pub(crate) fn unsound(&self) -> Option<Unsound> {
        let Self { min, max, within, .. } = self;
        if min.is_none()
            && max.is_none()
            && within.is_none()
            && self.distribution.is_none()
            && self.channel.is_none()
        {
            return Some(Unsound::new(
                "min",
                "the range accepts every version",
                "write min, max, within, distribution or channel",
            ));
        }
        if within.is_some() && (min.is_some() || max.is_some()) {
            return Some(Unsound::new(
                "within",
                "the range has both within and min or max",
                "write either within = \"144\" or min and max",
            ));
        }
        let (min, max) = (min.as_ref()?, max.as_ref()?);
        min.compare_to_line(max).is_gt().then(|| {
            Unsound::new(
                "min",
                format!("the range begins at {min} and ends at {max}"),
                "write the lower version as min",
            )
        })
    }
}

impl KioskApp {
    pub(crate) fn unsound(&self) -> Option<Unsound> {
        (self.id.is_some() == self.url.is_some()).then(|| {
            Unsound::new(
                "id",
                "a kiosk app needs exactly one of id and url",
                "write id = \"...\" for a Chrome App, url = \"https://...\" for a web app",
            )
        })
    }
}

impl Check {
    /// Systems that have such a thing at all; `None` means all of them.
    pub(crate) const fn only_on(&self) -> Option<Platform> {
        match self {
            Self::NotSMode => Some(Platform::Windows),
            Self::Kiosk(_) => Some(Platform::Chromeos),
            _ => None,
        }
    }

    pub(crate) fn unsound(&self) -> Option<Unsound> {
        let count = |len: usize| {
            (len == 0 || len > MAX_RANGES).then(|| {
                Unsound::new(
                    "any_of",
                    format!("any_of has {len} entries"),
                    format!("write 1 to {MAX_RANGES} of them"),
                )
            })
        };
        match self {
            Self::OsVersion(os) => {
                count(os.any_of.len()).or_else(|| os.any_of.iter().find_map(OsRange::unsound))
            }
            Self::Kiosk(kiosk) => {
                count(kiosk.any_of.len()).or_else(|| kiosk.any_of.iter().find_map(KioskApp::unsound))
            }
            Self::Memory(amount) | Self::FreeDisk(amount) => amount.unsound(),
            Self::Battery(charge) => charge.unsound(),
            Self::Uptime(limit) | Self::Resolution(limit) => limit.unsound(),
            Self::Clock(limit) => limit.unsound(),
            Self::Latency(limit) => limit.unsound(),
            Self::NotSMode
            | Self::NoRestartPending
            | Self::StaysAwake(_)
            | Self::NoIntruders
            | Self::NoSavedResponses(_)
            | Self::NoTlsInspection
            | Self::Managed
            | Self::Display(_)
            | Self::App(_)
            | Self::Reach(_)
            | Self::TooNew { .. } => None,
        }
    }
}
