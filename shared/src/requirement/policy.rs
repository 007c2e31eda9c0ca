//! Policy files: what a district lays over a profile.
//!
//! A policy adds rules of its own, replaces a rule's limits, or relaxes a rule to "shown" or "off". Whatever departs
//! from the profile needs a reason, a person and a day, and stays readable as a [`Deviation`].

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::parse::{Origin, PLATFORMS, check_of_kind, intruders, rules, sentence, terms_by_platform};
use super::{Change, Deviation, LocalServers, Requirement, Rule};
use crate::facts::{MAX_LOCAL_HOSTS, Platform};
use crate::ids::{RuleId, Title};
use crate::strict::{Document, Faults, Reader, Value, nearest};
use crate::units::{Seconds, ShortText};
use crate::verdict::{Authority, Basis, Confidence, Demand};

impl Requirement {
    /// Lays a policy file over this profile. `file` is only for messages.
    ///
    /// # Errors
    /// Every fault of the file at once.
    pub fn with_policy(self, file: &str, text: &str) -> Result<Self, Faults> {
        let document = Document::parse(file, text)?;
        let mut root = document.root();
        let read = policy(&mut root, self);
        root.finish();
        document.finish(read)
    }
}

struct Head {
    title: Title,
    as_of: Date,
}

fn policy(root: &mut Reader<'_>, mut requirement: Requirement) -> Option<Requirement> {
    let head = root.required_table("policy").and_then(head);
    let (replacements, relaxations, added) =
        (root.tables("replace"), root.tables("relax"), root.tables("rule"));
    let local = root.optional("local").and_then(Value::table).and_then(local);
    let disturbing = intruders(root);
    let Some(head) = head else {
        // Without a head nothing is laid over anything: its faults are told first, those of the rest after that.
        for table in replacements.into_iter().chain(relaxations).chain(added) {
            table.leave_unread();
        }
        return None;
    };
    let mut replaced = BTreeSet::new();
    for table in replacements {
        replace(table, &mut requirement, &head, &mut replaced);
    }
    let mut relaxed = BTreeSet::new();
    for table in relaxations {
        relax(table, &mut requirement, &mut relaxed);
    }
    requirement.rules.retain(|rule| !rule.on.is_empty());

    let mut taken = requirement.rules.iter().map(|rule| rule.id.clone()).collect();
    let origin = Origin::Policy {
        title: &head.title,
        as_of: head.as_of,
    };
    let added = rules(added, &origin, &mut taken);
    requirement.rules.extend(added);
    requirement.policy = Some(head.title);
    requirement.local = local.or(requirement.local);
    requirement.intruders.extend(disturbing);
    for unsound in requirement.unsound() {
        root.fault_at(unsound.key, &unsound.problem, &unsound.instead);
    }
    if requirement.lacks_local() {
        root.fault_at(
            "rule",
            "a rule looks at the school's own test servers and the policy names none",
            "add [local] with name = \"ProctorCache\" and hosts = [\"10.2.0.9:4480\", \"10.2.0.9:4481\"]",
        );
    }
    if requirement.lacks_intruders() {
        root.fault_at(
            "rule",
            "a rule looks at disturbing programs and neither profile nor policy names any",
            "add at least one [[intruder]]",
        );
    }
    if requirement.lacks_hosts() {
        root.fault_at(
            "rule",
            &format!(
                "{} names no servers of the vendor to look at",
                requirement.profile.id
            ),
            "look at the gateway or the collector instead",
        );
    }
    Some(requirement)
}

fn head(mut table: Reader<'_>) -> Option<Head> {
    let title = table
        .required("title", "\"Lincoln district, test devices\"")
        .and_then(Value::parsed);
    let as_of = table.required("as_of", "2026-08-20").and_then(Value::date);
    table.finish();
    Some(Head {
        title: title?,
        as_of: as_of?,
    })
}

/// The school's own test servers.
fn local(mut table: Reader<'_>) -> Option<LocalServers> {
    let name = table.required("name", "\"ProctorCache\"").and_then(Value::parsed);
    let hosts = table
        .required("hosts", "[\"10.2.0.9:4480\", \"10.2.0.9:4481\"]")
        .and_then(|value| value.list(MAX_LOCAL_HOSTS, Value::parsed));
    if hosts.as_ref().is_some_and(Vec::is_empty) {
        table.fault_at(
            "hosts",
            "no server is named",
            "name at least one, or leave [local] out",
        );
    }
    table.finish();
    Some(LocalServers {
        name: name?,
        hosts: hosts?,
    })
}

/// The rule that a table is about, by its place in the requirement.
fn target(table: &mut Reader<'_>, requirement: &Requirement, seen: &mut BTreeSet<RuleId>) -> Option<usize> {
    let id = table
        .required("rule", "\"battery\"")
        .and_then(Value::parsed::<RuleId>)?;
    let known = || requirement.rules.iter().map(|rule| rule.id.as_str());
    let Some(found) = requirement.rules.iter().position(|rule| rule.id == id) else {
        let instead = nearest(id.as_str(), known()).map_or_else(
            || format!("known: {}", known().collect::<Vec<_>>().join(", ")),
            |near| format!("did you mean \"{near}\"?"),
        );
        table.fault_at(
            "rule",
            &format!("{} has no rule \"{id}\"", requirement.profile.id),
            &instead,
        );
        return None;
    };
    if !seen.insert(id.clone()) {
        table.fault_at(
            "rule",
            &format!("\"{id}\" was named before {}", table.whereabouts()),
            "say all about a rule in one place",
        );
    }
    Some(found)
}

/// Reason, person and day of a departure. None of them has a default: somebody answers for each one.
fn accounted(table: &mut Reader<'_>) -> Option<(ShortText, Title, Date)> {
    let reason = table
        .required("reason", "\"Pearson confirmed it by mail on 2 September\"")
        .and_then(sentence);
    let author = table
        .required("author", "\"M. Ortiz, district technology\"")
        .and_then(Value::parsed);
    let date = table.required("date", "2026-09-02").and_then(Value::date);
    Some((reason?, author?, date?))
}

fn replace(mut table: Reader<'_>, requirement: &mut Requirement, head: &Head, seen: &mut BTreeSet<RuleId>) {
    let found = target(&mut table, requirement, seen);
    let account = accounted(&mut table);
    let time_to_live = table
        .optional("time_to_live")
        .and_then(|value| value.seconds(Seconds(1)..=Seconds::from_days(730)));
    let on = table.optional("on").and_then(terms_by_platform);
    let Some(found) = found else {
        drop(table.optional("limits"));
        return;
    };
    let mut rule = requirement.rules[found].clone();
    if table.has("limits") {
        let kind = rule.check.kind();
        if let Some(check) = check_of_kind(kind, &mut table) {
            rule.check = check;
        }
    } else if !table.has("on") && !table.has("time_to_live") {
        table.fault(
            &format!("nothing is replaced {}", table.whereabouts()),
            "write limits, on or time_to_live, or use [[relax]]",
        );
    }
    rule.time_to_live = time_to_live.unwrap_or(rule.time_to_live);
    rule.on = on.unwrap_or(rule.on);
    rule.authority = Authority {
        basis: Basis::LocalPolicy,
        source: ShortText::fit(head.title.as_str()),
        as_of: head.as_of,
        confidence: Confidence::High,
    };
    for unsound in rule.unsound().into_iter().chain(rule.misplaced()) {
        table.fault_at(unsound.key, &unsound.problem, &unsound.instead);
    }
    table.finish();
    if let Some(account) = account {
        let platforms = rule.on.keys().copied().collect();
        note(requirement, &rule, Change::Replaced, platforms, account);
    }
    requirement.rules[found] = rule;
}

fn relax(mut table: Reader<'_>, requirement: &mut Requirement, seen: &mut BTreeSet<RuleId>) {
    let found = target(&mut table, requirement, seen);
    let account = accounted(&mut table);
    let to = table
        .required("to", "\"shown\"")
        .and_then(|value| value.word(&[("shown", Change::Shown), ("off", Change::Off)]));
    let named = table
        .optional("platforms")
        .map(|value| value.list(Platform::ALL.len(), |item| item.word(&PLATFORMS)));
    let (Some(found), Some(to)) = (found, to) else {
        return;
    };
    let rule = &mut requirement.rules[found];
    let platforms: Vec<Platform> = match named {
        None => rule.on.keys().copied().collect(),
        Some(named) => named.unwrap_or_default(),
    };
    for platform in &platforms {
        if !rule.on.contains_key(platform) {
            table.fault_at(
                "platforms",
                &format!(
                    "the rule \"{}\" does not apply to \"{}\"",
                    rule.id,
                    platform.word()
                ),
                "leave that platform out",
            );
        }
        if to == Change::Off {
            rule.on.remove(platform);
        } else if let Some(terms) = rule.on.get_mut(platform) {
            terms.demand = Demand::Shown;
        }
    }
    let rule = rule.clone();
    if let Some(account) = account {
        note(requirement, &rule, to, platforms, account);
    }
}

fn note(
    requirement: &mut Requirement,
    rule: &Rule,
    change: Change,
    platforms: Vec<Platform>,
    (reason, author, date): (ShortText, Title, Date),
) {
    requirement.deviations.push(Deviation {
        rule: rule.id.clone(),
        change,
        platforms,
        reason,
        author,
        date,
    });
}
