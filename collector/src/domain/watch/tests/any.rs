//! Whatever comes in, in whatever order.

mod people;

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
use people::{AnyPress, presses, said};

/// Three rooms, so that they can tell of the same trouble; three students of one, so that they can have one cause.
const NAMES: [&str; 7] = ["L-1", "L-2", "L-3", "LIB-2", "M-1", "M-2", "N-1"];

/// One of them, or one that nobody knows.
fn device() -> impl Strategy<Value = usize> {
    0..=NAMES.len()
}

fn what() -> impl Strategy<Value = What> {
    let plain = prop::sample::select(vec![
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
    ]);
    prop_oneof![5 => plain, 1 => reached().prop_map(What::Reached)]
}

/// What answers from there. Mostly all or nothing: what fails, fails for many.
fn reached() -> impl Strategy<Value = Reached> {
    let all = |answers| Reached {
        gateway: answers,
        resolution: answers,
        vendor: answers,
        outside: answers,
    };
    let vendor_fails = Reached {
        vendor: Some(false),
        ..all(Some(true))
    };
    let one = || prop::option::of(any::<bool>());
    prop_oneof![
        2 => Just(all(None)),
        4 => Just(all(Some(true))),
        2 => Just(vendor_fails),
        1 => Just(all(Some(false))),
        1 => (one(), one(), one(), one()).prop_map(|(gateway, resolution, vendor, outside)| Reached {
            gateway,
            resolution,
            vendor,
            outside,
        }),
    ]
}

fn app() -> impl Strategy<Value = AppState> {
    prop::sample::select(vec![AppState::Running, AppState::NotRunning, AppState::Unknown])
}

/// What answers, how long ago it looked where it says so, and how many records wait.
type AnyOutlook = (Reached, Option<u32>, u32);

/// A device, a beat's app if it has one, records with how long ago they happened, the promise, the battery, the network,
/// and what it sees of the way outside.
type AnyReport = (
    usize,
    Option<AppState>,
    Vec<(What, i64, u64)>,
    u32,
    Option<(u8, Flow)>,
    Option<Option<&'static str>>,
    AnyOutlook,
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
        1 => prop::collection::vec((device(), wrong), 1..3),
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
    let waiting = prop_oneof![3 => Just(0), 1 => 1..4_u32];
    (
        device(),
        prop::option::weighted(0.9, app()),
        prop::collection::vec(record, 0..3),
        1_000..20_000_u32,
        charge(),
        prop::option::weighted(0.2, network()),
        (reached(), prop::option::of(0..40_000_u32), waiting),
    )
}

/// How far the clocks go, and what comes in meanwhile. Mostly a second, sometimes far, sometimes back.
type AnyTick = (i64, i64, Vec<AnyReport>, Vec<AnyChecks>, Vec<AnyPress>);

fn tick() -> impl Strategy<Value = AnyTick> {
    let seconds = prop_oneof![20 => Just(1_i64), 3 => 2..20_i64, 1 => 20..900_i64];
    let jump = prop_oneof![40 => Just(0_i64), 1 => -4_000..4_000_i64];
    let reports = prop::collection::vec(report(), 0..6);
    (seconds, jump, reports, checks(), presses())
}

fn input(any: &AnyReport, now: Now) -> Input {
    let (device, app, records, promise_ms, charge, network, outlook) = any;
    let (reached, vendor_age_ms, waiting) = *outlook;
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
            reached,
            waiting,
            vendor_age_ms,
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
        let (mut opened, mut ended, mut seq) = (0, 0, 0);
        let mut count = |notes: &[Note]| {
            opened += notes.iter().filter(|note| matches!(note, Note::Opened(_))).count();
            ended += notes.iter().filter(|note| matches!(note, Note::Ended(_))).count();
        };
        for (seconds, jump, reports, told, presses) in &ticks {
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
            let presses = presses.iter().map(|press| {
                seq += 1;
                said(press, seq, moment.wall)
            });
            let inputs: Vec<_> = reports.chain(checks).chain(presses).collect();
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
