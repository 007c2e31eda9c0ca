//! Keys of backups, in the files that `age-keygen` writes too: so any age program opens a backup in an emergency.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::Path;

use age::secrecy::ExposeSecret as _;
use age::x25519::{Identity, Recipient};
use jiff::Timestamp;

use super::BackupError;
use crate::limits::{BACKUP_MOST_KEY_BYTES, BACKUP_MOST_KEYS};
use crate::private;

/// Secret keys that may open a backup.
pub struct Keys(pub(super) Vec<Identity>);

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys({})", self.0.len())
    }
}

/// Makes a key, writes it to a new file that only its owner may read, and gives its public part (`age1…`).
///
/// # Errors
/// When the file is there already or cannot be written.
pub fn make_key(out: &Path, now: Timestamp) -> Result<String, BackupError> {
    let key = Identity::generate();
    let public = key.to_public().to_string();
    let text = format!(
        "# RoomReady backup key, made {now}\n# Whoever has this file can read every backup made for it. Without it, none can be read.\n\
         # public key: {public}\n{}\n",
        key.to_string().expose_secret()
    );
    let mut file = private::make_file(out).map_err(BackupError::io(out, "written"))?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    if let Err(error) = written {
        // Half a key would look like one.
        let _gone = fs::remove_file(out);
        return Err(BackupError::io(out, "written")(error));
    }
    Ok(public)
}

impl Keys {
    /// Reads a key file.
    ///
    /// # Errors
    /// When it cannot be read or holds no key.
    pub fn read(path: &Path) -> Result<Self, BackupError> {
        let mut text = String::new();
        File::open(path)
            .and_then(|file| file.take(BACKUP_MOST_KEY_BYTES).read_to_string(&mut text))
            .map_err(BackupError::io(path, "read"))?;
        let keys = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(|line| line.parse().map_err(|_| BackupError::NotAKey(path.to_owned())))
            .collect::<Result<Vec<Identity>, _>>()?;
        if keys.is_empty() {
            return Err(BackupError::NotAKey(path.to_owned()));
        }
        Ok(Self(keys))
    }
}

/// Public keys as they were typed.
///
/// # Errors
/// When one is none, or there are more than [`BACKUP_MOST_KEYS`].
pub fn recipients(given: &[String]) -> Result<Vec<Recipient>, BackupError> {
    if given.len() > BACKUP_MOST_KEYS {
        return Err(BackupError::ManyKeys(given.len()));
    }
    given
        .iter()
        .map(|given| {
            given.trim().parse().map_err(|why| BackupError::NotARecipient {
                given: given.clone(),
                why,
            })
        })
        .collect()
}
