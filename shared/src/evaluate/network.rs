//! The way to somebody: answers, time, loss, names. That servers answer is all that is ever said of them.

use std::fmt::Display;

use super::machine::at_most;
use super::settle::{Judged, Outcome, Settling, judge};
use super::words;
use crate::facts::{Certificates, Facts, Reach, Reading, Resolution, Trust};
use crate::requirement::{AtMost, LatencyLimit, Requirement, Target};
use crate::verdict::Verdict;

pub(super) fn resolution(limits: &AtMost, resolution: &Resolution) -> Judged {
    let Resolution {
        asked,
        answered,
        slowest_ms,
        trouble,
    } = resolution;
    if *asked == 0 {
        return Judged::unsettled("no name was asked for");
    }
    if answered < asked {
        let why = trouble
            .as_ref()
            .map_or_else(String::new, |why| format!(": {why}"));
        return Judged::fail(format!("{answered} of {asked} names found{why}"));
    }
    let slowest = words::milliseconds(u64::from(*slowest_ms));
    Judged::of(
        at_most(limits, u64::from(*slowest_ms)),
        format!("names found within {slowest}"),
    )
}

pub(super) fn reach(
    requirement: &Requirement,
    facts: &Facts,
    target: Target,
    settling: &Settling<'_>,
) -> Outcome {
    over_targets(requirement, facts, target, |name, reading| {
        judge(reading, settling, |reach| match reach.latency() {
            Some(latency) => Judged::pass(settling.words(|| {
                let time = words::microseconds(latency.median_us);
                format!("{} ({time})", words::answers(requirement, target))
            })),
            None => {
                let why = reach.trouble().map_or_else(String::new, |why| format!(": {why}"));
                Judged::fail(settling.words(|| format!("{name} does not answer{why}")))
            }
        })
    })
}

/// A filter that opens encrypted traffic disturbs the test app, and may read what students write.
pub(super) fn inspection(certificates: &Certificates) -> Judged {
    if certificates.seen == 0 {
        return Judged::unsettled("no server of the vendor showed a certificate");
    }
    let of = |trust| certificates.foreign.iter().find(|foreign| foreign.trust == trust);
    let by = |issuer: &Option<crate::units::ShortText>| {
        issuer
            .as_ref()
            .map_or_else(String::new, |issuer| format!(" by \"{issuer}\""))
    };
    match (of(Trust::DeviceOnly), of(Trust::Nobody)) {
        (Some(opened), _) => Judged::fail(format!(
            "encrypted traffic to {} is opened on its way{}",
            opened.host.host(),
            by(&opened.issuer)
        )),
        (None, Some(unknown)) => Judged::fail(format!(
            "{} shows a certificate that this device does not trust, signed{}",
            unknown.host.host(),
            by(&unknown.issuer)
        )),
        (None, None) => Judged::pass("not opened on its way"),
    }
}

pub(super) fn latency(
    requirement: &Requirement,
    facts: &Facts,
    limits: &LatencyLimit,
    settling: &Settling<'_>,
) -> Outcome {
    over_targets(requirement, facts, limits.target, |name, reading| {
        judge(reading, settling, |reach| {
            latency_of(limits, name, reach, settling)
        })
    })
}

fn latency_of(limits: &LatencyLimit, name: &dyn Display, reach: &Reach, settling: &Settling<'_>) -> Judged {
    let Some(latency) = reach.latency() else {
        return Judged::fail(settling.words(|| format!("{name} does not answer")));
    };
    let loss = reach.loss();
    let over = |limit_ms: u32| u64::from(latency.median_us) > u64::from(limit_ms) * 1000;
    let verdict = if over(limits.fail_ms) {
        Verdict::Fail
    } else if over(limits.warn_ms) || loss > limits.warn_loss {
        Verdict::Warn
    } else {
        Verdict::Pass
    };
    let measured = settling.words(|| {
        let time = words::microseconds(latency.median_us);
        if loss.get() == 0 {
            time
        } else {
            format!("{time}, {loss} lost")
        }
    });
    Judged::of(verdict, measured)
}

/// Judges each host of a target and keeps the one that decides: a miss before what is open, that before the rest.
fn over_targets(
    requirement: &Requirement,
    facts: &Facts,
    target: Target,
    one: impl Fn(&dyn Display, Option<&Reading<Reach>>) -> Outcome,
) -> Outcome {
    match target {
        Target::Gateway => one(&"the gateway", facts.gateway.as_ref()),
        Target::Collector => one(&"the collector", facts.collector.as_ref()),
        Target::Vendor => {
            let hosts = requirement.hosts.iter();
            deciding(hosts.map(|host| one(host, facts.vendor.get(host))))
        }
        Target::Local => {
            let hosts = requirement.local.iter().flat_map(|local| &local.hosts);
            deciding(hosts.map(|host| one(host, facts.local.get(host))))
        }
    }
}

fn deciding(outcomes: impl Iterator<Item = Outcome>) -> Outcome {
    let weight = |outcome: &Outcome| match outcome.verdict {
        Some(Verdict::Fail) => 3,
        None | Some(Verdict::Unknown) => 2,
        Some(Verdict::Warn) => 1,
        Some(Verdict::Pass) => 0,
    };
    outcomes
        .max_by_key(weight)
        .unwrap_or_else(|| Outcome::unread(Judged::unsettled("no server is named")))
}
