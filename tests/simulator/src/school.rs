//! The simulated district: three schools, seven rooms, about seventy devices, as
//! plain data.
//!
//! Room 101 of Lincoln is where this very machine sits, read by the real agent. Two devices of three are Chromebooks
//! without any agent, as in most districts; Room 204 of Lincoln has only those and a sentinel.

mod config_text;
mod roster;
mod temper;

pub use config_text::{ACCESS_POINTS_FILE, config_text, usable_zone};
pub use roster::devices;
pub use temper::{Look, Temper, facts, up_before_s};

use std::fmt;

use roomready_shared::facts::Platform;

/// Name of the district.
pub const DISTRICT: &str = "Cedar Valley Schools (demo)";

/// Name under which this very machine appears on the board.
pub const THIS_MACHINE: &str = "THIS-COMPUTER";
/// The room that this machine sits in: school id, room id.
pub const THIS_ROOM: (&str, &str) = ("lincoln-ms", "101");

/// A school with its rooms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct School {
    /// School id.
    pub id: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// Rooms: id and name.
    pub rooms: &'static [(&'static str, &'static str)],
}

/// The schools of the demo.
pub const SCHOOLS: [School; 3] = [
    School {
        id: "lincoln-ms",
        name: "Lincoln Middle School",
        rooms: &[("101", "Room 101"), ("204", "Room 204")],
    },
    School {
        id: "cedar-hs",
        name: "Cedar High School",
        rooms: &[("library", "Library"), ("12", "Room 12")],
    },
    School {
        id: "maple-es",
        name: "Maple Elementary School",
        rooms: &[("11", "Room 11"), ("12", "Room 12"), ("13", "Room 13")],
    },
];

/// Which access point the rooms of Maple use, as the district's map says it.
pub const ACCESS_POINTS: &str = "school,room,access_point\n\
                                 maple-es,11,east wing\n\
                                 maple-es,12,east wing\n\
                                 maple-es,13,west wing\n";

/// Who reads a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// The real agent with real probes: this machine.
    RealAgent,
    /// The real agent's cycle, outbox and uplink over scripted readings.
    ScriptedAgent(Temper),
    /// A sentinel: as above, on a staff machine.
    Sentinel(Temper),
    /// Nobody: no agent runs there.
    Nobody,
}

/// One device of the simulated district.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Asset tag.
    pub name: String,
    /// System family.
    pub platform: Platform,
    /// School id.
    pub school: &'static str,
    /// Room id in it.
    pub room: &'static str,
    /// Seat number; a sentinel has none.
    pub seat: Option<u16>,
    /// Who reads it.
    pub reader: Reader,
}

impl Device {
    /// Whether students test in its room when the demo starts.
    #[must_use]
    pub fn tests_now(&self) -> bool {
        SESSIONS.iter().any(|session| {
            (session.school, session.room) == (self.school, self.room) && session.is_under_way()
        })
    }

    /// Where people find it.
    #[must_use]
    pub fn place(&self) -> Place<'_> {
        Place(self)
    }
}

/// "Room 101, seat 4".
#[derive(Debug, Clone, Copy)]
pub struct Place<'d>(&'d Device);

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Device {
            school, room, seat, ..
        } = self.0;
        let rooms = SCHOOLS
            .iter()
            .filter(|known| known.id == *school)
            .flat_map(|known| known.rooms);
        let title = rooms
            .into_iter()
            .find(|(id, _)| id == room)
            .map_or(*room, |(_, title)| *title);
        match seat {
            Some(seat) => write!(f, "{title}, seat {seat}"),
            None => write!(f, "{title}, no seat"),
        }
    }
}

/// When a simulated session runs, relative to the start of the demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// Session id.
    pub id: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// School id.
    pub school: &'static str,
    /// Room id.
    pub room: &'static str,
    /// Minutes from now to its start; negative: under way.
    pub starts_min: i64,
    /// Minutes from now to its end.
    pub ends_min: i64,
}

impl Session {
    /// Whether students test in it when the demo starts.
    #[must_use]
    pub const fn is_under_way(&self) -> bool {
        self.starts_min <= 0 && 0 < self.ends_min
    }
}

/// Sessions of the demo: two rooms test beside the three of Maple, one is being prepared, one has none until this afternoon.
pub const SESSIONS: [Session; 7] = [
    Session {
        id: "math-7",
        name: "Grade 7 Math",
        school: "lincoln-ms",
        room: "101",
        starts_min: -12,
        ends_min: 78,
    },
    Session {
        id: "ela-8",
        name: "Grade 8 Reading",
        school: "lincoln-ms",
        room: "204",
        starts_min: -12,
        ends_min: 63,
    },
    Session {
        id: "algebra",
        name: "Algebra I",
        school: "cedar-hs",
        room: "library",
        starts_min: 35,
        ends_min: 125,
    },
    Session {
        id: "biology",
        name: "Biology",
        school: "cedar-hs",
        room: "12",
        starts_min: 240,
        ends_min: 330,
    },
    maple("maple-11", "11"),
    maple("maple-12", "12"),
    maple("maple-13", "13"),
];

/// Sittings of the school whose day ends while the demo is watched.
const fn maple(id: &'static str, room: &'static str) -> Session {
    Session {
        id,
        name: "Grade 5 Reading",
        school: "maple-es",
        room,
        starts_min: -12,
        ends_min: DAY_ENDS_MIN,
    }
}

/// Minutes from the start until the day of Maple Elementary School is over.
pub const DAY_ENDS_MIN: i64 = 11;
