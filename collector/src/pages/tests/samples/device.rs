//! Devices: one that misses a thing, one never heard, and a list.

use super::{at, frame, incident::ended, now, zone};
use crate::pages::{time::local_time, view::*};

pub(in crate::pages::tests) fn check(
    key: &str,
    title: &str,
    result: CheckResult,
    measured: &str,
    required: &str,
) -> Check {
    Check {
        key: key.to_owned(),
        title: title.to_owned(),
        result,
        measured: measured.to_owned(),
        required: required.to_owned(),
        required_by: "Pearson (TestNav)".to_owned(),
        fix: None,
        read_at: Some(at("10:41:07")),
        too_old: None,
        details: Vec::new(),
    }
}

/// A laptop that misses one thing.
pub(in crate::pages::tests) fn device() -> DevicePage {
    DevicePage {
        frame: frame("LIB-12", 3),
        head: DeviceHead {
            name: "LIB-12".to_owned(),
            seat: Some("Seat 12".to_owned()),
            standing: Standing::NotReady,
            reason: Some("Too little free disk space for TestNav.".to_owned()),
            said: Some("Help wanted: message 8026 since 10:38".to_owned()),
            last_heard: Some(at("10:41:07")),
            battery: Some(Battery {
                percent: 64,
                charging: true,
                low: false,
            }),
        },
        identity: None,
        credential_forms: None,
        checks: vec![
            check(
                "os",
                "Operating system",
                CheckResult::Pass,
                "Windows 11 Pro, build 26100",
                "Windows 10 or 11, build 19045 or newer",
            ),
            Check {
                fix: Some(Fix {
                    words: "Empty the downloads folder, or move large files to the school drive.".to_owned(),
                    deletes_data: true,
                }),
                ..check(
                    "disk",
                    "Free disk space",
                    CheckResult::Fail,
                    "612 MB",
                    "at least 1 GB",
                )
            },
            Check {
                required_by: "district policy".to_owned(),
                fix: Some(Fix {
                    words: "Plug the charger in before the session.".to_owned(),
                    deletes_data: false,
                }),
                ..check(
                    "battery",
                    "Battery lasts to the end",
                    CheckResult::Warn,
                    "64 %, lasts until about 12:10",
                    "until 11:53",
                )
            },
            Check {
                read_at: None,
                fix: Some(Fix {
                    words: "Let a technician look at the display settings once.".to_owned(),
                    deletes_data: false,
                }),
                ..check(
                    "display",
                    "Screen size",
                    CheckResult::Unknown,
                    "could not be read: no permission",
                    "at least 1024 x 768",
                )
            },
            Check {
                details: vec![Detail {
                    label: "p95 over 60 s".to_owned(),
                    value: "48 ms, jitter 6 ms, TCP".to_owned(),
                }],
                ..check(
                    "vendor",
                    "TestNav's servers answer",
                    CheckResult::Pass,
                    "yes, in 31 ms",
                    "all answer",
                )
            },
            Check {
                read_at: Some(local_time(
                    "2026-11-03T09:12:00-06:00".parse().unwrap(),
                    now(),
                    &zone(),
                )),
                too_old: Some("older than 14 days".to_owned()),
                ..check("memory", "Memory", CheckResult::Pass, "8.0 GB", "at least 4 GB")
            },
        ],
        requirements: Some("TestNav 2026-27 requirements, with Cedar Valley policy".to_owned()),
        no_agent: false,
        unread: vec![Unread {
            what: "Screen size".to_owned(),
            why: "this account may not ask the display".to_owned(),
        }],
        facts: vec![
            Fact {
                label: "Model".to_owned(),
                value: "Dell Latitude 3140".to_owned(),
                read_at: None,
            },
            Fact {
                label: "Program on the device".to_owned(),
                value: "RoomReady 0.1.0".to_owned(),
                read_at: Some(at("10:41:07")),
            },
        ],
        incidents: vec![ended()],
        details: vec![Detail {
            label: "Stream".to_owned(),
            value: "0198f3a2-77aa-7cc1-9d21-5b5a4d1c0f3e".to_owned(),
        }],
    }
}

pub(in crate::pages::tests) fn device_silent() -> DevicePage {
    DevicePage {
        head: DeviceHead {
            standing: Standing::NeverReported,
            reason: None,
            said: None,
            last_heard: None,
            battery: None,
            seat: None,
            ..device().head
        },
        identity: None,
        credential_forms: None,
        checks: Vec::new(),
        unread: Vec::new(),
        facts: Vec::new(),
        incidents: Vec::new(),
        details: Vec::new(),
        ..device()
    }
}

/// A Chromebook during a test.
pub(in crate::pages::tests) fn device_not_watched() -> DevicePage {
    let silent = device_silent();
    DevicePage {
        head: DeviceHead {
            standing: Standing::NotWatched,
            ..silent.head
        },
        no_agent: true,
        ..silent
    }
}

pub(in crate::pages::tests) fn devices() -> DeviceList {
    let one = |place: usize, heard: &str| DeviceRow {
        device: Link::new(format!("LIB-{place}"), format!("/devices/lib-{place}")),
        room: Some(Link::new("Room 101", "/rooms/lincoln-101")),
        seat: Some(place.to_string()),
        standing: Standing::Lost,
        reason: Some("silent since 10:40".to_owned()),
        last_heard: Some(at(heard)),
    };
    DeviceList {
        frame: Frame {
            stream: None,
            ..frame("Devices", 2)
        },
        place: "Lincoln Middle School".to_owned(),
        only: Some(Standing::Lost),
        all_url: "/schools/lincoln/devices".to_owned(),
        rows: vec![
            one(12, "10:40:41"),
            DeviceRow {
                room: None,
                seat: None,
                last_heard: None,
                ..one(14, "10:40:00")
            },
        ],
        empty: EmptyState::no_incidents(),
    }
}
