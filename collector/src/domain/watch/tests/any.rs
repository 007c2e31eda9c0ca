//! Whatever comes in, in whatever order.

use std::collections::BTreeSet;

use proptest::prelude::*;
use roomready_shared::facts::Flow;
use roomready_shared::ids::{ClockEpoch, StreamId};
use roomready_shared::units::Percent;
use roomready_shared::wire::v1::{AppState, Charge};

use crate::domain::event_time::EventTime;
use crate::domain::incident::{Condition, Note};
use crate::domain::watch::{
    Beat, Checks, InNetwork, Input, Now, Reached, Record, Report, WatchState, What, step,
};

use super::school::{MINUTE, at, district, id, now, plan};

const NAMES: [&str; 4] = ["L-1", "L-2", "LIB-2", "M-1"];

fn what() -> impl Strategy<Value = What> {
    prop::sample::select(vec![
        What::Started,
        What::AppStarted,
        What::AppClosed,
        What::AppCrashed,
        What::ShutsDown,
        What::Restarts,
        What::Sleeps,
        What::AgentStops,
        What::StandsAside,
        What::Woke { slept_ms: 60_000 },
    ])
}

fn app() -> impl Strategy<Value = AppState> {
    prop::sample::select(vec![AppState::Running, AppState::NotRunning, AppState::Unknown])
}

/// A device, a beat's app if it has one, records with how long ago they happened, the promise, the battery.
type AnyReport = (
    usize,
    Option<AppState>,
    Vec<(What, i64, u64)>,
    u32,
    Option<(u8, Flow)>,
    Option<Option<&'static str>>,
);

fn charge() -> impl Strategy<Value = Option<(u8, Flow)>> {
    let flow = prop::sample::select(vec![Flow::Discharging, Flow::Charging, Flow::Full, Flow::Idle]);
    prop::option::of((0..=100_u8, flow))
}

/// What checks say of a device.
type AnyChecks = (usize, BTreeSet<Condition>);

fn checks() -> impl Strategy<Value = Vec<AnyChecks>> {
    let wrong = prop::collection::btree_set(prop::sample::select(Condition::ALL.to_vec()), 0..4);
    prop_oneof![
        9 => Just(Vec::new()),
        1 => prop::collection::vec((0..5_usize, wrong), 1..3),
    ]
}

fn network() -> impl Strategy<Value = Option<&'static str>> {
    prop::sample::select(vec![None, Some("10.1.0.0/16"), Some("10.2.0.0/16")])
}

fn report() -> impl Strategy<Value = AnyReport> {
    let record = (
        what(),
        prop_oneof![Just(0), -5..200_i64, Just(100_000)],
        0..20_u64,
    );
    (
        0..5_usize,
        prop::option::weighted(0.9, app()),
        prop::collection::vec(record, 0..3),
        1_000..20_000_u32,
        charge(),
        prop::option::weighted(0.2, network()),
    )
}

/// How far the clocks go, and what comes in meanwhile. Mostly a second, sometimes far, sometimes back.
type AnyTick = (i64, i64, Vec<AnyReport>, Vec<AnyChecks>);

fn tick() -> impl Strategy<Value = AnyTick> {
    let seconds = prop_oneof![20 => Just(1_i64), 3 => 2..20_i64, 1 => 20..900_i64];
    let jump = prop_oneof![40 => Just(0_i64), 1 => -4_000..4_000_i64];
    (seconds, jump, prop::collection::vec(report(), 0..4), checks())
}

fn input(any: &AnyReport, now: Now) -> Input {
    let (device, app, records, promise_ms, charge, network) = any;
    let epoch = ClockEpoch::new(uuid::Uuid::from_u128(1));
    let name = NAMES.get(*device).copied().unwrap_or("X-9");
    let records = records.iter().map(|(what, ago, seq)| Record {
        within_ms: None,
        seq: *seq,
        time: EventTime::measured(now.wall - jiff::SignedDuration::from_secs((*ago).max(0)), 0),
        ahead: *ago < 0,
        mono_ms: now
            .mono_ms
            .saturating_sub(u64::try_from(*ago).unwrap_or(0) * 1_000),
        epoch,
        what: *what,
    });
    Input::Report(Report {
        device: id(name),
        received: now,
        beat: app.map(|app| Beat {
            mono_ms: now.mono_ms,
            epoch,
            promise_ms: *promise_ms,
            app,
            charge: charge.map(|(percent, flow)| Charge {
                percent: Percent::new(percent).unwrap(),
                flow,
            }),
            reached: Reached::default(),
            waiting: 0,
            vendor_age_ms: None,
        }),
        stream: StreamId::new(uuid::Uuid::from_u128(2)),
        records: records.collect(),
        lost: false,
        network: network.map(|subnet| InNetwork {
            seq: 0,
            subnet: subnet.map(|subnet| subnet.parse().unwrap()),
        }),
    })
}

fn never_two_open(state: &WatchState) {
    let mut seen = BTreeSet::new();
    for incident in state.incidents().values().filter(|incident| incident.is_open()) {
        let absence = incident.condition.is_absence();
        let kind = if absence { None } else { Some(incident.condition) };
        for member in incident.still() {
            assert!(
                seen.insert((member.device, kind)),
                "two open incidents for one device and condition"
            );
        }
    }
    for (id, device) in state.devices() {
        for open in device.open_incidents() {
            let incident = state.incident(open).expect("what a device has open is known");
            assert!(incident.goes_on_for(id));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics_nothing_is_open_twice_and_everything_ends(ticks in prop::collection::vec(tick(), 1..200)) {
        let district = district(&NAMES);
        let mut state = WatchState::new("lincoln".parse().unwrap(), plan(&district));
        let (mut second, mut offset) = (-30, 0);
        let (mut opened, mut ended) = (0, 0);
        let mut count = |notes: &[Note]| {
            opened += notes.iter().filter(|note| matches!(note, Note::Opened(_))).count();
            ended += notes.iter().filter(|note| matches!(note, Note::Ended(_))).count();
        };
        for (seconds, jump, reports, told) in &ticks {
            second += seconds;
            offset += jump;
            let moment = Now { wall: at(second + offset), ..now(second) };
            let checks = told.iter().map(|(device, wrong)| Input::Checks(Checks {
                device: id(NAMES.get(*device).copied().unwrap_or("X-9")),
                at: moment.wall,
                wrong: wrong.clone(),
                drain_tenths_per_hour: Some(200),
            }));
            let reports = reports.iter().map(|report| input(report, moment));
            let inputs: Vec<_> = reports.chain(checks).collect();
            // An edit that changes nothing makes every seat be looked at anew.
            let place = state.device(id(NAMES[0])).expect("it is on the plan").place().clone();
            let mut looked_at = inputs.clone();
            looked_at.push(Input::Device { device: id(NAMES[0]), place });
            let in_full = step(state.clone(), looked_at, moment);
            let (next, out) = step(state, inputs, moment);
            prop_assert!((&next, &out) == (&in_full.0, &in_full.1), "a seat was to be looked at anew");
            never_two_open(&next);
            count(&out.notes);
            state = next;
        }
        // Whatever the clocks did, in the end the session is over.
        let moment = Now { wall: at(61 * MINUTE), ..now(second + 1) };
        let (state, out) = step(state, Vec::new(), moment);
        count(&out.notes);
        prop_assert!(state.incidents().values().all(|incident| !incident.is_open()));
        prop_assert!(state.incidents().values().all(|incident| incident.until() >= Some(incident.since())));
        prop_assert_eq!(opened, ended);
    }
}
