//! How a program ended, by its exit code.

use roomready_shared::wire::v1::ExitKind;

/// Windows itself ends programs with this when somebody signs out or the system shuts down.
const SIGNED_OUT: u32 = 0x4001_0004;
/// A console program whose window was closed, or whose user signed out.
const ASKED_TO_END: u32 = 0xC000_013A;

/// Zero is an end without error. Any other code is an error of the program's own, a fault that the system caught (these
/// begin with C), or somebody's "End task", which gives 1: all three leave a student without the app, so all three count
/// as a crash. What the system does to everybody at a sign-out says nothing of the app.
pub const fn exit_kind(code: u32) -> ExitKind {
    match code {
        0 => ExitKind::Normal,
        SIGNED_OUT | ASKED_TO_END => ExitKind::Unknown,
        _ => ExitKind::Crashed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_app_a_fault_and_an_ended_task_are_told_apart_from_a_sign_out() {
        assert_eq!(exit_kind(0), ExitKind::Normal);
        // STATUS_ACCESS_VIOLATION, and what Task Manager gives.
        assert_eq!(exit_kind(0xC000_0005), ExitKind::Crashed);
        assert_eq!(exit_kind(1), ExitKind::Crashed);
        assert_eq!(exit_kind(SIGNED_OUT), ExitKind::Unknown);
    }
}
