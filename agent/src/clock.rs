//! The device's clocks: the only place of this crate that reads them.
//!
//! Two monotonic clocks, one file a system: one counts sleep (`CLOCK_BOOTTIME`, `mach_continuous_time`,
//! `QueryInterruptTimePrecise`), the other stands still in it (`CLOCK_MONOTONIC`, `mach_absolute_time`,
//! `QueryUnbiasedInterruptTimePrecise`); their difference is the sleep. The first is what time is measured by, in an
//! *epoch*: the unbroken run of it, one for each boot ([`shelf`]).

pub mod shelf;

#[cfg(target_os = "linux")]
#[path = "clock/linux.rs"]
mod system;
#[cfg(target_os = "macos")]
#[path = "clock/macos.rs"]
mod system;
#[cfg(windows)]
#[path = "clock/windows.rs"]
mod system;

use std::path::Path;

use roomready_shared::ids::ClockEpoch;
use roomready_shared::units::Timestamp;

use crate::ports::{Clock, ClockRun, Moment};
use shelf::ClockShelf;

/// The clocks of the machine that this runs on.
#[derive(Debug)]
pub struct SystemClock {
    run: ClockRun,
    shelf: Option<ClockShelf>,
}

impl SystemClock {
    /// Begins an epoch of its own: for programs that look once and keep nothing.
    #[must_use]
    pub fn start() -> Self {
        Self {
            run: ClockRun::begin(ClockEpoch::new(uuid::Uuid::new_v4())),
            shelf: None,
        }
    }

    /// Continues the epoch that was kept in the data folder, if this is still the same boot; else begins one and keeps
    /// it. A folder that cannot be used costs the epoch at the next start, and nothing now.
    #[must_use]
    pub fn in_folder(data: &Path) -> Self {
        let shelf = ClockShelf::new(data, system::boot_id());
        Self {
            run: shelf.resume(now()),
            shelf: Some(shelf),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the room that reads the clocks")]
fn now() -> Moment {
    // The one that stands still is read first: a pause between the two looks like a moment of sleep, never like less
    // than none.
    let awake_ms = system::awake_ms();
    Moment {
        wall: Timestamp::now(),
        mono_ms: system::with_sleep_ms(),
        awake_ms,
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Moment {
        now()
    }

    fn epoch(&self) -> ClockEpoch {
        self.run.epoch
    }

    fn run(&self) -> ClockRun {
        self.run
    }

    fn keep(&self, run: &ClockRun, now: Moment) {
        if let Some(Err(error)) = self.shelf.as_ref().map(|shelf| shelf.keep(run, now)) {
            tracing::warn!(%error, "what is known of the true time could not be kept on disk; a restart without a network forgets it");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_never_runs_backwards_and_sleep_is_counted_never_subtracted() {
        let clock = SystemClock::start();
        let first = clock.now();
        let second = clock.now();
        assert!(second.mono_ms >= first.mono_ms && second.awake_ms >= first.awake_ms);
        // An old Windows counts one of them in ticks of 16 ms.
        assert!(first.mono_ms + 20 >= first.awake_ms, "{first:?}");
        assert!(first.mono_ms > 0);
    }

    #[test]
    fn a_program_that_is_started_again_in_the_same_boot_continues_its_epoch() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = SystemClock::in_folder(folder.path());
        assert_eq!(SystemClock::in_folder(folder.path()).epoch(), first.epoch());
        assert_ne!(SystemClock::start().epoch(), first.epoch());
    }
}
