//! A school day as data: who sits where, when they test, what happens, and what must come out.

use std::time::Duration;

use jiff::tz::TimeZone;
use roomready_collector::domain::incident::{Condition, Detection};
use roomready_collector::domain::people::{StillWorking, Symptom};
use roomready_shared::facts::{Platform, Subnet};
use roomready_shared::ids::{DeviceName, RoomId, SeatLabel, SessionId, Title};
use roomready_shared::timetable::Timetable;
use roomready_shared::units::Timestamp;

/// Most devices of one scenario: the largest school that we promise anything about has 1,800.
pub const MOST_DEVICES: usize = 5_000;
/// Longest day of one scenario, so that a slip of the pen does not play for a week.
pub const LONGEST: Duration = Duration::from_secs(26 * 60 * 60);
/// Most lines of a script, after `stagger` and `for` were written out.
pub const MOST_CUES: usize = 50_000;

/// A scenario.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// What it is about, in one line.
    pub title: String,
    /// Where its times of day hold.
    pub zone: TimeZone,
    /// The first moment.
    pub from: Timestamp,
    /// The last.
    pub until: Timestamp,
    /// Seed of all chance.
    pub seed: u64,
    /// Where the collector stands.
    pub site: Site,
    /// Rooms of the school.
    pub rooms: Vec<Room>,
    /// Whether the district gave us its map of rooms and access points.
    pub access_point_map: bool,
    /// Its devices.
    pub devices: Vec<Device>,
    /// Its sittings.
    pub sessions: Vec<Sitting>,
    /// What happens, in order.
    pub cues: Vec<Cue>,
    /// What must come out.
    pub expect: Expect,
}

/// Where the collector stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Site {
    /// In the school: reached without the uplink.
    OnPremises,
    /// Elsewhere: reached through the uplink.
    Remote,
}

/// A room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// Its id.
    pub id: RoomId,
    /// Its name.
    pub title: Title,
    /// The access point that it hangs on; without one it has its own.
    pub access_point: Option<String>,
    /// The network that its devices stand in; without one it has its own.
    pub subnet: Option<Subnet>,
}

/// A device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its name.
    pub name: DeviceName,
    /// Its home room, by its place in [`Scenario::rooms`].
    pub room: usize,
    /// Its seat; a sentinel has none.
    pub seat: Option<SeatLabel>,
    /// The network that it stands in at home, where that is not the room's.
    pub subnet: Option<Subnet>,
    /// Its system.
    pub platform: Platform,
    /// A staff machine that watches the room's network.
    pub sentinel: bool,
    /// Switched off when the day begins.
    pub off: bool,
    /// Its battery; none for one that hangs on mains alone.
    pub battery: Option<Charge>,
}

impl Device {
    /// Whether our agent runs on it.
    #[must_use]
    pub const fn has_agent(&self) -> bool {
        self.platform.can_run_agent()
    }
}

/// A battery when the day begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charge {
    /// What is in it, in percent.
    pub percent: u8,
    /// What it loses in an hour without its charger, in percent.
    pub drain: u8,
    /// On its charger.
    pub plugged: bool,
}

/// A sitting.
#[derive(Debug, Clone)]
pub struct Sitting {
    /// Its id.
    pub id: SessionId,
    /// Its room, by its place in [`Scenario::rooms`].
    pub room: usize,
    /// Its times.
    pub timetable: Timetable,
    /// Its own devices with their own ends, where it lists some.
    pub seats: Vec<Seat>,
    /// Students open the test app by themselves, within this time of the start.
    pub opens_within: Option<Duration>,
    /// … and close it by themselves, within this time of their end.
    pub closes_within: Option<Duration>,
}

/// One device that a sitting lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// By its place in [`Scenario::devices`].
    pub device: usize,
    /// When its test ends, where it is not the sitting's end.
    pub ends: Option<Timestamp>,
}

/// One line of the script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cue {
    /// Milliseconds after [`Scenario::from`].
    pub at_ms: u64,
    /// What happens.
    pub what: Happening,
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// On one device, by its place in [`Scenario::devices`].
    Device(usize, OnDevice),
    /// To a part of the network.
    Network(Part, Health),
    /// To the collector.
    Collector(OnCollector),
    /// A person presses something.
    Press(Press),
    /// The district changes its plan.
    Edit(Edit),
}

/// What can happen on one device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnDevice {
    /// Its power goes, without a word.
    Dies,
    /// It is switched on.
    PowersOn,
    /// It is shut down; it says so.
    ShutsDown,
    /// It is restarted; it says so. Switched on again by a cue of its own.
    Restarts,
    /// Its lid is closed: it sleeps, and says so if its system tells beforehand.
    LidCloses {
        /// Whether it says so.
        announced: bool,
    },
    /// Its lid is opened.
    LidOpens,
    /// Its charger is pulled.
    ChargerPulled,
    /// Its charger is plugged in.
    ChargerPlugged,
    /// Its battery has this much.
    Battery {
        /// In percent.
        percent: u8,
    },
    /// Its test app is opened.
    AppOpens,
    /// Its test app is closed in good order.
    AppCloses,
    /// Its test app ends with an error.
    AppCrashes,
    /// A program that disturbs a test starts.
    ProgramStarts,
    /// It ends.
    ProgramEnds,
    /// Our agent on it is stopped; it says so.
    AgentStops,
    /// Our agent on it ends without a word.
    AgentKilled,
    /// Our agent on it starts.
    AgentStarts,
    /// Its disk takes nothing more.
    DiskFull,
    /// Its disk has space again.
    DiskFree,
    /// What its agent keeps on disk is damaged; told at its next start.
    OutboxDamaged,
    /// Somebody sets its clock: so many milliseconds ahead of the truth.
    ClockSet {
        /// Negative: behind.
        ahead_ms: i64,
    },
    /// Its next report arrives twice.
    ReportTwice,
    /// Somebody carries it into another room's network, by its place in [`Scenario::rooms`].
    Carried {
        /// Which.
        room: usize,
    },
}

/// A part of the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// A device's own connection.
    Link(usize),
    /// The network of a room.
    Room(usize),
    /// What connects a room's network to the rest of the school, behind its gateway.
    RoomUplink(usize),
    /// An access point.
    AccessPoint(String),
    /// A network of several rooms.
    Subnet(Subnet),
    /// The school's switch: nothing reaches anything.
    School,
    /// The school's way to the internet.
    Uplink,
    /// The vendor's servers, for everybody.
    Vendor,
    /// The vendor's servers, as a device sees them.
    VendorFor(usize),
    /// The way from a device to the collector, and nothing else.
    CollectorFor(usize),
}

/// How it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// Well.
    Up,
    /// Nothing passes.
    Down,
    /// It passes, slowly.
    Slow,
}

/// What can happen to the collector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnCollector {
    /// Killed without a word.
    Killed,
    /// Started.
    Started,
    /// Its clock is set.
    ClockSet {
        /// So many milliseconds ahead of the truth.
        ahead_ms: i64,
    },
}

/// A press of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Press {
    /// The room; none for the whole school.
    pub room: Option<usize>,
    /// When it was pressed, where it was kept without a network and arrives now.
    pub pressed: Option<Timestamp>,
    /// What.
    pub what: Pressed,
}

/// What can be pressed. Devices are meant by their places in [`Scenario::devices`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pressed {
    /// "Start".
    Start,
    /// "Break".
    Break,
    /// "Go on" after it.
    BreakOver,
    /// "End".
    End,
    /// A raised hand.
    Hand,
    /// "On my way", for the newest open incident of the room.
    OnMyWay,
    /// A note.
    Note(String),
    /// Something is wrong at a seat.
    Symptom(usize, Symptom),
    /// A seat needs help.
    SeatNeedsHelp(usize),
    /// What was wrong at a seat is over.
    SeatHelped(usize),
    /// The student at a seat has finished.
    SeatFinished(usize),
    /// A seat gets another device.
    Swap {
        /// Taken away.
        old: usize,
        /// Put there.
        new: usize,
    },
    /// A device that was kept aside may be used again.
    Released(usize),
    /// Students do not test, or did not.
    Pause {
        /// Since when.
        from: Timestamp,
        /// Until when; none while it goes on.
        until: Option<Timestamp>,
    },
    /// A pause that went on is over.
    Resume {
        /// Since when.
        from: Timestamp,
    },
    /// An answer to "Are students still working?".
    StillWorking(StillWorking),
    /// The latest press taken back.
    Undo,
}

/// An edit of the district's plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// A sitting gets other times, another room, or is taken out.
    Session {
        /// By its place in [`Scenario::sessions`].
        session: usize,
        /// Its times; none takes it out.
        timetable: Option<Timetable>,
        /// Its room.
        room: usize,
    },
    /// A device gets another home.
    Home {
        /// By its place in [`Scenario::devices`].
        device: usize,
        /// By its place in [`Scenario::rooms`].
        room: usize,
    },
}

/// What must come out, and nothing else.
#[derive(Debug, Clone, Default)]
pub struct Expect {
    /// Incidents.
    pub incidents: Vec<Incident>,
    /// Minutes of seats; a seat that is not listed has none.
    pub minutes: Vec<Minutes>,
}

/// An incident that must come out.
#[derive(Debug, Clone)]
pub struct Incident {
    /// The word of its cause.
    pub cause: String,
    /// What is wrong.
    pub condition: Condition,
    /// Its rooms, by their places in [`Scenario::rooms`].
    pub rooms: Vec<usize>,
    /// Its members, by their places in [`Scenario::devices`].
    pub members: Vec<usize>,
    /// Since when.
    pub since: Timestamp,
    /// Until when; none: it is open when the day ends.
    pub until: Option<Timestamp>,
    /// How far the times may be off.
    pub within: Duration,
    /// How it came to be known.
    pub seen: Detection,
    /// At the latest this long after its beginning it is told.
    pub told_within: Option<Duration>,
    /// How it ended, where that matters.
    pub ending: Option<String>,
    /// What it was first taken for, where it was corrected.
    pub corrected_from: Option<String>,
}

/// Minutes of seats.
#[derive(Debug, Clone)]
pub struct Minutes {
    /// Whose, by their places in [`Scenario::devices`].
    pub devices: Vec<usize>,
    /// Could not work.
    pub stopped: Duration,
    /// Could not reach the vendor.
    pub cut_off: Duration,
    /// Nothing is known.
    pub unheard: Duration,
    /// How far they may be off.
    pub within: Duration,
}
