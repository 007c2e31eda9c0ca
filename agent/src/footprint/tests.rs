//! Stories of an agent that watches what it costs.

use super::*;

/// A device whose agent costs so much a minute.
struct Device {
    watcher: Watcher,
    now: Sample,
}

impl Device {
    fn new() -> Self {
        let now = Sample {
            awake_ms: 1_000,
            cpu_us: 40_000,
            bytes: 0,
            reading_bytes: 0,
            resident: 9_000_000,
        };
        let watcher = Watcher::default();
        let mut device = Self { watcher, now };
        device.watcher.look(now);
        // The start: everything at once.
        assert_eq!(device.minutes(1, CPU_AT_BAR * 20, BYTES_AT_BAR * 20), []);
        device
    }

    /// So many minutes at this cost, the bytes half for readings; gives each change with its minute.
    fn minutes(&mut self, minutes: u64, cpu_us: u64, bytes: u64) -> Vec<(u64, u8)> {
        self.minutes_of(minutes, cpu_us, bytes / 2, bytes - bytes / 2)
    }

    fn minutes_of(&mut self, minutes: u64, cpu_us: u64, readings: u64, reports: u64) -> Vec<(u64, u8)> {
        let mut changes = vec![];
        for minute in 1..=minutes {
            self.now.awake_ms += LOOK_EACH_MS;
            self.now.cpu_us += cpu_us;
            self.now.bytes += readings + reports;
            self.now.reading_bytes += readings;
            if let Some(widening) = self.watcher.look(self.now).change {
                changes.push((minute, widening.steps()));
            }
        }
        changes
    }
}

/// A minute at exactly the bar.
const CPU_AT_BAR: u64 = CPU_BAR_MILLIONTHS as u64 * LOOK_EACH_MS / 1_000;
const BYTES_AT_BAR: u64 = HOURLY_BYTES_BAR / 60;

#[test]
fn at_the_bars_nothing_changes_and_just_above_either_one_intervals_widen_after_five_minutes() {
    assert_eq!(Device::new().minutes(120, CPU_AT_BAR, BYTES_AT_BAR), []);
    let by_cpu = Device::new().minutes(6, CPU_AT_BAR + 1_000, 0);
    let by_network = Device::new().minutes(6, 0, BYTES_AT_BAR + 1_000);
    assert_eq!((by_cpu, by_network), (vec![(5, 1)], vec![(5, 1)]));
}

#[test]
fn readings_widen_first_then_reports_and_both_have_an_end() {
    let mut device = Device::new();
    let changes = device.minutes(600, CPU_AT_BAR * 50, 0);
    let steps: Vec<u8> = changes.iter().map(|(_, steps)| *steps).collect();
    assert_eq!(steps, [1, 2, 3, 4, 5], "one at a time, and no further");
    let factors = |steps| (Widening(steps).readings(), Widening(steps).reports());
    assert_eq!(
        [0, 1, 2, 3, 4, 5].map(factors),
        [(1, 1), (2, 1), (4, 1), (8, 1), (8, 2), (8, 4)]
    );
}

#[test]
fn an_agent_whose_cost_follows_its_intervals_finds_its_place_and_stays_there() {
    let mut device = Device::new();
    let mut changes = vec![];
    for _ in 0..600 {
        let cost = CPU_AT_BAR * 3 / device.watcher.widening().readings();
        changes.extend(device.minutes(1, cost, 0));
    }
    let steps: Vec<u8> = changes.iter().map(|(_, steps)| *steps).collect();
    assert_eq!(steps, [1, 2], "it does not swing");
}

#[test]
fn it_narrows_again_step_by_step_when_even_twice_the_cost_is_below_the_bars() {
    let mut device = Device::new();
    device.minutes(10, CPU_AT_BAR * 4, 0);
    assert_eq!(device.watcher.widening().steps(), 2);
    let still_dear = device.minutes(120, CPU_AT_BAR / 2, 0);
    assert_eq!(still_dear, [], "twice this would be at the bar");
    let changes = device.minutes(60, CPU_AT_BAR / 4, 0);
    let steps: Vec<u8> = changes.iter().map(|(_, steps)| *steps).collect();
    assert_eq!(steps, [1, 0]);
    assert!(
        changes[1].0 - changes[0].0 >= 15,
        "a whole window apart: {changes:?}"
    );
}

#[test]
fn the_readings_of_a_start_and_of_a_recheck_are_no_habit() {
    let mut device = Device::new();
    assert_eq!(device.minutes(10, CPU_AT_BAR / 10, BYTES_AT_BAR / 10), []);
    assert_eq!(device.minutes(1, CPU_AT_BAR * 4, BYTES_AT_BAR * 4), []);
    assert_eq!(device.minutes(30, CPU_AT_BAR / 10, BYTES_AT_BAR / 10), []);
}

#[test]
fn a_pace_of_reports_that_the_collector_chose_is_kept_whatever_it_costs_the_network() {
    let mut device = Device::new();
    let few = READINGS_PART / 60;
    assert_eq!(device.minutes_of(120, 0, few, BYTES_AT_BAR * 3), []);
    let dear_readings = device.minutes_of(120, 0, BYTES_AT_BAR * 9, BYTES_AT_BAR);
    let steps: Vec<u8> = dear_readings.iter().map(|(_, steps)| *steps).collect();
    assert_eq!(steps, [1, 2, 3], "readings alone are widened for the network");
    let cheap_again = device.minutes_of(60, 0, few / 4, BYTES_AT_BAR * 3);
    let steps: Vec<u8> = cheap_again.iter().map(|(_, steps)| *steps).collect();
    assert_eq!(
        steps,
        [2, 1, 0],
        "and narrowed, though the reports still cost what they cost"
    );
}

#[test]
fn sleep_makes_nothing_cheaper() {
    // Time asleep is not in `awake_ms`, so the same work in the same awake time costs the same.
    let before = Sample {
        awake_ms: 0,
        cpu_us: 0,
        bytes: 0,
        reading_bytes: 0,
        resident: 1,
    };
    let after = Sample {
        awake_ms: 3_600_000,
        cpu_us: 3_600_000,
        bytes: 1_500_000,
        reading_bytes: 500_000,
        resident: 1,
    };
    let cost = Cost::between(before, after).expect("an hour awake");
    assert_eq!((cost.cpu_millionths, cost.hourly_bytes), (1_000, 1_500_000));
    assert_eq!(Cost::between(after, after), None, "no awake time, no share of it");
}

#[test]
fn memory_over_its_bar_is_given_back_now_and_then_and_far_over_for_long_is_said_once() {
    let mut device = Device::new();
    device.now.resident = RESIDENT_FAR_OVER + 1;
    let mut gave_back = vec![];
    let mut said = vec![];
    for minute in 1..=60 {
        device.now.awake_ms += LOOK_EACH_MS;
        let verdict = device.watcher.look(device.now);
        gave_back.extend(verdict.give_memory_back.then_some(minute));
        said.extend(verdict.far_over_memory.then_some(minute));
        assert_eq!(verdict.change, None, "intervals have no part in memory");
    }
    assert_eq!(gave_back, [1, 11, 21, 31, 41, 51]);
    assert_eq!(said, [11]);
    device.now.resident = RESIDENT_BAR;
    device.now.awake_ms += LOOK_EACH_MS * 20;
    assert!(
        !device.watcher.look(device.now).give_memory_back,
        "at the bar all is well"
    );
}
