//! The words for what can happen.

use crate::rehearse::scenario::{Health, OnCollector, OnDevice};

/// What a word stands for, before its other keys are read.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    /// On devices, and what is its opposite.
    Device(OnDevice, Option<OnDevice>),
    Lid,
    Battery,
    Clock,
    CollectorClock,
    Carried,
    Rehomed,
    Network(Scope, Health),
    Collector(OnCollector, Option<OnCollector>),
    Timetable,
    Press,
}

/// Which part of the network, before it is said which one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    Link,
    Room,
    RoomUplink,
    AccessPoint,
    Subnet,
    School,
    Uplink,
    Vendor,
    Collector,
}

/// Every word.
pub(super) const KINDS: &[(&str, Kind)] = &[
    ("dies", Kind::Device(OnDevice::Dies, Some(OnDevice::PowersOn))),
    ("powers_on", Kind::Device(OnDevice::PowersOn, None)),
    (
        "shuts_down",
        Kind::Device(OnDevice::ShutsDown, Some(OnDevice::PowersOn)),
    ),
    (
        "restarts",
        Kind::Device(OnDevice::Restarts, Some(OnDevice::PowersOn)),
    ),
    ("lid_closes", Kind::Lid),
    ("lid_opens", Kind::Device(OnDevice::LidOpens, None)),
    (
        "charger_pulled",
        Kind::Device(OnDevice::ChargerPulled, Some(OnDevice::ChargerPlugged)),
    ),
    (
        "charger_plugged",
        Kind::Device(OnDevice::ChargerPlugged, Some(OnDevice::ChargerPulled)),
    ),
    ("battery", Kind::Battery),
    (
        "app_opens",
        Kind::Device(OnDevice::AppOpens, Some(OnDevice::AppCloses)),
    ),
    (
        "app_closes",
        Kind::Device(OnDevice::AppCloses, Some(OnDevice::AppOpens)),
    ),
    (
        "app_crashes",
        Kind::Device(OnDevice::AppCrashes, Some(OnDevice::AppOpens)),
    ),
    (
        "program_starts",
        Kind::Device(OnDevice::ProgramStarts, Some(OnDevice::ProgramEnds)),
    ),
    ("program_ends", Kind::Device(OnDevice::ProgramEnds, None)),
    (
        "agent_stops",
        Kind::Device(OnDevice::AgentStops, Some(OnDevice::AgentStarts)),
    ),
    (
        "agent_killed",
        Kind::Device(OnDevice::AgentKilled, Some(OnDevice::AgentStarts)),
    ),
    ("agent_starts", Kind::Device(OnDevice::AgentStarts, None)),
    (
        "disk_full",
        Kind::Device(OnDevice::DiskFull, Some(OnDevice::DiskFree)),
    ),
    ("disk_free", Kind::Device(OnDevice::DiskFree, None)),
    ("outbox_damaged", Kind::Device(OnDevice::OutboxDamaged, None)),
    ("report_twice", Kind::Device(OnDevice::ReportTwice, None)),
    ("clock_set", Kind::Clock),
    ("carried", Kind::Carried),
    ("rehomed", Kind::Rehomed),
    ("drops", Kind::Network(Scope::Link, Health::Down)),
    ("connects", Kind::Network(Scope::Link, Health::Up)),
    ("slow", Kind::Network(Scope::Link, Health::Slow)),
    ("room_network_down", Kind::Network(Scope::Room, Health::Down)),
    ("room_network_up", Kind::Network(Scope::Room, Health::Up)),
    ("room_network_slow", Kind::Network(Scope::Room, Health::Slow)),
    ("room_uplink_down", Kind::Network(Scope::RoomUplink, Health::Down)),
    ("room_uplink_up", Kind::Network(Scope::RoomUplink, Health::Up)),
    (
        "access_point_down",
        Kind::Network(Scope::AccessPoint, Health::Down),
    ),
    ("access_point_up", Kind::Network(Scope::AccessPoint, Health::Up)),
    ("subnet_down", Kind::Network(Scope::Subnet, Health::Down)),
    ("subnet_up", Kind::Network(Scope::Subnet, Health::Up)),
    ("school_network_down", Kind::Network(Scope::School, Health::Down)),
    ("school_network_up", Kind::Network(Scope::School, Health::Up)),
    ("uplink_down", Kind::Network(Scope::Uplink, Health::Down)),
    ("uplink_up", Kind::Network(Scope::Uplink, Health::Up)),
    ("uplink_slow", Kind::Network(Scope::Uplink, Health::Slow)),
    ("vendor_down", Kind::Network(Scope::Vendor, Health::Down)),
    ("vendor_up", Kind::Network(Scope::Vendor, Health::Up)),
    (
        "collector_unreachable",
        Kind::Network(Scope::Collector, Health::Down),
    ),
    ("collector_reachable", Kind::Network(Scope::Collector, Health::Up)),
    (
        "collector_killed",
        Kind::Collector(OnCollector::Killed, Some(OnCollector::Started)),
    ),
    ("collector_started", Kind::Collector(OnCollector::Started, None)),
    ("collector_clock_set", Kind::CollectorClock),
    ("timetable", Kind::Timetable),
    ("presses", Kind::Press),
];
