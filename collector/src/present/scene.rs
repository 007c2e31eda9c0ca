//! What every page needs to be filled: the fleet, the moment, and how times and places are written.

use std::sync::Arc;

use jiff::Timestamp;
use roomready_shared::ids::{DeviceId, ProctorId, RoomRef, SchoolId};
use roomready_shared::requirement::Requirement;
use roomready_shared::timetable::Timing;

use super::{Topic, address};
use crate::access::{Role, Scope};
use crate::domain::plan::{District, Session};
use crate::domain::proctor::{LinkState, Proctor};
use crate::fleet::State;
use crate::pages::time::{LocalTime, local_time, local_time_to_the_second};
use crate::pages::view::{Frame, Link, Viewer};

/// The fleet at a moment.
#[derive(Debug)]
pub struct Scene<'a> {
    pub(super) state: &'a State,
    pub(super) now: Timestamp,
    /// The collector's own address.
    pub(super) base: &'a str,
    /// Who looks.
    pub(super) viewer: Option<Viewer>,
    /// Whether whoever looks sees one room and nothing else.
    pub(super) only_room: bool,
}

/// The test app where no requirement names one.
const SOME_TEST_APP: &str = "the test app";

impl<'a> Scene<'a> {
    /// Looks at a fleet.
    #[must_use]
    pub fn new(state: &'a State, now: Timestamp, base: &'a str) -> Self {
        Self {
            state,
            now,
            base,
            viewer: None,
            only_room: false,
        }
    }

    /// The same, looked at by somebody.
    #[must_use]
    pub fn seen_by(self, viewer: Viewer) -> Self {
        Self {
            only_room: viewer.role == Role::Proctor,
            viewer: Some(viewer),
            ..self
        }
    }

    /// The same for somebody who sees one room and nothing else: no page leads anywhere from it.
    #[must_use]
    pub(super) fn only_room(&self) -> Self {
        Self {
            state: self.state,
            now: self.now,
            base: self.base,
            viewer: self.viewer.clone(),
            only_room: true,
        }
    }

    /// Schools, rooms, roster, sittings.
    #[must_use]
    pub fn district(&self) -> &'a District {
        self.state.district()
    }

    /// Somebody who entered and was not let go, with where their link stands now.
    #[must_use]
    pub fn proctor_and_link(&self, id: ProctorId) -> Option<(&'a Proctor, LinkState<'a>)> {
        let proctor = &self.state.proctor(id)?.proctor;
        let link = self.state.proctor_link(proctor.link)?;
        let here = proctor.released_at.is_none();
        here.then(|| (proctor, link.state(self.district(), self.now)))
    }

    /// `10:41`, or with its day.
    pub(super) fn time(&self, at: Timestamp) -> LocalTime {
        local_time(at, self.now, &self.state.config().zone)
    }

    /// `10:41:07`, or with its day.
    pub(super) fn time_to_the_second(&self, at: Timestamp) -> LocalTime {
        local_time_to_the_second(at, self.now, &self.state.config().zone)
    }

    /// For sentences.
    pub(super) fn written(&self, at: Timestamp) -> String {
        self.time(at).exact
    }

    /// `10:41`, whatever the day.
    pub(super) fn clock(&self, at: Timestamp) -> String {
        let zone = self.state.config().zone.clone();
        at.to_zoned(zone).strftime("%H:%M").to_string()
    }

    /// `10:41:07`, whatever the day.
    pub(super) fn clock_to_the_second(&self, at: Timestamp) -> String {
        let zone = self.state.config().zone.clone();
        at.to_zoned(zone).strftime("%H:%M:%S").to_string()
    }

    /// `Tue 6 Oct`.
    pub(super) fn day(&self, at: Timestamp) -> String {
        let zone = self.state.config().zone.clone();
        at.to_zoned(zone).strftime("%a %-d %b").to_string()
    }

    /// Whether it lies in the present day of the district.
    pub(super) fn is_today(&self, at: Timestamp) -> bool {
        let zone = &self.state.config().zone;
        at.to_zoned(zone.clone()).date() == self.now.to_zoned(zone.clone()).date()
    }

    /// `Grade 7 Math, today 12:30`.
    #[must_use]
    pub fn session_and_start(&self, session: &Session) -> String {
        let starts = session.timetable.starts();
        let today = if self.is_today(starts) { "today " } else { "" };
        format!("{}, {today}{}", session.title, self.written(starts))
    }

    /// What a sitting's devices must meet.
    pub(super) fn requirement_of(&self, session: &'a Session) -> Option<&'a Arc<Requirement>> {
        session.requirement.as_ref().or(self.district().requirement())
    }

    /// The name of the test app in a room now.
    pub(super) fn test_app(&self, room: &RoomRef) -> &'a str {
        let session = self
            .district()
            .session_at(room, self.now)
            .map(|(session, _)| session);
        let requirement = match session {
            Some(session) => self.requirement_of(session),
            None => self.district().requirement(),
        };
        requirement.map_or(SOME_TEST_APP, |requirement| requirement.app.name.as_str())
    }

    /// When a sitting of a room ends against the clock, written; none for a device whose own seat ends at another time:
    /// that would tell that somebody needs more.
    pub(super) fn end_of_room(&self, room: &RoomRef, device: Option<DeviceId>) -> Option<String> {
        let (session, _) = self.district().session_at(room, self.now)?;
        let times = &session.timetable;
        let watch = self.state.watch(&room.school);
        let own = device
            .and_then(|id| watch?.device(id)?.current())
            .map(|seat| seat.ends);
        let shown = times.timing() == Timing::Timed && own.is_none_or(|own| own == times.ends());
        shown.then(|| self.written(times.ends()))
    }

    /// The schools that lie in a scope.
    pub(super) fn schools_in<'s>(
        &self,
        scope: &'s Scope,
    ) -> impl Iterator<Item = &'a SchoolId> + use<'a, 's> {
        self.district()
            .schools()
            .keys()
            .filter(|school| scope.covers_school(school))
    }

    pub(super) fn school_title(&self, id: &SchoolId) -> &'a str {
        self.district()
            .schools()
            .get(id)
            .map_or("", |school| school.title.as_str())
    }

    /// A room's name for people; its id where it has none.
    #[must_use]
    pub fn room_title(&self, room: &RoomRef) -> String {
        self.district()
            .room_title(room)
            .map_or_else(|| room.room.to_string(), ToString::to_string)
    }

    pub(super) fn district_link(&self) -> Link {
        Link::new(self.district().name().as_str(), address::DISTRICT)
    }

    pub(super) fn school_link(&self, id: &SchoolId) -> Link {
        Link::new(self.school_title(id), address::school(id))
    }

    pub(super) fn room_link(&self, room: &RoomRef) -> Link {
        Link::new(self.room_title(room), address::room(room))
    }

    /// What surrounds a page.
    pub(super) fn frame(
        &self,
        title: impl Into<String>,
        trail: Vec<Link>,
        log: &str,
        topic: Option<&Topic>,
    ) -> Frame {
        Frame {
            title: title.into(),
            trail: if self.only_room { Vec::new() } else { trail },
            log: (!self.only_room).then(|| Link::new("Incident log", log)),
            stream: topic.map(address::stream),
            viewer: self.viewer.clone(),
            made_at: self.time_to_the_second(self.now),
            zone: self.district().time_zone().to_owned(),
        }
    }
}
