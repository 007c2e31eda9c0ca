//! What a device is told in return.

use std::time::Duration;

use jiff::Timestamp;
use roomready_shared::ids::DeviceId;
use roomready_shared::timetable::Phase;
use roomready_shared::units::ShortText;
use roomready_shared::wire::v1::{Assignment, Report};

use super::{DeviceNow, Fleet, State};
use crate::domain::plan::District;
use crate::domain::watch::{self, Input, Now};

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
    /// No reading of it is known.
    pub knows_nothing: bool,
    /// It is to fetch a new credential.
    pub rotate: bool,
}

impl Fleet {
    /// What to answer a device now; none when it is not enrolled.
    #[must_use]
    pub fn answer(&self, device: DeviceId, now: Timestamp) -> Option<Answer> {
        self.state().answer(device, now)
    }

    /// A report without news, by a device whose numbering this run knows: there is nothing to store, so it is taken and
    /// answered in one look. Gives the number that its stream wants next beside the answer; none, and nothing is taken,
    /// where the store has to be asked first.
    #[must_use]
    pub fn took_beat(&self, device: DeviceId, report: &Report, received: Now) -> Option<(u64, Answer)> {
        let mut state = self.state();
        let state = &mut *state;
        let known = state.devices.get_mut(&device)?;
        let next_wanted = known.next_wanted(report.stream)?;
        // A number that looks like a gap is asked again: two reports of one device that overtook each other must not
        // make it believe that records are missing.
        if report.first_seq > next_wanted {
            return None;
        }
        known.hear(report, received.wall);
        let sign = watch::Report::new(
            device,
            received,
            &report.live,
            report.next_within_ms,
            report.stream,
            [],
        );
        let sign = Input::Report(sign);
        if known.wrong.clock_is_news(known.clocks.ahead_ms()) {
            let school = known.home.room.school.clone();
            state.tell_what_is_wrong(device, received.wall);
            state.hand_over(&school, sign);
            return Some((next_wanted, state.answer(device, received.wall)?));
        }
        let school = &known.home.room.school;
        if state.watches.contains_key(school) {
            state.inbox.put(school, sign);
        }
        let stands_in = state.stand_ins.get(&device).copied();
        let answer = match known.held_answer(&state.config.district, stands_in, received.wall) {
            Some(answer) => answer,
            None => state.answer(device, received.wall)?,
        };
        Some((next_wanted, answer))
    }

    /// A device's assignment; none when it is not enrolled.
    #[must_use]
    pub fn assignment(&self, device: DeviceId, now: Timestamp) -> Option<Assignment> {
        self.state().draw_assignment(device, now)
    }
}

impl DeviceNow {
    /// What to answer, where the tag of its assignment need not be drawn again. A device that stands in for another one is
    /// told the phase of that seat: its own assignment knows nothing of it, and it believes its collector.
    fn held_answer(
        &mut self,
        district: &District,
        stands_in: Option<Phase>,
        now: Timestamp,
    ) -> Option<Answer> {
        let phase = self.phase_at(district, now);
        let (tag, drawn, of_phase) = self.tag.as_ref()?;
        let holds = *of_phase == phase && now.duration_since(*drawn).unsigned_abs() <= TAG_HOLDS;
        holds.then(|| self.answer_with(tag.clone(), district, stands_in.unwrap_or(phase), now))
    }

    fn answer_with(&self, tag: ShortText, district: &District, phase: Phase, now: Timestamp) -> Answer {
        let next_ms = district.pace_in(phase, &self.home, now).as_millis();
        Answer {
            phase,
            next_ms: u32::try_from(next_ms).unwrap_or(u32::MAX),
            assignment_tag: tag,
            knows_nothing: self.facts.is_none(),
            rotate: self.access.rotation_ordered_at.is_some(),
        }
    }
}

impl State {
    fn answer(&mut self, id: DeviceId, now: Timestamp) -> Option<Answer> {
        let stands_in = self.stand_ins.get(&id).copied();
        let district = &self.config.district;
        let held = self.devices.get_mut(&id)?.held_answer(district, stands_in, now);
        if held.is_some() {
            return held;
        }
        let tag = self.draw_assignment(id, now)?.tag;
        let device = self.devices.get_mut(&id)?;
        let phase = stands_in.unwrap_or_else(|| device.phase_at(&self.config.district, now));
        Some(device.answer_with(tag, &self.config.district, phase, now))
    }

    fn draw_assignment(&mut self, id: DeviceId, now: Timestamp) -> Option<Assignment> {
        let device = self.devices.get_mut(&id)?;
        let district = &self.config.district;
        let mut assignment = district.assignment(id, &device.home, self.devices_ca.as_deref(), now);
        // The same text stays the same place in memory, where it is compared at a glance with each answer.
        if let Some((tag, ..)) = device.tag.as_ref().filter(|(tag, ..)| *tag == assignment.tag) {
            assignment.tag = tag.clone();
        }
        device.tag = Some((assignment.tag.clone(), now, district.phase_of(&device.home, now)));
        Some(assignment)
    }
}
