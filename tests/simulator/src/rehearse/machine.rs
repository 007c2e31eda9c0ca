//! One device without its agent: power, clocks, battery, programs.

use jiff::SignedDuration;
use roomready_agent::ports::Moment;
use roomready_shared::facts::{Battery, Flow, Power};
use roomready_shared::ids::ClockEpoch;
use roomready_shared::units::{Percent, Timestamp};
use roomready_shared::wire::v1::ExitKind;

use super::scenario::Charge;

/// What a charger gives in an hour, in percent.
const CHARGES: u64 = 40;
const HOUR_MS: u64 = 3_600_000;
/// Charge is counted in thousandths of a percent.
const FULL: u64 = 100_000;

/// Whether it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Switched off.
    Off,
    /// Running.
    On,
    /// Its lid is closed, since this moment.
    Asleep {
        /// In milliseconds of the rehearsal.
        since_ms: u64,
    },
}

/// The machine. Times are milliseconds of the rehearsal.
#[derive(Debug)]
pub struct Machine {
    /// Whether it runs.
    pub state: State,
    begins: Timestamp,
    booted_ms: u64,
    /// Boots so far.
    pub boots: u32,
    slept_ms: u64,
    ahead_ms: i64,
    /// The unbroken run of its monotonic clock.
    pub epoch: ClockEpoch,
    battery: Option<Stored>,
    /// Its test app: since when it runs.
    pub app: Option<Timestamp>,
    /// How the last copy of it ended.
    pub app_exit: ExitKind,
    /// A program runs that disturbs a test.
    pub disturbed: bool,
}

#[derive(Debug, Clone, Copy)]
struct Stored {
    thousandths: u64,
    at_ms: u64,
    drain: u8,
    plugged: bool,
}

impl Machine {
    /// Switched off.
    #[must_use]
    pub fn new(begins: Timestamp, battery: Option<Charge>) -> Self {
        Self {
            state: State::Off,
            begins,
            booted_ms: 0,
            boots: 0,
            slept_ms: 0,
            ahead_ms: 0,
            epoch: ClockEpoch::new(uuid::Uuid::nil()),
            battery: battery.map(|charge| Stored {
                thousandths: u64::from(charge.percent) * 1_000,
                at_ms: 0,
                drain: charge.drain,
                plugged: charge.plugged,
            }),
            app: None,
            app_exit: ExitKind::Normal,
            disturbed: false,
        }
    }

    /// It is switched on: another run of its clock.
    pub fn boot(&mut self, t: u64, epoch: ClockEpoch) {
        self.state = State::On;
        self.booted_ms = t;
        self.boots += 1;
        self.slept_ms = 0;
        self.epoch = epoch;
    }

    /// It is switched off: nothing runs on it.
    pub fn stop(&mut self) {
        self.state = State::Off;
        self.app = None;
        self.disturbed = false;
    }

    /// Its lid is opened. False when it did not sleep.
    pub fn wake(&mut self, t: u64) -> bool {
        let State::Asleep { since_ms } = self.state else {
            return false;
        };
        self.slept_ms += t - since_ms;
        self.state = State::On;
        true
    }

    /// Somebody sets its clock.
    pub const fn set_clock(&mut self, ahead_ms: i64) {
        self.ahead_ms = ahead_ms;
    }

    /// Its own wall clock.
    #[must_use]
    pub fn wall(&self, t: u64) -> Timestamp {
        let since = i64::try_from(t).unwrap_or(i64::MAX).saturating_add(self.ahead_ms);
        self.begins
            .saturating_add(SignedDuration::from_millis(since))
            .unwrap_or(Timestamp::MAX)
    }

    /// All its clocks.
    #[must_use]
    pub fn moment(&self, t: u64) -> Moment {
        let mono_ms = t - self.booted_ms;
        Moment {
            wall: self.wall(t),
            mono_ms,
            awake_ms: mono_ms.saturating_sub(self.slept_ms),
        }
    }

    /// The rehearsal's time at which its monotonic clock will show this.
    #[must_use]
    pub const fn when(&self, mono_ms: u64) -> u64 {
        self.booted_ms.saturating_add(mono_ms)
    }

    /// Its charger is pulled or plugged in.
    pub fn plug(&mut self, t: u64, plugged: bool) {
        self.settle_battery(t);
        if let Some(stored) = &mut self.battery {
            stored.plugged = plugged;
        }
    }

    /// Its battery has this much from now on.
    pub fn set_charge(&mut self, t: u64, percent: u8) {
        self.settle_battery(t);
        if let Some(stored) = &mut self.battery {
            stored.thousandths = u64::from(percent) * 1_000;
        }
    }

    /// It has run down.
    #[must_use]
    pub fn is_empty(&self, t: u64) -> bool {
        self.battery
            .is_some_and(|stored| !stored.plugged && stored.left(t) == 0)
    }

    fn settle_battery(&mut self, t: u64) {
        if let Some(stored) = &mut self.battery {
            stored.thousandths = stored.left(t);
            stored.at_ms = t;
        }
    }

    /// What its system says of it.
    #[must_use]
    pub fn power(&self, t: u64) -> Power {
        let Some(stored) = &self.battery else {
            return Power::MainsOnly;
        };
        let left = stored.left(t);
        let flow = match (stored.plugged, left >= FULL) {
            (false, _) => Flow::Discharging,
            (true, false) => Flow::Charging,
            (true, true) => Flow::Full,
        };
        let percent = u8::try_from(left / 1_000).unwrap_or(100);
        Power::Battery(Battery {
            charge: Percent::clamped(f64::from(percent)),
            flow,
            drain_tenths_per_hour: (!stored.plugged).then(|| u16::from(stored.drain) * 10),
            health: None,
        })
    }
}

impl Stored {
    fn left(&self, t: u64) -> u64 {
        let passed = t.saturating_sub(self.at_ms);
        if self.plugged {
            (self.thousandths + CHARGES * 1_000 * passed / HOUR_MS).min(FULL)
        } else {
            self.thousandths
                .saturating_sub(u64::from(self.drain) * 1_000 * passed / HOUR_MS)
        }
    }
}
