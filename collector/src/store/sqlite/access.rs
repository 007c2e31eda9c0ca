//! Devices' credentials.

use jiff::Timestamp;
use roomready_shared::ids::{DeviceId, DeviceName, SchoolId};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::convert::{Columns, column, micros};
use super::fault::Fault;
use super::record;
use crate::domain::entry::{Actor, NewEntry};
use crate::domain::identity::{Access, AccessStep};
use crate::secret::SecretHash;
use crate::store::{AccessNow, MOST_CHANGES_A_PAGE, Refusal};

/// The columns that [`access_of`] reads.
pub(super) const ACCESS: &str =
    "credential, next_credential, rotation_ordered_at, revoked_at, shared_at, change";

/// Reads [`ACCESS`] from a place on: the credential and the number of its latest change.
pub(super) fn access_of(columns: &Columns<'_, '_>, at: usize) -> Result<(Access, u64), Fault> {
    let access = Access {
        credential: columns.hash(at)?,
        next: if columns.is_null(at + 1)? {
            None
        } else {
            Some(columns.hash(at + 1)?)
        },
        rotation_ordered_at: columns.optional_time(at + 2)?,
        revoked_at: columns.optional_time(at + 3)?,
        shared_at: columns.optional_time(at + 4)?,
    };
    Ok((access, columns.number(at + 5)?))
}

/// The number of a change that is made now.
pub(super) fn next_change(connection: &Connection) -> Result<u64, Fault> {
    connection
        .prepare_cached("SELECT COALESCE(MAX(change), 0) + 1 FROM devices")?
        .query_row([], |row| Ok(Columns::of("a change", row).number(0)))?
}

struct Held {
    number: i64,
    name: DeviceName,
    school: SchoolId,
    access: Access,
    change: u64,
}

/// Takes a step; see [`crate::store::Store::change_access`].
pub(super) fn step(
    connection: &Connection,
    device: DeviceId,
    step: AccessStep,
    by: Actor,
    at: Timestamp,
) -> Result<AccessNow, Fault> {
    let held = held(connection, device)?.ok_or(Refusal::DeviceUnknown(device))?;
    let stepped = held.access.step(step, at)?;
    if stepped.access == held.access {
        return Ok(AccessNow {
            device,
            access: held.access,
            change: held.change,
        });
    }
    let change = next_change(connection)?;
    write(connection, held.number, &stepped.access, change)?;
    if let Some(kind) = stepped.entry {
        let entry = NewEntry::credential(at, kind, &held.school, device, &held.name, by);
        record::append(connection, &entry)?;
    }
    Ok(AccessNow {
        device,
        access: stepped.access,
        change,
    })
}

fn held(connection: &Connection, device: DeviceId) -> Result<Option<Held>, Fault> {
    connection
        .prepare_cached(&format!(
            "SELECT number, name, school, {ACCESS} FROM devices WHERE id = ?1"
        ))?
        .query_row([device.uuid().as_bytes()], |row| {
            let number = row.get(0)?;
            let columns = Columns::of("a device", row);
            let read = || {
                let (access, change) = access_of(&columns, 3)?;
                Ok(Held {
                    number,
                    name: columns.parsed(1)?,
                    school: columns.parsed(2)?,
                    access,
                    change,
                })
            };
            Ok(read())
        })
        .optional()?
        .transpose()
}

/// Writes all of a device's credential.
pub(super) fn write(connection: &Connection, number: i64, access: &Access, change: u64) -> Result<(), Fault> {
    connection
        .prepare_cached(
            "UPDATE devices SET credential = ?2, next_credential = ?3, rotation_ordered_at = ?4, revoked_at = ?5,
                    shared_at = ?6, change = ?7
             WHERE number = ?1",
        )?
        .execute(params![
            number,
            access.credential.as_bytes(),
            access.next.as_ref().map(SecretHash::as_bytes),
            access.rotation_ordered_at.map(micros),
            access.revoked_at.map(micros),
            access.shared_at.map(micros),
            column(change),
        ])?;
    Ok(())
}

/// The device that holds a credential.
pub(super) fn holder(connection: &Connection, credential: &SecretHash) -> Result<Option<DeviceId>, Fault> {
    connection
        .prepare_cached(
            "SELECT id FROM devices WHERE (credential = ?1 OR next_credential = ?1) AND revoked_at IS NULL",
        )?
        .query_row([credential.as_bytes()], |row| {
            Ok(Columns::of("a device", row).uuid(0).map(DeviceId::new))
        })
        .optional()?
        .transpose()
}

/// What changed after a change.
pub(super) fn changes(connection: &Connection, after: u64) -> Result<Vec<AccessNow>, Fault> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT id, {ACCESS} FROM devices WHERE change > ?1 ORDER BY change LIMIT ?2"
    ))?;
    let mut rows = statement.query(params![column(after), MOST_CHANGES_A_PAGE])?;
    let mut changes = Vec::new();
    while let Some(row) = rows.next()? {
        let columns = Columns::of("a device", row);
        let (access, change) = access_of(&columns, 1)?;
        changes.push(AccessNow {
            device: DeviceId::new(columns.uuid(0)?),
            access,
            change,
        });
    }
    Ok(changes)
}
