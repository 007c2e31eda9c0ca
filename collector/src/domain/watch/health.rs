//! What is wrong with a device that is there: its battery, what its checks say, and whether it keeps coming and going.
//!
//! Each condition is wrong, well, or not known. What is not known neither begins nor ends anything: after a restart an
//! open incident waits for the device's next word.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use roomready_shared::ids::{DeviceId, RoomId};
use roomready_shared::timetable::Phase;
use roomready_shared::wire::v1::Charge;
use serde::Serialize;

use super::contact::{Contact, Test};
use super::device::DeviceWatch;
use super::drops::Drops;
use super::input::Checks;
use super::power::Power;
use super::{Now, WatchState};
use crate::domain::incident::{Condition, LOOKS_APART};
use crate::domain::standing::{Empty, Fault};

/// Conditions that are told by a device's checks.
const BY_CHECKS: [Condition; 6] = [
    Condition::NetworkSlow,
    Condition::Intruder,
    Condition::NetworkChanged,
    Condition::ClockJumped,
    Condition::StorageFull,
    Condition::CredentialShared,
];

/// Those that a tile shows, in this order: what needs somebody first comes first.
const SHOWN: [Condition; 11] = [
    Condition::BatteryCritical,
    Condition::Unstable,
    Condition::VendorUnreachable,
    Condition::CredentialShared,
    Condition::Intruder,
    Condition::NetworkChanged,
    Condition::ClockJumped,
    Condition::StorageFull,
    Condition::BatteryWontLast,
    Condition::ChargerUnplugged,
    Condition::NetworkSlow,
];

/// A forecast that moves by less than this is the same forecast: a tile that changed each second would be read by
/// nobody.
const SAME_FORECAST: jiff::SignedDuration = jiff::SignedDuration::from_mins(3);

/// All that is kept of it for one device.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Health {
    power: Power,
    /// What its checks say is wrong, each since when; none before they were told in this run.
    told: Option<BTreeMap<Condition, Timestamp>>,
    drops: Drops,
    /// Since when its connection is unstable, while that is new.
    unstable: Option<Timestamp>,
    fault: Option<Fault>,
}

/// "11 of 30 will not last".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batteries {
    /// Students' devices of the sitting that are heard and have not finished.
    pub of: usize,
    /// Those whose battery will not last, with when it will be empty.
    pub short: Vec<(DeviceId, Option<Empty>)>,
}

impl Health {
    pub(super) fn take_charge(&mut self, charge: Option<Charge>, in_test: bool, now_ms: u64) {
        self.power.take(charge, in_test, now_ms);
    }

    /// Checks replace what was told before; what was wrong already is so since then.
    pub(super) fn take_checks(&mut self, checks: &Checks) {
        let before = self.told.take().unwrap_or_default();
        let wrong = checks
            .wrong
            .iter()
            .filter(|condition| BY_CHECKS.contains(condition));
        let wrong = wrong.map(|condition| (*condition, before.get(condition).copied().unwrap_or(checks.at)));
        self.told = Some(wrong.collect());
        self.power.told_drain(checks.drain_tenths_per_hour);
    }

    /// False only where nothing of what is judged here is wrong.
    pub(super) fn may_ail(&self) -> bool {
        self.unstable.is_some()
            || self.told.as_ref().is_some_and(|told| !told.is_empty())
            || self.power.may_ail()
    }

    pub(super) fn dropped(&mut self, since: Timestamp, back_ms: u64) {
        self.drops.add(since, back_ms);
    }

    /// What belonged to the sitting before is over. What checks say of the device stays said.
    pub(super) fn new_sitting(&mut self) {
        self.power.new_sitting();
        self.drops.clear();
        self.unstable = None;
    }
}

impl DeviceWatch {
    /// The worst that is wrong with it while it is there: what its tile says beside its sight.
    #[must_use]
    pub const fn fault(&self) -> Option<Fault> {
        self.health.fault
    }

    /// What it has open incidents of.
    #[must_use]
    pub fn open_conditions(&self) -> BTreeSet<Condition> {
        self.open.keys().copied().collect()
    }

    /// Whether something is wrong, of those conditions that are judged here; none where it is not known.
    pub(super) fn ails(&self, condition: Condition) -> Option<bool> {
        let finished = matches!(self.test, Test::Closed { .. });
        match condition {
            Condition::BatteryCritical | Condition::BatteryWontLast | Condition::ChargerUnplugged => {
                // Who has finished needs no battery any more.
                if finished {
                    Some(false)
                } else {
                    self.health.power.wrong(condition)
                }
            }
            Condition::Unstable => Some(self.health.unstable.is_some()),
            _ if BY_CHECKS.contains(&condition) => {
                let told = self.health.told.as_ref()?;
                Some(told.contains_key(&condition))
            }
            _ => None,
        }
    }

    /// Since when, as far as is known.
    pub(super) fn ails_since(&self, condition: Condition, now: Now) -> Timestamp {
        let since = match condition {
            Condition::Unstable => self.health.unstable,
            _ => self
                .health
                .told
                .as_ref()
                .and_then(|told| told.get(&condition))
                .copied(),
        };
        let mut since = since.unwrap_or(now.wall);
        if condition == Condition::NetworkSlow {
            // Found slow at this look, it may have been so since the look before.
            since = since.checked_sub(LOOKS_APART).unwrap_or(since);
        }
        // What was so before the phase began was a matter of readiness until then.
        let into_phase = self
            .current
            .as_ref()
            .map_or(0, |current| now.mono_ms.saturating_sub(current.phase_from_ms));
        let into_phase = jiff::SignedDuration::from_millis(i64::try_from(into_phase).unwrap_or(i64::MAX));
        now.wall
            .checked_sub(into_phase)
            .map_or(since, |began| since.max(began))
    }

    /// A beat ends an absence: that was a drop, if anybody missed it.
    pub(super) fn returns(&mut self, now_ms: u64) -> Option<Timestamp> {
        if matches!(self.contact, Contact::Heard(_)) || !self.testing() || self.place.sentinel {
            return None;
        }
        let pending = self
            .pending
            .get(&Condition::LostContact)
            .map(|pending| pending.since);
        let since = pending.or_else(|| self.absence().map(|(_, open)| open.since))?;
        self.health.dropped(since, now_ms);
        Some(since)
    }

    /// Judges its battery and its connection, before anybody asks what is wrong.
    pub(super) fn look_after(&mut self, now: Now) {
        if let Some(current) = &self.current {
            self.health.power.look(current, now);
        }
        // While it is told, only a further drop is news.
        let told = self.open.contains_key(&Condition::Unstable);
        let unstable = self.health.drops.unstable_since(now.mono_ms);
        self.health.unstable = unstable.filter(|_| !told);
    }

    /// The worst that is wrong with it now. A forecast that hardly moved stays as it was said.
    pub(super) fn fault_now(&self, now: Now) -> Option<Fault> {
        if !matches!(self.contact, Contact::Heard(_)) || matches!(self.test, Test::Closed { .. }) {
            return None;
        }
        if self.open.is_empty() && self.pending.is_empty() && !self.health.power.is_short() {
            return None;
        }
        let condition = SHOWN.into_iter().find(|condition| self.shows(*condition))?;
        let since = self.open.get(&condition).map(|open| open.since);
        let since = since.or_else(|| self.pending.get(&condition).map(|pending| pending.since));
        let about_battery = matches!(condition, Condition::BatteryCritical | Condition::BatteryWontLast);
        let power = &self.health.power;
        let mut fault = Fault {
            condition,
            since: since.unwrap_or(now.wall),
            percent: power
                .percent()
                .filter(|_| condition == Condition::BatteryCritical),
            empty: power.empty(now).filter(|_| about_battery),
        };
        if let Some(before) = self.health.fault
            && before.condition == condition
        {
            if let (Some(said), Some(new)) = (before.empty, fault.empty)
                && said.about.duration_since(new.about).abs() < SAME_FORECAST
            {
                fault.empty = Some(said);
            }
            if since.is_none() {
                fault.since = before.since;
            }
        }
        Some(fault)
    }

    /// Says what is wrong with it now; gives back whether its tile is another one.
    pub(super) fn say_fault(&mut self, now: Now) -> bool {
        let fault = self.fault_now(now);
        let new = fault != self.health.fault;
        self.health.fault = fault;
        new
    }

    fn shows(&self, condition: Condition) -> bool {
        // Before the test it is no incident, and the time to plug in.
        let in_sweep = condition == Condition::BatteryWontLast
            && self.phase() == Some(Phase::Sweep)
            && self.health.power.is_short();
        in_sweep || self.open.contains_key(&condition) || self.pending.contains_key(&condition)
    }
}

impl WatchState {
    /// Whose batteries will not last, of a room's devices in its present sitting.
    #[must_use]
    pub fn batteries(&self, room: &RoomId) -> Batteries {
        let (Some(here), Some(now)) = (self.rooms.get(room), self.last_tick) else {
            return Batteries::default();
        };
        let mut batteries = Batteries::default();
        if !matches!(here.phase, Phase::Sweep | Phase::Testing | Phase::Break) {
            return batteries;
        }
        for (id, device) in &self.devices {
            let sits_here = device
                .current
                .as_ref()
                .is_some_and(|current| current.session == here.session);
            let heard = matches!(device.contact, Contact::Heard(_));
            let finished = matches!(device.test, Test::Closed { .. });
            if !sits_here || !heard || finished || device.place.sentinel {
                continue;
            }
            batteries.of += 1;
            if device.health.power.is_short() {
                batteries.short.push((*id, device.health.power.empty(now)));
            }
        }
        batteries
    }
}
