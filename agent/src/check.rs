//! One look at this machine: every reading once, judged, for a person or a program.

mod output;
pub mod table;
mod words;

use std::sync::Arc;
use std::time::Duration;

use roomready_shared::evaluate::{Occasion, evaluate};
use roomready_shared::facts::{Facts, HostPort, Outcome, Platform, Reading, Source};
use roomready_shared::requirement::Requirement;
use roomready_shared::units::ShortText;
use roomready_shared::verdict::{Assessment, Readiness};
use roomready_shared::wire::v1::Sitting;

use crate::ports::{Clock, Probes};
use crate::probe::{Ask, Effort, Targets, collector_clock};
use crate::uplink::CollectorAddress;

pub use words::{Line as FactLine, lines as fact_lines};

pub use output::{CheckOutput, Judged, SCHEMA, Unread};

/// The whole look, with whatever hangs: every probe has a shorter limit of its own, this one is for what they forgot.
const WHOLE_LIMIT: Duration = Duration::from_secs(9);
/// The clock's own request; without an answer by then there is nothing to compare with.
const CLOCK_LIMIT: Duration = Duration::from_secs(4);

/// What to look at, and by what to judge it.
pub struct Inquiry {
    /// The system family of the machine.
    pub platform: Platform,
    /// The requirement, if one was given.
    pub requirement: Option<Requirement>,
    /// What the machine is wanted for.
    pub occasion: Occasion,
    /// The collector to try.
    pub collector: Option<CollectorAddress>,
    /// A host outside that has nothing to do with the vendor, as the collector named it.
    pub outside: Option<HostPort>,
}

/// What a sitting asks of its seat.
#[must_use]
pub fn occasion(sitting: Option<&Sitting>) -> Occasion {
    match sitting {
        Some(sitting) => Occasion::of(&sitting.timetable, sitting.seat_ends),
        None => Occasion::None,
    }
}

/// Looks once.
pub async fn look(
    inquiry: &Inquiry,
    probes: &dyn Probes,
    client: Option<&reqwest::Client>,
    clock: &Arc<dyn Clock>,
) -> CheckOutput {
    let targets = Targets::of(
        inquiry.requirement.as_ref(),
        inquiry.platform,
        inquiry.collector.as_ref().map(|address| address.host().clone()),
    )
    .with_outside(inquiry.outside.clone());
    let reading = tokio::time::timeout(WHOLE_LIMIT, probes.read(Ask::everything(targets, Effort::Full)));
    let comparing = async {
        match (client, &inquiry.collector) {
            (Some(client), Some(collector)) => compare(client, collector, clock).await,
            _ => Reading {
                outcome: Outcome::Unsupported(ShortText::fit(
                    "no collector was given whose clock could be compared; add --collector URL",
                )),
                source: Source::Agent,
                at: clock.now().wall,
            },
        }
    };
    let (facts, offset) = tokio::join!(reading, comparing);
    let mut facts = facts.unwrap_or_else(|_| Facts::none(inquiry.platform));
    facts.clock = Some(offset);
    let now = clock.now().wall;
    let assessment = inquiry
        .requirement
        .as_ref()
        .map(|requirement| evaluate(requirement, &facts, &inquiry.occasion, now));
    CheckOutput::of(inquiry, facts, assessment, now)
}

async fn compare(
    client: &reqwest::Client,
    collector: &CollectorAddress,
    clock: &Arc<dyn Clock>,
) -> Reading<roomready_shared::facts::ClockOffset> {
    tokio::time::timeout(CLOCK_LIMIT, collector_clock(client, collector, clock))
        .await
        .unwrap_or_else(|_| Reading {
            outcome: Outcome::Failed(ShortText::fit(
                "the collector does not answer in time, so there is no clock to compare with",
            )),
            source: Source::Agent,
            at: clock.now().wall,
        })
}

/// The machine as a whole; without requirements nobody can say that it is ready.
#[must_use]
pub fn readiness(assessment: Option<&Assessment>) -> Readiness {
    assessment.map_or(Readiness::Unknown, |assessment| assessment.readiness)
}
