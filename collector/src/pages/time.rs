//! Times as pages write them: local and exact, with how long ago beside them.
//!
//! Pure: the caller brings the moment, the present and the school's time zone.

use jiff::{Timestamp, Zoned, tz::TimeZone};

/// A moment, ready to show. Build it with [`local_time`] or [`local_time_to_the_second`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalTime {
    /// What the clock on the wall said: `10:41`, or `Tue 24 Nov, 10:41` on another day.
    pub exact: String,
    /// The same moment for machines, in UTC.
    pub iso: String,
    /// Distance from now: `12 s ago`, `in 5 min`.
    pub age: String,
}

/// Below this age a page says "just now": counting single seconds is restless and no more useful.
pub const JUST_NOW_SECONDS: i64 = 5;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A moment to the minute, for boards: `10:41`.
#[must_use]
pub fn local_time(at: Timestamp, now: Timestamp, zone: &TimeZone) -> LocalTime {
    written(at, now, zone, "%H:%M")
}

/// A moment to the second, for records: `10:41:07`.
#[must_use]
pub fn local_time_to_the_second(at: Timestamp, now: Timestamp, zone: &TimeZone) -> LocalTime {
    written(at, now, zone, "%H:%M:%S")
}

fn written(at: Timestamp, now: Timestamp, zone: &TimeZone, clock: &str) -> LocalTime {
    let local = at.to_zoned(zone.clone());
    let today = now.to_zoned(zone.clone());
    LocalTime {
        exact: exact(&local, &today, clock),
        iso: at.to_string(),
        age: age(at, now),
    }
}

fn exact(local: &Zoned, today: &Zoned, clock: &str) -> String {
    let day = if local.date() == today.date() {
        ""
    } else if local.year() == today.year() {
        "%a %-d %b, "
    } else {
        "%-d %b %Y, "
    };
    local.strftime(&format!("{day}{clock}")).to_string()
}

/// How far a moment is from now, in the largest unit that still says something.
///
/// `assets/live.js` keeps these words fresh on an open page and must say the same.
#[must_use]
pub fn age(at: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second() - at.as_second();
    let distance = seconds.abs();
    if distance < JUST_NOW_SECONDS {
        return "just now".to_owned();
    }
    let words = if distance < MINUTE {
        format!("{distance} s")
    } else if distance < HOUR {
        format!("{} min", distance / MINUTE)
    } else if distance < 2 * DAY {
        format!("{} h", distance / HOUR)
    } else {
        format!("{} days", distance / DAY)
    };
    if seconds < 0 {
        format!("in {words}")
    } else {
        format!("{words} ago")
    }
}

/// Time left until `end`, in words for the top line: `1 h 12 min left`, `less than a minute left`, `time is up`.
#[must_use]
pub fn time_left(end: Timestamp, now: Timestamp) -> String {
    let seconds = end.as_second() - now.as_second();
    match (seconds / HOUR, (seconds % HOUR) / MINUTE) {
        _ if seconds <= 0 => "time is up".to_owned(),
        (0, 0) => "less than a minute left".to_owned(),
        (0, minutes) => format!("{minutes} min left"),
        (hours, 0) => format!("{hours} h left"),
        (hours, minutes) => format!("{hours} h {minutes} min left"),
    }
}

/// How long something lasted: `40 s`, `6 min`, `1 h 12 min`.
#[must_use]
pub fn lasted(from: Timestamp, until: Timestamp) -> String {
    let seconds = (until.as_second() - from.as_second()).max(0);
    match (seconds / HOUR, (seconds % HOUR) / MINUTE) {
        (0, 0) => format!("{seconds} s"),
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests;
