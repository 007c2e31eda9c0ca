//! Devices and enrolment keys.

use jiff::Timestamp;
use roomready_shared::facts::Platform;
use roomready_shared::ids::{DeviceId, RoomRef, StreamId};
use rusqlite::{CachedStatement, Connection, OptionalExtension as _, params};

use super::convert::{Columns, column, micros};
use super::fault::Fault;
use super::record;
use crate::domain::entry::NewEntry;
use crate::domain::event_time::DeviceClocks;
use crate::secret::SecretHash;
use crate::store::{Admission, Enrolled, EnrolmentKey, KnownDevice, NewDevice, Refusal, StreamPosition};

/// Lets a device in; see [`crate::store::Store::enrol`].
pub(super) fn enrol(
    connection: &Connection,
    by: &Admission,
    device: &NewDevice,
    at: Timestamp,
) -> Result<Enrolled, Fault> {
    let room = match by {
        Admission::Key(key) => use_key(connection, key, at)?,
        Admission::Room(room) => room.clone(),
    };
    let known = find_known(connection, device, &room)?;
    let id = match known {
        Some((number, id)) => {
            connection
                .prepare_cached(
                    "UPDATE devices SET name = ?2, platform = ?3, serial = COALESCE(?4, serial), school = ?5,
                            room = ?6, credential = ?7, enrolled_at = ?8
                     WHERE number = ?1",
                )?
                .execute(params![
                    number,
                    device.name.as_str(),
                    device.platform.word(),
                    device.serial().map(|serial| serial.as_str()),
                    room.school.as_str(),
                    room.room.as_str(),
                    device.credential.as_bytes(),
                    micros(at),
                ])?;
            id
        }
        None => {
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
            device.id
        }
    };
    let known_before = known.is_some();
    let entry = NewEntry::device_enrolled(at, &room, id, &device.name, device.platform, known_before);
    let entry = record::append(connection, &entry)?;
    let serial = connection
        .prepare_cached("SELECT serial FROM devices WHERE id = ?1")?
        .query_row([id.uuid().as_bytes()], |row| {
            Ok(Columns::of("a device", row).optional_short_text(0))
        })??;
    Ok(Enrolled {
        device: id,
        room,
        serial,
        known_before,
        entry,
    })
}

/// Counts one use and gives the key's room.
fn use_key(connection: &Connection, key: &SecretHash, at: Timestamp) -> Result<RoomRef, Fault> {
    let found = connection
        .prepare_cached("SELECT hash, school, room, uses_left, ends FROM enrolment_keys WHERE hash = ?1")?
        .query_row([key.as_bytes()], |row| Ok(key_of(row)))
        .optional()?
        .ok_or(Refusal::KeyUnknown)??;
    if found.ends <= at {
        return Err(Refusal::KeyEnded(found.ends).into());
    }
    if found.uses_left == 0 {
        return Err(Refusal::KeyUsedUp.into());
    }
    connection
        .prepare_cached("UPDATE enrolment_keys SET uses_left = uses_left - 1 WHERE hash = ?1")?
        .execute([key.as_bytes()])?;
    Ok(found.room)
}

/// The device it was before: the one with its serial number; else the one with its name in this room, unless both
/// have serial numbers and these differ, since then it is another machine with the same label.
fn find_known(
    connection: &Connection,
    device: &NewDevice,
    room: &RoomRef,
) -> Result<Option<(i64, DeviceId)>, Fault> {
    let found = |mut statement: CachedStatement<'_>, params: &[&dyn rusqlite::ToSql]| {
        statement
            .query_row(params, |row| {
                let columns = Columns::of("a device", row);
                Ok(columns
                    .uuid(1)
                    .map(DeviceId::new)
                    .and_then(|id| Ok((row.get(0)?, id))))
            })
            .optional()?
            .transpose()
    };
    let serial = device.serial().map(|serial| serial.as_str());
    if let Some(serial) = serial {
        let statement = connection.prepare_cached("SELECT number, id FROM devices WHERE serial = ?1")?;
        if let Some(known) = found(statement, &[&serial])? {
            return Ok(Some(known));
        }
    }
    let statement = connection.prepare_cached(
        "SELECT number, id FROM devices
         WHERE school = ?1 AND room = ?2 AND name = ?3 AND (serial IS NULL OR ?4 IS NULL)
         ORDER BY enrolled_at DESC, number DESC LIMIT 1",
    )?;
    found(
        statement,
        &[
            &room.school.as_str(),
            &room.room.as_str(),
            &device.name.as_str(),
            &serial,
        ],
    )
}

/// The device that holds a credential.
pub(super) fn by_credential(
    connection: &Connection,
    credential: &SecretHash,
) -> Result<Option<DeviceId>, Fault> {
    connection
        .prepare_cached("SELECT id FROM devices WHERE credential = ?1")?
        .query_row([credential.as_bytes()], |row| {
            Ok(Columns::of("a device", row).uuid(0).map(DeviceId::new))
        })
        .optional()?
        .transpose()
}

/// Every device.
pub(super) fn all(connection: &Connection) -> Result<Vec<KnownDevice>, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT devices.id, name, platform, school, room, credential, enrolled_at, facts, streams.id, next_wanted,
                used_at, serial, event_at, plus_minus_ms, basis, clocks
         FROM devices
         LEFT JOIN device_facts ON device_facts.device = devices.number
         LEFT JOIN device_clocks ON device_clocks.device = devices.number
         LEFT JOIN streams ON streams.number =
              (SELECT number FROM streams WHERE device = devices.number ORDER BY used_at DESC, number DESC LIMIT 1)
         ORDER BY devices.id",
    )?;
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
                latest: if columns.is_null(12)? {
                    None
                } else {
                    Some(columns.event_time(12)?)
                },
            };
            (Some(position), Some(columns.time(10)?))
        };
        devices.push(KnownDevice {
            id: DeviceId::new(columns.uuid(0)?),
            name: columns.parsed(1)?,
            platform,
            serial: columns.optional_short_text(11)?,
            room: RoomRef {
                school: columns.parsed(3)?,
                room: columns.parsed(4)?,
            },
            credential: columns.hash(5)?,
            enrolled_at: columns.time(6)?,
            facts,
            stream,
            last_news_at,
            clocks: if columns.is_null(15)? {
                DeviceClocks::default()
            } else {
                columns.json(15)?
            },
        });
    }
    Ok(devices)
}

/// Adds a key, or gives a known one new uses and a new end.
pub(super) fn add_key(connection: &Connection, key: &EnrolmentKey) -> Result<(), Fault> {
    connection
        .prepare_cached(
            "INSERT INTO enrolment_keys (hash, school, room, uses_left, ends) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE SET school = ?2, room = ?3, uses_left = ?4, ends = ?5",
        )?
        .execute(params![
            key.hash.as_bytes(),
            key.room.school.as_str(),
            key.room.room.as_str(),
            column(key.uses_left.into()),
            micros(key.ends),
        ])?;
    Ok(())
}

/// Every key.
pub(super) fn keys(connection: &Connection) -> Result<Vec<EnrolmentKey>, Fault> {
    let mut statement = connection
        .prepare_cached("SELECT hash, school, room, uses_left, ends FROM enrolment_keys ORDER BY hash")?;
    let mut rows = statement.query([])?;
    let mut keys = Vec::new();
    while let Some(row) = rows.next()? {
        keys.push(key_of(row)?);
    }
    Ok(keys)
}

fn key_of(row: &rusqlite::Row<'_>) -> Result<EnrolmentKey, Fault> {
    let columns = Columns::of("an enrolment key", row);
    Ok(EnrolmentKey {
        hash: columns.hash(0)?,
        room: RoomRef {
            school: columns.parsed(1)?,
            room: columns.parsed(2)?,
        },
        uses_left: columns.small_number(3)?,
        ends: columns.time(4)?,
    })
}
