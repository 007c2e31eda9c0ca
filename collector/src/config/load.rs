//! Reads the file and the files it names.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::tz::TimeZone;
use roomready_shared::requirement::Requirement;
use roomready_shared::strict::Faults;

use super::Config;
use super::read::{self, Files, RequirementFiles};
use crate::domain::plan::District;
use crate::error::with_causes;

/// Largest table: 25 schools of 150 rooms, a hundred letters each, are 375 KB.
const MOST_TABLE_BYTES: usize = 1024 * 1024;

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BadConfig {
    /// The file cannot be read at all.
    #[error("cannot read the configuration {path}", path = path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It can be read and not used: every fault of every file, one a line.
    #[error("the configuration cannot be used:\n{}", .0.join("\n"))]
    Faults(Vec<String>),
}

/// Reads a configuration with all files that it names.
///
/// # Errors
///
/// Every fault of every file at once.
pub fn load(path: &Path) -> Result<Config, BadConfig> {
    let text = fs::read_to_string(path).map_err(|source| BadConfig::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut shelf = Shelf {
        folder,
        read: BTreeMap::new(),
        faults: Vec::new(),
    };
    let read = read::read(&path.display().to_string(), &text, &mut shelf);
    let mut faults: Vec<String> = read.as_ref().err().map(ToString::to_string).into_iter().collect();
    faults.append(&mut shelf.faults);
    match read {
        Ok(read::Written {
            district,
            notices,
            advice,
        }) if faults.is_empty() => {
            let zone = TimeZone::get(district.time_zone()).map_err(|error| {
                BadConfig::Faults(vec![format!(
                    "cannot read the rules of the time zone: {}",
                    with_causes(&error)
                )])
            })?;
            Ok(Config {
                district: Arc::new(district),
                zone,
                set_up_in: None,
                notices: Arc::new(notices.in_folder(folder)),
                advice: Arc::new(advice),
            })
        }
        _ => Err(BadConfig::Faults(faults)),
    }
}

/// Reads the text of a configuration alone; every requirement file that it names is this one, and tables are not read.
///
/// # Errors
///
/// Every fault of it at once.
pub fn load_text(name: &str, text: &str, requirement: &Arc<Requirement>) -> Result<District, Faults> {
    read::read(name, text, &mut TextAlone(Some(requirement))).map(|written| written.district)
}

/// No files but one requirement, which stands for each that is named.
pub(super) struct TextAlone<'r>(pub(super) Option<&'r Arc<Requirement>>);

impl Files for TextAlone<'_> {
    fn requirement(&mut self, _: &RequirementFiles) -> Option<Arc<Requirement>> {
        self.0.map(Arc::clone)
    }

    fn table(&mut self, _: &str) -> Option<(String, String)> {
        None
    }

    fn faulty(&mut self, _: String) {}
}

/// Requirement files that were read so far: sessions of one season share theirs.
struct Shelf<'f> {
    folder: &'f Path,
    read: BTreeMap<RequirementFiles, Option<Arc<Requirement>>>,
    faults: Vec<String>,
}

impl Files for Shelf<'_> {
    fn requirement(&mut self, files: &RequirementFiles) -> Option<Arc<Requirement>> {
        if let Some(known) = self.read.get(files) {
            return known.clone();
        }
        let requirement = self.open(files).map(Arc::new);
        self.read.insert(files.clone(), requirement.clone());
        requirement
    }

    fn table(&mut self, relative: &str) -> Option<(String, String)> {
        let (name, text) = self.text(relative)?;
        if text.len() > MOST_TABLE_BYTES {
            self.faults.push(format!(
                "{name}: the table has {} bytes; keep it under {MOST_TABLE_BYTES}",
                text.len()
            ));
            return None;
        }
        Some((name, text))
    }

    fn faulty(&mut self, fault: String) {
        self.faults.push(fault);
    }
}

impl Shelf<'_> {
    fn open(&mut self, files: &RequirementFiles) -> Option<Requirement> {
        let (name, text) = self.text(&files.profile)?;
        let profile = self.sound(Requirement::from_profile(&name, &text))?;
        let Some(policy) = &files.policy else {
            return Some(profile);
        };
        let (name, text) = self.text(policy)?;
        let laid_over = profile.with_policy(&name, &text);
        self.sound(laid_over)
    }

    fn text(&mut self, relative: &str) -> Option<(String, String)> {
        let path = self.folder.join(relative);
        let name = path.display().to_string();
        match fs::read_to_string(&path) {
            Ok(text) => Some((name, text)),
            Err(error) => {
                self.faults.push(format!(
                    "{name}: cannot be read: {error}; paths are relative to the configuration"
                ));
                None
            }
        }
    }

    fn sound<T>(&mut self, read: Result<T, Faults>) -> Option<T> {
        read.map_err(|faults| self.faults.push(faults.to_string())).ok()
    }
}
