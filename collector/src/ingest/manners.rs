//! How often a device may speak, and how often it is asked the same thing.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use roomready_shared::ids::DeviceId;

/// Steady pace that is always allowed. The fastest pace a district may set is one report a second; a backlog of an
/// outage comes in reports of 64 records, one after the other.
pub const REPORT_EVERY: Duration = Duration::from_millis(100);
/// Reports that may come at once on top of it: the backlog of a morning without a network.
pub const REPORTS_AT_ONCE: u32 = 50;
/// A device that has not answered a recheck is asked again after this time: reading everything takes some seconds,
/// and asking with each beat of a test would make it read without end.
pub const RECHECK_ASKED_AGAIN_AFTER: Duration = Duration::from_secs(120);

/// What is remembered of each device for it. About 50 bytes each.
#[derive(Debug, Default)]
pub(super) struct Manners(Mutex<HashMap<DeviceId, Device>>);

#[derive(Debug, Default, Clone, Copy)]
struct Device {
    /// Up to when its reports are spent, one [`REPORT_EVERY`] each; in monotonic milliseconds.
    spent_until_ms: u64,
    /// When it was last asked for everything.
    asked_ms: Option<u64>,
}

impl Manners {
    /// Counts a report; when it is one too many, says in how many milliseconds one is allowed again.
    pub(super) fn may_report(&self, device: DeviceId, now_ms: u64) -> Result<(), u32> {
        let every = millis(REPORT_EVERY);
        let most = every.saturating_mul(REPORTS_AT_ONCE.into());
        let mut devices = self.devices();
        let device = devices.entry(device).or_default();
        let spent_until = device.spent_until_ms.max(now_ms).saturating_add(every);
        let too_much = spent_until.saturating_sub(now_ms.saturating_add(most));
        if too_much > 0 {
            return Err(u32::try_from(too_much).unwrap_or(u32::MAX));
        }
        device.spent_until_ms = spent_until;
        Ok(())
    }

    /// Whether it may be asked for everything now; counts as asked then.
    pub(super) fn may_ask_for_recheck(&self, device: DeviceId, now_ms: u64) -> bool {
        let mut devices = self.devices();
        let asked = &mut devices.entry(device).or_default().asked_ms;
        let may = asked.is_none_or(|asked| now_ms.saturating_sub(asked) >= millis(RECHECK_ASKED_AGAIN_AFTER));
        if may {
            *asked = Some(now_ms);
        }
        may
    }

    fn devices(&self) -> MutexGuard<'_, HashMap<DeviceId, Device>> {
        // Nothing in here can be half-done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(number: u128) -> DeviceId {
        DeviceId::new(uuid::Uuid::from_u128(number))
    }

    #[test]
    fn a_backlog_comes_at_once_and_a_runaway_agent_is_held_to_the_pace() {
        let manners = Manners::default();
        for _ in 0..REPORTS_AT_ONCE {
            assert_eq!(manners.may_report(device(1), 1_000), Ok(()));
        }
        assert_eq!(manners.may_report(device(1), 1_000), Err(100));
        assert_eq!(
            manners.may_report(device(2), 1_000),
            Ok(()),
            "its neighbour is free"
        );
        assert_eq!(manners.may_report(device(1), 1_100), Ok(()));
        assert_eq!(manners.may_report(device(1), 1_100), Err(100));
        // An hour of silence gives no more than the same at once again.
        let later = 3_600_000;
        let taken = (0..1_000)
            .filter(|_| manners.may_report(device(1), later).is_ok())
            .count();
        assert_eq!(taken, usize::try_from(REPORTS_AT_ONCE).unwrap());
    }

    #[test]
    fn a_device_is_not_asked_for_everything_with_each_beat() {
        let manners = Manners::default();
        assert!(manners.may_ask_for_recheck(device(1), 0));
        assert!(!manners.may_ask_for_recheck(device(1), 5_000));
        assert!(manners.may_ask_for_recheck(device(2), 5_000));
        assert!(manners.may_ask_for_recheck(device(1), 120_000));
    }
}
