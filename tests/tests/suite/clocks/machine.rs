//! A laptop: its clocks, its data folder, and the agent on it while one runs.

use std::path::Path;

use jiff::SignedDuration;
use roomready_agent::assignment::DiskShelf;
use roomready_agent::chance::Chance;
use roomready_agent::clock::shelf::ClockShelf;
use roomready_agent::cycle::{Cycle, Settings};
use roomready_agent::outbox::DiskOutbox;
use roomready_agent::ports::{AssignmentShelf as _, Moment};
use roomready_shared::facts::Platform;
use roomready_shared::ids::{DeviceId, StreamId};
use roomready_shared::units::ShortText;
use roomready_shared::wire::v1::DuringTest;

use super::world::at_ms;

/// Its clock is fast by this much; the collector's is taken for true.
const DRIFT_PPM: i64 = 90;

/// All times are true milliseconds.
pub(super) struct Machine {
    booted: i64,
    boots: u32,
    slept: i64,
    wall_ahead: i64,
}

impl Machine {
    /// Booted at this moment.
    pub(super) const fn boot(now: i64) -> Self {
        Self {
            booted: now,
            boots: 1,
            slept: 0,
            wall_ahead: 0,
        }
    }

    pub(super) const fn reboot(&mut self, now: i64) {
        self.booted = now;
        self.boots += 1;
        self.slept = 0;
    }

    pub(super) const fn sleeps_for(&mut self, ms: i64) {
        self.slept += ms;
    }

    pub(super) const fn set_wall_by(&mut self, ms: i64) {
        self.wall_ahead += ms;
    }

    pub(super) fn moment(&self, now: i64) -> Moment {
        let fast = |ms: i64| u64::try_from(ms + ms * DRIFT_PPM / 1_000_000).expect("after boot");
        let up = now - self.booted;
        Moment {
            wall: at_ms(now) + SignedDuration::from_millis(self.wall_ahead),
            mono_ms: fast(up),
            awake_ms: fast(up - self.slept),
        }
    }

    /// The true moment at which its monotonic clock showed this, in a boot that began at that moment.
    pub(super) fn truly(booted: i64, mono_ms: u64) -> i64 {
        let mono = i64::try_from(mono_ms).expect("a clock's number");
        booted + mono - mono * DRIFT_PPM / 1_000_000
    }

    pub(super) const fn booted(&self) -> i64 {
        self.booted
    }

    pub(super) fn clock_shelf(&self, data: &Path) -> ClockShelf {
        ClockShelf::new(data, Some(format!("boot {}", self.boots)))
    }

    /// Starts the agent on what its folder holds.
    pub(super) fn agent(&self, data: &Path, device: DeviceId, now: i64) -> Cycle {
        let settings = Settings {
            device,
            platform: Platform::Linux,
            collector: None,
            during_test: DuringTest::Quiet,
            agent_version: ShortText::fit("0.1.0"),
        };
        let mint = || StreamId::new(uuid::Uuid::new_v4());
        let outbox = DiskOutbox::in_folder(&data.join("outbox"), Box::new(mint)).expect("an outbox");
        let moment = self.moment(now);
        Cycle::start(
            settings,
            DiskShelf::new(data).load(),
            Box::new(outbox),
            self.clock_shelf(data).resume(moment),
            Chance::from_seed(u64::from(self.boots)),
            moment,
        )
    }
}
