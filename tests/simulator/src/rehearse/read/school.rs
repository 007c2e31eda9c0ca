//! Rooms and devices.

use roomready_shared::facts::{Platform, Subnet};
use roomready_shared::ids::{DeviceName, RoomId, SeatLabel, Title};
use roomready_shared::strict::{Reader, Value};

use super::who::Names;
use crate::rehearse::scenario::{Charge, Device, MOST_DEVICES, Room};

/// A charge that brings every device through a morning without a word about its battery.
const CHARGE: Charge = Charge {
    percent: 96,
    drain: 12,
    plugged: true,
};

/// Most rooms that one table makes: the largest school has about seventy.
const MOST_ROOMS: u16 = 200;

/// The school as far as it was read.
pub(super) struct School {
    pub(super) rooms: Vec<Room>,
    pub(super) devices: Vec<Device>,
    pub(super) names: Names,
}

impl School {
    pub(super) fn read(root: &mut Reader<'_>) -> Self {
        let mut school = Self {
            rooms: Vec::new(),
            devices: Vec::new(),
            names: Names::default(),
        };
        for mut table in root.tables("room") {
            school.read_room(&mut table);
        }
        let mut next_seat = vec![1_u16; school.rooms.len()];
        for mut table in root.tables("devices") {
            school.read_devices(&mut table, &mut next_seat);
        }
        if school.rooms.is_empty() {
            root.fault("the school has no room", "add a table [[room]]");
        }
        school
    }

    fn read_room(&mut self, table: &mut Reader<'_>) -> Option<()> {
        let access_point = table.optional("access_point").and_then(Value::text);
        let subnet = table.optional("subnet").and_then(Value::parsed::<Subnet>);
        let of = |id, title| Room {
            id,
            title,
            access_point: access_point.map(ToOwned::to_owned),
            subnet,
        };
        if table.has("first") {
            let first = table
                .optional("first")
                .and_then(|value| value.integer(1..=9_999_u16));
            let count = table
                .required("count", "60")
                .and_then(|value| value.integer(1..=MOST_ROOMS));
            let (first, count) = (first?, count?);
            for number in first..first.saturating_add(count) {
                let id = RoomId::parse(&number.to_string()).ok()?;
                self.add_room(table, id, None, of)?;
            }
            return Some(());
        }
        let id = table.required("id", "\"101\"").and_then(Value::parsed::<RoomId>);
        let name = table.optional("name").and_then(Value::parsed::<Title>);
        self.add_room(table, id?, name, of)
    }

    fn add_room(
        &mut self,
        table: &Reader<'_>,
        id: RoomId,
        name: Option<Title>,
        of: impl FnOnce(RoomId, Title) -> Room,
    ) -> Option<()> {
        if self
            .names
            .rooms
            .insert(id.to_string(), self.rooms.len())
            .is_some()
        {
            table.fault(&format!("there are two rooms {id}"), "give each its own id");
            return None;
        }
        let title = name.or_else(|| Title::parse(&format!("Room {id}")).ok())?;
        self.rooms.push(of(id, title));
        Some(())
    }

    fn read_devices(&mut self, table: &mut Reader<'_>, next_seat: &mut [u16]) -> Option<()> {
        let rooms = self.room_or_rooms(table);
        let platforms = Platform::ALL.map(|platform| (platform.word(), platform));
        let platform = table
            .optional("platform")
            .map_or(Some(Platform::Windows), |value| value.word(&platforms));
        let most = u16::try_from(MOST_DEVICES).unwrap_or(u16::MAX);
        let count = table.optional("count").and_then(|value| value.integer(1..=most));
        let named = table.optional("name").and_then(Value::parsed::<DeviceName>);
        let sentinel = table
            .optional("sentinel")
            .and_then(Value::boolean)
            .unwrap_or(false);
        let off = table.optional("off").and_then(Value::boolean).unwrap_or(false);
        let battery = battery(table);
        let subnet = table.optional("subnet").and_then(Value::parsed::<Subnet>);
        if named.is_some() == count.is_some() {
            table.fault(
                "these devices have neither a number nor a name, or both",
                "write count = 12, or name = \"LIB-2\" for one",
            );
            return None;
        }
        let (rooms, platform) = (rooms?, platform?);
        if named.is_some() && rooms.len() > 1 {
            table.fault(
                "one name is written for devices of several rooms",
                "write count instead of name",
            );
            return None;
        }
        let each = usize::from(count.unwrap_or(1));
        for room in rooms.into_iter().flat_map(|room| std::iter::repeat_n(room, each)) {
            let seat = (!sentinel).then(|| next_seat[room]);
            next_seat[room] += u16::from(!sentinel);
            let name = match (&named, seat) {
                (Some(name), _) => name.clone(),
                (None, Some(seat)) => {
                    DeviceName::parse(&format!("{}-{seat:02}", self.rooms[room].id)).ok()?
                }
                (None, None) => {
                    table.fault("a sentinel needs a name", "write name = \"LIB-2\"");
                    return None;
                }
            };
            let place = self.devices.len();
            if place >= MOST_DEVICES {
                table.fault(
                    "these are too many devices",
                    &format!("{MOST_DEVICES} are the most"),
                );
                return None;
            }
            if self.names.devices.insert(name.to_string(), place).is_some() {
                table.fault(
                    &format!("another device is called {name}"),
                    "give each its own name",
                );
                return None;
            }
            self.devices.push(Device {
                name,
                room,
                seat: seat.and_then(|seat| SeatLabel::parse(&seat.to_string()).ok()),
                subnet,
                platform,
                sentinel,
                off,
                battery,
            });
        }
        Some(())
    }
}

impl School {
    /// `room = "101"`, or `rooms = […]` for the same in each.
    pub(super) fn room_or_rooms(&self, table: &mut Reader<'_>) -> Option<Vec<usize>> {
        match table.optional("rooms") {
            Some(several) => self.rooms_named(several),
            None => table
                .required("room", "\"101\"")
                .and_then(|value| self.room_named(value))
                .map(|room| vec![room]),
        }
    }
}

fn battery(table: &mut Reader<'_>) -> Option<Charge> {
    let percent = table
        .optional("battery")
        .and_then(|value| value.integer(0..=100_u8));
    let drain = table
        .optional("drain")
        .and_then(|value| value.integer(0..=100_u8));
    let plugged = table.optional("charger").and_then(Value::boolean);
    let mains_only = table.optional("mains_only").and_then(Value::boolean);
    (mains_only != Some(true)).then(|| Charge {
        percent: percent.unwrap_or(CHARGE.percent),
        drain: drain.unwrap_or(CHARGE.drain),
        plugged: plugged.unwrap_or(CHARGE.plugged),
    })
}
