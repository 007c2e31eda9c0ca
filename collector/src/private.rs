//! Files and folders for the collector's own account alone: how they are made, and what is refused at start because
//! somebody else could read or change it.
//!
//! On Windows a file takes its rights from its folder; there the installer's access list is the lock, and nothing
//! here looks.

mod tight;

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

pub use tight::{Loose, check_data_folder};

/// Makes a folder and those above it, where they are not there yet.
///
/// # Errors
/// When the system refuses.
pub fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(path)
}

/// Makes a file that is not there yet, for writing.
///
/// # Errors
/// When something has that name already, or the system refuses.
pub fn make_file(path: &Path) -> io::Result<File> {
    options().write(true).create_new(true).open(path)
}

/// Opens a file for reading and writing, and makes it first when it is not there.
///
/// # Errors
/// When the system refuses.
pub fn open_or_make_file(path: &Path) -> io::Result<File> {
    options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
}

fn options() -> OpenOptions {
    #[cfg_attr(not(unix), expect(unused_mut))]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
}

/// A new file, or a renamed one, survives the loss of power only when its folder was synced too.
///
/// # Errors
/// When the system refuses.
#[cfg(unix)]
pub fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Windows does not open folders; its file system keeps names by its own log.
///
/// # Errors
/// Never.
#[cfg(not(unix))]
pub fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}
