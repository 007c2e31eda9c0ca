//! Whether the agent runs and how it is, from what it last said and whether its process is there. Pure.

use roomready_shared::units::Timestamp;

use super::{Manner, Stage, Status};

/// A running agent writes each minute, and at the latest when a slow network lets go of it.
const STALE_AFTER_S: i64 = 180;

/// One that waits to be enrolled writes with each try, and backs off between them.
const ENROLS_WITHIN_S: i64 = 20 * 60;

/// How the agent is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It runs, and its collector answers.
    InContact,
    /// It runs and is silent, as the district wants while students test.
    StandsAside,
    /// It runs and has not spoken to its collector yet.
    NotYet,
    /// It runs, and something stands in the way.
    Trouble,
    /// It runs, and the collector refuses its credential.
    Refused,
    /// It ended in good order.
    Ended,
    /// It ended without a word: killed, or the power was cut.
    Vanished,
    /// Its process is there and does not move.
    Stuck,
    /// Nothing was ever said in this folder.
    NeverRan,
}

/// What was said, and what it comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// How the agent is.
    pub standing: Standing,
    /// What it last said.
    pub status: Option<Status>,
}

impl Standing {
    /// Exit code of `status`: 0 running and in contact, 10 running with trouble, 30 not running.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::InContact | Self::StandsAside => 0,
            Self::NotYet | Self::Trouble | Self::Refused => 10,
            Self::Ended | Self::Vanished | Self::Stuck | Self::NeverRan => 30,
        }
    }

    /// Its word for programs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::InContact => "in_contact",
            Self::StandsAside => "stands_aside",
            Self::NotYet => "not_yet",
            Self::Trouble => "trouble",
            Self::Refused => "refused",
            Self::Ended => "ended",
            Self::Vanished => "vanished",
            Self::Stuck => "stuck",
            Self::NeverRan => "never_ran",
        }
    }

    /// Whether an agent runs.
    #[must_use]
    pub const fn runs(self) -> bool {
        self.exit_code() != 30
    }
}

/// Judges. `alive` says whether the process named is there, where the system tells.
#[must_use]
pub fn judge(status: Option<Status>, alive: impl Fn(u32) -> Option<bool>, now: Timestamp) -> Judged {
    let standing = match &status {
        None => Standing::NeverRan,
        Some(status) => standing(status, alive(status.pid), now),
    };
    Judged { standing, status }
}

fn standing(status: &Status, alive: Option<bool>, now: Timestamp) -> Standing {
    if let Stage::Ended(_) = status.stage {
        return Standing::Ended;
    }
    // A clock that was set back makes a file of the future, which is no sign of age.
    let limit = if status.stage == Stage::Enrolling {
        ENROLS_WITHIN_S
    } else {
        STALE_AFTER_S
    };
    let stale = now.duration_since(status.written).as_secs() > limit;
    match (alive, stale) {
        (Some(false), _) | (None, true) => return Standing::Vanished,
        (Some(true), true) => return Standing::Stuck,
        (Some(true) | None, false) => {}
    }
    match (&status.trouble, &status.answered, status.manner) {
        (Some(told), _, _) if told.refused => Standing::Refused,
        (_, _, Manner::Off) => Standing::StandsAside,
        (Some(_), _, _) => Standing::Trouble,
        (None, Some(_), _) => Standing::InContact,
        (None, None, _) => Standing::NotYet,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Answered, SCHEMA, Told};
    use super::*;
    use roomready_shared::wire::v1::GoodbyeReason;

    const NOW: &str = "2026-10-06T14:00:00Z";

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn running() -> Status {
        Status {
            schema: SCHEMA.into(),
            agent_version: "0.1.0".into(),
            pid: 42,
            started: at("2026-10-06T12:00:00Z"),
            written: at("2026-10-06T13:59:20Z"),
            stage: Stage::Watching,
            phase: None,
            manner: Manner::Quiet,
            answered: Some(Answered {
                address: "collector:8443".into(),
                at: at("2026-10-06T13:59:10Z"),
            }),
            trouble: None,
            past_trouble: None,
            waiting: 0,
            assignment: None,
            widened: None,
        }
    }

    fn of(status: Status, alive: Option<bool>) -> Standing {
        judge(Some(status), |_| alive, at(NOW)).standing
    }

    #[test]
    fn an_agent_whose_process_is_gone_does_not_run_whatever_it_last_said() {
        assert_eq!(of(running(), Some(true)), Standing::InContact);
        assert_eq!(of(running(), Some(false)), Standing::Vanished);
        let silent = Status {
            written: at("2026-10-06T13:00:00Z"),
            ..running()
        };
        assert_eq!(of(silent.clone(), Some(true)), Standing::Stuck);
        assert_eq!(of(silent, None), Standing::Vanished, "older than it promises");
        let ended = Status {
            stage: Stage::Ended(GoodbyeReason::Shutdown),
            ..running()
        };
        assert_eq!(
            of(ended, Some(true)),
            Standing::Ended,
            "the number is another program's now"
        );
        assert_eq!(judge(None, |_| None, at(NOW)).standing, Standing::NeverRan);
    }

    #[test]
    fn a_refused_credential_is_told_apart_from_a_network_that_is_down() {
        let told = |refused| Status {
            trouble: Some(Told {
                since: at("2026-10-06T13:50:00Z"),
                words: "no".into(),
                refused,
            }),
            ..running()
        };
        assert_eq!(of(told(false), Some(true)), Standing::Trouble);
        assert_eq!(of(told(true), Some(true)), Standing::Refused);
    }

    #[test]
    fn an_agent_that_stands_aside_as_the_district_wishes_is_well() {
        let off = Status {
            manner: Manner::Off,
            ..running()
        };
        assert_eq!(of(off, Some(true)).exit_code(), 0);
        let fresh = Status {
            answered: None,
            ..running()
        };
        assert_eq!(of(fresh, Some(true)), Standing::NotYet);
    }

    #[test]
    fn a_clock_that_was_set_back_does_not_make_a_running_agent_vanish() {
        let future = Status {
            written: at("2026-10-07T14:00:00Z"),
            ..running()
        };
        assert_eq!(of(future, Some(true)), Standing::InContact);
    }
}
