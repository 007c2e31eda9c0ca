//! What holds for any facts and any sound requirement.

mod any;

use std::collections::BTreeMap;

use any::{
    amount, bytes, charge, facts, moment, now, occasion, os_range, percent, reach, requirement, version,
    with_rules,
};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use crate::evaluate::{Clocks, Occasion, evaluate, readiness};
use crate::facts::{
    Battery, Disk, Facts, Flow, Memory, Os, Outcome, Platform, Power, Reach, Reading, Source,
};
use crate::ids::{RuleId, Title};
use crate::requirement::{
    Check, IfUnknown, LatencyLimit, OsRange, OsVersion, Outside, Requirement, Rule, Target, Terms,
};
use crate::units::{Bytes, Seconds, ShortText, Timestamp, Version};
use crate::verdict::{Authority, Basis, Confidence, Demand, Readiness, Verdict};

/// One rule of one kind for Linux laptops, settled by the agent.
fn only(check: Check) -> Requirement {
    let mut requirement = with_rules(Vec::new());
    requirement.rules.push(Rule {
        id: RuleId::parse("only").expect("an id"),
        title: Title::parse("Only").expect("a title"),
        check,
        on: BTreeMap::from([(
            Platform::Linux,
            Terms {
                demand: Demand::Required,
                settled_by: vec![Source::Agent],
                if_unknown: IfUnknown::Unknown,
            },
        )]),
        time_to_live: Seconds(3_600),
        authority: Authority {
            basis: Basis::Vendor,
            source: ShortText::fit("a page"),
            as_of: jiff::civil::date(2026, 4, 6),
            confidence: Confidence::High,
        },
        fix: None,
    });
    requirement
}

fn fresh<T>(value: T) -> Option<Reading<T>> {
    Some(Reading {
        outcome: Outcome::Measured(value),
        source: Source::Agent,
        at: now(),
    })
}

fn verdict(check: Check, occasion: &Occasion, read: impl FnOnce(&mut Facts)) -> Verdict {
    let mut facts = Facts::none(Platform::Linux);
    read(&mut facts);
    evaluate(&only(check), &facts, occasion, now()).findings[0].verdict
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_facts_can_be_judged_by_any_sound_requirement(
        facts in facts(), requirement in requirement(), occasion in occasion(), now in moment()
    ) {
        let wire = serde_json::to_string(&requirement).expect("JSON");
        let received: Requirement = serde_json::from_str(&wire).expect("the generator makes sound ones");
        prop_assert_eq!(&received, &requirement);

        let assessment = evaluate(&requirement, &facts, &occasion, now);
        let applying = requirement.rules.iter().filter(|rule| rule.on.contains_key(&facts.platform)).count();
        prop_assert_eq!(assessment.findings.len(), applying);
        prop_assert_eq!(assessment, evaluate(&received, &facts, &occasion, now));
    }

    #[test]
    fn the_whole_without_its_parts_is_the_same_whatever_the_clock_of_the_readings_shows(
        facts in facts(), requirement in requirement(), occasion in occasion(), now in moment(),
        ahead in -40_000_000_i64..40_000_000
    ) {
        let ahead = jiff::SignedDuration::from_secs(ahead);
        let clocks = Clocks { now, of_readings: now.saturating_add(ahead).expect("a length in seconds") };
        // Times that a calendar holds wherever they are moved to.
        let (first, last) = (Timestamp::UNIX_EPOCH, Timestamp::from_second(7_000_000_000).expect("a time"));
        let mut facts = facts;
        facts.move_times(|read| read.clamp(first, last));
        let mut moved = facts.clone();
        moved.move_times(|read| read.saturating_sub(ahead).expect("a length in seconds"));
        prop_assert_eq!(
            readiness(&requirement, &facts, &occasion, clocks),
            evaluate(&requirement, &moved, &occasion, now).readiness
        );
    }

    #[test]
    fn a_pass_always_rests_on_a_fresh_word_of_somebody_whose_word_counts(
        facts in facts(), requirement in requirement(), occasion in occasion(), now in moment()
    ) {
        let assessment = evaluate(&requirement, &facts, &occasion, now);
        for finding in &assessment.findings {
            let rule = requirement.rules.iter().find(|rule| rule.id == finding.rule).expect("its rule");
            let terms = &rule.on[&facts.platform];
            if finding.verdict == Verdict::Pass {
                prop_assert!(!finding.stale);
                prop_assert!(finding.settled_by.is_some_and(|source| terms.settled_by.contains(&source)));
            }
            if rule.authority.confidence == Confidence::Low {
                prop_assert_ne!(finding.verdict, Verdict::Fail);
            }
        }
    }

    #[test]
    fn an_unknown_required_fact_never_gives_ready(
        platform in select(&Platform::ALL[..]), requirement in requirement(), occasion in occasion(), now in moment()
    ) {
        // Nothing has been read of this device.
        let required = requirement.rules.iter().any(|rule| {
            rule.on.get(&platform).is_some_and(|terms| terms.demand == Demand::Required)
        });
        let readiness = evaluate(&requirement, &Facts::none(platform), &occasion, now).readiness;
        if required {
            prop_assert_ne!(readiness, Readiness::Ready);
        }
    }

    #[test]
    fn an_older_reading_never_makes_a_device_ready(
        facts in facts(), requirement in requirement(), occasion in occasion(), older in 0_i64..400_000
    ) {
        let judged = |facts: &Facts| evaluate(&requirement, facts, &occasion, now());
        let before = judged(&facts);
        let mut aged = facts;
        fn age<T>(reading: &mut Option<Reading<T>>, seconds: i64) {
            if let Some(reading) = reading {
                reading.at = reading.at.checked_sub(jiff::SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MIN);
            }
        }
        age(&mut aged.os, older);
        age(&mut aged.memory, older);
        age(&mut aged.disk, older);
        age(&mut aged.display, older);
        age(&mut aged.power, older);
        age(&mut aged.uptime, older);
        age(&mut aged.clock, older);
        age(&mut aged.managed, older);
        age(&mut aged.gateway, older);
        age(&mut aged.resolution, older);
        age(&mut aged.collector, older);
        age(&mut aged.outside, older);
        age(&mut aged.app, older);
        age(&mut aged.kiosk, older);
        age(&mut aged.updates, older);
        age(&mut aged.sleep, older);
        age(&mut aged.intruders, older);
        age(&mut aged.saved_responses, older);
        age(&mut aged.certificates, older);
        for reading in aged.vendor.values_mut().chain(aged.local.values_mut()) {
            let mut one = Some(reading.clone());
            age(&mut one, older);
            *reading = one.expect("just put in");
        }
        let after = judged(&aged);
        for (before, after) in before.findings.iter().zip(&after.findings) {
            prop_assert!(after.verdict != Verdict::Pass || before.verdict == Verdict::Pass);
        }
        // What is only shown counts for nothing once it is unknown; what is required keeps the device from ready.
        let missed = before.findings.iter().any(|f| f.demand == Demand::Required && f.verdict != Verdict::Pass);
        prop_assert!(!missed || after.readiness != Readiness::Ready);
    }

    #[test]
    fn less_battery_is_never_better(
        limits in charge(), one in percent(), other in percent(), drain in of(any::<u16>()), occasion in occasion()
    ) {
        let judged = |charge| {
            let power = Power::Battery(Battery {
                charge,
                flow: Flow::Discharging,
                drain_tenths_per_hour: drain,
                health: None,
            });
            verdict(Check::Battery(limits), &occasion, |facts| facts.power = fresh(power))
        };
        prop_assert!(judged(one.min(other)) >= judged(one.max(other)));
    }

    #[test]
    fn more_memory_or_storage_is_never_worse(limits in amount(), one in bytes(), other in bytes()) {
        let memory = |total| verdict(Check::Memory(limits), &Occasion::None, |facts| {
            facts.memory = fresh(Memory { total, available: Bytes(0) });
        });
        prop_assert!(memory(one.max(other)) <= memory(one.min(other)));
        let disk = |free| verdict(Check::FreeDisk(limits), &Occasion::None, |facts| {
            facts.disk = fresh(Disk { total: free, free });
        });
        prop_assert!(disk(one.max(other)) <= disk(one.min(other)));
    }

    #[test]
    fn a_newer_system_inside_a_range_never_turns_worse(
        range in os_range(), refused_below in of(version()), one in version(), other in version()
    ) {
        // One range without a hole: whatever is accepted, a newer one inside is accepted as well.
        let accepted = OsVersion {
            any_of: vec![OsRange { channel: None, distribution: None, editions: Vec::new(), ..range.clone() }],
            exclude: Vec::new(),
            refused_below,
            otherwise: Outside::Fail,
        };
        let inside = |version: &Version| {
            range.min.as_ref().is_none_or(|min| version >= min)
                && range.max.as_ref().is_none_or(|max| version.compare_to_line(max).is_le())
                && range.within.as_ref().is_none_or(|line| version.belongs_to(line))
        };
        let judged = |version: &Version| verdict(Check::OsVersion(accepted.clone()), &Occasion::None, |facts| {
            facts.os = fresh(Os {
                name: ShortText::fit("Linux"),
                distribution: None,
                version: Some(version.clone()),
                build: None,
                architecture: ShortText::fit("x86_64"),
                edition: None,
                channel: None,
                s_mode: None,
            });
        });
        let (older, newer) = if one <= other { (one, other) } else { (other, one) };
        if inside(&older) && inside(&newer) {
            prop_assert!(judged(&newer) <= judged(&older));
        }
    }

    #[test]
    fn a_slower_or_lossier_way_is_never_better(
        warn in any::<u32>(), fail in any::<u32>(), warn_loss in percent(), one in reach(), other in reach()
    ) {
        let limits = LatencyLimit {
            target: Target::Gateway,
            warn_ms: warn.min(fail),
            fail_ms: warn.max(fail),
            warn_loss,
        };
        let judged = |reach: Reach| verdict(Check::Latency(limits), &Occasion::None, |facts| facts.gateway = fresh(reach));
        let worse = match (one.latency(), other.latency()) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(mine), Some(theirs)) => mine.median_us >= theirs.median_us && one.loss() >= other.loss(),
        };
        if worse {
            prop_assert!(judged(one) >= judged(other));
        }
    }
}
