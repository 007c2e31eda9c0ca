//! How long a battery lasts: a forecast from what a device says of its charge with each beat. Pure, in whole numbers.
//!
//! A charge is told in whole percent, so what can be timed is the moment at which it falls to a value that was not
//! seen before on this battery run: a **step**. A noisy meter tells a step late, now and then by a whole point, so the rate
//! is that of the line through all steps, of which none counts for much. It is known to within half a point from the
//! first step to the latest one, and the longer the run the less that is. Readings that go up by a point and down again
//! are no step. What breaks a run: the charger, a silence in which the device may have slept, and a
//! charge that jumps, because then the meter has changed its mind and not the battery its charge. The rate of a run
//! that broke stays as a guess, with a wide margin, and so does the rate that the battery tells by itself.
//!
//! What it promises: no forecast on a charger; none before there is enough to go on; and "will not last" only where
//! even the kind end of the margin lies before the seat's end. It is taken back only where even the unkind end lies
//! after it, so that a forecast which hovers around the end says one thing and keeps to it.
//!
//! A device costs at most [`MOST_STEPS`] pairs of numbers.

#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use roomready_shared::facts::Flow;
use roomready_shared::wire::v1::Charge;
use serde::Serialize;

/// Devices turn themselves off or hibernate before the last percent: Windows at 5 by default, `UPower` at 2, macOS at 1
/// or 2. With less than this nobody tests any more.
pub const OFF_AT_PERCENT: u8 = 3;
/// At this charge a device is about to warn by itself, and a warning that pops up can end a `TestNav` session; Safe
/// Exam Browser calls the same level critical. At an ordinary 15 to 20 points an hour it is less than half an hour.
pub const CRITICAL_PERCENT: u8 = 10;
/// Above this it is critical no more: one point of noise around the limit says nothing new.
pub const NOT_CRITICAL_FROM: u8 = CRITICAL_PERCENT + 2;
/// At this charge it is critical whatever a forecast says: the last points of a worn battery go at once.
pub const NEARLY_OFF_PERCENT: u8 = 5;
/// A battery that is forecast to end within this time is critical: finding a charger and walking over takes minutes.
pub const CRITICAL_MS: u64 = 15 * 60 * 1_000;

/// Steps kept: enough for the window at twice the usual rate.
pub const MOST_STEPS: usize = 32;
/// Steps older than this say how it was, not how it is: students began, the screen is bright now.
const WINDOW_MS: u64 = 45 * 60 * 1_000;
/// Points that must have been lost between two steps before a rate is drawn from them.
const FEWEST_POINTS: u8 = 3;
/// And time that must have passed between them, so that a burst of load is not taken for the rule.
const SHORTEST_MS: u64 = 5 * 60 * 1_000;
/// In the first minutes of a run a noisy meter finds its lowest reading: what falls then is not yet a step.
const SETTLES_MS: u64 = 2 * 60 * 1_000;
/// A guess at the rate is believed only after so long on the battery: right after the plug is pulled a meter tells
/// nonsense.
const GUESS_AFTER_MS: u64 = 2 * 60 * 1_000;
/// How far a guess may be off, either way.
const GUESS_OFF_PERCENT: u64 = 30;
/// A device that was not heard for so long may have slept, and lost less than one that is awake.
const GAP_MS: u64 = 5 * 60 * 1_000;
/// A charge that rises by more than a noisy meter's point or two while it runs down was read anew.
const NOISE_POINTS: u8 = 2;
/// The fastest that a laptop empties: half an hour from full. What falls faster than this and the noise was read anew.
const FASTEST_MS_PER_POINT: u64 = 18 * 1_000;
/// The slowest that is still a forecast: a point in an hour is a device that does nothing.
const SLOWEST_MS_PER_POINT: u64 = 60 * 60 * 1_000;
/// How far the charge itself may be from what is told, in half points: a noisy meter is a point off.
const LEVEL_OFF_HALVES: u64 = 2;
/// Nothing is forecast further ahead than the longest sitting.
const FARTHEST_MS: u64 = 24 * 60 * 60 * 1_000;

/// What is known of one device's battery.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Battery {
    latest: Option<Latest>,
    run: Option<Run>,
    /// Milliseconds that a point lasted in the run before this one.
    before: Option<u64>,
    /// The same, as the battery tells by itself.
    told: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
struct Latest {
    percent: u8,
    fed: bool,
    at_ms: u64,
}

/// An unbroken run on the battery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Run {
    from_ms: u64,
    /// The lowest charge seen in it.
    low: u8,
    /// When the charge fell to a value not seen before, and that value; oldest first.
    steps: VecDeque<(u64, u8)>,
}

/// How long a battery lasts, by the collector's monotonic clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Outlook {
    /// It is on a charger, or has no battery, or tells nothing of one: it does not run down.
    Fed,
    /// It runs down, and there is not yet enough to say how fast.
    TooEarly,
    /// It runs down and will be off at about then.
    Until(Until),
}

/// When a battery is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Until {
    /// At the earliest.
    pub earliest_ms: u64,
    /// Most likely.
    pub about_ms: u64,
    /// At the latest.
    pub latest_ms: u64,
}

impl Until {
    /// Half of the margin, in milliseconds.
    #[must_use]
    pub const fn plus_minus_ms(self) -> u64 {
        self.latest_ms.saturating_sub(self.earliest_ms) / 2
    }

    /// Whether it lasts until a moment; none where that lies within the margin.
    #[must_use]
    pub const fn lasts_until(self, ends_ms: u64) -> Option<bool> {
        if self.latest_ms < ends_ms {
            Some(false)
        } else if self.earliest_ms >= ends_ms {
            Some(true)
        } else {
            None
        }
    }
}

impl Battery {
    /// Takes what a beat says. `now_ms` is when it was received.
    pub fn take(&mut self, charge: Option<Charge>, now_ms: u64) {
        let Some(charge) = charge else {
            // Told no more: whatever was known is about another time.
            self.end_run();
            self.latest = None;
            return;
        };
        let percent = charge.percent.get();
        let fed = is_fed(charge.flow);
        let before = self.latest.replace(Latest {
            percent,
            fed,
            at_ms: now_ms,
        });
        if fed {
            self.end_run();
            return;
        }
        let broken = before.is_none_or(|before| {
            let gap = now_ms.saturating_sub(before.at_ms);
            gap > GAP_MS || read_anew(before.percent, percent, gap)
        });
        if broken {
            self.end_run();
        }
        let run = self.run.get_or_insert(Run {
            from_ms: now_ms,
            low: percent,
            steps: VecDeque::new(),
        });
        if percent > run.low.saturating_add(NOISE_POINTS) {
            // Slowly, or in small jumps, it rose: this run says nothing any more.
            self.run = Some(Run {
                from_ms: now_ms,
                low: percent,
                steps: VecDeque::new(),
            });
            return;
        }
        run.step(percent, now_ms);
    }

    /// Takes the rate that the battery tells by itself, in tenths of a percent per hour; none where it tells none.
    pub fn told_drain(&mut self, tenths_per_hour: Option<u16>) {
        self.told = tenths_per_hour
            .filter(|tenths| *tenths > 0)
            .map(|tenths| 10 * 3_600_000 / u64::from(tenths))
            .filter(|per_point| (FASTEST_MS_PER_POINT..=SLOWEST_MS_PER_POINT).contains(per_point));
    }

    /// The charge as it was last told.
    #[must_use]
    pub fn percent(&self) -> Option<u8> {
        self.latest.map(|latest| latest.percent)
    }

    /// Whether it was on a charger when it last told; none where it never told.
    #[must_use]
    pub fn fed(&self) -> Option<bool> {
        self.latest.map(|latest| latest.fed)
    }

    /// How long it lasts.
    #[must_use]
    pub fn outlook(&self, now_ms: u64) -> Outlook {
        let (Some(latest), Some(run)) = (self.latest, &self.run) else {
            return Outlook::Fed;
        };
        let measured = run.measured(now_ms);
        let guessed = || {
            let long_enough = latest.at_ms.saturating_sub(run.from_ms) >= GUESS_AFTER_MS;
            let per_point = self.told.or(self.before).filter(|_| long_enough)?;
            Some(Rate {
                level: (latest.at_ms, run.low),
                fast: per_point * 100 / (100 + GUESS_OFF_PERCENT),
                about: per_point,
                slow: per_point * 100 / (100 - GUESS_OFF_PERCENT),
            })
        };
        match measured.or_else(guessed) {
            Some(rate) => Outlook::Until(rate.until(now_ms)),
            None => Outlook::TooEarly,
        }
    }

    /// Whether the charge is so low that somebody should go there now. `was` is what was said before: a point of noise
    /// around the limit changes nothing. `ends_ms` is the seat's end: what lasts until then is not critical.
    #[must_use]
    pub fn is_critical(&self, was: bool, ends_ms: u64, now_ms: u64) -> bool {
        let Some(percent) = self.percent().filter(|_| self.run.is_some()) else {
            return false;
        };
        if percent <= NEARLY_OFF_PERCENT {
            return true;
        }
        let low = percent
            < if was {
                NOT_CRITICAL_FROM
            } else {
                CRITICAL_PERCENT + 1
            };
        let soon = if was {
            CRITICAL_MS + CRITICAL_MS / 3
        } else {
            CRITICAL_MS
        };
        match self.outlook(now_ms) {
            Outlook::Fed => false,
            Outlook::TooEarly => low,
            Outlook::Until(until) => match until.lasts_until(ends_ms) {
                Some(true) => false,
                Some(false) => low || until.latest_ms.saturating_sub(now_ms) <= soon,
                None => low,
            },
        }
    }

    fn end_run(&mut self) {
        if let Some(run) = self.run.take()
            && let Some((_, about, _)) = run.per_point(run.steps.back().map_or(0, |step| step.0))
        {
            self.before = Some(about);
        }
    }
}

impl Run {
    fn step(&mut self, percent: u8, now_ms: u64) {
        if percent >= self.low {
            return;
        }
        self.low = percent;
        if now_ms.saturating_sub(self.from_ms) < SETTLES_MS {
            return;
        }
        self.steps.push_back((now_ms, percent));
        while self.steps.len() > MOST_STEPS
            || self.steps.len() > 2
                && self
                    .steps
                    .front()
                    .is_some_and(|oldest| now_ms.saturating_sub(oldest.0) > WINDOW_MS)
        {
            self.steps.pop_front();
        }
    }

    /// Milliseconds that a point lasts: at the fast, the likely and the slow end of the margin. None before there is
    /// enough to go on.
    fn per_point(&self, now_ms: u64) -> Option<(u64, u64, u64)> {
        let (first, last) = (self.steps.front()?, self.steps.back()?);
        let points = first
            .1
            .checked_sub(last.1)
            .filter(|points| *points >= FEWEST_POINTS)?;
        let took = last.0.saturating_sub(first.0);
        if took < SHORTEST_MS {
            return None;
        }
        let points = u64::from(points);
        let steps = || self.steps.iter().copied();
        // The next step is overdue: the load has fallen.
        let overdue = slope(steps().chain([(now_ms, self.low.saturating_sub(1))]));
        let about = slope(steps()).max(overdue).max(FASTEST_MS_PER_POINT);
        let fast = about * 2 * points / (2 * points + 1);
        let slow = about * 2 * points / (2 * points - 1);
        (about <= SLOWEST_MS_PER_POINT).then_some((fast, about, slow))
    }

    fn measured(&self, now_ms: u64) -> Option<Rate> {
        let level = self.steps.back().copied()?;
        let (fast, about, slow) = self.per_point(now_ms)?;
        Some(Rate {
            level,
            fast,
            about,
            slow,
        })
    }
}

/// A charge at a moment, and how long each of its points lasts from there.
struct Rate {
    level: (u64, u8),
    fast: u64,
    about: u64,
    slow: u64,
}

impl Rate {
    fn until(&self, now_ms: u64) -> Until {
        let (at_ms, percent) = self.level;
        // A charge of 40 is anything from 40.0 to 40.9, or from 39.5 to 40.4: the middle is half a point above the last.
        let halves = 2 * u64::from(percent.saturating_sub(OFF_AT_PERCENT)) + 1;
        let after = |per_point: u64, halves: u64| {
            let empty = at_ms + (per_point * halves / 2).min(FARTHEST_MS);
            empty.max(now_ms)
        };
        Until {
            earliest_ms: after(self.fast, halves.saturating_sub(LEVEL_OFF_HALVES)),
            about_ms: after(self.about, halves),
            latest_ms: after(self.slow, halves + LEVEL_OFF_HALVES),
        }
    }
}

/// Milliseconds from one point to the next, of the line that lies nearest to all steps: the sum of squares of what each is
/// early or late is least.
fn slope(steps: impl Iterator<Item = (u64, u8)>) -> u64 {
    let (mut count, mut all_ms, mut all_points, mut products, mut squares) = (0, 0, 0, 0, 0);
    let mut first = None;
    for (at_ms, percent) in steps {
        let (began, highest) = *first.get_or_insert((at_ms, percent));
        let after = at_ms.saturating_sub(began);
        let lost = u64::from(highest.saturating_sub(percent));
        count += 1;
        all_ms += after;
        all_points += lost;
        products += after * lost;
        squares += lost * lost;
    }
    let spread = (count * squares).saturating_sub(all_points * all_points);
    (count * products)
        .saturating_sub(all_ms * all_points)
        .checked_div(spread)
        .unwrap_or(0)
}

const fn is_fed(flow: Flow) -> bool {
    match flow {
        Flow::Charging | Flow::Full | Flow::Idle => true,
        Flow::Discharging => false,
    }
}

/// Whether the meter changed its mind: no battery fills while it runs down, and none empties that fast.
fn read_anew(before: u8, now: u8, gap_ms: u64) -> bool {
    // However short the time, a whole point may have been reached in it.
    let could_fall = 1 + gap_ms / FASTEST_MS_PER_POINT + u64::from(NOISE_POINTS);
    now > before.saturating_add(NOISE_POINTS) || u64::from(before.saturating_sub(now)) > could_fall
}
