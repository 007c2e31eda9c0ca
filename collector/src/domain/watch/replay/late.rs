//! What nobody noticed while it lasted.

use jiff::{SignedDuration, Timestamp};
use roomready_shared::ids::DeviceId;
use roomready_shared::wire::v1::GoodbyeReason;

use crate::domain::incident::{Condition, Detection, Ending};
use crate::domain::watch::Now;
use crate::domain::watch::book::Book;
use crate::domain::watch::device::{DeviceWatch, Pending};

/// What lasted for less than this is not told after the fact.
const SHORTEST_LATE: SignedDuration = SignedDuration::from_secs(15);

/// What nobody noticed is over, and nobody was told of it: it is held until others have told the same, then it is
/// opened and ended by its own times.
pub(in crate::domain::watch) fn told_late(
    device: &mut DeviceWatch,
    condition: Condition,
    until: Timestamp,
    now: Now,
) {
    let Some((_, since)) = device.late.take_if(|(late, _)| *late == condition) else {
        return;
    };
    if until.duration_since(since) < SHORTEST_LATE || device.is_in(condition) {
        return;
    }
    let pending = Pending {
        since,
        broken: since,
        from_ms: now.mono_ms,
        why: None,
        seen: Detection::Replay,
    };
    device.pending.insert(condition, pending);
    device.late_end.insert(condition, until);
}

/// Ends what was told after the fact.
pub(in crate::domain::watch) fn end_late(id: DeviceId, device: &mut DeviceWatch, book: &mut Book<'_>) {
    let due: Vec<_> = device
        .late_end
        .iter()
        .filter(|(condition, _)| !device.pending.contains_key(condition))
        .map(|(condition, until)| (*condition, *until))
        .collect();
    for (condition, until) in due {
        device.late_end.remove(&condition);
        let how = if condition.is_absence() {
            Ending::HeardAgain
        } else {
            Ending::Cleared
        };
        book.end(id, device, condition, until, how);
    }
}

/// The goodbye that an absence of a kind begins with.
pub(in crate::domain::watch) const fn absence_of(goodbye: GoodbyeReason) -> Option<Condition> {
    match goodbye {
        GoodbyeReason::Shutdown => Some(Condition::ShutDown),
        GoodbyeReason::Restart => Some(Condition::Restarted),
        GoodbyeReason::Sleep => Some(Condition::Slept),
        GoodbyeReason::AgentStopped | GoodbyeReason::StandsAside => None,
    }
}
