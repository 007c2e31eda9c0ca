//! Telling the watch what a device's checks say while it sits in a session.

use std::collections::BTreeSet;

use jiff::Timestamp;
use roomready_shared::facts::{Power, Reading};
use roomready_shared::ids::{DeviceId, SessionId};
use roomready_shared::timetable::Phase;

use super::{DeviceNow, State};
use crate::domain::incident::Condition;
use crate::domain::watch::checks::{Began, NetworkMark, Present};
use crate::domain::watch::{Checks, Input};

/// What was told of a device, and what it is compared with.
#[derive(Debug, Clone, Default)]
pub(super) struct Wrong {
    began: Option<Began>,
    told: Option<Told>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Told {
    session: SessionId,
    wrong: BTreeSet<Condition>,
    drain_tenths_per_hour: Option<u16>,
}

impl Wrong {
    /// Whether its clock was moved, or set right, since that was last told. Asked with every report, so it is cheap.
    pub(super) fn clock_is_news(&self, ahead_ms: Option<i64>) -> bool {
        let (Some(began), Some(told)) = (&self.began, &self.told) else {
            return false;
        };
        began.clock_moved(ahead_ms) != told.wrong.contains(&Condition::ClockJumped)
    }

    /// Whether something is to be told or kept that no report tells: nothing was told yet in this phase; its credential
    /// turned out to be shared, or was settled; its test has begun.
    pub(super) fn is_due(&self, phase: Phase, shared: bool, under_way: impl FnOnce() -> bool) -> bool {
        if !is_near(phase) {
            return false;
        }
        let (Some(began), Some(told)) = (&self.began, &self.told) else {
            return true;
        };
        told.wrong.contains(&Condition::CredentialShared) != shared || !began.is_fixed() && under_way()
    }
}

/// Outside of these what checks say is a matter of readiness alone.
const fn is_near(phase: Phase) -> bool {
    matches!(phase, Phase::Sweep | Phase::Testing | Phase::Break)
}

impl DeviceNow {
    fn present(&self) -> Present {
        let link = self.facts.as_ref().and_then(|facts| facts.link.as_ref());
        Present {
            network: link.and_then(Reading::value).and_then(NetworkMark::of),
            ahead_ms: self.clocks.ahead_ms(),
        }
    }

    fn drain(&self) -> Option<u16> {
        let power = self.facts.as_ref()?.power.as_ref()?;
        power
            .value()
            .and_then(Power::battery)
            .and_then(|battery| battery.drain_tenths_per_hour)
    }
}

impl State {
    /// Hands over what is wrong with a device by its checks, where that is not what was told before.
    pub(super) fn tell_what_is_wrong(&mut self, id: DeviceId, now: Timestamp) {
        let Some(device) = self.devices.get_mut(&id) else {
            return;
        };
        let seating = self.config.district.seating_at(&device.home, now);
        let Some((seating, _)) = seating.filter(|(_, phase)| is_near(*phase)) else {
            device.wrong = Wrong::default();
            return;
        };
        let session = &seating.session.id;
        let school = &device.home.room.school;
        let watched = self.watches.get(school).and_then(|watch| watch.device(id));
        let under_way = watched.is_some_and(|watched| watched.test().under_way());
        let present = device.present();
        let began = match device.wrong.began.take() {
            Some(began) if began.session() == session => Some(began),
            _ => None,
        };
        let mut began = began.unwrap_or_else(|| {
            let already = watched.map(crate::domain::watch::DeviceWatch::open_conditions);
            Began::new(session.clone(), present, &already.unwrap_or_default())
        });
        began.follow(present, under_way);
        let mut wrong = began.changed(present);
        device.wrong.began = Some(began);
        if let Some(checks) = &device.checks {
            wrong.extend(&checks.wrong);
        }
        if device.access.shared_at.is_some() {
            wrong.insert(Condition::CredentialShared);
        }
        let told = Told {
            session: session.clone(),
            wrong,
            drain_tenths_per_hour: device.drain(),
        };
        if device.wrong.told.as_ref() == Some(&told) {
            return;
        }
        let input = Checks {
            device: id,
            at: now,
            wrong: told.wrong.clone(),
            drain_tenths_per_hour: told.drain_tenths_per_hour,
        };
        device.wrong.told = Some(told);
        let school = school.clone();
        self.hand_over(&school, Input::Checks(input));
    }
}
