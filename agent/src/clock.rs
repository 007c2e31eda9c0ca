//! The device's clocks: the only place of this crate that reads them.
//!
//! Suspend-aware monotonic time is CLOCK_BOOTTIME on Linux and CLOCK_MONOTONIC on macOS (which counts sleep there
//! under that name). Where neither is wired yet, both monotonic clocks are the standard library's, so sleep is not
//! seen there.

use roomready_shared::ids::ClockEpoch;
use roomready_shared::units::Timestamp;

use crate::ports::{Clock, Moment};

/// The clocks of the machine that this runs on.
#[derive(Debug)]
pub struct SystemClock {
    epoch: ClockEpoch,
    #[cfg(not(unix))]
    started: std::time::Instant,
}

impl SystemClock {
    /// Begins an epoch: a program that starts cannot prove that it continues an older one.
    #[must_use]
    #[cfg_attr(
        not(unix),
        expect(clippy::disallowed_methods, reason = "this is the room that reads the clocks")
    )]
    pub fn start() -> Self {
        Self {
            epoch: ClockEpoch::new(uuid::Uuid::new_v4()),
            #[cfg(not(unix))]
            started: std::time::Instant::now(),
        }
    }

    #[cfg(unix)]
    fn monotonic(&self) -> (u64, u64) {
        use rustix::time::{ClockId, clock_gettime};
        #[cfg(target_os = "linux")]
        const WITH_SLEEP: ClockId = ClockId::Boottime;
        #[cfg(not(target_os = "linux"))]
        const WITH_SLEEP: ClockId = ClockId::Monotonic;
        let millis = |clock| {
            let time = clock_gettime(clock);
            u64::try_from(time.tv_sec).unwrap_or(0) * 1_000
                + u64::try_from(time.tv_nsec).unwrap_or(0) / 1_000_000
        };
        (millis(WITH_SLEEP), millis(ClockId::Monotonic))
    }

    #[cfg(not(unix))]
    fn monotonic(&self) -> (u64, u64) {
        let millis = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        (millis, millis)
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the room that reads the clocks")]
    fn now(&self) -> Moment {
        let (mono_ms, awake_ms) = self.monotonic();
        Moment {
            wall: Timestamp::now(),
            mono_ms,
            awake_ms,
        }
    }

    fn epoch(&self) -> ClockEpoch {
        self.epoch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_never_runs_backwards_and_each_start_is_its_own_epoch() {
        let clock = SystemClock::start();
        let first = clock.now();
        let second = clock.now();
        assert!(second.mono_ms >= first.mono_ms && second.awake_ms >= first.awake_ms);
        assert!(
            first.mono_ms >= first.awake_ms,
            "sleep is counted, never subtracted"
        );
        assert_ne!(clock.epoch(), SystemClock::start().epoch());
    }
}
