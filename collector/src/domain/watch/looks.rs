//! When the vendor's hosts were tried by a device, as far as its beats tell: an outage begins and ends between two looks.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::domain::incident::LOOKS_APART;

/// Something that was so at one look and not so at another one: it is not known when between them it was over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Over {
    /// The last look that found it; none for what is told by the moment.
    pub(super) found: Option<Timestamp>,
    /// The first good sign.
    pub(super) good: Timestamp,
}

impl From<Timestamp> for Over {
    fn from(good: Timestamp) -> Self {
        Self { found: None, good }
    }
}

/// A device's looks at the vendor's hosts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(super) struct Looks {
    /// The latest at which one of them answered.
    answered: Option<Timestamp>,
    /// The first and the latest at which none did, of the latest failure.
    failed: Option<(Timestamp, Timestamp)>,
}

impl Looks {
    /// A beat that came now tells of a look that is so old; from an agent that does not say how old, the look may have
    /// been made any time since the one before.
    pub(super) fn take(&mut self, answers: bool, beat: Timestamp, age_ms: Option<u32>) {
        let age = match age_ms {
            Some(ms) => SignedDuration::from_millis(i64::from(ms)),
            None if answers => LOOKS_APART,
            None => SignedDuration::ZERO,
        };
        let at = beat.checked_sub(age).unwrap_or(beat);
        if answers {
            self.answered = self.answered.max(Some(at));
            return;
        }
        let goes_on = self
            .failed
            .filter(|(first, _)| self.answered.is_none_or(|answered| answered < *first));
        self.failed = Some(goes_on.map_or((at, at), |(first, last)| (first, last.max(at))));
    }

    /// When one of them answered last.
    pub(super) const fn answered(&self) -> Option<Timestamp> {
        self.answered
    }

    /// Whether one of them answered at this time, as far as looks before and after it tell.
    pub(super) fn answered_in(&self, from: Timestamp, until: Timestamp) -> bool {
        self.answered.is_some_and(|answered| answered >= from)
            && self
                .failed
                .is_none_or(|(first, last)| last < from || first > until)
    }

    /// When none of them was first found to answer, in the latest failure.
    pub(super) fn first_failure(&self) -> Option<Timestamp> {
        self.failed.map(|(first, _)| first)
    }

    /// The latest failure was over at this good look.
    pub(super) fn over(&self, good: Timestamp) -> Over {
        let found = self.failed.map(|(_, last)| last).filter(|last| *last <= good);
        // After a restart of ours nobody remembers the last look that failed.
        let found = found.or_else(|| good.checked_sub(LOOKS_APART).ok());
        Over { found, good }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    #[test]
    fn an_outage_lies_between_the_looks_whatever_the_beats_between_them_repeat() {
        let mut looks = Looks::default();
        // One look, told by four beats.
        for beat in [5_u32, 10, 15, 20] {
            looks.take(true, at(i64::from(beat)), Some(beat * 1_000));
        }
        assert_eq!((looks.answered(), looks.first_failure()), (Some(at(0)), None));
        looks.take(false, at(62), Some(2_000));
        looks.take(false, at(67), Some(7_000));
        looks.take(false, at(72), Some(1_000));
        assert_eq!(
            (looks.answered(), looks.first_failure()),
            (Some(at(0)), Some(at(60)))
        );
        assert!(!looks.answered_in(at(65), at(70)));
        looks.take(true, at(102), Some(2_000));
        for (from, until, answered) in [(10, 59, true), (65, 70, false), (71, 90, false), (72, 99, true)] {
            assert_eq!(
                looks.answered_in(at(from), at(until)),
                answered,
                "{from} to {until}"
            );
        }
        let over = looks.over(at(100));
        assert_eq!((over.found, over.good), (Some(at(71)), at(100)));
        // The next failure is another one.
        looks.take(false, at(160), Some(0));
        assert_eq!(
            (looks.answered(), looks.first_failure()),
            (Some(at(100)), Some(at(160)))
        );
    }

    #[test]
    fn an_agent_that_does_not_say_when_it_looked_may_have_looked_a_minute_before_it_said_so() {
        let mut looks = Looks::default();
        looks.take(true, at(100), None);
        looks.take(false, at(105), None);
        assert_eq!(
            (looks.answered(), looks.first_failure()),
            (Some(at(40)), Some(at(105)))
        );
    }
}
