//! Words for facts and findings.

mod around;

use roomready_shared::facts::{
    AppInstall, AppRun, Disk, Display, Facts, Flow, Latency, Memory, Os, Outcome, Power, Reach, Reading,
    Resolution, Via,
};
use roomready_shared::units::ShortText;
use roomready_shared::verdict::{Demand, Finding, Verdict};

use super::Unread;

/// Place of a finding in a list that begins with what matters most.
pub(super) const fn weight(finding: &Finding) -> u8 {
    match (finding.verdict, finding.demand) {
        (Verdict::Fail, Demand::Required) => 0,
        (Verdict::Unknown, Demand::Required) => 1,
        (Verdict::Fail, Demand::Shown) => 2,
        (Verdict::Warn, _) => 3,
        (Verdict::Unknown, Demand::Shown) => 4,
        (Verdict::Pass, _) => 5,
    }
}

/// One fact for a person: its name in `facts`, its title, and what was read or why nothing was.
pub struct Line {
    /// Its name in `facts`.
    pub fact: String,
    /// Its title.
    pub title: String,
    /// What was read, in words.
    pub outcome: Outcome<String>,
}

fn say<T>(
    lines: &mut Vec<Line>,
    fact: &str,
    title: &str,
    reading: Option<&Reading<T>>,
    words: impl Fn(&T) -> String,
) {
    if let Some(reading) = reading {
        let outcome = match &reading.outcome {
            Outcome::Measured(value) => Outcome::Measured(words(value)),
            Outcome::Unsupported(why) => Outcome::Unsupported(why.clone()),
            Outcome::Denied(why) => Outcome::Denied(why.clone()),
            Outcome::Failed(why) => Outcome::Failed(why.clone()),
        };
        lines.push(Line {
            fact: fact.into(),
            title: title.into(),
            outcome,
        });
    }
}

/// Every fact that somebody tried to read, in the order of a person's interest.
#[must_use]
pub fn lines(facts: &Facts) -> Vec<Line> {
    let mut lines = vec![];
    machine(facts, &mut lines);
    network(facts, &mut lines);
    lines
}

fn machine(facts: &Facts, lines: &mut Vec<Line>) {
    say(lines, "os", "System", facts.os.as_ref(), os);
    say(lines, "memory", "Memory", facts.memory.as_ref(), memory);
    say(lines, "disk", "Storage", facts.disk.as_ref(), disk);
    say(lines, "display", "Display", facts.display.as_ref(), display);
    say(lines, "power", "Power", facts.power.as_ref(), power);
    say(lines, "uptime", "Last start", facts.uptime.as_ref(), |uptime| {
        format!("{uptime} ago")
    });
    say(lines, "app", "Test app", facts.app.as_ref(), app);
    say(
        lines,
        "app_run",
        "Test app now",
        facts.app_run.as_ref(),
        |run| match run {
            AppRun::NotRunning => "not running".into(),
            AppRun::Running { .. } => "running".into(),
        },
    );
    around::machine(facts, lines);
}

fn network(facts: &Facts, lines: &mut Vec<Line>) {
    say(lines, "gateway", "Gateway", facts.gateway.as_ref(), reach);
    say(
        lines,
        "resolution",
        "Looking up names",
        facts.resolution.as_ref(),
        resolution,
    );
    say(
        lines,
        "collector",
        "Way to the collector",
        facts.collector.as_ref(),
        reach,
    );
    for (host, reading) in &facts.vendor {
        let fact = format!("vendor.{host}");
        say(lines, &fact, host.host(), Some(reading), reach);
    }
    say(
        lines,
        "outside",
        "Way to a host outside",
        facts.outside.as_ref(),
        reach,
    );
    for (host, reading) in &facts.local {
        let fact = format!("local.{host}");
        say(lines, &fact, &host.to_string(), Some(reading), reach);
    }
    around::network(facts, lines);
    say(lines, "clock", "Clock", facts.clock.as_ref(), |offset| {
        let way = if offset.ahead_ms < 0 { "behind" } else { "ahead of" };
        format!(
            "{} ms {way} the collector's (± {} ms)",
            offset.ahead_ms.unsigned_abs(),
            offset.uncertainty_ms
        )
    });
}

/// The facts that could not be read.
pub(super) fn unread(facts: &Facts) -> Vec<Unread> {
    lines(facts)
        .into_iter()
        .filter_map(|line| {
            let (outcome, why): (&str, ShortText) = match line.outcome {
                Outcome::Measured(_) => return None,
                Outcome::Unsupported(why) => ("unsupported", why),
                Outcome::Denied(why) => ("denied", why),
                Outcome::Failed(why) => ("failed", why),
            };
            Some(Unread {
                fact: line.fact,
                title: line.title,
                outcome: outcome.into(),
                why,
            })
        })
        .collect()
}

fn os(os: &Os) -> String {
    format!("{}, {}", os.name, os.architecture)
}

fn memory(memory: &Memory) -> String {
    format!("{}, {} of it free for programs", memory.total, memory.available)
}

fn disk(disk: &Disk) -> String {
    format!("{} free of {}", disk.free, disk.total)
}

fn display(display: &Display) -> String {
    let size = display.diagonal_tenths.map_or_else(String::new, |tenths| {
        format!(", {}.{} inches", tenths / 10, tenths % 10)
    });
    format!("{} × {}{size}", display.width, display.height)
}

fn power(power: &Power) -> String {
    match power {
        Power::MainsOnly => "from the wall, no battery".into(),
        Power::Battery(battery) => {
            let flow = match battery.flow {
                Flow::Charging => "charging",
                Flow::Discharging => "running on battery",
                Flow::Full => "full, on the charger",
                Flow::Idle => "on the charger",
            };
            format!("{}, {flow}", battery.charge)
        }
    }
}

fn app(app: &AppInstall) -> String {
    match app {
        AppInstall::NotInstalled => "not installed".into(),
        AppInstall::Installed { version, place } => match version {
            Some(version) => format!("version {version} in {place}"),
            None => format!("in {place}"),
        },
    }
}

fn resolution(resolution: &Resolution) -> String {
    let counts = format!(
        "{} of {} answered, slowest in {} ms",
        resolution.answered, resolution.asked, resolution.slowest_ms
    );
    match &resolution.trouble {
        Some(why) => format!("{counts}; {why}"),
        None => counts,
    }
}

fn reach(reach: &Reach) -> String {
    let (sent, answered) = reach.counts();
    let what = match reach.via() {
        Via::Icmp => "pings",
        Via::Tcp => "connections",
        Via::Tls => "secure connections",
    };
    let counts = format!("{answered} of {sent} {what} answered");
    let times = reach.latency().map_or_else(String::new, |latency: &Latency| {
        format!(
            ", usually in {}, at worst {}",
            milliseconds(latency.median_us),
            milliseconds(latency.p95_us)
        )
    });
    let trouble = reach.trouble().map_or_else(String::new, |why| format!("; {why}"));
    format!("{counts}{times}{trouble}")
}

fn milliseconds(us: u32) -> String {
    if us < 10_000 {
        format!("{}.{} ms", us / 1_000, us % 1_000 / 100)
    } else {
        format!("{} ms", us / 1_000)
    }
}
