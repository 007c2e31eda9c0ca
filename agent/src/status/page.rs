//! `status` for a person and for a program.

use jiff::tz::TimeZone;
use roomready_shared::timetable::Phase;
use roomready_shared::units::{Seconds, Timestamp};
use roomready_shared::wire::v1::GoodbyeReason;
use serde::Serialize;

use super::{Judged, Manner, Stage, Standing, Status};
use crate::layout::{paragraph, row};

const TITLE: usize = 14;

/// What only the data folder knows beside the status.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Around {
    /// The device's name; `None` when it is not enrolled.
    pub name: Option<String>,
    /// The data folder.
    pub data: String,
}

/// What `status --json` prints.
#[derive(Debug, Serialize)]
pub struct Output<'a> {
    /// How the agent is.
    pub standing: &'static str,
    /// Whether an agent runs.
    pub running: bool,
    /// The status that the command leaves with.
    pub exit_code: u8,
    /// The device's name, when it is enrolled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    /// What the agent last said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub said: Option<&'a Status>,
}

/// For a program.
#[must_use]
pub fn output<'a>(judged: &'a Judged, around: &'a Around) -> Output<'a> {
    Output {
        standing: judged.standing.word(),
        running: judged.standing.runs(),
        exit_code: judged.standing.exit_code(),
        name: around.name.as_deref(),
        said: judged.status.as_ref(),
    }
}

/// Times as a person reads them: local, exact, with how long ago.
pub struct Times {
    /// Now.
    pub now: Timestamp,
    /// The zone of whoever reads.
    pub zone: TimeZone,
}

impl Times {
    fn at(&self, time: Timestamp) -> String {
        let (time, now) = (
            time.to_zoned(self.zone.clone()),
            self.now.to_zoned(self.zone.clone()),
        );
        let format = if time.date() == now.date() {
            "%H:%M:%S"
        } else {
            "%a %-d %b, %H:%M"
        };
        time.strftime(format).to_string()
    }

    fn age(&self, time: Timestamp) -> String {
        let seconds = u64::try_from(self.now.duration_since(time).as_secs()).unwrap_or(0);
        Seconds(seconds).to_string()
    }

    fn ago(&self, time: Timestamp) -> String {
        format!("{} ago ({})", self.age(time), self.at(time))
    }
}

/// For a person.
#[must_use]
pub fn draw(judged: &Judged, around: &Around, times: &Times) -> String {
    let mut page = String::new();
    paragraph(&mut page, &format!("RoomReady agent: {}", headline(judged)));
    if let Some(meaning) = meaning(judged, around, times) {
        paragraph(&mut page, &meaning);
    }
    page.push('\n');
    let mut line = |title: &str, text: String| row(&mut page, 0, TITLE, title, &[text]);
    match &around.name {
        Some(name) => line("device", name.clone()),
        None => line("device", "not enrolled".into()),
    }
    if let Some(status) = &judged.status {
        if judged.standing.runs() {
            line(
                "started",
                format!(
                    "{}, version {}, process {}",
                    times.ago(status.started),
                    status.agent_version,
                    status.pid
                ),
            );
            line("now", now(status));
        }
        line("collector", collector(status, times));
        if let Some(told) = &status.past_trouble
            && status.trouble.is_none()
        {
            line(
                "trouble",
                format!("over; since {}: {}", times.at(told.since), told.words),
            );
        }
        line("waiting", waiting(status.waiting));
        match &status.assignment {
            Some(held) => line(
                "expected in",
                format!(
                    "{} ({}), known until {}",
                    held.title,
                    held.room,
                    times.at(held.valid_until)
                ),
            ),
            None => line(
                "expected in",
                "not known: quiet until the collector says it".into(),
            ),
        }
        if let Some(factor) = status.widened {
            line(
                "own cost",
                format!("too much: looks {factor} times as seldom until that is over"),
            );
        }
    }
    line("data", around.data.clone());
    page
}

fn headline(judged: &Judged) -> &'static str {
    match judged.standing {
        Standing::InContact => "running, in contact",
        Standing::StandsAside => "running, stands aside while students test",
        Standing::NotYet => "running, has not spoken to its collector yet",
        Standing::Trouble if enrolling(judged) => "running, not enrolled yet",
        Standing::Trouble => "running, OUT OF CONTACT",
        Standing::Refused => "running, REFUSED by its collector",
        Standing::Ended | Standing::Vanished | Standing::NeverRan => "NOT RUNNING",
        Standing::Stuck => "NOT RUNNING: its process is there and does not move",
    }
}

fn enrolling(judged: &Judged) -> bool {
    judged
        .status
        .as_ref()
        .is_some_and(|status| status.stage == Stage::Enrolling)
}

/// What it means and what to do.
fn meaning(judged: &Judged, around: &Around, times: &Times) -> Option<String> {
    let status = judged.status.as_ref();
    let told = status.and_then(|status| status.trouble.as_ref());
    Some(match judged.standing {
        Standing::InContact | Standing::StandsAside | Standing::NotYet => return None,
        Standing::Refused | Standing::Trouble => {
            let told = told?;
            let tail = match judged.standing {
                Standing::Trouble => " Nothing is lost; it tries again by itself.",
                _ => "",
            };
            let words = told.words.trim_end_matches('.');
            format!(
                "Since {} ({}): {words}.{tail}",
                times.at(told.since),
                times.age(told.since)
            )
        }
        Standing::Ended => {
            let status = status?;
            let Stage::Ended(reason) = status.stage else {
                return None;
            };
            format!("It ended {}: {}.", times.ago(status.written), why(reason))
        }
        Standing::Vanished => format!(
            "It last said something {} and ended without a goodbye: killed, or the power was cut. \
             `roomready-agent service status` says whether the system starts it again.",
            times.ago(status?.written)
        ),
        Standing::Stuck => format!(
            "It last said something {}. Outside of a test, restart the service; then send the log to \
             whoever looks after RoomReady.",
            times.ago(status?.written)
        ),
        Standing::NeverRan if around.name.is_none() => {
            "This device is not enrolled. `roomready-agent service install --enrolment FILE` does it all."
                .into()
        }
        Standing::NeverRan => {
            "No agent has run with this data folder. `roomready-agent service status` says whether it is \
             installed; another folder is named with --data DIR."
                .into()
        }
    })
}

const fn why(reason: GoodbyeReason) -> &'static str {
    match reason {
        GoodbyeReason::Shutdown => "the system was shut down",
        GoodbyeReason::Restart => "the system was restarted",
        GoodbyeReason::Sleep => "the system went to sleep",
        GoodbyeReason::AgentStopped => "somebody stopped it",
        GoodbyeReason::StandsAside => "it stood aside",
    }
}

fn now(status: &Status) -> String {
    if status.stage == Stage::Enrolling {
        return "asks to be enrolled".into();
    }
    let phase = match status.phase {
        Some(Phase::Testing) => "students test",
        Some(Phase::Break) => "a break in a test",
        Some(Phase::Sweep) => "getting ready for a session",
        Some(Phase::Scheduled) => "no session near",
        Some(Phase::Finished) => "session over",
        None => "no plan that still holds",
    };
    let manner = match status.manner {
        Manner::Free => "full readings",
        Manner::Quiet => "quiet: light readings only",
        Manner::Off => "off: no readings at all",
    };
    format!("{phase}; {manner}")
}

fn collector(status: &Status, times: &Times) -> String {
    match &status.answered {
        Some(answered) => format!("{}, answered {}", answered.address, times.ago(answered.at)),
        None => "no answer since the agent started".into(),
    }
}

fn waiting(records: u32) -> String {
    match records {
        0 => "nothing".into(),
        1 => "1 record, kept on disk".into(),
        many => format!("{many} records, kept on disk"),
    }
}

#[cfg(test)]
mod tests;
