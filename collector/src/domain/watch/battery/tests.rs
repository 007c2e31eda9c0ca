//! Batteries that run down, are fed, jump, sleep and make noise.

use proptest::prelude::*;
use roomready_shared::facts::Flow;
use roomready_shared::units::Percent;
use roomready_shared::wire::v1::Charge;

use super::{Battery, CRITICAL_PERCENT, MOST_STEPS, NEARLY_OFF_PERCENT, OFF_AT_PERCENT, Outlook, Until};

const SECOND: u64 = 1_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const BEAT: u64 = 5 * SECOND;

fn charge(percent: u64, flow: Flow) -> Option<Charge> {
    let percent = Percent::new(u8::try_from(percent.min(100)).unwrap()).unwrap();
    Some(Charge { percent, flow })
}

/// A battery that loses so many thousandths of a point in an hour, from a charge in thousandths.
#[derive(Clone, Copy)]
struct Drains {
    from: u64,
    an_hour: u64,
}

impl Drains {
    fn at(self, ms: u64) -> u64 {
        self.from.saturating_sub(self.an_hour * ms / HOUR) / 1_000
    }

    /// When the device turns itself off.
    fn off(self) -> u64 {
        (self.from - u64::from(OFF_AT_PERCENT) * 1_000) * HOUR / self.an_hour
    }
}

fn run(battery: &mut Battery, drains: Drains, from: u64, until: u64, noise: impl Fn(u64) -> i64) {
    for ms in (from..until).step_by(usize::try_from(BEAT).unwrap()) {
        let percent = drains.at(ms).saturating_add_signed(noise(ms));
        battery.take(charge(percent, Flow::Discharging), ms);
    }
}

fn quiet(_: u64) -> i64 {
    0
}

fn until(battery: &Battery, now: u64) -> Until {
    match battery.outlook(now) {
        Outlook::Until(until) => until,
        other => panic!("no forecast: {other:?}"),
    }
}

#[test]
fn a_laptop_that_loses_twenty_points_an_hour_is_forecast_to_a_few_minutes() {
    let drains = Drains {
        from: 60_500,
        an_hour: 20_000,
    };
    let mut battery = Battery::default();
    run(&mut battery, drains, 0, 15 * MINUTE, quiet);
    let until = until(&battery, 15 * MINUTE);
    let off = drains.off();
    assert!(
        until.about_ms.abs_diff(off) <= 4 * MINUTE,
        "{until:?}, truly {off}"
    );
    assert!(
        until.earliest_ms <= off && off <= until.latest_ms,
        "{until:?}, truly {off}"
    );
    assert_eq!(until.lasts_until(2 * HOUR), Some(true));
    assert_eq!(until.lasts_until(4 * HOUR), Some(false));
}

#[test]
fn before_there_is_enough_to_go_on_nothing_is_said() {
    let drains = Drains {
        from: 30_000,
        an_hour: 20_000,
    };
    let mut battery = Battery::default();
    run(&mut battery, drains, 0, 8 * MINUTE, quiet);
    assert_eq!(battery.outlook(8 * MINUTE), Outlook::TooEarly);
    assert!(!battery.is_critical(false, 2 * HOUR, 8 * MINUTE));
}

#[test]
fn the_rate_that_a_battery_tells_is_enough_after_two_minutes_with_a_wide_margin() {
    let mut battery = Battery::default();
    battery.told_drain(Some(200));
    battery.take(charge(43, Flow::Discharging), 0);
    battery.take(charge(43, Flow::Discharging), MINUTE);
    assert_eq!(
        battery.outlook(MINUTE),
        Outlook::TooEarly,
        "the plug was just pulled"
    );
    battery.take(charge(43, Flow::Discharging), 2 * MINUTE);
    let until = until(&battery, 2 * MINUTE);
    assert!(until.about_ms.abs_diff(2 * HOUR) <= 5 * MINUTE, "{until:?}");
    assert!(until.plus_minus_ms() >= 30 * MINUTE, "{until:?}");
    battery.told_drain(Some(0));
    assert_eq!(battery.outlook(2 * MINUTE), Outlook::TooEarly);
    battery.told_drain(Some(u16::MAX));
    assert_eq!(
        battery.outlook(2 * MINUTE),
        Outlook::TooEarly,
        "no laptop empties in a minute"
    );
}

#[test]
fn plugged_in_it_is_forecast_no_more_and_unplugged_again_by_its_own_rate() {
    let drains = Drains {
        from: 50_000,
        an_hour: 20_000,
    };
    let mut battery = Battery::default();
    run(&mut battery, drains, 0, 20 * MINUTE, quiet);
    for flow in [Flow::Charging, Flow::Full, Flow::Idle] {
        battery.take(charge(44, flow), 20 * MINUTE);
        assert_eq!(battery.outlook(20 * MINUTE), Outlook::Fed);
    }
    battery.take(charge(44, Flow::Discharging), 21 * MINUTE);
    assert_eq!(battery.outlook(21 * MINUTE), Outlook::TooEarly);
    battery.take(charge(44, Flow::Discharging), 23 * MINUTE);
    battery.take(charge(44, Flow::Discharging), 23 * MINUTE + 5 * SECOND);
    let again = until(&battery, 23 * MINUTE + 5 * SECOND);
    assert!(
        again.about_ms.abs_diff(23 * MINUTE + 124 * MINUTE) <= 10 * MINUTE,
        "{again:?}"
    );
}

#[test]
fn a_device_that_slept_begins_anew() {
    let drains = Drains {
        from: 60_000,
        an_hour: 20_000,
    };
    let mut battery = Battery::default();
    run(&mut battery, drains, 0, 20 * MINUTE, quiet);
    // Asleep for two hours, it lost a point: the run before must not be stretched over it.
    let woke = 140 * MINUTE;
    battery.take(charge(52, Flow::Discharging), woke);
    assert_eq!(battery.outlook(woke), Outlook::TooEarly);
}

#[test]
fn a_meter_that_changes_its_mind_begins_anew_and_is_no_drain() {
    for jump_to in [20, 70] {
        let mut battery = Battery::default();
        for beat in 0..200 {
            let percent = if beat < 100 { 50 } else { jump_to };
            battery.take(charge(percent, Flow::Discharging), beat * BEAT);
        }
        assert_eq!(
            battery.outlook(200 * BEAT),
            Outlook::TooEarly,
            "from 50 to {jump_to}"
        );
    }
}

#[test]
fn a_load_that_falls_is_noticed_while_the_next_step_is_overdue() {
    let drains = Drains {
        from: 50_000,
        an_hour: 40_000,
    };
    let mut battery = Battery::default();
    run(&mut battery, drains, 0, 10 * MINUTE, quiet);
    let busy = until(&battery, 10 * MINUTE);
    let held = drains.at(10 * MINUTE);
    for ms in (10 * MINUTE..30 * MINUTE).step_by(5_000) {
        battery.take(charge(held, Flow::Discharging), ms);
    }
    assert!(until(&battery, 30 * MINUTE).about_ms > busy.about_ms + HOUR);
}

#[test]
fn ten_percent_is_critical_unless_it_lasts_and_a_point_of_noise_does_not_flap() {
    let limit = u64::from(CRITICAL_PERCENT);
    let mut battery = Battery::default();
    battery.take(charge(limit + 1, Flow::Discharging), 0);
    assert!(!battery.is_critical(false, HOUR, 0));
    assert!(
        battery.is_critical(true, HOUR, 0),
        "a point above, it stays what it was"
    );
    battery.take(charge(limit, Flow::Discharging), BEAT);
    assert!(battery.is_critical(false, HOUR, BEAT));
    let near = u64::from(NEARLY_OFF_PERCENT);
    battery.take(charge(limit + 2, Flow::Discharging), 2 * BEAT);
    assert!(!battery.is_critical(true, HOUR, 2 * BEAT));
    battery.take(charge(limit, Flow::Charging), 3 * BEAT);
    assert!(
        !battery.is_critical(true, HOUR, 3 * BEAT),
        "somebody plugged it in"
    );
    // It loses 12 an hour: with 10 left it lasts another half hour.
    let drains = Drains {
        from: 16_000,
        an_hour: 12_000,
    };
    let mut battery = Battery::default();
    let (now, end) = (33 * MINUTE, 40 * MINUTE);
    run(&mut battery, drains, 0, now, quiet);
    assert_eq!(battery.percent(), Some(9));
    assert!(
        !battery.is_critical(false, end, now),
        "the seat ends in seven minutes"
    );
    assert!(battery.is_critical(false, 3 * HOUR, now));
    for ms in (now..now + 30 * MINUTE).step_by(5_000) {
        battery.take(charge(near, Flow::Discharging), ms);
    }
    assert!(
        battery.is_critical(false, now + 31 * MINUTE, now + 30 * MINUTE),
        "the last points of a worn battery go at once"
    );
}

#[test]
fn a_battery_that_ends_within_a_quarter_of_an_hour_is_critical_at_any_charge() {
    let drains = Drains {
        from: 40_000,
        an_hour: 90_000,
    };
    let mut battery = Battery::default();
    run(&mut battery, drains, 0, 14 * MINUTE, quiet);
    assert!(
        battery
            .percent()
            .is_some_and(|percent| percent > CRITICAL_PERCENT)
    );
    assert!(battery.is_critical(false, 2 * HOUR, 14 * MINUTE));
}

#[test]
fn a_device_without_a_battery_says_nothing_and_is_asked_nothing() {
    let mut battery = Battery::default();
    battery.take(None, 0);
    assert_eq!(battery.outlook(0), Outlook::Fed);
    assert_eq!((battery.percent(), battery.fed()), (None, None));
    assert!(!battery.is_critical(true, HOUR, 0));
}

/// When a forecast says something else of a seat's end than before, by a meter that is a point off, either way, at any
/// beat.
fn changes_of_mind(drains: Drains, end: u64, seed: u64) -> Vec<u64> {
    let noise = |ms: u64| {
        let mixed = (ms ^ seed).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33;
        i64::try_from(mixed % 3).unwrap() - 1
    };
    let mut battery = Battery::default();
    let (mut said, mut changes) = (false, Vec::new());
    for ms in (0..end.min(drains.off()) - 5 * MINUTE).step_by(5_000) {
        let percent = drains.at(ms).saturating_add_signed(noise(ms));
        battery.take(charge(percent, Flow::Discharging), ms);
        if let Outlook::Until(until) = battery.outlook(ms)
            && let Some(lasts) = until.lasts_until(end)
            && lasts == said
        {
            said = !lasts;
            changes.push(ms);
        }
    }
    changes
}

#[test]
fn a_battery_that_will_not_last_is_told_once_and_early_whatever_its_meter_s_noise() {
    // Drawn by chance: in the first the charge falls by three points from one beat to the next, in the second one step is
    // told late by most of a point.
    for (from, an_hour, end, seed) in [
        (90_086, 30_877, 171, 5_669_987_223_015_288_827),
        (82_311, 22_590, 209, 12_662_255_794_288_152_903),
    ] {
        let drains = Drains { from, an_hour };
        let changes = changes_of_mind(drains, end * MINUTE, seed);
        assert!(changes.len() <= 1, "changed its mind at {changes:?}");
    }
}

#[test]
fn a_noisy_meter_s_fall_between_two_beats_begins_no_run_anew() {
    let mut battery = Battery::default();
    let drains = Drains {
        from: 60_000,
        an_hour: 20_000,
    };
    run(&mut battery, drains, 0, 20 * MINUTE, quiet);
    // A point above, and at the next beat, where a point more is gone, a point below.
    let percent = drains.at(20 * MINUTE);
    battery.take(charge(percent + 1, Flow::Discharging), 20 * MINUTE);
    battery.take(charge(percent - 2, Flow::Discharging), 20 * MINUTE + BEAT);
    assert!(matches!(battery.outlook(20 * MINUTE + BEAT), Outlook::Until(_)));
}

fn flow() -> impl Strategy<Value = Flow> {
    prop::sample::select(vec![Flow::Charging, Flow::Discharging, Flow::Full, Flow::Idle])
}

proptest! {
    #[test]
    fn a_device_on_mains_never_alarms(
        beats in prop::collection::vec((0_u64..=100, 1_u64..600), 1..300),
        fed in prop::sample::select(vec![Flow::Charging, Flow::Full, Flow::Idle]),
        told in prop::option::of(any::<u16>()),
        was: bool,
    ) {
        let mut battery = Battery::default();
        battery.told_drain(told);
        let mut now = 0;
        for (percent, seconds) in beats {
            now += seconds * SECOND;
            battery.take(charge(percent, fed), now);
            prop_assert_eq!(battery.outlook(now), Outlook::Fed);
            prop_assert!(!battery.is_critical(was, now + HOUR, now));
        }
    }

    #[test]
    fn a_linear_drain_is_forecast_within_a_tenth_of_the_time_left_and_five_minutes(
        from in 35_000_u64..100_000,
        an_hour in 6_000_u64..60_000,
        minutes in 0_u64..40,
    ) {
        let drains = Drains { from, an_hour };
        // After two minutes the first whole point begins, and three points and five minutes must have passed from there.
        let point = 1_000 * HOUR / an_hour;
        let now = 3 * MINUTE + (4 * point).max(5 * MINUTE + 2 * point) + minutes * MINUTE;
        prop_assume!(now + 20 * MINUTE < drains.off());
        let mut battery = Battery::default();
        run(&mut battery, drains, 0, now, quiet);
        let until = until(&battery, now);
        let (off, left) = (drains.off(), drains.off() - now);
        let half_a_point = HOUR * 500 / an_hour;
        prop_assert!(until.about_ms.abs_diff(off) <= left / 10 + 5 * MINUTE + half_a_point, "{until:?}, truly {off}");
        prop_assert!(until.earliest_ms <= until.about_ms && until.about_ms <= until.latest_ms);
    }

    /// What it has said it takes back once at most.
    #[test]
    fn a_point_of_noise_does_not_flap(
        from in 40_000_u64..100_000,
        an_hour in 8_000_u64..40_000,
        seed: u64,
        end in 60_u64..240,
    ) {
        let changes = changes_of_mind(Drains { from, an_hour }, end * MINUTE, seed);
        prop_assert!(changes.len() <= 2, "changed its mind at {changes:?}");
    }

    #[test]
    fn whatever_is_told_costs_a_bounded_amount_and_stays_in_order(
        beats in prop::collection::vec((0_u64..=100, flow(), 0_u64..900), 1..400),
        told in prop::option::of(any::<u16>()),
    ) {
        let mut battery = Battery::default();
        battery.told_drain(told);
        let mut now = 0;
        for (percent, flow, seconds) in beats {
            now += seconds * SECOND;
            battery.take(charge(percent, flow), now);
            prop_assert!(battery.run.as_ref().is_none_or(|run| run.steps.len() <= MOST_STEPS));
            if let Outlook::Until(until) = battery.outlook(now) {
                prop_assert_eq!(flow, Flow::Discharging);
                prop_assert!(now <= until.earliest_ms);
                prop_assert!(until.earliest_ms <= until.about_ms && until.about_ms <= until.latest_ms);
            }
        }
    }
}
