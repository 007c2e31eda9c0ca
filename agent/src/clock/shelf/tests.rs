//! Boots, restarts and damaged files.

use jiff::SignedDuration;

use super::*;
use crate::cycle::tests::at_minute;

/// So many seconds after boot, with the wall clock off by so many.
fn moment(second: i64, off: i64) -> Moment {
    let mono_ms = u64::try_from(second * 1_000).expect("after boot");
    Moment {
        wall: at_minute(0) + SignedDuration::from_secs(second + off),
        mono_ms,
        awake_ms: mono_ms,
    }
}

fn shelf(data: &Path, boot: &str) -> ClockShelf {
    ClockShelf::new(data, Some(boot.to_owned()))
}

fn nameless(data: &Path) -> ClockShelf {
    ClockShelf::new(data, None)
}

fn anchor(second: i64) -> ClockAnchor {
    ClockAnchor {
        mono_ms: moment(second, 0).mono_ms,
        at: moment(second, 0).wall,
        plus_minus_ms: 21,
    }
}

#[test]
fn a_restart_in_the_same_boot_goes_on_with_its_anchor_whatever_the_wall_clock_says() {
    let data = tempfile::tempdir().expect("a folder");
    let first = shelf(data.path(), "monday").resume(moment(30, 0));
    let run = ClockRun {
        anchor: Some(anchor(40)),
        ..first
    };
    shelf(data.path(), "monday")
        .keep(&run, moment(41, 0))
        .expect("kept");
    assert_eq!(shelf(data.path(), "monday").resume(moment(90, -86_400)), run);
}

#[test]
fn another_boot_begins_anew_even_when_it_has_been_up_for_longer() {
    let data = tempfile::tempdir().expect("a folder");
    let first = shelf(data.path(), "monday").resume(moment(30, 0));
    let second = shelf(data.path(), "tuesday").resume(moment(900, 0));
    assert_ne!(second.epoch, first.epoch);
    assert_eq!(second.anchor, None);
}

#[test]
fn a_clock_that_stands_lower_than_it_did_begins_anew() {
    let data = tempfile::tempdir().expect("a folder");
    let first = shelf(data.path(), "monday").resume(moment(30, 0));
    assert_ne!(
        shelf(data.path(), "monday").resume(moment(29, 0)).epoch,
        first.epoch
    );
}

#[test]
fn where_a_boot_has_no_name_its_moment_tells_it_from_another() {
    let data = tempfile::tempdir().expect("a folder");
    let first = nameless(data.path()).resume(moment(30, 0));
    let later = nameless(data.path()).resume(moment(3_600, 2));
    assert_eq!(
        later.epoch, first.epoch,
        "a time server moved the clock by two seconds"
    );
    // Switched off, on again after a minute and a half, and up for as long as before: the wall clock went on.
    let rebooted = nameless(data.path()).resume(moment(3_600, 90));
    assert_ne!(rebooted.epoch, first.epoch);
    let named = shelf(data.path(), "monday").resume(moment(3_601, 90));
    assert_ne!(named.epoch, rebooted.epoch, "nothing to compare");
}

#[test]
fn a_damaged_or_missing_file_begins_anew_and_is_no_fault() {
    let data = tempfile::tempdir().expect("a folder");
    let first = shelf(data.path(), "monday").resume(moment(30, 0));
    let file = data.path().join(FILE);
    let whole = std::fs::read_to_string(&file).expect("there");
    for damaged in ["", "{", "null", &whole[..whole.len() / 2], &"x".repeat(9_000)] {
        std::fs::write(&file, damaged).expect("damaged");
        assert_ne!(
            shelf(data.path(), "monday").resume(moment(31, 0)).epoch,
            first.epoch
        );
    }
    std::fs::remove_file(&file).expect("gone");
    assert_ne!(
        shelf(data.path(), "monday").resume(moment(32, 0)).epoch,
        first.epoch
    );
}

#[test]
fn a_folder_that_cannot_be_written_is_lived_with() {
    let data = tempfile::tempdir().expect("a folder");
    let nowhere = data.path().join("missing");
    assert_eq!(shelf(&nowhere, "monday").resume(moment(30, 0)).anchor, None);
}
