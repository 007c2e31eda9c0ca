//! What goes into a backup, brought together in a folder where nothing changes any more.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::BackupError;
use super::manifest::{FOLDERS, FileName, Packed, SETTINGS};
use crate::limits::{BACKUP_BUFFER_BYTES, BACKUP_MOST_FILES};
use crate::private;
use crate::store::sqlite::{DATABASE, Visitor};

/// How a scratch folder is called, with something random behind it.
const SCRATCH: &str = "backup-unfinished-";
/// In it: locked as long as its maker lives.
const LOCK: &str = "lock";

/// A folder in the data folder, as closed as that is, removed when this is dropped. One that a killed program left is
/// removed by the next backup.
pub(super) struct Scratch {
    path: PathBuf,
    _lock: File,
}

impl Scratch {
    pub(super) fn make(data: &Path) -> Result<Self, BackupError> {
        sweep(data);
        let path = data.join(format!("{SCRATCH}{}", Uuid::new_v4()));
        private::make_folder(&path).map_err(BackupError::io(&path, "made"))?;
        let lock = private::make_file(&path.join(LOCK)).map_err(BackupError::io(&path, "written"))?;
        lock.lock().map_err(BackupError::io(&path, "locked"))?;
        Ok(Self { path, _lock: lock })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _gone = fs::remove_dir_all(&self.path);
    }
}

/// Removes what killed backups left. Best effort: it is as well guarded as the data itself.
fn sweep(data: &Path) {
    let folders = fs::read_dir(data).into_iter().flatten().flatten();
    for folder in folders.filter(|entry| entry.file_name().to_string_lossy().starts_with(SCRATCH)) {
        let in_use = File::open(folder.path().join(LOCK))
            .is_ok_and(|lock| matches!(lock.try_lock(), Err(TryLockError::WouldBlock)));
        if !in_use {
            let _gone = fs::remove_dir_all(folder.path());
        }
    }
}

/// Copies everything into the scratch folder: the database at one moment, then the settings, the profiles and the
/// private CA, where they are there.
pub(super) fn gather(visitor: &Visitor, data: &Path, scratch: &Scratch) -> Result<Vec<Packed>, BackupError> {
    let database = scratch.path().join(DATABASE);
    // Made before SQLite does, for its permissions.
    private::make_file(&database).map_err(BackupError::io(&database, "written"))?;
    visitor.copy_into(&database)?;
    let mut packed = vec![packed(DATABASE, &database, &mut io::sink())?];
    for name in names(data)? {
        let (from, to) = (data.join(&name), scratch.path().join(&name));
        if let Some(folder) = to.parent() {
            private::make_folder(folder).map_err(BackupError::io(folder, "made"))?;
        }
        let mut copy = private::make_file(&to).map_err(BackupError::io(&to, "written"))?;
        packed.push(self::packed(&name, &from, &mut copy)?);
    }
    if packed.len() > BACKUP_MOST_FILES {
        return Err(BackupError::CannotCarry {
            path: data.to_owned(),
            why: format!(
                "it holds {} files, and {BACKUP_MOST_FILES} are the most",
                packed.len()
            ),
        });
    }
    Ok(packed)
}

/// Files beside the database, in an order that does not change.
fn names(data: &Path) -> Result<Vec<String>, BackupError> {
    let mut names = Vec::new();
    if data.join(SETTINGS).is_file() {
        names.push(SETTINGS.to_owned());
    }
    for folder in FOLDERS {
        let path = data.join(folder);
        let listed = match fs::read_dir(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            listed => listed.map_err(BackupError::io(&path, "read"))?,
        };
        let mut inside = Vec::new();
        for entry in listed {
            let entry = entry.map_err(BackupError::io(&path, "read"))?;
            // As it reads in a backup, on every system.
            let name = format!("{folder}/{}", entry.file_name().to_string_lossy());
            let carried = FileName::parse(&name).is_ok() && entry.path().is_file();
            if !carried {
                return Err(BackupError::CannotCarry {
                    path: entry.path(),
                    why: "a backup carries plain files with letters, digits, '.', '-' and '_' in their names; rename it or \
                          take it out of there"
                        .to_owned(),
                });
            }
            inside.push(name);
        }
        inside.sort();
        names.append(&mut inside);
    }
    Ok(names)
}

/// Reads a file once: copies it, measures it and takes its digest.
fn packed(name: &str, from: &Path, copy: &mut impl Write) -> Result<Packed, BackupError> {
    let cannot = |why: String| BackupError::CannotCarry {
        path: from.to_owned(),
        why,
    };
    let name = FileName::parse(name).map_err(cannot)?;
    let most = name.most_bytes();
    let mut file = File::open(from).map_err(BackupError::io(from, "read"))?;
    let mut digest = Sha256::new();
    let mut buffer = vec![0; BACKUP_BUFFER_BYTES];
    let mut bytes = 0_u64;
    loop {
        let read = file.read(&mut buffer).map_err(BackupError::io(from, "read"))?;
        if read == 0 {
            break;
        }
        bytes += u64::try_from(read).unwrap_or(u64::MAX);
        if bytes > most {
            return Err(cannot(format!("it has more than {most} bytes")));
        }
        digest.update(&buffer[..read]);
        copy.write_all(&buffer[..read])
            .map_err(BackupError::io(from, "copied"))?;
    }
    Ok(Packed {
        name,
        bytes,
        sha256: hex::encode(digest.finalize()),
    })
}
