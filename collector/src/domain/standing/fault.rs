//! What is wrong with a device that is there, for its tile.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Standing;
use crate::domain::incident::Condition;

/// When a battery will be empty that does not last as long as its seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Empty {
    /// Most likely, by the collector's clock.
    pub about: Timestamp,
    /// Minutes, either way.
    pub plus_minus_min: u32,
}

/// The worst that is wrong with a device that is heard. Shown at once, before an incident opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// What.
    pub condition: Condition,
    /// Since when.
    pub since: Timestamp,
    /// Its charge in percent, where the fault is about its battery.
    pub percent: Option<u8>,
    /// When its battery will be empty, where the fault is about that and as far as it can be said.
    pub empty: Option<Empty>,
}

impl Fault {
    /// What it makes of a device that is otherwise fine.
    #[must_use]
    pub const fn standing(self) -> Standing {
        match self.condition {
            Condition::BatteryCritical => Standing::BatteryCritical,
            Condition::Unstable => Standing::Unstable,
            _ => Standing::Attention,
        }
    }

    /// One short reason for a tile. `app` is the test app's name, `written` writes a time, `ends` is the written end of
    /// the sitting where that is also this seat's own: a later one would tell that somebody needs more time.
    #[must_use]
    pub fn words(
        self,
        app: &str,
        ends: Option<&str>,
        written: impl Fn(Timestamp) -> String,
    ) -> Option<String> {
        let since = || written(self.since);
        let about = self.empty.map(|empty| about_words(empty, &written));
        Some(match self.condition {
            Condition::BatteryCritical => match (self.percent, about) {
                (Some(percent), Some(about)) => format!("{percent} % left, empty {about}"),
                (Some(percent), None) => format!("{percent} % left"),
                (None, _) => "battery almost empty".to_owned(),
            },
            Condition::BatteryWontLast => match (about, ends) {
                (Some(about), Some(ends)) => format!("will not last: {about}, ends {ends}"),
                (Some(about), None) => format!("battery will not last: {about}"),
                (None, _) => "battery will not last".to_owned(),
            },
            Condition::ChargerUnplugged => format!("charger unplugged at {}", since()),
            Condition::Unstable => format!("comes and goes since {}", since()),
            Condition::VendorUnreachable => format!("reaches no {app} server since {}", since()),
            Condition::NetworkSlow => format!("slow network since {}", since()),
            Condition::Intruder => format!("another program disturbs {app}"),
            Condition::NetworkChanged => format!("on another network since {}", since()),
            Condition::ClockJumped => format!("its clock was moved at {}", since()),
            Condition::StorageFull => "almost no storage left".to_owned(),
            Condition::CredentialShared => "two machines use this device's identity".to_owned(),
            // Those have words of their own.
            Condition::LostContact
            | Condition::ShutDown
            | Condition::Restarted
            | Condition::Slept
            | Condition::TestAppCrashed
            | Condition::TestAppNotRunning => return None,
        })
    }
}

/// A forecast that may be off by more than this is written as a stretch: a single time would claim more than is known.
const PRECISE_MIN: u32 = 15;

/// "about 10:42"; "between 10:20 and 11:10" where that is all that can be said.
#[must_use]
pub fn about_words(empty: Empty, written: impl Fn(Timestamp) -> String) -> String {
    if empty.plus_minus_min <= PRECISE_MIN {
        return format!("about {}", written(empty.about));
    }
    let off = jiff::SignedDuration::from_mins(i64::from(empty.plus_minus_min.min(24 * 60)));
    let from = empty.about.checked_sub(off).unwrap_or(empty.about);
    let until = empty.about.checked_add(off).unwrap_or(empty.about);
    format!("between {} and {}", written(from), written(until))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(condition: Condition) -> Fault {
        Fault {
            condition,
            since: "2026-10-06T14:41:00Z".parse().unwrap(),
            percent: Some(7),
            empty: Some(Empty {
                about: "2026-10-06T15:42:00Z".parse().unwrap(),
                plus_minus_min: 6,
            }),
        }
    }

    fn words(fault: Fault, ends: Option<&str>) -> Option<String> {
        fault.words("TestNav", ends, |at| {
            at.to_zoned(jiff::tz::TimeZone::UTC).strftime("%H:%M").to_string()
        })
    }

    #[test]
    fn a_tile_says_what_is_wrong_in_a_few_words() {
        let told: Vec<_> = Condition::ALL
            .into_iter()
            .filter_map(|condition| words(fault(condition), Some("16:30")))
            .collect();
        assert_eq!(
            told,
            [
                "reaches no TestNav server since 14:41",
                "7 % left, empty about 15:42",
                "will not last: about 15:42, ends 16:30",
                "charger unplugged at 14:41",
                "comes and goes since 14:41",
                "slow network since 14:41",
                "another program disturbs TestNav",
                "on another network since 14:41",
                "its clock was moved at 14:41",
                "almost no storage left",
                "two machines use this device's identity",
            ]
        );
    }

    #[test]
    fn a_seat_that_ends_later_does_not_show_its_end() {
        let later = words(fault(Condition::BatteryWontLast), None);
        assert_eq!(later.as_deref(), Some("battery will not last: about 15:42"));
    }

    #[test]
    fn a_forecast_that_is_hardly_one_is_written_as_a_stretch() {
        let mut vague = fault(Condition::BatteryWontLast);
        vague.empty = vague.empty.map(|empty| Empty {
            plus_minus_min: 20,
            ..empty
        });
        assert_eq!(
            words(vague, None).as_deref(),
            Some("battery will not last: between 15:22 and 16:02")
        );
    }
}
