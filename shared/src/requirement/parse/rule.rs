//! One `[[rule]]`.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::limits::check;
use super::{PLATFORMS, sentence};
use crate::facts::{Platform, Source};
use crate::ids::{RuleId, Title};
use crate::requirement::{IfUnknown, Rule, Terms};
use crate::strict::{Reader, Value};
use crate::units::{Seconds, ShortText};
use crate::verdict::{Authority, Basis, Confidence, Demand, Fix};

/// Longest time to live: nothing about a device is worth believing for longer than two years.
const LONGEST_TIME_TO_LIVE: Seconds = Seconds::from_days(730);

/// Which file a rule stands in.
pub(in crate::requirement) enum Origin<'a> {
    /// A profile: it says where each rule comes from.
    Profile,
    /// A policy: its rules are the district's own.
    Policy {
        /// Its title.
        title: &'a Title,
        /// Its day.
        as_of: Date,
    },
}

/// Reads one rule. What stands beside the id is read even when the id is wrong, so that all faults are told.
pub(in crate::requirement) fn rule(
    mut table: Reader<'_>,
    id: Option<RuleId>,
    origin: &Origin<'_>,
) -> Option<Rule> {
    let title = table
        .required("title", "\"Memory\"")
        .and_then(Value::parsed::<Title>);
    let check = check(&mut table);
    let on = table
        .required(
            "on",
            "[{ platforms = [\"windows\"], demand = \"required\", settled_by = [\"agent\"] }]",
        )
        .and_then(terms_by_platform);
    let time_to_live = table
        .required("time_to_live", "\"14d\"")
        .and_then(|value| value.seconds(Seconds(1)..=LONGEST_TIME_TO_LIVE));
    let authority = authority(&mut table, origin);
    let fix = fix(&mut table);
    let rule = (|| {
        Some(Rule {
            id: id?,
            title: title?,
            check: check?,
            on: on?,
            time_to_live: time_to_live?,
            authority: authority?,
            fix,
        })
    })();
    if let Some(rule) = &rule {
        for unsound in rule.unsound().into_iter().chain(rule.misplaced()) {
            table.fault_at(unsound.key, &unsound.problem, &unsound.instead);
        }
    }
    table.finish();
    rule
}

/// `on = [{ platforms = […], demand = …, settled_by = […] }, …]`.
pub(in crate::requirement) fn terms_by_platform(value: Value<'_>) -> Option<BTreeMap<Platform, Terms>> {
    let mut on = BTreeMap::new();
    let mut sound = true;
    for mut table in value.tables() {
        let platforms = table
            .required("platforms", "[\"windows\", \"macos\"]")
            .and_then(|value| value.list(Platform::ALL.len(), |item| item.word(&PLATFORMS)));
        let demand = table
            .required("demand", "\"required\"")
            .and_then(|value| value.word(&[("required", Demand::Required), ("shown", Demand::Shown)]));
        let settled_by = table.required("settled_by", "[\"agent\"]").and_then(|value| {
            value.list(4, |item| {
                item.word(&[
                    ("agent", Source::Agent),
                    ("browser", Source::Browser),
                    ("inventory", Source::Inventory),
                    ("person", Source::Person),
                ])
            })
        });
        let if_unknown = match table.optional("if_unknown") {
            None => Some(IfUnknown::Unknown),
            Some(value) => value.word(&[
                ("unknown", IfUnknown::Unknown),
                ("warn", IfUnknown::Warn),
                ("fail", IfUnknown::Fail),
            ]),
        };
        let terms = (|| {
            Some(Terms {
                demand: demand?,
                settled_by: settled_by?,
                if_unknown: if_unknown?,
            })
        })();
        sound &= terms.is_some() && platforms.is_some();
        for platform in platforms.unwrap_or_default() {
            if let Some(terms) = &terms
                && on.insert(platform, terms.clone()).is_some()
            {
                table.fault_at(
                    "platforms",
                    &format!("\"{}\" is named twice in one rule", platform.word()),
                    "name each platform once",
                );
            }
        }
        table.finish();
    }
    sound.then_some(on)
}

fn authority(table: &mut Reader<'_>, origin: &Origin<'_>) -> Option<Authority> {
    const BASES: [(&str, Basis); 2] = [("vendor", Basis::Vendor), ("local-policy", Basis::LocalPolicy)];
    const CONFIDENCES: [(&str, Confidence); 3] = [
        ("high", Confidence::High),
        ("medium", Confidence::Medium),
        ("low", Confidence::Low),
    ];
    let of_policy = matches!(origin, Origin::Policy { .. });
    let mut demanded = |key: &str, example: &str| {
        if of_policy {
            table.optional(key)
        } else {
            table.required(key, example)
        }
    };
    let basis = demanded("basis", "\"vendor\"").map(|value| value.word(&BASES));
    let source = demanded(
        "source",
        "\"TestNav: Review and Prepare for 2026-27, 6 Apr 2026\"",
    )
    .map(sentence);
    let as_of = demanded("as_of", "2026-04-06").map(Value::date);
    let confidence = demanded("confidence", "\"high\"").map(|value| value.word(&CONFIDENCES));
    match origin {
        Origin::Profile => Some(Authority {
            basis: basis??,
            source: source??,
            as_of: as_of??,
            confidence: confidence??,
        }),
        Origin::Policy { title, as_of: day } => {
            if basis == Some(Some(Basis::Vendor)) {
                table.fault_at(
                    "basis",
                    "a policy's rule is never the vendor's",
                    "leave basis out, or put the rule into a profile",
                );
            }
            Some(Authority {
                basis: Basis::LocalPolicy,
                source: source.unwrap_or_else(|| Some(ShortText::fit(title.as_str())))?,
                as_of: as_of.unwrap_or(Some(*day))?,
                confidence: confidence.unwrap_or(Some(Confidence::High))?,
            })
        }
    }
}

fn fix(table: &mut Reader<'_>) -> Option<Fix> {
    let given = table.has("fix");
    let text = table.optional("fix").and_then(sentence);
    let erases_data = table.optional("fix_erases_data").and_then(Value::boolean);
    if erases_data == Some(true) && !given {
        table.fault_at(
            "fix_erases_data",
            "there is no fix that could erase anything",
            "add fix = \"...\", or leave fix_erases_data out",
        );
    }
    Some(Fix {
        text: text?,
        erases_data: erases_data.unwrap_or(false),
    })
}
