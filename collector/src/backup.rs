//! Backups: what the collector keeps, in one file that only the holder of a key can open.
//!
//! A backup is an [age](https://age-encryption.org/v1) file around a tar archive: first `manifest.json` with the
//! size and digest of each file, then the files in that order. It is made while the collector runs, from a copy of
//! the database as it was at one moment. The encryption notices every changed or missing byte; it does not say *who*
//! made a backup, since everybody may know the public key. So what comes out is treated as a stranger's: names from
//! a closed list, limits on every size and count, and a database that must be ours trigger by trigger.

mod archive;
mod error;
mod gather;
mod key;
mod make;
mod manifest;
mod restore;
mod sealed;
#[cfg(test)]
mod tests;

pub use error::BackupError;
pub use key::{Keys, make_key, recipients};
pub use make::{Made, make};
pub use manifest::{FileName, Manifest, Packed};
pub use restore::{Restored, Verified, restore, verify};
