//! The few things an outbox does to a folder, as a narrow trait, so that a simulated disk can break under it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::OpenError;

/// More of a file is not read: no segment grows to a fraction of it.
const MOST_READ_BYTES: u64 = 1024 * 1024;
/// The file that a running agent holds locked. Its content means nothing.
const LOCK: &str = "lock";

/// One folder of plain files. Nothing is durable until it was synced: content by [`Folder::sync`], names by
/// [`Folder::sync_names`].
pub trait Folder: Send {
    /// For messages.
    fn place(&self) -> String;
    /// Names of what is in it, in any order.
    ///
    /// # Errors
    /// When it cannot be read.
    fn list(&self) -> io::Result<Vec<String>>;
    /// A file's content.
    ///
    /// # Errors
    /// When it cannot be read.
    fn read(&self, name: &str) -> io::Result<Vec<u8>>;
    /// A new, empty file.
    ///
    /// # Errors
    /// When it could not be made, or is there already.
    fn create(&mut self, name: &str) -> io::Result<()>;
    /// Puts bytes at the end of a file.
    ///
    /// # Errors
    /// When not all of them were taken: some may have been.
    fn append(&mut self, name: &str, bytes: &[u8]) -> io::Result<()>;
    /// Cuts a file down to a length.
    ///
    /// # Errors
    /// When it could not be cut.
    fn truncate(&mut self, name: &str, length: usize) -> io::Result<()>;
    /// Makes a file's content durable.
    ///
    /// # Errors
    /// When it may not be durable.
    fn sync(&mut self, name: &str) -> io::Result<()>;
    /// Gives a file another name, replacing what had it.
    ///
    /// # Errors
    /// When it still has its old one.
    fn rename(&mut self, from: &str, to: &str) -> io::Result<()>;
    /// Removes a file.
    ///
    /// # Errors
    /// When it is still there.
    fn remove(&mut self, name: &str) -> io::Result<()>;
    /// Makes the names durable.
    ///
    /// # Errors
    /// When they may not be durable.
    fn sync_names(&mut self) -> io::Result<()>;
}

/// A folder of this system, locked for this process as long as the value lives.
pub struct SystemFolder {
    path: PathBuf,
    _lock: File,
    /// The file written to, kept open: a failed write is told only to who held the file open.
    open: Option<(String, File)>,
}

impl SystemFolder {
    /// Takes a folder for this process alone; it is made when it is not there.
    ///
    /// # Errors
    /// When another process has it, or it cannot be used.
    pub fn take(path: &Path) -> Result<Self, OpenError> {
        let io = |source| OpenError::Io {
            place: path.display().to_string(),
            source,
        };
        make_folder(path).map_err(io)?;
        let lock = writable().create(true).open(path.join(LOCK)).map_err(io)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(OpenError::InUse {
                    place: path.display().to_string(),
                });
            }
            Err(TryLockError::Error(source)) => return Err(io(source)),
        }
        Ok(Self {
            path: path.to_owned(),
            _lock: lock,
            open: None,
        })
    }

    fn opened(&mut self, name: &str) -> io::Result<&mut File> {
        if self.open.as_ref().is_none_or(|(open, _)| open != name) {
            let file = writable().open(self.path.join(name))?;
            self.open = Some((name.to_owned(), file));
        }
        match &mut self.open {
            Some((_, file)) => Ok(file),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn close(&mut self, name: &str) {
        self.open.take_if(|(open, _)| open == name);
    }
}

impl Folder for SystemFolder {
    fn place(&self) -> String {
        self.path.display().to_string()
    }

    fn list(&self) -> io::Result<Vec<String>> {
        let names = fs::read_dir(&self.path)?
            .map(|entry| entry.map(|entry| entry.file_name().into_string().ok()))
            .collect::<io::Result<Vec<_>>>()?;
        // A name that is no text is none of ours.
        Ok(names.into_iter().flatten().collect())
    }

    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let file = File::open(self.path.join(name))?;
        file.take(MOST_READ_BYTES).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn create(&mut self, name: &str) -> io::Result<()> {
        let file = writable().create_new(true).open(self.path.join(name))?;
        self.open = Some((name.to_owned(), file));
        Ok(())
    }

    fn append(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.opened(name)?.write_all(bytes)
    }

    fn truncate(&mut self, name: &str, length: usize) -> io::Result<()> {
        let length = u64::try_from(length).map_err(io::Error::other)?;
        // An append handle may not cut on Windows.
        OpenOptions::new()
            .write(true)
            .open(self.path.join(name))?
            .set_len(length)
    }

    fn sync(&mut self, name: &str) -> io::Result<()> {
        self.opened(name)?.sync_data()
    }

    fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
        self.close(from);
        fs::rename(self.path.join(from), self.path.join(to))
    }

    fn remove(&mut self, name: &str) -> io::Result<()> {
        self.close(name);
        fs::remove_file(self.path.join(name))
    }

    #[cfg(unix)]
    fn sync_names(&mut self) -> io::Result<()> {
        File::open(&self.path)?.sync_all()
    }

    /// Windows does not open folders; names are durable with the file system's own log.
    #[cfg(not(unix))]
    fn sync_names(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// At the end, and for the owner alone.
fn writable() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
}

fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(path)?;
    // The folder's own name must outlive a power cut as well.
    #[cfg(unix)]
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        File::open(parent)?.sync_all()?;
    }
    Ok(())
}
