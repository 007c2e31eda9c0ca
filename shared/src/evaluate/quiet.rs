//! What may break into a test by itself: a restart that waits, sleep, other programs; and what an earlier test left.

use super::settle::Judged;
use crate::facts::{Idle, Intruders, SavedResponses, SleepSettings, Updates};
use crate::requirement::{NoOlderThan, StaysAwake};

pub(super) fn restart(updates: &Updates) -> Judged {
    match (updates.restart_pending, updates.update_pending) {
        (Some(true), _) => Judged::fail("waits for a restart"),
        (_, Some(true)) => Judged::warn("an update is ready to be installed"),
        (Some(false), Some(false)) => Judged::pass("no restart or update waits"),
        (Some(false), None) => Judged::pass("no restart waits"),
        (None, _) => Judged::unsettled("the system does not say whether it waits for a restart"),
    }
}

pub(super) fn awake(limit: &StaysAwake, sleep: &SleepSettings) -> Judged {
    let told = [sleep.on_mains, sleep.on_battery];
    match sleep.shortest() {
        Some(shortest) if shortest < limit.at_least => {
            let when = if sleep.on_mains == Idle::After(shortest) {
                "when nobody touches it"
            } else {
                "on its battery, when nobody touches it"
            };
            Judged::fail(format!("sleeps after {shortest} {when}"))
        }
        _ if told.contains(&Idle::NotTold) => {
            Judged::unsettled("the system does not say when it sleeps by itself")
        }
        Some(shortest) => Judged::pass(format!("sleeps after {shortest}")),
        None => Judged::pass("never sleeps by itself"),
    }
}

pub(super) fn intruders(found: &Intruders) -> Judged {
    if found.looked_for == 0 {
        return Judged::unsettled("no program is named that would disturb a test on this system");
    }
    if found.running.is_empty() {
        return Judged::pass("none of them runs");
    }
    let names: Vec<&str> = found.running.iter().map(crate::ids::Title::as_str).collect();
    let verb = if names.len() == 1 { "runs" } else { "run" };
    Judged::fail(format!("{} {verb}", names.join(", ")))
}

pub(super) fn saved_responses(limit: &NoOlderThan, saved: &SavedResponses) -> Judged {
    match saved.oldest {
        Some(oldest) if saved.count > 0 && oldest > limit.older_than => {
            let files = if saved.count == 1 { "file" } else { "files" };
            let least = if saved.incomplete { "at least " } else { "" };
            Judged::fail(format!(
                "{least}{} {files} of answers, the oldest from {oldest} ago",
                saved.count
            ))
        }
        // What was not looked at may be the very file that is missing to somebody.
        _ if saved.incomplete => Judged::unsettled("not every user's folder could be looked through"),
        _ if saved.count > 0 => Judged::pass("only answers of a test under way"),
        _ => Judged::pass("no answers wait here"),
    }
}
