//! When a sheet is final.

use jiff::{SignedDuration, Timestamp};

use crate::domain::minutes::{FINAL_AFTER, Sheet, Stream, sheet};

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + minute * 60).unwrap()
}

/// A device whose test was over at minute 120.
fn stream(latest: Option<i64>, beat: Option<(i64, u32)>) -> Stream {
    Stream {
        end: at(120),
        latest: latest.map(at),
        beat: beat.map(|(minute, waiting)| (at(minute), waiting)),
    }
}

#[test]
fn a_sheet_is_provisional_until_every_device_has_told_its_story() {
    let silent = stream(Some(90), Some((90, 0)));
    let full = stream(Some(90), Some((125, 14)));
    let told = stream(Some(121), None);
    let idle = stream(Some(90), Some((125, 0)));
    let until = at(120) + FINAL_AFTER;
    assert_eq!(
        sheet(&[silent, full, told, idle], at(120), at(130)),
        Sheet::Provisional { missing: 2, until }
    );
    assert_eq!(
        sheet(&[told, idle], at(120), at(130)),
        Sheet::Final { missing: 0 }
    );
}

#[test]
fn a_sheet_is_final_a_day_after_the_end_whoever_is_missing() {
    let silent = stream(Some(90), None);
    let day = at(120) + SignedDuration::from_hours(24);
    assert_eq!(sheet(&[silent], at(120), day), Sheet::Final { missing: 1 });
    assert_eq!(sheet(&[silent], at(120), at(119)), Sheet::Early);
}
