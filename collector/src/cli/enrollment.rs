//! `enrollment new`: a key that lets devices into one room.

use jiff::{Timestamp, Unit};
use roomready_shared::ids::RoomRef;

use super::enrolment_file::EnrolmentFile;
use super::{EnrollmentNew, Failure, config_command};
use crate::clock::{Clock as _, SystemClock};
use crate::limits;
use crate::secret::Secret;
use crate::store::EnrolmentKey;
use crate::store::sqlite::Visitor;

pub(super) fn run(arguments: &EnrollmentNew) -> Result<(), Failure> {
    let room = RoomRef {
        school: arguments.school.clone(),
        room: arguments.room.clone(),
    };
    if let Some(file) = &arguments.config {
        let config = config_command::of(Some(file))?;
        if config.district.room_title(&room).is_none() {
            let message = format!(
                "there is no room {room} in {}; add it there, or correct --school and --room",
                file.display()
            );
            return Err(Failure::usage(message));
        }
    }
    // First, so that what is wrong with it costs no key.
    let file = arguments
        .out
        .as_deref()
        .map(|out| EnrolmentFile::begin(out, arguments));
    let file = file.transpose()?;
    let key = Secret::new().map_err(Failure::failed)?;
    let ends = SystemClock::start()
        .wall()
        .saturating_add(limits::ENROLMENT_KEY_LIFE)
        .and_then(|ends| ends.round(Unit::Second))
        .unwrap_or(Timestamp::MAX);
    let kept = EnrolmentKey {
        hash: key.hash(),
        room: room.clone(),
        uses_left: arguments.uses,
        ends,
    };
    Visitor::open(&arguments.data)
        .map_err(Failure::failed)?
        .add_key(&kept)
        .map_err(Failure::failed)?;
    if let Some(file) = file {
        let written = file.finish(&key)?;
        println!(
            "{} lets in {} devices to {room}, until {ends}. It holds the key: give it to device management only.",
            written.display(),
            arguments.uses
        );
        println!(
            "on each device: roomready-agent enroll --file {}",
            written.display()
        );
        return Ok(());
    }
    println!(
        "enrollment key for {room} (lets in {} devices, until {ends}): {}",
        arguments.uses,
        key.reveal()
    );
    println!(
        "on each device: roomready-agent enroll --collector http://{} --key {}",
        arguments.listen,
        key.reveal()
    );
    Ok(())
}
