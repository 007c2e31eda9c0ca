use super::*;

mod any;

fn epoch(number: u128) -> ClockEpoch {
    ClockEpoch::new(uuid::Uuid::from_u128(number))
}

/// A sign of a machine that was booted at a second of our clock, heard at another.
fn sign(number: u128, booted: i64, at: i64) -> Sign {
    Sign {
        epoch: epoch(number),
        mono_ms: u64::try_from((at - booted) * 1_000).unwrap(),
        answered: true,
        received_ms: u64::try_from(at * 1_000).unwrap(),
    }
}

/// Whether these, heard one after the other, are two machines.
fn two(signs: impl IntoIterator<Item = Sign>) -> bool {
    let mut presence = Presence::default();
    signs.into_iter().fold(false, |_, sign| presence.hear(sign))
}

#[test]
fn two_machines_that_take_turns_are_noticed_at_the_sixth_report() {
    let turns = |count: i64| (0..count).map(|turn| sign(u128::from(turn % 2 == 1), 0, 100 + 5 * turn));
    assert!(!two(turns(5)));
    assert!(two(turns(6)));
    assert_eq!(NOTICED_WITHIN, 6);
}

#[test]
fn a_machine_that_is_heard_seldom_is_noticed_among_the_many_reports_of_the_other() {
    let often = (0..1_000).map(|beat| sign(1, 0, 100 + 5 * beat));
    let seldom = (0..3).map(|beat| sign(2, 0, 1_002 + 900 * beat));
    let mut signs: Vec<_> = often.chain(seldom).collect();
    signs.sort_by_key(|sign| sign.received_ms);
    assert!(two(signs));
}

#[test]
fn a_client_that_calls_itself_new_each_time_and_was_never_answered_is_noticed_too() {
    let signs = (0..40_i64).map(|turn| {
        let at = 5_000 + 5 * turn;
        if turn % 2 == 0 {
            return sign(1, 0, at);
        }
        let number = 100 + u128::try_from(turn).unwrap();
        Sign {
            answered: false,
            ..sign(number, 3_000, at)
        }
    });
    assert!(two(signs));
}

#[test]
fn copies_of_one_running_machine_stand_apart_by_as_long_as_one_was_halted() {
    let turns = (0..6).map(|turn| sign(1, if turn % 2 == 0 { 0 } else { 1_800 }, 4_000 + 5 * turn));
    assert!(two(turns));
}

#[test]
fn a_device_that_boots_every_morning_is_one() {
    let mornings = (0..30_u32).flat_map(|day| {
        let booted = i64::from(day) * 86_400 / 2;
        (0..10).map(move |beat| sign(u128::from(day), booted, booted + 30 + beat))
    });
    assert!(!two(mornings));
}

#[test]
fn a_report_that_was_under_way_while_its_device_booted_says_nothing() {
    // Sent at 110 and 120, given up; they arrive between the beats of the next boot.
    let late = |sent: i64, heard: i64| Sign {
        received_ms: u64::try_from(heard * 1_000).unwrap(),
        ..sign(1, 0, sent)
    };
    let mut signs = vec![sign(1, 0, 100)];
    for turn in 0..6 {
        signs.push(sign(2, 121, 130 + 10 * turn));
        signs.push(late(110 + turn, 135 + 10 * turn));
    }
    assert!(!two(signs));
}

#[test]
fn a_disk_that_keeps_no_epoch_brings_one_clock_back_and_no_other() {
    let signs = (0..20_i64).flat_map(|restart| {
        let at = 1_000 * restart;
        // The agent takes up the epoch on the disk, doubts it and goes on with another that it cannot keep.
        [
            sign(1, 0, at + 10),
            sign(100 + u128::try_from(restart).unwrap(), 0, at + 20),
        ]
    });
    assert!(!two(signs));
}

#[test]
fn a_disk_that_is_put_back_at_each_boot_contradicts_its_stream_and_is_one_machine() {
    let mut presence = Presence::default();
    for boot in 0..20_u32 {
        let booted = i64::from(boot) * 3_600;
        for beat in 0..5 {
            let sign = sign(u128::from(boot), booted, booted + 30 + beat);
            assert!(!presence.hear(sign));
            presence.contradicted(sign.received_ms);
        }
    }
}

#[test]
fn a_copied_disk_is_noticed_as_soon_as_the_first_machine_speaks_again() {
    let mut presence = Presence::default();
    assert!(!presence.hear(sign(1, 0, 100)));
    assert!(!presence.hear(sign(2, 0, 105)));
    presence.contradicted(105_000);
    assert!(presence.hear(sign(1, 0, 110)));
}

#[test]
fn what_was_heard_yesterday_is_forgotten() {
    let mut presence = Presence::default();
    for day in 0..20 {
        let at = 100 + day * 90_000;
        assert!(!presence.hear(sign(1, 0, at)));
        assert!(!presence.hear(sign(2, 0, at + 5)));
    }
    assert!(presence.runs.len() <= 2);
}
