//! What a teacher in Chicago reads for moments near and far.

use super::*;

fn chicago() -> TimeZone {
    TimeZone::get("America/Chicago").unwrap()
}

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn a_moment_today_is_only_a_clock_time() {
    let time = local_time(
        moment("2026-11-24T16:41:07Z"),
        moment("2026-11-24T16:41:19Z"),
        &chicago(),
    );
    assert_eq!(time.exact, "10:41");
    assert_eq!(time.iso, "2026-11-24T16:41:07Z");
    assert_eq!(time.age, "12 s ago");
}

#[test]
fn a_record_keeps_the_seconds() {
    let time = local_time_to_the_second(
        moment("2026-11-24T16:41:07Z"),
        moment("2026-11-24T16:45:07Z"),
        &chicago(),
    );
    assert_eq!(
        (time.exact.as_str(), time.age.as_str()),
        ("10:41:07", "4 min ago")
    );
}

#[test]
fn another_day_and_another_year_are_named() {
    let now = moment("2026-11-24T16:41:00Z");
    assert_eq!(
        local_time(moment("2026-11-23T16:41:00Z"), now, &chicago()).exact,
        "Mon 23 Nov, 10:41"
    );
    assert_eq!(
        local_time(moment("2025-11-23T16:41:00Z"), now, &chicago()).exact,
        "23 Nov 2025, 10:41"
    );
}

#[test]
fn the_day_is_the_schools_day_not_the_worlds() {
    // 01:30 UTC on the 25th is still the evening of the 24th in Chicago.
    let time = local_time(
        moment("2026-11-25T01:30:00Z"),
        moment("2026-11-24T20:00:00Z"),
        &chicago(),
    );
    assert_eq!(time.exact, "19:30");
    assert_eq!(time.age, "in 5 h");
}

#[test]
fn ages_use_the_largest_unit_that_says_something() {
    let now = moment("2026-11-24T16:00:00Z");
    let said = |earlier_by: i64| age(Timestamp::from_second(now.as_second() - earlier_by).unwrap(), now);
    assert_eq!(said(4), "just now");
    assert_eq!(said(5), "5 s ago");
    assert_eq!(said(59), "59 s ago");
    assert_eq!(said(60), "1 min ago");
    assert_eq!(said(3_599), "59 min ago");
    assert_eq!(said(3_600), "1 h ago");
    assert_eq!(said(172_799), "47 h ago");
    assert_eq!(said(172_800), "2 days ago");
    assert_eq!(said(-300), "in 5 min");
}

#[test]
fn time_left_never_shows_a_negative_or_a_lonely_zero() {
    let now = moment("2026-11-24T16:00:00Z");
    let left = |seconds: i64| time_left(Timestamp::from_second(now.as_second() + seconds).unwrap(), now);
    assert_eq!(left(72 * 60 + 30), "1 h 12 min left");
    assert_eq!(left(3_600), "1 h left");
    assert_eq!(left(120), "2 min left");
    assert_eq!(left(59), "less than a minute left");
    assert_eq!(left(0), "time is up");
    assert_eq!(left(-60), "time is up");
}

#[test]
fn a_length_of_time_is_never_negative() {
    let from = moment("2026-11-24T16:00:00Z");
    assert_eq!(lasted(from, moment("2026-11-24T16:00:40Z")), "40 s");
    assert_eq!(lasted(from, moment("2026-11-24T16:06:40Z")), "6 min");
    assert_eq!(lasted(from, moment("2026-11-24T17:12:00Z")), "1 h 12 min");
    assert_eq!(lasted(from, moment("2026-11-24T15:00:00Z")), "0 s");
}
