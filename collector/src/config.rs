//! The configuration as used: a checked district, its requirement files read.
//!
//! As written it is one TOML file (`configs/collector.example.toml`); every fault of it and of the files it names is
//! told at once. A roster of a whole district comes by import, later; this file is for a school's worth.

pub mod advice;
pub mod first;
mod load;
mod read;
mod table;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::tz::TimeZone;
use roomready_shared::ids::{SchoolId, Title};
use roomready_shared::wire::v1::DuringTest;

use crate::domain::advice::Texts;
use crate::domain::plan::{District, Draft, Paces, School};
use crate::notify::Settings as NoticeSettings;

pub use load::{BadConfig, load, load_text};
pub use read::PREPARE_BY_DEFAULT;

/// The sample that `config print` shows and that a test reads.
pub const SAMPLE: &str = include_str!("../../configs/collector.example.toml");

/// Everything a district told us about itself.
#[derive(Debug, Clone)]
pub struct Config {
    /// Its schools, rooms, devices and sittings.
    pub district: Arc<District>,
    /// Its time zone.
    pub zone: TimeZone,
    /// The folder where set-up may write the first configuration; none once there is one.
    pub set_up_in: Option<PathBuf>,
    /// Whom of the staff to tell of incidents, and how.
    pub notices: Arc<NoticeSettings>,
    /// What to do about incidents.
    pub advice: Arc<Texts>,
}

impl Config {
    /// Without a file: one school without rooms, so that the overview teaches the next step, which is to name rooms.
    /// The time zone is the machine's, where it tells.
    #[must_use]
    pub fn built_in() -> Self {
        let zone = TimeZone::system();
        let school = School {
            title: title("My school"),
            rooms: Vec::new(),
            site: crate::domain::plan::Site::default(),
            access_points: BTreeMap::new(),
        };
        let draft = Draft {
            name: title("My district"),
            time_zone: zone.iana_name().unwrap_or("UTC").to_owned(),
            during_test: DuringTest::Quiet,
            paces: Paces::default(),
            proctoring: crate::domain::proctor::Proctoring::default(),
            requirement: None,
            outside: None,
            schools: BTreeMap::from([(
                SchoolId::parse("my-school").expect("a plain word is an id"),
                school,
            )]),
            roster: Vec::new(),
            sessions: Vec::new(),
        };
        let district = District::new(draft).expect("a district without rooms has no faults");
        Self {
            district: Arc::new(district),
            zone,
            set_up_in: None,
            notices: Arc::default(),
            advice: Arc::new(advice::shipped()),
        }
    }

    /// The same, which set-up may replace by a first one in this folder.
    #[must_use]
    pub fn to_be_set_up_in(self, folder: PathBuf) -> Self {
        Self {
            set_up_in: Some(folder),
            ..self
        }
    }
}

fn title(text: &str) -> Title {
    Title::parse(text).expect("a short name is a title")
}
