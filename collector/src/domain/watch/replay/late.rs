//! What nobody noticed while it lasted.

use jiff::{SignedDuration, Timestamp};
use roomready_shared::ids::DeviceId;
use roomready_shared::wire::v1::GoodbyeReason;
use serde::Serialize;

use crate::domain::incident::{Condition, Detection, Ending};
use crate::domain::watch::Now;
use crate::domain::watch::book::Book;
use crate::domain::watch::device::{DeviceWatch, Pending};
use crate::domain::watch::looks::Over;

/// What lasted for less than this is not told after the fact.
const SHORTEST_LATE: SignedDuration = SignedDuration::from_secs(15);

/// Something that began and that nobody noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(in crate::domain::watch) struct Late {
    pub(in crate::domain::watch) condition: Condition,
    /// Last good sign.
    pub(in crate::domain::watch) since: Timestamp,
    /// First look that found it, or when the device said so.
    pub(in crate::domain::watch) broken: Timestamp,
}

/// What nobody noticed is over, and nobody was told of it: it is held until others have told the same, then it is
/// opened and ended by its own times.
pub(in crate::domain::watch) fn told_late(
    device: &mut DeviceWatch,
    condition: Condition,
    over: Over,
    now: Now,
) {
    let Some(late) = device.late.take_if(|late| late.condition == condition) else {
        return;
    };
    if over.good.duration_since(late.broken) < SHORTEST_LATE || device.is_in(condition) {
        return;
    }
    let pending = Pending {
        since: late.since,
        broken: late.broken,
        from_ms: now.mono_ms,
        why: None,
        seen: Detection::Replay,
    };
    device.pending.insert(condition, pending);
    device.late_end.insert(condition, over);
}

/// Ends what was told after the fact.
pub(in crate::domain::watch) fn end_late(id: DeviceId, device: &mut DeviceWatch, book: &mut Book<'_>) {
    if device.late_end.is_empty() {
        return;
    }
    let due: Vec<_> = device
        .late_end
        .iter()
        .filter(|(condition, _)| !device.pending.contains_key(condition))
        .map(|(condition, over)| (*condition, *over))
        .collect();
    for (condition, over) in due {
        device.late_end.remove(&condition);
        let how = if condition.is_absence() {
            Ending::HeardAgain
        } else {
            Ending::Cleared
        };
        book.end(id, device, condition, over, how);
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
