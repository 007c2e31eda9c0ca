//! The present state, drawn from what is known.

use roomready_shared::evaluate::{self, Clocks};
use roomready_shared::facts::{AppRun, Facts, Outcome, Reach};
use roomready_shared::verdict::Readiness;
use roomready_shared::wire::v1::{AppState, Charge, Live, NetworkAnswers, VendorAnswers};

use super::Cycle;
use crate::ports::Moment;

pub(super) fn live(cycle: &Cycle, now: Moment) -> Live {
    let facts = &cycle.facts;
    Live {
        at: now.wall,
        mono_ms: now.mono_ms,
        epoch: cycle.time.epoch(),
        phase: cycle.conduct.told(),
        readiness: readiness(cycle, now),
        app: app(facts),
        charge: facts
            .power
            .as_ref()
            .and_then(|reading| reading.value())
            .and_then(|power| power.battery())
            .map(|battery| Charge {
                percent: battery.charge,
                flow: battery.flow,
            }),
        vendor: vendor(facts).map(|vendor| VendorAnswers {
            age_ms: cycle.looks.age_ms(now.mono_ms),
            ..vendor
        }),
        network: network(facts),
        waiting: cycle.outbox.waiting(),
        anchor: cycle.time.anchor(),
    }
}

fn readiness(cycle: &Cycle, now: Moment) -> Option<Readiness> {
    let requirement = cycle.assignment.as_ref()?.requirement.as_ref()?;
    let at = cycle.corrected(now);
    let occasion = cycle.derived(at).occasion;
    // Readings are stamped by the device's own clock, so their ages are counted by it.
    let clocks = Clocks {
        now: at,
        of_readings: now.wall,
    };
    Some(evaluate::readiness(requirement, &cycle.facts, &occasion, clocks))
}

const fn app(facts: &Facts) -> AppState {
    match &facts.app_run {
        Some(reading) => match &reading.outcome {
            Outcome::Measured(AppRun::Running { .. }) => AppState::Running,
            Outcome::Measured(AppRun::NotRunning) => AppState::NotRunning,
            Outcome::Unsupported(_) | Outcome::Denied(_) | Outcome::Failed(_) => AppState::Unknown,
        },
        None => AppState::Unknown,
    }
}

fn vendor(facts: &Facts) -> Option<VendorAnswers> {
    let reaches = || facts.vendor.values().filter_map(|reading| reading.value());
    let count = |n: usize| u8::try_from(n).unwrap_or(u8::MAX);
    let tried = count(reaches().count());
    (tried > 0).then(|| VendorAnswers {
        tried,
        answered: count(reaches().filter(|reach| reach.answers()).count()),
        age_ms: None,
    })
}

fn network(facts: &Facts) -> Option<NetworkAnswers> {
    let answers = NetworkAnswers {
        gateway: facts
            .gateway
            .as_ref()
            .and_then(|reading| reading.value())
            .map(Reach::answers),
        resolution: facts
            .resolution
            .as_ref()
            .and_then(|reading| reading.value())
            .map(|looked_up| looked_up.asked == 0 || looked_up.answered > 0),
        outside: facts
            .outside
            .as_ref()
            .and_then(|reading| reading.value())
            .map(Reach::answers),
    };
    (answers != NetworkAnswers::default()).then_some(answers)
}

/// Lays newer readings over older ones by their order of arrival: the agent's own readings come in order, whatever
/// its wall clock does meanwhile.
pub(super) fn overlay(held: &mut Facts, newer: Facts) {
    macro_rules! lay {
        ($($field:ident),*) => {
            $(if newer.$field.is_some() { held.$field = newer.$field; })*
        };
    }
    lay!(
        os,
        memory,
        disk,
        display,
        power,
        uptime,
        clock,
        managed,
        gateway,
        resolution,
        collector,
        outside,
        app,
        app_run,
        kiosk,
        updates,
        sleep,
        intruders,
        saved_responses,
        link,
        certificates,
        footprint
    );
    held.vendor.extend(newer.vendor);
    held.local.extend(newer.local);
}
