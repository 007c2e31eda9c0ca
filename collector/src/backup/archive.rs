//! The tar layer: the manifest, then each file that it lists, in its order and nothing else.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use sha2::{Digest as _, Sha256};
use tar::{Archive, Builder, EntryType, Header};

use super::BackupError;
use super::manifest::{MANIFEST, Manifest, Packed};
use crate::limits::{BACKUP_BUFFER_BYTES, BACKUP_MOST_MANIFEST_BYTES, BACKUP_MOST_TAIL_BYTES};
use crate::private;

/// Writes the manifest and, from a folder, the files that it lists. Gives the writer back.
pub(super) fn write<W: Write>(out: W, manifest: &Manifest, from: &Path) -> io::Result<W> {
    let mut archive = Builder::new(out);
    let text = serde_json::to_vec_pretty(manifest)?;
    let header = |name: &str, bytes: u64| -> io::Result<Header> {
        let mut header = Header::new_ustar();
        header.set_path(name)?;
        header.set_size(bytes);
        header.set_mode(0o600);
        header.set_mtime(u64::try_from(manifest.made_at.as_second()).unwrap_or(0));
        header.set_entry_type(EntryType::Regular);
        header.set_cksum();
        Ok(header)
    };
    let bytes = u64::try_from(text.len()).unwrap_or(u64::MAX);
    archive.append(&header(MANIFEST, bytes)?, text.as_slice())?;
    for file in &manifest.files {
        let content = File::open(from.join(file.name.as_str()))?;
        if content.metadata()?.len() != file.bytes {
            return Err(io::Error::other(format!(
                "{} changed while it was packed",
                file.name
            )));
        }
        archive.append(&header(file.name.as_str(), file.bytes)?, content)?;
    }
    archive.into_inner()
}

/// Reads an archive into an empty folder of our own, file by file as its manifest lists them. Nothing of it may be
/// used unless the whole was read well.
pub(super) fn read(mut plain: impl Read, backup: &Path, folder: &Path) -> Result<Manifest, BackupError> {
    let manifest = {
        let told = |error: io::Error| unreadable(backup, error);
        let mut archive = Archive::new(&mut plain);
        // Raw: no entry may stand for something else, such as a longer name for the one behind it.
        let mut entries = archive.entries().map_err(told)?.raw(true);
        let mut next = || entries.next().transpose().map_err(told);
        let first = next()?.ok_or_else(|| BackupError::damaged("it is empty"))?;
        expect(&first, MANIFEST, None)?;
        if first.size() > BACKUP_MOST_MANIFEST_BYTES {
            return Err(BackupError::damaged("its list is too long"));
        }
        let mut text = Vec::new();
        { first }.read_to_end(&mut text).map_err(told)?;
        let manifest = Manifest::parse(&text)?;
        for file in &manifest.files {
            let entry = next()?.ok_or_else(|| BackupError::damaged(format!("{} is missing", file.name)))?;
            expect(&entry, file.name.as_str(), Some(file.bytes))?;
            take(entry, backup, file, &folder.join(file.name.as_str()))?;
        }
        if next()?.is_some() {
            return Err(BackupError::damaged("it holds more than it lists"));
        }
        manifest
    };
    // The seal is proven whole only at its very end.
    finish(plain, backup)?;
    Ok(manifest)
}

fn expect<R: Read>(entry: &tar::Entry<'_, R>, name: &str, bytes: Option<u64>) -> Result<(), BackupError> {
    let header = entry.header();
    let is_file = matches!(header.entry_type(), EntryType::Regular);
    if !is_file || header.path_bytes().as_ref() != name.as_bytes() {
        return Err(BackupError::damaged(format!(
            "something else stands where {name} belongs"
        )));
    }
    if bytes.is_some_and(|bytes| bytes != entry.size()) {
        return Err(BackupError::damaged(format!(
            "{name} has not the size that is listed"
        )));
    }
    Ok(())
}

fn take(mut entry: impl Read, backup: &Path, listed: &Packed, path: &Path) -> Result<(), BackupError> {
    if let Some(folder) = path.parent() {
        private::make_folder(folder).map_err(BackupError::io(folder, "made"))?;
    }
    let mut file = private::make_file(path).map_err(BackupError::io(path, "written"))?;
    let mut digest = Sha256::new();
    let mut buffer = vec![0; BACKUP_BUFFER_BYTES];
    let mut taken = 0_u64;
    loop {
        let read = entry
            .read(&mut buffer)
            .map_err(|error| unreadable(backup, error))?;
        if read == 0 {
            break;
        }
        taken += u64::try_from(read).unwrap_or(u64::MAX);
        digest.update(&buffer[..read]);
        file.write_all(&buffer[..read])
            .map_err(BackupError::io(path, "written"))?;
    }
    if taken != listed.bytes {
        return Err(BackupError::damaged(format!("{} ends too early", listed.name)));
    }
    if hex::encode(digest.finalize()) != listed.sha256 {
        return Err(BackupError::damaged(format!(
            "{} is not what was packed",
            listed.name
        )));
    }
    file.sync_all().map_err(BackupError::io(path, "written"))
}

fn finish(plain: impl Read, backup: &Path) -> Result<(), BackupError> {
    let mut tail = Vec::new();
    plain
        .take(BACKUP_MOST_TAIL_BYTES + 1)
        .read_to_end(&mut tail)
        .map_err(|error| unreadable(backup, error))?;
    let too_long = u64::try_from(tail.len()).is_ok_and(|length| length > BACKUP_MOST_TAIL_BYTES);
    if too_long || tail.iter().any(|byte| *byte != 0) {
        return Err(BackupError::damaged("something follows after its end"));
    }
    Ok(())
}

/// The system's own errors are the disk's; all others come from the layers that check.
fn unreadable(backup: &Path, error: io::Error) -> BackupError {
    if error.raw_os_error().is_some() {
        return BackupError::io(backup, "read")(error);
    }
    match error.kind() {
        io::ErrorKind::UnexpectedEof => BackupError::damaged("it ends too early"),
        io::ErrorKind::InvalidData => BackupError::damaged("bytes of it were changed or are missing"),
        _ => BackupError::damaged(error.to_string()),
    }
}
