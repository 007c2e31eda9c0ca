//! A time of day as somebody types it into a form.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// A time that lies so far back belongs to the night before: a school does not test for longer.
const AT_MOST_BACK: SignedDuration = SignedDuration::from_hours(12);

/// The latest moment, not after `when`, at which the school's clock showed this; at most half a day back. Where there
/// is none, today's, which is then in the future. None when it is no time of day.
#[must_use]
pub fn at_clock(typed: &str, when: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let time = Time::strptime("%H:%M", typed)
        .or_else(|_| Time::strptime("%H:%M:%S", typed))
        .ok()?;
    let today = when.to_zoned(zone.clone()).date();
    let on = |date: jiff::civil::Date| Some(date.to_datetime(time).to_zoned(zone.clone()).ok()?.timestamp());
    let of_today = on(today)?;
    if of_today <= when {
        return Some(of_today);
    }
    let of_yesterday = on(today.yesterday().ok()?)?;
    let near = when.duration_since(of_yesterday) <= AT_MOST_BACK;
    Some(if near { of_yesterday } else { of_today })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> Timestamp {
        time.parse().unwrap()
    }

    fn typed(text: &str, when: &str) -> Option<Timestamp> {
        let chicago = TimeZone::get("America/Chicago").unwrap();
        at_clock(text, at(when), &chicago)
    }

    #[test]
    fn a_time_of_day_is_today_s_by_the_school_s_clock() {
        let now = "2026-11-24T10:41:19-06:00";
        assert_eq!(typed("09:10", now), Some(at("2026-11-24T09:10:00-06:00")));
        assert_eq!(typed("10:41", now), Some(at("2026-11-24T10:41:00-06:00")));
        assert_eq!(
            typed("10:42", now),
            Some(at("2026-11-24T10:42:00-06:00")),
            "still to come, which is refused with that reason"
        );
        for bad in ["", "25:00", "9", "nine", "09:10 pm"] {
            assert_eq!(typed(bad, now), None, "{bad:?}");
        }
    }

    #[test]
    fn after_midnight_the_evening_before_is_meant() {
        let now = "2026-11-25T00:10:00-06:00";
        assert_eq!(typed("23:50", now), Some(at("2026-11-24T23:50:00-06:00")));
    }

    #[test]
    fn on_the_day_on_which_an_hour_is_missing_a_time_is_still_found() {
        let now = "2026-03-08T08:30:00-05:00";
        assert_eq!(typed("02:30", now), Some(at("2026-03-08T03:30:00-05:00")));
        assert_eq!(typed("07:30", now), Some(at("2026-03-08T07:30:00-05:00")));
    }
}
