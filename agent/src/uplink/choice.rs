//! Which of several addresses is spoken to. Pure: the caller says what came of each exchange, and when.
//!
//! ```text
//!            fails once              answers as ours
//!   seeking ───────────► next one   ─────────────────► settled there
//!                                                         │ fails FAILURES_BEFORE_NEXT times in a row
//!                        seeking ◄────────────────────────┘
//! ```
//!
//! While settled on an address that is not the first, an earlier one is tried again now and then. Such a try has a short
//! limit of its own, and the same report goes to the present address at once when it fails, so no beat is lost.

use crate::chance::Chance;

/// So often a settled address may fail in a row before the next one is tried: one failure is a lost packet or a restart,
/// and every device of a school changing its collector for it would be a storm of its own.
pub const FAILURES_BEFORE_NEXT: u32 = 2;
/// An earlier address is tried again this long after it was left, or after its last try. Drawn anew each time, so that a
/// school's devices do not come back to it at once.
pub const EARLIER_AGAIN_MS: (u64, u64) = (4 * 60_000, 6 * 60_000);

/// What an exchange is to be tried with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// An earlier address to try first, briefly.
    pub earlier: Option<usize>,
    /// The address to speak to.
    pub present: usize,
}

/// The choice among `count` addresses, by their place in the list.
#[derive(Debug, Clone)]
pub struct Choice {
    count: usize,
    present: usize,
    /// It has answered as ours.
    settled: bool,
    failures: u32,
    /// The earlier address whose turn is next, and when.
    earlier: usize,
    earlier_at: Option<u64>,
}

impl Choice {
    /// Begins at the first of `count` addresses, which is at least one.
    #[must_use]
    pub const fn start(count: usize) -> Self {
        Self {
            count,
            present: 0,
            settled: false,
            failures: 0,
            earlier: 0,
            earlier_at: None,
        }
    }

    /// The address that is spoken to.
    #[must_use]
    pub const fn present(&self) -> usize {
        self.present
    }

    /// The address that has answered and is kept, if one has.
    #[must_use]
    pub const fn kept(&self) -> Option<usize> {
        if self.settled { Some(self.present) } else { None }
    }

    /// Whom to speak to now.
    #[must_use]
    pub fn turn(&self, now_ms: u64) -> Turn {
        // While the present one fails, it or the next one is what matters.
        let due = self.settled && self.failures == 0 && self.earlier_at.is_some_and(|at| at <= now_ms);
        Turn {
            earlier: due.then_some(self.earlier),
            present: self.present,
        }
    }

    /// An address answered as ours: it is kept.
    pub fn answered(&mut self, which: usize, now_ms: u64, chance: &mut Chance) {
        let moved = which != self.present || !self.settled;
        self.present = which;
        self.settled = true;
        self.failures = 0;
        if moved {
            self.earlier = 0;
            self.earlier_at = (which > 0).then(|| again(now_ms, chance));
        }
    }

    /// An earlier address was tried in vain: the one before the present that comes after it has the next turn.
    pub fn earlier_failed(&mut self, now_ms: u64, chance: &mut Chance) {
        self.earlier = (self.earlier + 1) % self.present.max(1);
        self.earlier_at = Some(again(now_ms, chance));
    }

    /// The present address did not answer as ours.
    pub const fn failed(&mut self) {
        self.failures += 1;
        let patience = if self.settled { FAILURES_BEFORE_NEXT } else { 1 };
        if self.failures >= patience {
            self.present = (self.present + 1) % self.count;
            self.settled = false;
            self.failures = 0;
        }
    }
}

const fn again(now_ms: u64, chance: &mut Chance) -> u64 {
    now_ms + chance.between(EARLIER_AGAIN_MS.0, EARLIER_AGAIN_MS.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn present(choice: &Choice, now_ms: u64) -> usize {
        assert_eq!(choice.turn(now_ms).earlier, None, "no earlier one is due");
        choice.turn(now_ms).present
    }

    #[test]
    fn a_fresh_device_goes_through_its_list_until_one_answers() {
        let mut chance = Chance::from_seed(1);
        let mut choice = Choice::start(3);
        assert_eq!(present(&choice, 0), 0);
        choice.failed();
        assert_eq!(
            present(&choice, 0),
            1,
            "nothing is known of the first: one try is enough"
        );
        choice.failed();
        assert_eq!(present(&choice, 0), 2);
        choice.failed();
        assert_eq!(present(&choice, 0), 0, "and round again");
        choice.failed();
        choice.answered(1, 1_000, &mut chance);
        assert_eq!(present(&choice, 1_000), 1);
    }

    #[test]
    fn the_address_that_answers_is_kept_until_it_has_failed_twice_in_a_row() {
        let mut chance = Chance::from_seed(2);
        let mut choice = Choice::start(2);
        choice.answered(0, 0, &mut chance);
        for minute in 0..100 {
            choice.failed();
            assert_eq!(
                present(&choice, minute * 60_000),
                0,
                "one failure is a lost packet"
            );
            choice.answered(0, minute * 60_000, &mut chance);
        }
        choice.failed();
        choice.failed();
        assert_eq!(choice.present(), 1);
    }

    #[test]
    fn an_earlier_address_is_tried_again_within_minutes_and_kept_once_it_answers() {
        let mut chance = Chance::from_seed(3);
        let mut choice = Choice::start(2);
        choice.failed();
        choice.answered(1, 0, &mut chance);
        assert_eq!(present(&choice, EARLIER_AGAIN_MS.0 - 1), 1);
        let due = Turn {
            earlier: Some(0),
            present: 1,
        };
        assert_eq!(choice.turn(EARLIER_AGAIN_MS.1), due);
        choice.earlier_failed(EARLIER_AGAIN_MS.1, &mut chance);
        choice.answered(1, EARLIER_AGAIN_MS.1, &mut chance);
        assert_eq!(
            present(&choice, EARLIER_AGAIN_MS.1 + EARLIER_AGAIN_MS.0 - 1),
            1,
            "not at each beat"
        );
        let later = 2 * EARLIER_AGAIN_MS.1;
        assert_eq!(choice.turn(later), due);
        choice.answered(0, later, &mut chance);
        assert_eq!(
            present(&choice, later + 10 * EARLIER_AGAIN_MS.1),
            0,
            "the first has none before it"
        );
    }

    #[test]
    fn every_earlier_address_has_its_turn() {
        let mut chance = Chance::from_seed(4);
        let mut choice = Choice::start(3);
        choice.failed();
        choice.failed();
        let mut now = 0;
        choice.answered(2, now, &mut chance);
        let mut tried = vec![];
        for _ in 0..4 {
            now += EARLIER_AGAIN_MS.1;
            tried.extend(choice.turn(now).earlier);
            choice.earlier_failed(now, &mut chance);
            choice.answered(2, now, &mut chance);
        }
        assert_eq!(tried, [0, 1, 0, 1]);
    }

    #[test]
    fn a_school_s_devices_do_not_come_back_at_the_same_moment() {
        let due: std::collections::BTreeSet<u64> = (0..50)
            .map(|seed| {
                let mut choice = Choice::start(2);
                choice.failed();
                choice.answered(1, 0, &mut Chance::from_seed(seed));
                choice.earlier_at.expect("there is an earlier one") / 1_000
            })
            .collect();
        assert!(due.len() > 30, "{due:?}");
        let spread = due.last().expect("some") - due.first().expect("some");
        assert!(spread > 60, "over more than a minute: {spread} s");
    }

    #[test]
    fn a_single_address_is_spoken_to_whatever_happens() {
        let mut chance = Chance::from_seed(5);
        let mut choice = Choice::start(1);
        for round in 0..20_u64 {
            choice.failed();
            if round % 7 == 0 {
                choice.answered(0, round * 600_000, &mut chance);
            }
            assert_eq!(present(&choice, round * 600_000), 0);
        }
    }
}
