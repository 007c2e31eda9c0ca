//! Into which room a key lets a device, and whether a known device may come with it. Pure.
//!
//! A key speaks for its school and for nothing beyond it. What a device says of itself (its name, its serial number)
//! is a claim that anybody with a key can make; the roster is the district's own word. So a claim alone moves a device
//! within the key's school at most, and only the roster takes one from another school.

use roomready_shared::ids::{DeviceName, RoomRef};

use super::KeyPlace;

/// By what the roster knows a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchedBy {
    /// Its serial number.
    Serial,
    /// Its name alone.
    Name,
}

/// Where the roster places a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterPlace {
    /// The room.
    pub room: RoomRef,
    /// By what it was found there.
    pub by: MatchedBy,
}

/// The enrolled device that has the serial number which the asking one tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownPlace<'a> {
    /// Where it was let in.
    pub room: &'a RoomRef,
    /// What it is called.
    pub name: &'a DeviceName,
}

/// Why a right key does not let this device in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAdmitted {
    /// A school's key, and nobody says which room.
    #[error(
        "this key is for a whole school, and the roster does not say which room this device belongs to; use the key of \
         a room, or add the device to the roster"
    )]
    NoRoom,
    /// The roster has it at another school.
    #[error(
        "the roster says that a device of this name or serial number belongs to another school; use a key of that \
         school, or correct the roster"
    )]
    OfAnotherSchool,
    /// A device with this serial number is enrolled at another school.
    #[error(
        "a device with this serial number is enrolled at another school; use a key of that school, or let the roster \
         place it here"
    )]
    EnrolledElsewhere,
}

/// The room into which a key lets a device: the roster's, else the key's, else the one it was in before.
///
/// # Errors
/// When the key does not reach that far, or nobody says which room.
pub fn room_for(
    key: &KeyPlace,
    name: &DeviceName,
    roster: Option<&RosterPlace>,
    known: Option<KnownPlace<'_>>,
) -> Result<RoomRef, NotAdmitted> {
    let school = key.school();
    if roster.is_some_and(|place| place.room.school != *school) {
        return Err(NotAdmitted::OfAnotherSchool);
    }
    let known_here = known.filter(|known| known.room.school == *school);
    if let Some(known) = known.filter(|known| known.room.school != *school) {
        // With somebody else's serial number and any name of this school's roster, a key could take any device.
        let moved_by_roster = roster.is_some_and(|place| match place.by {
            MatchedBy::Serial => true,
            MatchedBy::Name => same_name(known.name, name),
        });
        if !moved_by_roster {
            return Err(NotAdmitted::EnrolledElsewhere);
        }
    }
    match (roster, key, known_here) {
        (Some(place), ..) => Ok(place.room.clone()),
        (None, KeyPlace::Room(room), _) => Ok(room.clone()),
        (None, KeyPlace::School(_), Some(known)) => Ok(known.room.clone()),
        (None, KeyPlace::School(_), None) => Err(NotAdmitted::NoRoom),
    }
}

fn same_name(one: &DeviceName, other: &DeviceName) -> bool {
    one.as_str().to_lowercase() == other.as_str().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(school: &str, room: &str) -> RoomRef {
        RoomRef {
            school: school.parse().unwrap(),
            room: room.parse().unwrap(),
        }
    }

    fn listed(place: RoomRef, by: MatchedBy) -> RosterPlace {
        RosterPlace { room: place, by }
    }

    fn name(text: &str) -> DeviceName {
        text.parse().unwrap()
    }

    fn of_room() -> KeyPlace {
        KeyPlace::Room(room("lincoln-ms", "101"))
    }

    fn of_school() -> KeyPlace {
        KeyPlace::School("lincoln-ms".parse().unwrap())
    }

    #[test]
    fn the_roster_s_room_goes_before_the_key_s_within_the_school() {
        let library = listed(room("lincoln-ms", "library"), MatchedBy::Name);
        for key in [of_room(), of_school()] {
            let answer = room_for(&key, &name("LIB-7"), Some(&library), None);
            assert_eq!(answer, Ok(library.room.clone()));
        }
        assert_eq!(
            room_for(&of_room(), &name("NEW"), None, None),
            Ok(room("lincoln-ms", "101"))
        );
    }

    #[test]
    fn a_school_s_key_needs_to_be_told_the_room() {
        let sentence = room_for(&of_school(), &name("NEW"), None, None)
            .unwrap_err()
            .to_string();
        assert!(sentence.contains("use the key of a room, or add the device to the roster"));
        // Known here by its serial number, it goes where it was.
        let library = room("lincoln-ms", "library");
        let known = KnownPlace {
            room: &library,
            name: &name("OLD"),
        };
        assert_eq!(
            room_for(&of_school(), &name("NEW"), None, Some(known)),
            Ok(library.clone())
        );
    }

    #[test]
    fn what_the_roster_has_at_another_school_needs_a_key_of_that_school() {
        for by in [MatchedBy::Serial, MatchedBy::Name] {
            let there = listed(room("grant-hs", "7"), by);
            assert_eq!(
                room_for(&of_room(), &name("GRANT-1"), Some(&there), None),
                Err(NotAdmitted::OfAnotherSchool)
            );
        }
    }

    #[test]
    fn a_serial_number_of_another_school_s_device_is_believed_only_with_the_roster() {
        let grant = room("grant-hs", "7");
        let grants = name("GRANT-1");
        let known = Some(KnownPlace {
            room: &grant,
            name: &grants,
        });
        let here = |by| listed(room("lincoln-ms", "101"), by);
        let ask = |asks: &str, roster: Option<&RosterPlace>| room_for(&of_room(), &name(asks), roster, known);
        assert_eq!(ask("GRANT-1", None), Err(NotAdmitted::EnrolledElsewhere));
        assert_eq!(
            ask("CART-01", Some(&here(MatchedBy::Serial))),
            Ok(room("lincoln-ms", "101"))
        );
        // The roster moved the device of this name; it says nothing of that one under another name.
        assert_eq!(
            ask("grant-1", Some(&here(MatchedBy::Name))),
            Ok(room("lincoln-ms", "101"))
        );
        assert_eq!(
            ask("CART-01", Some(&here(MatchedBy::Name))),
            Err(NotAdmitted::EnrolledElsewhere)
        );
    }
}
