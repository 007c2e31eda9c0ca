//! Devices: let in, and listed.

use jiff::Timestamp;
use roomready_shared::facts::Platform;
use roomready_shared::ids::{DeviceId, DeviceName, RoomRef, StreamId};
use rusqlite::{CachedStatement, Connection, OptionalExtension as _, ToSql, params};

use super::access::{ACCESS, access_of};
use super::convert::{Columns, micros};
use super::fault::Fault;
use super::{access, keys, record};
use crate::domain::entry::NewEntry;
use crate::domain::event_time::DeviceClocks;
use crate::domain::identity::{Access, KnownPlace, room_for};
use crate::store::{Admission, Enrolled, KnownDevice, NewDevice, StreamPosition};

/// A device as it is found again.
struct Known {
    number: i64,
    id: DeviceId,
    name: DeviceName,
    room: RoomRef,
}

/// Lets a device in; see [`crate::store::Store::enrol`].
pub(super) fn enrol(
    connection: &Connection,
    by: &Admission,
    device: &NewDevice,
    at: Timestamp,
) -> Result<Enrolled, Fault> {
    let by_serial = of_serial(connection, device)?;
    let room = match by {
        Admission::Room(room) => room.clone(),
        Admission::Key { key, roster } => {
            let place = keys::usable(connection, key, at)?.place;
            let known = by_serial.as_ref().map(|known| KnownPlace {
                room: &known.room,
                name: &known.name,
            });
            let room = room_for(&place, &device.name, roster.as_ref(), known)?;
            keys::count_use(connection, key)?;
            room
        }
    };
    let known = match by_serial {
        Some(known) => Some(known),
        None => of_name(connection, device, &room)?,
    };
    let (number, id) = match &known {
        Some(known) => (known.number, known.id),
        None => (insert(connection, device, &room, at)?, device.id),
    };
    if known.is_some() {
        update(connection, number, device, &room, at)?;
    }
    let access = Access::enrolled(device.credential);
    let change = access::next_change(connection)?;
    access::write(connection, number, &access, change)?;
    let known_before = known.is_some();
    let entry = NewEntry::device_enrolled(at, &room, id, &device.name, device.platform, known_before);
    record::append(connection, &entry)?;
    let serial = connection
        .prepare_cached("SELECT serial FROM devices WHERE number = ?1")?
        .query_row([number], |row| {
            Ok(Columns::of("a device", row).optional_short_text(0))
        })??;
    Ok(Enrolled {
        device: id,
        room,
        serial,
        known_before,
        access,
        change,
    })
}

fn insert(connection: &Connection, device: &NewDevice, room: &RoomRef, at: Timestamp) -> Result<i64, Fault> {
    connection
        .prepare_cached(
            "INSERT INTO devices (id, name, platform, serial, school, room, credential, enrolled_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            device.id.uuid().as_bytes(),
            device.name.as_str(),
            device.platform.word(),
            device.serial().map(|serial| serial.as_str()),
            room.school.as_str(),
            room.room.as_str(),
            device.credential.as_bytes(),
            micros(at),
        ])?;
    Ok(connection.last_insert_rowid())
}

fn update(
    connection: &Connection,
    number: i64,
    device: &NewDevice,
    room: &RoomRef,
    at: Timestamp,
) -> Result<(), Fault> {
    connection
        .prepare_cached(
            "UPDATE devices SET name = ?2, platform = ?3, serial = COALESCE(?4, serial), school = ?5, room = ?6,
                    enrolled_at = ?7
             WHERE number = ?1",
        )?
        .execute(params![
            number,
            device.name.as_str(),
            device.platform.word(),
            device.serial().map(|serial| serial.as_str()),
            room.school.as_str(),
            room.room.as_str(),
            micros(at),
        ])?;
    Ok(())
}

const KNOWN: &str = "SELECT number, id, name, school, room FROM devices";

fn known(statement: &mut CachedStatement<'_>, params: &[&dyn ToSql]) -> Result<Option<Known>, Fault> {
    let found = statement.query_row(params, |row| {
        let number = row.get(0)?;
        let columns = Columns::of("a device", row);
        let read = || {
            Ok(Known {
                number,
                id: DeviceId::new(columns.uuid(1)?),
                name: columns.parsed(2)?,
                room: RoomRef {
                    school: columns.parsed(3)?,
                    room: columns.parsed(4)?,
                },
            })
        };
        Ok(read())
    });
    found.optional()?.transpose()
}

/// The device that has its serial number.
fn of_serial(connection: &Connection, device: &NewDevice) -> Result<Option<Known>, Fault> {
    let Some(serial) = device.serial() else {
        return Ok(None);
    };
    let mut statement = connection.prepare_cached(&format!("{KNOWN} WHERE serial = ?1"))?;
    known(&mut statement, &[&serial.as_str()])
}

/// The device with its name in this room, unless both have serial numbers: these differ then, and it is another machine
/// with the same label.
fn of_name(connection: &Connection, device: &NewDevice, room: &RoomRef) -> Result<Option<Known>, Fault> {
    let mut statement = connection.prepare_cached(&format!(
        "{KNOWN} WHERE school = ?1 AND room = ?2 AND name = ?3 AND (serial IS NULL OR ?4 IS NULL)
         ORDER BY enrolled_at DESC, number DESC LIMIT 1"
    ))?;
    let serial = device.serial().map(|serial| serial.as_str());
    known(
        &mut statement,
        &[
            &room.school.as_str(),
            &room.room.as_str(),
            &device.name.as_str(),
            &serial,
        ],
    )
}

/// Every device.
pub(super) fn all(connection: &Connection) -> Result<Vec<KnownDevice>, Fault> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT devices.id, name, platform, school, room, serial, enrolled_at, facts, streams.id, next_wanted,
                used_at, event_at, plus_minus_ms, basis, clocks, {ACCESS}
         FROM devices
         LEFT JOIN device_facts ON device_facts.device = devices.number
         LEFT JOIN device_clocks ON device_clocks.device = devices.number
         LEFT JOIN streams ON streams.number =
              (SELECT number FROM streams WHERE device = devices.number ORDER BY used_at DESC, number DESC LIMIT 1)
         ORDER BY devices.id"
    ))?;
    let mut rows = statement.query([])?;
    let mut devices = Vec::new();
    while let Some(row) = rows.next()? {
        let columns = Columns::of("a device", row);
        let word = columns.text(2)?;
        let platform = Platform::from_word(&word).ok_or_else(|| Fault::Damaged {
            what: format!("{word:?} is no system family of a device"),
            source: None,
        })?;
        let facts = if columns.is_null(7)? {
            None
        } else {
            Some(columns.json(7)?)
        };
        let (stream, last_news_at) = if columns.is_null(8)? {
            (None, None)
        } else {
            let position = StreamPosition {
                stream: StreamId::new(columns.uuid(8)?),
                next_wanted: columns.number(9)?,
                latest: if columns.is_null(11)? {
                    None
                } else {
                    Some(columns.event_time(11)?)
                },
            };
            (Some(position), Some(columns.time(10)?))
        };
        let (access, change) = access_of(&columns, 15)?;
        devices.push(KnownDevice {
            id: DeviceId::new(columns.uuid(0)?),
            name: columns.parsed(1)?,
            platform,
            serial: columns.optional_short_text(5)?,
            room: RoomRef {
                school: columns.parsed(3)?,
                room: columns.parsed(4)?,
            },
            access,
            change,
            enrolled_at: columns.time(6)?,
            facts,
            stream,
            last_news_at,
            clocks: if columns.is_null(14)? {
                DeviceClocks::default()
            } else {
                columns.json(14)?
            },
        });
    }
    Ok(devices)
}
