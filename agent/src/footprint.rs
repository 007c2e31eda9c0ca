//! What this agent costs its device, and what follows when that is too much. Pure: samples in, verdict out.
//!
//! Three bars (design, section 10): memory, processor time and network. Time and network are averaged over *awake* time:
//! a laptop that slept for an hour has not become cheaper by it. Above a bar the agent first reads less often, then
//! reports less often, one factor of two at a time; what a report promises is always the wider interval, so that
//! widening is never silence. It narrows again only when even twice the present use would be well below the bars.
//!
//! Only processor time widens reports, which a slow device alone can know. What reports cost the network follows from
//! the pace that the collector chose, and whoever chose it knows; the network widens readings, and only where readings
//! are a good part of it.
//!
//! Memory does not follow from intervals. Above its bar, what is free inside the program is given back to the system.
//! Far above it for long, the log and the report say so, and no more: the agent does **not** end itself. One that
//! measures wrongly would end again and again, and one that ends in a test looks like a device that has crashed. A
//! ceiling that ends programs belongs to the service manager, which also starts them again.

pub mod traffic;

use std::collections::VecDeque;

/// Memory that an agent may occupy, in bytes: 12 MB.
pub const RESIDENT_BAR: u64 = 12_000_000;
/// Share of one core that it may use over awake time, in millionths: 0.1 %.
pub const CPU_BAR_MILLIONTHS: u32 = 1_000;
/// Bytes that it may send and receive in an hour: 1.5 MB.
pub const HOURLY_BYTES_BAR: u64 = 1_500_000;

/// Time between two looks at itself, of awake time. A look costs some microseconds.
pub const LOOK_EACH_MS: u64 = 60_000;
/// Awake time over which use is averaged.
const WINDOW_MS: u64 = 15 * 60_000;
/// No verdict on less: a recheck's readings, all at once, would look like a habit.
const SHORTEST_MS: u64 = 5 * 60_000;
/// Samples of a window, and the one before it.
const MAX_SAMPLES: usize = (WINDOW_MS / LOOK_EACH_MS) as usize + 1;

/// A step back at most doubles the use, so below this share of a bar it cannot lead straight to the next widening.
const NARROW_BELOW_PERCENT: u64 = 40;
/// Readings that take less of the network than this are not what makes it dear.
const READINGS_PART: u64 = HOURLY_BYTES_BAR / 4;
/// Between two times of giving memory back: what comes again at once is in use.
const GIVE_BACK_EACH_MS: u64 = 10 * 60_000;
/// Memory that speaks of a fault in the agent, not of a busy hour.
pub const RESIDENT_FAR_OVER: u64 = 4 * RESIDENT_BAR;
/// It must stay there this long before anybody is told.
const FAR_OVER_FOR_MS: u64 = 10 * 60_000;

/// How far intervals are widened. Readings first; reports only when that was not enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Widening(u8);

impl Widening {
    /// Readings up to eight times as far apart, then reports up to four times.
    pub const MOST: Self = Self(5);
    /// Readings as far apart as they get, reports as usual.
    const READINGS: Self = Self(3);

    /// Steps taken; 0 is the usual pace.
    #[must_use]
    pub const fn steps(self) -> u8 {
        self.0
    }

    /// What the intervals between readings are multiplied by.
    #[must_use]
    pub const fn readings(self) -> u64 {
        let steps = if self.0 < Self::READINGS.0 {
            self.0
        } else {
            Self::READINGS.0
        };
        1 << steps
    }

    /// What the intervals between reports are multiplied by.
    #[must_use]
    pub const fn reports(self) -> u32 {
        1 << self.0.saturating_sub(Self::READINGS.0)
    }

    /// Both together, as a report tells it: 1 is not at all.
    #[must_use]
    pub fn factor(self) -> u8 {
        1 << self.0
    }

    fn wider(self, most: Self) -> Option<Self> {
        (self < most).then(|| Self(self.0 + 1))
    }

    fn narrower(self) -> Option<Self> {
        self.0.checked_sub(1).map(Self)
    }
}

/// One look. All but `resident` only grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// Awake time of the device in milliseconds.
    pub awake_ms: u64,
    /// Time of one core used so far, in microseconds.
    pub cpu_us: u64,
    /// Bytes sent and received so far, for reports and readings.
    pub bytes: u64,
    /// Those of them that readings took.
    pub reading_bytes: u64,
    /// Memory occupied now, in bytes.
    pub resident: u64,
}

/// Use over a stretch of awake time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory occupied now, in bytes.
    pub resident: u64,
    /// Share of one core, in millionths.
    pub cpu_millionths: u32,
    /// Bytes sent and received, as if for an hour.
    pub hourly_bytes: u64,
    /// Those of them that readings took.
    pub hourly_reading_bytes: u64,
}

impl Cost {
    fn between(before: Sample, after: Sample) -> Option<Self> {
        let awake = after.awake_ms.checked_sub(before.awake_ms).filter(|ms| *ms > 0)?;
        let cpu = after.cpu_us.saturating_sub(before.cpu_us);
        let hourly = |before: u64, after: u64| after.saturating_sub(before).saturating_mul(3_600_000) / awake;
        // Microseconds of a core in a millisecond of the clock: thousandths, so once more for millionths.
        let millionths = cpu.saturating_mul(1_000) / awake;
        Some(Self {
            resident: after.resident,
            cpu_millionths: u32::try_from(millionths).unwrap_or(u32::MAX),
            hourly_bytes: hourly(before.bytes, after.bytes),
            hourly_reading_bytes: hourly(before.reading_bytes, after.reading_bytes),
        })
    }

    /// How far intervals may be widened for this, if at all.
    fn asks_for(self) -> Option<Widening> {
        let dear_readings = self.hourly_bytes > HOURLY_BYTES_BAR && self.hourly_reading_bytes > READINGS_PART;
        if self.cpu_millionths > CPU_BAR_MILLIONTHS {
            Some(Widening::MOST)
        } else {
            dear_readings.then_some(Widening::READINGS)
        }
    }

    /// Whether twice of it would still be well below the bars.
    const fn bears_narrowing(self) -> bool {
        let bar = CPU_BAR_MILLIONTHS as u64 * NARROW_BELOW_PERCENT;
        self.cpu_millionths as u64 * 100 <= bar
            && self.hourly_reading_bytes * 100 <= READINGS_PART * NARROW_BELOW_PERCENT
    }
}

/// What follows from a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Verdict {
    /// Use so far in this window, once there is enough of it.
    pub cost: Option<Cost>,
    /// Intervals are to be widened or narrowed to this.
    pub change: Option<Widening>,
    /// Memory that is free inside the program is to be given back.
    pub give_memory_back: bool,
    /// Memory is far over its bar and has been for long; said once each time.
    pub far_over_memory: bool,
}

/// Watches what the agent costs.
#[derive(Debug, Clone, Default)]
pub struct Watcher {
    samples: VecDeque<Sample>,
    /// The first minute is over: everything is read at once then, which is no habit.
    settled: bool,
    widening: Widening,
    gave_back_at: Option<u64>,
    far_over_since: Option<u64>,
    said_far_over: bool,
}

impl Watcher {
    /// Whether it is time for a look.
    #[must_use]
    pub fn due(&self, awake_ms: u64) -> bool {
        self.samples
            .back()
            .is_none_or(|last| awake_ms.saturating_sub(last.awake_ms) >= LOOK_EACH_MS)
    }

    /// How far intervals are widened now.
    #[must_use]
    pub const fn widening(&self) -> Widening {
        self.widening
    }

    /// One look, and what follows.
    pub fn look(&mut self, sample: Sample) -> Verdict {
        let (give_memory_back, far_over_memory) = self.memory(sample);
        if self.samples.len() == MAX_SAMPLES {
            self.samples.pop_front();
        } else if self.samples.len() == 1 && !self.settled {
            self.settled = true;
            self.samples.clear();
        }
        self.samples.push_back(sample);
        let first = self.samples.front().copied().unwrap_or(sample);
        let watched = sample.awake_ms.saturating_sub(first.awake_ms);
        let cost = Cost::between(first, sample).filter(|_| watched >= SHORTEST_MS);
        let change = cost.and_then(|cost| self.judge(cost, watched));
        if let Some(widening) = change {
            self.widening = widening;
            // What was used at the former pace says nothing about the new one.
            self.samples.clear();
            self.samples.push_back(sample);
        }
        Verdict {
            cost,
            change,
            give_memory_back,
            far_over_memory,
        }
    }

    fn judge(&self, cost: Cost, watched: u64) -> Option<Widening> {
        match cost.asks_for() {
            Some(most) => self.widening.wider(most),
            None if cost.bears_narrowing() && watched >= WINDOW_MS => self.widening.narrower(),
            None => None,
        }
    }

    fn memory(&mut self, sample: Sample) -> (bool, bool) {
        let now = sample.awake_ms;
        let rested = |since: u64, ms| now.saturating_sub(since) >= ms;
        let give_back = sample.resident > RESIDENT_BAR
            && self.gave_back_at.is_none_or(|at| rested(at, GIVE_BACK_EACH_MS));
        if give_back {
            self.gave_back_at = Some(now);
        }
        if sample.resident <= RESIDENT_FAR_OVER {
            self.far_over_since = None;
            self.said_far_over = false;
            return (give_back, false);
        }
        let since = *self.far_over_since.get_or_insert(now);
        let say = !self.said_far_over && rested(since, FAR_OVER_FOR_MS);
        self.said_far_over |= say;
        (give_back, say)
    }
}

#[cfg(test)]
mod tests;
