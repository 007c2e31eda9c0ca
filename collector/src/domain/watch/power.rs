//! What a device's battery means for its seat.

use jiff::Timestamp;
use roomready_shared::timetable::Timing;
use roomready_shared::wire::v1::Charge;
use serde::Serialize;

use super::Now;
use super::battery::{Battery, Outlook, Until};
use super::device::Current;
use super::table::UNTIL_FINISHED_AHEAD_MS;
use crate::domain::incident::Condition;
use crate::domain::standing::Empty;

/// A device's battery, and what was last said of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Power {
    battery: Battery,
    critical: bool,
    /// Whether it will not last; none while that is not known.
    short: Option<bool>,
    /// It was on a charger while its test was under way.
    fed_in_test: bool,
}

impl Power {
    /// Takes what a beat says.
    pub(super) fn take(&mut self, charge: Option<Charge>, in_test: bool, now_ms: u64) {
        self.battery.take(charge, now_ms);
        self.fed_in_test |= in_test && self.battery.fed() == Some(true);
    }

    pub(super) fn told_drain(&mut self, tenths_per_hour: Option<u16>) {
        self.battery.told_drain(tenths_per_hour);
    }

    /// Another sitting, another plug.
    pub(super) fn new_sitting(&mut self) {
        self.fed_in_test = false;
        self.critical = false;
        self.short = None;
    }

    /// Judges it against the seat's end.
    pub(super) fn look(&mut self, current: &Current, now: Now) {
        let ends_ms = ends_ms(current, now);
        self.critical = self.battery.is_critical(self.critical, ends_ms, now.mono_ms);
        self.short = match self.battery.outlook(now.mono_ms) {
            Outlook::Fed => Some(false),
            // It slept, or its meter jumped: what was said is neither confirmed nor taken back.
            Outlook::TooEarly => None,
            Outlook::Until(until) => until.lasts_until(ends_ms).map(|lasts| !lasts).or(self.short),
        };
    }

    /// Whether something is wrong; none where that is not known.
    pub(super) fn wrong(&self, condition: Condition) -> Option<bool> {
        let fed = self.battery.fed()?;
        match condition {
            Condition::BatteryCritical => Some(self.critical),
            Condition::BatteryWontLast => self.short,
            Condition::ChargerUnplugged if fed => Some(false),
            // After a restart it is not known whether it was plugged in.
            Condition::ChargerUnplugged => self.fed_in_test.then_some(true),
            _ => None,
        }
    }

    /// False only where [`Self::wrong`] says of nothing that it is wrong.
    pub(super) fn may_ail(&self) -> bool {
        self.critical || self.is_short() || (self.fed_in_test && self.battery.fed() == Some(false))
    }

    /// Whether it is forecast not to last.
    pub(super) fn is_short(&self) -> bool {
        self.short == Some(true)
    }

    pub(super) fn percent(&self) -> Option<u8> {
        self.battery.percent()
    }

    /// When it will be empty, as far as that can be said.
    pub(super) fn empty(&self, now: Now) -> Option<Empty> {
        let Outlook::Until(until) = self.battery.outlook(now.mono_ms) else {
            return None;
        };
        Some(empty(until, now))
    }
}

fn empty(until: Until, now: Now) -> Empty {
    let ahead = i64::try_from(until.about_ms.saturating_sub(now.mono_ms)).unwrap_or(i64::MAX);
    let about = now
        .wall
        .checked_add(jiff::SignedDuration::from_millis(ahead))
        .unwrap_or(Timestamp::MAX);
    Empty {
        about,
        plus_minus_min: u32::try_from(until.plus_minus_ms().div_ceil(60_000)).unwrap_or(u32::MAX),
    }
}

/// The seat's end on our monotonic clock. Where students end when they have finished nobody knows when that is: a
/// battery must last the next hour, and not until the room must be free.
fn ends_ms(current: &Current, now: Now) -> u64 {
    let left = current
        .ends
        .as_millisecond()
        .saturating_sub(now.wall.as_millisecond());
    let left = u64::try_from(left).unwrap_or(0);
    now.mono_ms.saturating_add(match current.timing {
        Timing::Timed => left,
        Timing::UntilFinished => left.min(UNTIL_FINISHED_AHEAD_MS),
    })
}
