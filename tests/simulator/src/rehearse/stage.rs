//! The loop: one event after the other, in the order of their times.

use std::time::Duration;

use roomready_agent::chance::Chance;
use roomready_shared::facts::Platform;
use roomready_shared::ids::{DeviceId, DeviceName, RoomRef};
use roomready_shared::units::Timestamp;

use super::collector::Collector;
use super::device::{Device, World};
use super::district::{Plan, device_id, room_ref};
use super::network::Network;
use super::outcome::{Figures, Outcome};
use super::queue::{Next, Queue};
use super::scenario::{Cue, Happening, OnDevice, Scenario, Sitting};

/// The collector's watch ticks this often.
const TICK_MS: u64 = 1_000;
/// The collector looks outside this often.
const LOOK_MS: u64 = 15_000;
/// A school's devices are switched on within this time.
const SWITCHED_ON_WITHIN_MS: u64 = 20_000;
/// Nobody opens a test app in the very second in which testing begins.
const OPENS_AFTER_MS: u64 = 2_000;

/// A scenario's district cannot be: every fault, as sentences.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the school of this scenario cannot be: {}", .0.join("; "))]
pub struct Impossible(pub Vec<String>);

/// Everything on the stage.
pub(super) struct Stage<'s> {
    pub(super) scenario: &'s Scenario,
    pub(super) plan: Plan<'s>,
    pub(super) network: Network,
    pub(super) devices: Vec<Option<Device>>,
    pub(super) collector: Collector,
    pub(super) queue: Queue,
    pub(super) t: u64,
    pub(super) figures: Figures,
    pub(super) troubles: Vec<String>,
    /// Presses that were kept without a network, so far.
    pub(super) presses: u128,
}

/// Plays a scenario from its first moment to its last.
///
/// # Errors
/// When the school of the scenario cannot be.
pub fn rehearse(scenario: &Scenario) -> Result<Outcome, Impossible> {
    play(scenario, false)
}

/// The same, and what the collector's watches are given and write is kept ([`Outcome::recorded`]).
///
/// # Errors
/// When the school of the scenario cannot be.
pub fn rehearse_recorded(scenario: &Scenario) -> Result<Outcome, Impossible> {
    play(scenario, true)
}

fn play(scenario: &Scenario, recorded: bool) -> Result<Outcome, Impossible> {
    let plan = Plan::of(scenario);
    let config = plan.config().map_err(Impossible)?;
    let mut chance = Chance::from_seed(scenario.seed);
    let cues = cues(scenario, &mut chance);
    let mut stage = Stage {
        scenario,
        plan,
        network: Network::of(scenario),
        devices: devices(scenario, &mut chance),
        collector: Collector::set_up(scenario.from, &enrolled(scenario)),
        queue: Queue::default(),
        t: 0,
        figures: Figures::default(),
        troubles: Vec::new(),
        presses: 0,
    };
    if recorded {
        stage.collector.record();
    }
    stage.collector.start(config);
    for (number, cue) in cues.iter().enumerate() {
        stage.queue.plan(cue.at_ms, Next::Cue(number));
    }
    stage.queue.plan(TICK_MS, Next::Tick);
    stage.play(&cues);
    Ok(Outcome::of(&mut stage, &cues))
}

impl Stage<'_> {
    fn play(&mut self, cues: &[Cue]) {
        let until = ms(self.scenario.until, self.scenario.from);
        while let Some((t, next)) = self.queue.next() {
            if t > until {
                return;
            }
            if t != self.t {
                self.t = t;
                self.collector.show(t);
            }
            self.figures.events += 1;
            match next {
                Next::Tick => {
                    if t.is_multiple_of(LOOK_MS) {
                        let (vendor, internet) = self.network.from_the_collector();
                        self.collector.looks(vendor.is_open(), internet.is_open());
                    }
                    self.collector.tick();
                    self.queue.plan(t + TICK_MS, Next::Tick);
                }
                Next::Cue(number) => {
                    if let Some(cue) = cues.get(number) {
                        self.happens(&cue.what);
                    }
                }
                Next::Agent(device, run, next) => {
                    self.on(device, |device, world| device.agent(run, next, world));
                }
            }
        }
    }

    /// Does something with a device in its world.
    pub(super) fn on(&mut self, place: usize, act: impl FnOnce(&mut Device, &mut World<'_>)) {
        if let Some(Some(device)) = self.devices.get_mut(place) {
            let mut world = World {
                t: self.t,
                network: &self.network,
                collector: &self.collector,
                queue: &mut self.queue,
            };
            act(device, &mut world);
        }
    }
}

fn devices(scenario: &Scenario, chance: &mut Chance) -> Vec<Option<Device>> {
    let seats = scenario.devices.iter().enumerate();
    seats
        .map(|(place, seat)| {
            let own = Chance::from_seed(chance.between(0, u64::MAX));
            seat.has_agent()
                .then(|| Device::new(place, device_id(place), seat, scenario.from, own))
        })
        .collect()
}

fn enrolled(scenario: &Scenario) -> Vec<(DeviceId, DeviceName, Platform, RoomRef)> {
    let seats = scenario.devices.iter().enumerate();
    seats
        .filter(|(_, seat)| seat.has_agent())
        .map(|(place, seat)| {
            let room = room_ref(scenario, seat.room);
            (device_id(place), seat.name.clone(), seat.platform, room)
        })
        .collect()
}

/// The script, with what happens by itself: devices are switched on, students open their app and close it.
fn cues(scenario: &Scenario, chance: &mut Chance) -> Vec<Cue> {
    let mut cues = scenario.cues.clone();
    for (place, seat) in scenario.devices.iter().enumerate() {
        if seat.has_agent() && !seat.off {
            cues.push(Cue {
                at_ms: chance.between(0, SWITCHED_ON_WITHIN_MS),
                what: Happening::Device(place, OnDevice::PowersOn),
            });
        }
    }
    for sitting in &scenario.sessions {
        by_themselves(scenario, sitting, chance, &mut cues);
    }
    cues.sort_by_key(|cue| cue.at_ms);
    cues
}

fn by_themselves(scenario: &Scenario, sitting: &Sitting, chance: &mut Chance, cues: &mut Vec<Cue>) {
    for (place, ends) in students(scenario, sitting) {
        if let Some(within) = sitting.opens_within {
            let starts = ms(sitting.timetable.starts(), scenario.from);
            let after = chance.between(OPENS_AFTER_MS, millis(within).max(OPENS_AFTER_MS));
            cues.push(Cue {
                at_ms: starts + after,
                what: Happening::Device(place, OnDevice::AppOpens),
            });
        }
        if let Some(within) = sitting.closes_within {
            let after = chance.between(0, millis(within));
            cues.push(Cue {
                at_ms: ms(ends, scenario.from) + after,
                what: Happening::Device(place, OnDevice::AppCloses),
            });
        }
    }
}

/// Students' devices of a sitting that have our agent, with their ends.
fn students(scenario: &Scenario, sitting: &Sitting) -> Vec<(usize, Timestamp)> {
    let ends = sitting.timetable.ends();
    let counts = |place: usize| {
        let device = &scenario.devices[place];
        device.has_agent() && !device.sentinel
    };
    if sitting.seats.is_empty() {
        let here = (0..scenario.devices.len()).filter(|place| scenario.devices[*place].room == sitting.room);
        return here
            .filter(|place| counts(*place))
            .map(|place| (place, ends))
            .collect();
    }
    let listed = sitting.seats.iter().filter(|seat| counts(seat.device));
    listed
        .map(|seat| (seat.device, seat.ends.unwrap_or(ends)))
        .collect()
}

fn ms(at: Timestamp, from: Timestamp) -> u64 {
    u64::try_from(at.duration_since(from).as_millis()).unwrap_or(0)
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
