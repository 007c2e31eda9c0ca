//! The minutes that the collector's own count gives for every seat, of every sitting, when the day is over.

use std::collections::BTreeMap;
use std::time::Duration;

use roomready_collector::domain::entry::Entry;
use roomready_collector::domain::minutes::{Amount, Expected, Past, SeatCount};
use roomready_collector::domain::plan::{District, Session, Watched};
use roomready_shared::ids::DeviceName;
use roomready_shared::units::Timestamp;

use super::district::{device_id, place_of};
use super::outcome::SeatMinutes;
use super::scenario::Scenario;

/// Seats that lost time, by the device's name.
pub(super) fn of(
    scenario: &Scenario,
    district: &District,
    entries: &[Entry],
    now: Timestamp,
) -> BTreeMap<String, SeatMinutes> {
    let mut all = BTreeMap::new();
    for session in district.sessions().values() {
        let mut past = Past::new(session);
        entries.iter().for_each(|entry| past.take(entry));
        let expected = expected(scenario, district, session);
        let called = |id| Some(scenario.devices.get(place_of(id)?)?.name.clone());
        for seat in past.seats(session, expected, called, now) {
            let SeatCount::Minutes(minutes) = seat.count else {
                continue;
            };
            let lost = SeatMinutes {
                stopped: total(&minutes.stopped),
                cut_off: total(&minutes.cut_off),
                unheard: total(&minutes.unheard),
            };
            if lost != SeatMinutes::default() {
                let held: &mut SeatMinutes = all.entry(seat.who.name.to_string()).or_default();
                held.stopped += lost.stopped;
                held.cut_off += lost.cut_off;
                held.unheard += lost.unheard;
            }
        }
    }
    all
}

fn expected(scenario: &Scenario, district: &District, session: &Session) -> Vec<Expected> {
    let all = district.expected(session).into_iter();
    all.filter(|expected| expected.device.watched != Watched::Sentinel)
        .map(|expected| {
            let name: &DeviceName = &expected.device.name;
            let place = scenario.devices.iter().position(|device| device.name == *name);
            Expected {
                name: name.clone(),
                device: place
                    .filter(|place| scenario.devices[*place].has_agent())
                    .map(device_id),
                seat: expected.seat.cloned(),
                watched: expected.device.watched,
                ends: expected.ends,
            }
        })
        .collect()
}

fn total(amount: &Amount) -> Duration {
    Duration::from_millis(amount.total_ms())
}
