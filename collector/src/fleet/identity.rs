//! Which machine a report is from.

use roomready_shared::ids::DeviceId;
use roomready_shared::wire::v1::{AppState, Live, Report};

use super::Fleet;
use crate::domain::identity::Sign;
use crate::domain::watch::{self, Input, Now};

/// How many machines speak as one device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// None: nobody of this id is enrolled.
    Nobody,
    /// One.
    One,
    /// Two, as is known and written.
    Two,
    /// Two, as this very sign shows; it is not written yet.
    TwoNow,
}

impl Fleet {
    /// Hears a device, before anything that it says is taken.
    #[must_use]
    pub fn hears(&self, device: DeviceId, sign: Sign) -> Heard {
        let mut state = self.state();
        let Some(device) = state.devices.get_mut(&device) else {
            return Heard::Nobody;
        };
        if device.access.shared_at.is_some() {
            Heard::Two
        } else if device.presence.hear(sign) {
            Heard::TwoNow
        } else {
            Heard::One
        }
    }

    /// A record of it came under a number under which another one is stored.
    pub fn contradicted(&self, device: DeviceId, received: Now) {
        if let Some(device) = self.state().devices.get_mut(&device) {
            device.presence.contradicted(received.mono_ms);
        }
    }

    /// One of two machines with this device's credential speaks: the device is heard, and nothing of it is believed.
    pub fn took_sign_of_life(&self, device: DeviceId, report: &Report, received: Now) {
        let mut state = self.state();
        let Some(known) = state.devices.get_mut(&device) else {
            return;
        };
        known.heard = Some(received.wall);
        let school = known.home.room.school.clone();
        let live = Live {
            app: AppState::Unknown,
            ..report.live.clone()
        };
        let sign = watch::Report::new(device, received, &live, report.next_within_ms, report.stream, []);
        state.hand_over(&school, Input::Report(sign));
    }
}
