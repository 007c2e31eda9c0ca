//! The table for people: `docs/watch.md` holds it, and a test holds the two together.

use std::fmt::Write as _;

use super::{Row, TABLE, Timing};
use crate::domain::incident::Condition;
use crate::domain::watch::checks::{TELLS, When};

/// Both tables, in Markdown: when what is told, and which checks tell of what.
#[must_use]
pub fn tables() -> String {
    let mut text = String::from(
        "| What is wrong | Begins | Must hold for | Then waits for others | Over after |\n|---|---|---|---|---|\n",
    );
    for row in &TABLE {
        let (begins, timing) = begins(row);
        let confirm = timing.map_or_else(none, |timing| span(timing.confirm_ms));
        let hold = timing.map_or_else(none, |timing| span(timing.hold_ms));
        let over = timing.map_or_else(none, over);
        let _ = writeln!(
            text,
            "| {} (`{}`) | {begins} | {confirm} | {hold} | {over} |",
            name(row.condition),
            row.condition.word()
        );
    }
    text.push_str("\n| Check in the requirements | Counts in a test when | Told as |\n|---|---|---|\n");
    for (kind, when, condition) in TELLS {
        let when = match when {
            When::Missed => "it is missed; a warning is not enough",
            When::Slow => {
                "it answers, and takes longer than `fail_above` or loses more than `warn_loss_percent`"
            }
        };
        let _ = writeln!(text, "| `{kind}` | {when} | {} |", name(condition));
    }
    text
}

/// Phases that it begins in, and its times in the first of them.
fn begins(row: &Row) -> (String, Option<Timing>) {
    let phases = [
        ("testing", row.testing),
        ("break", row.pause),
        ("other phases", row.otherwise),
    ];
    let begins: Vec<_> = phases
        .iter()
        .filter(|(_, timing)| timing.is_some())
        .map(|(phase, _)| *phase)
        .collect();
    let timing = phases.iter().find_map(|(_, timing)| *timing);
    if begins.is_empty() {
        ("never".to_owned(), None)
    } else {
        (begins.join(", "), timing)
    }
}

fn none() -> String {
    "–".to_owned()
}

fn span(ms: u64) -> String {
    match ms / 1_000 {
        0 => none(),
        seconds if seconds % 60 == 0 && seconds > 60 => format!("{} min", seconds / 60),
        seconds => format!("{seconds} s"),
    }
}

fn over(timing: Timing) -> String {
    let beats = format!("{} good beats", timing.clear_beats);
    match timing.clear_ms {
        0 => beats,
        ms => format!("{beats} and {}", span(ms)),
    }
}

const fn name(condition: Condition) -> &'static str {
    match condition {
        Condition::LostContact => "Lost contact",
        Condition::ShutDown => "Shut down",
        Condition::Restarted => "Restarted",
        Condition::Slept => "Went to sleep",
        Condition::TestAppCrashed => "Test app crashed",
        Condition::TestAppNotRunning => "Test app not open again",
        Condition::VendorUnreachable => "No server of the vendor answers",
        Condition::BatteryCritical => "Battery nearly empty",
        Condition::BatteryWontLast => "Battery will not last",
        Condition::ChargerUnplugged => "Charger unplugged",
        Condition::Unstable => "Comes and goes",
        Condition::NetworkSlow => "Slow network",
        Condition::Intruder => "Disturbing program",
        Condition::NetworkChanged => "On another network",
        Condition::ClockJumped => "Clock moved",
        Condition::StorageFull => "Storage nearly full",
        Condition::CredentialShared => "Two machines with one credential",
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::tables;

    const PAGE: &str = "../docs/watch.md";
    /// The tables stand between these.
    const BEGINS: &str = "<!-- written from the code: -->\n";
    const ENDS: &str = "<!-- end -->\n";

    #[test]
    fn the_published_table_is_that_of_the_code() {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
        let published = std::fs::read_to_string(&page).unwrap();
        let (before, rest) = published.split_once(BEGINS).expect("the tables begin");
        let (told, after) = rest.split_once(ENDS).expect("the tables end");
        let tables = tables();
        if told != tables {
            // Mended where it stands, and still a failure: somebody should look at what changed.
            std::fs::write(&page, format!("{before}{BEGINS}{tables}{ENDS}{after}")).unwrap();
            panic!("{PAGE} was not the table of the code; it was written anew, look at it");
        }
    }
}
