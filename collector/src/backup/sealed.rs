//! The age layer: who can open a backup, and that not a byte of it was changed.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::Path;
use std::rc::Rc;

use age::stream::{StreamReader, StreamWriter};
use age::x25519::Recipient;
use age::{DecryptError, Decryptor, Encryptor};

use super::{BackupError, Keys};
use crate::limits::{BACKUP_BUFFER_BYTES, BACKUP_MOST_HEADER_BYTES};

/// Begins a backup that each of these keys opens.
pub(super) fn seal<W: Write>(
    out: W,
    to: &[Recipient],
) -> Result<impl FnOnce(&Path) -> Result<StreamWriter<W>, BackupError>, BackupError> {
    let encryptor = Encryptor::with_recipients(to.iter().map(|key| key as &dyn age::Recipient))
        .map_err(|error| BackupError::Encrypt(error.to_string()))?;
    Ok(move |path: &Path| {
        encryptor
            .wrap_output(out)
            .map_err(BackupError::io(path, "written"))
    })
}

/// What is read before the encrypted part begins is held in memory, so it has a limit.
pub(super) struct Guarded<R> {
    inner: R,
    /// Bytes that may still come; none once the head is read.
    left: Rc<Cell<Option<u64>>>,
}

impl<R: Read> Read for Guarded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(left) = self.left.get() else {
            return self.inner.read(buffer);
        };
        if left == 0 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "its head is too long"));
        }
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        let read = self.inner.read(&mut buffer[..most])?;
        self.left
            .set(Some(left.saturating_sub(u64::try_from(read).unwrap_or(u64::MAX))));
        Ok(read)
    }
}

/// A backup's plain content, as it is read.
pub(super) type Plain = StreamReader<Guarded<BufReader<File>>>;

/// Opens a backup.
pub(super) fn open(path: &Path, keys: &Keys) -> Result<Plain, BackupError> {
    let file = File::open(path).map_err(BackupError::io(path, "read"))?;
    let left = Rc::new(Cell::new(Some(BACKUP_MOST_HEADER_BYTES)));
    let guarded = Guarded {
        inner: BufReader::with_capacity(BACKUP_BUFFER_BYTES, file),
        left: Rc::clone(&left),
    };
    let told = |error: DecryptError| match error {
        DecryptError::NoMatchingKeys => BackupError::WrongKey,
        DecryptError::Io(source) if source.raw_os_error().is_some() => BackupError::io(path, "read")(source),
        DecryptError::InvalidMac | DecryptError::DecryptionFailed => {
            BackupError::damaged("its first bytes were changed")
        }
        _ => BackupError::NotABackup(path.to_owned()),
    };
    let decryptor = Decryptor::new(guarded).map_err(told)?;
    left.set(None);
    decryptor
        .decrypt(keys.0.iter().map(|key| key as &dyn age::Identity))
        .map_err(told)
}
