//! Why the agent is asked to stop: because the system ends, or only itself. Pure; what the system says comes from
//! [`crate::probe::platform::leaving`].

use roomready_shared::units::Timestamp;
use roomready_shared::wire::v1::GoodbyeReason;

/// What a system says of its own end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It switches off.
    PowersOff,
    /// It starts again.
    Restarts,
}

/// What systemd's job queue says: starting one of these targets is how it ends. Jobs are `(unit, type)`.
#[must_use]
pub fn of_jobs<'a>(jobs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Option<End> {
    jobs.into_iter()
        .filter(|(_, kind)| *kind == "start")
        .find_map(|(unit, _)| match unit {
            "reboot.target" | "kexec.target" | "soft-reboot.target" | "factory-reset.target" => {
                Some(End::Restarts)
            }
            "poweroff.target" | "halt.target" | "exit.target" => Some(End::PowersOff),
            _ => None,
        })
}

/// What logind's file about an announced end says (`shutdown +5`), once its time has come. It stays there while the end
/// is under way.
#[must_use]
pub fn of_schedule(text: &str, now: Timestamp) -> Option<End> {
    let value = |key: &str| {
        text.lines()
            .find_map(|line| line.strip_prefix(key)?.strip_prefix('='))
    };
    let due: i64 = value("USEC")?.trim().parse().ok()?;
    // An end that is still to come is not the reason for a stop now.
    if due > now.as_microsecond() {
        return None;
    }
    match value("MODE")?.trim() {
        "reboot" | "kexec" | "soft-reboot" => Some(End::Restarts),
        "poweroff" | "halt" => Some(End::PowersOff),
        _ => None,
    }
}

/// The reason that a goodbye carries.
#[must_use]
pub const fn reason(end: Option<End>) -> GoodbyeReason {
    match end {
        Some(End::PowersOff) => GoodbyeReason::Shutdown,
        Some(End::Restarts) => GoodbyeReason::Restart,
        None => GoodbyeReason::AgentStopped,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_that_ends_is_told_from_an_agent_that_is_only_stopped() {
        let stop = [("roomready-agent.service", "stop"), ("cron.service", "restart")];
        assert_eq!(reason(of_jobs(stop)), GoodbyeReason::AgentStopped);
        let ends = [
            ("roomready-agent.service", "stop"),
            ("shutdown.target", "start"),
            ("reboot.target", "start"),
        ];
        assert_eq!(reason(of_jobs(ends)), GoodbyeReason::Restart);
        assert_eq!(
            reason(of_jobs([("poweroff.target", "start")])),
            GoodbyeReason::Shutdown
        );
        assert_eq!(of_jobs([("reboot.target", "stop")]), None, "an end called off");
    }

    #[test]
    fn an_announced_end_counts_once_its_time_has_come() {
        let text = "USEC=1700000000000000\nWARN_WALL=1\nMODE=reboot\n";
        let at = |us| Timestamp::from_microsecond(us).expect("a time");
        let (due, before) = (at(1_700_000_000_000_000), at(1_699_999_999_000_000));
        assert_eq!(of_schedule(text, due), Some(End::Restarts));
        assert_eq!(of_schedule(text, before), None, "still to come");
        assert_eq!(
            of_schedule(&text.replace("reboot", "poweroff"), due),
            Some(End::PowersOff)
        );
        assert_eq!(of_schedule(&text.replace("reboot", "dry-run"), due), None);
        assert_eq!(of_schedule("", due), None);
    }
}
