//! A device's disk, as far as its outbox uses it: files in memory that outlive the agent, may be full and may be damaged.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use roomready_agent::outbox::Folder;

/// The byte that damage turns, counted from a file's end: inside its latest record.
const TURNED_FROM_END: usize = 24;

#[derive(Debug, Default)]
struct Files {
    held: BTreeMap<String, Vec<u8>>,
    full: bool,
}

/// A handle on the disk. The disk outlives the outbox that uses it.
#[derive(Debug, Clone, Default)]
pub struct Disk(Arc<Mutex<Files>>);

impl Disk {
    fn files(&self) -> MutexGuard<'_, Files> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on it takes nothing more, or takes again.
    pub fn set_full(&self, full: bool) {
        self.files().full = full;
    }

    /// One byte in each file is not what was written.
    pub fn damage(&self) {
        for content in self.files().held.values_mut() {
            let at = content.len().saturating_sub(TURNED_FROM_END);
            if let Some(byte) = content.get_mut(at) {
                *byte ^= 0x55;
            }
        }
    }

    fn file<T>(&self, name: &str, change: impl FnOnce(&mut Vec<u8>) -> T) -> io::Result<T> {
        let mut files = self.files();
        let content = files.held.get_mut(name).ok_or(io::ErrorKind::NotFound)?;
        Ok(change(content))
    }

    fn has_space(&self) -> io::Result<()> {
        if self.files().full {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(())
    }
}

impl Folder for Disk {
    fn place(&self) -> String {
        "a rehearsed disk".to_owned()
    }

    fn list(&self) -> io::Result<Vec<String>> {
        Ok(self.files().held.keys().cloned().collect())
    }

    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        self.file(name, |content| content.clone())
    }

    fn create(&mut self, name: &str) -> io::Result<()> {
        self.has_space()?;
        match self.files().held.entry(name.to_owned()) {
            std::collections::btree_map::Entry::Vacant(free) => {
                free.insert(Vec::new());
                Ok(())
            }
            std::collections::btree_map::Entry::Occupied(_) => Err(io::ErrorKind::AlreadyExists.into()),
        }
    }

    fn append(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.has_space()?;
        self.file(name, |content| content.extend_from_slice(bytes))
    }

    fn truncate(&mut self, name: &str, length: usize) -> io::Result<()> {
        self.file(name, |content| content.truncate(length))
    }

    fn sync(&mut self, _: &str) -> io::Result<()> {
        Ok(())
    }

    fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
        let mut files = self.files();
        let content = files.held.remove(from).ok_or(io::ErrorKind::NotFound)?;
        files.held.insert(to.to_owned(), content);
        Ok(())
    }

    fn remove(&mut self, name: &str) -> io::Result<()> {
        let removed = self.files().held.remove(name);
        removed.map(drop).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn sync_names(&mut self) -> io::Result<()> {
        Ok(())
    }
}
