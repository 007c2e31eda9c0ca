//! Stories of one laptop's clocks, and whatever else may happen to them.

mod any;

use jiff::{SignedDuration, Timestamp};
use roomready_shared::ids::ClockEpoch;
use roomready_shared::timetable::Phase;
use roomready_shared::wire::v1::{AppState, ClockAnchor, Live, News, NewsBody};

use super::*;

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// Seconds after nine, by our clock.
fn at(second: i64) -> Timestamp {
    let nine: Timestamp = "2026-10-06T09:00:00Z".parse().unwrap();
    nine + SignedDuration::from_secs(second)
}

fn epoch(boot: u128) -> ClockEpoch {
    ClockEpoch::new(uuid::Uuid::from_u128(boot))
}

/// A laptop that was booted at a second, and whose wall clock runs ahead.
#[derive(Clone, Copy)]
struct Laptop {
    boot: u128,
    booted: i64,
    ahead: i64,
}

impl Laptop {
    fn mono_ms(self, second: i64) -> u64 {
        u64::try_from((second - self.booted) * 1_000).unwrap()
    }

    fn news(self, seq: u64, second: i64) -> News {
        News {
            seq,
            at: at(second + self.ahead),
            mono_ms: self.mono_ms(second),
            epoch: epoch(self.boot),
            body: NewsBody::AppStarted,
        }
    }

    /// Its present state, with an anchor of a round trip of 80 ms that it drew at a second.
    fn live(self, second: i64, anchored: Option<i64>) -> Live {
        Live {
            at: at(second + self.ahead),
            mono_ms: self.mono_ms(second),
            epoch: epoch(self.boot),
            phase: Phase::Testing,
            readiness: None,
            app: AppState::Running,
            charge: None,
            vendor: None,
            network: None,
            waiting: 0,
            anchor: anchored.map(|second| ClockAnchor {
                mono_ms: self.mono_ms(second),
                at: at(second),
                plus_minus_ms: 41,
            }),
        }
    }
}

const LAPTOP: Laptop = Laptop {
    boot: 1,
    booted: -HOUR,
    ahead: 0,
};

fn exchange(live: &Live, second: i64) -> Exchange<'_> {
    Exchange {
        live,
        received: at(second),
    }
}

fn times(dated: &[Dated]) -> Vec<(Timestamp, Basis)> {
    dated
        .iter()
        .map(|dated| (dated.time.at, dated.time.basis))
        .collect()
}

#[test]
fn an_event_is_measured_by_the_monotonic_clock_even_when_the_wall_clock_is_a_day_off() {
    let wrong = Laptop { ahead: DAY, ..LAPTOP };
    let live = wrong.live(100, Some(95));
    let dated = DeviceClocks::default().date(&exchange(&live, 100), None, vec![wrong.news(1, 40)]);
    assert_eq!(times(&dated), [(at(40), Basis::Measured)]);
    // Half a round trip, what two clocks drift apart in 55 s, and what was cut off.
    assert_eq!(dated[0].time.plus_minus_ms, 41 + 14 + 2);
}

#[test]
fn a_report_that_nobody_has_answered_yet_may_have_been_under_way_for_as_long_as_an_agent_waits() {
    let live = LAPTOP.live(100, None);
    let dated = DeviceClocks::default().date(&exchange(&live, 100), None, vec![LAPTOP.news(1, 40)]);
    assert_eq!(times(&dated), [(at(40), Basis::Measured)]);
    assert_eq!(dated[0].time.plus_minus_ms, LONGEST_EXCHANGE_MS + 15 + 2);
}

#[test]
fn an_hour_offline_costs_a_second_of_certainty_and_not_more() {
    let mut clocks = DeviceClocks::default();
    clocks.learn(&exchange(&LAPTOP.live(0, Some(-5)), 0));
    let live = LAPTOP.live(HOUR, None);
    let dated = clocks.date(&exchange(&live, HOUR), None, vec![LAPTOP.news(1, HOUR / 2)]);
    assert_eq!(times(&dated), [(at(HOUR / 2), Basis::Measured)]);
    assert!(dated[0].time.plus_minus_ms < 1_000, "{:?}", dated[0].time);
}

#[test]
fn an_epoch_that_is_over_is_measured_by_the_anchor_that_was_kept_of_it() {
    let mut clocks = DeviceClocks::default();
    clocks.learn(&exchange(&LAPTOP.live(0, Some(-5)), 0));
    // It lost the network, its clock was set, and it was rebooted.
    let strayed = Laptop {
        ahead: 3 * DAY,
        ..LAPTOP
    };
    let rebooted = Laptop {
        boot: 2,
        booted: 300,
        ..strayed
    };
    let live = rebooted.live(400, None);
    let records = vec![strayed.news(1, 120), rebooted.news(2, 310)];
    let dated = clocks.date(&exchange(&live, 400), None, records);
    assert_eq!(
        times(&dated),
        [(at(120), Basis::Measured), (at(310), Basis::Measured)]
    );
}

#[test]
fn a_boot_that_nobody_ever_answered_is_inferred_between_its_neighbours() {
    let mut clocks = DeviceClocks::default();
    let ahead = Laptop { ahead: 60, ..LAPTOP };
    clocks.learn(&exchange(&ahead.live(0, Some(-5)), 0));
    let between = Laptop {
        boot: 2,
        booted: 100,
        ahead: 60,
    };
    // In its third boot it believes to be a year ahead.
    let now = Laptop {
        boot: 3,
        booted: 300,
        ahead: 365 * DAY,
    };
    let live = now.live(400, None);
    let lost = Laptop {
        ahead: -DAY,
        ..between
    };
    let records = vec![
        ahead.news(1, 50),
        between.news(2, 120),
        lost.news(3, 130),
        now.news(4, 310),
    ];
    let dated = clocks.date(&exchange(&live, 400), None, records);
    assert_eq!(
        times(&dated),
        [
            (at(50), Basis::Measured),
            // As far off as it was last known to be.
            (at(120), Basis::Inferred),
            // A day too early: not before the record before it.
            (at(120), Basis::Inferred),
            (at(310), Basis::Measured),
        ]
    );
    // True moments lie between 50 and 310.
    assert_eq!(dated[1].time.plus_minus_ms, 190_000);
}

#[test]
fn without_any_earlier_word_a_wall_clock_is_corrected_by_how_far_it_is_off_now() {
    let wrong = Laptop { ahead: DAY, ..LAPTOP };
    let earlier = Laptop { boot: 9, ..wrong };
    let live = wrong.live(100, None);
    let dated = DeviceClocks::default().date(&exchange(&live, 100), None, vec![earlier.news(1, 40)]);
    assert_eq!(times(&dated), [(at(40), Basis::Inferred)]);
}

#[test]
fn what_comes_from_the_future_happened_when_it_came() {
    let live = LAPTOP.live(100, None);
    let dated = DeviceClocks::default().date(&exchange(&live, 100), None, vec![LAPTOP.news(1, 500)]);
    assert_eq!((dated[0].time.at, dated[0].ahead), (at(100), true));
}

#[test]
fn a_record_is_never_dated_before_the_one_that_was_stored_before_it() {
    let live = LAPTOP.live(100, Some(95));
    let after = Some(EventTime::measured(at(41), 900));
    let dated = DeviceClocks::default().date(&exchange(&live, 100), after, vec![LAPTOP.news(2, 40)]);
    assert_eq!(times(&dated), [(at(41), Basis::Measured)]);
    assert_eq!(dated[0].time.plus_minus_ms, 900, "the wider of the two");
    // Beside an inferred time nothing is known but the way it was moved.
    let after = Some(EventTime {
        basis: Basis::Inferred,
        ..EventTime::measured(at(41), 0)
    });
    let dated = DeviceClocks::default().date(&exchange(&live, 100), after, vec![LAPTOP.news(2, 40)]);
    assert_eq!(dated[0].time.plus_minus_ms, 1_000 + 41 + 14 + 2);
}

#[test]
fn an_anchor_that_lies_ahead_of_its_own_report_is_not_believed() {
    let mut live = LAPTOP.live(100, Some(95));
    live.anchor.as_mut().unwrap().at = at(2 * HOUR);
    let mut clocks = DeviceClocks::default();
    clocks.learn(&exchange(&live, 100));
    assert_eq!(clocks.anchors().len(), 1);
    assert_eq!(clocks.anchors()[0].wall, at(100));
}

#[test]
fn a_day_of_exchanges_leaves_a_handful_of_anchors_the_last_before_an_outage_among_them() {
    let mut clocks = DeviceClocks::default();
    for second in (0..6 * HOUR).step_by(5) {
        clocks.learn(&exchange(&LAPTOP.live(second, Some(second)), second));
    }
    assert_eq!(clocks.anchors().len(), MOST_ANCHORS);
    let last = clocks.anchors().last().unwrap().mono_ms;
    let before = LAPTOP.mono_ms(6 * HOUR) - last;
    assert!(
        before <= 5_000,
        "the latest exchange of the stretch is kept: {before} ms ago"
    );
    let first = &clocks.anchors()[0];
    assert!(first.wall <= at(6 * HOUR - 30 * 60), "{first:?}");
}

#[test]
fn what_is_kept_of_the_clocks_reads_back_the_same() {
    let mut clocks = DeviceClocks::default();
    clocks.learn(&exchange(&LAPTOP.live(0, Some(-5)), 0));
    let text = serde_json::to_string(&clocks).unwrap();
    assert_eq!(serde_json::from_str::<DeviceClocks>(&text).unwrap(), clocks);
}
