//! What a backup says of itself, first of all.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::BackupError;
use crate::limits::{
    BACKUP_MOST_DATABASE_BYTES, BACKUP_MOST_FILE_BYTES, BACKUP_MOST_FILES, BACKUP_MOST_NAME_BYTES,
};
use crate::store::sqlite::DATABASE;

/// This program's format. It changes when an older program could not restore a backup rightly.
pub(super) const FORMAT: u32 = 1;
/// The manifest's own name in the archive.
pub(super) const MANIFEST: &str = "manifest.json";
/// The district's settings, as set-up writes them.
pub(super) const SETTINGS: &str = "collector.toml";
/// Folders of the data folder that travel: the private CA and the profiles.
pub(super) const FOLDERS: [&str; 2] = ["ca", "profiles"];

/// The list at the head of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Which format this is.
    pub format: u32,
    /// Version of the collector that made it.
    pub collector: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// Whose data it is.
    pub district: Uuid,
    /// Layout of the database.
    pub layout: i64,
    /// Entries of the record: 1 to this, without a gap.
    pub entries: u64,
    /// The files, in the order in which they follow; the database is the first.
    pub files: Vec<Packed>,
}

/// One file in a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Packed {
    /// Where it belongs, below the data folder.
    pub name: FileName,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of its content, in hex.
    pub sha256: String,
}

/// A name that a backup may carry: the database, the settings, or a plain name in one of [`FOLDERS`]. No other path
/// can be written down, so none can lead out of the data folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileName(String);

impl FileName {
    /// Checks a name.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(name: &str) -> Result<Self, String> {
        if name.len() > BACKUP_MOST_NAME_BYTES {
            return Err(format!("a name may have {BACKUP_MOST_NAME_BYTES} letters"));
        }
        let known = match name.split_once('/') {
            None => name == DATABASE || name == SETTINGS,
            Some((folder, plain)) => FOLDERS.contains(&folder) && is_plain(plain),
        };
        if known {
            Ok(Self(name.to_owned()))
        } else {
            Err(format!(
                "{name:?} is no name that a backup carries: {DATABASE}, {SETTINGS}, or letters, digits, '.', '-' and \
                 '_' in ca/ or profiles/"
            ))
        }
    }

    /// The name, with '/' between folder and file.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The largest size that the file of this name may have.
    pub(super) fn most_bytes(&self) -> u64 {
        if self.0 == DATABASE {
            BACKUP_MOST_DATABASE_BYTES
        } else {
            BACKUP_MOST_FILE_BYTES
        }
    }
}

fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('.')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
}

impl TryFrom<String> for FileName {
    type Error = String;
    fn try_from(name: String) -> Result<Self, String> {
        Self::parse(&name)
    }
}

impl From<FileName> for String {
    fn from(name: FileName) -> Self {
        name.0
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Manifest {
    /// Whether the district's settings are in it.
    #[must_use]
    pub fn has_settings(&self) -> bool {
        self.files.iter().any(|file| file.name.as_str() == SETTINGS)
    }

    /// Reads and checks a manifest.
    pub(super) fn parse(text: &[u8]) -> Result<Self, BackupError> {
        #[derive(Deserialize)]
        struct Head {
            format: u32,
            #[serde(default)]
            collector: String,
        }
        let damaged =
            |error: serde_json::Error| BackupError::damaged(format!("its list cannot be read: {error}"));
        let head: Head = serde_json::from_slice(text).map_err(damaged)?;
        if head.format > FORMAT {
            return Err(BackupError::Newer {
                made_by: head
                    .collector
                    .chars()
                    .filter(|c| !c.is_control())
                    .take(40)
                    .collect(),
            });
        }
        let manifest: Self = serde_json::from_slice(text).map_err(damaged)?;
        manifest.check()?;
        Ok(manifest)
    }

    fn check(&self) -> Result<(), BackupError> {
        if self.files.len() > BACKUP_MOST_FILES {
            return Err(BackupError::damaged(format!(
                "it lists {} files, and {BACKUP_MOST_FILES} are the most",
                self.files.len()
            )));
        }
        if self
            .files
            .first()
            .is_none_or(|file| file.name.as_str() != DATABASE)
        {
            return Err(BackupError::damaged("its first file is not the database"));
        }
        let mut seen = BTreeSet::new();
        for file in &self.files {
            // Some file systems take upper and lower case for the same.
            if !seen.insert(file.name.as_str().to_ascii_lowercase()) {
                return Err(BackupError::damaged(format!("it lists {} twice", file.name)));
            }
            let most = file.name.most_bytes();
            if file.bytes > most {
                return Err(BackupError::damaged(format!(
                    "{} has {} bytes, and {most} are the most",
                    file.name, file.bytes
                )));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(files: &serde_json::Value) -> Result<Manifest, BackupError> {
        let text = json!({
            "format": 1, "collector": "0.1.0", "made_at": "2026-10-06T08:00:00Z", "layout": 2, "entries": 7,
            "district": "00000000-0000-4000-8000-000000000000", "files": files,
        });
        Manifest::parse(text.to_string().as_bytes())
    }

    fn file(name: &str, bytes: u64) -> serde_json::Value {
        json!({"name": name, "bytes": bytes, "sha256": "00"})
    }

    #[test]
    fn only_the_names_that_the_collector_keeps_are_taken() {
        for name in [DATABASE, SETTINGS, "ca/ca.pem", "profiles/testnav-2026-27.toml"] {
            assert!(FileName::parse(name).is_ok(), "{name}");
        }
        for name in [
            "",
            "/etc/passwd",
            "../x",
            "ca/../x",
            "ca/..",
            "ca/.hidden",
            "ca/",
            "ca/a/b",
            "ca\\x",
            "ca/a b",
            "other/x",
            "collector.lock",
            "ca/x\0",
            "ca/ключ",
        ] {
            assert!(FileName::parse(name).is_err(), "{name:?}");
        }
        assert!(FileName::parse(&format!("ca/{}", "a".repeat(BACKUP_MOST_NAME_BYTES))).is_err());
    }

    #[test]
    fn a_list_over_a_limit_or_with_a_name_twice_is_refused() {
        let database = file(DATABASE, 4096);
        assert!(of(&json!([database, file("ca/a", 1)])).is_ok());
        let many: Vec<_> = std::iter::once(database.clone())
            .chain((0..BACKUP_MOST_FILES).map(|n| file(&format!("ca/{n}"), 1)))
            .collect();
        for (files, words) in [
            (json!([]), "not the database"),
            (json!([file("ca/a", 1)]), "not the database"),
            (json!([database, file("ca/a", 1), file("ca/A", 1)]), "twice"),
            (
                json!([database, file("ca/a", BACKUP_MOST_FILE_BYTES + 1)]),
                "are the most",
            ),
            (
                json!([file(DATABASE, BACKUP_MOST_DATABASE_BYTES + 1)]),
                "are the most",
            ),
            (json!(many), "files"),
            (json!([database, file("../x", 1)]), "no name"),
        ] {
            let told = of(&files).unwrap_err().to_string();
            assert!(told.contains(words), "{told}");
        }
    }

    #[test]
    fn a_backup_of_a_newer_program_names_it() {
        let told = Manifest::parse(br#"{"format": 2, "collector": "3.1.4", "anything": []}"#)
            .unwrap_err()
            .to_string();
        assert!(told.contains("a newer RoomReady (3.1.4)"), "{told}");
    }
}
