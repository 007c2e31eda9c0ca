//! From facts to a verdict: one pure function, the same on the device and in the collector.
//!
//! Nothing is guessed in a device's favour. A reading from somebody whose word does not settle the rule, one that is
//! too old, and one that failed are told, and come to what the rule says for the unknown; never to a pass.

mod kiosk;
mod machine;
mod network;
mod os;
mod power;
#[cfg(test)]
mod properties;
mod quiet;
mod settle;
#[cfg(test)]
mod tests;
mod words;

use settle::{Judged, Outcome, Settling, judge};

use crate::facts::Facts;
use crate::requirement::{Check, IfUnknown, Requirement, Rule, Terms};
use crate::timetable::Timetable;
use crate::units::Timestamp;
use crate::verdict::{Assessment, Confidence, Finding, Readiness, Verdict};

/// What the device is judged for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// Nothing in particular: a check at any time.
    None,
    /// A sitting, which the battery has to last through.
    Sitting {
        /// First moment of testing.
        starts: Timestamp,
        /// End of this seat's test.
        seat_ends: Timestamp,
    },
}

impl Occasion {
    /// A seat's part in a sitting.
    #[must_use]
    pub const fn of(timetable: &Timetable, seat_ends: Timestamp) -> Self {
        Self::Sitting {
            starts: timetable.starts(),
            seat_ends,
        }
    }
}

/// A moment by two clocks: the true one, and that by which the readings are stamped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clocks {
    /// The true time.
    pub now: Timestamp,
    /// The same moment by the clock of whoever made the readings: their ages are counted by it.
    pub of_readings: Timestamp,
}

/// Judges a device by every rule that applies to its platform.
#[must_use]
pub fn evaluate(requirement: &Requirement, facts: &Facts, occasion: &Occasion, now: Timestamp) -> Assessment {
    let clocks = Clocks {
        now,
        of_readings: now,
    };
    let findings = judged(requirement, facts, occasion, clocks, true)
        .map(|judged| judged.finding(requirement, facts))
        .collect();
    Assessment::of(findings)
}

/// What [`evaluate`] comes to as a whole, without the findings: what a device says of itself with every report.
#[must_use]
pub fn readiness(requirement: &Requirement, facts: &Facts, occasion: &Occasion, clocks: Clocks) -> Readiness {
    Readiness::of(
        judged(requirement, facts, occasion, clocks, false)
            .map(|judged| (judged.terms.demand, judged.verdict())),
    )
}

/// Every rule that applies, judged.
fn judged<'a>(
    requirement: &'a Requirement,
    facts: &'a Facts,
    occasion: &'a Occasion,
    clocks: Clocks,
    in_words: bool,
) -> impl Iterator<Item = ByRule<'a>> {
    requirement.rules.iter().filter_map(move |rule| {
        let terms = rule.on.get(&facts.platform)?;
        let settling = Settling {
            settled_by: &terms.settled_by,
            time_to_live: rule.time_to_live,
            now: clocks.now,
            of_readings: clocks.of_readings,
            in_words,
        };
        let outcome = outcome(requirement, rule, facts, occasion, &settling);
        Some(ByRule { rule, terms, outcome })
    })
}

/// What one rule comes to.
struct ByRule<'a> {
    rule: &'a Rule,
    terms: &'a Terms,
    outcome: Outcome,
}

impl ByRule<'_> {
    fn verdict(&self) -> Verdict {
        let unsettled = match self.terms.if_unknown {
            IfUnknown::Unknown => Verdict::Unknown,
            IfUnknown::Warn => Verdict::Warn,
            IfUnknown::Fail => Verdict::Fail,
        };
        let confidence = self.rule.authority.confidence;
        match (self.outcome.verdict.unwrap_or(unsettled), confidence) {
            // What we are not sure that anybody asks for cannot keep a device from its test.
            (Verdict::Fail, Confidence::Low) => Verdict::Warn,
            (verdict, _) => verdict,
        }
    }

    fn finding(self, requirement: &Requirement, facts: &Facts) -> Finding {
        let verdict = self.verdict();
        let Self { rule, terms, outcome } = self;
        // What mends a miss mends nothing where the reading is missing: the words say then what is in the way.
        let settled = outcome.verdict.is_some();
        Finding {
            rule: rule.id.clone(),
            title: rule.title.clone(),
            verdict,
            demand: terms.demand,
            measured: outcome.measured,
            required: words::required(requirement, &rule.check, facts.platform),
            authority: rule.authority.clone(),
            fix: rule.fix.clone().filter(|_| settled && verdict != Verdict::Pass),
            settled_by: outcome.seen.map(|seen| seen.source),
            read_at: outcome.seen.map(|seen| seen.at),
            stale: outcome.seen.is_some_and(|seen| seen.stale),
        }
    }
}

fn outcome(
    requirement: &Requirement,
    rule: &Rule,
    facts: &Facts,
    occasion: &Occasion,
    settling: &Settling<'_>,
) -> Outcome {
    match &rule.check {
        Check::OsVersion(accepted) => judge(facts.os.as_ref(), settling, |os| {
            os::judged(accepted, os, facts.platform, settling.now)
        }),
        Check::NotSMode => judge(facts.os.as_ref(), settling, |os| machine::s_mode(os.s_mode)),
        Check::Memory(amount) => judge(facts.memory.as_ref(), settling, |memory| {
            machine::amount(amount, memory.total, "")
        }),
        Check::FreeDisk(amount) => judge(facts.disk.as_ref(), settling, |disk| {
            machine::amount(amount, disk.free, " free")
        }),
        Check::Display(size) => judge(facts.display.as_ref(), settling, |display| {
            machine::display(size, display)
        }),
        Check::Battery(limits) => judge(facts.power.as_ref(), settling, |power| {
            power::judged(limits, power, occasion, settling.now)
        }),
        Check::Uptime(limit) => judge(facts.uptime.as_ref(), settling, |uptime| {
            machine::uptime(limit, *uptime)
        }),
        Check::Clock(limit) => judge(facts.clock.as_ref(), settling, |offset| {
            machine::clock(limit, offset)
        }),
        Check::Managed => judge(facts.managed.as_ref(), settling, |managed| {
            machine::managed(*managed)
        }),
        Check::App(version) => judge(facts.app.as_ref(), settling, |app| machine::app(version, app)),
        Check::Kiosk(accepted) => {
            // Some kiosk apps run on some systems only, so the system is asked too, by the same terms.
            let os = settling.value(facts.os.as_ref());
            judge(facts.kiosk.as_ref(), settling, |kiosk| {
                kiosk::judged(accepted, kiosk, os, settling.now)
            })
        }
        Check::Resolution(limit) => judge(facts.resolution.as_ref(), settling, |resolution| {
            network::resolution(limit, resolution)
        }),
        Check::Reach(reach) => network::reach(requirement, facts, reach.target, settling),
        Check::Latency(limit) => network::latency(requirement, facts, limit, settling),
        Check::NoRestartPending => judge(facts.updates.as_ref(), settling, quiet::restart),
        Check::StaysAwake(limit) => judge(facts.sleep.as_ref(), settling, |sleep| quiet::awake(limit, sleep)),
        Check::NoIntruders => judge(facts.intruders.as_ref(), settling, quiet::intruders),
        Check::NoSavedResponses(limit) => judge(facts.saved_responses.as_ref(), settling, |saved| {
            quiet::saved_responses(limit, saved)
        }),
        Check::NoTlsInspection => judge(facts.certificates.as_ref(), settling, network::inspection),
        Check::TooNew { named } => Outcome::unread(Judged::unsettled(format!(
            "this agent is too old to check {named}"
        ))),
    }
}
