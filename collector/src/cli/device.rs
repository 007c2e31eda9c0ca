//! `device`: devices' credentials, at the collector's own computer. A running collector follows within seconds.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use roomready_shared::ids::DeviceId;

use super::Failure;
use crate::clock::{Clock as _, SystemClock};
use crate::domain::identity::{Access, AccessStep};
use crate::store::sqlite::Visitor;
use crate::store::{KnownDevice, StoreError};

#[derive(Debug, Subcommand)]
pub(super) enum Device {
    /// Show every device that was let in, and how its credential stands
    List(List),
    /// Have a device fetch a new credential with its next report; the old one ends when the new one is used
    Rotate(One),
    /// End a device's credential now: it has to be enrolled again
    Revoke(One),
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// The collector's data folder
    #[arg(long, env = "ROOMREADY_DATA", value_name = "DIR")]
    data: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct One {
    /// Its name, or its id when two devices have that name
    #[arg(value_name = "NAME-OR-ID")]
    device: String,
    /// The collector's data folder
    #[arg(long, env = "ROOMREADY_DATA", value_name = "DIR")]
    data: PathBuf,
}

pub(super) fn run(command: &Device) -> Result<(), Failure> {
    match command {
        Device::List(arguments) => list(arguments),
        Device::Rotate(one) => {
            let device = step(one, AccessStep::OrderRotation)?;
            println!(
                "{} ({}) fetches a new credential with its next report; until it has used it, the old one holds",
                device.name, device.id
            );
            Ok(())
        }
        Device::Revoke(one) => {
            let device = step(one, AccessStep::Revoke)?;
            println!(
                "{} ({}) is not believed any more; it keeps its records, and sends them once it is enrolled again",
                device.name, device.id
            );
            Ok(())
        }
    }
}

fn list(arguments: &List) -> Result<(), Failure> {
    let devices = Visitor::open(&arguments.data)
        .and_then(|visitor| visitor.devices())
        .map_err(Failure::failed)?;
    if devices.is_empty() {
        println!("no device was let in yet; `enrollment new` makes a key for it");
        return Ok(());
    }
    println!("{:<38}{:<24}{:<24}CREDENTIAL", "ID", "NAME", "ROOM");
    for device in devices {
        let (room, credential) = (device.room.to_string(), words(&device.access));
        println!("{:<38}{:<24}{room:<24}{credential}", device.id, device.name);
    }
    Ok(())
}

fn words(access: &Access) -> String {
    match access {
        Access {
            revoked_at: Some(at), ..
        } => format!("revoked at {at}"),
        Access {
            shared_at: Some(at), ..
        } => format!("used by two machines since {at}"),
        Access {
            rotation_ordered_at: Some(at),
            ..
        } => format!("is to be replaced since {at}"),
        _ => "in use".to_owned(),
    }
}

fn step(one: &One, step: AccessStep) -> Result<KnownDevice, Failure> {
    let mut visitor = Visitor::open(&one.data).map_err(Failure::failed)?;
    let device = find(visitor.devices().map_err(Failure::failed)?, &one.device)?;
    let now = SystemClock::start().wall();
    visitor
        .change_access(device.id, step, now)
        .map_err(|error| match error {
            refused @ StoreError::Refused(_) => Failure::usage(refused),
            other => Failure::failed(other),
        })?;
    Ok(device)
}

/// By its id, else by its name, whatever the case of its letters.
fn find(devices: Vec<KnownDevice>, wanted: &str) -> Result<KnownDevice, Failure> {
    let id: Option<DeviceId> = wanted.parse().ok();
    let is_it = |device: &KnownDevice| match id {
        Some(id) => device.id == id,
        None => device.name.as_str().to_lowercase() == wanted.to_lowercase(),
    };
    let mut found = devices.into_iter().filter(is_it);
    match (found.next(), found.next()) {
        (Some(device), None) => Ok(device),
        (None, _) => Err(Failure::usage(format!(
            "there is no device {wanted:?}; `device list` shows those there are"
        ))),
        (Some(one), Some(other)) => Err(Failure::usage(format!(
            "there are two devices called {wanted:?} ({} in {}, {} in {}); say which by its id",
            one.id, one.room, other.id, other.room
        ))),
    }
}
