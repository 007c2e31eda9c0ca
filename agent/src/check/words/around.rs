//! Words for what is around a test: settings, other programs, what waits, the connection.

use roomready_shared::facts::{
    Certificates, Facts, Footprint, Idle, Intruders, LidAction, Link, LinkKind, Proxy, SavedResponses,
    SleepSettings, Updates,
};

use super::{Line, say};

pub(super) fn machine(facts: &Facts, lines: &mut Vec<Line>) {
    say(lines, "updates", "Updates", facts.updates.as_ref(), updates);
    say(lines, "sleep", "Sleep", facts.sleep.as_ref(), sleep);
    say(
        lines,
        "intruders",
        "Disturbing programs",
        facts.intruders.as_ref(),
        intruders,
    );
    say(
        lines,
        "saved_responses",
        "Answers that wait",
        facts.saved_responses.as_ref(),
        saved_responses,
    );
    say(
        lines,
        "footprint",
        "This agent",
        facts.footprint.as_ref(),
        footprint,
    );
}

pub(super) fn network(facts: &Facts, lines: &mut Vec<Line>) {
    say(lines, "link", "Connection", facts.link.as_ref(), link);
    say(
        lines,
        "certificates",
        "Opened traffic",
        facts.certificates.as_ref(),
        certificates,
    );
}

fn updates(updates: &Updates) -> String {
    let told = |what, waits: &'static str, none, silent| match what {
        Some(true) => waits,
        Some(false) => none,
        None => silent,
    };
    format!(
        "{}; {}",
        told(
            updates.restart_pending,
            "waits for a restart",
            "no restart waits",
            "does not tell of restarts"
        ),
        told(
            updates.update_pending,
            "an update is ready",
            "no update waits",
            "does not tell of updates"
        )
    )
}

fn sleep(sleep: &SleepSettings) -> String {
    let idle = |idle| match idle {
        Idle::Never => "never".to_owned(),
        Idle::After(seconds) => format!("after {seconds}"),
        Idle::NotTold => "not told".to_owned(),
    };
    let lid = sleep.lid.map_or_else(String::new, |lid| {
        let action = match lid {
            LidAction::Nothing => "does nothing",
            LidAction::Lock => "locks the screen",
            LidAction::Sleep => "sends it to sleep",
            LidAction::Hibernate => "hibernates it",
            LidAction::ShutDown => "shuts it down",
        };
        format!("; closing the lid {action}")
    });
    format!(
        "on the charger {}, on battery {}{lid}",
        idle(sleep.on_mains),
        idle(sleep.on_battery)
    )
}

fn intruders(found: &Intruders) -> String {
    if found.running.is_empty() {
        return format!("none of {} runs", found.looked_for);
    }
    let names: Vec<&str> = found.running.iter().map(|name| name.as_str()).collect();
    names.join(", ")
}

fn saved_responses(saved: &SavedResponses) -> String {
    let least = if saved.incomplete { "at least " } else { "" };
    match (saved.newest, saved.oldest) {
        (Some(newest), Some(oldest)) => format!(
            "{least}{} files, {}, from {newest} to {oldest} old",
            saved.count, saved.bytes
        ),
        _ if saved.incomplete => "none where this program may look".to_owned(),
        _ => "none".to_owned(),
    }
}

fn footprint(footprint: &Footprint) -> String {
    format!(
        "{} of memory, {}.{:03} % of a core, {} an hour",
        footprint.resident,
        footprint.cpu_millionths / 10_000,
        footprint.cpu_millionths % 10_000 / 10,
        footprint.bytes_per_hour
    )
}

fn link(link: &Link) -> String {
    let kind = match link.kind {
        LinkKind::Wired => "cable",
        LinkKind::Wireless => "Wi-Fi",
        LinkKind::Mobile => "mobile network",
        LinkKind::Tunnel => "tunnel",
        LinkKind::Other => "network of an unknown kind",
    };
    let subnet = link
        .subnet
        .map_or_else(String::new, |subnet| format!(", network {subnet}"));
    let resolvers: Vec<String> = link.resolvers.iter().map(ToString::to_string).collect();
    let asks = if resolvers.is_empty() {
        String::new()
    } else {
        format!(", asks {}", resolvers.join(" and "))
    };
    let proxy = match &link.proxy {
        Proxy::Direct => String::new(),
        Proxy::Fixed(host) => format!(", proxy {host}"),
        Proxy::Script => ", proxy by script".to_owned(),
        Proxy::NotTold => ", proxy not told".to_owned(),
    };
    format!("{kind}{subnet}{asks}{proxy}")
}

fn certificates(certificates: &Certificates) -> String {
    if certificates.foreign.is_empty() {
        return format!("{} hosts with public certificates", certificates.seen);
    }
    let hosts: Vec<String> = certificates
        .foreign
        .iter()
        .map(|foreign| {
            let issuer = foreign
                .issuer
                .as_ref()
                .map_or_else(String::new, |issuer| format!(" by \"{issuer}\""));
            format!("{}{issuer}", foreign.host.host())
        })
        .collect();
    hosts.join(", ")
}
