//! Which phase to believe: the timetable on disk or the collector's last word.

use roomready_shared::timetable::Phase;

/// How long the collector's word outlives the exchange, where it differs from the timetable held.
const WORD_HOLDS_MS: u64 = 2 * 60 * 1_000;

#[derive(Debug, Clone, Copy)]
struct Word {
    phase: Phase,
    derived_then: Option<Phase>,
    at_ms: u64,
}

/// The collector's last word on the phase.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Belief {
    word: Option<Word>,
}

impl Belief {
    pub(super) const fn told(&mut self, phase: Phase, derived_then: Option<Phase>, at_ms: u64) {
        self.word = Some(Word {
            phase,
            derived_then,
            at_ms,
        });
    }

    /// While word and timetable agreed, the timetable is right and goes on by itself. Where they differed, the
    /// collector knows of a change that has not been fetched yet: its word holds for a short while.
    pub(super) fn phase(&self, derived: Option<Phase>, now_ms: u64) -> Option<Phase> {
        match self.word {
            Some(word)
                if word.derived_then != Some(word.phase)
                    && now_ms.saturating_sub(word.at_ms) < WORD_HOLDS_MS =>
            {
                Some(word.phase)
            }
            _ => derived,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timetable_that_the_collector_confirmed_goes_on_by_itself() {
        let mut belief = Belief::default();
        belief.told(Phase::Sweep, Some(Phase::Sweep), 0);
        assert_eq!(belief.phase(Some(Phase::Testing), 1_000), Some(Phase::Testing));
    }

    #[test]
    fn a_change_that_is_not_fetched_yet_holds_for_two_minutes_after_the_last_word() {
        let mut belief = Belief::default();
        belief.told(Phase::Testing, Some(Phase::Finished), 0);
        assert_eq!(belief.phase(Some(Phase::Finished), 119_999), Some(Phase::Testing));
        assert_eq!(
            belief.phase(Some(Phase::Finished), 120_000),
            Some(Phase::Finished)
        );
        assert_eq!(belief.phase(None, 120_000), None, "then nothing is known");
    }
}
