//! What a device is told in return.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use roomready_shared::ids::DeviceId;
use roomready_shared::timetable::Phase;
use roomready_shared::units::ShortText;
use roomready_shared::wire::v1::Assignment;

use super::{Fleet, State};

/// A tag is drawn again after this time or when the device's phase changes. Drawing it means hashing the whole
/// assignment, too much for every report; what else changes an assignment while the
/// collector runs takes the tags away.
const TAG_HOLDS: Duration = Duration::from_secs(5 * 60);

/// The part of a reply that follows from where a device belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its phase.
    pub phase: Phase,
    /// Wanted time to its next report, in milliseconds.
    pub next_ms: u32,
    /// Tag of its present assignment.
    pub assignment_tag: ShortText,
}

impl Fleet {
    /// What to answer a device now; none when it is not enrolled.
    #[must_use]
    pub fn answer(&self, device: DeviceId, now: Timestamp) -> Option<Answer> {
        let mut state = self.state();
        let district = Arc::clone(&state.config.district);
        let known = state.devices.get_mut(&device)?;
        let phase = known.phase_at(&district, now);
        let next_ms = district.pace_in(phase, &known.home, now).as_millis();
        let next_ms = u32::try_from(next_ms).unwrap_or(u32::MAX);
        let held = known.tag.as_ref().filter(|(_, drawn, of_phase)| {
            *of_phase == phase && now.duration_since(*drawn).unsigned_abs() <= TAG_HOLDS
        });
        let assignment_tag = match held {
            Some((tag, ..)) => tag.clone(),
            None => state.draw_assignment(device, now)?.tag,
        };
        Some(Answer {
            phase,
            next_ms,
            assignment_tag,
        })
    }

    /// A device's assignment; none when it is not enrolled.
    #[must_use]
    pub fn assignment(&self, device: DeviceId, now: Timestamp) -> Option<Assignment> {
        self.state().draw_assignment(device, now)
    }
}

impl State {
    fn draw_assignment(&mut self, id: DeviceId, now: Timestamp) -> Option<Assignment> {
        let device = self.devices.get_mut(&id)?;
        let district = &self.config.district;
        let assignment = district.assignment(id, &device.home, self.devices_ca.as_deref(), now);
        device.tag = Some((assignment.tag.clone(), now, district.phase_of(&device.home, now)));
        Some(assignment)
    }
}
