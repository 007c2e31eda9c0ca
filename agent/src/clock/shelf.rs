//! What outlives the program: the epoch of this boot's clock, and what was last known of the true time in it.
//!
//! An epoch that goes on keeps its anchors: a device that is restarted without a network still knows the true time,
//! and the collector can date what happened before and after the restart. An epoch that goes on when it should not
//! gives wrong times that look measured. So every doubt begins a new one: no file, a damaged one, another boot, a clock
//! that stands lower than it did.
//!
//! | The system | How another boot is seen |
//! |---|---|
//! | Linux | `/proc/sys/kernel/random/boot_id` differs |
//! | macOS | `kern.bootsessionuuid` differs |
//! | Windows, or where neither can be read | the moment of boot, which is wall clock less monotonic clock, differs by more than [`BOOTS_APART_MS`] and drift. Setting the wall clock while the agent is down looks the same, and costs the epoch |
//!
//! A virtual machine that is put back to a snapshot has the boot's id and a clock that stood still, and no file is
//! needed for that: the first answer after it contradicts the anchor, and the cycle begins a new epoch
//! (`cycle/true_time.rs`).
//!
//! Not noticed, until the next answer of the collector: a snapshot that was put back, with its disk, by a device
//! without a network; what happens in between is dated too early by as long as it stood still. Not noticed at all: two
//! copies of one running machine, whose clocks go on alike; they share the device's identity too, and that is seen.

use std::io;
use std::path::{Path, PathBuf};

use roomready_shared::ids::ClockEpoch;
use roomready_shared::units::Timestamp;
use roomready_shared::wire::v1::ClockAnchor;
use serde::{Deserialize, Serialize};

use crate::keep;
use crate::ports::{ClockRun, DRIFT_PPM, Moment};

/// Its file in the data folder.
const FILE: &str = "clock.json";
/// Largest file that is read; a real one stays under 400 bytes.
const MAX_BYTES: u64 = 4 * 1_024;
/// Without a boot's id: no machine shuts down, starts and comes to its agent again within this time.
pub const BOOTS_APART_MS: u64 = 5_000;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    epoch: ClockEpoch,
    boot: Option<String>,
    /// The clocks when it was kept.
    mono_ms: u64,
    wall: Timestamp,
    anchor: Option<ClockAnchor>,
}

impl Kept {
    /// Whether a clock that shows this now still is in the run that was kept.
    fn goes_on(&self, boot: Option<&str>, now: Moment) -> bool {
        if now.mono_ms < self.mono_ms {
            return false;
        }
        match (self.boot.as_deref(), boot) {
            (Some(then), Some(now)) => then == now,
            (None, None) => {
                let booted =
                    |wall: Timestamp, mono_ms| i128::from(wall.as_millisecond()) - i128::from(mono_ms);
                let apart = booted(self.wall, self.mono_ms).abs_diff(booted(now.wall, now.mono_ms));
                let drift = u128::from(now.mono_ms - self.mono_ms) * u128::from(DRIFT_PPM) / 1_000_000;
                apart <= u128::from(BOOTS_APART_MS) + drift
            }
            (Some(_), None) | (None, Some(_)) => false,
        }
    }
}

/// The file in a data folder.
#[derive(Debug)]
pub struct ClockShelf {
    path: PathBuf,
    boot: Option<String>,
}

impl ClockShelf {
    /// In this data folder, in a boot of this id.
    #[must_use]
    pub fn new(data: &Path, boot: Option<String>) -> Self {
        Self {
            path: data.join(FILE),
            boot,
        }
    }

    /// Continues the run that was kept, or begins one, and keeps it.
    #[must_use]
    pub fn resume(&self, now: Moment) -> ClockRun {
        let kept = self.load().filter(|kept| kept.goes_on(self.boot.as_deref(), now));
        let run = match kept {
            Some(kept) => ClockRun {
                epoch: kept.epoch,
                anchor: kept.anchor.filter(|anchor| anchor.mono_ms <= now.mono_ms),
            },
            None => ClockRun::begin(ClockEpoch::new(uuid::Uuid::new_v4())),
        };
        if let Err(error) = self.keep(&run, now) {
            tracing::warn!(file = %self.path.display(), %error, "the clock's epoch could not be kept; the next start begins another");
        }
        run
    }

    /// Keeps a run.
    ///
    /// # Errors
    /// When it could not be made durable; what was kept before is then still there.
    pub fn keep(&self, run: &ClockRun, now: Moment) -> io::Result<()> {
        let kept = Kept {
            epoch: run.epoch,
            boot: self.boot.clone(),
            mono_ms: now.mono_ms,
            wall: now.wall,
            anchor: run.anchor,
        };
        let text = serde_json::to_vec(&kept).map_err(io::Error::other)?;
        keep::replace(&self.path, &text)
    }

    fn load(&self) -> Option<Kept> {
        let read = keep::read(&self.path, MAX_BYTES).and_then(|text| {
            text.map(|text| serde_json::from_str(&text).map_err(io::Error::other))
                .transpose()
        });
        read.unwrap_or_else(|error| {
            tracing::warn!(file = %self.path.display(), %error, "the clock's epoch cannot be read; another begins");
            None
        })
    }
}

#[cfg(test)]
mod tests;
