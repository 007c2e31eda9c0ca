//! Addresses of pages. The router's routes and these belong together; a test follows every link.

use std::fmt::Write as _;

use roomready_shared::ids::{DeviceId, DeviceName, IncidentId, RoomRef, SchoolId, SessionId};

use super::Topic;

pub(super) const DISTRICT: &str = "/";
pub(super) const MY_ROOMS: &str = "/my-rooms";
pub(super) const NOTICES: &str = "/notices";
pub(super) const DISTRICT_LOG: &str = "/incidents";

pub(super) fn school(id: &SchoolId) -> String {
    format!("/schools/{id}")
}

pub(super) fn school_log(id: &SchoolId) -> String {
    format!("/schools/{id}/incidents")
}

pub(super) fn enrollment(id: &SchoolId) -> String {
    format!("/schools/{id}/enrollment")
}

pub(super) fn room(room: &RoomRef) -> String {
    format!("/schools/{}/rooms/{}", room.school, room.room)
}

pub(super) fn device(id: DeviceId) -> String {
    format!("/devices/{id}")
}

pub(super) fn roster_device(name: &DeviceName) -> String {
    format!("/roster/{}", in_path(name.as_str()))
}

pub(super) fn incident(id: &IncidentId) -> String {
    format!("/incidents/{id}")
}

/// One seat of a room, by the device that stands there.
pub(super) fn seat(of: &RoomRef, device: &DeviceName) -> String {
    format!("{}/seat?device={}", room(of), in_path(device.as_str()))
}

/// Where somebody decides about devices of a room at a test that no session expects.
pub(super) fn unexpected(of: &RoomRef) -> String {
    format!("{}/unexpected", room(of))
}

/// Where the seat of a device is chosen, in a room or from it.
pub(super) fn choose_seat(of: &RoomRef, device: &DeviceName) -> String {
    format!("{}/swap?tag={}", room(of), in_path(device.as_str()))
}

/// Where somebody is asked, and says, that they are on the way to a room because of an incident.
pub(super) fn on_my_way(to: &RoomRef, incident: &IncidentId) -> String {
    format!("{}/on-my-way?incident={incident}", room(to))
}

/// The proctors of a session.
pub(super) fn proctors(school: &SchoolId, session: &SessionId) -> String {
    format!("/schools/{school}/sessions/{session}/proctors")
}

/// The close-out sheet of a session.
pub(super) fn close_out(school: &SchoolId, session: &SessionId) -> String {
    format!("/schools/{school}/sessions/{session}/close-out")
}

/// The list of devices of a place.
pub(super) fn devices_of(place: &str) -> String {
    format!("{}/devices", place.trim_end_matches('/'))
}

/// The stream of a page.
pub(super) fn stream(topic: &Topic) -> String {
    let page = match topic {
        Topic::District(_) => "/district".to_owned(),
        Topic::School(id) => school(id),
        Topic::Room(of) | Topic::OnlyRoom(of) => room(of),
        Topic::Device(id) => device(*id),
        Topic::RosterDevice(name) => roster_device(name),
        Topic::AllLogs(_) => DISTRICT_LOG.to_owned(),
        Topic::SchoolLog(id) => school_log(id),
        Topic::Incident(id) => incident(id),
        Topic::Mine(..) => MY_ROOMS.to_owned(),
        Topic::Notices(_) => NOTICES.to_owned(),
        Topic::Unexpected(room) => unexpected(room),
        Topic::Seat(room, device) => seat(room, device),
    };
    format!("/live{page}")
}

/// A name as one segment of a path.
fn in_path(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_anything_in_it_is_one_segment() {
        let name = DeviceName::parse("Cart 3/Nº 12?").unwrap();
        assert_eq!(roster_device(&name), "/roster/Cart%203%2FN%C2%BA%2012%3F");
    }
}
