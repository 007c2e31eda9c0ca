//! When the next report goes out: intervals, promises, backing off. Pure.
//!
//! A promise is a time by which the next report comes. It is kept even when the answer asks for a slower pace: the
//! slower pace begins with the next promise. So widening is never silence.

use roomready_shared::timetable::Phase;
use roomready_shared::wire::v1::MAX_PROMISE_MS;

use crate::chance::Chance;
use crate::uplink::Trouble;

/// Interval until a collector names one, outside sessions.
pub const IDLE_MS: u32 = 60_000;
/// The same while a room is being prepared.
pub const SWEEP_MS: u32 = 15_000;
/// The same while students test, and in their breaks, where a device that does not come back matters.
pub const TESTING_MS: u32 = 5_000;
/// Fastest pace that any collector can ask for: below it a report would cost more than it tells.
pub const FASTEST_MS: u32 = 1_000;
/// Shortest gap between two reports, so that a burst of news goes out as one.
pub const SHORTEST_GAP_MS: u64 = 250;
/// A report is sent up to this share of its interval early, never late: a room of devices does not beat in step.
const EARLY_PERCENT: u64 = 15;
/// Part of a promise that covers the way to the collector and a busy device.
const PROMISE_SLACK_MS: u32 = 500;
/// First step of backing off.
const BACKOFF_FIRST_MS: u64 = 1_000;
/// Longest wait after a failure while students test: an outage's end must be seen soon.
pub const BACKOFF_TESTING_MS: u64 = 15_000;
/// Longest wait after a failure otherwise: 1,800 devices trying every 5 minutes are six a second.
pub const BACKOFF_MS: u64 = 300_000;
/// Wait after a refused credential: a person has to act, so trying more often helps nobody.
pub const REFUSED_MS: u64 = 300_000;
/// Most that any Retry-After is believed: a typing mistake must not silence a device for a day.
pub const RETRY_AFTER_MOST_MS: u64 = 15 * 60 * 1_000;
/// A start is spread over this time, so that a cart of laptops opened at once does not arrive at once.
const START_SPREAD_MS: u64 = 1_500;

/// The pace of one device's reports. Times are milliseconds of its monotonic clock.
#[derive(Debug, Clone)]
pub struct Pace {
    due: u64,
    /// Nothing goes out before this, whatever happens: the other side asked for it, or it does not answer.
    held_until: u64,
    last_sent: Option<u64>,
    /// What the last report that was answered had promised.
    promised: Option<u32>,
    /// What the last answer asked for, and the phase it was asked for: another phase has its own pace.
    asked: Option<(Phase, u32)>,
    ordered_ms: Option<u32>,
    /// What every interval is multiplied by.
    widened: u32,
    failures: u32,
}

impl Pace {
    /// The first report goes out nearly at once.
    #[must_use]
    pub const fn start(now: u64, chance: &mut Chance) -> Self {
        Self {
            due: now + chance.between(0, START_SPREAD_MS),
            held_until: 0,
            last_sent: None,
            promised: None,
            asked: None,
            ordered_ms: None,
            widened: 1,
            failures: 0,
        }
    }

    /// When the next report is due.
    #[must_use]
    pub fn due(&self) -> u64 {
        let gap = self.last_sent.map_or(0, |sent| sent + SHORTEST_GAP_MS);
        self.due.max(self.held_until).max(gap)
    }

    /// Failures in a row.
    #[must_use]
    pub const fn failures(&self) -> u32 {
        self.failures
    }

    /// A command's pace holds until another one comes; else what the last answer asked for, else the phase's.
    fn interval(&self, phase: Phase) -> u32 {
        self.ordered_ms
            .or(self.asked.filter(|(of, _)| *of == phase).map(|(_, ms)| ms))
            .unwrap_or(match phase {
                Phase::Scheduled | Phase::Finished => IDLE_MS,
                Phase::Sweep => SWEEP_MS,
                Phase::Testing | Phase::Break => TESTING_MS,
            })
            .saturating_mul(self.widened)
            .clamp(FASTEST_MS, MAX_PROMISE_MS - PROMISE_SLACK_MS)
    }

    /// The promise for a report that goes out now.
    #[must_use]
    pub fn promise(&self, phase: Phase) -> u32 {
        self.interval(phase) + PROMISE_SLACK_MS
    }

    /// A report went out.
    pub const fn sent(&mut self, now: u64, promise: u32) {
        self.last_sent = Some(now);
        self.promised = Some(promise);
        // Until its answer comes nothing is due; the answer or its time-out sets the next time.
        self.due = u64::MAX;
    }

    /// It was answered.
    pub fn answered(&mut self, now: u64, next_ms: u32, phase: Phase, chance: &mut Chance) {
        self.failures = 0;
        self.held_until = 0;
        self.asked = Some((phase, next_ms));
        let promised = self
            .promised
            .map_or(u64::MAX, |ms| u64::from(ms - PROMISE_SLACK_MS));
        let wanted = u64::from(self.interval(phase)).min(promised);
        // Counted from the sending: the collector counts from about then, and an answer may have been slow.
        let from = self.last_sent.unwrap_or(now);
        let early = wanted * EARLY_PERCENT / 100;
        self.due = from + chance.between(wanted - early, wanted);
    }

    /// It was not.
    pub fn failed(&mut self, now: u64, trouble: &Trouble, phase: Phase, chance: &mut Chance) {
        self.failures = self.failures.saturating_add(1);
        self.promised = None;
        let wait = match trouble {
            Trouble::Busy {
                retry_after_ms: Some(asked),
                ..
            } => {
                let asked = (*asked).min(RETRY_AFTER_MOST_MS);
                // Never before it was asked for, and not everybody at the same moment after it.
                let wait = asked + chance.between(0, (asked / 5).max(1_000));
                self.held_until = now + asked;
                // "At once", said again and again, is no leave to knock each second.
                wait.max(self.backoff(phase, chance))
            }
            Trouble::NotEnrolled { .. } => chance.between(REFUSED_MS / 2, REFUSED_MS),
            Trouble::Busy { .. }
            | Trouble::Unreachable { .. }
            | Trouble::WrongCertificate { .. }
            | Trouble::Proxy { .. }
            | Trouble::NotOurs { .. }
            | Trouble::Refused { .. }
            | Trouble::TooLarge => self.backoff(phase, chance),
        };
        self.due = now.saturating_add(wait);
    }

    /// Full jitter: anything from nothing to a doubling bound.
    fn backoff(&self, phase: Phase, chance: &mut Chance) -> u64 {
        let doublings = self.failures.saturating_sub(1).min(20);
        let bound = BACKOFF_FIRST_MS
            .saturating_mul(1 << doublings)
            .min(Self::longest_backoff(phase));
        chance.between(0, bound)
    }

    const fn longest_backoff(phase: Phase) -> u64 {
        match phase {
            Phase::Testing | Phase::Break => BACKOFF_TESTING_MS,
            Phase::Scheduled | Phase::Sweep | Phase::Finished => BACKOFF_MS,
        }
    }

    /// Something must be told at once. Not while backing off: what nobody hears can wait for its turn.
    pub fn hurry(&mut self, now: u64) {
        if self.failures == 0 && self.due != u64::MAX {
            self.due = self.due.min(now);
        }
    }

    /// More is waiting to be told.
    pub fn not_later_than(&mut self, at: u64) {
        self.due = self.due.min(at);
    }

    /// Another phase began: its own pace holds from now on (the one that an answer asked for it, where one did), and an outage is looked at more often in testing.
    pub fn phase_changed(&mut self, now: u64, phase: Phase, chance: &mut Chance) {
        if self.due == u64::MAX {
            return;
        }
        let soon = if self.failures == 0 {
            chance.between(0, START_SPREAD_MS)
        } else {
            chance.between(0, Self::longest_backoff(phase))
        };
        self.due = self.due.min(now + soon);
    }

    /// Intervals are multiplied by this from the next promise on; the one already given is kept.
    pub const fn widen(&mut self, factor: u32) {
        self.widened = factor;
    }

    /// The collector ordered a pace.
    pub const fn order(&mut self, interval_ms: u32) {
        self.ordered_ms = Some(interval_ms);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unreachable() -> Trouble {
        Trouble::Unreachable {
            why: "connection refused".into(),
        }
    }

    #[test]
    fn reports_come_early_by_chance_and_never_after_their_promise() {
        let mut chance = Chance::from_seed(1);
        let mut pace = Pace::start(0, &mut chance);
        let mut now = pace.due();
        for _ in 0..1_000 {
            let promise = pace.promise(Phase::Testing);
            pace.sent(now, promise);
            pace.answered(now + 40, 5_000, Phase::Testing, &mut chance);
            let gap = pace.due() - now;
            assert!(
                (4_250..=5_000).contains(&gap) && gap < u64::from(promise),
                "{gap}"
            );
            now = pace.due();
        }
    }

    #[test]
    fn a_promise_is_kept_even_when_the_answer_asks_for_a_slower_pace() {
        let mut chance = Chance::from_seed(2);
        let mut pace = Pace::start(0, &mut chance);
        pace.sent(10_000, 5_500);
        pace.answered(10_050, 60_000, Phase::Finished, &mut chance);
        assert!(pace.due() <= 15_000, "due at {}", pace.due());
        let promise = pace.promise(Phase::Finished);
        assert_eq!(promise, 60_500);
        pace.sent(15_000, promise);
        pace.answered(15_050, 60_000, Phase::Finished, &mut chance);
        assert!((66_000..=75_000).contains(&pace.due()));
    }

    #[test]
    fn a_pace_that_is_widened_keeps_the_promise_given_and_promises_what_it_will_keep() {
        let mut chance = Chance::from_seed(8);
        let mut pace = Pace::start(0, &mut chance);
        pace.sent(10_000, 5_500);
        pace.widen(4);
        pace.answered(10_050, 5_000, Phase::Testing, &mut chance);
        assert!(pace.due() <= 15_000, "as promised before: {}", pace.due());
        let promise = pace.promise(Phase::Testing);
        assert_eq!(promise, 20_000 + PROMISE_SLACK_MS);
        pace.sent(15_000, promise);
        pace.answered(15_050, 5_000, Phase::Testing, &mut chance);
        assert!((32_000..=35_000).contains(&pace.due()), "{}", pace.due());
        pace.hurry(16_000);
        assert_eq!(pace.due(), 16_000, "news goes out at once all the same");
    }

    #[test]
    fn an_unreachable_collector_is_tried_with_full_jitter_within_15_s_while_students_test() {
        let mut chance = Chance::from_seed(3);
        let mut pace = Pace::start(0, &mut chance);
        let mut now = 0;
        let mut waits = vec![];
        for _ in 0..500 {
            pace.sent(now, 5_500);
            pace.failed(now, &unreachable(), Phase::Testing, &mut chance);
            waits.push(pace.due() - now);
            now = pace.due();
        }
        assert!(waits.iter().all(|wait| *wait <= BACKOFF_TESTING_MS));
        assert!(waits[0] <= 1_000, "the first wait is short: {}", waits[0]);
        let spread = waits[10..].iter().filter(|wait| **wait < 5_000).count();
        assert!(
            (80..=250).contains(&spread),
            "jitter uses its whole width: {spread}"
        );
    }

    #[test]
    fn a_retry_after_is_obeyed_even_when_there_is_news() {
        let mut chance = Chance::from_seed(4);
        let mut pace = Pace::start(0, &mut chance);
        pace.sent(1_000, 5_500);
        let busy = Trouble::Busy {
            retry_after_ms: Some(30_000),
            why: "busy".into(),
        };
        pace.failed(1_100, &busy, Phase::Testing, &mut chance);
        pace.hurry(1_200);
        pace.phase_changed(1_300, Phase::Break, &mut chance);
        assert!(pace.due() >= 31_100, "due at {}", pace.due());
        assert!(pace.due() <= 31_100 + 6_000);
    }

    #[test]
    fn at_once_said_again_and_again_is_backed_off_from_like_silence() {
        let mut chance = Chance::from_seed(8);
        let mut pace = Pace::start(0, &mut chance);
        let at_once = Trouble::Busy {
            retry_after_ms: Some(0),
            why: "busy".into(),
        };
        let mut now = 0;
        for _ in 0..200 {
            pace.sent(now, 5_500);
            pace.failed(now, &at_once, Phase::Testing, &mut chance);
            now = pace.due();
        }
        assert!(now > 200 * 4_000, "200 tries in {now} ms");
    }

    #[test]
    fn a_cart_of_laptops_that_is_opened_at_once_arrives_over_the_whole_spread() {
        let starts: Vec<u64> = (0..200)
            .map(|seed| Pace::start(0, &mut Chance::from_seed(seed)).due())
            .collect();
        assert!(starts.iter().all(|due| *due <= START_SPREAD_MS));
        for third in 0..3 {
            let part = third * START_SPREAD_MS / 3..(third + 1) * START_SPREAD_MS / 3;
            let count = starts.iter().filter(|due| part.contains(due)).count();
            assert!((40..=95).contains(&count), "{count} of 200 in {part:?}");
        }
    }

    #[test]
    fn a_room_of_devices_drifts_out_of_step() {
        let beat = |seed| {
            let mut chance = Chance::from_seed(seed);
            let mut pace = Pace::start(0, &mut chance);
            pace.sent(10_000, 5_500);
            pace.answered(10_040, 5_000, Phase::Testing, &mut chance);
            pace.due()
        };
        let beats: std::collections::BTreeSet<u64> = (0..60).map(|seed| beat(seed) / 50).collect();
        assert!(beats.len() >= 12, "over the whole early part: {beats:?}");
    }

    #[test]
    fn the_pace_that_a_district_chose_for_testing_holds_from_the_first_report_of_the_test() {
        let mut chance = Chance::from_seed(7);
        let mut pace = Pace::start(0, &mut chance);
        pace.sent(10_000, 60_500);
        pace.answered(10_010, 2_000, Phase::Testing, &mut chance);
        pace.phase_changed(10_020, Phase::Testing, &mut chance);
        assert_eq!(pace.promise(Phase::Testing), 2_500);
        pace.phase_changed(20_000, Phase::Finished, &mut chance);
        assert_eq!(pace.promise(Phase::Finished), IDLE_MS + PROMISE_SLACK_MS);
    }

    #[test]
    fn news_goes_out_at_once_but_a_burst_goes_out_as_one() {
        let mut chance = Chance::from_seed(5);
        let mut pace = Pace::start(0, &mut chance);
        pace.sent(10_000, 60_500);
        pace.answered(10_010, 60_000, Phase::Scheduled, &mut chance);
        pace.hurry(10_020);
        assert_eq!(pace.due(), 10_250);
    }

    #[test]
    fn testing_shortens_a_long_wait_that_an_idle_evening_had_chosen() {
        let mut chance = Chance::from_seed(6);
        let mut pace = Pace::start(0, &mut chance);
        for _ in 0..12 {
            pace.sent(0, 60_500);
            pace.failed(0, &unreachable(), Phase::Scheduled, &mut chance);
        }
        pace.phase_changed(1_000, Phase::Testing, &mut chance);
        assert!(pace.due() <= 16_000);
    }
}
