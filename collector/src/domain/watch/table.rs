//! Every time the watch waits for, in one table.
//!
//! | condition | begins in | tile changes | confirm | hold | clears after |
//! |---|---|---|---|---|---|
//! | lost contact | testing | two promises missed | 0 s | 10 s | 2 good beats |
//! | shut down, restarted, slept | testing | when announced | 0 s | 0 s | 2 good beats |
//! | test app crashed | testing | when reported | 0 s | 0 s | 2 good beats with the app running |
//! | test app not running after an interruption | testing | when seen | 120 s | 0 s | 2 good beats with the app running |
//! | vendor's hosts not answering | testing | when confirmed | 15 s | 60 s, 10 s when everybody is hit | 2 good beats with an answer |
//! | battery critical | testing | when seen | 10 s | 0 s | 2 good beats |
//! | battery will not last | testing | when forecast | 120 s | 0 s | 2 good beats, 60 s apart |
//! | charger unplugged | testing | when confirmed | 60 s | 0 s | 2 good beats |
//! | unstable connection | testing | third drop in ten minutes | 0 s | 0 s | 10 minutes without a drop |
//! | latency or loss over limit | testing | when confirmed | 60 s | 10 s | 60 s within the limit |
//! | disturbing program | testing | when confirmed | 10 s | 0 s | 2 good beats |
//! | network changed, clock moved | testing | when seen | 0 s | 0 s | 60 s |
//! | storage nearly full | testing | when confirmed | 60 s | 0 s | 2 good beats |
//! | two machines with one credential | testing | when seen | 0 s | 0 s | when settled |
//!
//! The hold is there so that a common cause is found before its single devices are told; what has none opens at once,
//! and is gathered into one incident when more of the same follows. Outside of testing nothing begins: there it is
//! readiness, not an incident. In a break nothing begins either.

pub mod page;

use roomready_shared::timetable::Phase;

use crate::domain::incident::Condition;

/// How long a condition must hold before it is an incident, and what ends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// It must hold this long to be believed.
    pub confirm_ms: u64,
    /// Then this long, so that a common cause is found before its single devices are told.
    pub hold_ms: u64,
    /// Good beats that end it, counted at least [`BEATS_APART_MS`] apart.
    pub clear_beats: u8,
    /// And it must have been well for so long.
    pub clear_ms: u64,
}

impl Timing {
    /// From the first sign to the incident.
    #[must_use]
    pub const fn opens_after_ms(self) -> u64 {
        self.confirm_ms + self.hold_ms
    }
}

/// One condition by phase; none where it does not begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Which.
    pub condition: Condition,
    /// While students test.
    pub testing: Option<Timing>,
    /// In a break.
    pub pause: Option<Timing>,
    /// In every other phase.
    pub otherwise: Option<Timing>,
}

const fn timing(confirm_s: u64, hold_s: u64, clear_s: u64) -> Timing {
    Timing {
        confirm_ms: confirm_s * 1_000,
        hold_ms: hold_s * 1_000,
        clear_beats: 2,
        clear_ms: clear_s * 1_000,
    }
}

const fn only_testing(condition: Condition, timing: Timing) -> Row {
    Row {
        condition,
        testing: Some(timing),
        pause: None,
        otherwise: None,
    }
}

/// The table.
pub const TABLE: [Row; 17] = [
    // Two missed promises are the confirmation; what is left is the hold.
    only_testing(Condition::LostContact, timing(0, 10, 0)),
    only_testing(Condition::ShutDown, timing(0, 0, 0)),
    only_testing(Condition::Restarted, timing(0, 0, 0)),
    only_testing(Condition::Slept, timing(0, 0, 0)),
    only_testing(Condition::TestAppCrashed, timing(0, 0, 0)),
    // A student signs in again within two minutes, or needs help.
    only_testing(Condition::TestAppNotRunning, timing(120, 0, 0)),
    // The agent looks a second time within 12 seconds before it calls a host unreachable for good. Devices look once a
    // minute, so that only after a minute one that says otherwise has looked since.
    only_testing(Condition::VendorUnreachable, timing(15, 60, 0)),
    only_testing(Condition::BatteryCritical, timing(10, 0, 0)),
    // A forecast swings with the load; two minutes of the same answer are one.
    only_testing(Condition::BatteryWontLast, timing(120, 0, 60)),
    only_testing(Condition::ChargerUnplugged, timing(60, 0, 0)),
    only_testing(Condition::Unstable, timing(0, 0, 600)),
    only_testing(Condition::NetworkSlow, timing(60, 10, 60)),
    only_testing(Condition::Intruder, timing(10, 0, 0)),
    only_testing(Condition::NetworkChanged, timing(0, 0, 60)),
    only_testing(Condition::ClockJumped, timing(0, 0, 60)),
    only_testing(Condition::StorageFull, timing(60, 0, 0)),
    only_testing(Condition::CredentialShared, timing(0, 0, 0)),
];

/// The times of a condition that begins in this phase.
#[must_use]
pub fn begins(condition: Condition, phase: Phase) -> Option<Timing> {
    let row = TABLE.iter().find(|row| row.condition == condition)?;
    match phase {
        Phase::Testing => row.testing,
        Phase::Break => row.pause,
        Phase::Scheduled | Phase::Sweep | Phase::Finished => row.otherwise,
    }
}

/// Whether it is told in the tick that hears of it, without being confirmed.
#[must_use]
pub const fn at_once(condition: Condition) -> bool {
    matches!(
        condition,
        Condition::ShutDown | Condition::Restarted | Condition::Slept | Condition::TestAppCrashed
    )
}

/// What ends a condition, whatever the phase is by then.
///
/// # Panics
///
/// Never: every condition has its row.
#[must_use]
pub fn clears(condition: Condition) -> Timing {
    let row = TABLE.iter().find(|row| row.condition == condition);
    row.and_then(|row| row.testing.or(row.pause).or(row.otherwise))
        .expect("every condition has its row")
}

/// Good beats that end a condition.
#[must_use]
pub fn clear_beats(condition: Condition) -> u8 {
    clears(condition).clear_beats
}

/// What a promise may be exceeded by before it counts as broken.
pub const GRACE_MS: u64 = 1_000;
/// Time between two ticks. Silence is judged at the last tick before the limit, so that a tile changes within two
/// promises and a second of the last beat, not up to a tick later.
pub const TICK_MS: u64 = 1_000;
/// Promises that must be missed before a device counts as silent.
pub const MISSED_PROMISES: u64 = 2;

/// Silence longer than this is a broken promise, missed twice.
#[must_use]
pub const fn silence_limit_ms(promise_ms: u32) -> u64 {
    MISSED_PROMISES * promise_ms as u64 + GRACE_MS - TICK_MS
}

/// Beats closer together than this count once: a device that empties its outbox has not yet shown that it stays.
pub const BEATS_APART_MS: u64 = 1_000;
/// Shortest promise taken at its word; a shorter one would be silence between two ticks.
pub const SHORTEST_PROMISE_MS: u32 = 1_000;
/// After blindness a device may take this long to come back by itself (its reconnecting is spread over 15 s in
/// testing), so no shorter promise is expected of it.
pub const RECONNECT_MS: u32 = 15_000;
/// The promise assumed of a device outside of testing that was not heard since the collector began: the idle pace.
pub const IDLE_PROMISE_MS: u32 = 60_000;
/// A gap between ticks longer than this means that the collector itself stood still: it was blind.
pub const BLIND_GAP_MS: u64 = 5_000;
/// Shorter blindness is a slow start, not worth a line in the record.
pub const BLIND_NOTED_MS: i64 = 2_000;
/// After a break, devices that slept in it have this long to come back before they are missed.
pub const RETURN_GRACE_MS: u64 = 120_000;
/// So many closes of the test app …
pub const CLOSES: usize = 3;
/// … within this time are no student's doing.
pub const CLOSES_WITHIN_MS: i64 = 60_000;
/// A goodbye followed by no later sign than this is the last word of its report: the device is going.
pub const GOING_MS: u64 = 10_000;
/// What begins on a device so long after its trouble was over still follows from it.
pub const FOLLOWS_WITHIN: jiff::SignedDuration = jiff::SignedDuration::from_mins(2);
/// Devices that must be affected, and …
pub const GROUP_DEVICES: usize = 3;
/// … the share of those heard there in the last two minutes, before they have a cause in common.
pub const GROUP_PERCENT: usize = 30;
/// Who was heard within this time counts as heard.
pub const HEARD_WITHIN: jiff::SignedDuration = jiff::SignedDuration::from_mins(2);
/// Onsets that lie so far apart, between one and the next, may still have one cause: beats are seconds apart, and a
/// group is held for as long. What looks find begins somewhere between two of them, and those of one cause overlap.
pub const ONSETS_APART: jiff::SignedDuration = jiff::SignedDuration::from_secs(15);
/// An incident that has been open for longer than this gathers no others any more: what begins later has its own cause,
/// unless everybody else there is in it already.
pub const GATHERS_FOR: jiff::SignedDuration = jiff::SignedDuration::from_secs(60);
/// The same trouble told by people of so many rooms …
pub const ROOMS_THAT_SAY: usize = 3;
/// … within this time has its cause outside of them.
pub const SAID_WITHIN: jiff::SignedDuration = jiff::SignedDuration::from_mins(10);
/// What every device of a school says already needs no longer hold than this, after its confirm time.
pub const EVERYBODY_HOLD_MS: u64 = 10_000;
/// A reading told so long after it was made speaks of the past.
pub const LATE_AFTER: jiff::SignedDuration = jiff::SignedDuration::from_secs(20);
/// What is told after the fact is held for so long, since devices come back within [`RECONNECT_MS`] of each other.
pub const LATE_HOLD_MS: u64 = 20_000;
/// So many drops …
pub const DROPS: usize = 3;
/// … within this time, and a connection is not to be relied on.
pub const DROPS_WITHIN_MS: u64 = 10 * 60_000;
/// A device that comes and goes is lost only after so long: two minutes without a word are more than coming and going.
pub const UNSTABLE_GAP_MS: u64 = 120_000;
/// Where students end when they have finished, a battery must last so long from now: most are done within it, and
/// nobody knows more.
pub const UNTIL_FINISHED_AHEAD_MS: u64 = 60 * 60_000;
/// Most lines about one seat in one sitting: somebody who opens and closes the app all morning fills no record.
pub const MOST_SEAT_NOTES: u8 = 40;
/// Ended incidents stay in memory this long, so that late evidence finds them; the record keeps them for ever.
pub const KEPT_AFTER_END: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_condition_has_its_row_and_none_begins_outside_of_testing() {
        for condition in Condition::ALL {
            assert!(begins(condition, Phase::Testing).is_some(), "{condition:?}");
            for phase in [Phase::Scheduled, Phase::Sweep, Phase::Break, Phase::Finished] {
                assert_eq!(begins(condition, phase), None, "{condition:?} in {phase}");
            }
        }
    }

    #[test]
    fn a_promise_of_five_seconds_is_broken_twice_within_eleven() {
        assert!(silence_limit_ms(5_000) + TICK_MS <= 2 * 5_000 + GRACE_MS);
        // One lost request, made good with the next beat, is not silence.
        assert!(silence_limit_ms(5_000) >= 5_000 + GRACE_MS);
    }
}
