//! The school of a scenario as the collector is told of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use roomready_collector::config::Config;
use roomready_collector::domain::plan::{
    self as plan, District, Draft, Paces, RosterEntry, School, SeatPlan, Session, Watched,
};
use roomready_collector::domain::proctor::Proctoring;
use roomready_shared::facts::HostPort;
use roomready_shared::ids::{DeviceId, RoomRef, SchoolId, Title};
use roomready_shared::requirement::Requirement;
use roomready_shared::timetable::Timetable;
use roomready_shared::units::ShortText;
use roomready_shared::wire::v1::DuringTest;

use super::scenario::{Device, Edit, Scenario, Site, Sitting};

/// What devices are looked at for.
const PROFILE: &str = include_str!("profile.toml");
/// The host outside that devices look at beside the vendor's.
const OUTSIDE: &str = "outside.example:443";
/// The school.
const SCHOOL: &str = "school";

/// The plan of the moment: that of the scenario with the edits so far.
pub(super) struct Plan<'s> {
    scenario: &'s Scenario,
    requirement: Arc<Requirement>,
    homes: Vec<usize>,
    sittings: Vec<(Option<Timetable>, usize)>,
}

impl<'s> Plan<'s> {
    pub(super) fn of(scenario: &'s Scenario) -> Self {
        let requirement = Requirement::from_profile("rehearsal", PROFILE).expect("a test reads it");
        Self {
            scenario,
            requirement: Arc::new(requirement),
            homes: scenario.devices.iter().map(|device| device.room).collect(),
            sittings: scenario
                .sessions
                .iter()
                .map(|sitting| (Some(sitting.timetable.clone()), sitting.room))
                .collect(),
        }
    }

    /// The district changes it.
    pub(super) fn edit(&mut self, edit: &Edit) {
        match edit {
            Edit::Session {
                session,
                timetable,
                room,
            } => self.sittings[*session] = (timetable.clone(), *room),
            Edit::Home { device, room } => self.homes[*device] = *room,
        }
    }

    /// The configuration that it is.
    ///
    /// # Errors
    /// Everything that is wrong with the district, as sentences.
    pub(super) fn config(&self) -> Result<Config, Vec<String>> {
        let district = District::new(self.draft())
            .map_err(|faults| faults.iter().map(ToString::to_string).collect::<Vec<_>>())?;
        Ok(Config {
            district: Arc::new(district),
            zone: self.scenario.zone.clone(),
            ..Config::built_in()
        })
    }

    fn draft(&self) -> Draft {
        let scenario = self.scenario;
        let school = School {
            title: title("The school"),
            rooms: scenario
                .rooms
                .iter()
                .map(|room| (room.id.clone(), room.title.clone()))
                .collect(),
            site: match scenario.site {
                Site::OnPremises => plan::Site::OnPremises,
                Site::Remote => plan::Site::Remote,
            },
            access_points: scenario
                .rooms
                .iter()
                .filter(|_| scenario.access_point_map)
                .filter_map(|room| Some((room.id.clone(), ShortText::fit(room.access_point.as_ref()?))))
                .collect(),
        };
        let roster = scenario.devices.iter().zip(&self.homes);
        let sessions = scenario.sessions.iter().zip(&self.sittings);
        Draft {
            name: title("A rehearsal"),
            time_zone: scenario.zone.iana_name().unwrap_or("UTC").to_owned(),
            during_test: DuringTest::Quiet,
            paces: Paces::default(),
            proctoring: Proctoring::default(),
            requirement: Some(Arc::clone(&self.requirement)),
            outside: Some(HostPort::parse(OUTSIDE).expect("a host with its port")),
            schools: BTreeMap::from([(school_id(), school)]),
            roster: roster
                .map(|(device, home)| self.roster_entry(device, *home))
                .collect(),
            sessions: sessions
                .filter_map(|(sitting, (timetable, room))| {
                    Some(self.session(sitting, timetable.clone()?, *room))
                })
                .collect(),
        }
    }

    fn roster_entry(&self, device: &Device, home: usize) -> RosterEntry {
        RosterEntry {
            name: device.name.clone(),
            platform: device.platform,
            room: self.room(home),
            // A seat belongs to its room: whoever is taken elsewhere has none there.
            seat: device.seat.clone().filter(|_| home == device.room),
            serial: None,
            watched: if device.sentinel {
                Watched::Sentinel
            } else {
                Watched::student_on(device.platform)
            },
        }
    }

    fn session(&self, sitting: &Sitting, timetable: Timetable, room: usize) -> Session {
        Session {
            id: sitting.id.clone(),
            title: title(sitting.id.as_str()),
            room: self.room(room),
            timetable,
            requirement: None,
            seats_expected: None,
            seats: sitting
                .seats
                .iter()
                .map(|seat| SeatPlan {
                    device: self.scenario.devices[seat.device].name.clone(),
                    seat: None,
                    ends: seat.ends,
                })
                .collect(),
        }
    }

    fn room(&self, room: usize) -> RoomRef {
        room_ref(self.scenario, room)
    }
}

/// The id of a device.
pub(super) fn device_id(place: usize) -> DeviceId {
    DeviceId::new(uuid::Uuid::from_u128(u128::try_from(place).unwrap_or(0) + 1))
}

/// The place of a device in the scenario.
pub(super) fn place_of(id: DeviceId) -> Option<usize> {
    usize::try_from(id.uuid().as_u128().checked_sub(1)?).ok()
}

/// The id of the school.
pub(super) fn school_id() -> SchoolId {
    SchoolId::parse(SCHOOL).expect("a word is an id")
}

/// A room as the collector names it.
pub(super) fn room_ref(scenario: &Scenario, room: usize) -> RoomRef {
    RoomRef {
        school: school_id(),
        room: scenario.rooms[room].id.clone(),
    }
}

fn title(text: &str) -> Title {
    Title::parse(text).expect("a short name is a title")
}
