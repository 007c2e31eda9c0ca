//! Who sits where.

use roomready_agent::probe::SystemProbes;
use roomready_shared::facts::Platform;

use super::{Device, Reader, THIS_MACHINE, THIS_ROOM, Temper};

/// All devices of the district.
#[must_use]
pub fn devices() -> Vec<Device> {
    use Platform::{Chromeos, Linux, Macos, Windows};
    use Temper::{Calm, HungryBattery, LowBattery, OldBuild, SmallDisk};

    let mut all = Vec::new();
    let mut place = |prefix: &str, school, room, row: &[(Platform, usize, Option<Temper>)]| {
        let mut seat = u16::from((school, room) == THIS_ROOM);
        for &(platform, count, temper) in row {
            for _ in 0..count {
                seat += 1;
                all.push(Device {
                    name: format!("{prefix}-{seat:02}"),
                    platform,
                    school,
                    room,
                    seat: Some(seat),
                    reader: temper.map_or(Reader::Nobody, Reader::ScriptedAgent),
                });
            }
        }
    };
    place(
        "LIN101",
        "lincoln-ms",
        "101",
        &[
            (Windows, 5, Some(Calm)),
            (Windows, 1, Some(HungryBattery)),
            (Macos, 2, Some(Calm)),
            (Chromeos, 6, None),
        ],
    );
    place("LIN204", "lincoln-ms", "204", &[(Chromeos, 14, None)]);
    place(
        "CED-LIB",
        "cedar-hs",
        "library",
        &[
            (Windows, 3, Some(Calm)),
            (Windows, 1, Some(OldBuild)),
            (Windows, 1, Some(SmallDisk)),
            (Macos, 1, Some(LowBattery)),
            (Macos, 2, Some(Calm)),
            (Linux, 1, Some(Calm)),
            (Chromeos, 8, None),
        ],
    );
    place("CED12", "cedar-hs", "12", &[(Chromeos, 12, None)]);
    for (prefix, room) in [("MAP11", "11"), ("MAP12", "12"), ("MAP13", "13")] {
        place(prefix, "maple-es", room, &[(Windows, 3, Some(Calm))]);
    }
    let (school, room) = THIS_ROOM;
    let this_machine = Device {
        name: THIS_MACHINE.to_owned(),
        platform: SystemProbes::platform(),
        school,
        room,
        seat: Some(1),
        reader: Reader::RealAgent,
    };
    let sentinel = Device {
        name: "LIN-STAFF-2".to_owned(),
        platform: Windows,
        school: "lincoln-ms",
        room: "204",
        seat: None,
        reader: Reader::Sentinel(Calm),
    };
    all.extend([this_machine, sentinel]);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_devices_are_chromebooks_without_an_agent() {
        let all = devices();
        let chromebooks = all
            .iter()
            .filter(|device| device.platform == Platform::Chromeos)
            .count();
        assert!(
            (60..=70).contains(&all.len()),
            "about seventy devices, but {}",
            all.len()
        );
        assert_eq!(chromebooks, 40);
        let unread = all.iter().filter(|device| device.reader == Reader::Nobody);
        assert!(
            unread
                .into_iter()
                .all(|device| device.platform == Platform::Chromeos)
        );
    }

    #[test]
    fn a_device_is_found_by_its_room_and_seat() {
        let all = devices();
        let place = |name| {
            all.iter()
                .find(|device| device.name == name)
                .map(|device| device.place().to_string())
        };
        assert_eq!(place(THIS_MACHINE).as_deref(), Some("Room 101, seat 1"));
        assert_eq!(place("CED-LIB-03").as_deref(), Some("Library, seat 3"));
        assert_eq!(place("LIN-STAFF-2").as_deref(), Some("Room 204, no seat"));
    }

    #[test]
    fn every_device_sits_alone_in_its_seat() {
        let mut seats: Vec<_> = devices()
            .into_iter()
            .filter_map(|d| d.seat.map(|seat| (d.school, d.room, seat)))
            .collect();
        let all = seats.len();
        seats.sort_unstable();
        seats.dedup();
        assert_eq!(seats.len(), all);
    }
}
