//! Opening a backup: to look whether it is good, or to put it in place.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::make::folder_of;
use super::manifest::Manifest;
use super::{BackupError, Keys, archive, sealed};
use crate::domain::entry::{Actor, Body, EntryKind, NewEntry, Subject};
use crate::private;
use crate::store::sqlite::{Contents, DATABASE, Visitor, inspect};

/// A backup that was looked through and is good.
#[derive(Debug)]
pub struct Verified {
    /// What it says of itself.
    pub manifest: Manifest,
    /// What its database holds.
    pub contents: Contents,
}

/// A backup that is in its place.
#[derive(Debug)]
pub struct Restored {
    /// What came.
    pub verified: Verified,
    /// Number of the line that the restore added to the record.
    pub entry: u64,
}

/// Opens a backup and checks everything that can be checked: the seal, each file's digest, the database with its
/// layout, and that the record has every number. Needs room for a whole copy in `scratch`, where nothing is left.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn verify(backup: &Path, keys: &Keys, scratch: &Path) -> Result<Verified, BackupError> {
    let place = Place::make(scratch, "roomready-verify")?;
    unpack(backup, keys, place.path())
}

/// Restores a backup as a data folder that was empty or not there. All or nothing: everything is checked and durable
/// in a folder beside it before that takes the name.
///
/// # Errors
/// When the folder holds anything, or anything is wrong with the backup: then the folder is as it was.
pub fn restore(backup: &Path, keys: &Keys, data: &Path, now: Timestamp) -> Result<Restored, BackupError> {
    let owner = check_empty(data)?;
    let above = folder_of(data);
    private::make_folder(above).map_err(BackupError::io(above, "made"))?;
    let name = data.file_name().unwrap_or_default().to_string_lossy();
    let place = Place::make(above, &format!(".{name}.restoring"))?;
    let verified = unpack(backup, keys, place.path())?;
    let entry = Visitor::open_any_layout(place.path())?.append(&entry(&verified, now))?;
    for folder in folders(place.path()).map_err(BackupError::io(place.path(), "read"))? {
        private::sync_folder(&folder).map_err(BackupError::io(&folder, "written"))?;
    }
    if let Some(owner) = owner {
        owner
            .give(place.path())
            .map_err(BackupError::io(data, "given to its owner"))?;
    }
    put_in_place(place.path(), data)?;
    private::sync_folder(above).map_err(BackupError::io(above, "written"))?;
    Ok(Restored { verified, entry })
}

fn unpack(backup: &Path, keys: &Keys, folder: &Path) -> Result<Verified, BackupError> {
    let plain = sealed::open(backup, keys)?;
    let manifest = archive::read(plain, backup, folder)?;
    let contents = inspect(&folder.join(DATABASE))?;
    let says = |layout, district, entries| format!("district {district}, layout {layout}, {entries} entries");
    let listed = says(manifest.layout, manifest.district, manifest.entries);
    let found = says(contents.layout, contents.district, contents.entries);
    if listed != found {
        return Err(BackupError::Contradiction { listed, found });
    }
    Ok(Verified { manifest, contents })
}

/// What was recorded after the backup is not in the restored record: this line says from where it goes on.
fn entry(verified: &Verified, now: Timestamp) -> NewEntry {
    let body = Body::of(&json!({
        "made_at": verified.manifest.made_at.to_string(),
        "made_by": verified.manifest.collector,
        "entries": verified.contents.entries,
    }))
    .expect("texts and whole numbers below 2^53 are always canonical JSON");
    let (kind, subject) = (EntryKind::BackupRestored, Subject::Collector);
    NewEntry::new(now, None, Actor::Console, kind, subject, body)
}

/// Whose a folder was before, when that is somebody else.
struct Owner {
    #[cfg(unix)]
    uid: u32,
    #[cfg(unix)]
    gid: u32,
}

#[cfg(unix)]
impl Owner {
    /// Only root can give files away, and only it needs to: a service's folder is made for its account before.
    fn of(data: &Path) -> io::Result<Option<Self>> {
        use std::os::unix::fs::MetadataExt as _;
        let about = fs::metadata(data)?;
        let is_another = rustix::process::geteuid().is_root() && about.uid() != 0;
        Ok(is_another.then(|| Self {
            uid: about.uid(),
            gid: about.gid(),
        }))
    }

    fn give(&self, folder: &Path) -> io::Result<()> {
        for folder in folders(folder)? {
            for entry in fs::read_dir(&folder)? {
                std::os::unix::fs::lchown(entry?.path(), Some(self.uid), Some(self.gid))?;
            }
        }
        std::os::unix::fs::lchown(folder, Some(self.uid), Some(self.gid))
    }
}

#[cfg(not(unix))]
impl Owner {
    fn of(_data: &Path) -> io::Result<Option<Self>> {
        Ok(None)
    }

    fn give(&self, _folder: &Path) -> io::Result<()> {
        Ok(())
    }
}

fn check_empty(data: &Path) -> Result<Option<Owner>, BackupError> {
    match fs::read_dir(data) {
        Ok(mut inside) => {
            if inside.next().is_some() {
                return Err(BackupError::NotEmpty(data.to_owned()));
            }
            Owner::of(data).map_err(BackupError::io(data, "read"))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            Err(BackupError::NotEmpty(data.to_owned()))
        }
        Err(error) => Err(BackupError::io(data, "read")(error)),
    }
}

/// A folder and those in it.
fn folders(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = vec![folder.to_owned()];
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            found.push(entry.path());
        }
    }
    Ok(found)
}

fn put_in_place(from: &Path, data: &Path) -> Result<(), BackupError> {
    // Windows renames over nothing. On Unix an empty folder is replaced in one step, and one that is not empty any
    // more is refused.
    #[cfg(not(unix))]
    match fs::remove_dir(data) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(BackupError::io(data, "replaced")(error));
        }
        _ => {}
    }
    fs::rename(from, data).map_err(|source| match source.kind() {
        io::ErrorKind::DirectoryNotEmpty => BackupError::NotEmpty(data.to_owned()),
        io::ErrorKind::CrossesDevices | io::ErrorKind::ResourceBusy => BackupError::Mount {
            path: data.to_owned(),
            source,
        },
        _ => BackupError::io(data, "put in place")(source),
    })
}

/// A new folder for the collector's account alone. Dropped, it is gone with all that is in it, unless it was renamed.
struct Place(PathBuf);

impl Place {
    fn make(above: &Path, name: &str) -> Result<Self, BackupError> {
        let path = above.join(format!("{name}-{}", Uuid::new_v4()));
        private::make_folder(&path).map_err(BackupError::io(&path, "made"))?;
        Ok(Self(path))
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _gone = fs::remove_dir_all(&self.0);
    }
}
