//! Making a backup, while the collector runs.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use age::x25519::Recipient;
use jiff::Timestamp;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::gather::{Scratch, gather};
use super::manifest::{FORMAT, Manifest};
use super::{BackupError, archive, sealed};
use crate::domain::entry::{Actor, Body, EntryKind, NewEntry, Subject};
use crate::limits::BACKUP_BUFFER_BYTES;
use crate::private;
use crate::store::sqlite::{DATABASE, Visitor, inspect};

/// A backup that was made.
#[derive(Debug)]
pub struct Made {
    /// What is in it.
    pub manifest: Manifest,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of the whole file, in hex: it stands in the record too.
    pub sha256: String,
}

/// Makes a backup of a data folder that only these keys open, and enters it into the record. The file appears under
/// its name when it is whole and durable.
///
/// # Errors
/// When anything of it fails: then there is no such file. When only the line in the record fails, the file is there.
pub fn make(data: &Path, out: &Path, to: &[Recipient], now: Timestamp) -> Result<Made, BackupError> {
    if out.exists() {
        return Err(BackupError::There(out.to_owned()));
    }
    let visitor = Visitor::open_any_layout(data)?;
    let scratch = Scratch::make(data)?;
    let files = gather(&visitor, data, &scratch)?;
    let contents = inspect(&scratch.path().join(DATABASE)).map_err(BackupError::OwnUnsound)?;
    let manifest = Manifest {
        format: FORMAT,
        collector: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: now,
        district: contents.district,
        layout: contents.layout,
        entries: contents.entries,
        files,
    };
    let made = Unfinished::begin(out)?.write(manifest, scratch.path(), to)?;
    visitor.append(&entry(&made, to, now))?;
    Ok(made)
}

fn entry(made: &Made, to: &[Recipient], now: Timestamp) -> NewEntry {
    let keys: Vec<String> = to.iter().map(ToString::to_string).collect();
    let body = Body::of(&json!({
        "sha256": made.sha256,
        "bytes": made.bytes,
        "entries": made.manifest.entries,
        "keys": keys,
    }))
    .expect("texts and whole numbers below 2^53 are always canonical JSON");
    let (kind, subject) = (EntryKind::BackupMade, Subject::Collector);
    NewEntry::new(now, None, Actor::Console, kind, subject, body)
}

/// A backup under another name until it is whole. Dropped before that, nothing of it is left.
struct Unfinished {
    out: PathBuf,
    beside: PathBuf,
    file: Option<File>,
}

impl Unfinished {
    fn begin(out: &Path) -> Result<Self, BackupError> {
        let mut name = out.file_name().unwrap_or_default().to_owned();
        name.push(".unfinished");
        let beside = out.with_file_name(name);
        match fs::remove_file(&beside) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(BackupError::io(&beside, "removed")(error));
            }
            _ => {}
        }
        let file = private::make_file(&beside).map_err(BackupError::io(out, "written"))?;
        Ok(Self {
            out: out.to_owned(),
            beside,
            file: Some(file),
        })
    }

    fn write(mut self, manifest: Manifest, from: &Path, to: &[Recipient]) -> Result<Made, BackupError> {
        let failed = || BackupError::io(&self.out, "written");
        let file = self
            .file
            .take()
            .ok_or_else(|| failed()(io::ErrorKind::NotFound.into()))?;
        let counted = Counted {
            inner: BufWriter::with_capacity(BACKUP_BUFFER_BYTES, file),
            digest: Sha256::new(),
            bytes: 0,
        };
        let sealed = sealed::seal(counted, to)?(&self.out)?;
        let Counted { inner, digest, bytes } = archive::write(sealed, &manifest, from)
            .and_then(age::stream::StreamWriter::finish)
            .map_err(failed())?;
        inner
            .into_inner()
            .map_err(io::IntoInnerError::into_error)
            .and_then(|file| file.sync_all())
            .and_then(|()| fs::rename(&self.beside, &self.out))
            .map_err(failed())?;
        private::sync_folder(folder_of(&self.out)).map_err(failed())?;
        Ok(Made {
            manifest,
            bytes,
            sha256: hex::encode(digest.finalize()),
        })
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // Renamed, it is not there any more.
        let _gone = fs::remove_file(&self.beside);
    }
}

/// The folder that a name stands in.
pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Counts and hashes what goes through.
struct Counted<W> {
    inner: W,
    digest: Sha256,
    bytes: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(buffer)?;
        self.digest.update(&buffer[..written]);
        self.bytes += u64::try_from(written).unwrap_or(u64::MAX);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
