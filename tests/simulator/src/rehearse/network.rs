//! The networks of a school: what reaches what.

use std::collections::BTreeMap;

use roomready_shared::facts::Subnet;

use super::scenario::{Health, Part, Scenario, Site};

/// How far a device gets on its way somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// All the way.
    Open {
        /// Slowly.
        slow: bool,
    },
    /// It has no connection at all, and its system says so at once.
    NoLink,
    /// Somewhere on the way nothing answers.
    Silence,
}

impl Way {
    /// Whether it gets there.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Open { .. })
    }

    const fn then(self, next: Health) -> Self {
        match (self, next) {
            (Self::Open { slow }, Health::Up) => Self::Open { slow },
            (Self::Open { .. }, Health::Slow) => Self::Open { slow: true },
            (Self::Open { .. }, Health::Down) => Self::Silence,
            (broken, _) => broken,
        }
    }
}

/// All of them.
#[derive(Debug)]
pub struct Network {
    site: Site,
    links: Vec<Health>,
    /// Where each device is: a room, by its place.
    at: Vec<usize>,
    rooms: Vec<Health>,
    /// What connects each room's network to the rest, behind its gateway.
    room_uplinks: Vec<Health>,
    /// The access point of each room.
    hangs_on: Vec<usize>,
    access_points: Vec<(String, Health)>,
    /// Where each device is at home, and the network that it stands in there, where that is not the room's.
    home: Vec<(usize, Option<Subnet>)>,
    /// The network of each room, where it shares one.
    room_subnets: Vec<Option<Subnet>>,
    /// Networks that something happened to.
    subnets: BTreeMap<Subnet, Health>,
    school: Health,
    uplink: Health,
    vendor: Health,
    vendor_for: Vec<Health>,
    collector_for: Vec<Health>,
}

impl Network {
    /// Everything well.
    #[must_use]
    pub fn of(scenario: &Scenario) -> Self {
        let devices = scenario.devices.len();
        let mut access_points: Vec<(String, Health)> = Vec::new();
        let hangs_on = scenario.rooms.iter().map(|room| {
            let own = || format!("of {}", room.id);
            let name = room.access_point.clone().unwrap_or_else(own);
            let known = access_points.iter().position(|(known, _)| *known == name);
            known.unwrap_or_else(|| {
                access_points.push((name, Health::Up));
                access_points.len() - 1
            })
        });
        Self {
            hangs_on: hangs_on.collect(),
            site: scenario.site,
            links: vec![Health::Up; devices],
            at: scenario.devices.iter().map(|device| device.room).collect(),
            rooms: vec![Health::Up; scenario.rooms.len()],
            room_uplinks: vec![Health::Up; scenario.rooms.len()],
            access_points,
            home: scenario
                .devices
                .iter()
                .map(|device| (device.room, device.subnet))
                .collect(),
            room_subnets: scenario.rooms.iter().map(|room| room.subnet).collect(),
            subnets: BTreeMap::new(),
            school: Health::Up,
            uplink: Health::Up,
            vendor: Health::Up,
            vendor_for: vec![Health::Up; devices],
            collector_for: vec![Health::Up; devices],
        }
    }

    /// A part gets another health.
    pub fn set(&mut self, part: &Part, health: Health) {
        match part {
            Part::Link(device) => self.links[*device] = health,
            Part::Room(room) => self.rooms[*room] = health,
            Part::RoomUplink(room) => self.room_uplinks[*room] = health,
            Part::AccessPoint(name) => {
                let found = self.access_points.iter_mut().find(|(known, _)| known == name);
                if let Some((_, held)) = found {
                    *held = health;
                }
            }
            Part::Subnet(subnet) => {
                self.subnets.insert(*subnet, health);
            }
            Part::School => self.school = health,
            Part::Uplink => self.uplink = health,
            Part::Vendor => self.vendor = health,
            Part::VendorFor(device) => self.vendor_for[*device] = health,
            Part::CollectorFor(device) => self.collector_for[*device] = health,
        }
    }

    /// A device is in another room's network from now on.
    pub fn carry(&mut self, device: usize, room: usize) {
        self.at[device] = room;
    }

    /// The room whose network a device is in.
    #[must_use]
    pub fn room_of(&self, device: usize) -> usize {
        self.at[device]
    }

    /// The network that a device stands in, where it is not one of its room alone.
    #[must_use]
    pub fn subnet_of(&self, device: usize) -> Option<Subnet> {
        let room = self.at[device];
        let (home, own) = self.home[device];
        own.filter(|_| room == home).or(self.room_subnets[room])
    }

    /// To the way out of the room's network.
    #[must_use]
    pub fn gateway(&self, device: usize) -> Way {
        let room = self.at[device];
        let (_, access_point) = self.access_points[self.hangs_on[room]];
        let link = match self.links[device] {
            Health::Up => Way::Open { slow: false },
            Health::Slow => Way::Open { slow: true },
            Health::Down => Way::NoLink,
        };
        let subnet = self
            .subnet_of(device)
            .and_then(|subnet| self.subnets.get(&subnet));
        link.then(self.rooms[room])
            .then(access_point)
            .then(subnet.copied().unwrap_or(Health::Up))
            .then(self.school)
    }

    /// To other parts of the school.
    fn school(&self, device: usize) -> Way {
        self.gateway(device).then(self.room_uplinks[self.at[device]])
    }

    /// To the internet.
    #[must_use]
    pub fn internet(&self, device: usize) -> Way {
        self.school(device).then(self.uplink)
    }

    /// To the vendor.
    #[must_use]
    pub fn vendor(&self, device: usize) -> Way {
        self.internet(device)
            .then(self.vendor)
            .then(self.vendor_for[device])
    }

    /// What the collector's own machine reaches: the vendor, and the rest of the internet.
    #[must_use]
    pub fn from_the_collector(&self) -> (Way, Way) {
        let open = Way::Open { slow: false };
        let internet = match self.site {
            Site::OnPremises => open.then(self.school).then(self.uplink),
            Site::Remote => open,
        };
        (internet.then(self.vendor), internet)
    }

    /// To the machine that the collector runs on.
    #[must_use]
    pub fn collector(&self, device: usize) -> Way {
        let way = match self.site {
            Site::OnPremises => self.school(device),
            Site::Remote => self.internet(device),
        };
        way.then(self.collector_for[device])
    }
}
