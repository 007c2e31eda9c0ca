//! Battery: what is left now, and whether it lasts until this seat's end.

use super::Occasion;
use super::settle::Judged;
use crate::facts::{Flow, Power};
use crate::requirement::BatteryCharge;
use crate::units::Timestamp;
use crate::verdict::Verdict;

/// A charge read longer than this before the start says nothing about the sitting: there is time to charge.
const FORECAST_AHEAD_MINUTES: i64 = 4 * 60;

pub(super) fn judged(limits: &BatteryCharge, power: &Power, occasion: &Occasion, now: Timestamp) -> Judged {
    let Some(battery) = power.battery() else {
        return Judged::pass("no battery, runs on mains");
    };
    let charge = battery.charge;
    match battery.flow {
        Flow::Charging => return Judged::pass(format!("{charge}, charging")),
        Flow::Full => return Judged::pass(format!("{charge}, full and on the charger")),
        Flow::Idle => return Judged::pass(format!("{charge}, on the charger")),
        Flow::Discharging => {}
    }
    let by_charge = if charge < limits.fail_below {
        Verdict::Fail
    } else if charge < limits.warn_below {
        Verdict::Warn
    } else {
        Verdict::Pass
    };
    let lasts = battery
        .drain_tenths_per_hour
        .filter(|drain| *drain > 0)
        .map(|drain| i64::from(charge.get()) * 600 / i64::from(drain));
    let (Some(lasts), Some(to_go)) = (lasts, minutes_to_go(occasion, now)) else {
        return Judged::of(by_charge, format!("{charge}, on battery"));
    };
    if lasts >= to_go {
        return Judged::of(by_charge, format!("{charge}, on battery"));
    }
    // A forecast from one moment's drain warns; only the charge itself fails.
    Judged::of(
        by_charge.max(Verdict::Warn),
        format!("{charge}, on battery; lasts about {lasts} min, {to_go} min to go"),
    )
}

/// Minutes that the battery has to last, begun ones counted whole; `None` when no sitting is near.
fn minutes_to_go(occasion: &Occasion, now: Timestamp) -> Option<i64> {
    let Occasion::Sitting { starts, seat_ends } = *occasion else {
        return None;
    };
    let until_start = starts.duration_since(now).as_secs() / 60;
    if until_start > FORECAST_AHEAD_MINUTES {
        return None;
    }
    let seconds = seat_ends.duration_since(now.max(starts)).as_secs();
    (seconds > 0).then(|| seconds.saturating_add(59) / 60)
}
