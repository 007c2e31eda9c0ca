//! Whether a reading settles a rule, and what is told when it does not.

use crate::facts::{self, Reading, Source};
use crate::units::{Seconds, Timestamp};
use crate::verdict::Verdict;

/// What a value comes to, with the value in words. Without a verdict the value leaves the rule open.
pub(super) struct Judged {
    pub(super) verdict: Option<Verdict>,
    pub(super) measured: String,
}

impl Judged {
    pub(super) fn pass(measured: impl Into<String>) -> Self {
        Self::of(Verdict::Pass, measured)
    }

    pub(super) fn warn(measured: impl Into<String>) -> Self {
        Self::of(Verdict::Warn, measured)
    }

    pub(super) fn fail(measured: impl Into<String>) -> Self {
        Self::of(Verdict::Fail, measured)
    }

    pub(super) fn unsettled(measured: impl Into<String>) -> Self {
        Self {
            verdict: None,
            measured: measured.into(),
        }
    }

    pub(super) fn of(verdict: Verdict, measured: impl Into<String>) -> Self {
        Self {
            verdict: Some(verdict),
            measured: measured.into(),
        }
    }
}

/// Where a finding's reading came from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    pub(super) source: Source,
    pub(super) at: Timestamp,
    pub(super) stale: bool,
}

/// A judged reading.
pub(super) struct Outcome {
    pub(super) verdict: Option<Verdict>,
    pub(super) measured: String,
    pub(super) seen: Option<Seen>,
}

impl Outcome {
    pub(super) fn unread(judged: Judged) -> Self {
        Self {
            verdict: judged.verdict,
            measured: judged.measured,
            seen: None,
        }
    }
}

/// By whose word and up to which age a rule is settled.
pub(super) struct Settling<'a> {
    pub(super) settled_by: &'a [Source],
    pub(super) time_to_live: Seconds,
    pub(super) now: Timestamp,
    /// Now, by the clock that stamped the readings.
    pub(super) of_readings: Timestamp,
    /// Whether anybody reads the words.
    pub(super) in_words: bool,
}

impl Settling<'_> {
    /// Words, where somebody reads them: a device judges itself with every report, and tells what it comes to only.
    pub(super) fn words(&self, told: impl FnOnce() -> String) -> String {
        if self.in_words { told() } else { String::new() }
    }

    fn stale<T>(&self, reading: &Reading<T>) -> bool {
        reading.age(self.of_readings) > self.time_to_live
    }

    /// The value of a reading that would settle the rule.
    pub(super) fn value<'r, T>(&self, reading: Option<&'r Reading<T>>) -> Option<&'r T> {
        reading
            .filter(|reading| self.settled_by.contains(&reading.source) && !self.stale(reading))
            .and_then(Reading::value)
    }
}

/// Judges a reading, if it is one that settles the rule; what it says is told in any case.
pub(super) fn judge<T>(
    reading: Option<&Reading<T>>,
    settling: &Settling<'_>,
    by_value: impl FnOnce(&T) -> Judged,
) -> Outcome {
    let Some(reading) = reading else {
        return Outcome::unread(Judged::unsettled("not checked yet"));
    };
    let stale = settling.stale(reading);
    let age = reading.age(settling.of_readings);
    let judged = match &reading.outcome {
        facts::Outcome::Unsupported(why) => Judged::unsettled(format!("cannot be checked here: {why}")),
        facts::Outcome::Denied(why) => Judged::unsettled(format!("not permitted: {why}")),
        facts::Outcome::Failed(why) => Judged::unsettled(format!("could not be checked: {why}")),
        facts::Outcome::Measured(value) => by_value(value),
    };
    let measured = matches!(reading.outcome, facts::Outcome::Measured(_));
    // Where nothing was measured, it does not matter by whose word.
    let judged = if measured && !settling.settled_by.contains(&reading.source) {
        let by = teller(reading.source);
        Judged::unsettled(format!("{}; {by}, which does not settle this", judged.measured))
    } else if stale {
        Judged::unsettled(format!("{}; {age} ago, must be seen again", judged.measured))
    } else {
        judged
    };
    Outcome {
        verdict: judged.verdict,
        measured: judged.measured,
        seen: Some(Seen {
            source: reading.source,
            at: reading.at,
            stale,
        }),
    }
}

const fn teller(source: Source) -> &'static str {
    match source {
        Source::Agent => "told by the agent",
        Source::Browser => "told by the check page",
        Source::Inventory => "told by the inventory",
        Source::Person => "told by a person",
    }
}
