//! A simulated device's clock: it shows this machine's time, and its own time since boot.

use roomready_agent::clock::SystemClock;
use roomready_agent::ports::{Clock, Moment};
use roomready_shared::ids::ClockEpoch;

/// Each device was booted at its own time and has an epoch of its own.
#[derive(Debug)]
pub struct DeviceClock {
    system: SystemClock,
    started: Moment,
    up_before_ms: u64,
}

impl DeviceClock {
    /// The clock of a device that has been up for this long.
    #[must_use]
    pub fn start(up_before_s: u64) -> Self {
        let system = SystemClock::start();
        let started = system.now();
        Self {
            system,
            started,
            up_before_ms: up_before_s.saturating_mul(1_000),
        }
    }

    /// Seconds since this clock was started.
    #[must_use]
    pub fn running_s(&self) -> u64 {
        (self.now().mono_ms - self.up_before_ms) / 1_000
    }
}

impl Clock for DeviceClock {
    fn now(&self) -> Moment {
        let now = self.system.now();
        let since_boot = |now: u64, started: u64| self.up_before_ms + now.saturating_sub(started);
        Moment {
            wall: now.wall,
            mono_ms: since_boot(now.mono_ms, self.started.mono_ms),
            awake_ms: since_boot(now.awake_ms, self.started.awake_ms),
        }
    }

    fn epoch(&self) -> ClockEpoch {
        self.system.epoch()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_has_been_up_for_as_long_as_it_says_and_did_not_sleep() {
        let clock = DeviceClock::start(3_600);
        let now = clock.now();
        assert!((3_600_000..3_660_000).contains(&now.mono_ms), "{now:?}");
        assert!(now.mono_ms.abs_diff(now.awake_ms) < 1_000, "{now:?}");
    }
}
