//! From readings to what would help where there are none.

use std::collections::BTreeMap;

use roomready_shared::facts::{Facts, HostPort, Outcome, Platform, Reach, Reading, Via};

use super::{Group, Item, State};
use crate::check::{FactLine, fact_lines};

/// The facts that only a requirement makes sense of, by their names in `facts`.
const NEED_REQUIREMENTS: [(&str, &str, Group); 6] = [
    ("app", "Test app", Group::Device),
    ("app_run", "Test app now", Group::Device),
    ("intruders", "Disturbing programs", Group::Device),
    ("vendor", "Vendor's servers", Group::Network),
    ("resolution", "Looking up names", Group::Network),
    ("certificates", "Certificates", Group::Network),
];

/// One item for each kind of fact: what was read, or why not and what would help.
#[must_use]
pub fn reads(facts: &Facts, has_requirements: bool) -> Vec<Item> {
    let mut items: Vec<Item> = fact_lines(facts)
        .into_iter()
        .map(|line| item(facts, line))
        .collect();
    if !has_requirements {
        items.extend(NEED_REQUIREMENTS.map(|(_, what, group)| {
            Item::new(
                group,
                what,
                State::NotHere,
                "not asked: only requirements say what to look for",
            )
        }));
    }
    if facts.platform == Platform::Linux && no_pings(facts) {
        items.push(
            Item::new(
                Group::Network,
                "Pings",
                State::Look,
                "not permitted to this account; ways are measured by connections instead",
            )
            .helped_by(
                "Permit pings to every account: net.ipv4.ping_group_range = 0 2147483647 in /etc/sysctl.d",
            ),
        );
    }
    // A group is read as a whole; within it, what somebody can mend comes first.
    items.sort_by_key(|item| {
        (
            item.group,
            item.state != State::Look,
            item.state == State::NotHere,
        )
    });
    items
}

/// Everything was measured by connections, although something was measured.
fn no_pings(facts: &Facts) -> bool {
    let ways = [facts.gateway.as_ref(), facts.collector.as_ref()];
    let mut measured = ways
        .into_iter()
        .flatten()
        .filter_map(|reading| reading.value())
        .peekable();
    measured.peek().is_some() && measured.all(|reach| reach.via() != Via::Icmp)
}

fn group(fact: &str) -> Group {
    let network = [
        "gateway",
        "resolution",
        "collector",
        "vendor.",
        "local.",
        "outside",
        "link",
        "certificates",
        "clock",
    ];
    if network.iter().any(|name| fact.starts_with(name)) {
        Group::Network
    } else {
        Group::Device
    }
}

fn item(facts: &Facts, line: FactLine) -> Item {
    let group = group(&line.fact);
    let answer = answers(facts, &line.fact);
    let (state, seen) = match line.outcome {
        // Many gateways answer no pings and work.
        Outcome::Measured(value) if answer == Some(false) && line.fact == "gateway" => {
            (State::NotHere, value)
        }
        Outcome::Measured(value) if answer == Some(false) => (State::Look, value),
        Outcome::Measured(value) => (State::Well, value),
        Outcome::Unsupported(why) => (State::NotHere, why.to_string()),
        Outcome::Denied(why) | Outcome::Failed(why) => (State::Look, why.to_string()),
    };
    let item = Item::new(group, &line.title, state, seen);
    match (state, help(facts.platform, &line.fact)) {
        (State::Look, Some(help)) => item.helped_by(help),
        _ => item,
    }
}

/// Whether somebody answered, for facts that are about that.
fn answers(facts: &Facts, fact: &str) -> Option<bool> {
    let way = |name: &str, ways: &BTreeMap<HostPort, Reading<Reach>>| {
        let (_, reading) = ways.iter().find(|(host, _)| host.to_string() == name)?;
        reading.value().map(Reach::answers)
    };
    match fact.split_once('.') {
        Some(("vendor", name)) => way(name, &facts.vendor),
        Some(("local", name)) => way(name, &facts.local),
        _ => match fact {
            "gateway" => facts.gateway.as_ref()?.value().map(Reach::answers),
            "collector" => facts.collector.as_ref()?.value().map(Reach::answers),
            "outside" => facts.outside.as_ref()?.value().map(Reach::answers),
            "resolution" => {
                let names = facts.resolution.as_ref()?.value()?;
                Some(names.answered == names.asked)
            }
            _ => None,
        },
    }
}

/// What helps where a reading was refused or failed and its own words do not say it.
fn help(platform: Platform, fact: &str) -> Option<&'static str> {
    Some(match (platform, fact) {
        (Platform::Linux, "saved_responses") => {
            "Home folders are closed to the service. If the district wants answers counted that wait there: \
             `roomready-agent service install --read-homes`."
        }
        (_, "collector" | "clock") => {
            "See that the collector runs and that this network lets its address through; `roomready-agent status` has \
             the agent's own words."
        }
        (_, "gateway") => "See that the device is on a network: cable or Wi-Fi.",
        (_, "resolution") => "See which name servers this network hands out.",
        (_, "outside") => {
            "See that the web filter lets the host through that the district named under [network] in the collector's file."
        }
        (_, "power") => "See that the battery is seated and charges; a restart makes the system look again.",
        (_, name) if name.starts_with("vendor.") || name == "certificates" => {
            "See that the web filter lets the vendor's servers through without opening the traffic."
        }
        (_, name) if name.starts_with("local.") => {
            "See that the school's own test server is on, and on the students' network."
        }
        _ => return None,
    })
}
