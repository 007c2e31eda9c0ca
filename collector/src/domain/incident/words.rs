//! Incidents in plain words. Times come in ready for reading: only pages know a school's time zone.

use jiff::Timestamp;
use roomready_shared::wire::v1::GoodbyeReason;

use super::{Condition, Ending, Incident, Member, Reason};

/// What to do until the district has approved its own words. Nothing tells anybody yet: it must not say that help knows.
pub const WHAT_TO_DO: &str =
    "Keep students seated. Do not close the test or restart. Note the time. Tell your technician.";

/// What happened: "Seat 12 has not been heard since 9:41". `app` is the test app's name, `written` writes a time.
#[must_use]
pub fn headline(incident: &Incident, app: &str, written: impl Fn(Timestamp) -> String) -> String {
    let who = subject(&incident.members);
    let have = if incident.members.len() == 1 {
        "has"
    } else {
        "have"
    };
    let was = if incident.members.len() == 1 {
        "was"
    } else {
        "were"
    };
    let at = written(incident.since());
    match incident.condition {
        Condition::LostContact if incident.is_open() => format!("{who} {have} not been heard since {at}"),
        Condition::LostContact => format!("{who} {was} not heard from {at} on"),
        Condition::ShutDown => format!("{who} shut down at {at}"),
        Condition::Restarted => format!("{who} restarted at {at}"),
        Condition::Slept => format!("{who} went to sleep at {at}"),
        Condition::TestAppCrashed if incident.reasons.contains(&Reason::KeptClosing) => {
            format!("{app} keeps closing at {}, since {at}", place(&incident.members))
        }
        Condition::TestAppCrashed => format!("{app} stopped at {}, {at}", place(&incident.members)),
    }
}

/// What is known about why, as a line of an incident's story.
#[must_use]
pub fn reason_words(reason: Reason, app: &str, written: impl Fn(Timestamp) -> String) -> String {
    match reason {
        Reason::Announced { goodbye, at } => {
            let what = match goodbye {
                GoodbyeReason::Shutdown => "The device said that it shuts down",
                GoodbyeReason::Restart => "The device said that it restarts",
                GoodbyeReason::Sleep => "The device said that it goes to sleep",
                GoodbyeReason::AgentStopped => {
                    "RoomReady was stopped on the device; the device itself may go on"
                }
                GoodbyeReason::StandsAside => "RoomReady stands aside on the device during tests",
            };
            format!("{what} ({})", written(at))
        }
        Reason::Crashed => format!("{app} ended with an error"),
        Reason::KeptClosing => format!("{app} was closed three times within a minute"),
    }
}

/// How it ended, in a few words.
#[must_use]
pub fn ending_words(how: Ending) -> String {
    match how {
        Ending::HeardAgain => "heard again".to_owned(),
        Ending::AppRunsAgain => "test app running again".to_owned(),
        Ending::SessionOver { not_heard_again: 0 } => "session over".to_owned(),
        Ending::SessionOver { not_heard_again: 1 } => "session over, not heard again".to_owned(),
        Ending::SessionOver { not_heard_again } => format!("session over, {not_heard_again} not heard again"),
        Ending::SessionRemoved => "session taken out of the timetable".to_owned(),
    }
}

/// "Seat 12", "LIB-2", "3 devices".
fn subject(members: &[Member]) -> String {
    match members {
        [member] => match &member.seat {
            Some(seat) => format!("Seat {seat}"),
            None => member.name.to_string(),
        },
        many => format!("{} devices", many.len()),
    }
}

/// "seat 12", "LIB-2", "3 devices".
fn place(members: &[Member]) -> String {
    match members {
        [Member { seat: Some(seat), .. }] => format!("seat {seat}"),
        other => subject(other),
    }
}
