//! `config print` and `config check`.

use std::path::Path;

use super::Failure;
use crate::config::{self, Config};

pub(super) fn print() -> Result<(), Failure> {
    print!("{}", config::SAMPLE);
    Ok(())
}

pub(super) fn check(file: &Path) -> Result<(), Failure> {
    let district = of(Some(file))?.district;
    let rooms: usize = district.schools().values().map(|school| school.rooms.len()).sum();
    println!(
        "{} is sound: {} schools, {rooms} rooms, {} devices, {} sessions",
        file.display(),
        district.schools().len(),
        district.roster().len(),
        district.sessions().len()
    );
    Ok(())
}

/// The configuration of a file, or the built-in one.
pub(super) fn of(file: Option<&Path>) -> Result<Config, Failure> {
    match file {
        None => Ok(Config::built_in()),
        Some(file) => config::load(file).map_err(Failure::usage),
    }
}
