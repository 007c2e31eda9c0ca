//! The only place of the collector that reads a clock. Everything else is given the time.

use std::sync::Mutex;
use std::time::Duration;

use jiff::Timestamp;

/// Time since an arbitrary start that is the same for one run of the process, and that never goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mono(Duration);

impl Mono {
    /// The start itself.
    pub const START: Self = Self(Duration::ZERO);

    /// A moment this long after the start.
    #[must_use]
    pub const fn after_start(elapsed: Duration) -> Self {
        Self(elapsed)
    }

    /// Time from an earlier moment to this one; zero when the other is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }

    /// Milliseconds since the start.
    #[must_use]
    pub fn as_millis(self) -> u64 {
        u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX)
    }
}

/// What time it is, in both senses.
pub trait Clock: Send + Sync + 'static {
    /// The time of day, which people see and which may jump.
    fn wall(&self) -> Timestamp;
    /// The time that has passed, which never jumps and goes on while the machine sleeps (where it can tell).
    fn mono(&self) -> Mono;
}

/// The machine's clocks.
#[derive(Debug)]
pub struct SystemClock {
    start: system::Point,
}

impl SystemClock {
    /// A clock whose [`Mono::START`] is now.
    #[must_use]
    pub fn start() -> Self {
        Self {
            start: system::Point::now(),
        }
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock room")]
    fn wall(&self) -> Timestamp {
        Timestamp::now()
    }

    fn mono(&self) -> Mono {
        Mono(self.start.elapsed())
    }
}

#[cfg(target_os = "linux")]
mod system {
    use std::time::Duration;

    use rustix::time::{ClockId, clock_gettime};

    /// CLOCK_BOOTTIME: unlike `Instant` it counts a suspend, so a laptop that slept with the collector on it comes
    /// back knowing that it was blind.
    #[derive(Debug)]
    pub(super) struct Point(Duration);

    impl Point {
        pub(super) fn now() -> Self {
            let now = clock_gettime(ClockId::Boottime);
            let seconds = u64::try_from(now.tv_sec).unwrap_or(0);
            let nanos = u32::try_from(now.tv_nsec).unwrap_or(0);
            Self(Duration::new(seconds, nanos))
        }

        pub(super) fn elapsed(&self) -> Duration {
            Self::now().0.saturating_sub(self.0)
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use std::time::{Duration, Instant};

    /// Does not count a suspend on every system. A collector belongs on a machine that does not sleep; the alive
    /// marks in the store, which are wall time, still show the gap.
    #[derive(Debug)]
    pub(super) struct Point(Instant);

    impl Point {
        #[expect(clippy::disallowed_methods, reason = "this is the clock room")]
        pub(super) fn now() -> Self {
            Self(Instant::now())
        }

        pub(super) fn elapsed(&self) -> Duration {
            self.0.elapsed()
        }
    }
}

/// A clock that moves only when told, for tests and rehearsals.
#[derive(Debug)]
pub struct FakeClock(Mutex<FakeTimes>);

#[derive(Debug)]
struct FakeTimes {
    wall: Timestamp,
    mono: Mono,
}

impl FakeClock {
    /// Stands still at this time of day.
    #[must_use]
    pub fn at(wall: Timestamp) -> Self {
        Self(Mutex::new(FakeTimes {
            wall,
            mono: Mono::START,
        }))
    }

    /// Lets time pass in both senses.
    pub fn pass(&self, time: Duration) {
        self.with(|times| {
            times.wall = times.wall.saturating_add(time).unwrap_or(Timestamp::MAX);
            times.mono = Mono(times.mono.0.saturating_add(time));
        });
    }

    /// Sets the time of day, as a person or a time server may do; no time passes.
    pub fn set_wall(&self, wall: Timestamp) {
        self.with(|times| times.wall = wall);
    }

    fn with<T>(&self, change: impl FnOnce(&mut FakeTimes) -> T) -> T {
        // A test that panicked while holding the lock has left nothing half-written.
        let mut times = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        change(&mut times)
    }
}

impl Clock for FakeClock {
    fn wall(&self) -> Timestamp {
        self.with(|times| times.wall)
    }

    fn mono(&self) -> Mono {
        self.with(|times| times.mono)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn setting_the_time_of_day_lets_no_time_pass() {
        let clock = FakeClock::at("2026-10-06T08:00:00Z".parse().unwrap());
        let before = clock.mono();
        clock.set_wall("2026-10-05T08:00:00Z".parse().unwrap());
        assert_eq!(clock.mono(), before);
        clock.pass(Duration::from_secs(2));
        assert_eq!(clock.mono().since(before), Duration::from_secs(2));
        assert_eq!(clock.wall(), "2026-10-05T08:00:02Z".parse().unwrap());
    }

    #[test]
    fn the_machines_clock_does_not_go_back() {
        let clock = SystemClock::start();
        let first = clock.mono();
        assert!(clock.mono() >= first);
    }
}
